"""botocore shapes and members as Smithy nodes.

Owns types, constraints and bindings of data shapes. Left out because it concerns the
wire only, which is boto3's: XML names, namespaces, attributes and flattening,
``jsonName``, EC2 query names, checksums, endpoint parameters.
"""

from collections.abc import Mapping
from typing import Any

from ...model import UNIT, enum_member_names
from .names import Names
from .patterns import searching

Json = dict[str, Any]

_LENGTH_TYPES = frozenset({"string", "blob", "list", "map"})
_TIMESTAMP_FORMATS = {
    "iso8601": "date-time",
    "rfc822": "http-date",
    "unixTimestamp": "epoch-seconds",
}
# Flags that are traits of the same name and of no further content.
_FLAGS = ("sensitive", "box", "sparse", "streaming", "requiresLength")
_MEMBER_FLAGS = {
    "idempotencyToken": "smithy.api#idempotencyToken",
    "hostLabel": "smithy.api#hostLabel",
    "box": "smithy.api#box",
    "eventpayload": "smithy.api#eventPayload",
    "eventheader": "smithy.api#eventHeader",
}
_SERVER_ERROR = 500


class ShapeConverter:
    """Converts the shapes of one service; ``nodes`` collects id → node."""

    def __init__(self, shapes: Mapping[str, Json], names: Names) -> None:
        self._shapes = shapes
        self._names = names
        self._streams: dict[str, str] = {}
        self.nodes: dict[str, Json] = {}

    def convert_all(self) -> None:
        """Convert every shape into ``nodes``."""
        for name, shape in self._shapes.items():
            self.nodes[self._names.shape(name)] = self._convert(name, shape)

    def _convert(self, name: str, shape: Json) -> Json:
        node: Json = {"type": _node_type(shape)}
        traits = _shape_traits(shape)
        if node["type"] in ("structure", "union"):
            node["members"] = {
                member: self._member(name, member, shape, value)
                for member, value in shape.get("members", {}).items()
            }
        elif node["type"] == "list":
            node["member"] = self._plain_member(shape["member"])
        elif node["type"] == "map":
            node["key"] = self._plain_member(shape["key"])
            node["value"] = self._plain_member(shape["value"])
        elif node["type"] == "enum":
            node["members"] = _enum_members(shape["enum"])
        if traits:
            node["traits"] = traits
        return node

    def _member(self, owner: str, name: str, shape: Json, value: Json) -> Json:
        member = self._plain_member(value)
        traits = member.get("traits", {})
        if name in shape.get("required", ()):
            traits["smithy.api#required"] = {}
        if shape.get("payload") == name:
            traits["smithy.api#httpPayload"] = {}
        if "location" in value:
            traits.update(self._binding(name, value))
        if value.get("streaming"):
            member["target"] = self._stream(value["shape"])
        if "enum" in value:
            member["target"] = self._member_enum(owner, name, value["enum"])
        if traits:
            member["traits"] = traits
        return member

    def _plain_member(self, value: Json) -> Json:
        traits = _common_traits(value)
        for flag, trait in _MEMBER_FLAGS.items():
            if value.get(flag):
                traits[trait] = {}
        target = self._names.shape(value["shape"])
        if value.get("jsonvalue"):
            # boto3 takes and returns the value itself and makes the JSON text.
            target = "smithy.api#Document"
            traits["smithy.api#mediaType"] = "application/json"
        return {"target": target, "traits": traits} if traits else {"target": target}

    def _binding(self, name: str, value: Json) -> Json:
        location, wire_name = value["location"], value.get("locationName", name)
        if location == "uri":
            return {"smithy.api#httpLabel": {}}
        if location == "header":
            return {"smithy.api#httpHeader": wire_name}
        if location == "headers":
            # Without a locationName every header goes in: an empty prefix.
            return {"smithy.api#httpPrefixHeaders": value.get("locationName", "")}
        if location == "statusCode":
            return {"smithy.api#httpResponseCode": {}}
        if self._shapes[value["shape"]]["type"] == "map":
            return {"smithy.api#httpQueryParams": {}}
        return {"smithy.api#httpQuery": wire_name}

    def _stream(self, target: str) -> str:
        """Return a streaming twin of a blob: S3 marks members, Smithy shapes."""
        if target not in self._streams:
            shape_id = self._names.made_up(f"Streaming{target}")
            node = self._convert(target, {**self._shapes[target], "streaming": True})
            self._streams[target] = shape_id
            self.nodes[shape_id] = node
        return self._streams[target]

    def _member_enum(self, owner: str, name: str, values: list[str]) -> str:
        shape_id = self._names.made_up(f"{owner}{name[:1].upper()}{name[1:]}")
        self.nodes[shape_id] = {"type": "enum", "members": _enum_members(values)}
        return shape_id


def _node_type(shape: Json) -> str:
    kind: str = shape["type"]
    if kind == "structure":
        if shape.get("document"):
            return "document"
        if shape.get("union") or shape.get("eventstream"):
            return "union"
    if kind == "string" and "enum" in shape:
        return "enum"
    return kind


def _enum_members(values: list[str]) -> Json:
    return {
        name: {
            "target": str(UNIT),
            "traits": {"smithy.api#enumValue": value},
        }
        for name, value in zip(enum_member_names(values), values, strict=True)
    }


def _shape_traits(shape: Json) -> Json:
    traits = _common_traits(shape)
    for flag in _FLAGS:
        if shape.get(flag):
            traits[f"smithy.api#{flag}"] = {}
    if shape.get("eventstream"):
        traits["smithy.api#streaming"] = {}
    bounds = {key: shape[key] for key in ("min", "max") if key in shape}
    if bounds:
        trait = "length" if shape["type"] in _LENGTH_TYPES else "range"
        traits[f"smithy.api#{trait}"] = bounds
    if "pattern" in shape:
        traits["smithy.api#pattern"] = searching(shape["pattern"])
    if shape.get("exception"):
        traits.update(_error_traits(shape))
    return traits


def _common_traits(value: Json) -> Json:
    """Return the traits that shapes and members share."""
    traits: Json = {}
    if value.get("documentation"):
        traits["smithy.api#documentation"] = value["documentation"]
    if value.get("deprecated"):
        traits["smithy.api#deprecated"] = deprecation(value)
    if "timestampFormat" in value:
        wire_format = value["timestampFormat"]
        traits["smithy.api#timestampFormat"] = _TIMESTAMP_FORMATS[wire_format]
    return traits


def deprecation(value: Json) -> Json:
    """Return the value of the ``deprecated`` trait."""
    keys = {"deprecatedMessage": "message", "deprecatedSince": "since"}
    return {ours: value[theirs] for theirs, ours in keys.items() if theirs in value}


def _error_traits(shape: Json) -> Json:
    error = shape.get("error", {})
    status = error.get("httpStatusCode")
    is_server = shape.get("fault") or (status is not None and status >= _SERVER_ERROR)
    traits: Json = {"smithy.api#error": "server" if is_server else "client"}
    if status is not None:
        traits["smithy.api#httpError"] = status
    if "code" in error:
        # The code that the caller sees where it is not the shape's name.
        traits["aws.protocols#awsQueryError"] = {
            "code": error["code"],
            "httpResponseCode": status if status is not None else 400,
        }
    if "retryable" in shape:
        throttling = (
            {"throttling": True} if shape["retryable"].get("throttling") else {}
        )
        traits["smithy.api#retryable"] = throttling
    return traits
