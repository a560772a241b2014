"""Whether every target exists and is of a type that may be targeted from there.

Owns the rules of https://smithy.io/2.0/spec/model.html ("Member shapes") and of the
service types on what a member, an operation, a resource and a service may refer to.
"""

from collections.abc import Collection, Mapping

from ..errors import UnknownShape
from .flaws import Flaw, Path
from .nodes import (
    LIFECYCLES,
    Node,
    member_nodes,
    member_path,
    parse_id,
    reference_nodes,
)
from .prelude import UNIT

_SHAPE_MEMBERS = {"list": ("member",), "map": ("key", "value")}
_ENUMS = frozenset({"enum", "intEnum"})
_SERVICE_TYPES = frozenset({"service", "resource", "operation"})
_TEXT = frozenset({"string", "enum"})
_ERROR = "smithy.api#error"
_TRAIT = "smithy.api#trait"
_UNIT = str(UNIT)
_WANTED = {
    **dict.fromkeys(("operations", "collectionOperations", *LIFECYCLES), "operation"),
    "resources": "resource",
    **dict.fromkeys(("input", "output", "errors"), "structure"),
}


def check_targets(nodes: Mapping[str, Node], mixins: Collection[str] = ()) -> None:
    """Check that shapes are complete and that every target exists and fits.

    ``mixins`` are ids of shapes that are not among ``nodes`` because nothing may
    target them. Raises ``Flaw``.
    """
    for shape_id, node in nodes.items():
        kind = node["type"]
        for key in _SHAPE_MEMBERS.get(kind, ()):
            if key not in node:
                raise Flaw(f"`{shape_id}` has no `{key}`", ("shapes", shape_id))
        for name, member in member_nodes(node):
            target = nodes.get(member["target"])
            if target is None:
                path = (*member_path(shape_id, node, name), "target")
                raise _absent(f"{shape_id}${name}", member["target"], path, mixins)
            if target["type"] in _SERVICE_TYPES or _is_odd(kind, name, member, target):
                path = (*member_path(shape_id, node, name), "target")
                raise _unfit_member(kind, f"{shape_id}${name}", member, target, path)
        for steps, reference in reference_nodes(node):
            _check_reference(shape_id, steps, reference, nodes, mixins)


def _is_odd(kind: str, name: str, member: Node, target: Node) -> bool:
    """Return whether a member may not target a data shape."""
    if member["target"] == _UNIT:
        return kind not in _ENUMS and kind != "union"
    if kind in _ENUMS:
        return True
    if kind == "map" and name == "key" and target["type"] not in _TEXT:
        return True
    return _TRAIT in target.get("traits", {})


def _unfit_member(
    kind: str, member_id: str, member: Node, target: Node, path: Path
) -> Flaw:
    found = f"`{member_id}` targets `{member['target']}`"
    if kind in _ENUMS:
        return Flaw(f"{found}: members of an {kind} target `{_UNIT}`", path)
    if member["target"] == _UNIT:
        return Flaw(f"{found}, which only unions and operations may do", path)
    if _TRAIT in target.get("traits", {}):
        return Flaw(f"{found}, which defines a trait", path)
    if kind == "map" and target["type"] not in _SERVICE_TYPES:
        return Flaw(f"{found} of type {target['type']}: keys are strings", path)
    return Flaw(f"{found}, which is of type {target['type']}", path)


def _check_reference(
    shape_id: str,
    steps: Path,
    reference: str,
    nodes: Mapping[str, Node],
    mixins: Collection[str],
) -> None:
    key, path = str(steps[0]), ("shapes", shape_id, *steps, "target")
    what = f"{shape_id} {' '.join(step for step in steps if isinstance(step, str))}"
    target = nodes.get(reference)
    if target is None:
        raise _absent(what, reference, path, mixins)
    kind, wanted = target["type"], _WANTED.get(key)
    is_error = _ERROR in target.get("traits", {})
    if wanted is not None and kind != wanted:
        message = f"`{what}` targets `{reference}` of type {kind}, not {wanted}"
    elif key == "identifiers" and kind not in _TEXT:
        message = f"`{what}` targets `{reference}` of type {kind}, not string"
    elif key == "properties" and kind in _SERVICE_TYPES:
        message = f"`{what}` targets `{reference}` of type {kind}"
    elif key == "errors" and not is_error:
        message = f"`{what}` targets `{reference}`, which has no trait {_ERROR}"
    elif key in ("input", "output") and is_error:
        message = f"`{what}` targets `{reference}`, which is an error"
    else:
        return
    raise Flaw(message, path)


def _absent(what: str, target: str, path: Path, mixins: Collection[str]) -> Flaw:
    parse_id(target, f"target of `{what}`", path)
    if target in mixins:
        message = f"`{what}` targets `{target}`, which is a mixin"
        return Flaw(message, path, hint="a mixin can only be included")
    message = f"`{what}` targets `{target}`, which is not defined"
    return Flaw(message, path, kind=UnknownShape)
