"""A service's model with the additions of another source's.

Owns the merging: the base keeps every shape, member, target and trait it has, and gets
resources and traits that it lacks. Where the two disagree nothing is decided; the
difference is listed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import SyncError
from ...model import Model, Shape, ShapeId
from .pairs import Pairs, pair
from .report import Enrichment, Ledger
from .resources import Resources
from .traits import (
    PUSHED_DOWN,
    constraint_differences,
    is_added,
    service_additions,
)

_SERVICE = "aws.api#service"
Node = dict[str, Any]


def enrich(base: Model, other: Model) -> tuple[Model, Enrichment]:
    """Return ``base`` with what only ``other`` has, and what was done.

    The sdk ids of the two services must be equal: they are what joins the models.
    Raises ``SyncError`` otherwise. Neither model is changed.
    """
    _check_same_service(base, other)
    ledger = Ledger()
    pairs = pair(base, other, ledger)
    merger = _Merger(base, other, pairs, ledger)
    model = base.with_nodes(merger.merged())
    return model, _report(base, other, pairs, merger, ledger)


def _check_same_service(base: Model, other: Model) -> None:
    ours, theirs = (
        model.service.traits.get(_SERVICE, {}).get("sdkId") for model in (base, other)
    )
    if ours != theirs or ours is None:
        raise SyncError(f"the service `{theirs}` cannot enrich the service `{ours}`")


class _Merger:
    def __init__(self, base: Model, other: Model, pairs: Pairs, ledger: Ledger) -> None:
        self._base, self._other = base, other
        self._pairs, self._ledger = pairs, ledger
        self._changed: dict[str, Node] = {}
        self._left: dict[ShapeId, set[str]] = {}
        """Base shape → traits that some but not all counterparts have."""
        self.resources = Resources(base, other, pairs, ledger)

    def merged(self) -> dict[str, Node]:
        tops = self.resources.copy()
        self._service(tops)
        for ours, theirs in self._pairs.operations.items():
            shape, counterpart = self._base.shapes[ours], self._other.shapes[theirs]
            self._add(str(ours), shape.traits, [counterpart.traits])
        for ours, others in self._pairs.shapes.items():
            self._shape(
                self._base.shapes[ours], [self._other.shapes[o] for o in others]
            )
        for (ours, name), keys in self._pairs.members.items():
            self._member(self._base.shapes[ours], name, keys)
        return {
            **self._base.shapes.nodes,
            **self._changed,
            **self.resources.nodes,
        }

    def _service(self, resources: list[str]) -> None:
        base, other = self._base.service, self._other.service
        where = str(base.id)
        node = self._writable(where)
        if resources:
            references = [{"target": shape_id} for shape_id in resources]
            node["resources"] = [*node.get("resources", []), *references]
        added, differ = service_additions(base.traits, other.traits)
        if added:
            node["traits"][_SERVICE] = {**node["traits"].get(_SERVICE, {}), **added}
            self._ledger.added(where, _SERVICE)
        for key, (ours, theirs) in differ.items():
            self._ledger.conflict("trait", where, f"{_SERVICE} {key}", ours, theirs)
        self._add(where, base.traits, [other.traits])

    def _shape(self, shape: Shape, others: list[Shape]) -> None:
        where = str(shape.id)
        self._left[shape.id] = self._add(
            where,
            shape.traits,
            [other.traits for other in others],
        )
        if shape.type in ("enum", "intEnum"):
            self._compare_values(shape, others)

    def _member(
        self,
        shape: Shape,
        name: str,
        keys: list[tuple[ShapeId, str]],
    ) -> None:
        member = shape.members[name]
        others = [self._other.shapes[other].members[key] for other, key in keys]
        where = f"{shape.id}${name}"
        traits = [dict(other.traits) for other in others]
        # What the shared target could not take goes to the member, if it may.
        for trait in self._left.get(member.target, set()) & PUSHED_DOWN:
            for own, other in zip(traits, others, strict=True):
                inherited = self._other.member_traits(other)
                if trait in inherited:
                    own.setdefault(trait, inherited[trait])
        self._add(where, member.traits, traits)
        ours = self._base.member_traits(member)
        for other in others:
            theirs = self._other.member_traits(other)
            for trait, one, two in constraint_differences(ours, theirs):
                self._ledger.conflict("constraint", where, trait, one, two)

    def _add(
        self,
        where: str,
        base: Mapping[str, Any],
        others: Iterable[Mapping[str, Any]],
    ) -> set[str]:
        """Add what all ``others`` agree on; return the traits on which they do not."""
        others = list(others)
        left = set()
        for trait in dict.fromkeys(t for traits in others for t in traits):
            if not is_added(trait):
                continue
            values = [traits[trait] for traits in others if trait in traits]
            value = values[0]
            is_unanimous = len(values) == len(others) and not _differ(values)
            if trait in base:
                if _differ([base[trait], *values]):
                    self._ledger.conflict("trait", where, trait, base[trait], value)
            elif is_unanimous:
                self._put(where, trait, value)
            else:
                left.add(trait)
                if trait not in PUSHED_DOWN:
                    self._ledger.conflict("ambiguous", where, trait, None, value)
        return left

    def _put(self, where: str, trait: str, value: Any) -> None:
        self._writable(where)["traits"][trait] = _renamed(value, self.resources.ids)
        self._ledger.added(where, trait)

    def _writable(self, where: str) -> Node:
        """Return a copy of a shape's or member's node, with traits to write to."""
        shape_id, _, member = where.partition("$")
        if shape_id not in self._changed:
            node = self._base.shapes.nodes[shape_id]
            self._changed[shape_id] = {**node, "traits": {**node.get("traits", {})}}
        owner = self._changed[shape_id]
        if not member:
            return owner
        if "members" in owner:
            owner["members"] = {**owner["members"]}
            owner = owner["members"]
        owner[member] = {
            **owner[member],
            "traits": {**owner[member].get("traits", {})},
        }
        copied: Node = owner[member]
        return copied

    def _compare_values(self, shape: Shape, others: list[Shape]) -> None:
        ours = _values(shape)
        for other in others:
            theirs = _values(other)
            if other.type == shape.type and ours != theirs:
                self._ledger.conflict(
                    "constraint",
                    str(shape.id),
                    "smithy.api#enumValue",
                    sorted(ours - theirs),
                    sorted(theirs - ours),
                )


def _values(shape: Shape) -> set[Any]:
    trait = "smithy.api#enumValue"
    return {member.traits.get(trait) for member in shape.members.values()}


def _differ(values: list[Any]) -> bool:
    return any(value != values[0] for value in values[1:])


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    """Return a trait value with the base's ids of the copied resources."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [_renamed(item, ids) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, ids) for key, item in value.items()}
    return value


def _report(
    base: Model, other: Model, pairs: Pairs, merger: _Merger, ledger: Ledger
) -> Enrichment:
    ours = {bound.shape.id.name for bound in base.operations()}
    theirs = {bound.shape.id.name for bound in other.operations()}
    touched = ledger.touched - merger.resources.nodes.keys()
    operations = {str(shape_id) for shape_id in pairs.operations}
    members = {where for where in touched if "$" in where}
    return Enrichment(
        operations=len(ours),
        operations_joined=len(pairs.operations),
        operations_enriched=len(touched & operations),
        members_joined=len(pairs.members),
        members_enriched=len(members),
        shapes_enriched=len(touched - operations - members),
        resources=len(merger.resources.nodes),
        bindings=len(merger.resources.bindings),
        only_base=tuple(sorted(ours - theirs)),
        only_other=tuple(sorted(theirs - ours)),
        traits=dict(sorted(ledger.traits.items())),
        conflicts=tuple(sorted(ledger.conflicts)),
    )
