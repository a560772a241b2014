"""Questions about shapes and paths that several knowledge modules ask.

Owns paths into shapes (``A.B[0].C``), JMESPath expressions judged against an output
shape, and the comparison of two shapes by the values they hold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from ..errors import OverrideError
from ..model import Member, Model, Shape, ShapeId

_PART = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_-]*)(?P<items>(?:\[[0-9]?\])*)")

_KINDS = {
    "bigDecimal": "number",
    "bigInteger": "number",
    "byte": "number",
    "double": "number",
    "enum": "string",
    "float": "number",
    "intEnum": "number",
    "integer": "number",
    "long": "number",
    "short": "number",
}
"""Smithy types whose values a caller cannot tell apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Shape):
    """A list or structure that an expression makes; its parts need not be named."""

    parts: Mapping[str, Shape]


def kind_of(shape: Shape) -> str:
    """Return the kind of value that a shape holds; numbers and texts are one each."""
    return _KINDS.get(shape.type, shape.type)


def item_of(model: Model, shape: Shape) -> Shape:
    """Return the item of a list or the value of a map."""
    return _part(model, shape, "member" if shape.type == "list" else "value")


def _part(model: Model, shape: Shape, name: str) -> Shape:
    if isinstance(shape, Made):
        return shape.parts[name]
    return model.expect_shape(shape.members[name].target)


def _made(kind: str, parts: Mapping[str, Shape]) -> Made:
    first = next(iter(parts.values()))
    members = {name: Member(name, shape.id) for name, shape in parts.items()}
    return Made(id=first.id, type=kind, members=members, parts=parts)


def target_of(model: Model, shape: Shape, member: str) -> Shape:
    """Return the shape that a member of a structure targets."""
    return model.expect_shape(shape.members[member].target)


def resolve_path(model: Model, root: Shape, path: str) -> Shape:
    """Return the shape at a dotted path of members, ``[0]`` or ``[]`` for list items.

    Below a map any key goes. Raises ``OverrideError`` where the path leaves the shape.
    """
    shape = root
    for part in path.split("."):
        match = _PART.fullmatch(part)
        name = match["name"] if match else part
        if shape.type == "map":
            shape = item_of(model, shape)
        elif name in shape.members and shape.type in {"structure", "union"}:
            shape = _part(model, shape, name)
        else:
            msg = f"path `{path}` leaves `{root.id}` at `{part}`"
            raise OverrideError(msg)
        for _ in range(match["items"].count("[") if match else 0):
            if shape.type != "list":
                msg = f"path `{path}`: `{name}` is not a list"
                raise OverrideError(msg)
            shape = item_of(model, shape)
    return shape


def resolve_in_document(model: Model, document: Shape, path: str) -> Shape | None:
    """Return the shape at a path of a document; ``[]`` goes into every item of a list.

    A path may go on below a text: the runtime looks into JSON documents in texts. Of
    what is there the model tells nothing.
    """
    shape = document
    for part in path.split(".") if path else ():
        if shape.type == "string":
            return None
        shape = resolve_path(model, shape, part.removesuffix("[]"))
        if part.endswith("[]"):
            shape = item_of(model, shape)
    return shape


def resolve_select(model: Model, root: Shape, expression: str | None) -> Shape:
    """Return the shape that a JMESPath expression selects; ``None`` selects the root.

    Members, indexes, filters, flattening, hashes and the values of maps are understood. Raises
    ``OverrideError`` for what does not compile, leaves the shape or is another kind of
    expression.
    """
    if expression is None:
        return root
    try:
        parsed = jmespath.compile(expression).parsed
    except JMESPathError as error:
        reason = " ".join(str(error).split())
        msg = f"select `{expression}` does not compile: {reason}"
        raise OverrideError(msg) from error
    found = _select(model, root, parsed)
    if found is None:
        msg = f"select `{expression}` does not fit `{root.id}`"
        raise OverrideError(msg)
    return found


