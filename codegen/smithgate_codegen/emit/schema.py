"""Operations as JSON Schemas, draft 2020-12: the request closed, the reply open.

Owns how aggregate shapes become nodes and which of them stand in ``$defs``: those that
are referred to more than once within the operation, structures and unions that contain
themselves, what nests deeper than ``INLINE_DEPTH``, and enums with more than
``LARGE_ENUM`` values. All others are printed where they are used. Simple shapes are in ``schema_types``, texts in
``schema_docs``, the file's text in ``schema_text``.

Nodes are shared between schemas: nobody may change a schema in place.
"""

from collections.abc import Mapping
from typing import Any

from ..errors import UnsupportedShape
from ..model import Member, Model, Shape, ShapeId
from ..patterns import PatternTable
from .schema_docs import summary
from .schema_graph import AGGREGATES, Key, ShapeGraph, is_large_enum, key_of
from .schema_text import dump_schema, ordered
from .schema_types import (
    Node,
    bounds,
    enum_node,
    input_node,
    length_of,
    output_node,
)

__all__ = ["SchemaEmitter", "dump_schema", "input_schema", "output_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
INLINE_DEPTH = 8
"""Levels of aggregates in one another before the next one moves to ``$defs``."""
FILLED_IN = (
    "Idempotency token. Leave it out: one is made per plan and kept for retries."
)
"""Description of every idempotency token, in place of upstream's."""

_SERVICE = "aws.api#service"
_DEFAULT = "smithy.api#default"
_DEPRECATED = "smithy.api#deprecated"
_DOCUMENTATION = "smithy.api#documentation"
_LENGTH = "smithy.api#length"
_PATTERN = "smithy.api#pattern"
_REQUIRED = "smithy.api#required"
_SENSITIVE = "smithy.api#sensitive"
_SPARSE = "smithy.api#sparse"
_TOKEN = "smithy.api#idempotencyToken"  # noqa: S105 - a trait id
_UNIQUE = "smithy.api#uniqueItems"
_LABELS = frozenset({"smithy.api#httpLabel", "smithy.api#hostLabel"})


def input_schema(
    model: Model, operation: Shape, *, patterns: PatternTable
) -> dict[str, Any]:
    """Return the schema of an operation's request, closed, in the order of printing.

    Raises ``UnsupportedShape`` for an event stream.
    """
    return _emitter(model, patterns).input_schema(operation)


def output_schema(
    model: Model, operation: Shape, *, patterns: PatternTable
) -> dict[str, Any]:
    """Return the schema of an operation's reply, open, in the order of printing.

    Raises ``UnsupportedShape`` for an event stream.
    """
    return _emitter(model, patterns).output_schema(operation)


class SchemaEmitter:
    """Makes the schemas of one model's operations and remembers what they share."""

    def __init__(self, model: Model, patterns: PatternTable) -> None:
        self.model = model
        self.patterns = patterns
        graph = ShapeGraph(model)
        self._input = _Direction(model, patterns, graph, closed=True)
        self._output = _Direction(model, patterns, graph, closed=False)
        patterns.note_model(self._pattern_at)

    def input_schema(self, operation: Shape) -> dict[str, Any]:
        """Return the request's schema; see the function of the same name."""
        assert operation.input is not None
        return self._input.schema(operation.input, self._title(operation, "request"))

    def output_schema(self, operation: Shape) -> dict[str, Any]:
        """Return the reply's schema; see the function of the same name."""
        assert operation.output is not None
        return self._output.schema(operation.output, self._title(operation, "response"))

    def _title(self, operation: Shape, what: str) -> str:
        service = self.model.service
        sdk_id = service.traits.get(_SERVICE, {}).get("sdkId") or service.id.name
        return f"{sdk_id} {operation.id.name} {what}"

    def _pattern_at(self, shape_id: str) -> str | None:
        parsed = ShapeId.parse(shape_id)
        if parsed not in self.model.shapes:
            return None
        return str(self.model.shapes[parsed].traits.get(_PATTERN, ""))


class _Direction:
    """Requests or replies of one model; ``closed`` tells which."""

    def __init__(
        self, model: Model, patterns: PatternTable, graph: ShapeGraph, *, closed: bool
    ) -> None:
        self.model = model
        self.closed = closed
        self._patterns = patterns
        self._graph = graph
        self._namespace = model.service.id.namespace
        self._simple: dict[tuple[ShapeId, str], Node] = {}
        self._notes: dict[tuple[ShapeId, str], Node] = {}

    def schema(self, root: ShapeId, title: str) -> dict[str, Any]:
        shape = self.model.expect_shape(root, "structure")
        counts = self._graph.references(root)
        recursive = self._graph.recursive(root)
        page = _Page(
            self,
            {
                key
                for key, count in counts.items()
                if self._is_definition(key, count, recursive)
            },
        )
        node = page.structure(shape, 0, is_root=True)
        definitions = page.definitions()
        out = {"$schema": DIALECT, "title": title, "properties": {}} | node
        if definitions:
            out["$defs"] = definitions
        return ordered(out)

    def _is_definition(self, key: Key, count: int, recursive: set[ShapeId]) -> bool:
        kind = self.model.shapes[key.shape].type
        if kind == "enum":
            return self.closed
        # A cycle has a structure or union in it, which is enough to break it.
        is_record = kind in {"structure", "union"}
        return count > 1 or (is_record and key.shape in recursive)

    def name_of(self, key: Key) -> str:
        """Return a key's name in ``$defs``, the same in every schema of the model.

        Shapes outside of the service's namespace have their whole id's text; a length
        of a member's own is added with characters that no shape name has.
        """
        shape = key.shape
        name = shape.name
        if shape.namespace != self._namespace:
            name = f"{shape.namespace}.{shape.name}"
        if key.length is None:
            return name
        low, high = ("" if count is None else count for count in key.length)
        return f"{name}.{low}-{high}"

    def simple(self, container: Shape, member: Member, target: Shape) -> Node:
        """Return the node of a member that targets a simple shape."""
        place = (container.id, member.name)
        node = self._simple.get(place)
        if node is None:
            node = self._simple[place] = self._make_simple(container, member, target)
        return node

    def _make_simple(self, container: Shape, member: Member, target: Shape) -> Node:
        traits = self.model.member_traits(member)
        if not self.closed:
            node = output_node(target)
        else:
            own = _PATTERN in member.traits
            place = f"{container.id}${member.name}" if own else str(target.id)
            node = input_node(target, traits, place, self._patterns)
        if _SENSITIVE in traits:
            node["x-sensitive"] = True
        return ordered(node)

    def notes(self, container: Shape, member: Member) -> Node:
        """Return the annotations of a structure's or union's member."""
        place = (container.id, member.name)
        notes = self._notes.get(place)
        if notes is None:
            notes = self._notes[place] = self._make_notes(member)
        return notes

    def _make_notes(self, member: Member) -> Node:
        node: Node = {"x-sensitive": True} if _SENSITIVE in member.traits else {}
        if not self.closed:
            return node
        traits = self.model.member_traits(member)
        description = summary(str(traits.get(_DOCUMENTATION, "")))
        if description:
            node["description"] = description
        default = traits.get(_DEFAULT)
        is_time = self.model.shapes[member.target].type == "timestamp"
        if default is not None and not is_time:  # a time's default is a number
            node["default"] = default
        if _DEPRECATED in traits:
            node["deprecated"] = True
        return node


class _Page:
    """One schema in the making: its definitions and what is still to be printed."""

    def __init__(self, direction: _Direction, definitions: set[Key]) -> None:
        self._of = direction
        self._model = direction.model
        self._definitions = definitions
        self._done: dict[Key, Node] = {}
        self._todo: list[Key] = []

    def definitions(self) -> dict[str, Node]:
        """Return ``$defs``, sorted by name."""
        while self._todo:
            key = self._todo.pop()
            if key not in self._done:
                self._done[key] = self._aggregate(key, 0)
        named = {self._of.name_of(key): node for key, node in self._done.items()}
        return dict(sorted(named.items()))

    def _reference(self, key: Key) -> Node:
        self._todo.append(key)
        return {"$ref": f"#/$defs/{self._of.name_of(key)}"}

    def _target(self, container: Shape, member: Member, depth: int) -> Node:
        """Return the node of what a member targets, without its annotations."""
        target = self._model.expect_shape(member.target)
        is_simple = target.type not in AGGREGATES
        if is_simple and not (self._of.closed and is_large_enum(target)):
            return self._of.simple(container, member, target)
        key = key_of(member, target)
        if key in self._definitions or depth >= INLINE_DEPTH:
            return self._reference(key)
        return self._aggregate(key, depth)

    def _aggregate(self, key: Key, depth: int) -> Node:
        shape = self._model.expect_shape(key.shape)
        match shape.type:
            case "enum":
                node = enum_node(shape)
            case "structure":
                node = self.structure(shape, depth)
            case "union":
                node = self._union(shape, depth)
            case "list":
                node = self._list(shape, key, depth)
            case _:
                node = self._map(shape, key, depth)
        if _SENSITIVE in shape.traits:
            node["x-sensitive"] = True
        return ordered(node)

    def structure(self, shape: Shape, depth: int, *, is_root: bool = False) -> Node:
        """Return the node of a structure; the root's labels and tokens are special."""
        node: Node = {"type": "object"}
        if self._of.closed:
            node["additionalProperties"] = False
        required = [
            name
            for name, member in sorted(shape.members.items())
            if self._is_required(member, is_root=is_root)
        ]
        if required:
            node["required"] = required
        if shape.members:
            node["properties"] = {
                name: self._member(shape, member, depth, is_root=is_root)
                for name, member in sorted(shape.members.items())
            }
        return node

    def _is_required(self, member: Member, *, is_root: bool) -> bool:
        if not (is_root and self._of.closed):
            return _REQUIRED in member.traits
        if _TOKEN in member.traits:
            return False
        return _REQUIRED in member.traits or not _LABELS.isdisjoint(member.traits)

    def _member(
        self, shape: Shape, member: Member, depth: int, *, is_root: bool = False
    ) -> Node:
        node = self._target(shape, member, depth + 1)
        extra: Mapping[str, Any] = self._of.notes(shape, member)
        if is_root and self._of.closed:
            extra = {**extra, **_root_extra(member, node)}
        return ordered({**node, **extra}) if extra else node

    def _union(self, shape: Shape, depth: int) -> Node:
        members = sorted(shape.members.items())
        nodes = {name: self._member(shape, member, depth) for name, member in members}
        if not self._of.closed:  # a reply can hold a branch that the model lacks
            return {"type": "object", "properties": nodes}
        if not nodes:
            raise UnsupportedShape(f"union `{shape.id}` has no members")
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "oneOf": [
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": [name],
                    "properties": {name: node},
                }
                for name, node in nodes.items()
            ],
        }

    def _list(self, shape: Shape, key: Key, depth: int) -> Node:
        node: Node = {"type": "array", "items": self._item(shape, "member", depth)}
        if self._of.closed:
            node |= bounds("Items", *_length(shape, key))
            if _UNIQUE in shape.traits:
                node["uniqueItems"] = True
        return node

    def _map(self, shape: Shape, key: Key, depth: int) -> Node:
        values = self._item(shape, "value", depth)
        node: Node = {"type": "object", "additionalProperties": values}
        if not self._of.closed:
            return node
        names = self._target(shape, shape.members["key"], depth + 1)
        if set(names) - {"type"}:  # names are text anyway
            node["propertyNames"] = names
        return node | bounds("Properties", *_length(shape, key))

    def _item(self, shape: Shape, name: str, depth: int) -> Node:
        member = shape.members[name]
        node = self._target(shape, member, depth + 1)
        if _SENSITIVE in member.traits and "x-sensitive" not in node:
            node = ordered({**node, "x-sensitive": True})
        if _SPARSE in shape.traits:
            return {"anyOf": [node, {"type": "null"}]}
        return node


def _length(shape: Shape, key: Key) -> tuple[int, int | None]:
    if key.length is None:
        return length_of(shape.traits.get(_LENGTH))
    low, high = key.length
    return low or 0, high


def _root_extra(member: Member, node: Node) -> Node:
    """Return what only members of a request's root have."""
    if _TOKEN in member.traits:
        return {"description": FILLED_IN, "x-idempotency-token": True}
    is_text = node.get("type") == "string" and "enum" not in node
    if is_text and not _LABELS.isdisjoint(member.traits):
        # An empty label changes the URL: DELETE /things/ is not DELETE /things/{id}.
        return {"minLength": max(1, node.get("minLength", 0))}
    return {}


_latest: SchemaEmitter | None = None


def _emitter(model: Model, patterns: PatternTable) -> SchemaEmitter:
    """Return an emitter for the model, the last one again if it is for the same.

    Callers walk one service after the other, so remembering one is enough.
    """
    global _latest  # noqa: PLW0603 - a memo, which changes no result
    found = _latest
    if found is None or found.model is not model or found.patterns is not patterns:
        found = _latest = SchemaEmitter(model, patterns)
    return found
