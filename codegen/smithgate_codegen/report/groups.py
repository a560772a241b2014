"""The same change in many operations, told once.

Owns folding: a shape that forty operations share changes once, and a reviewer wants to
read it once, with the operations behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .record import FactChange, OperationSchemas
from .schemas import Kind

_BY_MEMBER = frozenset({"member", "union branch", "required", "union", "type"})
"""Changes that mean nothing without the member's name."""
_CERTAIN = ("member", "required", "union branch", "type", "union", "closed", "enum")
"""The order of breaking changes: first what certainly breaks, then limits."""


@dataclass(frozen=True, slots=True)
class SchemaGroup:
    """One change at one or more members of the operations of one service."""

    service: str
    side: str
    """``request`` or ``response``."""
    what: str
    text: str
    members: tuple[str, ...]
    operations: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sorts groups: the surest break first, then the one that is met most."""
        place = _CERTAIN.index(self.what) if self.what in _CERTAIN else len(_CERTAIN)
        return place, -len(self.operations), self.text


def schema_groups(
    schemas: Iterable[OperationSchemas], kind: Kind
) -> Mapping[str, list[SchemaGroup]]:
    """Return service → groups of the changes of one class, in order of rank."""
    found: dict[tuple[str, str, str, str, str], list[tuple[str, str]]]
    found = defaultdict(list)
    for item in schemas:
        for side, changes in (("request", item.request), ("response", item.response)):
            for change in changes:
                if change.kind is kind:
                    name = change.member if change.what in _BY_MEMBER else ""
                    key = (item.service, side, change.what, change.text, name)
                    found[key].append((change.member, item.id))
    groups: dict[str, list[SchemaGroup]] = defaultdict(list)
    for (service, side, what, text, _), places in found.items():
        members, operations = (tuple(sorted(set(x))) for x in zip(*places, strict=True))
        group = SchemaGroup(service, side, what, text, members, operations)
        groups[service].append(group)
    return {name: sorted(groups[name], key=lambda g: g.rank) for name in sorted(groups)}


@dataclass(frozen=True, slots=True)
class FactGroup:
    """One change of one field in one or more operations of one service."""

    service: str
    field: str
    text: str
    sources: str
    operations: tuple[str, ...]


def fact_groups(facts: Iterable[FactChange]) -> list[FactGroup]:
    """Return the changed facts, by service and field."""
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for fact in facts:
        key = (fact.service, fact.field, fact_text(fact), fact_sources(fact))
        found[key].append(fact.id)
    return [
        FactGroup(*key, tuple(sorted(operations)))
        for key, operations in sorted(found.items())
    ]


def fact_sources(fact: FactChange) -> str:
    """Return where both values come from."""
    if fact.before_source == fact.after_source:
        return fact.after_source
    return f"{fact.before_source} → {fact.after_source}"


def fact_text(fact: FactChange) -> str:
    """Return what changed inside a value, piece by piece."""
    if fact.is_same_value:
        return "same value from another source"
    return "; ".join(differences(fact.before, fact.after))


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield the pieces in which two JSON values differ, in words."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            place = f"{path}.{key}" if path else key
            if key not in after:
                yield f"{place} removed"
            elif key not in before:
                yield f"{place} added: {_said(after[key])}"
            elif before[key] != after[key]:
                yield from differences(before[key], after[key], place)
        return
    lead = f"{path}: " if path else ""
    if isinstance(before, list) and isinstance(after, list):
        words = (("added", after, before), ("removed", before, after))
        for word, these, others in words:
            values = [value for value in these if value not in others]
            if values:
                yield f"{lead}{word} {_said(values)}"
        return
    yield f"{lead}{_said(before)} → {_said(after)}"


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, Sequence):
        return ", ".join(_said(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(item)}" for key, item in value.items())
    return repr(value)
