"""Requests that add to what is there or take out of it: list items, tags, keys."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .entries import Entry
from .meaning import is_nothing, same
from .paths import MISSING, Path, leaves, parse_document_path
from .values import Where, as_tags, lost, same_arn


def compare_keys(at: Where, before: Any, keys: Any) -> Iterator[Entry]:
    """Yield what a request takes away that lists keys of tags or of a map."""
    there = as_tags(before) or {}
    for key in _listed(keys):
        name, value = key_and_value(key)
        place = at.below(str(name))
        if str(name) in there and value in (MISSING, there[str(name)]):
            yield lost(place, there[str(name)])
        else:
            yield Entry(path=place.path, action="no-op", where=place.where)


def compare_added(at: Where, before: Any, after: Any) -> Iterator[Entry]:
    """Yield an entry for each item that a request adds."""
    for place, item in _items(at, after):
        found = stored_item(before, item)
        if found is MISSING:
            yield Entry(path=place.path, action="create", after=item, where=at.where)
        elif _has_more(found, item):
            yield Entry(path=place.path, action="update", after=item, unknown=True)
        else:
            yield Entry(
                path=place.path,
                action="no-op",
                before=item,
                after=item,
                where=at.where,
            )


def compare_removed(at: Where, before: Any, after: Any) -> Iterator[Entry]:
    """Yield an entry for each item that a request takes out."""
    for place, item in _items(at, after):
        found = stored_item(before, item)
        if found is MISSING and _is_there_in_part(before, item):
            yield Entry(path=place.path, action="delete", before=item, unknown=True)
        elif found is MISSING:
            yield Entry(path=place.path, action="no-op", where=at.where)
        elif _has_more(found, item):
            yield Entry(path=place.path, action="delete", before=found, unknown=True)
        else:
            yield Entry(path=place.path, action="delete", before=found, where=at.where)


def key_and_value(key: Any) -> tuple[Any, Any]:
    """Return a key that may stand in a structure, and the value that it must have.

    EC2's ``Tags: [{Key: …, Value: …}]`` takes off only tags of this value.
    """
    if not isinstance(key, Mapping) or not key:
        return key, MISSING
    name = next((n for n in key if n.casefold() in {"key", "tagkey"}), next(iter(key)))
    value = next((n for n in key if n.casefold() in {"value", "tagvalue"}), None)
    return key[name], MISSING if value is None else key[value]


def compare_every(at: Where, before: Any, after: Any) -> Iterator[Entry]:
    """Yield the entry of a value that all items of a list are to have."""
    found = before if isinstance(before, list) else []
    different = [value for value in found if not same(value, after)]
    one = bool(found) and all(same(value, found[0]) for value in found)
    yield Entry(
        path=at.path,
        action="update" if different else "no-op" if found else "create",
        before=found[0] if one else found or MISSING,
        after=after,
        where=at.where,
    )


def unlisted(path: Path, items: Any, writers: Sequence[str]) -> Iterator[Entry]:
    """Yield as unknown what items of a list have besides the members that are compared.

    Only where the keys of ``compare`` are members of items (``Regions[].Name``).
    """
    tails = {parse_document_path(w.partition("[].")[2]) for w in writers if "[]." in w}
    if not tails or not isinstance(items, list):
        return
    for index, item in enumerate(items):
        for leaf, value in leaves(item):
            if not any(leaf[: len(tail)] == tail for tail in tails):
                place = (*path, f"[{index}]", *leaf)
                yield Entry(path=place, action="update", after=value, unknown=True)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _items(at: Where, value: Any) -> Iterator[tuple[Where, Any]]:
    if not isinstance(value, list):
        yield at, value
        return
    for index, item in enumerate(value):
        label = item if isinstance(item, str | int) else index
        yield at.below(f"[{label}]"), item


def stored_item(stored: Any, item: Any) -> Any:
    """Return the stored item that has every given member equal, or ``MISSING``."""
    if not isinstance(stored, list):
        return stored if _fits(stored, item) else MISSING
    return next((one for one in stored if _fits(one, item)), MISSING)


def _has_more(stored: Any, item: Any) -> bool:
    """Say whether a stored item has values that the given one leaves to a default.

    A target without its port may be another one than that which is there.
    """
    if not isinstance(stored, Mapping) or not isinstance(item, Mapping):
        return False
    return any(not is_nothing(stored[key]) for key in set(stored) - set(item))


def _is_there_in_part(stored: Any, item: Any) -> bool:
    """Say whether a stored item has some of the parts that an item lists.

    One permission names many ranges: those that are there are taken out.
    """
    if not isinstance(item, Mapping) or not isinstance(stored, list):
        return False
    lists = {k: v for k, v in item.items() if isinstance(v, list) and v}
    plain = {k: v for k, v in item.items() if k not in lists}
    return any(
        isinstance(one, Mapping)
        and _fits(one, plain)
        and any(_fits(one.get(k), [part]) for k, v in lists.items() for part in v)
        for one in stored
    )


def _fits(stored: Any, item: Any) -> bool:
    if isinstance(item, Mapping) and isinstance(stored, Mapping):
        return all(
            key in stored and _fits(stored[key], value) for key, value in item.items()
        )
    if isinstance(item, list) and isinstance(stored, list):
        return all(any(_fits(other, one) for other in stored) for one in item)
    return stored is not MISSING and (same(stored, item) or same_arn(stored, item))
