"""Which shapes and members of two models of one service correspond.

Owns the walk: operations correspond by name, then whatever is reached from both sides
on the same path (input, member, list item, …). Shape names count for nothing below an
operation, because botocore and Smithy share shapes differently.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...model import Model, Shape, ShapeId
from .report import Ledger

_TEXT = frozenset({"string", "enum"})
_WHOLE = frozenset({"byte", "short", "integer", "long", "intEnum"})
_PRELUDE = "smithy.api"

MemberKey = tuple[ShapeId, str]


@dataclass(slots=True)
class Pairs:
    """Base side → what corresponds to it, each in the order of the walk."""

    operations: dict[ShapeId, ShapeId] = field(default_factory=dict)
    shapes: dict[ShapeId, list[ShapeId]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Data shapes; several of the other model may correspond to one of the base."""
    members: dict[MemberKey, list[MemberKey]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def base_of(self) -> Mapping[ShapeId, ShapeId]:
        """Return other data shape → first base shape that corresponds to it."""
        out: dict[ShapeId, ShapeId] = {}
        for base, others in self.shapes.items():
            for other in others:
                out.setdefault(other, base)
        return out


def pair(base: Model, other: Model, ledger: Ledger) -> Pairs:
    """Return what corresponds in the two models; notes shapes of unlike types."""
    walk = _Walk(base, other, ledger)
    theirs = {b.shape.id.name: b.shape for b in other.operations()}
    for bound in base.operations():
        counterpart = theirs.get(bound.shape.id.name)
        if counterpart is not None:
            walk.operation(bound.shape, counterpart)
    walk.finish()
    return walk.pairs


class _Walk:
    """Visits each pair once, without recursion: models are deep and cyclic."""

    def __init__(self, base: Model, other: Model, ledger: Ledger) -> None:
        self._base, self._other, self._ledger = base, other, ledger
        self._seen: set[tuple[ShapeId, ShapeId]] = set()
        self._waiting: list[tuple[ShapeId, ShapeId]] = []
        self.pairs = Pairs()

    def operation(self, base: Shape, other: Shape) -> None:
        self.pairs.operations[base.id] = other.id
        if base.input and other.input:
            self._reach(base.input, other.input)
        if base.output and other.output:
            self._reach(base.output, other.output)
        errors = {shape_id.name: shape_id for shape_id in other.errors}
        for shape_id in base.errors:
            if shape_id.name in errors:
                self._reach(shape_id, errors[shape_id.name])

    def finish(self) -> None:
        while self._waiting:
            base, other = self._waiting.pop()
            self._visit(self._base.shapes[base], self._other.shapes[other])

    def _reach(self, base: ShapeId, other: ShapeId) -> None:
        if (base, other) not in self._seen:
            self._seen.add((base, other))
            self._waiting.append((base, other))

    def _visit(self, base: Shape, other: Shape) -> None:
        if not _alike(base.type, other.type):
            self._ledger.conflict("type", str(base.id), "", base.type, other.type)
            return
        if base.id.namespace != _PRELUDE:
            self.pairs.shapes[base.id].append(other.id)
        for name, member in base.members.items():
            if name in other.members:
                self.pairs.members[base.id, name].append((other.id, name))
                self._reach(member.target, other.members[name].target)


def _alike(one: str, two: str) -> bool:
    return one == two or {one, two} <= _TEXT or {one, two} <= _WHOLE
