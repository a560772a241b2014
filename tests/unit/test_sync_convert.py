"""Conversion of botocore's descriptions: the service, shapes and members."""

from typing import Any

import pytest
from convert_kit import NS, bounds, convert, describe, member, shape
from smithgate_codegen.errors import UnsupportedShape


def test_the_service_shape() -> None:
    model = convert(describe())
    service = model.service
    assert str(service.id) == NS + "ThingTwo"
    assert service.version == "2020-01-02"
    assert service.traits == {
        "aws.api#service": {"sdkId": "Thing Two", "endpointPrefix": "thing.prefix"},
        "aws.auth#sigv4": {"name": "thing"},
        "aws.protocols#restJson1": {},
        "smithy.api#title": "Amazon Thing Service",
        "smithy.api#documentation": "<p>About it.</p>",
    }


def test_the_endpoint_prefix_stands_in_for_the_signing_name() -> None:
    document = describe()
    del document["metadata"]["signingName"]
    assert convert(document).service.traits["aws.auth#sigv4"] == {
        "name": "thing.prefix"
    }


@pytest.mark.parametrize(
    ("metadata", "trait"),
    [
        ({"protocol": "json", "jsonVersion": "1.0"}, "aws.protocols#awsJson1_0"),
        ({"protocol": "json", "jsonVersion": "1.1"}, "aws.protocols#awsJson1_1"),
        ({"protocol": "query"}, "aws.protocols#awsQuery"),
        ({"protocol": "ec2"}, "aws.protocols#ec2Query"),
        ({"protocol": "rest-xml"}, "aws.protocols#restXml"),
        ({"protocols": ["smithy-rpc-v2-cbor", "json"]}, "smithy.protocols#rpcv2Cbor"),
    ],
)
def test_protocols(metadata: Any, trait: Any) -> None:
    assert trait in convert(describe(**metadata)).service.traits


def test_an_unknown_protocol_is_refused_with_its_origin() -> None:
    with pytest.raises(UnsupportedShape, match="`o` cannot be converted: KeyError"):
        convert(describe(protocol="carrier-pigeon"))


@pytest.mark.parametrize(
    ("description", "kind", "traits"),
    [
        ({"type": "string", "min": 1, "max": 2}, "string", {"length": (1, 2)}),
        ({"type": "blob", "max": 9}, "blob", {"length": (None, 9)}),
        (
            {"type": "list", "member": {"shape": "String"}, "min": 0, "sparse": True},
            "list",
            {"length": (0, None), "sparse": {}},
        ),
        (
            {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}}
            | {"max": 5, "sensitive": True},
            "map",
            {"length": (None, 5), "sensitive": {}},
        ),
        ({"type": "integer", "min": 1, "max": 2}, "integer", {"range": (1, 2)}),
        ({"type": "long", "box": True}, "long", {"box": {}}),
        ({"type": "double", "min": 0.5}, "double", {"range": (0.5, None)}),
        ({"type": "string", "pattern": "[a-z]"}, "string", {"pattern": "^(?:[a-z])$"}),
        (
            {"type": "blob", "streaming": True, "requiresLength": True},
            "blob",
            {"streaming": {}, "requiresLength": {}},
        ),
        (
            {"type": "timestamp", "timestampFormat": "iso8601"},
            "timestamp",
            {"timestampFormat": "date-time"},
        ),
        (
            {"type": "string", "deprecated": True, "deprecatedMessage": "use X"}
            | {"deprecatedSince": "2020", "documentation": "<p>d</p>"},
            "string",
            {"deprecated": {"message": "use X", "since": "2020"}}
            | {"documentation": "<p>d</p>"},
        ),
        ({"type": "structure", "members": {}, "document": True}, "document", {}),
        (
            {"type": "structure", "members": {"a": {"shape": "String"}}, "union": True},
            "union",
            {},
        ),
        (
            {
                "type": "structure",
                "members": {"a": {"shape": "String"}},
                "eventstream": True,
            },
            "union",
            {"streaming": {}},
        ),
    ],
)
def test_shape_types_and_constraints(description: Any, kind: str, traits: Any) -> None:
    converted = shape("Shape", description)
    assert converted.type == kind
    expected: dict[str, Any] = {}
    for name, value in traits.items():
        expected[f"smithy.api#{name}"] = bounds(value)
    assert converted.traits == expected


