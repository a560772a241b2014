"""Small Smithy models and the schemas of their one operation."""

import json
from collections.abc import Mapping
from typing import Any

from smithgate_codegen.emit.schema import input_schema, output_schema
from smithgate_codegen.model import Model, load_model
from smithgate_codegen.patterns import PatternTable

Node = dict[str, Any]
NS = "com.example.shop"


def to(target: str, **traits: Any) -> Node:
    """Return a member; a bare target is a prelude type or a shape of the model."""
    prelude = target in {"String", "Integer", "Blob", "Boolean", "Timestamp", "Unit"}
    namespace = "smithy.api" if prelude else NS
    full = target if "#" in target else f"{namespace}#{target}"
    return {"target": full, "traits": applied(traits)}


def applied(traits: Mapping[str, Any]) -> Node:
    return {f"smithy.api#{name}": value for name, value in traits.items()}


def structure(_traits: Mapping[str, Any] | None = None, **members: Any) -> Node:
    return {"type": "structure", "members": members, "traits": applied(_traits or {})}


def load(shapes: Mapping[str, Any]) -> Model:
    everything = {
        f"{NS}#Shop": {
            "type": "service",
            "version": "1",
            "operations": [{"target": f"{NS}#Op"}],
            "traits": {"aws.api#service": {"sdkId": "Shop"}},
        },
        f"{NS}#Op": {
            "type": "operation",
            "input": {"target": f"{NS}#In"},
            "output": {"target": f"{NS}#In"},
        },
    } | {name if "#" in name else f"{NS}#{name}": s for name, s in shapes.items()}
    text = json.dumps({"smithy": "2.0", "shapes": everything})
    return load_model(text.encode(), origin="test")


def both(
    shapes: Mapping[str, Any], patterns: PatternTable | None = None
) -> tuple[Node, Node]:
    """Return the schemas of the request and of the reply, both of shape ``In``."""
    model = load(shapes)
    table = patterns or PatternTable(())
    shape = model.operations()[0].shape
    return (
        input_schema(model, shape, patterns=table),
        output_schema(model, shape, patterns=table),
    )


def request(shapes: Mapping[str, Any], patterns: PatternTable | None = None) -> Node:
    return both(shapes, patterns)[0]


def reply(shapes: Mapping[str, Any]) -> Node:
    return both(shapes)[1]


def member(shape: Any, **others: Any) -> Any:
    """Return the request's node of a member called M."""
    return request({"In": structure(M=shape), **others})["properties"]["M"]
