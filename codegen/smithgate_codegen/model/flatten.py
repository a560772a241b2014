"""Mixins and ``apply`` statements, worked into the shapes that they change.

Owns the order in which Smithy applies them: a shape's mixins first (each complete
with what was applied to it), its own definition over them, then the ``apply``
statements (https://smithy.io/2.0/spec/mixins.html). Mixin shapes are left out of the
result; nothing may target them.
"""

from collections.abc import Mapping
from typing import Any

from ..errors import UnknownShape
from .assembly import Assembly, merge_traits
from .flaws import Flaw, Path
from .nodes import LIFECYCLES, Node, member_nodes

MIXIN = "smithy.api#mixin"
_LISTS = ("operations", "collectionOperations", "resources", "errors")
_MAPS = ("identifiers", "properties", "rename")
_SCALARS = ("version", "input", "output", *LIFECYCLES)
# What a mixin of these types may not have; the shapes that include it must.
_BARRED: Mapping[str, tuple[str, ...]] = {
    "operation": ("input", "output"),
    "resource": (*_LISTS, *_MAPS, *LIFECYCLES),
}


def flatten(assembly: Assembly) -> dict[str, Node]:
    """Return the nodes without mixins and with all applied traits.

    Raises ``Flaw`` for a mixin or an ``apply`` target that is not there, and for a
    mixin that is none, includes itself, is of another type or says something else.
    """
    by_shape = _applied_by_shape(assembly)
    mixins = mixin_ids(assembly)
    for shape_id in sorted(mixins):
        _check_mixin(shape_id, assembly.nodes[shape_id])
    if not by_shape and not any("mixins" in n for n in assembly.nodes.values()):
        return {k: v for k, v in assembly.nodes.items() if k not in mixins}
    flattener = _Flattener(assembly, by_shape, mixins)
    nodes = {shape_id: flattener.resolved(shape_id) for shape_id in assembly.nodes}
    return {k: v for k, v in nodes.items() if k not in mixins}


def mixin_ids(assembly: Assembly) -> frozenset[str]:
    """Return the ids of mixin shapes, which ``flatten`` leaves out."""
    return frozenset(
        shape_id
        for shape_id, node in assembly.nodes.items()
        if MIXIN in node.get("traits", {})
        or MIXIN in assembly.applied.get(shape_id, {})
    )


def _applied_by_shape(assembly: Assembly) -> dict[str, dict[str | None, Any]]:
    out: dict[str, dict[str | None, Any]] = {}
    for target, traits in assembly.applied.items():
        shape_id, _, member = target.partition("$")
        if shape_id not in assembly.nodes:
            raise Flaw(
                f"traits are applied to `{target}`, which is not defined",
                ("shapes", target),
                kind=UnknownShape,
            )
        out.setdefault(shape_id, {})[member or None] = traits
    return out


class _Flattener:
    """Resolves each shape once; ``_open`` are the shapes under way."""

    def __init__(
        self,
        assembly: Assembly,
        by_shape: Mapping[str, Mapping[str | None, Any]],
        mixins: frozenset[str],
    ) -> None:
        self._assembly = assembly
        self._by_shape = by_shape
        self._mixins = mixins
        self._done: dict[str, Node] = {}
        self._open: list[str] = []

    def resolved(self, shape_id: str) -> Node:
        if shape_id in self._done:
            return self._done[shape_id]
        if shape_id in self._open:
            path = " → ".join([*self._open, shape_id])
            where: Path = ("shapes", shape_id, "mixins")
            raise Flaw(f"mixins include each other: {path}", where)
        self._open.append(shape_id)
        node = self._with_mixins(shape_id)
        self._apply(shape_id, node)
        self._open.pop()
        self._done[shape_id] = node
        return node

    def _with_mixins(self, shape_id: str) -> Node:
        own = self._assembly.nodes[shape_id]
        if "mixins" not in own:
            return own
        out: Node = {"type": own["type"]}
        for index, reference in enumerate(own["mixins"]):
            mixin_id = reference["target"]
            where: Path = ("shapes", shape_id, "mixins", index)
            if mixin_id not in self._assembly.nodes:
                raise Flaw(
                    f"`{shape_id}` includes `{mixin_id}`, which is not defined",
                    where,
                    kind=UnknownShape,
                )
            if mixin_id not in self._mixins:
                message = f"`{shape_id}` includes `{mixin_id}`, which is no mixin"
                raise Flaw(message, where, hint=f"a mixin has the trait {MIXIN}")
            mixin = _without_local_traits(self.resolved(mixin_id))
            _overlay(out, mixin, shape_id, where)
        own = {key: value for key, value in own.items() if key != "mixins"}
        _overlay(out, own, shape_id, ("shapes", shape_id))
        return out

    def _apply(self, shape_id: str, node: Node) -> None:
        own_node = self._assembly.nodes[shape_id]
        for member, traits in self._by_shape.get(shape_id, {}).items():
            target = shape_id if member is None else f"{shape_id}${member}"
            owner = _part(node, member)
            if owner is None:
                raise Flaw(
                    f"traits are applied to `{target}`, which is not defined",
                    ("shapes", target),
                    kind=UnknownShape,
                )
            # Applied traits may differ from inherited ones, not from the shape's own.
            own = dict((_part(own_node, member) or {}).get("traits", {}))
            merge_traits(own, traits, f"`{target}`", ("shapes", target, "traits"))
            owner["traits"] = {**owner.get("traits", {}), **own}


def _part(node: Node, member: str | None) -> Node | None:
    """Return the node itself, or that of one member."""
    return node if member is None else dict(member_nodes(node)).get(member)


def _check_mixin(shape_id: str, node: Node) -> None:
    for key in _BARRED.get(node["type"], ()):
        if key in node:
            raise Flaw(
                f"`{shape_id}`: a mixin for {node['type']}s cannot have `{key}`",
                ("shapes", shape_id, key),
            )


def _without_local_traits(mixin: Node) -> Node:
    traits = mixin.get("traits", {})
    local = (traits.get(MIXIN) or {}).get("localTraits", ())
    kept = {k: v for k, v in traits.items() if k != MIXIN and k not in local}
    return {**mixin, "traits": kept}


def _overlay(out: Node, node: Node, shape_id: str, path: Path) -> None:
    """Put ``node`` over ``out``: later traits win, members keep place and target."""
    if node["type"] != out["type"]:
        raise Flaw(f"a {out['type']} includes a mixin of type {node['type']}", path)
    out["traits"] = {**out.get("traits", {}), **node.get("traits", {})}
    if "members" in node:
        members = out.setdefault("members", {})
        for name, member in node["members"].items():
            known = members.get(name)
            members[name] = _over_member(known, member, f"{shape_id}${name}", path)
    for key in ("member", "key", "value"):
        if key in node:
            where = f"{shape_id}${key}"
            out[key] = _over_member(out.get(key), node[key], where, path)
    for key in _LISTS:
        if key in node:
            out[key] = out.get(key, []) + [
                item for item in node[key] if item not in out.get(key, [])
            ]
    for key in _MAPS:
        if key in node:
            out[key] = {**out.get(key, {}), **node[key]}
    out.update({key: node[key] for key in _SCALARS if key in node})


def _over_member(under: Node | None, member: Node, where: str, path: Path) -> Node:
    if under is not None and under["target"] != member["target"]:
        raise Flaw(
            f"`{where}` targets `{member['target']}`, in another mixin it targets "
            f"`{under['target']}`",
            path,
        )
    traits = {**(under or {}).get("traits", {}), **member.get("traits", {})}
    return {"target": member["target"], "traits": traits}
