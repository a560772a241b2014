"""What a step would change: entries of path, before and after.

A step is ``unchanged`` only if every member of the request that is not an identifier
was paired with read state and equal. Everything that could not be compared is an entry
marked ``unknown``: a false "no change" is the dangerous failure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..operation import Change, Operation, Read, ReadMode, TagStyle
from .paths import MISSING, Path, get_path, leaves, parse_path, same, show_path
from .snapshot import Snapshot, SnapshotStatus

MAX_ENTRIES = 200
"""Entries kept of one diff; the rest is counted in ``omitted``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path of the state: ``before`` or ``after`` is missing where nothing is."""

    path: Path
    action: str
    """``create``, ``update``, ``delete`` or ``no-op``."""
    before: Any = MISSING
    after: Any = MISSING
    unknown: bool = False
    """The before side was not read."""
    where: Path | None = None
    """Where the reader shows it; decides what is masked, never shown."""

    def as_dict(self) -> dict[str, Any]:
        """Return the entry with the sides that are there."""
        out: dict[str, Any] = {"path": show_path(self.path), "action": self.action}
        sides = {"before": self.before, "after": self.after}
        out |= {side: value for side, value in sides.items() if value is not MISSING}
        if self.unknown:
            out["unknown"] = True
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The predicted change of one step."""

    status: str
    """``change``, ``unchanged``, ``partial`` (some members compared), ``unknown``."""
    action: str
    entries: tuple[Entry, ...]
    omitted: int
    note: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values; not masked."""
        return {
            "status": self.status,
            "action": self.action,
            "entries": [entry.as_dict() for entry in self.entries],
            "omitted": self.omitted,
            "note": self.note,
        }


def diff_step(
    operation: Operation, arguments: Mapping[str, Any], snapshot: Snapshot
) -> Diff:
    """Return what ``operation`` with ``arguments`` changes against ``snapshot``."""
    if operation.change is Change.NONE:
        return _cut("unchanged", "no-op", [], "reads only, nothing changes")
    if operation.change is Change.DELETE:
        return _diff_delete(operation, snapshot)
    entries = list(_entries(operation, arguments, snapshot))
    return _cut(
        _status(entries),
        _action(operation, snapshot),
        entries,
        _note(operation, snapshot),
    )


def _note(operation: Operation, snapshot: Snapshot) -> str | None:
    if snapshot.reason is not None:
        return f"before state unknown: {snapshot.reason}"
    if operation.change is Change.CREATE and snapshot.status is SnapshotStatus.EXISTS:
        return "it exists already: the create may fail or change nothing"
    return None


def _status(entries: list[Entry]) -> str:
    if any(entry.unknown for entry in entries):
        return "partial" if any(not e.unknown for e in entries) else "unknown"
    changed = any(entry.action != "no-op" for entry in entries)
    return "change" if changed or not entries else "unchanged"


def _action(operation: Operation, snapshot: Snapshot) -> str:
    if operation.change is Change.CREATE or snapshot.status is SnapshotStatus.ABSENT:
        return "create"
    return "update"


def _cut(status: str, action: str, entries: list[Entry], note: str | None) -> Diff:
    return Diff(
        status=status,
        action=action,
        entries=tuple(entries[:MAX_ENTRIES]),
        omitted=max(0, len(entries) - MAX_ENTRIES),
        note=note,
    )


def _diff_delete(operation: Operation, snapshot: Snapshot) -> Diff:
    """Show what will be lost."""
    if snapshot.status is SnapshotStatus.ABSENT:
        return _cut("unchanged", "no-op", [], "there is nothing to delete")
    if snapshot.status is not SnapshotStatus.EXISTS:
        return _cut("unknown", "delete", [], _note(operation, snapshot))
    lost = [
        Entry(path=path, action="delete", before=value, where=path)
        for path, value in leaves(snapshot.document)
    ]
    return _cut("change", "delete", lost, None)


def _identifiers(operation: Operation) -> frozenset[Path]:
    """Return the writer paths that only name what is changed, or name the call."""
    named = set(operation.read.params.values()) if operation.read else set()
    if operation.idempotency_token is not None:
        named.add(operation.idempotency_token)
    return frozenset(parse_path(path) for path in named)


def _entries(
    operation: Operation, arguments: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Entry]:
    """Compare every leaf of the request, then what a replacing write drops."""
    read = operation.read
    skip = _identifiers(operation)
    for path, after in leaves(arguments):
        if path and not any(path[: len(s)] == s for s in skip):
            yield from _compared(operation, path, after, snapshot)
    if read and read.mode is ReadMode.REPLACE:
        yield from _dropped(read, arguments, snapshot)


def _compared(
    operation: Operation, path: Path, after: Any, snapshot: Snapshot
) -> Iterator[Entry]:
    """Compare one leaf of the request with the state."""
    if snapshot.status is SnapshotStatus.ABSENT:
        yield Entry(path=path, action="create", after=after)
        return
    where = _reader_path(operation.read, path) if operation.read else None
    if where is None or snapshot.status is not SnapshotStatus.EXISTS:
        yield Entry(path=path, action="update", after=after, unknown=True)
        return
    before = get_path(snapshot.document, where)
    old, new = tag_map(operation, before), tag_map(operation, after)
    if old is None or new is None:
        yield _pair(path, where, before, after)
        return
    for key in sorted({*old, *new}):
        if key in new:
            at = old.get(key, MISSING)
            yield _pair((*path, key), (*where, key), at, new[key])
        elif operation.change is not Change.TAG:  # tagging adds, a list replaces
            yield Entry(
                path=(*path, key), action="delete", before=old[key], where=where
            )


def tag_map(operation: Operation, value: Any) -> dict[str, Any] | None:
    """Return a list of tags as key → value, or ``None`` if it is no such list."""
    tags = operation.tags
    if tags is None or tags.style is TagStyle.MAP or not isinstance(value, list):
        return None
    names = {tags.key, tags.value}
    if not all(isinstance(i, Mapping) and set(i) == names for i in value):
        return None
    found = {str(item[tags.key]): item[tags.value] for item in value}
    return found if len(found) == len(value) else None


def _pair(path: Path, where: Path, before: Any, after: Any) -> Entry:
    """Return the entry of two values of which the second is given."""
    if before is MISSING:
        return Entry(path=path, action="create", after=after, where=where)
    action = "no-op" if same(before, after) else "update"
    return Entry(path=path, action=action, before=before, after=after, where=where)


def _reader_path(read: Read, path: Path) -> Path | None:
    """Return where the reader shows a writer path: by itself or below a paired parent."""
    pairs = {parse_path(w): parse_path(r) for w, r in read.compare.items()}
    for length in range(len(path), 0, -1):
        if path[:length] in pairs:
            return pairs[path[:length]] + path[length:]
    return None


def _dropped(
    read: Read, arguments: Mapping[str, Any], snapshot: Snapshot
) -> Iterator[Entry]:
    """Yield what is there now and not in a request that replaces the document."""
    if snapshot.status is not SnapshotStatus.EXISTS:
        return
    for writer, reader in sorted(read.compare.items()):
        path, where = parse_path(writer), parse_path(reader)
        before = get_path(snapshot.document, where)
        if before is MISSING or before in (None, [], {}):
            continue
        for leaf, value in leaves(before):
            if get_path(arguments, path + leaf) is MISSING:
                yield Entry(
                    path=path + leaf, action="delete", before=value, where=where + leaf
                )
