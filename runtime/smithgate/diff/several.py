"""One request about several named things: what of a listing belongs to each of them.

A listing gives the items of all of them in no order that counts; ``each`` of a reader
says by which member they are gathered. One thing alone has its items as the document.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..canonical import canonical_json
from ..operation import Read
from .paths import MISSING, get_path, parse_path


def gather(read: Read, arguments: Mapping[str, Any], items: Any) -> Any:
    """Return thing → the items that belong to it, in an order that does not change."""
    found: dict[str, list[Any]] = {name: [] for name in _named(read, arguments)}
    for item in items if isinstance(items, list) else []:
        for place in read.each:
            name = get_path(item, parse_path(place))
            if name in found:
                found[name].append(item)
    gathered = {name: sorted(own, key=canonical_json) for name, own in found.items()}
    return next(iter(gathered.values())) if len(gathered) == 1 else gathered


def singly(
    read: Read, arguments: Mapping[str, Any], document: Any
) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield the request for each of the things alone, and what is there of it."""
    if not isinstance(document, Mapping):
        yield dict(arguments), document
        return
    for name, items in document.items():
        alone = dict(arguments)
        alone |= {path: [name] for path in read.each.values()}
        yield alone, items


def _named(read: Read, arguments: Mapping[str, Any]) -> list[str]:
    (path,) = read.each.values()
    given = get_path(arguments, parse_path(path))
    names = [] if given is MISSING else given
    return [str(name) for name in (names if isinstance(names, list) else [names])]
