"""The other model's resources, with the base's operations.

Owns their copying: a binding to an operation that the base lacks is dropped, and so is
a resource that then binds nothing. Identifiers and properties target the shapes that
correspond, or a plain string.
"""

from collections.abc import Mapping
from typing import Any

from ...model import Model, Shape, ShapeId
from .pairs import Pairs
from .report import Ledger
from .traits import is_added

Node = dict[str, Any]
_STRING = "smithy.api#String"


class Resources:
    """Copies resources; ``nodes`` collects them under their ids in the base."""

    def __init__(self, base: Model, other: Model, pairs: Pairs, ledger: Ledger) -> None:
        self._base, self._other, self._ledger = base, other, ledger
        self._operations = {theirs: ours for ours, theirs in pairs.operations.items()}
        self._shapes: Mapping[ShapeId, ShapeId] = pairs.base_of()
        self._namespace = base.service.id.namespace
        self._bound = {b.shape.id: b for b in base.operations() if b.resource}
        self._taken = {str(shape_id).lower() for shape_id in base.shapes}
        self.ids: dict[str, str] = {}
        """Id in the other model → id in the base."""
        self.nodes: dict[str, Node] = {}
        self.bindings: set[ShapeId] = set()

    def copy(self) -> list[str]:
        """Copy the resources of the service's closure; return the top-level ids."""
        return self._children(self._other.service.resources, open_ids=frozenset())

    def _children(
        self, children: tuple[ShapeId, ...], open_ids: frozenset[ShapeId]
    ) -> list[str]:
        copied = (self._resource(child, open_ids) for child in children)
        return [shape_id for shape_id in copied if shape_id is not None]

    def _resource(self, theirs: ShapeId, open_ids: frozenset[ShapeId]) -> str | None:
        if str(theirs) in self.ids:
            return self.ids[str(theirs)]
        if theirs in open_ids:
            return None
        shape = self._other.expect_shape(theirs, "resource")
        node = self._bindings_of(shape)
        children = self._children(shape.resources, open_ids | {theirs})
        if children:
            node["resources"] = [{"target": child} for child in children]
        if not node:
            return None
        for key in ("identifiers", "properties"):
            targets = self._targets(getattr(shape, key), plain=key == "identifiers")
            if targets:
                node[key] = targets
        traits = {k: v for k, v in shape.traits.items() if is_added(k)}
        ours = self._free_id(theirs.name)
        for trait in traits:
            self._ledger.added(ours, trait)
        self.ids[str(theirs)] = ours
        self.nodes[ours] = {"type": "resource", **node, "traits": traits}
        return ours

    def _bindings_of(self, shape: Shape) -> Node:
        node: Node = {}
        for lifecycle, theirs in shape.lifecycle.items():
            ours = self._bind(theirs, lifecycle)
            if ours is not None:
                node[lifecycle] = ours
        lists = {
            "operations": shape.operations,
            "collectionOperations": shape.collection_operations,
        }
        for key, ids in lists.items():
            bound = [ref for ref in (self._bind(i, None) for i in ids) if ref]
            if bound:
                node[key] = bound
        return node

    def _bind(self, theirs: ShapeId, lifecycle: str | None) -> Node | None:
        ours = self._operations.get(theirs)
        if ours is None:
            return None
        known = self._bound.get(ours)
        if known is not None:  # the base has resources of its own: its word counts
            if known.lifecycle != lifecycle:
                where = str(ours)
                self._ledger.conflict(
                    "lifecycle", where, "", known.lifecycle, lifecycle
                )
            return None
        self.bindings.add(ours)
        self._ledger.touched.add(str(ours))
        return {"target": str(ours)}

    def _targets(self, named: Mapping[str, ShapeId], *, plain: bool) -> Node:
        out: Node = {}
        for name, theirs in named.items():
            ours = self._shapes.get(theirs)
            if plain and (ours is None or self._base.shapes[ours].type != "string"):
                out[name] = {"target": _STRING}
            elif ours is not None:
                out[name] = {"target": str(ours)}
        return out

    def _free_id(self, name: str) -> str:
        candidate, count = f"{self._namespace}#{name}", 1
        while candidate.lower() in self._taken:
            suffix = "Resource" if count == 1 else f"Resource{count}"
            candidate, count = f"{self._namespace}#{name}{suffix}", count + 1
        self._taken.add(candidate.lower())
        return candidate
