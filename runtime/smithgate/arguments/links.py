"""Whether a value that an earlier operation will return can go into a request.

Owns the typing of references at plan time: the output schema of the one operation
against the input schema of the other. Only single values (text, numbers, booleans) can
be referred to: a structure could bring members that nobody judged.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from ..errors import BadReference
from .nodes import Node, Nodes, Path, show_path

SINGLE = frozenset({"string", "timestamp", "base64", "integer", "number", "boolean"})
"""The kinds that can be referred to."""
_TAKES = {
    "string": {"string", "timestamp", "base64"},
    "number": {"number", "integer"},
}
"""Input kind → output kinds that fit besides itself."""
_BRANCHES = ("oneOf", "anyOf")


class Link(NamedTuple):
    """One reference: where the value goes, and where it will come from."""

    at: Path
    """Place in the arguments."""
    source: str
    """Canonical id of the operation that will return it."""
    output: Path
    """Place in that operation's output."""


def check_link(link: Link, into: Nodes, declared: Any, source: Nodes) -> None:
    """Raise ``BadReference`` for a place that does not exist or a type that differs.

    ``into`` and ``declared`` are the schema and node of the member that is filled,
    ``source`` the schema of the output.
    """
    found = _output_node(link, source)
    given, wanted = kinds(source, found), kinds(into, declared)
    if not given or not given <= SINGLE:
        raise _bad(
            link, "is no single value", "refer to a text, number or boolean in it"
        )
    for kind in sorted(given):
        if wanted != {"any"} and not any(
            kind in _TAKES.get(name, {name}) for name in wanted
        ):
            raise _bad(
                link,
                f"is {kind}, where {' or '.join(sorted(wanted)) or 'nothing'} is taken",
                "describe_operation shows what both operations have",
            )


def kinds(nodes: Nodes, declared: Any) -> set[str]:
    """Return the kinds of value that a node takes; ``{"any"}`` for a document."""
    node = nodes.resolve(declared)
    found: set[str] = set()
    for keyword in _BRANCHES:
        for branch in node.get(keyword, ()):
            found |= kinds(nodes, branch)
    if found:
        return found - {"null"}
    declared_type = node.get("type", "string" if node.get("enum") else "any")
    names = [declared_type] if isinstance(declared_type, str) else declared_type
    return {_kind(node, name) for name in names if name != "null"}


def _kind(node: Node, name: str) -> str:
    if name == "string" and node.get("contentEncoding") == "base64":
        return "base64"
    if name == "string" and node.get("format") == "date-time":
        return "timestamp"
    return name


def _output_node(link: Link, nodes: Nodes) -> Node:
    node = nodes.resolve(nodes.root)
    for depth, token in enumerate(link.output):
        below = _step(nodes, node, token)
        if below is None:
            where = show_path(link.output[:depth]) or "the output"
            raise _bad(link, f"does not exist in {where}", _nearest(node, token))
        node = nodes.resolve(below)
    return node


def _step(nodes: Nodes, node: Node, token: str | int) -> Any:
    """Return the node of a member or item, ``None`` where the schema has none."""
    if isinstance(token, int):
        return node.get("items")
    properties: Mapping[str, Any] = node.get("properties", {})
    if token in properties:
        return properties[token]
    values = node.get("additionalProperties")
    if isinstance(values, Mapping):
        return values
    branches: Sequence[Any] = [b for k in _BRANCHES for b in node.get(k, ())]
    found = (_step(nodes, nodes.resolve(branch), token) for branch in branches)
    return next((each for each in found if each is not None), None)


def _nearest(node: Node, token: str | int) -> str:
    if node.get("type") == "array":
        return "it is a list: take an item, such as `[0]`"
    names = list(node.get("properties", {}))
    close = get_close_matches(str(token), names, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    shown = ", ".join(sorted(names)[:10])
    return f"it has {shown}" if shown else "it has no members"


def _bad(link: Link, problem: str, hint: str) -> BadReference:
    return BadReference(
        f"`{show_path(link.output)}` of {link.source}, referred to at "
        f"`{show_path(link.at)}`, {problem}",
        hint=hint,
        path=show_path(link.at),
    )
