"""Two values of one member side by side, as deep as their structure tells more.

Structures are gone through member by member, tags and keyed lists by key, JSON
documents in strings by what they hold. Everything else is one entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .defaults import NO_DEFAULTS, Defaults
from .entries import Entry
from .meaning import document_in, is_nothing, same
from .paths import MISSING, Path, leaves, show_path
from .policies import same_member
from .volatile import is_counter

_TAG_MEMBERS = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"))
_ITEM_KEYS = ("Sid", "Id", "ID", "id", "Key", "Name", "name", "RuleName")
"""Members that name the item of a list of structures, where every item has one."""


class Where(NamedTuple):
    """Both places of a value, and how to take it."""

    path: Path
    """In the request, for people."""
    where: Path
    """In the document that was read."""
    replaces: bool = False
    """What the request leaves out is lost."""
    doubts: bool = False
    """What a given structure leaves out may be lost."""
    defaults: Defaults = NO_DEFAULTS
    """What is shown of it where nobody set anything."""
    unordered: bool = False
    maps: frozenset[Path] = frozenset()
    """Paths of the request at which a given map replaces the stored one."""
    arns: bool = False
    """A name on one side may be the whole ARN on the other."""

    def below(self, part: str, *, replaces: bool | None = None) -> "Where":
        """Return the places of a member."""
        return self._replace(
            path=(*self.path, part),
            where=(*self.where, part),
            replaces=self.replaces if replaces is None else replaces,
        )

    @property
    def default(self) -> Any:
        """Return what the state shows here where nobody set anything."""
        return self.defaults.get(show_path(self.where), (MISSING,))[0]


def as_tags(value: Any) -> dict[str, Any] | None:
    """Return tags in any of their forms as key → value, or ``None``."""
    if value is MISSING or value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(key): value[key] for key in value}
    if not isinstance(value, list):
        return None
    for key, text in _TAG_MEMBERS:
        if all(isinstance(item, Mapping) and key in item for item in value):
            found = {str(item[key]): item.get(text, "") for item in value}
            return found if len(found) == len(value) else None
    return None


def is_tag_list(value: Any) -> bool:
    """Say whether a value is a list of nothing but keys and values."""
    return (
        isinstance(value, list)
        and bool(value)
        and any(
            all(isinstance(i, Mapping) and set(i) in ({k, v}, {k}) for i in value)
            for k, v in _TAG_MEMBERS
        )
    )


def compare_values(at: Where, before: Any, after: Any) -> Iterator[Entry]:
    """Yield the entries of a member that the request gives."""
    old, new = _opened(before), _opened(after)
    if isinstance(new, Mapping) and new and isinstance(old, Mapping) and old:
        yield from _members(at, before, after, old, new)
        return
    if is_tag_list(new) and (is_tag_list(old) or not old or old is MISSING):
        yield from compare_tags(at, as_tags(before) or {}, as_tags(after) or {})
        return
    keyed = _keyed(old, new)
    if keyed is not None and not same(before, after, unordered=at.unordered):
        yield from _items(at, *keyed)
        return
    if isinstance(new, Mapping) and new and new is after and _is_unset(old):
        for key in sorted(new):
            yield from compare_values(at.below(str(key)), MISSING, new[key])
        return
    yield pair(at, before, after)


def _is_unset(value: Any) -> bool:
    return value is MISSING or value is None or value == {}


def _opened(value: Any) -> Any:
    """Return the document inside a string, any other value as it is."""
    if isinstance(value, str):
        document = document_in(value)
        return value if document is MISSING else document
    return value


def _members(
    at: Where,
    before: Any,
    after: Any,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Entry]:
    """Compare two structures; a document in a string is always replaced whole."""
    in_text = isinstance(before, str) or isinstance(after, str)
    if in_text and same(before, after):
        yield pair(at, before, after)
        return
    inner = at._replace(replaces=at.replaces or in_text or at.path in at.maps)
    for key in sorted(new):
        yield from compare_values(
            inner.below(str(key)), old.get(key, MISSING), new[key]
        )
    if inner.replaces or inner.doubts:
        for key in sorted(set(old) - set(new)):
            yield from _left_out(inner.below(str(key)), old[key])


def _left_out(at: Where, before: Any) -> Iterator[Entry]:
    """Yield what a structure leaves out of the stored one, defaults apart."""
    for path, value in leaves(before) if at.defaults else [((), before)]:
        place = at._replace(path=(*at.path, *path), where=(*at.where, *path))
        entry = None if is_nothing(value) else unset(place, value)
        if entry is not None:
            yield entry if at.replaces else unsure(entry)


def unset(at: Where, before: Any) -> Entry | None:
    """Return what becomes of a value that a request leaves out, if anything does."""
    if is_counter(at.where, before):
        return None
    default = at.default
    if default is MISSING:
        return lost(at, before)
    return None if same(before, default) else pair(at, before, default)


def _keyed(old: Any, new: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return two lists of structures by the member that names their items."""
    if not (isinstance(old, list) and isinstance(new, list) and old and new):
        return None
    for name in _ITEM_KEYS:
        before, after = _by_name(old, name), _by_name(new, name)
        if before is not None and after is not None:
            return before, after
    return None


