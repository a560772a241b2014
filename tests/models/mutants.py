"""Requests that are wrong in exactly one place, made from the model.

Owns the rules: what of a valid request is changed and why that is wrong. Each mutant is
the valid request with one value replaced; nothing outside of the path is copied.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from instances import (
    BITS,
    Builder,
    NoInstance,
    Traits,
    enum_values,
    is_required,
    length,
    trait,
    whole_bounds,
)
from smithgate_codegen.model import UNIT, Member, Model, Shape
from texts import effective, texts_of

Path = tuple[str | int, ...]
MISSING = object()
"""As a value: the member is taken out."""
UNKNOWN = "NoSuchMember"
_LONGEST = 100_000
_MANY = 300
_PATTERNS_EACH = 3


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a valid request."""

    rule: str
    path: Path
    value: Any
    """What stands at the path; ``MISSING`` where nothing does."""
    about: str = ""
    """The pattern, for the rules about patterns."""

    def of(self, request: Any) -> Any:
        """Return the request with the change."""
        return _replaced(request, self.path, self.value)


def _replaced(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, list):
        assert isinstance(head, int)
        return [*value[:head], _replaced(value[head], rest, new), *value[head + 1 :]]
    if not rest and new is MISSING:
        return {key: item for key, item in value.items() if key != head}
    below = value.get(head)
    return {**value, head: _replaced(below, rest, new)}


