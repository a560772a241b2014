"""Values that would change the path or the headers of the HTTP request.

Owns the check of members that AWS binds to labels (path, host) and headers. boto3
sends ``..`` as a label unescaped, and an empty label names the collection above.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import UnsafeArgument
from ..operation import Operation
from .nodes import Path, show_path

# C0 controls, DEL and C1; CR, LF and NUL are what splits a request.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DOT_SEGMENTS = {".", ".."}


def check_unsafe(operation: Operation, arguments: Mapping[str, Any]) -> None:
    """Raise ``UnsafeArgument`` for the first label or header value that is unsafe.

    Refused are control characters, dot segments between slashes, empty labels, and
    empty header values (leave the member out instead; map values may be empty).
    """
    for member in (*operation.labels, *operation.headers):
        for path, text, in_map in _texts((member,), arguments.get(member)):
            problem = _problem(text, may_be_empty=in_map)
            if problem:
                shown = show_path(path)
                raise UnsafeArgument(
                    f"`{shown}` of {operation.id} {problem}",
                    hint="the value becomes part of the request's path or headers",
                    path=shown,
                )


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str, bool]]:
    """Yield the texts of a label or header: scalars, lists, maps with their keys."""
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts((*path, at), item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield path, key, False
            for below, text, _ in _texts((*path, key), item):
                yield below, text, True


def _problem(text: str, *, may_be_empty: bool) -> str | None:
    if text == "" and not may_be_empty:
        return "is empty"
    if _CONTROL.search(text):
        return "holds a control character"
    if _DOT_SEGMENTS & set(text.split("/")):
        return "holds a dot segment"
    return None
