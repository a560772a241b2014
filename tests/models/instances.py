"""Valid requests made from a Smithy model alone, without looking at any schema.

Owns what the traits allow; the schemas that are measured are not consulted, so that a
rule which the emitter forgets is still in the instances and their mutants.
"""

import base64
import math
from collections.abc import Mapping
from typing import Any

from smithgate_codegen.model import UNIT, Member, Model, Shape
from texts import effective, texts_of

Traits = Mapping[str, Any]

BITS = {"byte": 8, "short": 16, "integer": 32, "long": 64}
TIME = "2026-01-31T12:00:00Z"
_API = "smithy.api#"
_DEEPEST = 8
_MAX_NODES = 300
_MAX_COUNT = 20
_MAX_TEXT = 20_000


class NoInstance(Exception):
    """The traits allow nothing, or nothing that was found."""


def trait(name: str) -> str:
    """Return the absolute id of a prelude trait."""
    return _API + name


def is_required(member: Member, *, is_root: bool) -> bool:
    """Return whether a request without the member is to be refused."""
    if is_root and trait("idempotencyToken") in member.traits:
        return False
    labels = (trait("httpLabel"), trait("hostLabel"))
    if is_root and any(label in member.traits for label in labels):
        return True
    return trait("required") in member.traits


def length(traits: Traits) -> tuple[int, int | None]:
    """Return the bounds of the length trait."""
    found = traits.get(trait("length")) or {}
    return found.get("min") or 0, found.get("max")


def whole_bounds(kind: str, traits: Traits) -> tuple[int, int]:
    """Return the bounds of an integer type with its range trait."""
    limit = 2 ** (BITS[kind] - 1)
    found = traits.get(trait("range")) or {}
    low, high = found.get("min"), found.get("max")
    return (
        -limit if low is None else max(-limit, math.ceil(low)),
        limit - 1 if high is None else min(limit - 1, math.floor(high)),
    )


def enum_values(shape: Shape) -> list[Any]:
    """Return an enum's values in file order."""
    key = trait("enumValue")
    return [m.traits.get(key, name) for name, m in shape.members.items()]


class Builder:
    """Builds one request: what is required only, or all that fits a budget."""

    def __init__(self, model: Model, *, is_full: bool) -> None:
        self._model = model
        self._is_full = is_full
        self._nodes = 0

    def request(self, operation: Shape) -> dict[str, Any]:
        """Return a request; raises ``NoInstance``."""
        shape = self._model.expect_shape(operation.input or UNIT)
        return self._structure(shape, (), is_root=True)

    def member(self, member: Member, above: tuple[Any, ...]) -> Any:
        """Return a value of what a member targets; raises ``NoInstance``."""
        self._nodes += 1
        shape = self._model.expect_shape(member.target)
        traits = self._model.member_traits(member)
        match shape.type:
            case "structure":
                return self._structure(shape, above)
            case "union":
                return self._union(shape, above)
            case "list":
                return self._list(shape, traits, above)
            case "map":
                return self._map(shape, traits, above)
            case _:
                return simple(shape, traits)

    def _structure(
        self, shape: Shape, above: tuple[Any, ...], *, is_root: bool = False
    ) -> dict[str, Any]:
        if shape.id in above:
            raise NoInstance(f"{shape.id} contains itself")
        above = (*above, shape.id)
        built = {}
        for name, member in shape.members.items():
            required = is_required(member, is_root=is_root)
            if not required and not self._wants_more(above):
                continue
            try:
                built[name] = self.member(member, above)
            except NoInstance:
                if required:
                    raise
        return built

    def _wants_more(self, above: tuple[Any, ...]) -> bool:
        return self._is_full and self._nodes < _MAX_NODES and len(above) <= _DEEPEST

    def _union(self, shape: Shape, above: tuple[Any, ...]) -> dict[str, Any]:
        if shape.id in above:
            raise NoInstance(f"{shape.id} contains itself")
        for name, member in shape.members.items():
            try:
                return {name: self.member(member, (*above, shape.id))}
            except NoInstance:
                continue
        raise NoInstance(f"{shape.id} has no finite branch")

    def _list(self, shape: Shape, traits: Traits, above: tuple[Any, ...]) -> list[Any]:
        low, high = length(traits)
        count = max(low, int(self._wants_more(above) and high != 0))
        if count > _MAX_COUNT or (count > 1 and trait("uniqueItems") in traits):
            raise NoInstance(f"{shape.id} asks for {count} items")
        if not count:
            return []
        try:
            item = self.member(shape.members["member"], above)
        except NoInstance:
            if low:
                raise
            return []
        return [item] * count

    def _map(
        self, shape: Shape, traits: Traits, above: tuple[Any, ...]
    ) -> dict[str, Any]:
        low, high = length(traits)
        if low > 1:
            raise NoInstance(f"{shape.id} asks for {low} entries")
        if not low and not (self._wants_more(above) and high != 0):
            return {}
        key = self.member(shape.members["key"], above)
        return {key: self.member(shape.members["value"], above)}


def simple(shape: Shape, traits: Traits) -> Any:
    """Return a value of a simple shape; raises ``NoInstance``."""
    match shape.type:
        case "string":
            return _text(shape, traits)
        case "enum" | "intEnum":
            return enum_values(shape)[0]
        case "boolean":
            return True
        case "float" | "double" | "bigDecimal" | "bigInteger":
            found = traits.get(trait("range")) or {}
            return max(found.get("min", 1), min(1, found.get("max", 1)))
        case "timestamp":
            return TIME
        case "blob":
            return _blob(shape, traits)
        case "document":
            return {"any": [1, None]}
        case kind if kind in BITS:
            return _whole(shape, traits)
    raise NoInstance(f"{shape.id} is of type {shape.type}")


def _whole(shape: Shape, traits: Traits) -> int:
    low, high = whole_bounds(shape.type, traits)
    if low > high:
        raise NoInstance(f"{shape.id} has an empty range")
    return max(low, min(1, high))


def _blob(shape: Shape, traits: Traits) -> str:
    low, high = length(traits)
    size = max(low, 1 if high is None else min(1, high))
    if size > _MAX_TEXT:
        raise NoInstance(f"{shape.id} asks for {size} bytes")
    return base64.b64encode(b"a" * size).decode()


def _text(shape: Shape, traits: Traits) -> str:
    low, high = length(traits)
    pattern = traits.get(trait("pattern"))
    pattern = None if pattern is None else effective(pattern)
    is_label = any(trait(name) in traits for name in ("httpLabel", "hostLabel"))
    low = max(low, int(is_label))
    if low > _MAX_TEXT:
        raise NoInstance(f"{shape.id} asks for {low} characters")
    if pattern is None:
        return "example".ljust(low, "a")[:high]
    texts = texts_of(pattern, low, high)
    if not texts.taken:
        raise NoInstance(f"{shape.id}: no text found for {pattern}")
    # An empty text is easily valid and says little.
    return next((text for text in texts.taken if text), texts.taken[0])
