"""Which aggregate shapes of an operation refer to which, and which to themselves.

Owns the counting behind ``$defs``. Everything here is iterative: models are untrusted,
and recursion through 900 shapes must not end at Python's limit.
"""

from collections import Counter
from typing import NamedTuple

from ..errors import UnsupportedShape
from ..model import Member, Model, Shape, ShapeId

AGGREGATES = frozenset({"structure", "union", "list", "map"})
LARGE_ENUM = 50
"""Values above which an enum stands in ``$defs`` even if used once."""

_LENGTH = "smithy.api#length"
_STREAMING = "smithy.api#streaming"
UNIT = ShapeId("smithy.api", "Unit")


class Key(NamedTuple):
    """What one entry of ``$defs`` stands for."""

    shape: ShapeId
    length: tuple[int | None, int | None] | None = None
    """A member's own length trait, which replaces that of the list or map it targets;
    beside a ``$ref`` both would hold."""


def is_large_enum(shape: Shape) -> bool:
    """Return whether a shape is an enum that is not printed inline."""
    return shape.type == "enum" and len(shape.members) > LARGE_ENUM


def key_of(member: Member, target: Shape) -> Key:
    """Return the key for what a member targets."""
    trait = member.traits.get(_LENGTH)
    if trait is None or target.type not in {"list", "map"}:
        return Key(target.id)
    return Key(target.id, (trait.get("min"), trait.get("max")))


class ShapeGraph:
    """The references between the aggregate shapes of one model, found as needed."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._children: dict[ShapeId, tuple[Key, ...]] = {}
        self._order: dict[ShapeId, int] = {}
        self._low: dict[ShapeId, int] = {}
        self._recursive: set[ShapeId] = set()

    def children(self, shape_id: ShapeId) -> tuple[Key, ...]:
        """Return what a shape's members target, as often as they do.

        Raises ``UnsupportedShape`` for an event stream: it has no JSON form.
        """
        found = self._children.get(shape_id)
        if found is None:
            found = self._children[shape_id] = tuple(self._find_children(shape_id))
        return found

    def _find_children(self, shape_id: ShapeId) -> list[Key]:
        shape = self._model.expect_shape(shape_id)
        if shape.type not in AGGREGATES:
            return []
        if shape.type == "union" and _STREAMING in shape.traits:
            raise UnsupportedShape(f"`{shape_id}` is an event stream")
        targets = [
            (member, self._model.expect_shape(member.target))
            for member in shape.members.values()
        ]
        return [
            key_of(member, target)
            for member, target in targets
            if (target.type in AGGREGATES and target.id != UNIT)
            or is_large_enum(target)
        ]

    def references(self, root: ShapeId) -> Counter[Key]:
        """Return how often each key is referred to below ``root``."""
        counts: Counter[Key] = Counter()
        seen = {root}
        todo = [root]
        while todo:
            for key in self.children(todo.pop()):
                counts[key] += 1
                if key.shape not in seen:
                    seen.add(key.shape)
                    todo.append(key.shape)
        return counts

    def recursive(self, root: ShapeId) -> set[ShapeId]:
        """Return a set that has every shape below ``root`` that contains itself.

        It can have shapes that earlier roots led to.
        """
        if root not in self._order:
            self._components(root)
        return self._recursive

    def _components(self, root: ShapeId) -> None:
        """Find the strongly connected components below ``root`` (Tarjan, iterative)."""
        open_shapes: list[ShapeId] = []
        is_open: set[ShapeId] = set()
        path = [(root, iter(self._enter(root, open_shapes, is_open)))]
        while path:
            shape_id, rest = path[-1]
            target = next(rest, None)
            if target is None:
                path.pop()
                if path:
                    parent = path[-1][0]
                    self._low[parent] = min(self._low[parent], self._low[shape_id])
                self._close(shape_id, open_shapes, is_open)
            elif target not in self._order:
                path.append((target, iter(self._enter(target, open_shapes, is_open))))
            elif target in is_open:
                self._low[shape_id] = min(self._low[shape_id], self._order[target])

    def _enter(
        self, shape_id: ShapeId, open_shapes: list[ShapeId], is_open: set[ShapeId]
    ) -> list[ShapeId]:
        self._order[shape_id] = self._low[shape_id] = len(self._order)
        open_shapes.append(shape_id)
        is_open.add(shape_id)
        targets = [key.shape for key in self.children(shape_id)]
        if shape_id in targets:
            self._recursive.add(shape_id)
        return targets

    def _close(
        self, shape_id: ShapeId, open_shapes: list[ShapeId], is_open: set[ShapeId]
    ) -> None:
        if self._low[shape_id] != self._order[shape_id]:
            return
        start = open_shapes.index(shape_id)
        component = open_shapes[start:]
        del open_shapes[start:]
        is_open.difference_update(component)
        if len(component) > 1:
            self._recursive.update(component)
