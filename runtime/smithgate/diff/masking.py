"""Masks the secrets of a diff after comparing: equal secrets must not look changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..operation import Operation
from ..redact import MASK, mask, mask_credentials
from .entries import Diff, Entry
from .paths import MISSING, Path


@dataclass(frozen=True, slots=True)
class Side:
    """Whose secrets are looked for: the writer's members and its reader's."""

    operation: Operation
    reader: Operation | None


def mask_value(side: Side, path: Path, where: Path | None, value: Any) -> Any:
    """Return a value that stands at ``path`` of the request and ``where`` it is read."""
    if value is MISSING:
        return value
    several = bool(path) and _is_item(path[0])  # one of several documents
    value = _mask_at(path[several:], value, side.operation.sensitive)
    paths = side.reader.sensitive_output if side.reader else ()
    if where is None or not paths:
        return value
    if side.operation.read is not None and side.operation.read.select is None:
        is_added = bool(path) and _is_item(path[-1]) and path[-1] not in where
        return _mask_at((*where, path[-1]) if is_added else where, value, paths)
    # Below a select the reader's paths do not line up: mask by member name.
    return MASK if _named(path, where, paths) else value


def mask_diff(diff: Diff, operation: Operation, reader: Operation | None) -> Diff:
    """Return the diff with every sensitive value masked on both sides."""
    side = Side(operation, reader)
    return replace(diff, entries=tuple(_masked(e, side) for e in diff.entries))


def _masked(entry: Entry, side: Side) -> Entry:
    before = mask_value(side, entry.path, entry.where, entry.before)
    after = mask_value(side, entry.path, entry.where, entry.after)
    hidden = before != entry.before or after != entry.after
    return replace(entry, before=before, after=after, sensitive=hidden)


def _mask_at(path: Path, value: Any, sensitive: Iterable[str]) -> Any:
    """Mask a value as if it stood at its path in a whole document."""
    document: Any = value
    for part in reversed(path):
        document = [document] if _is_item(part) else {part: document}
    masked = mask(document, tuple(sensitive)).value
    for part in path:
        if isinstance(masked, list) and _is_item(part):
            masked = masked[0]
        elif isinstance(masked, Mapping) and part in masked:
            masked = masked[part]
        else:
            return MASK  # a masked parent hides the whole value
    return mask_credentials(masked)


def _is_item(part: str) -> bool:
    """Say whether a part of a path is the item of a list."""
    return part.startswith("[") and part.endswith("]")


def _named(path: Path, where: Path, sensitive: Iterable[str]) -> bool:
    """Say whether any part of the places is named like a sensitive member."""
    names = {
        part.removesuffix("[]").removesuffix("{}")
        for text in sensitive
        for part in text.split(".")[-1:]
    }
    return bool(names & {*path, *where})
