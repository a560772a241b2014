"""From checked nodes to shapes, each built when it is first asked for.

Owns the lazy table behind ``Model.shapes``. That every target exists was checked.
"""

from collections.abc import Iterator, Mapping

from .ids import ShapeId
from .nodes import LIFECYCLES, Node, member_nodes
from .prelude import UNIT
from .shapes import Member, Shape


class ShapeTable(Mapping[ShapeId, Shape]):
    """Shapes by id in file order, the prelude first; built on first look."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._ids = {text: ShapeId.parse(text) for text in nodes}
        self._nodes = {self._ids[text]: node for text, node in nodes.items()}
        self._built: dict[ShapeId, Shape] = {}
        self.nodes = nodes
        """The checked nodes, by id; nobody may change them in place."""

    def __getitem__(self, shape_id: ShapeId) -> Shape:
        shape = self._built.get(shape_id)
        if shape is None:
            shape = self._build(shape_id, self._nodes[shape_id])
            self._built[shape_id] = shape
        return shape

    def __contains__(self, shape_id: object) -> bool:
        return shape_id in self._nodes

    def __iter__(self) -> Iterator[ShapeId]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def of_type(self, kind: str) -> list[Shape]:
        """Return the shapes of one type without building the others."""
        return [self[i] for i, node in self._nodes.items() if node["type"] == kind]

    def _id(self, reference: Node | None) -> ShapeId | None:
        return None if reference is None else self._ids[reference["target"]]

    def _list(self, node: Node, key: str) -> tuple[ShapeId, ...]:
        return tuple(self._ids[item["target"]] for item in node.get(key, ()))

    def _map(self, node: Node, key: str) -> dict[str, ShapeId]:
        return {n: self._ids[i["target"]] for n, i in node.get(key, {}).items()}

    def _build(self, shape_id: ShapeId, node: Node) -> Shape:
        kind = node["type"]
        traits = node.get("traits", {})
        if kind == "operation":
            return Shape(
                id=shape_id,
                type=kind,
                traits=traits,
                input=self._id(node.get("input")) or UNIT,
                output=self._id(node.get("output")) or UNIT,
                errors=self._list(node, "errors"),
            )
        if kind in ("service", "resource"):
            return self._build_container(shape_id, kind, node)
        members = {
            name: Member(name, self._ids[member["target"]], member.get("traits", {}))
            for name, member in member_nodes(node)
        }
        return Shape(id=shape_id, type=kind, traits=traits, members=members)

    def _build_container(self, shape_id: ShapeId, kind: str, node: Node) -> Shape:
        return Shape(
            id=shape_id,
            type=kind,
            traits=node.get("traits", {}),
            errors=self._list(node, "errors"),
            version=node.get("version"),
            operations=self._list(node, "operations"),
            collection_operations=self._list(node, "collectionOperations"),
            resources=self._list(node, "resources"),
            identifiers=self._map(node, "identifiers"),
            properties=self._map(node, "properties"),
            rename={ShapeId.parse(i): n for i, n in node.get("rename", {}).items()},
            lifecycle={
                key: self._ids[node[key]["target"]] for key in LIFECYCLES if key in node
            },
        )
