import base64
import io
import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from generated_tree import standard_tree
from hypothesis import given
from hypothesis import strategies as st
from smithgate.arguments import Arguments, Metadata, jsonable, partial_failures
from smithgate.canonical import canonical_json
from smithgate.catalog import Catalog
from smithgate.errors import SchemaViolation


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> Arguments:
    return Arguments(Catalog(standard_tree(tmp_path_factory.mktemp("tree")).write()))


def test_blobs_become_bytes_and_times_datetimes(arguments: Arguments) -> None:
    value = {
        "Bucket": "b",
        "Key": "YQ==",
        "Body": "aGVsbG8=",
        "Expires": "2026-01-31T13:00:00.5+01:00",
        "Metadata": {"YQ==": "2026-01-31T12:00:00Z"},
    }
    before = json.dumps(value)
    assert arguments.to_boto("s3:PutObject", value) == {
        "Bucket": "b",
        "Key": "YQ==",
        "Body": b"hello",
        "Expires": datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC),
        "Metadata": {"YQ==": "2026-01-31T12:00:00Z"},
    }
    assert json.dumps(value) == before


def test_recursion_and_unions_are_followed(arguments: Arguments) -> None:
    value = {
        "TableName": "t",
        "Item": {"a": {"M": {"b": {"L": [{"B": "YQ=="}, {"S": "YQ=="}]}}}},
    }
    converted = arguments.to_boto("dynamodb:PutItem", value)
    assert converted["Item"]["a"]["M"]["b"]["L"] == [{"B": b"a"}, {"S": "YQ=="}]


def test_the_copy_shares_nothing_that_can_change(arguments: Arguments) -> None:
    value = {"MinCount": 1, "TagSpecifications": [{"Tags": ["a"]}]}
    converted = arguments.to_boto("ec2:RunInstances", value)
    converted["TagSpecifications"][0]["Tags"].append("b")
    assert value["TagSpecifications"] == [{"Tags": ["a"]}]


def test_what_cannot_be_converted_is_a_violation(arguments: Arguments) -> None:
    with pytest.raises(SchemaViolation, match="`Payload` must be base64"):
        arguments.to_boto("lambda:Invoke", {"FunctionName": "f", "Payload": "%"})


@given(st.binary(max_size=100))
def test_blobs_survive_the_way_there_and_back(
    arguments: Arguments, data: bytes
) -> None:
    text = base64.b64encode(data).decode()
    value = {"FunctionName": "f", "Payload": text}
    arguments.check("lambda:Invoke", value)
    assert arguments.to_boto("lambda:Invoke", value)["Payload"] == data
    reply, _ = arguments.jsonable({"Payload": data})
    assert reply == {"Payload": text}


@given(
    st.datetimes(
        datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
        datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    )
)
def test_times_survive_the_way_there_and_back(
    arguments: Arguments, moment: datetime
) -> None:
    reply, _ = arguments.jsonable({"Expires": moment})
    value = {"Bucket": "b", "Key": "k", **reply}
    arguments.check("s3:PutObject", value)
    assert arguments.to_boto("s3:PutObject", value)["Expires"] == moment


ZONE = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00Z"),
        (datetime(2026, 1, 31, 14, tzinfo=ZONE), "2026-01-31T12:00:00Z"),
        (datetime(2026, 1, 31, 12), "2026-01-31T12:00:00Z"),  # noqa: DTZ001
        (datetime(1, 1, 1, tzinfo=ZONE), "0001-01-01T00:00:00+02:00"),
        (date(2026, 1, 31), "2026-01-31"),
        (b"\x00\xff", "AP8="),
        (bytearray(b"a"), "YQ=="),
        (memoryview(b"a"), "YQ=="),
        (Decimal("1.10"), "1.10"),
        (Decimal("NaN"), "NaN"),
        (1.5, 1.5),
        (math.nan, "(nan)"),
        (math.inf, "(infinity)"),
        (-math.inf, "(-infinity)"),
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        ({"b", "a"}, ["a", "b"]),
        (frozenset([b"b", b"a"]), ["YQ==", "Yg=="]),
        ({1: {"z": 1, "a": [None, True]}}, {"1": {"z": 1, "a": [None, True]}}),
        (object(), "(unsupported: object)"),
    ],
)
def test_replies_become_json(value, expected) -> None:
    reply, _ = jsonable({"V": value})
    assert reply == {"V": expected}
    assert type(reply["V"]) is type(expected)
    canonical_json(reply)


def test_order_is_kept() -> None:
    reply, _ = jsonable({"b": 1, "a": {"d": 1, "c": [3, 1, 2]}})
    assert json.dumps(reply) == '{"b": 1, "a": {"d": 1, "c": [3, 1, 2]}}'


def test_metadata_is_kept_apart() -> None:
    response = {
        "Status": "Enabled",
        "ResponseMetadata": {
            "RequestId": "r-1",
            "HTTPStatusCode": 200,
            "RetryAttempts": 2,
            "HTTPHeaders": {"Content-Length": "12", "content-type": "text/xml"},
        },
    }
    assert jsonable(response) == (
        {"Status": "Enabled"},
        Metadata("r-1", 200, 2, 12, "text/xml"),
    )
    assert jsonable({}) == ({}, Metadata(None, None, 0, None, None))
    odd = {"ResponseMetadata": {"HTTPHeaders": {"content-length": "-1x"}}}
    assert jsonable(odd)[1].content_length is None


