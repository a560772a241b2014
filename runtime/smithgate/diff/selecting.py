"""From a reader's output to the one document that a request is about.

``select`` narrows by JMESPath, ``match`` picks items by identity: values are compared
here, exactly, so that nothing of a request becomes part of an expression.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jmespath

from ..operation import Read
from .paths import MISSING, get_path, parse_path


class Selected(NamedTuple):
    """What was found: a document, nothing, or a reason why that cannot be told."""

    document: Any = None
    absent: bool = False
    reason: str | None = None


def select(read: Read, arguments: Mapping[str, Any], output: Any) -> Selected:
    """Return the document that ``arguments`` mean in a reader's output."""
    found = output if read.select is None else jmespath.search(read.select, output)
    if read.match:
        return _matching(read, arguments, found)
    if found is None or found in ("", [], {}):
        absent = read.absent_when_empty or read.select is not None
        return Selected(None if absent else found, absent)
    return Selected(found)


def _matching(read: Read, arguments: Mapping[str, Any], items: Any) -> Selected:
    wanted = {
        item: value
        for item, writer in read.match.items()
        if (value := get_path(arguments, parse_path(writer))) is not MISSING
    }
    if not wanted:
        return Selected(reason="nothing in the request selects what is meant")
    found = [
        item
        for item in (items if isinstance(items, list) else [])
        if all(_is(get_path(item, parse_path(p)), v) for p, v in wanted.items())
    ]
    if not found:
        return Selected(absent=True)
    if any(isinstance(value, list) for value in wanted.values()):
        return Selected(found if len(found) > 1 else found[0])
    if len(found) > 1:
        return Selected(reason=f"the request fits {len(found)} things")
    return Selected(found[0])


def _is(found: Any, wanted: Any) -> bool:
    """Say whether an item's member is the value, or one of the values, that is asked."""
    if isinstance(wanted, list):
        return any(_is(found, one) for one in wanted)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return found == wanted
    return isinstance(found, str) and isinstance(wanted, str) and found == wanted
