"""Requests that list what to do with parts of the state: JSON patches, lists of actions.

What a patch names and the state does not show stays unknown: the path may be one of
the service's own, under which the reader shows nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .entries import Entry
from .items import compare_added, compare_removed
from .meaning import same
from .paths import MISSING, Path
from .values import Where

_AWAY = frozenset({"DELETE", "REMOVE"})
_HERE = frozenset({"ADD", "INSERT"})


def compare_patch(at: Where, before: Any, patch: Any) -> Iterator[Entry]:
    """Yield an entry for each operation of a JSON patch (``op``, ``path``, ``value``)."""
    for one in patch if isinstance(patch, list) else ():
        pointer = str(one.get("path", "")) if isinstance(one, Mapping) else ""
        parts = tuple(_unescaped(part) for part in pointer.split("/")[1:])
        place = at._replace(path=(*at.path, pointer), where=(*at.where, *parts))
        yield _patched(place, before, parts, one)


def _patched(at: Where, document: Any, parts: Path, one: Any) -> Entry:
    """Return what one operation does; unknown where the state does not show its place."""
    if not parts:
        return Entry(path=at.path, action="update", after=one, unknown=True)
    op, value = one.get("op"), one.get("value")
    parent = _below(document, parts[:-1])
    if isinstance(parent, list) and op in {"add", "remove"}:
        return _item(at, parent, op, parts[-1])
    old = parent.get(parts[-1], MISSING) if isinstance(parent, Mapping) else MISSING
    is_plain = not isinstance(old, list | Mapping) and old is not MISSING
    if is_plain and op == "remove":
        return Entry(path=at.path, action="delete", before=old, where=at.where)
    if not is_plain or op not in {"add", "replace"} or value is None:
        after = MISSING if value is None else value
        return Entry(path=at.path, action="update", after=after, unknown=True)
    is_switch = isinstance(old, bool) and value in _BOOLEANS
    new = value == "true" if is_switch else value
    action = "no-op" if same(old, new) else "update"
    return Entry(path=at.path, action=action, before=old, after=new, where=at.where)


_BOOLEANS = ("true", "false")


def _item(at: Where, items: list[Any], op: Any, item: str) -> Entry:
    is_there = item in items
    if op == "add":
        action = "no-op" if is_there else "create"
        before = item if is_there else MISSING
        return Entry(
            path=at.path, action=action, before=before, after=item, where=at.where[:-1]
        )
    action = "delete" if is_there else "no-op"
    before = item if is_there else MISSING
    return Entry(path=at.path, action=action, before=before, where=at.where[:-1])


def _below(document: Any, parts: Path) -> Any:
    for part in parts:
        if not isinstance(document, Mapping) or part not in document:
            return MISSING
        document = document[part]
    return document


def _unescaped(part: str) -> str:
    """Return a part of a JSON pointer as it is meant (RFC 6901)."""
    return part.replace("~1", "/").replace("~0", "~")


def compare_changes(at: Where, before: Any, changes: Any) -> Iterator[Entry]:
    """Yield an entry for each item that an action adds to a list or takes out of it."""
    for index, one in enumerate(changes if isinstance(changes, list) else ()):
        place = at.below(f"[{index}]")._replace(where=at.where)
        values = list(one.values()) if isinstance(one, Mapping) else []
        action = next((v for v in values if v in (*_HERE, *_AWAY)), None)
        items = [value for value in values if value is not action]
        if action is None or len(items) != 1:
            yield Entry(path=place.path, action="update", after=one, unknown=True)
        elif action in _AWAY:
            yield from compare_removed(place, before, items[0])
        else:
            yield from compare_added(place, before, items[0])
