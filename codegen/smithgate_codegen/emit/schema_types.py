"""Schema nodes of simple shapes: strings, numbers, enums, blobs, timestamps.

Input nodes say what AWS accepts, so that a wrong argument is refused before a plan is
made. Output nodes say only what form a value has: a reply that breaks a published
length or pattern is a fact to report, not an error, since the effect has happened.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..errors import UnsupportedShape
from ..model import Shape
from ..patterns import PatternTable

T = TypeVar("T")
Node = dict[str, Any]
Traits = Mapping[str, Any]

BASE64_PATTERN = "^[A-Za-z0-9+/]*={0,2}$"
TIMESTAMP_PATTERN = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
    "(Z|[+-][0-9]{2}:[0-9]{2})$"
)
"""RFC 3339 with an offset: a time without one means nothing to AWS."""
_DECIMAL_PATTERNS = {
    "bigInteger": "^-?(0|[1-9][0-9]*)$",
    "bigDecimal": "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$",
}
_BITS = {"byte": 8, "short": 16, "integer": 32, "long": 64}
_LENGTH = "smithy.api#length"
_PATTERN = "smithy.api#pattern"
_RANGE = "smithy.api#range"
_ENUM_VALUE = "smithy.api#enumValue"


def string_node(traits: Traits, place: str, patterns: PatternTable) -> Node:
    """Return the node of a string; ``place`` is where its pattern stands."""
    low, high = length_of(traits.get(_LENGTH))
    pattern: str | None = None
    if _PATTERN in traits:
        verdict = patterns.classify(traits[_PATTERN], place=place)
        pattern = verdict.pattern
        if not verdict.fits(low, high):
            # One of the two is wrong upstream, and nothing says which.
            patterns.note_conflict(place)
            return {"type": "string"}
        low = max(low, verdict.min_length)
        if verdict.max_length is not None:
            high = min(verdict.max_length, verdict.max_length if high is None else high)
    node: Node = {"type": "string"}
    if pattern is not None:
        node["pattern"] = pattern
    return node | bounds("Length", low, high)


def length_of(trait: Mapping[str, int] | None) -> tuple[int, int | None]:
    """Return the least and the greatest count of a length trait."""
    trait = trait or {}
    return trait.get("min") or 0, trait.get("max")


def bounds(what: str, low: int, high: int | None) -> Node:
    """Return ``min<what>`` and ``max<what>`` where they say something."""
    node: Node = {}
    if low > 0:
        node[f"min{what}"] = low
    if high is not None:
        node[f"max{what}"] = high
    return node


def integer_node(kind: str, traits: Traits) -> Node:
    """Return the node of an integer; its type's own bounds always hold."""
    limit = 2 ** (_BITS[kind] - 1)
    trait = traits.get(_RANGE, {})
    low, high = trait.get("min"), trait.get("max")
    return {
        "type": "integer",
        "minimum": -limit if low is None else max(-limit, math.ceil(low)),
        "maximum": limit - 1 if high is None else min(limit - 1, math.floor(high)),
    }


def number_node(traits: Traits) -> Node:
    """Return the node of a floating-point number."""
    trait = traits.get(_RANGE, {})
    named = {"minimum": trait.get("min"), "maximum": trait.get("max")}
    node: Node = {"type": "number"}
    return node | {key: value for key, value in named.items() if value is not None}


def big_number_node(kind: str, traits: Traits) -> Node:
    """Return the node of a number of any size: JSON's number, or its text."""
    plain = "integer" if kind == "bigInteger" else "number"
    return number_node(traits) | {
        "type": [plain, "string"],
        "pattern": _DECIMAL_PATTERNS[kind],
    }


def blob_node(traits: Traits) -> Node:
    """Return the node of a blob, base64 text; lengths are of the decoded bytes.

    Padded base64 has four characters for every three bytes begun, which turns a
    length in bytes into bounds for the text, exact to three bytes; the runtime checks
    the decoded bytes against ``x-min-bytes`` and ``x-max-bytes``.
    """
    low, high = length_of(traits.get(_LENGTH))
    node: Node = {
        "type": "string",
        "contentEncoding": "base64",
        "pattern": BASE64_PATTERN,
    }
    size = None if high is None else 4 * math.ceil(high / 3)
    node |= bounds("Length", 4 * math.ceil(low / 3), size)
    if low:
        node["x-min-bytes"] = low
    if high is not None:
        node["x-max-bytes"] = high
    return node


def enum_node(shape: Shape) -> Node:
    """Return the node of an enum, its values sorted.

    Raises ``UnsupportedShape`` for an enum without values: nothing could be sent.
    """
    if not shape.members:
        raise UnsupportedShape(f"enum `{shape.id}` has no values")
    values = [
        member.traits.get(_ENUM_VALUE, member.name) for member in shape.members.values()
    ]
    kind = "integer" if shape.type == "intEnum" else "string"
    return {"type": kind, "enum": sorted(set(values))}


def input_node(shape: Shape, traits: Traits, place: str, table: PatternTable) -> Node:
    """Return the node of a simple shape in a request.

    ``traits`` are the shape's, overlaid by the member's. Raises ``UnsupportedShape``
    for a type that has no JSON form.
    """
    kind = shape.type
    if kind == "string":
        return string_node(traits, place, table)
    if kind in _BITS:
        return integer_node(kind, traits)
    if kind in _DECIMAL_PATTERNS:
        return big_number_node(kind, traits)
    return _expect(_INPUT, shape)(shape, traits)


def output_node(shape: Shape) -> Node:
    """Return the node of a simple shape in a reply: its form, without limits.

    Raises ``UnsupportedShape`` for a type that has no JSON form.
    """
    return dict(_expect(_OUTPUT, shape))


def _expect(table: Mapping[str, T], shape: Shape) -> T:
    if shape.type not in table:
        raise UnsupportedShape(f"`{shape.id}` of type {shape.type} has no schema")
    return table[shape.type]


_INPUT: dict[str, Callable[[Shape, Traits], Node]] = {
    "boolean": lambda _, __: {"type": "boolean"},
    "float": lambda _, traits: number_node(traits),
    "double": lambda _, traits: number_node(traits),
    "enum": lambda shape, _: enum_node(shape),
    "intEnum": lambda shape, _: enum_node(shape),
    "blob": lambda _, traits: blob_node(traits),
    "document": lambda _, __: {},
    "timestamp": lambda _, __: {
        "type": "string",
        "format": "date-time",
        "pattern": TIMESTAMP_PATTERN,
    },
}
_OUTPUT: dict[str, Node] = {
    **{kind: {"type": "string"} for kind in ("string", "enum")},
    **{kind: {"type": "integer"} for kind in (*_BITS, "intEnum")},
    **{kind: {"type": "number"} for kind in ("float", "double")},
    "bigInteger": {"type": ["integer", "string"]},
    "bigDecimal": {"type": ["number", "string"]},
    "boolean": {"type": "boolean"},
    "blob": {"type": "string", "contentEncoding": "base64"},
    "document": {},
    "timestamp": {"type": "string", "format": "date-time"},
}
