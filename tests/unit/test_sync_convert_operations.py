"""Conversion of botocore's descriptions: errors, operations, pages, waiters."""

import json
from typing import Any

import pytest
from convert_kit import describe, one_operation, operation, shape
from smithgate_codegen.errors import UnsupportedShape
from smithgate_codegen.sync.convert import convert_service


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
