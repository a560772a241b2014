"""An operation's input within a number of bytes, cut honestly.

Owns what is left out first, and the note that says so. How one member reads is in
``describe``; the full schema is there for whoever needs more.
"""

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from ..errors import InputError
from ..redact import escape_text
from .describe import describe_members, describe_value
from .nodes import Node, Nodes

_MAX_PATH = 200
_SHOWN = 60
_NEAREST = 3
_STEPS = 40
"""Branches that are looked into for a name; a union of unions has few."""

Member = dict[str, Any]


def describe_within(
    schema: Mapping[str, Any], budget: int, member: str | None = None
) -> dict[str, Any]:
    """Return ``members`` of the input, or of one nested member, in ``budget`` bytes.

    What does not fit is left out in this order: long texts, details of optional
    members, their types, their names; required members keep the most. ``cut`` then
    says what is missing and how to get it. ``member`` is a path such as
    ``Filters`` or ``LaunchTemplateData.BlockDeviceMappings.Ebs``; lists and map values
    need no step of their own. Raises ``InputError`` with the nearest names when there
    is no such member.
    """
    node: Node = schema if member is None else _find(schema, member)
    nested = {**node, "$defs": schema.get("$defs", {})}
    whole = _inner(Nodes(nested), nested)
    if not whole.get("properties"):
        return {"value": _fitting_value(Nodes(nested), nested, budget)}
    members = describe_members({**whole, "$defs": schema.get("$defs", {})})
    out: dict[str, Any] = {"members": members}
    for cut in _CUTS:
        if size(out) <= budget:
            return out
        out = cut(members)
    return _shortest(out, budget)


def size(value: Any) -> int:
    """Return the bytes of a value's JSON text."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def _find(schema: Mapping[str, Any], path: str) -> Node:
    """Return the node of a dotted path; steps over lists, maps and unions."""
    nodes = Nodes(schema)
    node: Node = schema
    steps = [step.strip("[]{}*") for step in path[:_MAX_PATH].split(".")]
    for step in filter(None, steps):
        found = _members(nodes, node)
        if step not in found:
            lower = {name.lower(): name for name in found}
            near = get_close_matches(step.lower(), lower, n=_NEAREST, cutoff=0.4)
            names = [lower[name] for name in near] or sorted(found)[:_NEAREST]
            shown = escape_text(path[:_SHOWN]).replace("`", "'")
            listed = " or ".join(f"`{name}`" for name in names)
            hint = f"did you mean {listed}" if names else "it has no members"
            message = f"no member `{shown}`"
            raise InputError(message, hint=hint, nearest=names)
        node = nodes.resolve(found[step])
    return node


def _members(nodes: Nodes, node: Node) -> dict[str, Any]:
    """Return the members that a value of this node may have, of all branches."""
    found: dict[str, Any] = {}
    waiting: list[Node] = [node]
    for _ in range(_STEPS):
        if not waiting:
            break
        inner = _inner(nodes, waiting.pop(0))
        found = {**inner.get("properties", {}), **found}
        waiting += [*inner.get("oneOf", ()), *inner.get("anyOf", ())]
    return found


def _inner(nodes: Nodes, node: Node) -> Node:
    """Return what a list or map holds, and the node itself for anything else."""
    node = nodes.resolve(node)
    for _ in range(_STEPS):
        values = node.get("additionalProperties")
        if node.get("type") == "array":
            node = nodes.resolve(node.get("items", {}))
        elif not node.get("properties") and isinstance(values, Mapping):
            node = nodes.resolve(values)
        else:
            break
    return node


def _fitting_value(nodes: Nodes, node: Node, budget: int) -> Member:
    value = describe_value(nodes, node)
    values = value.get("enum", [])
    while values and size(value) > budget:
        values = values[: len(values) * 3 // 4]
        value["enum_omitted"] = (
            value.get("enum_omitted", 0) + len(value["enum"]) - len(values)
        )
        value["enum"] = values
    return value if size(value) <= budget else {"type": "too long to show"}


def _short(member: Member, *, text: int, enum: int, words: int) -> Member:
    """Return a member with its long texts and lists cut; each cut shows."""
    out = {**member, "type": _cut(member["type"], text)}
    values = member.get("enum", ())
    if len(values) > enum:
        out["enum"] = values[:enum]
        out["enum_omitted"] = len(values) - enum + member.get("enum_omitted", 0)
    if len(member.get("pattern", "")) > text:
        out["pattern"] = "not shown: too long"
    if "description" in member:
        out["description"] = _cut(member["description"], words)
        if not words:
            del out["description"]
    return out


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def _texts_cut(members: list[Member]) -> dict[str, Any]:
    shown = [_short(member, text=160, enum=20, words=100) for member in members]
    return {"members": shown, "cut": f"long texts; {_MORE}"}


def _optional_cut(members: list[Member]) -> dict[str, Any]:
    shown = [
        (
            _short(member, text=160, enum=12, words=100)
            if member["required"]
            else _bare(_short(member, text=80, enum=8, words=0))
        )
        for member in members
    ]
    return {"members": shown, "cut": f"details of optional members; {_MORE}"}


def _bare(member: Member) -> Member:
    return {key: member[key] for key in ("name", "type", "required")}


def _types_only(members: list[Member]) -> dict[str, Any]:
    return {
        "members": _required(members, text=120, enum=8, words=60),
        "optional": {m["name"]: _cut(m["type"], 32) for m in _optional(members)},
        "cut": f"details of optional members; {_MORE}",
    }


def _names_only(members: list[Member]) -> dict[str, Any]:
    return {
        "members": _required(members, text=100, enum=6, words=0),
        "optional": [member["name"] for member in _optional(members)],
        "cut": f"types of optional members; {_MORE}",
    }


def _required(members: list[Member], **limits: int) -> list[Member]:
    return [_short(member, **limits) for member in members if member["required"]]


def _optional(members: list[Member]) -> list[Member]:
    return [member for member in members if not member["required"]]


def _shortest(out: dict[str, Any], budget: int) -> dict[str, Any]:
    """Return as many names as fit, with the count of the rest."""
    names: list[str] = out["optional"]
    required: list[Member] = out["members"]
    if size(required) > budget // 2:
        required = [_bare(_short(m, text=24, enum=0, words=0)) for m in required]
    kept = len(names)
    while True:
        shown = {
            "members": required,
            "optional": names[:kept],
            "cut": f"{len(names) - kept} optional members; {_MORE}",
        }
        if size(shown) <= budget or not (kept or required):
            return shown
        if kept:
            kept = kept * 4 // 5
        else:
            required = required[: len(required) * 4 // 5]
            shown["cut"] = f"members; {_MORE}"


_MORE = "pass `member` to see one, or full_schema"
_CUTS: tuple[Callable[[list[Member]], dict[str, Any]], ...] = (
    _texts_cut,
    _optional_cut,
    _types_only,
    _names_only,
)
