"""Before → after: read the state an operation changes, compare it by meaning."""

from .compare import diff_step
from .entries import Diff, Entry
from .masking import mask_diff
from .snapshot import (
    Snapshot,
    SnapshotStatus,
    is_new,
    no_read,
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
    "is_new",
    "mask_diff",
    "no_read",
    "read_snapshot",
    "reads_same",
    "restore_snapshot",
]
