"""A Smithy model: look-ups over its shapes, and the way in from JSON AST files.

Owns the order of the loader's stages: parse and merge → flatten → upgrade → check
targets → shapes on demand.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import ModelError, UnknownShape, UnsupportedShape
from .assembly import assemble, merge_traits, unlocated
from .bindings import bound_operations
from .build import ShapeTable
from .flatten import flatten, mixin_ids
from .flaws import Flaw
from .ids import ShapeId
from .nodes import Node
from .prelude import prelude_nodes
from .shapes import BoundOperation, Member, Shape
from .targets import check_targets
from .upgrade import upgrade_node, upgrade_version_1


@dataclass(frozen=True)
class Model:
    """The shapes of one or more model files and of the prelude.

    Every target resolves; mixins, ``apply`` statements and 1.0 forms are gone.
    """

    shapes: ShapeTable
    metadata: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    """What Smithy's own loader warns of and ignores, with file, line and column."""

    def expect_shape(self, shape_id: ShapeId | str, *types: str) -> Shape:
        """Return the shape of this id, which is one of ``types`` if any are given.

        Raises ``UnknownShape`` if there is none and ``UnsupportedShape`` if it is of
        another type.
        """
        if isinstance(shape_id, str):
            shape_id = ShapeId.parse(shape_id)
        if shape_id not in self.shapes:
            raise UnknownShape(f"the model has no shape `{shape_id}`")
        shape = self.shapes[shape_id]
        if types and shape.type not in types:
            raise UnsupportedShape(
                f"`{shape_id}` is of type {shape.type}, not {' or '.join(types)}",
            )
        return shape

    def member_traits(self, member: Member) -> Mapping[str, Any]:
        """Return the traits of the member's target, overlaid by the member's own."""
        target = self.shapes[member.target].traits
        if not target:
            return member.traits
        if not member.traits:
            return target
        return {**target, **member.traits}

    def with_nodes(self, nodes: Mapping[str, Node]) -> "Model":
        """Return a model of other nodes, which must be checked and flat like ours.

        Raises ``UnknownShape`` for a target that is not among them.
        """
        try:
            check_targets(nodes)
        except Flaw as flaw:
            raise unlocated(flaw) from flaw
        return Model(ShapeTable(nodes), self.metadata, self.warnings)

    @cached_property
    def service(self) -> Shape:
        """The one service shape; raises ``ModelError`` if there are none or several."""
        services = self.shapes.of_type("service")
        if len(services) != 1:
            names = ", ".join(f"`{s.id}`" for s in services) or "none"
            raise ModelError(f"a model must have one service shape, not {names}")
        return services[0]

    def operations(self) -> tuple[BoundOperation, ...]:
        """Return the service's operations, resource-bound ones too, sorted by name."""
        return self._operations

    @cached_property
    def _operations(self) -> tuple[BoundOperation, ...]:
        return bound_operations(self.service, self.expect_shape)


def load_model(data: bytes, *, origin: str) -> Model:
    """Load one JSON AST file; ``origin`` names it in errors.

    Raises ``ModelSyntax``, ``UnknownShape``, ``UnsupportedShape`` or ``ModelError``.
    """
    return load_models([(data, origin)])


def load_models(files: Iterable[tuple[bytes, str]]) -> Model:
    """Load files that together form one model, given as (bytes, name for errors).

    Equal definitions are one, different ones raise ``ModelError``; otherwise as
    ``load_model``.
    """
    assembly = assemble(files)
    try:
        nodes: dict[str, Node] = {**prelude_nodes(), **flatten(assembly)}
        upgrade_version_1(nodes, assembly.version_1)
        for shape_id, node in nodes.items():
            upgrade_node(shape_id, node)
        check_targets(nodes, mixin_ids(assembly))
    except Flaw as flaw:
        raise assembly.files.error(flaw) from flaw
    return Model(ShapeTable(nodes), assembly.metadata, tuple(assembly.warnings))


def merge_texts(files: Iterable[tuple[bytes, str]]) -> bytes:
    """Return the text of one file that loads like ``files`` together.

    The same files give the same bytes. Raises what ``load_models`` raises before
    targets are checked, and ``ModelError`` for files of several versions.
    """
    assembly = assemble(files)
    if assembly.version_1 and len(assembly.version_1) < len(assembly.nodes):
        raise ModelError("files of the versions 1.0 and 2.0 cannot become one file")
    applied = {
        target: {"type": "apply", "traits": traits}
        for target, traits in assembly.applied.items()
        if target not in assembly.nodes
    }
    nodes = {
        shape_id: _with_traits(node, assembly.applied.get(shape_id))
        for shape_id, node in assembly.nodes.items()
    }
    document = {
        "smithy": "1.0" if assembly.version_1 else "2.0",
        "metadata": assembly.metadata,
        "shapes": {**nodes, **applied},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _with_traits(node: Node, applied: Mapping[str, Any] | None) -> Node:
    if not applied:
        return node
    traits = dict(node.get("traits", {}))
    merge_traits(traits, dict(applied), "a shape", ())
    return {**node, "traits": traits}
