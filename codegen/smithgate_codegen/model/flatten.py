"""Mixins and ``apply`` statements, worked into the shapes that they change.

Owns the order in which Smithy applies them: a shape's mixins first (each complete
with what was applied to it), its own definition over them, then the ``apply``
statements. Mixin shapes are left out of the result; nothing may target them.
"""

from collections.abc import Mapping
from typing import Any

from ..errors import ModelError, UnknownShape
from .assembly import Assembly, merge_traits
from .nodes import LIFECYCLES, Node, member_nodes

_MIXIN = "smithy.api#mixin"
_LISTS = ("operations", "collectionOperations", "resources", "errors")
_MAPS = ("identifiers", "properties", "rename")
_SCALARS = ("version", "input", "output", *LIFECYCLES)


def flatten(assembly: Assembly) -> dict[str, Node]:
    """Return the nodes without mixins and with all applied traits.

    Raises ``UnknownShape`` for a mixin or an ``apply`` target that is not there and
    ``ModelError`` for a mixin that includes itself or is of another type.
    """
    by_shape = _applied_by_shape(assembly)
    if not by_shape and not any("mixins" in n for n in assembly.nodes.values()):
        return assembly.nodes
    flattener = _Flattener(assembly, by_shape)
    return {
        shape_id: flattener.resolved(shape_id)
        for shape_id, node in assembly.nodes.items()
        if _MIXIN not in node.get("traits", {})
    }


def _applied_by_shape(assembly: Assembly) -> dict[str, dict[str | None, Any]]:
    out: dict[str, dict[str | None, Any]] = {}
    for target, traits in assembly.applied.items():
        shape_id, _, member = target.partition("$")
        if shape_id not in assembly.nodes:
            raise UnknownShape(
                f"`{assembly.origin(target)}` applies traits to `{target}`, "
                "which is not defined",
            )
        out.setdefault(shape_id, {})[member or None] = traits
    return out


class _Flattener:
    """Resolves each shape once; ``_open`` are the shapes under way."""

    def __init__(
        self,
        assembly: Assembly,
        by_shape: Mapping[str, Mapping[str | None, Any]],
    ) -> None:
        self._assembly = assembly
        self._by_shape = by_shape
        self._done: dict[str, Node] = {}
        self._open: list[str] = []

    def resolved(self, shape_id: str) -> Node:
        if shape_id in self._done:
            return self._done[shape_id]
        origin = self._assembly.origin(shape_id)
        if shape_id in self._open:
            path = " → ".join([*self._open, shape_id])
            raise ModelError(f"`{origin}`: mixins include each other: {path}")
        self._open.append(shape_id)
        node = self._with_mixins(shape_id, origin)
        self._apply(shape_id, node, origin)
        self._open.pop()
        self._done[shape_id] = node
        return node

    def _with_mixins(self, shape_id: str, origin: str) -> Node:
        own = self._assembly.nodes[shape_id]
        if "mixins" not in own:
            return own
        out: Node = {"type": own["type"]}
        for reference in own["mixins"]:
            mixin_id = reference["target"]
            if mixin_id not in self._assembly.nodes:
                raise UnknownShape(
                    f"`{origin}`: `{shape_id}` includes `{mixin_id}`, "
                    "which is not defined",
                )
            _overlay(out, _without_local_traits(self.resolved(mixin_id)), origin)
        own = {key: value for key, value in own.items() if key != "mixins"}
        _overlay(out, own, origin)
        return out

    def _apply(self, shape_id: str, node: Node, origin: str) -> None:
        own_node = self._assembly.nodes[shape_id]
        for member, traits in self._by_shape.get(shape_id, {}).items():
            owner = _part(node, member)
            if owner is None:
                raise UnknownShape(
                    f"`{origin}`: traits are applied to `{shape_id}${member}`, "
                    "which is not defined",
                )
            # Applied traits may differ from inherited ones, not from the shape's own.
            own = dict((_part(own_node, member) or {}).get("traits", {}))
            merge_traits(own, traits, f"trait of `{shape_id}`", origin)
            owner["traits"] = {**owner.get("traits", {}), **own}


def _part(node: Node, member: str | None) -> Node | None:
    """Return the node itself, or that of one member."""
    return node if member is None else dict(member_nodes(node)).get(member)


def _without_local_traits(mixin: Node) -> Node:
    traits = mixin.get("traits", {})
    local = (traits.get(_MIXIN) or {}).get("localTraits", ())
    kept = {k: v for k, v in traits.items() if k != _MIXIN and k not in local}
    return {**mixin, "traits": kept}


def _overlay(out: Node, node: Node, origin: str) -> None:
    """Put ``node`` over ``out``: later traits and targets win, members keep place."""
    if node["type"] != out["type"]:
        raise ModelError(
            f"`{origin}`: a {out['type']} includes a mixin of type {node['type']}",
        )
    out["traits"] = {**out.get("traits", {}), **node.get("traits", {})}
    if "members" in node:
        members = out.setdefault("members", {})
        for name, member in node["members"].items():
            members[name] = _over_member(members.get(name), member)
    for key in ("member", "key", "value"):
        if key in node:
            out[key] = _over_member(out.get(key), node[key])
    for key in _LISTS:
        if key in node:
            out[key] = out.get(key, []) + [
                item for item in node[key] if item not in out.get(key, [])
            ]
    for key in _MAPS:
        if key in node:
            out[key] = {**out.get(key, {}), **node[key]}
    out.update({key: node[key] for key in _SCALARS if key in node})


def _over_member(under: Node | None, member: Node) -> Node:
    traits = {**(under or {}).get("traits", {}), **member.get("traits", {})}
    return {"target": member["target"], "traits": traits}
