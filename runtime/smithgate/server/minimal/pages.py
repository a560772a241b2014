"""Cursors of `tools/list`: opaque to clients, refused unless this server made them."""

import binascii
from collections.abc import Sequence
from typing import TypeVar

from ..stdio_frames import INVALID_PARAMS, ProtocolError

T = TypeVar("T")

_PREFIX = "page:"


def page_of(
    items: Sequence[T], cursor: object, size: int
) -> tuple[Sequence[T], str | None]:
    """Return one page and the cursor of the next one, ``None`` after the last.

    Raises ``ProtocolError`` for a cursor that does not belong to ``items``.
    """
    start = 0 if cursor is None else _start_of(cursor)
    if start % size or (cursor is not None and not 0 < start < len(items)):
        raise _invalid()
    end = start + size
    return items[start:end], _cursor(end) if end < len(items) else None


def _cursor(start: int) -> str:
    return binascii.b2a_base64(f"{_PREFIX}{start}".encode(), newline=False).decode()


def _start_of(cursor: object) -> int:
    if not isinstance(cursor, str):
        raise _invalid()
    try:
        text = binascii.a2b_base64(cursor, strict_mode=True).decode("ascii")
        start = int(text.removeprefix(_PREFIX))
    except ValueError:
        raise _invalid() from None
    # int() and base64 both know several spellings of one value; only ours is valid.
    if _cursor(start) != cursor:
        raise _invalid()
    return start


def _invalid() -> ProtocolError:
    return ProtocolError(INVALID_PARAMS, "invalid cursor")