class Body(io.BytesIO):
    """What botocore's StreamingBody looks like from here."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._content_length = str(len(data))


def test_a_short_stream_is_read_whole_and_closed() -> None:
    body = Body(b"hello")
    assert jsonable({"Body": body}, max_stream_bytes=5)[0] == {"Body": "aGVsbG8="}
    assert body.closed


def test_a_long_stream_says_that_it_is_cut() -> None:
    body = Body(b"hello!")
    reply, _ = jsonable({"Body": body}, max_stream_bytes=5)
    assert reply["Body"] == {
        "truncated": True,
        "base64": "aGVsbG8=",
        "bytes_read": 5,
        "content_length": 6,
    }
    assert body.closed


def test_a_real_streaming_body(tmp_path: Path) -> None:
    from botocore.response import StreamingBody

    body = StreamingBody(io.BytesIO(b"x" * 10), 10)
    arguments = Arguments(Catalog(standard_tree(tmp_path).write()), max_stream_bytes=4)
    reply, _ = arguments.jsonable({"Body": body})
    assert reply["Body"]["content_length"] == 10
    assert base64.b64decode(reply["Body"]["base64"]) == b"xxxx"


def test_a_broken_stream_is_closed_and_tells() -> None:
    class Broken(Body):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionError

    body = Broken(b"")
    with pytest.raises(ConnectionError):
        jsonable({"Body": body})
    assert body.closed


def test_missing_outputs(arguments: Arguments) -> None:
    assert arguments.missing_outputs("lambda:Invoke", {"StatusCode": 200}) == ()
    assert arguments.missing_outputs("lambda:Invoke", {}) == ("StatusCode",)
    assert arguments.missing_outputs("lambda:Invoke", {"StatusCode": None}) == (
        "StatusCode",
    )
    assert arguments.missing_outputs("s3:GetBucketVersioning", {}) == ()


@pytest.mark.parametrize(
    ("reply", "length", "kind", "unread"),
    [
        ({}, 37, "application/x-amz-json-1.0", True),
        ({"Other": 1}, 37, "application/json", True),
        ({"Status": "Enabled"}, 37, "application/json", False),
        ({}, 2, "application/json", False),
        ({}, 0, "application/json", False),
        ({}, None, "application/json", False),
        ({}, 37, "text/xml", False),
        ({}, 37, None, False),
    ],
)
def test_a_reply_that_was_not_understood(
    arguments: Arguments, reply, length, kind, unread: bool
) -> None:
    metadata = Metadata("r", 200, 0, length, kind)
    assert arguments.is_unread("s3:GetBucketVersioning", reply, metadata) is unread


def test_an_operation_without_output_members_has_nothing_to_read(
    arguments: Arguments,
) -> None:
    metadata = Metadata("r", 200, 0, 37, "application/json")
    assert not arguments.is_unread("dynamodb:PutItem", {}, metadata)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ({"UnprocessedItems": {"t": [1]}}, {"UnprocessedItems": 1}),
        ({"UnprocessedKeys": {}}, {}),
        ({"Failed": [1, 2], "Successful": [3]}, {"Failed": 2}),
        ({"FailedEntryCount": 1, "Entries": []}, {"FailedEntryCount": 1}),
        ({"FailedEntryCount": 0}, {}),
        ({"FailedPutCount": 3}, {"FailedPutCount": 3}),
        ({"FailedRecordCount": 2}, {"FailedRecordCount": 2}),
        ({"Errors": [{"Key": "k"}], "Deleted": []}, {"Errors": 1}),
        ({"Unsuccessful": [1]}, {"Unsuccessful": 1}),
        ({"failures": [1]}, {"failures": 1}),
        ({"errorEntries": [1]}, {"errorEntries": 1}),
        ({"InvalidParameters": ["p"]}, {"InvalidParameters": 1}),
        ({"rejectedLogEventsInfo": {"tooOld": 1}}, {"rejectedLogEventsInfo": 1}),
        ({"UnsuccessfulFleetRequests": [1]}, {"UnsuccessfulFleetRequests": 1}),
        ({"jobsNotFound": ["a"]}, {"jobsNotFound": 1}),
        ({"FunctionError": "Unhandled", "StatusCode": 200}, {"FunctionError": 1}),
        ({"FailureReason": "x", "failed": False, "Invalidation": {"a": 1}}, {}),
        (
            {
                "ErrorCount": 4,
                "RejectedPatches": ["p"],
                "BisectBatchOnFunctionError": True,
            },
            {},
        ),
        ({"Items": [{"Failed": [1]}]}, {}),
        ({}, {}),
    ],
)
def test_partial_failures(arguments: Arguments, reply, found: dict[str, int]) -> None:
    assert partial_failures(reply) == found
    assert arguments.partial_failures(reply) == found
