"""What changed between two schemas, member by member, and whom it hurts.

Owns the classes. ``breaking``: a request that was accepted may now be refused, or a
reply that was read may now look different. ``loosening``: more is accepted, or more
comes back. ``meaning``: the same is accepted but does something else (a default, a
marked secret). ``docs``: prose. A difference that is none of the known ones counts as
breaking: nothing is passed over in silence.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .inclusion import Relation, relation
from .nodes import Document, Node, View, branches_of, types_of

ROOT = "(top)"
_LOWER = ("minLength", "minimum", "minItems", "minProperties", "x-min-bytes")
_UPPER = ("maxLength", "maximum", "maxItems", "maxProperties", "x-max-bytes")
_DOCS = frozenset({"$schema", "title", "description", "deprecated", "examples"})
_MEANING = ("default", "x-idempotency-token", "x-sensitive")
_FIXED = ("format", "contentEncoding", "const")
"""Keywords of which any change may refuse what was accepted."""
_STRUCTURE = frozenset(
    {
        *("$defs", "$ref", "anyOf", "oneOf", "type", "enum", "pattern", "uniqueItems"),
        *("items", "propertyNames", "additionalProperties", "required", "properties"),
    }
)
_PARTS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("items", "[]", {}),
    ("propertyNames", "{key}", {"type": "string"}),  # JSON has no other names
)
_KNOWN = _STRUCTURE | _DOCS | {*_LOWER, *_UPPER, *_FIXED, *_MEANING}


class Kind(StrEnum):
    """The class of a change, the worst first."""

    BREAKING = "breaking"
    MEANING = "meaning"
    LOOSENING = "loosening"
    DOCS = "docs"


@dataclass(frozen=True, slots=True, order=True)
class SchemaChange:
    """One difference at one place."""

    path: str
    """Dotted path of the member; ``[]`` is a list item, ``{}`` a map value."""
    kind: Kind
    what: str
    """The rule that found it, such as ``enum`` or ``member``."""
    text: str
    """The difference in words; values are printed as JSON."""

    @property
    def member(self) -> str:
        """The last member of the path."""
        return self.path.rpartition(".")[2]


def compare_schemas(
    before: Mapping[str, Any], after: Mapping[str, Any], *, is_input: bool
) -> list[SchemaChange]:
    """Return the differences between two schemas, sorted by path.

    A definition that is used in many places is compared where it is met first.
    """
    if before == after:
        return []
    return sorted(set(_Walk(Document.of(before), Document.of(after), is_input).run()))


class _Walk:
    """The comparison of two documents; a work list, because schemas can be deep."""

    def __init__(self, before: Document, after: Document, is_input: bool) -> None:
        self._before = before
        self._after = after
        self._is_input = is_input
        self._todo: list[tuple[str, Any, Any]] = [("", before.root, after.root)]
        self._met: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()

    def run(self) -> Iterator[SchemaChange]:
        while self._todo:
            path, old_node, new_node = self._todo.pop()
            old, new = self._before.view(old_node), self._after.view(new_node)
            yield from _annotations(path or ROOT, old.node, new.node)
            if old.key or new.key:
                if (old.key, new.key) in self._met:
                    continue
                self._met.add((old.key, new.key))
            yield from self._compare(path, old, new)

    def _compare(self, path: str, old: View, new: View) -> Iterator[SchemaChange]:
        place = path or ROOT
        if old.broken != new.broken:
            text = f"reference {new.broken or old.broken} leads nowhere"
            yield SchemaChange(place, Kind.BREAKING, "reference", text)
            return
        if old.is_nullable != new.is_nullable:
            yield self._null(place, is_nullable=new.is_nullable)
        is_same_type = True
        for change in _types(place, old.node, new.node, self._is_input):
            is_same_type = False
            yield change
        if is_same_type or types_of(old.node) & types_of(new.node):
            yield from _values(place, old.node, new.node)
            yield from self._members(path, old.node, new.node)
            yield from self._parts(path, old.node, new.node)

    def _null(self, place: str, *, is_nullable: bool) -> SchemaChange:
        """Classify null: less of it hurts a sender, more of it a reader."""
        hurts = is_nullable != self._is_input
        kind = Kind.BREAKING if hurts else Kind.LOOSENING
        text = (
            "null is possible now" if is_nullable else "null is not possible any more"
        )
        return SchemaChange(place, kind, "null", text)

    def _members(self, path: str, old: Node, new: Node) -> Iterator[SchemaChange]:
        old_branches, new_branches = branches_of(old), branches_of(new)
        if (old_branches is None) != (new_branches is None):
            text = "became a union" if old_branches is None else "is no union any more"
            yield SchemaChange(path or ROOT, Kind.BREAKING, "union", text)
            return
        before = _mapping(old, "properties") if old_branches is None else old_branches
        after = _mapping(new, "properties") if new_branches is None else new_branches
        what = "member" if old_branches is None else "union branch"
        for name in sorted(before.keys() | after.keys()):
            place = f"{path}.{name}" if path else name
            if name not in after:
                yield SchemaChange(place, Kind.BREAKING, what, f"{what} removed")
            elif name not in before:
                yield SchemaChange(place, Kind.LOOSENING, what, f"{what} added")
            else:
                self._todo.append((place, before[name], after[name]))
        yield from self._required(path, old, new)

    def _required(self, path: str, old: Node, new: Node) -> Iterator[SchemaChange]:
        before, after = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(before ^ after):
            is_new = name in after
            place = f"{path}.{name}" if path else name
            # A sender suffers from a new obligation, a reader from a lost promise.
            kind = Kind.BREAKING if is_new == self._is_input else Kind.LOOSENING
            words = ("is required now", "is not required any more")
            if not self._is_input:
                words = ("is always there now", "may be missing now")
            yield SchemaChange(place, kind, "required", words[not is_new])

    def _parts(self, path: str, old: Node, new: Node) -> Iterator[SchemaChange]:
        """Go into list items, map keys and map values."""
        for keyword, suffix, default in _PARTS:
            if keyword in old or keyword in new:
                pair = (old.get(keyword, default), new.get(keyword, default))
                self._todo.append((f"{path}{suffix}", *pair))
        before, after = (n.get("additionalProperties", True) for n in (old, new))
        if isinstance(before, dict) or isinstance(after, dict):
            if before is False or after is False:
                yield _opened(path, is_open=after is not False)
            else:
                self._todo.append((f"{path}{{}}", before, after))
        elif before != after:
            yield _opened(path, is_open=bool(after))


def _opened(path: str, *, is_open: bool) -> SchemaChange:
    kind = Kind.LOOSENING if is_open else Kind.BREAKING
    text = "takes further members now" if is_open else "takes no further members now"
    return SchemaChange(path or ROOT, kind, "closed", text)


def _types(place: str, old: Node, new: Node, is_input: bool) -> Iterator[SchemaChange]:
    before, after = types_of(old), types_of(new)
    if before == after:
        return
    gone, more = before - after, after - before
    # A whole number is a number: the wider of the two takes all that the other took.
    gone -= {"integer"} if "number" in after else set()
    more -= {"integer"} if "number" in before else set()
    hurts = gone if is_input else more
    text = f"type {_said(old)} → {_said(new)}"
    kind = Kind.BREAKING if hurts else Kind.LOOSENING
    yield SchemaChange(place, kind, "type", text)


def _said(node: Node) -> str:
    said = node.get("type", "anything")
    return said if isinstance(said, str) else " or ".join(map(str, said))


def _values(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    """Compare what a value of the same type has to be."""
    for rule in (_enums, _bounds, _patterns, _unique, _fixed, _others):
        yield from rule(place, old, new)


def _enums(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    before: list[Any] | None = old.get("enum")
    after: list[Any] | None = new.get("enum")
    if before == after:
        return
    if before is None:
        assert after is not None
        text = f"only {len(after)} values are accepted now: {_shown(after)}"
        yield SchemaChange(place, Kind.BREAKING, "enum", text)
    elif after is None:
        yield SchemaChange(place, Kind.LOOSENING, "enum", "any value is accepted now")
    else:
        for kind, these, others, word in (
            (Kind.BREAKING, before, after, "removed"),
            (Kind.LOOSENING, after, before, "added"),
        ):
            values = [value for value in these if value not in others]
            if values:
                text = f"{_counted(len(values), 'value')} {word}: {_shown(values)}"
                yield SchemaChange(place, kind, "enum", text)


def _bounds(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    tighter: tuple[tuple[tuple[str, ...], Callable[[Any, Any], bool]], ...] = (
        (_LOWER, lambda before, after: after > before),
        (_UPPER, lambda before, after: after < before),
    )
    for keywords, is_tighter in tighter:
        for keyword in keywords:
            before, after = old.get(keyword), new.get(keyword)
            if before == after:
                continue
            hurts = before is None or (after is not None and is_tighter(before, after))
            kind = Kind.BREAKING if hurts else Kind.LOOSENING
            text = f"{keyword} {_or_none(before)} → {_or_none(after)}"
            yield SchemaChange(place, kind, keyword, text)


def _patterns(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    before, after = old.get("pattern"), new.get("pattern")
    if before == after:
        return
    text = f"pattern {_or_none(before)} → {_or_none(after)}"
    if before is None or after is None:
        kind = Kind.LOOSENING if after is None else Kind.BREAKING
        yield SchemaChange(place, kind, "pattern", text)
        return
    found = relation(str(before), str(after))
    if found is Relation.SAME:
        yield SchemaChange(place, Kind.DOCS, "pattern", "pattern written differently")
    elif found is Relation.WIDER:
        yield SchemaChange(place, Kind.LOOSENING, "pattern", text)
    else:
        # Not shown to be wider: a value that was accepted may be refused now.
        yield SchemaChange(place, Kind.BREAKING, "pattern", text)


def _unique(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    before, after = bool(old.get("uniqueItems")), bool(new.get("uniqueItems"))
    if before != after:
        kind = Kind.BREAKING if after else Kind.LOOSENING
        text = "items must differ now" if after else "items may repeat now"
        yield SchemaChange(place, kind, "uniqueItems", text)


def _fixed(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    for keyword in _FIXED:
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            kind = Kind.LOOSENING if after is None else Kind.BREAKING
            text = f"{keyword} {_or_none(before)} → {_or_none(after)}"
            yield SchemaChange(place, kind, keyword, text)


def _others(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    for keyword in sorted((old.keys() | new.keys()) - _KNOWN):
        if old.get(keyword) != new.get(keyword):
            text = f"keyword {keyword} changed, which this report cannot judge"
            yield SchemaChange(place, Kind.BREAKING, "keyword", text)


def _annotations(place: str, old: Node, new: Node) -> Iterator[SchemaChange]:
    for keyword in _MEANING:
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            text = f"{keyword} {_or_none(before)} → {_or_none(after)}"
            yield SchemaChange(place, Kind.MEANING, keyword, text)
    for keyword in sorted(_DOCS):
        if old.get(keyword) != new.get(keyword):
            yield SchemaChange(place, Kind.DOCS, keyword, f"{keyword} reworded")


def _mapping(node: Node, keyword: str) -> Mapping[str, Any]:
    value = node.get(keyword, {})
    return value if isinstance(value, dict) else {}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _or_none(value: Any) -> str:
    return "none" if value is None else _json(value)


def _shown(values: list[Any]) -> str:
    return ", ".join(_json(value) for value in values)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
