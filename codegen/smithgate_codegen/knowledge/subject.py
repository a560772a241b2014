"""One operation as the knowledge modules look at it.

Owns short ways to an operation's members, shapes and names, so that every module asks
the model in the same way. Leaves judgement to the modules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..model import UNIT, Member, Model, Shape, ShapeId
from .words import noun_of, verb_of, words_of


@dataclass(frozen=True)
class Subject:
    """An operation of one service, with the model it belongs to."""

    service: str
    """boto3 client name."""
    model: Model
    shape: Shape
    resource: ShapeId | None = None
    lifecycle: str | None = None

    @property
    def name(self) -> str:
        """Operation name as AWS spells it."""
        return self.shape.id.name

    @property
    def id(self) -> str:
        """Canonical id (``s3:PutObject``)."""
        return f"{self.service}:{self.name}"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of the name."""
        return words_of(self.name)

    @cached_property
    def verb(self) -> str:
        """Verb of the name."""
        return verb_of(self.name)

    @cached_property
    def noun(self) -> str:
        """What follows the verb."""
        return noun_of(self.name)

    @cached_property
    def input(self) -> Shape:
        """Input structure; an empty one when the operation takes nothing."""
        return self._structure(self.shape.input)

    @cached_property
    def output(self) -> Shape:
        """Output structure; an empty one when the operation returns nothing."""
        return self._structure(self.shape.output)

    @property
    def traits(self) -> Mapping[str, Any]:
        """Traits of the operation."""
        return self.shape.traits

    def target(self, member: Member) -> Shape:
        """Return the shape that a member targets."""
        return self.model.expect_shape(member.target)

    def has(self, member: Member, *traits: str) -> bool:
        """Return whether a member or its target carries one of the traits."""
        carried = self.model.member_traits(member)
        return any(trait in carried for trait in traits)

    def is_required(self, member: Member) -> bool:
        """Return whether a caller has to give a member; tokens are filled in."""
        if "smithy.api#idempotencyToken" in member.traits:
            return False
        return "smithy.api#required" in member.traits

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the required top-level input members, sorted."""
        members = self.input.members.items()
        return tuple(sorted(name for name, m in members if self.is_required(m)))

    @property
    def http_method(self) -> str | None:
        """Method of the ``http`` trait, if the protocol is bound to HTTP."""
        trait = self.traits.get("smithy.api#http")
        return trait.get("method") if isinstance(trait, Mapping) else None

    def _structure(self, shape_id: ShapeId | None) -> Shape:
        return self.model.expect_shape(shape_id or UNIT, "structure")
