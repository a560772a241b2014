"""Several files, one set of nodes: merging and ``apply`` statements.

Owns what happens between parsing and flattening: the version of each file, equal and
conflicting definitions, metadata, and trait values applied from elsewhere
(https://smithy.io/2.0/spec/model.html, "Merging model files").
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import ModelError, NotAModel
from .flaws import Files, Flaw, Path
from .jsontext import parse_json
from .nodes import Node, NodeChecker, expect, member_nodes, parse_id
from .prelude import NAMESPACE
from .versions import check_version

_VERSIONS = {"1": 1, "1.0": 1, "2": 2, "2.0": 2}
_TOP_LEVEL = frozenset({"smithy", "metadata", "shapes"})
_NOTHING = object()

# Read by nobody here and up to half of a small model: not kept.
UNUSED_TRAITS = frozenset(
    {
        "smithy.rules#endpointRuleSet",
        "smithy.rules#endpointBdd",
        "smithy.rules#endpointTests",
        "smithy.test#smokeTests",
        "smithy.api#cors",
    },
)


@dataclass(slots=True)
class Assembly:
    """The nodes of a model while it is put together."""

    nodes: dict[str, Node] = field(default_factory=dict)
    """Shape id → checked node, in file order."""
    files: Files = field(default_factory=Files)
    applied: dict[str, dict[str, Any]] = field(
        default_factory=lambda: defaultdict(dict),
    )
    """Shape or member id → traits from ``apply`` statements, not yet merged."""
    metadata: dict[str, Any] = field(default_factory=dict)
    version_1: set[str] = field(default_factory=set)
    """Ids of shapes from files of version 1.0."""
    warnings: list[str] = field(default_factory=list)
    """What Smithy's own loader warns of and goes on."""


def assemble(files: Iterable[tuple[bytes, str]]) -> Assembly:
    """Parse, check and merge model files given as (bytes, name for errors).

    Raises ``ModelSyntax``, ``NotAModel`` and ``ModelError``.
    """
    out = Assembly()
    for data, origin in files:
        root = parse_json(data, origin=origin)
        out.files.add(origin, data)
        checker = NodeChecker()
        try:
            _add_file(out, root, origin, checker)
        except Flaw as flaw:
            raise out.files.error(flaw, origin) from flaw
        for warning in checker.warnings:
            out.warnings.append(out.files.error(warning, origin).message)
    return out


def _add_file(out: Assembly, root: Any, origin: str, checker: NodeChecker) -> None:
    expect(root, dict, "the file")
    version = _version(root, origin)
    checker.drop_unknown_at_top(root, _TOP_LEVEL)
    metadata = expect(root.get("metadata", {}), dict, "metadata", ("metadata",))
    for key, value in metadata.items():
        known = out.metadata.get(key, _NOTHING)
        path: Path = ("metadata", key)
        out.metadata[key] = _merged(known, value, f"metadata `{key}`", path)
    shapes = expect(root.get("shapes", {}), dict, "shapes", ("shapes",))
    for shape_id, node in shapes.items():
        checker.check(shape_id, node)
        check_version(shape_id, node, version)
        if node["type"] == "apply":
            _add_apply(out, shape_id, node)
            out.files.owns(origin, shape_id.partition("$")[0])
            continue
        _add_shape(out, shape_id, node)
        out.files.owns(origin, shape_id)
        if version == 1:
            out.version_1.add(shape_id)


def _version(root: Node, origin: str) -> int:
    if "smithy" not in root:
        raise NotAModel(
            f"`{origin}` is not a Smithy model: it has no `smithy` property",
        )
    text = expect(root["smithy"], str, "`smithy`", ("smithy",))
    if text not in _VERSIONS:
        raise Flaw(
            f"the Smithy version is `{text}`",
            ("smithy",),
            hint="this release reads 1.0 and 2.0",
        )
    return _VERSIONS[text]


def _add_apply(out: Assembly, target: str, node: Node) -> None:
    path: Path = ("shapes", target)
    if parse_id(target, "shape", path).namespace == NAMESPACE:
        raise Flaw(f"`{target}` is Smithy's own: nothing can be applied to it", path)
    traits = node.get("traits", {})
    merge_traits(out.applied[target], traits, f"`{target}`", (*path, "traits"))


def _add_shape(out: Assembly, shape_id: str, node: Node) -> None:
    path: Path = ("shapes", shape_id)
    parsed = parse_id(shape_id, "shape", path)
    if parsed.member is not None:
        raise Flaw(f"`{shape_id}` defines a member, not a shape", path)
    if parsed.namespace == NAMESPACE:
        raise Flaw(f"`{shape_id}` is in Smithy's own namespace", path)
    for trait in UNUSED_TRAITS & node.get("traits", {}).keys():
        del node["traits"][trait]
    known = out.nodes.get(shape_id)
    if known is None:
        out.nodes[shape_id] = node
        return
    if _same(_bare(known), _bare(node)):
        out.nodes[shape_id] = _with_traits_of(known, node, shape_id)
        return
    raise Flaw(
        f"`{shape_id}` is defined differently in `{out.files.origin(shape_id)}`", path
    )


def _bare(node: Node) -> Node:
    """Return a shape without its own and its members' traits."""
    out = {key: value for key, value in node.items() if key != "traits"}
    if "members" in out:
        members = out["members"].items()
        out["members"] = {name: {"target": m["target"]} for name, m in members}
    for key in ("member", "key", "value"):
        if key in out:
            out[key] = {"target": out[key]["target"]}
    return out


def _with_traits_of(known: Node, node: Node, shape_id: str) -> Node:
    """Return a shape that two files define, with the traits of both."""
    path: Path = ("shapes", shape_id)
    _take_traits(known, node, f"`{shape_id}`", path)
    more = dict(member_nodes(node))
    for name, member in member_nodes(known):
        steps = ("members", name) if "members" in known else (name,)
        _take_traits(member, more[name], f"`{shape_id}${name}`", (*path, *steps))
    return known


def _take_traits(known: Node, more: Node, owner: str, path: Path) -> None:
    if "traits" in more:
        traits = known.setdefault("traits", {})
        merge_traits(traits, more["traits"], owner, (*path, "traits"))


def merge_traits(
    into: dict[str, Any],
    traits: dict[str, Any],
    owner: str,
    path: Path,
) -> None:
    """Merge traits in place as Smithy does: equal values are one, arrays are joined.

    Raises ``Flaw`` at ``path`` for two different values of one trait.
    """
    for trait, value in traits.items():
        what = f"trait `{trait}` of {owner}"
        into[trait] = _merged(into.get(trait, _NOTHING), value, what, (*path, trait))


def _merged(known: Any, value: Any, what: str, path: Path) -> Any:
    if known is _NOTHING:
        return value
    if isinstance(known, list) and isinstance(value, list):
        return known + value
    if _same(known, value):
        return value
    raise Flaw(f"{what} has another value elsewhere", path)


def _same(one: Any, two: Any) -> bool:
    """Return whether two JSON values are equal; for Python, ``true`` equals 1."""
    if isinstance(one, bool) != isinstance(two, bool):
        return False
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[k], two[k]) for k in one)
    if isinstance(one, list) and isinstance(two, list):
        pairs = zip(one, two, strict=False)
        return len(one) == len(two) and all(_same(a, b) for a, b in pairs)
    return bool(one == two)


def unlocated(error: Flaw) -> ModelError:
    """Return the error for a flaw of a model that has no file."""
    return error.kind(error.message, hint=error.hint)
