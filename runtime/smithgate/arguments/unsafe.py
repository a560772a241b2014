"""Values that would change the path or the headers of the HTTP request.

Owns the check of members that AWS binds to labels (path, host) and headers. boto3
sends ``..`` as a label unescaped, and an empty label names the collection above.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import UnsafeArgument
from ..operation import Operation
from ..redact import escape_text, mask_credentials
from .nodes import Path, show_path

# C0 controls, DEL and C1; CR, LF and NUL are what splits a request.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DOT_SEGMENTS = {".", ".."}


class _Text(NamedTuple):
    path: Path
    text: str
    is_key: bool = False
    may_be_empty: bool = False


def check_unsafe(operation: Operation, arguments: Mapping[str, Any]) -> None:
    """Raise ``UnsafeArgument`` for the first label or header value that is unsafe.

    Refused are control characters, dot segments between slashes, empty labels, and
    empty header values (leave the member out instead; map values may be empty).
    """
    for member in (*operation.labels, *operation.headers):
        for found in _texts((member,), arguments.get(member)):
            problem = _problem(found)
            if problem:
                raise _unsafe(operation, found, problem)


def _unsafe(operation: Operation, found: _Text, problem: str) -> UnsafeArgument:
    """Return the error; it names the member and never quotes what it holds."""
    shown = str(mask_credentials(escape_text(show_path(found.path))))
    what = f"has a key that {problem}" if found.is_key else problem
    return UnsafeArgument(
        f"`{shown}` of {operation.id} {what}",
        hint="the value becomes part of the request's path or headers",
        path=shown,
    )


def _texts(path: Path, value: Any) -> Iterator[_Text]:
    """Yield the texts of a label or header: scalars, lists, maps with their keys."""
    if isinstance(value, str):
        yield _Text(path, value)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts((*path, at), item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield _Text(path, key, is_key=True)
            for below in _texts((*path, key), item):
                yield below._replace(may_be_empty=True)


def _problem(found: _Text) -> str | None:
    if found.text == "" and not found.may_be_empty:
        return "is empty"
    if _CONTROL.search(found.text):
        return "holds a control character"
    if _DOT_SEGMENTS & set(found.text.split("/")):
        return "holds a dot segment"
    return None
