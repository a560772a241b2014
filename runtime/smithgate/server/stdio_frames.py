"""JSON-RPC 2.0 messages as both engines accept and send them.

Owns what a line must be to count as a message: one strict JSON object, ``jsonrpc``
2.0, an id that is a string or an integer, no batches. Knows nothing of MCP methods.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import InputError
from ..strict_json import Limits, parse

RequestId = str | int

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
UNSUPPORTED_VERSION = -32022
"""The requested protocol revision is not served (MCP 2026-07-28)."""

WIRE_LIMITS = Limits()
"""Limits of one incoming line."""

MAX_IN_FLIGHT = 256
"""Calls of one connection that may be waiting or running at once."""


class ProtocolError(Exception):
    """A request is answered with a JSON-RPC error; never seen outside the engines."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class Request(NamedTuple):
    """A message that gets exactly one answer."""

    id: RequestId
    method: str
    params: Mapping[str, Any]


class Notification(NamedTuple):
    """A message that is never answered. Unusable params are read as none."""

    method: str
    params: Mapping[str, Any]


class Reply(NamedTuple):
    """The client's answer to a request of the server."""

    id: RequestId | None = None
    result: Any = None
    """``None`` for an error."""


class Refusal(NamedTuple):
    """A line that is no usable message; ``id`` is null where none could be read."""

    id: RequestId | None
    code: int
    message: str


Frame = Request | Notification | Reply | Refusal


def read_frame(line: bytes | None, limits: Limits = WIRE_LIMITS) -> Frame:
    """Return what ``line`` is. ``None`` stands for a line that was too long to keep."""
    if line is None:
        return Refusal(None, PARSE_ERROR, f"line longer than {limits.max_bytes} bytes")
    try:
        message = parse(line, limits=limits)
    except InputError as error:
        return Refusal(None, PARSE_ERROR, error.message)
    if isinstance(message, list):
        return Refusal(None, INVALID_REQUEST, "batches are not accepted")
    if not isinstance(message, dict):
        return Refusal(None, INVALID_REQUEST, "a message is a JSON object")
    return _classify(message)


def _classify(message: dict[str, Any]) -> Frame:
    request_id = message.get("id")
    known_id = request_id if is_request_id(request_id) else None
    fault = _envelope_fault(message, known_id)
    if fault is not None:
        return Refusal(known_id, INVALID_REQUEST, fault)
    if "method" not in message:
        return Reply(known_id, message.get("result"))
    method, params = message["method"], message.get("params", {})
    if known_id is None:
        return Notification(method, params if isinstance(params, dict) else {})
    if not isinstance(params, dict):
        return Refusal(known_id, INVALID_PARAMS, "`params` must be an object")
    return Request(known_id, method, params)


def _envelope_fault(message: dict[str, Any], known_id: RequestId | None) -> str | None:
    """Return what keeps an object from being a message, ``None`` for nothing."""
    if message.get("jsonrpc") != "2.0":
        return "`jsonrpc` must be `2.0`"
    if "id" in message and known_id is None:
        return "`id` must be a string or an integer"
    is_reply = "method" not in message and ("result" in message or "error" in message)
    if not is_reply and not isinstance(message.get("method"), str):
        return "`method` must be a string"
    return None


def is_request_id(value: Any) -> bool:
    """Tell whether a value may be an id: ``true`` is an int in Python, not in JSON."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def result_frame(request_id: RequestId, result: Mapping[str, Any]) -> bytes:
    """Return the line that answers a request.

    Raises ``ValueError``, ``TypeError`` or ``RecursionError`` for what is not JSON,
    lone surrogates included.
    """
    return _encode({"jsonrpc": "2.0", "id": request_id, "result": result})


def error_frame(
    request_id: RequestId | None, code: int, message: str, data: Any = None
) -> bytes:
    """Return the line that answers a request with an error. Raises as above."""
    error = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return _encode({"jsonrpc": "2.0", "id": request_id, "error": error})


def notification_frame(method: str, params: Mapping[str, Any]) -> bytes:
    """Return the line of a notification to the client. Raises as above."""
    return _encode({"jsonrpc": "2.0", "method": method, "params": params})


def request_frame(
    request_id: RequestId, method: str, params: Mapping[str, Any]
) -> bytes:
    """Return the line of a request to the client. Raises as above."""
    return _encode(
        {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
    )


def _encode(message: Mapping[str, Any]) -> bytes:
    # No newline can be inside: JSON escapes every control character.
    text = json.dumps(
        message, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode() + b"\n"
