"""Schema nodes made comparable: references followed, null told apart.

Owns what two spellings of one node have in common. Comparing is left to ``schemas``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Node = Mapping[str, Any]
_POINTER = "#/$defs/"
_MAX_HOPS = 32
"""References in a row; a published schema has one."""
ANY = frozenset({"array", "boolean", "null", "number", "object", "string"})
"""JSON's types; ``integer`` is a kind of ``number``."""


@dataclass(frozen=True, slots=True)
class View:
    """One node, references and the null alternative resolved."""

    node: Node
    is_nullable: bool = False
    key: tuple[str, ...] = ()
    """Names the definitions passed; two views of one definition are compared once."""
    broken: str | None = None
    """The reference that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole schema, which resolves its own references."""

    root: Node
    definitions: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> "Document":
        """Return a schema with its definitions at hand."""
        definitions = schema.get("$defs", {})
        return cls(schema, definitions if isinstance(definitions, dict) else {})

    def view(self, value: Any) -> View:
        """Return a node with what it refers to folded in; its own keywords win."""
        node: dict[str, Any] = dict(value) if isinstance(value, dict) else {}
        names: list[str] = []
        is_nullable = False
        for _ in range(_MAX_HOPS):
            inner = _without_null(node)
            if inner is not None:
                is_nullable = True
                node = inner
            elif "$ref" in node:
                reference = str(node.pop("$ref"))
                name = reference.removeprefix(_POINTER)
                target = self.definitions.get(name)
                if not isinstance(target, dict):
                    return View(node, is_nullable, tuple(names), reference)
                names.append(name)
                node = {**target, **node}
            else:
                return View(node, is_nullable, tuple(names))
        return View({}, is_nullable, tuple(names), "a circle of references")


def types_of(node: Node) -> frozenset[str]:
    """Return the JSON types that a node accepts; all of them when it says nothing."""
    said = node.get("type")
    if said is None:
        return ANY | {"integer"}
    return frozenset([said] if isinstance(said, str) else said)


def branches_of(node: Node) -> Mapping[str, Any] | None:
    """Return the branches of a union by name; ``None`` for what is no union."""
    branches = node.get("oneOf")
    if not isinstance(branches, list):
        return None
    found: dict[str, Any] = {}
    for branch in branches:
        if isinstance(branch, dict) and isinstance(branch.get("properties"), dict):
            found.update(branch["properties"])
    return found


def _without_null(node: dict[str, Any]) -> dict[str, Any] | None:
    """Return the other alternative of "this or null"."""
    choices = node.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return None
    others = [choice for choice in choices if choice != {"type": "null"}]
    if len(others) != 1 or not isinstance(others[0], dict):
        return None
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return {**others[0], **rest}
