"""The shapes of namespace ``smithy.api`` that every model may target.

Owns the data types of https://smithy.io/2.0/spec/model.html ("Prelude"); they never
appear in model files. The prelude's trait definitions are not needed here.
"""

from typing import Final

from .ids import ShapeId
from .nodes import Node

NAMESPACE: Final = "smithy.api"
UNIT: Final = ShapeId(NAMESPACE, "Unit")

_PLAIN = {
    "String": "string",
    "Blob": "blob",
    "BigInteger": "bigInteger",
    "BigDecimal": "bigDecimal",
    "Timestamp": "timestamp",
    "Document": "document",
    "Boolean": "boolean",
    "Byte": "byte",
    "Short": "short",
    "Integer": "integer",
    "Long": "long",
    "Float": "float",
    "Double": "double",
}
# Names of version 1.0 that files of version 2.0 still use: never null, so a default.
_PRIMITIVES = ("Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double")


def zero(shape_type: str) -> bool | int | float:
    """Return the value that a primitive of this type has when nothing is sent."""
    if shape_type == "boolean":
        return False
    return 0.0 if shape_type in ("float", "double") else 0


def prelude_nodes() -> dict[str, Node]:
    """Return fresh nodes of the prelude's data types under their absolute ids."""
    nodes: dict[str, Node] = {
        f"{NAMESPACE}#{name}": {"type": kind} for name, kind in _PLAIN.items()
    }
    for name in _PRIMITIVES:
        kind = _PLAIN[name]
        nodes[f"{NAMESPACE}#Primitive{name}"] = {
            "type": kind,
            "traits": {"smithy.api#default": zero(kind)},
        }
    nodes[str(UNIT)] = {
        "type": "structure",
        "members": {},
        "traits": {"smithy.api#unitType": {}},
    }
    return nodes