class Mutator:
    """Yields the mutants of one model's requests."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def mutants(self, operation: Shape, request: dict[str, Any]) -> Iterator[Mutant]:
        """Yield every mutant of a request, outer ones first."""
        shape = self._model.expect_shape(operation.input or UNIT)
        yield Mutant("wrong type", (), [])
        yield from self._structure(shape, request, (), is_root=True)

    def _structure(
        self, shape: Shape, value: dict[str, Any], path: Path, *, is_root: bool = False
    ) -> Iterator[Mutant]:
        yield Mutant("unknown member", (*path, UNKNOWN), 1)
        for name, item in value.items():
            member = shape.members[name]
            place = (*path, name)
            if is_required(member, is_root=is_root):
                yield Mutant("required left out", place, MISSING)
            if is_root and isinstance(item, str) and _is_label(member):
                yield Mutant("empty label", place, "")
            yield from self._value(member, item, place)

    def _value(self, member: Member, value: Any, path: Path) -> Iterator[Mutant]:
        shape = self._model.expect_shape(member.target)
        traits = self._model.member_traits(member)
        if shape.type == "document":
            return
        yield Mutant("null", path, None)
        match shape.type:
            case "structure":
                yield Mutant("wrong type", path, "text")
                yield from self._structure(shape, value, path)
            case "union":
                yield Mutant("wrong type", path, "text")
                yield from self._union(shape, value, path)
            case "list":
                yield Mutant("wrong type", path, {"a": "b"})
                yield from self._list(shape, traits, value, path)
            case "map":
                yield Mutant("wrong type", path, ["a"])
                yield from self._map(shape, traits, value, path)
            case "string":
                yield Mutant("wrong type", path, 5)
                yield from text_mutants(traits, value, path)
            case _:
                yield from _simple(shape, traits, value, path)

    def _union(
        self, shape: Shape, value: dict[str, Any], path: Path
    ) -> Iterator[Mutant]:
        yield Mutant("no union member", path, {})
        yield Mutant("unknown member", path, {UNKNOWN: {}})
        ((name, item),) = value.items()
        for other, member in shape.members.items():
            if other == name:
                continue
            try:
                second = Builder(self._model, is_full=False).member(member, ())
            except NoInstance:
                continue
            yield Mutant("two union members", (*path, other), second)
            break
        yield from self._value(shape.members[name], item, (*path, name))

    def _list(
        self, shape: Shape, traits: Traits, value: list[Any], path: Path
    ) -> Iterator[Mutant]:
        low, high = length(traits)
        member = shape.members["member"]
        if low:
            yield Mutant("too few items", path, value[: low - 1])
        if not value:
            return
        if high is not None and high < _MANY:
            yield Mutant("too many items", path, value[:1] * (high + 1))
        if trait("uniqueItems") in shape.traits and (high is None or high > 1):
            yield Mutant("item twice", path, value[:1] * 2)
        for mutant in self._value(member, value[0], (*path, 0)):
            is_own_null = mutant.rule == "null" and mutant.path == (*path, 0)
            if not (is_own_null and trait("sparse") in shape.traits):
                yield mutant

    def _map(
        self, shape: Shape, traits: Traits, value: dict[str, Any], path: Path
    ) -> Iterator[Mutant]:
        low, _ = length(traits)
        if low:
            yield Mutant("too few items", path, {})
        if not value:
            return
        ((key, item),) = value.items()
        keys = shape.members["key"]
        kind = self._model.expect_shape(keys.target)
        if kind.type == "enum":
            yield Mutant("enum", path, {f"{key}-x": item})
        elif kind.type == "string":
            for found in text_mutants(self._model.member_traits(keys), key, ()):
                yield Mutant(found.rule, path, {found.value: item}, found.about)
        place = (*path, key)
        for mutant in self._value(shape.members["value"], item, place):
            is_own_null = mutant.rule == "null" and mutant.path == place
            if not (is_own_null and trait("sparse") in shape.traits):
                yield mutant


def _is_label(member: Member) -> bool:
    return any(trait(name) in member.traits for name in ("httpLabel", "hostLabel"))


def text_mutants(traits: Traits, value: str, path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a text: lengths, pattern, newline."""
    low, high = length(traits)
    if low > 0:
        yield Mutant("too short", path, value[: low - 1])
    if high is not None and high < _LONGEST:
        longer = (value or "a") * (high // max(1, len(value)) + 1)
        yield Mutant("too long", path, (longer + value + "a")[: high + 1])
    published = traits.get(trait("pattern"))
    pattern = None if published is None else effective(published)
    if pattern is None:
        return
    found = texts_of(pattern, low, high)
    for text in found.refused[:_PATTERNS_EACH]:
        yield Mutant("pattern", path, text, pattern)
    if found.newline is not None:
        yield Mutant("value and newline", path, found.newline, pattern)


def _simple(shape: Shape, traits: Traits, value: Any, path: Path) -> Iterator[Mutant]:
    match shape.type:
        case "enum" | "intEnum":
            yield from _enum(shape, value, path)
        case "boolean":
            yield Mutant("wrong type", path, "true")
            yield Mutant("wrong type", path, 1)
        case "timestamp":
            for text in ("2026-01-31", "2026-01-31T12:00:00", "now", f"{value}\n"):
                yield Mutant("timestamp", path, text)
            yield Mutant("wrong type", path, True)
        case "blob":
            yield Mutant("wrong type", path, 5)
            yield Mutant("base64", path, "*no base64*")
            yield from _blob_lengths(traits, path)
        case "float" | "double" | "bigDecimal" | "bigInteger":
            yield Mutant("wrong type", path, "five")
            yield from _range(traits.get(trait("range")) or {}, path)
        case kind if kind in BITS:
            yield from _integer(kind, traits, value, path)


def _enum(shape: Shape, value: Any, path: Path) -> Iterator[Mutant]:
    values = set(enum_values(shape))
    if shape.type == "intEnum":
        yield Mutant("enum", path, max(values) + 1)
        return
    yield Mutant("wrong type", path, 5)
    for text in (f"{value}-x", value.swapcase(), "", f"{value}\n"):
        if text not in values:
            yield Mutant("enum", path, text)


def _integer(kind: str, traits: Traits, value: int, path: Path) -> Iterator[Mutant]:
    yield Mutant("wrong type", path, str(value))
    yield Mutant("wrong type", path, True)
    yield Mutant("wrong type", path, value + 0.5)
    low, high = whole_bounds(kind, traits)
    yield from _range({"min": low, "max": high}, path)


def _range(bounds: Traits, path: Path) -> Iterator[Mutant]:
    if bounds.get("min") is not None:
        yield Mutant("out of range", path, bounds["min"] - 1)
    if bounds.get("max") is not None:
        yield Mutant("out of range", path, bounds["max"] + 1)


def _blob_lengths(traits: Traits, path: Path) -> Iterator[Mutant]:
    low, high = length(traits)
    if low > 0:
        yield Mutant("bytes", path, base64.b64encode(b"a" * (low - 1)).decode())
    if high is not None and high < _LONGEST:
        yield Mutant("bytes", path, base64.b64encode(b"a" * (high + 1)).decode())
