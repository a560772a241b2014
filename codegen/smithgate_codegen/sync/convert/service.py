"""One botocore service description as a Smithy JSON AST document.

Owns the service shape and the putting together. The result says what boto3 takes and
returns; it is not meant for making requests (see ``shapes`` for what is left out).
"""

import json
from collections.abc import Mapping
from typing import Any

from ...errors import UnsupportedShape
from .names import Names
from .operations import convert_operation, paginated, waitable
from .shapes import Json, ShapeConverter, deprecation

_PROTOCOLS = {
    "ec2": "aws.protocols#ec2Query",
    "query": "aws.protocols#awsQuery",
    "rest-json": "aws.protocols#restJson1",
    "rest-xml": "aws.protocols#restXml",
    "smithy-rpc-v2-cbor": "smithy.protocols#rpcv2Cbor",
}


def convert_service(
    document: Mapping[str, Any],
    paginators: Mapping[str, Json],
    waiters: Mapping[str, Json],
    *,
    origin: str,
) -> bytes:
    """Return the JSON AST text (UTF-8, no white space, botocore's order).

    The text depends on the arguments only: equal descriptions give equal bytes.
    Raises ``UnsupportedShape`` with ``origin`` where the description contradicts
    itself or has a form that is not known.
    """
    try:
        ast = _convert(document, paginators, waiters)
    except (KeyError, TypeError, ValueError) as error:
        raise UnsupportedShape(
            f"`{origin}` cannot be converted: {type(error).__name__} {error}",
        ) from error
    return json.dumps(ast, ensure_ascii=False, separators=(",", ":")).encode()


def _convert(
    document: Mapping[str, Any],
    paginators: Mapping[str, Json],
    waiters: Mapping[str, Json],
) -> Json:
    names = Names(document["metadata"]["serviceId"], document)
    operations = {
        name: convert_operation(operation, document, names)
        for name, operation in document["operations"].items()
    }
    _add_paginators(operations, paginators)
    _add_waiters(operations, waiters)
    shapes = ShapeConverter(document["shapes"], names)
    shapes.convert_all()
    service = {
        "type": "service",
        "version": document["metadata"]["apiVersion"],
        "operations": [{"target": names.operation(name)} for name in operations],
        "traits": _service_traits(document),
    }
    nodes = {names.service: service}
    nodes.update((names.operation(name), node) for name, node in operations.items())
    return {"smithy": "2.0", "shapes": {**nodes, **shapes.nodes}}


def _add_paginators(
    operations: Mapping[str, Json],
    paginators: Mapping[str, Json],
) -> None:
    for name, paginator in paginators.items():
        trait = paginated(paginator)
        if trait is not None and name in operations:
            traits = operations[name].setdefault("traits", {})
            traits["smithy.api#paginated"] = trait


def _add_waiters(operations: Mapping[str, Json], waiters: Mapping[str, Json]) -> None:
    for name, waiter in waiters.items():
        traits = operations[waiter["operation"]].setdefault("traits", {})
        traits.setdefault("smithy.waiters#waitable", {})[name] = waitable(waiter)


def _service_traits(document: Mapping[str, Any]) -> Json:
    metadata = document["metadata"]
    prefix = metadata["endpointPrefix"]
    traits: Json = {
        # arnNamespace and cloudTrailEventSource are not among botocore's data.
        "aws.api#service": {
            "sdkId": metadata["serviceId"],
            "endpointPrefix": prefix,
        },
        "aws.auth#sigv4": {"name": metadata.get("signingName", prefix)},
        "smithy.api#title": metadata["serviceFullName"],
    }
    for protocol in metadata.get("protocols", [metadata["protocol"]]):
        traits[_protocol(protocol, metadata)] = {}
    if document.get("documentation"):
        traits["smithy.api#documentation"] = document["documentation"]
    if document.get("deprecated"):
        traits["smithy.api#deprecated"] = deprecation(dict(document))
    return traits


def _protocol(protocol: str, metadata: Mapping[str, Any]) -> str:
    if protocol == "json":
        version = metadata.get("jsonVersion", "1.1")
        return f"aws.protocols#awsJson{version.replace('.', '_')}"
    return _PROTOCOLS[protocol]
