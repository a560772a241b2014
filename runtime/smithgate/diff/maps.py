"""Which members of a request are maps: a given map replaces the stored one whole.

A structure in JSON looks the same, but keeps the members that a request leaves out.
Only the schema tells them apart.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .paths import Path

_REF = "#/$defs/"


def map_paths(
    schema: Mapping[str, Any], arguments: Mapping[str, Any]
) -> frozenset[Path]:
    """Return the paths of ``arguments`` at which the schema has a map."""
    return frozenset(_walk(schema, schema, arguments, ()))


def _walk(
    root: Mapping[str, Any], node: Mapping[str, Any], value: Any, path: Path
) -> Iterator[Path]:
    """Go down arguments and schema together; the arguments' depth is limited."""
    while isinstance(node.get("$ref"), str) and node["$ref"].startswith(_REF):
        node = root.get("$defs", {}).get(node["$ref"].removeprefix(_REF), {})
    if not isinstance(value, Mapping):
        return
    members = node.get("properties")
    if not isinstance(members, Mapping):
        items = node.get("additionalProperties")
        if isinstance(items, Mapping):
            yield path
            for key in sorted(value):
                yield from _walk(root, items, value[key], (*path, str(key)))
        return
    for key in sorted(value):
        if isinstance(members.get(key), Mapping):
            yield from _walk(root, members[key], value[key], (*path, str(key)))
