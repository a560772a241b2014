"""Whether a request can have a value at a path, as policy's conditions spell paths.

Owns that question alone. A map takes any key; lists need no step of their own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .nodes import Node, Nodes

_STEPS = 40
"""Nodes that are looked into below one another; a union of unions has few."""


def has_path(schema: Mapping[str, Any], path: str) -> bool:
    """Say whether the input of a schema can have a value at a dotted path."""
    nodes = Nodes(schema)
    found: list[Node] = [schema]
    for step in path.split("."):
        found = [
            nodes.resolve(below)
            for node in found
            for inner in _inner(nodes, node)
            for below in _child(inner, step)
        ]
    return bool(found)


def _inner(nodes: Nodes, node: Node) -> Iterator[Node]:
    """Yield a node, what lists of it hold, and the branches of its unions."""
    waiting = [nodes.resolve(node)]
    for _ in range(_STEPS):
        if not waiting:
            return
        inner = waiting.pop(0)
        yield inner
        below = [*inner.get("oneOf", ()), *inner.get("anyOf", ())]
        if "items" in inner:
            below.append(inner["items"])
        waiting += [nodes.resolve(item) for item in below]


def _child(node: Node, step: str) -> Iterator[Any]:
    properties = node.get("properties", {})
    values = node.get("additionalProperties")
    if step in properties:
        yield properties[step]
    elif isinstance(values, Mapping):
        yield values