def _by_name(items: list[Any], name: str) -> dict[str, Any] | None:
    """Return items by a member, or ``None`` unless all have it, each another one."""
    if not all(isinstance(i, Mapping) and _is_name(i.get(name)) for i in items):
        return None
    found = {str(item[name]): item for item in items}
    return found if len(found) == len(items) else None


def look(document: Any, path: Path) -> Any:
    """Return the value at the place of an entry, or ``MISSING``.

    Goes where ``compare_values`` goes: into documents in strings, to tags by key, to
    items of a list by the member that names them; ``[]`` is every item.
    """
    current = document
    for index, part in enumerate(path):
        current = _opened(current)
        if part == "[]":
            items = current if isinstance(current, list) else []
            found = [look(item, path[index + 1 :]) for item in items]
            return [value for value in found if value is not MISSING]
        if isinstance(current, list):
            current = _item(current, part)
        elif isinstance(current, Mapping):
            current = current.get(part, MISSING)
        else:
            return MISSING
    return current


def _item(items: list[Any], part: str) -> Any:
    if not part.startswith("["):
        return (as_tags(items) or {}).get(part, MISSING)
    keyed = _keyed(items, items)
    if keyed is not None and part[1:-1] in keyed[0]:
        return keyed[0][part[1:-1]]
    index = int(part[1:-1]) if part[1:-1].isdecimal() else len(items)
    return items[index] if index < len(items) else MISSING


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and value != ""


def _items(at: Where, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Entry]:
    """Compare the items of a list, which the request gives as a whole."""
    for key in sorted({*old, *new}):
        place = at.below(f"[{key}]", replaces=True)
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        if after is MISSING:
            yield lost(place, before)
        elif before is MISSING:
            yield pair(place, before, after)
        else:
            yield from compare_values(place, before, after)


def compare_tags(
    at: Where, old: Mapping[str, Any], new: Mapping[str, Any], *, adds: bool = False
) -> Iterator[Entry]:
    """Compare tags key by key; what ``adds`` loses nothing."""
    for key in sorted({*old, *new}):
        place = at.below(key)
        if key in new:
            yield pair(place, old.get(key, MISSING), new[key])
        elif not adds:
            yield lost(place, old[key])


def lost(at: Where, before: Any) -> Entry:
    """Return the entry of a value that will be gone."""
    return Entry(path=at.path, action="delete", before=before, where=at.where)


def unsure(entry: Entry) -> Entry:
    """Return what may be lost: a canned ``ACL`` sets what the request leaves out."""
    return replace(entry, action="update", after=MISSING, unknown=True)


def pair(at: Where, before: Any, after: Any) -> Entry:
    """Return the entry of two values of which the second is given."""
    if before is MISSING or (before is None and not is_nothing(after)):
        action = "create"
        before = MISSING
    else:
        equal = same(before, after, unordered=at.unordered)
        equal = equal or (at.arns and same_arn(before, after))
        equal = equal or same_member(at.path, before, after)
        action = "no-op" if equal else "update"
    return Entry(
        path=at.path,
        action=action,
        before=before,
        after=after,
        where=at.where,
        unordered=at.unordered,
    )


def same_arn(left: Any, right: Any) -> bool:
    """Say whether one side is the name or id at the end of the other's ARN."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_arn, left, right))
    if not (isinstance(left, str) and isinstance(right, str) and left and right):
        return False
    long, short = sorted((left, right), key=len, reverse=True)
    is_arn = long.startswith("arn:")
    return long == short or (is_arn and long.endswith((f":{short}", f"/{short}")))
