"""Python source text for values, laid out as black would lay it out.

Owns the only way in which model text reaches generated Python: as a quoted, escaped
ASCII literal. Comments and docstrings have their own, stricter printers. Leaves the
order of things to the IR and the shape of a module to the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import RenderError

LINE = 88
"""Line length of the generated tree; black's default."""
_INDENT = 4
_SHORT_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Inline:
    """A sequence that stays on one line when it fits, however many items it has."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of the vocabulary, such as ``How.SET``; of our own making only."""

    name: str


def text(value: str) -> str:
    """Return a string literal: ASCII only, double quotes unless that costs escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_escaped(char, quote) for char in value) + quote


def docstring(value: str) -> str:
    """Return text that is safe between triple double quotes, on one line."""
    return "".join(_escaped(char, '"') for char in value.strip())


def comment(value: str) -> str:
    """Return text that is safe after ``#``.

    Raises ``RenderError`` for anything but printable ASCII: a comment has no escapes.
    """
    if not value.strip() == value != "" or not (
        value.isascii() and value.isprintable()
    ):
        msg = f"`{value!a}` cannot be printed as a comment"
        raise RenderError(msg, hint="sources and reasons are printable ASCII")
    return value


def argument(name: str, value: Any, *, indent: int, note: str | None = None) -> str:
    """Return one keyword argument of a call, with its comma and comment.

    The first line is not indented, later ones are; there is no final newline. A
    comment stands behind a one-line value and behind the opening bracket otherwise.
    """
    lines = [f"{name}={_flat(value)},"]
    suffix = f"  # {comment(note)}" if note else ""
    if not _is_flat(value) or (
        _can_open(value) and indent + len(lines[0]) + len(suffix) > LINE
    ):
        lines = _opened(value, prefix=f"{name}=", indent=indent, suffix=suffix)
        return "\n".join(lines)
    return lines[0] + suffix


def _escaped(char: str, quote: str) -> str:
    if char == quote:
        return "\\" + char
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if " " <= char <= "~":
        return char
    # Python's own escapes of one character: \xNN, \uNNNN or \UNNNNNNNN, lower case.
    return char.encode("unicode_escape").decode("ascii")


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, Inline):
        return value.items
    if isinstance(value, Mapping):
        return tuple(value.items())
    return value if isinstance(value, list | tuple) else ()


def _can_open(value: Any) -> bool:
    return bool(_items(value))


def _is_flat(value: Any) -> bool:
    items = _items(value)
    if len(items) > 1 and not isinstance(value, Inline):
        return False
    if isinstance(value, Mapping):
        return all(_is_flat(item) for item in value.values())
    return all(_is_flat(item) for item in items)


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Symbol):
        return value.name
    if isinstance(value, Inline):
        return "(" + ", ".join(_flat(item) for item in value.items) + ")"
    if isinstance(value, Mapping):
        pairs = (f"{text(key)}: {_flat(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flat(item) for item in value) + "]"
    if isinstance(value, tuple):
        tail = "," if len(value) == 1 else ""
        return "(" + ", ".join(_flat(item) for item in value) + tail + ")"
    if value is None or isinstance(value, bool | int):
        return repr(value)
    msg = f"a value of type `{type(value).__name__}` cannot be printed"
    raise RenderError(msg)


def _opened(value: Any, *, prefix: str, indent: int, suffix: str = "") -> list[str]:
    """Return the lines of a value with one item a line; the first is not indented."""
    brackets = "{}" if isinstance(value, Mapping) else "()"
    if isinstance(value, list):
        brackets = "[]"
    lines = [prefix + brackets[0] + suffix]
    inner = indent + _INDENT
    for item in _items(value):
        head = ""
        body = item
        if isinstance(value, Mapping):
            head, body = f"{text(item[0])}: ", item[1]
        flat = f"{head}{_flat(body)},"
        if _is_flat(body) and (not _can_open(body) or inner + len(flat) <= LINE):
            lines.append(" " * inner + flat)
        else:
            nested = _opened(body, prefix=head, indent=inner)
            lines.append(" " * inner + nested[0])
            lines.extend(nested[1:])
    lines.append(" " * indent + brackets[1] + ",")
    return lines
