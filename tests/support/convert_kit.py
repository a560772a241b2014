"""Descriptions in botocore's form, and their conversion, for tests of the converter."""

from typing import Any

from smithgate_codegen.model import load_model
from smithgate_codegen.sync.convert import convert_service

METADATA = {
    "apiVersion": "2020-01-02",
    "endpointPrefix": "thing.prefix",
    "protocol": "rest-json",
    "serviceFullName": "Amazon Thing Service",
    "serviceId": "Thing Two",
    "signingName": "thing",
}
NS = "com.amazonaws.thingtwo#"


def describe(shapes: Any = None, operations: Any = None, **metadata: Any) -> Any:
    return {
        "metadata": {**METADATA, **metadata},
        "operations": operations or {},
        "shapes": shapes or {},
        "documentation": "<p>About it.</p>",
    }


def convert(document: Any, paginators: Any = None, waiters: Any = None) -> Any:
    data = convert_service(document, paginators or {}, waiters or {}, origin="o")
    return load_model(data, origin="converted")


def operation(**more: Any) -> Any:
    return {"name": "Op", "http": {"method": "POST", "requestUri": "/"}, **more}


def shape(name: Any, description: Any, **others: Any) -> Any:
    shapes = {"String": {"type": "string"}, name: description, **others}
    return convert(describe(shapes)).expect_shape(NS + name)


def bounds(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    both = zip(("min", "max"), value, strict=True)
    return {name: bound for name, bound in both if bound is not None}


def member(description: Any, *, structure: Any = None, target: Any = None) -> Any:
    body = {
        "type": "structure",
        "members": {"m": {"shape": "Target", **description}},
        **(structure or {}),
    }
    others = {"Target": target or {"type": "string"}}
    return shape("Body", body, **others).members["m"]


def one_operation(
    paginators: Any = None, waiters: Any = None, shapes: Any = None, **description: Any
) -> Any:
    metadata = description.pop("metadata", {})
    document = describe(shapes, {"Op": operation(**description)}, **metadata)
    model = convert(document, paginators, waiters)
    [bound] = model.operations()
    return bound.shape
