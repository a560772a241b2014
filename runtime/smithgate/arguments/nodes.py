"""Walking a JSON value together with the schema it is an instance of.

Owns ``$ref``, unions and which node describes which part of a value. Asserts nothing:
a value that the schema does not describe gets the empty node.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
Path = tuple[str | int, ...]

_ANY: Node = {}
_TYPES: dict[type, tuple[str, ...]] = {
    str: ("string",),
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number", "integer"),
    dict: ("object",),
    list: ("array",),
    type(None): ("null",),
}
_MAX_KEY = 60
"""Characters of a map key that a shown path holds."""
_BRANCHES = ("oneOf", "anyOf")


class Nodes:
    """The nodes of one schema document; local references only, as generated."""

    def __init__(self, schema: Node) -> None:
        self.root = schema
        self._defs: Mapping[str, Any] = schema.get("$defs", {})

    def resolve(self, declared: Any) -> Node:
        """Follow ``$ref``; what stands beside it wins over what it leads to."""
        if not isinstance(declared, Mapping):
            return _ANY
        node: Node = declared
        for _ in self._defs:  # as many steps as a chain without a ring can have
            reference = node.get("$ref")
            if not isinstance(reference, str):
                break
            target: Node = self._defs.get(reference.removeprefix("#/$defs/"), _ANY)
            beside = {key: value for key, value in node.items() if key != "$ref"}
            node = {**target, **beside} if beside else target
        return node

    def narrow(self, declared: Any, value: Any) -> Node:
        """Return the node for ``value`` with its branch of a union or choice chosen."""
        node = self.resolve(declared)
        for keyword in _BRANCHES:
            branches = [self.resolve(branch) for branch in node.get(keyword, ())]
            chosen = self.fitting(branches, value)
            if chosen is not None:
                beside = {k: v for k, v in node.items() if k != keyword}
                return self.narrow({**beside, **branches[chosen]}, value)
        return node

    @staticmethod
    def fitting(branches: Sequence[Node], value: Any) -> int | None:
        """Return the index of the branch that ``value`` is meant for, if one is."""
        fits = (at for at, branch in enumerate(branches) if _fits(branch, value))
        return next(fits, None)

    def child(self, node: Node, token: str | int) -> Any:
        """Return the node of a member or item of a value that ``node`` describes."""
        if isinstance(token, int):
            return node.get("items", _ANY)
        properties = node.get("properties", {})
        return properties.get(token, node.get("additionalProperties", _ANY))

    def sensitive_at(self, value: Any, path: Path) -> int | None:
        """Return the length of the shortest part of ``path`` that is ``x-sensitive``."""
        node = self.narrow(self.root, value)
        for length, token in enumerate(path):
            if node.get("x-sensitive"):
                return length
            below = _below(value, token)
            node = self.narrow(self.child(node, token), below)
            value = below
        return len(path) if node.get("x-sensitive") else None

    def at(self, value: Any, path: Path) -> Node:
        """Return the narrowed node that describes the part of ``value`` at ``path``."""
        node = self.narrow(self.root, value)
        for token in path:
            value = _below(value, token)
            node = self.narrow(self.child(node, token), value)
        return node


def value_at(value: Any, path: Path) -> Any:
    """Return the part of ``value`` at ``path``, ``None`` where there is none."""
    for token in path:
        value = _below(value, token)
    return value


def put_at(value: Any, path: Path, item: Any) -> None:
    """Set the part of ``value`` at ``path``, which is there already."""
    for token in path[:-1]:
        value = value[token]
    value[path[-1]] = item


def show_path(path: Path) -> str:
    """Return a path as ``Rules[0].Filter.Prefix``; odd map keys as ``Tags["a.b"]``."""
    text = ""
    for token in path:
        if isinstance(token, int):
            text += f"[{token}]"
        elif len(token) <= _MAX_KEY and token.isidentifier():
            text += f".{token}" if text else token
        else:
            cut = token if len(token) <= _MAX_KEY else token[:_MAX_KEY] + "…"
            quoted = cut.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def json_type(value: Any) -> str:
    """Return the JSON Schema name of a value's type."""
    return _TYPES[type(value)][0]


def _below(value: Any, token: str | int) -> Any:
    if isinstance(value, dict) and isinstance(token, str):
        return value.get(token)
    if isinstance(value, list) and isinstance(token, int) and token < len(value):
        return value[token]
    return None


def _fits(branch: Node, value: Any) -> bool:
    """Say whether ``value`` is meant for this branch; it may still break it inside."""
    wanted = branch.get("type")
    if wanted is not None:
        names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        if not set(names) & set(_TYPES.get(type(value), ())):
            return False
    if isinstance(value, dict) and branch.get("additionalProperties") is False:
        return bool(value) and value.keys() <= branch.get("properties", {}).keys()
    return True
