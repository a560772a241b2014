"""One form for what Smithy can say in two: enums, sets, version 1.0 nullability.

Owns the rewriting of nodes, so that later stages see ``enum`` shapes, lists and
``default`` traits only. Rules: https://smithy.io/2.0/guides/migrating-idl-1-to-2.html.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .flaws import Flaw, Path
from .ids import is_identifier
from .nodes import Node, expect, member_nodes
from .prelude import UNIT, zero

_ENUM = "smithy.api#enum"
_ENUM_VALUE = "smithy.api#enumValue"
_BOX = "smithy.api#box"
_DEFAULT = "smithy.api#default"
_REQUIRED = "smithy.api#required"
_STREAMING = "smithy.api#streaming"
_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1
_PRIMITIVE_TYPES = frozenset(
    {"boolean", "byte", "short", "integer", "long", "float", "double"},
)
# Properties of an enum trait's definition and the member traits they become.
_DEFINITION_TRAITS = {
    "documentation": "smithy.api#documentation",
    "tags": "smithy.api#tags",
}


def upgrade_node(shape_id: str, node: Node) -> None:
    """Rewrite sets, enum traits and enum members of one node in place.

    Raises ``Flaw`` for an enum trait or an enum value of the wrong form.
    """
    kind = node["type"]
    if kind == "set":
        node["type"] = "list"
        node["traits"] = {**node.get("traits", {}), "smithy.api#uniqueItems": {}}
    elif kind == "string" and _ENUM in node.get("traits", {}):
        _enum_from_trait(shape_id, node)
    elif kind in ("enum", "intEnum"):
        _fill_enum_values(shape_id, node)


def _enum_from_trait(shape_id: str, node: Node) -> None:
    what = f"the enum trait of `{shape_id}`"
    path: Path = ("shapes", shape_id, "traits", _ENUM)
    definitions = expect(node["traits"][_ENUM], list, what, path)
    for index, definition in enumerate(definitions):
        expect(definition, dict, what, (*path, index))
        value = definition.get("value")
        expect(value, str, f"a value of {what}", (*path, index, "value"))
    names = [d.get("name") for d in definitions]
    if not all(isinstance(n, str) and is_identifier(n) for n in names):
        names = enum_member_names([d["value"] for d in definitions])
    if len(set(names)) != len(names):
        raise Flaw(f"{what} repeats a name", path)
    _check_distinct(shape_id, [d["value"] for d in definitions], path)
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


def _fill_enum_values(shape_id: str, node: Node) -> None:
    kind = str if node["type"] == "enum" else int
    for name, member in node.get("members", {}).items():
        traits = member.setdefault("traits", {})
        if kind is str:
            traits.setdefault(_ENUM_VALUE, name)
        path: Path = ("shapes", shape_id, "members", name, "traits", _ENUM_VALUE)
        value = traits.get(_ENUM_VALUE)
        if type(value) is not kind:
            noun = "a string" if kind is str else "an integer"
            raise Flaw(f"the value of `{shape_id}${name}` must be {noun}", path)
        if isinstance(value, int) and not _INT_MIN <= value <= _INT_MAX:
            raise Flaw(
                f"the value of `{shape_id}${name}` needs more than 32 bits", path
            )
    values = [m["traits"][_ENUM_VALUE] for m in node.get("members", {}).values()]
    _check_distinct(shape_id, values, ("shapes", shape_id, "members"))


def _check_distinct(shape_id: str, values: Sequence[Any], path: Path) -> None:
    for value in values if len(set(values)) != len(values) else ():
        if values.count(value) > 1:
            raise Flaw(f"`{shape_id}` has the value `{value}` twice", path)


def upgrade_version_1(nodes: Mapping[str, Node], version_1: Iterable[str]) -> None:
    """Turn the nullability rules of version 1.0 into ``default`` traits, in place.

    A number or boolean without ``box`` is never null in 1.0: its shape and each
    structure member that targets it gets the zero value as default; a ``box`` on the
    member makes that null. A member that targets a streaming blob and is not required
    has the empty blob as default. Must run before anything reads the nodes.
    """
    ids = set(version_1) & nodes.keys()
    for shape_id in ids:
        node = nodes[shape_id]
        if node["type"] in _PRIMITIVE_TYPES and _BOX not in node.get("traits", {}):
            traits = {_DEFAULT: zero(node["type"]), **node.get("traits", {})}
            node["traits"] = traits
    for shape_id in ids:
        if nodes[shape_id]["type"] == "structure":
            for member in nodes[shape_id].get("members", {}).values():
                _default_of_member(member, nodes.get(member["target"], {}))
    for shape_id in ids:
        _unbox(nodes[shape_id])


def _default_of_member(member: Node, target: Node) -> None:
    traits, target_traits = member.get("traits", {}), target.get("traits", {})
    if _BOX in traits:
        default = None
    elif _is_zero_by_default(target):
        default = target_traits[_DEFAULT]
    elif (
        target.get("type") == "blob"
        and _STREAMING in target_traits
        and _REQUIRED not in traits
    ):
        default = ""
    else:
        return
    member["traits"] = {_DEFAULT: default, **traits}


def _is_zero_by_default(target: Node) -> bool:
    kind, default = target.get("type"), target.get("traits", {}).get(_DEFAULT)
    return kind in _PRIMITIVE_TYPES and default is not None and default == zero(kind)


def _unbox(node: Node) -> None:
    for owner in (node, *(member for _, member in member_nodes(node))):
        if _BOX in owner.get("traits", {}):
            owner["traits"] = {k: v for k, v in owner["traits"].items() if k != _BOX}
