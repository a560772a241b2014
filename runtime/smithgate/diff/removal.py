"""Deletions and the like: what will be lost, as the one read shows it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..operation import Change, Confidence, Operation
from .entries import Diff, Entry, cut
from .lost import lost_counts
from .paths import MISSING, Path, get_path, leaves, selecting_path
from .request import Request, is_tie, note_of
from .snapshot import SnapshotStatus

FURTHER = "it is gone or waits to go; a flag of the request may make more of that"
"""What is said instead of "nothing to delete"."""


def nothing(note: str) -> Diff:
    """Return the diff of a step that changes nothing, with the reason."""
    return Diff(status="unchanged", action="no-op", entries=(), note=note)


def removes(operation: Operation) -> bool:
    """Say whether the whole document goes, not parts that the request lists."""
    read = operation.read
    if read is not None and read.container:
        return False
    if operation.change is Change.DELETE:
        return read is None or not (read.how or read.expect)
    if operation.change in {Change.DETACH, Change.UNTAG}:
        return read is None or not (read.compare or read.expect)
    return False


def diff_removal(request: Request) -> Diff:
    """Show what will be lost."""
    snapshot = request.snapshot
    read = request.operation.read
    is_sure = read is None or read.confidence is not Confidence.LOW
    if snapshot.status is SnapshotStatus.ABSENT and is_sure:
        if _goes_further(request):
            return Diff(status="unknown", action="delete", entries=(), note=FURTHER)
        return nothing("there is nothing to delete")
    if snapshot.status is not SnapshotStatus.EXISTS:
        note = note_of(request)
        return Diff(status="unknown", action="delete", entries=(), note=note)
    gone = _untied(request) or [
        Entry(path=path, action="delete", before=value, where=path)
        for path, value in _all_leaves(snapshot.document)
    ]
    kept, omitted = cut(gone)
    return Diff(
        status="change",
        action="delete",
        entries=kept,
        omitted=omitted,
        note=note_of(request),
        lost=lost_counts(snapshot.document),
    )


_FURTHER = re.compile(r"force|immediate|permanent|\w*without", re.IGNORECASE)
"""How flags begin that end at once what would wait, unlike ``SkipFinalSnapshot``."""


def _goes_further(request: Request) -> bool:
    """Say whether a flag may end what waits: a secret that is still to be recovered.

    Where no state means "on its way out", what is not there is not there.
    """
    read = request.operation.read
    if read is None or not read.gone:
        return False
    given = {name for name, value in request.arguments.items() if value is True}
    return any(_FURTHER.match(name) for name in given - {*read.params.values()})


def _untied(request: Request) -> list[Entry]:
    """Return what a request unties; both things stay, so nothing of them is lost.

    The same for a text in a list, which is all there is of what goes.
    """
    read = request.operation.read
    if read is None or not (is_tie(request.operation) or "" in read.match):
        return []
    paths = sorted({selecting_path(writer) for writer in read.match.values()})
    return [
        Entry(path=path, action="delete", before=value)
        for path in paths
        if (value := get_path(request.arguments, path)) is not MISSING
    ]


def _all_leaves(document: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the leaves of a document, or of each of several ones."""
    if isinstance(document, list) and any(isinstance(i, Mapping) for i in document):
        for index, item in enumerate(document):
            yield from leaves(item, (f"[{index}]",))
    else:
        yield from leaves(document)
