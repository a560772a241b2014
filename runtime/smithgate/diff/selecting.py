"""From a reader's output to the one document that a request is about.

``select`` narrows by JMESPath, ``match`` picks items by identity: values are compared
here, exactly, so that nothing of a request becomes part of an expression.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import jmespath

from ..operation import How, Read
from .paths import MISSING, Path, get_path, parse_document_path, parse_path
from .several import gather
from .values import look

_LISTED = frozenset({How.ADD, How.CHANGES, How.KEYS, How.REMOVE})
"""What looks for something that a further page may have."""


class Selected(NamedTuple):
    """What was found: a document, nothing, or a reason why that cannot be told."""

    document: Any = None
    absent: bool = False
    reason: str | None = None


def select(
    read: Read,
    arguments: Mapping[str, Any],
    output: Any,
    reply: Mapping[str, Any] | None = None,
) -> Selected:
    """Return the document that ``arguments`` mean in a reader's output.

    ``reply`` is the writer's own output, which tells the id of what it made.
    """
    found = output if read.select is None else jmespath.search(read.select, output)
    if found is not None and read.gone:
        found = _left(read, found)
    if read.each:
        if _is_cut(output):
            return Selected(reason="not all is on the first page of the reader's list")
        return Selected(gather(read, arguments, found))
    if read.match or read.match_created:
        items = _together(read, arguments, found)
        wanted = wanted_of(read, arguments, reply)
        matched = _matching(wanted, items)
        if _is_cut(output) and (matched.absent or _lacks(wanted, matched.document)):
            return Selected(reason="it is not on the first page of the reader's list")
        return matched
    if _is_cut(output) and not _LISTED.isdisjoint(read.how.values()):
        return Selected(reason="the reader's list has more pages than the first")
    if found is None or found in ("", [], {}):
        if read.container:
            return Selected(reason="what should contain it is not there")
        absent = bool(read.absent_when_empty or read.select is not None or read.gone)
        return Selected(None if absent else found, absent)
    return Selected(found)


def documents_of(read: Read | None, document: Any) -> list[tuple[Path, Any]]:
    """Return where a document is and the document: several where a list picked them."""
    if read is not None and read.each and isinstance(document, Mapping):
        return [((name,), items) for name, items in document.items()]
    picks = read is not None and (read.match or read.match_created or read.expect)
    if picks and isinstance(document, list):
        return [((f"[{index}]",), item) for index, item in enumerate(document)]
    return [((), document)]


def wanted_of(
    read: Read, arguments: Mapping[str, Any], reply: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return item path → the value that it must have."""
    asked: dict[str, tuple[Any, str]] = {}
    asked |= {item: (arguments, path) for item, path in read.match.items()}
    asked |= {item: (reply, path) for item, path in read.match_created.items()}
    return {
        item: value
        for item, (source, path) in asked.items()
        if (value := look(source, parse_document_path(path))) not in (MISSING, [])
    }


def _left(read: Read, found: Any) -> Any:
    """Return a document, or the items of a list, without what is gone already."""
    if isinstance(found, list):
        return [item for item in found if not _is_gone(read, item)]
    return None if _is_gone(read, found) else found


def _is_gone(read: Read, document: Any) -> bool:
    """Say whether a state says so; services spell states of one kind in either case."""
    return any(
        (
            str(value).casefold() in {state.casefold() for state in values}
            if values
            else value not in (MISSING, None)
        )
        for path, values in read.gone.items()
        for value in (look(document, parse_document_path(path)),)
    )


_MORE = re.compile(
    r"next\w*|\w*marker|\w*truncated|hasmore\w*|continuationtoken|lastevaluated\w*",
    re.IGNORECASE,
)
"""Members of a reply that say that there are further pages, when they have a value."""


def _is_cut(output: Any) -> bool:
    """Say whether a listing has more pages than the one that was read."""
    if not isinstance(output, Mapping):
        return False
    inside = [value for value in output.values() if isinstance(value, Mapping)]
    return any(
        bool(value) and not isinstance(value, Mapping | list) and _MORE.fullmatch(name)
        for part in (output, *inside)
        for name, value in part.items()
    )


