"""What a loaded model is made of: shapes, members, bound operations.

Owns the data types and nothing that computes. Names are Smithy's. Trait values are
plain JSON values under absolute trait ids; nobody may change them in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .ids import ShapeId

_EMPTY: Mapping[Any, Any] = MappingProxyType({})


def _empty() -> Mapping[Any, Any]:
    return _EMPTY


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an aggregate shape, an enum or an intEnum."""

    name: str
    target: ShapeId
    traits: Mapping[str, Any] = field(default_factory=_empty)
    """The member's own traits; ``Model.member_traits`` adds the target's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A shape after mixins, ``apply`` statements and 1.0 upgrades.

    Fields that the shape's type does not have are empty.
    """

    id: ShapeId
    type: str
    """``structure``, ``union``, ``list``, ``map``, ``enum``, ``string``, …; there is
    no ``set`` (a list with ``uniqueItems``) and no string with an enum trait."""
    traits: Mapping[str, Any] = field(default_factory=_empty)
    members: Mapping[str, Member] = field(default_factory=_empty)
    """In file order; a list has ``member``, a map ``key`` and ``value``."""

    input: ShapeId | None = None
    """Operations only, where it is never ``None`` (``smithy.api#Unit``)."""
    output: ShapeId | None = None
    """Operations only, where it is never ``None`` (``smithy.api#Unit``)."""
    errors: tuple[ShapeId, ...] = ()
    """Of operations and services."""

    version: str | None = None
    """Services only."""
    rename: Mapping[ShapeId, str] = field(default_factory=_empty)
    """Services only: shape → its name inside the service, where names clash."""
    operations: tuple[ShapeId, ...] = ()
    """Of services and resources: instance operations without a lifecycle."""
    collection_operations: tuple[ShapeId, ...] = ()
    """Resources only: operations on the collection without a lifecycle."""
    resources: tuple[ShapeId, ...] = ()
    """Of services and resources."""
    identifiers: Mapping[str, ShapeId] = field(default_factory=_empty)
    """Resources only."""
    properties: Mapping[str, ShapeId] = field(default_factory=_empty)
    """Resources only."""
    lifecycle: Mapping[str, ShapeId] = field(default_factory=_empty)
    """Resources only: ``create``, ``put``, ``read``, ``update``, ``delete``,
    ``list`` → operation."""


@dataclass(frozen=True, slots=True)
class BoundOperation:
    """An operation and how the service reaches it."""

    shape: Shape
    resource: ShapeId | None = None
    """The resource it is bound to; ``None`` when the service lists it."""
    lifecycle: str | None = None
    """``create``, ``put``, ``read``, ``update``, ``delete`` or ``list``."""
