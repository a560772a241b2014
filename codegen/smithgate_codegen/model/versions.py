"""What each version of Smithy has and has not.

Owns the refusals that depend on a file's version: what came with 2.0 cannot stand in a
1.0 file, and 2.0 took ``set`` away. ``box`` is taken in 2.0 too, as in models that
tools made from both: it says what a missing default says.
"""

from .flaws import Flaw, Path
from .nodes import Node, member_nodes

_NEW_TYPES = frozenset({"enum", "intEnum"})
_NEW_PROPERTIES = ("mixins", "properties")
_NEW_TRAITS = ("smithy.api#default", "smithy.api#mixin")


def check_version(shape_id: str, node: Node, version: int) -> None:
    """Raise ``Flaw`` for what a shape cannot have in its file's version."""
    path: Path = ("shapes", shape_id)
    if version > 1:
        if node["type"] == "set":
            raise Flaw(
                f"`{shape_id}`: Smithy 2.0 has no sets",
                (*path, "type"),
                hint="write a list with the trait smithy.api#uniqueItems",
            )
        return
    if node["type"] in _NEW_TYPES:
        what = f"shapes of type {node['type']}"
        raise Flaw(f"`{shape_id}`: {what} came with Smithy 2.0", (*path, "type"))
    for key in _NEW_PROPERTIES:
        if key in node:
            raise Flaw(f"`{shape_id}`: `{key}` came with Smithy 2.0", (*path, key))
    owners = [(path, node)]
    for name, member in member_nodes(node):
        steps = ("members", name) if "members" in node else (name,)
        owners.append(((*path, *steps), member))
    for where, owner in owners:
        for trait in _NEW_TRAITS:
            if trait in owner.get("traits", {}):
                raise Flaw(
                    f"`{shape_id}`: trait `{trait}` came with Smithy 2.0",
                    (*where, "traits", trait),
                )
