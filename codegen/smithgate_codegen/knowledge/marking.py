"""A model in which every secret member carries the ``sensitive`` trait.

Owns the copy of a model with changed shapes; which members are secret is the question
of ``sensitive``. Schemas and facts then agree on what is masked.
"""

from collections.abc import Iterator, Mapping

from ..model import Model, Shape, ShapeId
from ..model.build import ShapeTable


class EditedShapes(ShapeTable):
    """A model's shapes with some replaced by edited copies."""

    def __init__(self, base: ShapeTable, edits: Mapping[ShapeId, Shape]) -> None:
        super().__init__({})
        self._base = base
        self._edits = edits

    def __getitem__(self, shape_id: ShapeId) -> Shape:
        return self._edits.get(shape_id) or self._base[shape_id]

    def __contains__(self, shape_id: object) -> bool:
        return shape_id in self._base

    def __iter__(self) -> Iterator[ShapeId]:
        return iter(self._base)

    def __len__(self) -> int:
        return len(self._base)

    def of_type(self, kind: str) -> list[Shape]:
        """Return the shapes of one type."""
        return [self[shape.id] for shape in self._base.of_type(kind)]


def edited(model: Model, edits: Mapping[ShapeId, Shape]) -> Model:
    """Return the model with the shapes of ``edits`` in place of its own."""
    return Model(EditedShapes(model.shapes, edits), model.metadata)
