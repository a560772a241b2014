"""Conversion of botocore's descriptions: each thing that has to come across."""

import json
from typing import Any

import pytest
from smithgate_codegen.errors import UnsupportedShape
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


@pytest.mark.parametrize(
    ("description", "traits"),
    [
        ({}, {"smithy.api#error": "client"}),
        ({"fault": True}, {"smithy.api#error": "server"}),
        (
            {"error": {"httpStatusCode": 404, "code": "Gone", "senderFault": True}},
            {
                "smithy.api#error": "client",
                "smithy.api#httpError": 404,
                "aws.protocols#awsQueryError": {
                    "code": "Gone",
                    "httpResponseCode": 404,
                },
            },
        ),
        (
            {"error": {"httpStatusCode": 503}, "retryable": {"throttling": True}},
            {
                "smithy.api#error": "server",
                "smithy.api#httpError": 503,
                "smithy.api#retryable": {"throttling": True},
            },
        ),
        (
            {"retryable": {"throttling": False}},
            {"smithy.api#error": "client", "smithy.api#retryable": {}},
        ),
    ],
)
def test_errors(description: Any, traits: Any) -> None:
    body = {"type": "structure", "members": {}, "exception": True, **description}
    assert shape("Oops", body).traits == traits


def one_operation(
    paginators: Any = None, waiters: Any = None, shapes: Any = None, **description: Any
) -> Any:
    metadata = description.pop("metadata", {})
    document = describe(shapes, {"Op": operation(**description)}, **metadata)
    model = convert(document, paginators, waiters)
    [bound] = model.operations()
    return bound.shape


def test_an_operation_without_input_and_output_has_unit() -> None:
    converted = one_operation()
    assert (converted.id.name, str(converted.input)) == ("Op", "smithy.api#Unit")
    assert str(converted.output) == "smithy.api#Unit"


def test_operations_keep_botocores_shape_names() -> None:
    body: dict[str, Any] = {"type": "structure", "members": {}}
    shapes = {"I": body, "O": body, "E": {**body, "exception": True}}
    converted = one_operation(
        shapes=shapes,
        input={"shape": "I"},
        output={"shape": "O", "resultWrapper": "X"},
        errors=[{"shape": "E", "documentation": "when"}],
    )
    assert [converted.input.name, converted.output.name] == ["I", "O"]
    assert [error.name for error in converted.errors] == ["E"]


def test_a_shape_called_like_an_operation_gets_another_name() -> None:
    shapes = {name: {"type": "structure", "members": {}} for name in ("Op", "OpShape")}
    converted = one_operation(shapes=shapes, input={"shape": "Op"})
    assert (converted.id.name, converted.input.name) == ("Op", "OpShape2")


@pytest.mark.parametrize(
    ("description", "traits"),
    [
        ({"documentation": "<p>d</p>"}, {"documentation": "<p>d</p>"}),
        ({"readonly": True, "idempotent": True}, {"readonly": {}, "idempotent": {}}),
        ({"readonly": False}, {}),
        (
            {"deprecated": True, "deprecatedMessage": "old"},
            {"deprecated": {"message": "old"}},
        ),
        ({"endpoint": {"hostPrefix": "{a}."}}, {"endpoint": {"hostPrefix": "{a}."}}),
        ({"authtype": "none"}, {"auth": []}),
        ({"authtype": "v4-unsigned-body", "httpChecksumRequired": True}, {}),
    ],
)
def test_operation_traits(description: Any, traits: Any) -> None:
    converted = one_operation(metadata={"protocol": "query"}, **description)
    expected = {f"smithy.api#{name}": value for name, value in traits.items()}
    assert converted.traits == expected


def test_uri_labels_get_member_names() -> None:
    members = {
        "BucketName": {"shape": "S", "location": "uri", "locationName": "Bucket"},
        "Key": {"shape": "S", "location": "uri", "locationName": "Key"},
        "Bucket": {"shape": "S"},
    }
    shapes = {"S": {"type": "string"}, "I": {"type": "structure", "members": members}}
    converted = one_operation(
        shapes=shapes,
        input={"shape": "I"},
        http={"method": "PUT", "requestUri": "/{Bucket}/{Key+}?x", "responseCode": 204},
    )
    assert converted.traits["smithy.api#http"] == {
        "method": "PUT",
        "uri": "/{BucketName}/{Key+}?x",
        "code": 204,
    }


