"""Masks the secrets of a diff after comparing: equal secrets must not look changed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..operation import Operation
from ..redact import MASK, mask, mask_credentials
from .compare import Diff, Entry
from .paths import MISSING, Path, get_path


def _mask_at(path: Path, value: Any, sensitive: Iterable[str]) -> Any:
    """Mask a value as if it stood at its path in a whole document."""
    if value is MISSING:
        return value
    document: Any = value
    for part in reversed(path):
        document = {part: document}
    masked = get_path(mask(document, tuple(sensitive)).value, path)
    # A masked parent hides the whole value.
    return MASK if masked is MISSING else mask_credentials(masked)


def mask_diff(diff: Diff, operation: Operation, reader: Operation | None) -> Diff:
    """Return the diff with every sensitive value masked on both sides."""
    read_paths = reader.sensitive_output if reader else ()
    select = operation.read.select if operation.read else None

    def side(entry: Entry, value: Any) -> Any:
        value = _mask_at(entry.path, value, operation.sensitive)
        if entry.where is not None and select is None:
            value = _mask_at(entry.where, value, read_paths)
        elif entry.where is not None and read_paths and _named(entry, read_paths):
            # Below a select the reader's paths do not line up: mask by member name.
            value = value if value is MISSING else MASK
        return value

    return replace(
        diff,
        entries=tuple(
            replace(e, before=side(e, e.before), after=side(e, e.after))
            for e in diff.entries
        ),
    )


def _named(entry: Entry, sensitive: Iterable[str]) -> bool:
    """Say whether any part of the entry's path is named like a sensitive member."""
    names = {
        part.removesuffix("[]").removesuffix("{}")
        for path in sensitive
        for part in path.split(".")[-1:]
    }
    return bool(names & {*entry.path, *(entry.where or ())})
