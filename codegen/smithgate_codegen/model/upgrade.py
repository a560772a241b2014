"""One form for what Smithy can say in two: enums, sets, version 1.0 nullability.

Owns the rewriting of nodes, so that later stages see ``enum`` shapes, lists and
``default`` traits only. Rules: https://smithy.io/2.0/guides/migrating-idl-1-to-2.html.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ModelError
from .ids import is_identifier
from .nodes import Node, expect
from .prelude import UNIT, zero

_ENUM = "smithy.api#enum"
_ENUM_VALUE = "smithy.api#enumValue"
_BOX = "smithy.api#box"
_DEFAULT = "smithy.api#default"
_PRIMITIVE_TYPES = frozenset(
    {"boolean", "byte", "short", "integer", "long", "float", "double"},
)
# Properties of an enum trait's definition and the member traits they become.
_DEFINITION_TRAITS = {
    "documentation": "smithy.api#documentation",
    "tags": "smithy.api#tags",
}


def upgrade_node(shape_id: str, node: Node, origin: str) -> None:
    """Rewrite sets, enum traits and enum members of one node in place.

    Raises ``ModelError`` for an enum trait or an enum value of the wrong form.
    """
    kind = node["type"]
    if kind == "set":
        node["type"] = "list"
        node["traits"] = {**node.get("traits", {}), "smithy.api#uniqueItems": {}}
    elif kind == "string" and _ENUM in node.get("traits", {}):
        _enum_from_trait(shape_id, node, origin)
    elif kind in ("enum", "intEnum"):
        _fill_enum_values(shape_id, node, origin)


def _enum_from_trait(shape_id: str, node: Node, origin: str) -> None:
    what = f"the enum trait of `{shape_id}`"
    definitions = expect(node["traits"][_ENUM], list, what, origin)
    for definition in definitions:
        expect(definition, dict, what, origin)
        expect(definition.get("value"), str, f"a value of {what}", origin)
    names = [d.get("name") for d in definitions]
    if not all(isinstance(n, str) and is_identifier(n) for n in names):
        names = enum_member_names([d["value"] for d in definitions])
    if len(set(names)) != len(names):
        raise ModelError(f"`{origin}`: {what} repeats a name")
    node["type"] = "enum"
    node["traits"] = {k: v for k, v in node["traits"].items() if k != _ENUM}
    node["members"] = {
        name: {"target": str(UNIT), "traits": _definition_traits(definition)}
        for name, definition in zip(names, definitions, strict=True)
    }


def _definition_traits(definition: Mapping[str, Any]) -> dict[str, Any]:
    traits = {_ENUM_VALUE: definition["value"]}
    for key, trait in _DEFINITION_TRAITS.items():
        if key in definition:
            traits[trait] = definition[key]
    if definition.get("deprecated"):
        traits["smithy.api#deprecated"] = {}
    return traits


def enum_member_names(values: Iterable[str]) -> list[str]:
    """Return distinct Smithy identifiers for enum values, in their order.

    Upstream's convention: what cannot stand in a name becomes ``_`` (``t2.micro`` →
    ``t2_micro``); a leading digit gets ``_`` and a letter in front, a repetition a
    number behind.
    """
    names: dict[str, None] = {}
    for value in values:
        base = re.sub(r"[^A-Za-z0-9_]", "_", value)
        if not is_identifier(base):
            base = f"v_{base}".rstrip("_")
        name, count = base, 1
        while name in names:
            count += 1
            name = f"{base}_{count}"
        names[name] = None
    return list(names)


def _fill_enum_values(shape_id: str, node: Node, origin: str) -> None:
    kind = str if node["type"] == "enum" else int
    for name, member in node.get("members", {}).items():
        traits = member.setdefault("traits", {})
        if kind is str:
            traits.setdefault(_ENUM_VALUE, name)
        if type(traits.get(_ENUM_VALUE)) is not kind:
            noun = "a string" if kind is str else "an integer"
            raise ModelError(
                f"`{origin}`: the value of `{shape_id}${name}` must be {noun}",
            )


def upgrade_version_1(nodes: Mapping[str, Node], version_1: Iterable[str]) -> None:
    """Turn the nullability rules of version 1.0 into ``default`` traits, in place.

    A number or boolean without ``box`` is never null in 1.0: its shape and each
    structure member that targets it gets the zero value as default. A ``box`` on the
    member takes the default away again. Must run before anything reads the nodes.
    """
    ids = set(version_1)
    for shape_id in ids & nodes.keys():
        node = nodes[shape_id]
        if node["type"] in _PRIMITIVE_TYPES and _BOX not in node.get("traits", {}):
            traits = {_DEFAULT: zero(node["type"]), **node.get("traits", {})}
            node["traits"] = traits
    for shape_id in ids & nodes.keys():
        if nodes[shape_id]["type"] == "structure":
            for member in nodes[shape_id].get("members", {}).values():
                _default_of_member(member, nodes.get(member["target"], {}))
    for shape_id in ids & nodes.keys():
        _unbox(nodes[shape_id])


def _default_of_member(member: Node, target: Node) -> None:
    target_traits = target.get("traits", {})
    if target.get("type") not in _PRIMITIVE_TYPES or _DEFAULT not in target_traits:
        return
    traits = member.get("traits", {})
    boxed = _BOX in traits
    member["traits"] = {
        _DEFAULT: None if boxed else target_traits[_DEFAULT],
        **traits,
    }


def _unbox(node: Node) -> None:
    owners = [node, *node.get("members", {}).values()]
    for owner in owners:
        if _BOX in owner.get("traits", {}):
            owner["traits"] = {k: v for k, v in owner["traits"].items() if k != _BOX}