@pytest.mark.parametrize(
    ("paginator", "trait"),
    [
        (
            {"input_token": "In", "output_token": "A.Out", "result_key": "Items"}
            | {"limit_key": "Max"},
            {"inputToken": "In", "outputToken": "A.Out", "items": "Items"}
            | {"pageSize": "Max"},
        ),
        (
            {"input_token": "T", "output_token": "T", "result_key": ["A", "B"]},
            {"inputToken": "T", "outputToken": "T", "items": "A"},
        ),
        (
            {"input_token": "T", "output_token": "T", "result_key": "A[].B"},
            {"inputToken": "T", "outputToken": "T"},
        ),
        ({"input_token": "M", "output_token": "N || C[-1].K", "result_key": "C"}, None),
        ({"input_token": ["A", "B"], "output_token": ["C", "D"]}, None),
        ({"result_key": "A"}, None),
    ],
)
def test_pagination(paginator: Any, trait: Any) -> None:
    converted = one_operation({"Op": paginator, "Gone": paginator})
    assert converted.traits.get("smithy.api#paginated") == trait


def test_waiters() -> None:
    acceptors = [
        {"matcher": "status", "expected": 200, "state": "success"},
        {"matcher": "status", "expected": 404, "state": "retry"},
        {"matcher": "error", "expected": "NoSuchX", "state": "retry"},
        {"matcher": "error", "expected": False, "state": "success"},
        {"matcher": "path", "argument": "a.b", "expected": "ok", "state": "success"},
        {
            "matcher": "pathAny",
            "argument": "a[].b",
            "expected": "no",
            "state": "failure",
        },
        {
            "matcher": "pathAll",
            "argument": "a[].b",
            "expected": "x",
            "state": "success",
        },
        {"matcher": "path", "argument": "length(a)>`0`", "expected": True}
        | {"state": "success"},
    ]
    waiter = {"operation": "Op", "delay": 5, "maxAttempts": 20, "description": "until"}
    converted = one_operation(waiters={"Done": {**waiter, "acceptors": acceptors}})

    def output(path: Any, expected: Any, comparator: Any) -> Any:
        return {
            "output": {"path": path, "expected": expected, "comparator": comparator}
        }

    assert converted.traits["smithy.waiters#waitable"] == {
        "Done": {
            "documentation": "until",
            "acceptors": [
                {"state": "success", "matcher": {"success": True}},
                {"state": "retry", "matcher": {"errorType": "NotFound"}},
                {"state": "retry", "matcher": {"errorType": "NoSuchX"}},
                {"state": "success", "matcher": {"success": True}},
                {"state": "success", "matcher": output("a.b", "ok", "stringEquals")},
                {
                    "state": "failure",
                    "matcher": output("a[].b", "no", "anyStringEquals"),
                },
                {
                    "state": "success",
                    "matcher": output("a[].b", "x", "allStringEquals"),
                },
                {
                    "state": "success",
                    "matcher": output("length(a)>`0`", "true", "booleanEquals"),
                },
            ],
            "minDelay": 5,
            "maxDelay": 5,
        }
    }


@pytest.mark.parametrize(
    "document",
    [
        describe(operations={"Op": operation(input={"shape": "Gone"})}),
        describe({"S": {"type": "structure", "members": {"m": {}}}}),
        describe({"S": {"min": 1}}),
        describe({"S": {"type": "timestamp", "timestampFormat": "lunar"}}),
    ],
)
def test_descriptions_that_contradict_themselves_are_refused(document: Any) -> None:
    with pytest.raises(UnsupportedShape, match="`o` cannot be converted"):
        convert_service(document, {}, {}, origin="o")


def test_equal_descriptions_give_equal_bytes_without_white_space() -> None:
    document = describe({"S": {"type": "string", "documentation": "é"}})
    data = convert_service(document, {}, {}, origin="one")
    again = convert_service(json.loads(json.dumps(document)), {}, {}, origin="two")
    assert data == again
    assert "é".encode() in data
    assert b'": ' not in data