def _together(read: Read, arguments: Mapping[str, Any], items: Any) -> Any:
    """Leave out items that equal no given structure in all of its matched members."""
    for prefix, members in _keys_of(read).items():
        given = get_path(arguments, parse_path(prefix))
        if len(members) > 1 and isinstance(items, list) and isinstance(given, list):
            items = [
                item for item in items if any(_equals(item, o, members) for o in given)
            ]
    return items


def _keys_of(read: Read) -> dict[str, dict[str, str]]:
    """Return list in the request → member of its items → place in a matched item."""
    found: dict[str, dict[str, str]] = {}
    for place, path in read.match.items():
        prefix, inside, member = path.partition("[].")
        if inside:
            found.setdefault(prefix, {})[member] = place
    return found


def told_more(read: Read, arguments: Mapping[str, Any]) -> set[str]:
    """Return the paths of ``match`` into structures that hold more than their names."""
    found = set()
    for prefix, members in _keys_of(read).items():
        given = get_path(arguments, parse_path(prefix))
        items = given if isinstance(given, list) else []
        if any(isinstance(i, Mapping) and not set(i) <= set(members) for i in items):
            found |= {f"{prefix}[].{member}" for member in members}
    return found


def _equals(item: Any, given: Any, members: Mapping[str, str]) -> bool:
    return all(
        _is(get_path(item, parse_path(place)), get_path(given, parse_path(member)))
        for member, place in members.items()
    )


def _matching(wanted: Mapping[str, Any], items: Any) -> Selected:
    if not wanted:
        return Selected(reason="nothing in the request selects what is meant")
    found = [
        item
        for item in (items if isinstance(items, list) else [])
        if all(_is(get_path(item, parse_path(p)), v) for p, v in wanted.items())
    ]
    if not found:
        doubt = next((p for p, v in wanted.items() if _is_in_doubt(items, p, v)), None)
        if doubt is not None:
            return Selected(reason=f"`{doubt}` of the reader's list may mean it or not")
        return Selected(absent=True)
    if any(isinstance(value, list) for value in wanted.values()):
        return Selected(found if len(found) > 1 else found[0])
    if len(found) > 1:
        return Selected(reason=f"the request fits {len(found)} things")
    return Selected(found[0])


def _lacks(wanted: Mapping[str, Any], document: Any) -> bool:
    """Say whether fewer items were found than the request names."""
    found = len(document) if isinstance(document, list) else 1
    return any(len(v) > found for v in wanted.values() if isinstance(v, list))


def _is(found: Any, wanted: Any) -> bool:
    """Say whether an item's member is the value, or one of the values, that is asked."""
    if isinstance(wanted, list):
        return any(_is(found, one) for one in wanted)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, int | float) or isinstance(wanted, int | float):
        return str(found) == str(wanted) or found == wanted
    if not isinstance(found, str) or not isinstance(wanted, str):
        return False
    return found == wanted or _names(wanted, found) or _names(found, wanted)


def _is_in_doubt(items: Any, path: str, wanted: Any) -> bool:
    """Say whether an item has an ARN with the wanted name in it, or the reverse.

    ``arn:…:stack/NAME/ID`` is the stack of that name or another thing below it: that
    nothing is there would be a guess.
    """
    found = [get_path(item, parse_path(path)) for item in items or ()]
    names = wanted if isinstance(wanted, list) else [wanted]
    pairs = ((one, name) for one in found for name in names)
    return any(_holds(a, b) or _holds(b, a) for a, b in pairs)


def _holds(arn: Any, name: Any) -> bool:
    """Say whether a name is a whole part of an ARN's resource."""
    if not isinstance(arn, str) or not isinstance(name, str) or not name:
        return False
    resource = arn.split(":", 5)[5:] if arn.startswith("arn:") else []
    return any(name in re.split("[:/]", text) for text in resource)


def _names(arn: str, name: str) -> bool:
    """Say whether an ARN is of the thing of a name: many requests take either."""
    return arn.startswith("arn:") and arn.endswith((f":{name}", f"/{name}"))
