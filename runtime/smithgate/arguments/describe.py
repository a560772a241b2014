"""An operation's input in few words, for agents that have to fill it.

Owns the compact notation: types read like TypeScript (``{Key: string, Value?: string}[]``)
and are cut where they get long; the full schema is there for whoever needs more.
"""

from collections.abc import Mapping
from typing import Any

from .nodes import Node, Nodes

_MAX_TYPE = 400
_MAX_DEPTH = 3
_MAX_INLINE_ENUM = 8
_MAX_ENUM = 50
_COPIED = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
_WIDEST = {-(2**31), 2**31 - 1, -(2**63), 2**63 - 1}


def describe_members(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the top-level members of an input schema, required ones first."""
    nodes = Nodes(schema)
    required = list(schema.get("required", ()))
    properties: Mapping[str, Any] = schema.get("properties", {})
    optional = [name for name in properties if name not in required]
    return [
        {"name": name, "required": name in required}
        | describe_value(nodes, properties[name])
        for name in (*required, *optional)
        if name in properties
    ]


def describe_value(nodes: Nodes, declared: Any) -> dict[str, Any]:
    """Return what is said of one value: ``type`` and, where it has them, its rules."""
    node = nodes.resolve(declared)
    text = _type(nodes, node, _MAX_DEPTH)
    if len(text) > _MAX_TYPE:
        text = text[:_MAX_TYPE] + "…"
    out: dict[str, Any] = {"type": text}
    values = node.get("enum", ())
    if len(values) > _MAX_INLINE_ENUM:
        out["enum"] = list(values[:_MAX_ENUM])
        if len(values) > _MAX_ENUM:
            out["enum_omitted"] = len(values) - _MAX_ENUM
    # The bounds of 32 and 64 bits are on every integer and say nothing.
    out |= {
        key: node[key] for key in _COPIED if node.get(key, 2**63 - 1) not in _WIDEST
    }
    is_text = node.get("format") is None and node.get("contentEncoding") is None
    if is_text and "pattern" in node:
        out["pattern"] = node["pattern"]
    if node.get("x-sensitive"):
        out["sensitive"] = True
    if node.get("x-idempotency-token"):
        out["filled_in"] = "leave it out: the plan makes one and keeps it"
    out |= {key: node[key] for key in ("default", "description") if key in node}
    return out


def _type(nodes: Nodes, declared: Any, depth: int) -> str:
    node = nodes.resolve(declared)
    branches = node.get("oneOf") or node.get("anyOf")
    if branches:
        texts = dict.fromkeys(_type(nodes, branch, depth) for branch in branches)
        return " | ".join(texts)
    values = node.get("enum")
    if values is not None and len(values) <= _MAX_INLINE_ENUM:
        return " | ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in values)
    match node:
        case {"type": "array"}:
            item = _type(nodes, node.get("items", {}), depth)
            return f"({item})[]" if " | " in item else f"{item}[]"
        case {"type": "object"}:
            return _object(nodes, node, depth)
    return _scalar(node)


def _scalar(node: Node) -> str:
    match node:
        case {"type": "string", "format": "date-time"}:
            return "timestamp"
        case {"type": "string", "contentEncoding": "base64"}:
            return "base64"
        case {"type": list(kinds)}:
            return " | ".join(kinds)
    return str(node.get("type", "any"))


def _object(nodes: Nodes, node: Node, depth: int) -> str:
    values = node.get("additionalProperties")
    members = node.get("properties")
    if depth == 0:
        return "{…}"
    if not members and isinstance(values, Mapping):
        return f"{{[key]: {_type(nodes, values, depth - 1)}}}"
    required = node.get("required", ())
    parts = [
        f"{name}{'' if name in required else '?'}: {_type(nodes, member, depth - 1)}"
        for name, member in (members or {}).items()
    ]
    return "{" + ", ".join(parts) + "}"
