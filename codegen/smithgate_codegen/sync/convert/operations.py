"""botocore operations as Smithy nodes, pagination and waiters included.

Owns what Smithy says on the operation shape. Left out because it concerns the wire
only: checksums, endpoint discovery and parameters, result wrappers.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from ...model import UNIT
from .names import Names
from .shapes import Json, deprecation

_LABEL = re.compile(r"\{([^{}+]+)(\+?)\}")
_PATH = re.compile(r"\w+(?:\.\w+)*", re.ASCII)
_OK = 200


def convert_operation(
    operation: Json,
    document: Mapping[str, Any],
    names: Names,
) -> Json:
    """Return the node of one operation.

    Raises ``KeyError`` where the description contradicts itself.
    """
    node: Json = {"type": "operation"}
    for key in ("input", "output"):
        body = operation.get(key)
        target = names.shape(body["shape"]) if body else str(UNIT)
        node[key] = {"target": target}
    errors = [{"target": names.shape(e["shape"])} for e in operation.get("errors", ())]
    if errors:
        node["errors"] = errors
    traits = _traits(operation)
    if document["metadata"]["protocol"].startswith("rest"):
        traits["smithy.api#http"] = _http(operation, document["shapes"])
    if traits:
        node["traits"] = traits
    return node


def _traits(operation: Json) -> Json:
    traits: Json = {}
    if operation.get("documentation"):
        traits["smithy.api#documentation"] = operation["documentation"]
    if operation.get("deprecated"):
        traits["smithy.api#deprecated"] = deprecation(operation)
    for flag in ("readonly", "idempotent"):
        if operation.get(flag):
            traits[f"smithy.api#{flag}"] = {}
    if "hostPrefix" in operation.get("endpoint", {}):
        prefix = operation["endpoint"]["hostPrefix"]
        traits["smithy.api#endpoint"] = {"hostPrefix": prefix}
    if operation.get("authtype") == "none":
        traits["smithy.api#auth"] = []
    return traits


def _http(operation: Json, shapes: Mapping[str, Json]) -> Json:
    """Return the http trait; URI labels get member names instead of wire names."""
    http = operation["http"]
    members = {}
    if "input" in operation:
        members = shapes[operation["input"]["shape"]].get("members", {})
    by_wire_name = {
        member.get("locationName", name): name
        for name, member in members.items()
        if member.get("location") == "uri"
    }
    uri = _LABEL.sub(
        lambda m: f"{{{by_wire_name.get(m[1], m[1])}{m[2]}}}",
        http["requestUri"],
    )
    return {
        "method": http["method"],
        "uri": uri,
        "code": http.get("responseCode", _OK),
    }


def paginated(paginator: Json) -> Json | None:
    """Return the value of the ``paginated`` trait.

    ``None`` where Smithy cannot say it: several tokens, or a token computed by a
    JMESPath expression. Of several result keys botocore's first, the primary one,
    is kept.
    """
    items = paginator.get("result_key")
    if isinstance(items, list):
        items = items[0] if items else None
    paths = {
        "inputToken": paginator.get("input_token"),
        "outputToken": paginator.get("output_token"),
        "items": items,
        "pageSize": paginator.get("limit_key"),
    }
    if not (_is_path(paths["inputToken"]) and _is_path(paths["outputToken"])):
        return None
    return {key: path for key, path in paths.items() if _is_path(path)}


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and _PATH.fullmatch(value) is not None


def waitable(waiter: Json) -> Json:
    """Return the value of one waiter of the ``waitable`` trait.

    botocore waits a fixed time, so both delays are that time. The number of attempts
    has no place in the trait.
    """
    out: Json = {}
    if "description" in waiter:
        out["documentation"] = waiter["description"]
    out["acceptors"] = [
        {"state": acceptor["state"], "matcher": _matcher(acceptor)}
        for acceptor in waiter["acceptors"]
    ]
    out["minDelay"] = out["maxDelay"] = waiter["delay"]
    return out


_COMPARATORS = {
    "path": "stringEquals",
    "pathAll": "allStringEquals",
    "pathAny": "anyStringEquals",
}


def _matcher(acceptor: Json) -> Json:
    kind, expected = acceptor["matcher"], acceptor["expected"]
    if kind == "error":
        if isinstance(expected, bool):
            return {"success": not expected}
        return {"errorType": expected}
    if kind == "status":
        if expected // 100 == 2:  # noqa: PLR2004 - the class of success
            return {"success": True}
        # Smithy has no matcher for a status; models name the error by its phrase.
        return {"errorType": HTTPStatus(expected).phrase.title().replace(" ", "")}
    comparator = _COMPARATORS[kind]
    if isinstance(expected, bool):
        expected, comparator = str(expected).lower(), "booleanEquals"
    return {
        "output": {
            "path": acceptor["argument"],
            "expected": expected,
            "comparator": comparator,
        },
    }