def _select(model: Model, shape: Shape, node: dict[str, Any]) -> Shape | None:
    """Return the shape of a parsed expression, ``None`` where it does not fit."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        return _field(model, shape, node["value"])
    if kind in {"subexpression", "index_expression", "pipe"}:
        found: Shape | None = shape
        for child in children:
            found = _select(model, found, child) if found is not None else None
        return found
    if kind == "index":
        return item_of(model, shape) if shape.type == "list" else None
    if kind == "flatten":
        return _flattened(model, shape, children[0])
    if kind in {"projection", "filter_projection", "value_projection"}:
        return _projection(model, shape, kind, children)
    if kind == "multi_select_dict":
        return _hash(model, shape, children)
    if kind == "or_expression":
        return _either(model, shape, children)
    if kind == "comparator":
        fits = _fits(model, shape, node)
        return model.expect_shape("smithy.api#Boolean") if fits else None
    return shape if kind == "identity" else None


def _field(model: Model, shape: Shape, name: str) -> Shape | None:
    if shape.type == "map":
        return item_of(model, shape)
    member = shape.members.get(name)
    if member is None or shape.type not in {"structure", "union"}:
        return None
    return _part(model, shape, name)


def _flattened(model: Model, shape: Shape, node: dict[str, Any]) -> Shape | None:
    """Return a list whose items are no lists; several lists become one."""
    if node["type"] == "multi_select_list":
        return _joined(model, shape, node["children"])
    found = _select(model, shape, node)
    if found is None or found.type != "list":
        return None
    item = item_of(model, found)
    return item if item.type == "list" else found


def _either(model: Model, shape: Shape, children: list[dict[str, Any]]) -> Shape | None:
    """Return what any of several values is; of other structures what is in common."""
    found = [_select(model, shape, child) for child in children]
    known = [one for one in found if one is not None]
    return _common(model, known) if len(known) == len(found) else None


def _joined(model: Model, shape: Shape, children: list[dict[str, Any]]) -> Shape | None:
    """Return the list of several ones: of other structures what they have in common."""
    lists = [_select(model, shape, child) for child in children]
    if any(one is None or one.type != "list" for one in lists):
        return None
    item = _common(model, [item_of(model, one) for one in lists if one is not None])
    return None if item is None else _made("list", {"member": item})


def _common(model: Model, items: list[Shape]) -> Shape | None:
    """Return the one shape of all items, or the members that all structures have."""
    if len({item.id for item in items}) == 1:
        return items[0]
    if any(item.type != "structure" for item in items):
        return None
    common = {
        name: _part(model, items[0], name)
        for name in items[0].members
        if all(
            name in item.members
            and same_values(
                model, _part(model, item, name), _part(model, items[0], name)
            )
            for item in items
        )
    }
    return _made("structure", common) if common else None


def _projection(
    model: Model, shape: Shape, kind: str, children: list[dict[str, Any]]
) -> Shape | None:
    """Return the list that a projection gives: of items, or of what is in them."""
    left = _select(model, shape, children[0])
    if left is None or left.type != ("map" if kind == "value_projection" else "list"):
        return None
    if left.type == "map":
        left = _made("list", {"member": item_of(model, left)})
    item = item_of(model, left)
    if not all(_fits(model, item, condition) for condition in children[2:]):
        return None
    if children[1]["type"] == "identity":
        return left
    right = _select(model, item, children[1])
    return None if right is None else _made("list", {"member": right})


def _fits(model: Model, item: Shape, node: dict[str, Any]) -> bool:
    """Return whether every member that a filter asks for is there."""
    kind, children = node["type"], node["children"]
    if kind == "literal":
        return True
    if kind in {"comparator", "or_expression", "and_expression", "not_expression"}:
        return all(_fits(model, item, child) for child in children)
    return _select(model, item, node) is not None


def _hash(model: Model, shape: Shape, children: list[dict[str, Any]]) -> Shape | None:
    """Return the structure that a multi-select hash makes."""
    parts: dict[str, Shape] = {}
    for pair in children:
        found = _select(model, shape, pair["children"][0])
        if found is None:
            return None
        parts[pair["value"]] = found
    return _made("structure", parts)


def same_values(
    model: Model, left: Shape, right: Shape, above: frozenset[ShapeId] = frozenset()
) -> bool:
    """Return whether two shapes hold values that can be compared as a whole.

    Simple shapes of one kind do, unless both are enums without a common value.
    Structures do when they have the same members, which do.
    """
    if left.id == right.id:
        return True
    if kind_of(left) != kind_of(right) or left.id in above:
        return False
    if left.type == "enum" and right.type == "enum":
        return bool(enum_values(left) & enum_values(right))
    if left.type in {"structure", "union"}:
        if set(left.members) != set(right.members):
            return False
        pairs = ((left.members[name], right.members[name]) for name in left.members)
    elif left.type in {"list", "map"}:
        # The keys of a map are texts on both sides.
        name = "member" if left.type == "list" else "value"
        pairs = (pair for pair in ((left.members[name], right.members[name]),))
    else:
        return True
    inside = above | {left.id}
    return all(
        same_values(
            model, model.expect_shape(a.target), model.expect_shape(b.target), inside
        )
        for a, b in pairs
    )


def enum_values(shape: Shape) -> frozenset[Any]:
    """Return the values of an enum."""
    return frozenset(
        member.traits.get("smithy.api#enumValue", name)
        for name, member in shape.members.items()
    )