def test_enums_become_enum_shapes_in_botocores_order() -> None:
    converted = shape("E", {"type": "string", "enum": ["b.c", "a"], "pattern": "x"})
    values = [m.traits["smithy.api#enumValue"] for m in converted.members.values()]
    assert (converted.type, list(converted.members)) == ("enum", ["b_c", "a"])
    assert values == ["b.c", "a"]
    assert converted.traits == {"smithy.api#pattern": "^(?:x)$"}


@pytest.mark.parametrize(
    ("description", "traits"),
    [
        ({}, {}),
        ({"documentation": "<p>d</p>"}, {"documentation": "<p>d</p>"}),
        ({"idempotencyToken": True}, {"idempotencyToken": {}}),
        ({"box": True, "hostLabel": True}, {"box": {}, "hostLabel": {}}),
        ({"deprecated": True}, {"deprecated": {}}),
        ({"timestampFormat": "rfc822"}, {"timestampFormat": "http-date"}),
        ({"location": "uri", "locationName": "M"}, {"httpLabel": {}}),
        ({"location": "header", "locationName": "x-m"}, {"httpHeader": "x-m"}),
        ({"location": "headers", "locationName": "x-"}, {"httpPrefixHeaders": "x-"}),
        ({"location": "headers"}, {"httpPrefixHeaders": ""}),
        ({"location": "querystring", "locationName": "q"}, {"httpQuery": "q"}),
        ({"location": "querystring"}, {"httpQuery": "m"}),
        ({"location": "statusCode"}, {"httpResponseCode": {}}),
        ({"locationName": "wire", "flattened": True, "xmlAttribute": True}, {}),
        ({"eventpayload": True}, {"eventPayload": {}}),
        ({"eventheader": True}, {"eventHeader": {}}),
    ],
)
def test_member_traits(description: Any, traits: Any) -> None:
    expected = {f"smithy.api#{name}": value for name, value in traits.items()}
    assert member(description).traits == expected


def test_required_and_payload_are_named_by_the_structure() -> None:
    converted = member({}, structure={"required": ["m"], "payload": "m"})
    expected: dict[str, Any] = {"smithy.api#required": {}, "smithy.api#httpPayload": {}}
    assert converted.traits == expected


def test_a_map_in_the_query_string_is_any_parameters() -> None:
    target = {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}}
    converted = member({"location": "querystring"}, target=target)
    assert converted.traits == {"smithy.api#httpQueryParams": {}}


def test_json_values_are_documents() -> None:
    converted = member({"jsonvalue": True, "location": "header", "locationName": "x"})
    assert str(converted.target) == "smithy.api#Document"
    assert converted.traits["smithy.api#mediaType"] == "application/json"
    assert converted.traits["smithy.api#httpHeader"] == "x"


def test_a_streaming_member_gets_a_streaming_twin_of_its_target() -> None:
    body = {"type": "blob", "documentation": "d"}
    members = {
        "a": {"shape": "Data", "streaming": True},
        "b": {"shape": "Data", "streaming": True},
        "c": {"shape": "Data"},
    }
    shapes = {"Data": body, "S": {"type": "structure", "members": members}}
    model = convert(describe(shapes))
    converted = model.expect_shape(NS + "S").members
    assert converted["a"].target == converted["b"].target
    twin = model.member_traits(converted["a"])
    assert twin == {"smithy.api#documentation": "d", "smithy.api#streaming": {}}
    assert str(converted["c"].target) == NS + "Data"
    assert "smithy.api#streaming" not in model.member_traits(converted["c"])


def test_an_enum_on_a_member_gets_a_shape_of_its_own() -> None:
    members = {"kind": {"shape": "String", "enum": ["A", "B"]}}
    shapes = {
        "String": {"type": "string"},
        "Req": {"type": "structure", "members": members},
        "ReqKind": {"type": "string"},
    }
    model = convert(describe(shapes))
    target = model.expect_shape(NS + "Req").members["kind"].target
    assert str(target) == NS + "ReqKind2"
    assert list(model.expect_shape(target, "enum").members) == ["A", "B"]
