"""Before → after: read the state an operation changes, compare it by meaning."""

from .compare import Diff, Entry, diff_step
from .masking import mask_diff
from .snapshot import (
    Snapshot,
    SnapshotStatus,
    drift,
    read_snapshot,
    reads_same,
    restore_snapshot,
)

__all__ = [
    "Diff",
    "Entry",
    "Snapshot",
    "SnapshotStatus",
    "diff_step",
    "drift",
    "mask_diff",
    "read_snapshot",
    "reads_same",
    "restore_snapshot",
]
