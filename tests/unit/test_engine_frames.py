"""stdio_frames: which lines are messages, and what the sent ones look like."""

import json

import pytest
from smithgate.server.stdio_frames import (
    WIRE_LIMITS,
    Notification,
    Refusal,
    Reply,
    Request,
    error_frame,
    notification_frame,
    read_frame,
    result_frame,
)
from smithgate.strict_json import Limits


def refusal(line: bytes | None, limits: Limits = WIRE_LIMITS) -> Refusal:
    answer = read_frame(line, limits)
    assert isinstance(answer, Refusal)
    return answer


def frame(**members):
    return read_frame(json.dumps({"jsonrpc": "2.0", **members}).encode())


@pytest.mark.parametrize("request_id", ["", "a", 0, -1, 10**90])
def test_requests(request_id):
    expected = Request(request_id, "ping", {"a": 1})
    assert frame(id=request_id, method="ping", params={"a": 1}) == expected
    assert frame(id=request_id, method="ping") == Request(request_id, "ping", {})


def test_notifications():
    assert frame(method="n", params={"a": 1}) == Notification("n", {"a": 1})
    assert frame(method="n") == Notification("n", {})
    # Nobody may answer a notification, so that unusable params can only be dropped.
    assert frame(method="n", params=[1]) == Notification("n", {})
    assert frame(method="n", params=None) == Notification("n", {})


def test_answers_of_the_client():
    assert frame(id=1, result={}) == Reply(1, {})
    assert frame(id="x", error={"code": 1, "message": "no"}) == Reply("x")


@pytest.mark.parametrize("request_id", [None, True, False, 1.0, 1.5, [], {}])
def test_ids_of_other_types(request_id):
    answer = frame(id=request_id, method="ping")
    assert (answer.id, answer.code) == (None, -32600)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"id": 7, "method": 5}, -32600),
        ({"id": 7, "method": None, "result": {}}, -32600),
        ({"id": 7}, -32600),
        ({"id": 7, "method": "m", "jsonrpc": "2"}, -32600),
        ({"id": 7, "method": "m", "jsonrpc": 2.0}, -32600),
        ({"id": 7, "method": "m", "params": [1]}, -32602),
        ({"id": 7, "method": "m", "params": None}, -32602),
        ({"id": 7, "method": "m", "params": "p"}, -32602),
    ],
)
def test_refusals_with_a_readable_id(members, code):
    answer = frame(**members)
    assert isinstance(answer, Refusal)
    assert (answer.id, answer.code) == (7, code)


@pytest.mark.parametrize("line", [b"[]", b"1", b'"x"', b"null", b"{}", b"[{}]"])
def test_other_json_is_no_message(line):
    answer = refusal(line)
    assert (answer.id, answer.code) == (None, -32600)


def test_text_that_is_no_strict_json():
    assert refusal(b"{").code == -32700
    assert refusal(b'{"a":1,"a":1}').code == -32700
    assert refusal(b"[[[]]]", Limits(max_depth=2)).code == -32700
    assert refusal(b"1" * 11, Limits(max_bytes=10)).code == -32700


def test_a_line_that_was_too_long_to_keep():
    answer = refusal(None, Limits(max_bytes=10))
    assert answer == Refusal(None, -32700, "line longer than 10 bytes")


def test_sent_lines():
    assert result_frame("a", {"x": "é\n"}) == (
        '{"jsonrpc":"2.0","id":"a","result":{"x":"é\\n"}}\n'.encode()
    )
    assert error_frame(None, -1, "m") == (
        b'{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m"}}\n'
    )
    assert json.loads(error_frame(1, -1, "m", [2]))["error"]["data"] == [2]
    assert notification_frame("n", {}) == (
        b'{"jsonrpc":"2.0","method":"n","params":{}}\n'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\udc00", object()])
def test_what_is_not_json_is_not_sent(value):
    with pytest.raises((ValueError, TypeError)):
        result_frame(1, {"x": value})
