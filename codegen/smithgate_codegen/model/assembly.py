"""Several files, one set of nodes: merging and ``apply`` statements.

Owns what happens between parsing and flattening: the version of each file, equal and
conflicting definitions, metadata, and trait values applied from elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import ModelError, NotAModel
from .jsontext import parse_json
from .nodes import Node, check_node, expect, parse_id

_VERSIONS = {"1": 1, "1.0": 1, "2": 2, "2.0": 2}
_TOP_LEVEL = frozenset({"smithy", "metadata", "shapes"})

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
    origins: dict[str, str] = field(default_factory=dict)
    """Shape id → file that defines it."""
    applied: dict[str, dict[str, Any]] = field(
        default_factory=lambda: defaultdict(dict),
    )
    """Shape or member id → traits from ``apply`` statements, not yet merged."""
    metadata: dict[str, Any] = field(default_factory=dict)
    version_1: set[str] = field(default_factory=set)
    """Ids of shapes from files of version 1.0."""

    def origin(self, shape_id: str) -> str:
        """Return the file of a shape, for errors."""
        return self.origins.get(shape_id, "prelude")


def assemble(files: Iterable[tuple[bytes, str]]) -> Assembly:
    """Parse, check and merge model files given as (bytes, name for errors).

    Raises ``ModelSyntax``, ``NotAModel`` and ``ModelError``.
    """
    out = Assembly()
    for data, origin in files:
        _add_file(out, data, origin)
    return out


def _add_file(out: Assembly, data: bytes, origin: str) -> None:
    root = expect(parse_json(data, origin=origin), dict, "the file", origin)
    version = _version(root, origin)
    unknown = root.keys() - _TOP_LEVEL
    if unknown:
        raise ModelError(f"`{origin}`: unknown top-level property `{min(unknown)}`")
    for key, value in expect(
        root.get("metadata", {}), dict, "metadata", origin
    ).items():
        known = out.metadata.get(key)
        out.metadata[key] = _merged(known, value, f"metadata `{key}`", origin)
    for shape_id, node in expect(
        root.get("shapes", {}), dict, "shapes", origin
    ).items():
        check_node(shape_id, node, origin)
        if node["type"] == "apply":
            what = f"trait for `{shape_id}`"
            merge_traits(out.applied[shape_id], node.get("traits", {}), what, origin)
            out.origins.setdefault(shape_id, origin)
            continue
        _add_shape(out, shape_id, node, origin)
        if version == 1:
            out.version_1.add(shape_id)


def _version(root: Node, origin: str) -> int:
    if "smithy" not in root:
        raise NotAModel(
            f"`{origin}` is not a Smithy model: it has no `smithy` property",
        )
    text = expect(root["smithy"], str, "`smithy`", origin)
    if text not in _VERSIONS:
        raise ModelError(
            f"`{origin}` has the Smithy version `{text}`",
            hint="this release reads 1.0 and 2.0",
        )
    return _VERSIONS[text]


def _add_shape(out: Assembly, shape_id: str, node: Node, origin: str) -> None:
    if parse_id(shape_id, "shape", origin).member is not None:
        raise ModelError(f"`{origin}`: `{shape_id}` defines a member, not a shape")
    for trait in UNUSED_TRAITS & node.get("traits", {}).keys():
        del node["traits"][trait]
    if shape_id in out.nodes and out.nodes[shape_id] != node:
        raise ModelError(
            f"`{shape_id}` is defined in `{out.origins[shape_id]}` and, "
            f"differently, in `{origin}`",
        )
    out.nodes.setdefault(shape_id, node)
    out.origins[shape_id] = origin


def merge_traits(
    into: dict[str, Any],
    traits: dict[str, Any],
    what: str,
    origin: str,
) -> None:
    """Merge traits in place as Smithy does: equal values are one, arrays are joined.

    Raises ``ModelError`` for two different values of one trait.
    """
    for trait, value in traits.items():
        into[trait] = _merged(into.get(trait), value, f"{what} `{trait}`", origin)


def _merged(known: Any, value: Any, what: str, origin: str) -> Any:
    if known is None or known == value:
        return value
    if isinstance(known, list) and isinstance(value, list):
        return known + value
    raise ModelError(f"`{origin}`: {what} has another value elsewhere")
