"""A reader with what one request names filled in.

Some requests say in a value which member they mean: ``AttributeName: DisplayName``.
The declaration then has ``Attributes.{AttributeName}`` for a place in the document.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..operation import Operation

_NAMED = re.compile(r"\{(\w+)\}")
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""What can be a part of a path; anything else could lead to another place."""


def concrete(operation: Operation, arguments: Mapping[str, Any]) -> Operation:
    """Return the operation with its compared places as this request means them.

    A pair whose place the request does not name is left out: its member is unknown.
    """
    read = operation.read
    if read is None or not any("{" in place for place in read.compare.values()):
        return operation
    compare, naming = {}, set(read.write_only)
    for writer, place in read.compare.items():
        names = _NAMED.findall(place)
        naming |= set(names)
        if all(_is_plain(arguments.get(name)) for name in names):
            compare[writer] = _NAMED.sub(lambda m: str(arguments[m[1]]), place)
    made = replace(read, compare=compare, write_only=tuple(sorted(naming)))
    return replace(operation, read=made)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and _PLAIN.fullmatch(value) is not None
