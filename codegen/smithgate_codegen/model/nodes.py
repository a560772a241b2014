"""Raw JSON AST nodes: their form, and what they refer to.

Owns the check that a file's nodes have the types and properties of the Smithy JSON
AST (https://smithy.io/2.0/spec/json-ast.html). Meaning (mixins, upgrades, targets
that exist) is left to the later stages, which may then index without asking.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import ModelError, UnsupportedShape
from .ids import ShapeId

Node = dict[str, Any]

SIMPLE_TYPES = frozenset(
    {
        *("blob", "boolean", "string", "timestamp", "document"),
        *("byte", "short", "integer", "long", "float", "double"),
        *("bigInteger", "bigDecimal"),
    },
)
LIFECYCLES = ("create", "put", "read", "update", "delete", "list")

_COMMON = frozenset({"type", "traits", "mixins"})
_OPERATION_LISTS = ("operations", "collectionOperations")
_PROPERTIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(SIMPLE_TYPES, frozenset()),
    **dict.fromkeys(("list", "set"), frozenset({"member"})),
    "map": frozenset({"key", "value"}),
    **dict.fromkeys(("structure", "union", "enum", "intEnum"), frozenset({"members"})),
    "operation": frozenset({"input", "output", "errors"}),
    "resource": frozenset(
        {"identifiers", "properties", "resources", *_OPERATION_LISTS, *LIFECYCLES},
    ),
    "service": frozenset({"version", "operations", "resources", "errors", "rename"}),
    "apply": frozenset(),
}
_REFERENCES = frozenset({"input", "output", *LIFECYCLES})
_REFERENCE_LISTS = frozenset({"errors", "resources", "mixins", *_OPERATION_LISTS})
_REFERENCE_MAPS = frozenset({"identifiers", "properties"})
_MEMBER_KEYS = frozenset({"member", "key", "value"})
_KIND_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}
_REFERENCE_FORM = frozenset({"target"})
_MEMBER_FORM = frozenset({"target", "traits"})


def expect(node: Any, kind: type, what: str, origin: str) -> Any:
    """Return ``node`` if it is a JSON value of Python type ``kind``.

    Raises ``ModelError`` that names the file and ``what`` the node should be.
    """
    if type(node) is not kind:
        raise ModelError(f"`{origin}`: {what} must be {_KIND_NAMES[kind]}")
    return node


def check_node(shape_id: str, node: Any, origin: str) -> None:
    """Check the form of one shape node.

    Raises ``ModelError`` for a wrong type or an unknown property and
    ``UnsupportedShape`` for an unknown shape type, each with file and shape.
    """
    expect(node, dict, f"`{shape_id}`", origin)
    kind = expect(node.get("type"), str, f"the type of `{shape_id}`", origin)
    allowed = _PROPERTIES.get(kind)
    if allowed is None:
        raise UnsupportedShape(
            f"`{origin}`: `{shape_id}` has the unknown type `{kind}`",
            hint=_nearest(kind, _PROPERTIES),
        )
    for key, value in node.items():
        if key == "type":
            continue
        if key not in allowed and key not in _COMMON:
            raise ModelError(
                f"`{origin}`: `{shape_id}` has the unknown property `{key}`",
                hint=_nearest(key, allowed | _COMMON),
            )
        _check_property(shape_id, key, value, origin)


def _check_property(shape_id: str, key: str, value: Any, origin: str) -> None:
    what = f"`{key}` of `{shape_id}`"
    if key == "traits":
        check_traits(value, f"`{shape_id}`", origin)
    elif key == "members":
        for name, member in expect(value, dict, what, origin).items():
            _check_member(f"{shape_id}${name}", member, origin)
    elif key in _MEMBER_KEYS:
        _check_member(f"{shape_id}${key}", value, origin)
    elif key == "version":
        expect(value, str, what, origin)
    elif key == "rename":  # of non-operation shapes, inside one service closure
        expect(value, dict, what, origin)
    else:
        for item in _references(key, value, what, origin):
            _check_reference(what, item, _REFERENCE_FORM, origin)


def _references(key: str, value: Any, what: str, origin: str) -> Iterable[Any]:
    if key in _REFERENCES:
        return (value,)
    if key in _REFERENCE_MAPS:
        return list(expect(value, dict, what, origin).values())
    return list(expect(value, list, what, origin))


def _check_member(member_id: str, node: Any, origin: str) -> None:
    _check_reference(f"`{member_id}`", node, _MEMBER_FORM, origin)
    if "traits" in node:
        check_traits(node["traits"], f"`{member_id}`", origin)


def check_traits(node: Any, owner: str, origin: str) -> None:
    """Check that a traits node maps absolute trait ids to values."""
    for trait in expect(node, dict, f"the traits of {owner}", origin):
        if "#" not in trait:
            raise ModelError(f"`{origin}`: trait `{trait}` of {owner} has no namespace")


def _check_reference(
    what: str,
    node: Any,
    form: frozenset[str],
    origin: str,
) -> None:
    expect(node, dict, what, origin)
    if not node.keys() <= form:
        key = min(node.keys() - form)
        raise ModelError(f"`{origin}`: {what} has the unknown property `{key}`")
    expect(node.get("target"), str, f"the target of {what}", origin)


def member_nodes(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield name and node of each member, in file order."""
    if "members" in node:
        yield from node["members"].items()
    else:
        for key in ("member", "key", "value"):
            if key in node:
                yield key, node[key]


def reference_nodes(node: Node) -> Iterator[tuple[str, str]]:
    """Yield property and target of each reference that is no member."""
    for key, value in node.items():
        if key in _REFERENCES:
            yield key, value["target"]
        elif key in _REFERENCE_LISTS:
            yield from ((key, item["target"]) for item in value)
        elif key in _REFERENCE_MAPS:
            yield from ((f"{key} {name}", i["target"]) for name, i in value.items())


def parse_id(text: str, what: str, origin: str) -> ShapeId:
    """Return ``text`` as a shape id; errors name the file and ``what`` it is."""
    try:
        return ShapeId.parse(text)
    except ModelError as error:
        message = f"`{origin}`: {what}: {error.message}"
        raise ModelError(message, hint=error.hint) from error


def _nearest(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(words), n=1)
    return (
        f"did you mean `{near[0]}`" if near else "one of: " + ", ".join(sorted(words))
    )
