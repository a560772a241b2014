"""Adds a checkpoint by hand, which also begins the file anew where it is missing."""

from ..store.checkpoints import Checkpoints, create_checkpoints
from ..store.places import Places
from ..store.values import utc_now
from .told import Told, read_told
from .verify import VerifyReport, verify_against


def add_checkpoint(places: Places) -> VerifyReport:
    """Verify a store and, if it holds, append its head to the checkpoints.

    A missing file is no problem here: a person who knows why runs this. Raises
    ``AuditUnavailable`` and ``FormatUnknown``.
    """
    is_new = not places.checkpoints.exists()
    told = Told(is_new=True) if is_new else read_told(places.checkpoints, None)
    report = verify_against(places, told)
    if report.ok:
        create_checkpoints(places.checkpoints)
        checkpoints = Checkpoints.open(places.checkpoints, report.store_id)
        try:
            checkpoints.append(report.head, utc_now())
            checkpoints.settle()
        finally:
            checkpoints.close()
    return report
