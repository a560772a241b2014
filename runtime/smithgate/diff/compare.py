"""What a step would change: entries of path, before and after.

A step is ``unchanged`` only if every member of the request that is not an identifier
was paired with read state and equal. Everything that could not be compared is an entry
marked ``unknown``: a false "no change" is the dangerous failure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..operation import Change, Operation, Read, ReadMode
from .entries import Diff, Entry, cut, status_of
from .meaning import is_nothing
from .paths import MISSING, Path, get_path, leaves, parse_path
from .snapshot import Snapshot, SnapshotStatus
from .values import (
    Where,
    as_tags,
    compare_tags,
    compare_values,
    has_reference,
    lost,
)


def diff_step(
    operation: Operation, arguments: Mapping[str, Any], snapshot: Snapshot
) -> Diff:
    """Return what ``operation`` with ``arguments`` changes against ``snapshot``."""
    if operation.change is Change.NONE:
        return Diff(
            status="unchanged",
            action="no-op",
            entries=(),
            note="reads only, nothing changes",
        )
    if operation.change is Change.DELETE:
        return _diff_delete(operation, snapshot)
    entries = list(_entries(operation, arguments, snapshot))
    kept, omitted = cut(entries)
    return Diff(
        status=status_of(entries),
        action=_action(operation, snapshot),
        entries=kept,
        omitted=omitted,
        note=_note(operation, snapshot),
    )


def _note(operation: Operation, snapshot: Snapshot) -> str | None:
    if snapshot.reason is not None:
        return f"before state unknown: {snapshot.reason}"
    if operation.change is Change.CREATE and snapshot.status is SnapshotStatus.EXISTS:
        return "it exists already: the create may fail or change nothing"
    return None


def _action(operation: Operation, snapshot: Snapshot) -> str:
    if operation.change is Change.CREATE or snapshot.status is SnapshotStatus.ABSENT:
        return "create"
    read = operation.read
    if read and read.mode is ReadMode.REPLACE and operation.change is Change.PUT:
        return "replace"
    return "update"


def _diff_delete(operation: Operation, snapshot: Snapshot) -> Diff:
    """Show what will be lost."""
    if snapshot.status is SnapshotStatus.ABSENT:
        return Diff(
            status="unchanged",
            action="no-op",
            entries=(),
            note="there is nothing to delete",
        )
    if snapshot.status is not SnapshotStatus.EXISTS:
        note = _note(operation, snapshot)
        return Diff(status="unknown", action="delete", entries=(), note=note)
    gone = [
        Entry(path=path, action="delete", before=value, where=path)
        for path, value in leaves(snapshot.document)
    ]
    kept, omitted = cut(gone)
    return Diff(status="change", action="delete", entries=kept, omitted=omitted)


def _identifiers(operation: Operation) -> frozenset[Path]:
    """Return the writer paths that only name what is changed, or name the call."""
    named = set(operation.read.params.values()) if operation.read else set()
    named |= {operation.idempotency_token or "", operation.dry_run or ""} - {""}
    return frozenset(parse_path(path) for path in named)


def _pairs(read: Read) -> dict[Path, Path]:
    return {parse_path(w): parse_path(r) for w, r in read.compare.items()}


def _entries(
    operation: Operation, arguments: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Entry]:
    """Compare every member of the request, then what a replacing write drops."""
    read, skip = operation.read, _identifiers(operation)
    pairs = _pairs(read) if read else {}
    if operation.change is Change.CREATE:
        skip = frozenset()
    seen: set[Path] = set()
    for path, after in leaves(arguments):
        if not path or any(path[: len(s)] == s for s in skip):
            continue
        top = next((path[:n] for n in range(len(path) + 1) if path[:n] in pairs), None)
        if snapshot.status is not SnapshotStatus.EXISTS or top is None:
            yield _unpaired(snapshot, path, after)
        elif top not in seen:
            seen.add(top)
            yield from _paired(operation, top, pairs[top], arguments, snapshot)
    if read and read.mode is ReadMode.REPLACE:
        yield from _dropped(pairs, arguments, snapshot)


def _unpaired(snapshot: Snapshot, path: Path, after: Any) -> Entry:
    """Return the entry of a member that no state was read of."""
    if has_reference(after):
        return Entry(path=path, action="create", unknown=True)
    if snapshot.status is SnapshotStatus.ABSENT:
        return Entry(path=path, action="create", after=after)
    return Entry(path=path, action="update", after=after, unknown=True)


def _paired(
    operation: Operation,
    path: Path,
    where: Path,
    arguments: Mapping[str, Any],
    snapshot: Snapshot,
) -> Iterator[Entry]:
    """Compare a member of the request with where the reader shows it."""
    read = operation.read
    assert read is not None
    before, after = get_path(snapshot.document, where), get_path(arguments, path)
    at = Where(path, where, replaces=read.mode is ReadMode.REPLACE)
    if operation.change is Change.TAG and not has_reference(after):
        old, new = as_tags(before), as_tags(after)
        if old is not None and new is not None:
            yield from compare_tags(at, old, new, adds=True)
            return
    yield from compare_values(at, before, after)


def _dropped(
    pairs: Mapping[Path, Path], arguments: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Entry]:
    """Yield the members that are there now and not in a request that replaces."""
    if snapshot.status is not SnapshotStatus.EXISTS:
        return
    for path, where in sorted(pairs.items()):
        before = get_path(snapshot.document, where)
        if before is MISSING or is_nothing(before):
            continue
        if get_path(arguments, path) is MISSING:
            for leaf, value in leaves(before):
                yield lost(Where(path + leaf, where + leaf), value)
