"""What comes back from boto3: as JSON values, and whether it is all there.

Owns the conversion and the signs of a reply that is not the success it claims to be.
What to do about them is the caller's.
"""

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ..canonical import canonical_json

MAX_STREAM_BYTES = 1024 * 1024
"""Bytes of a streaming body that are read; the rest of it is left with AWS."""


class Metadata(NamedTuple):
    """What the SDK says of a reply besides its members."""

    request_id: str | None
    http_status: int | None
    retry_attempts: int
    """How often the SDK itself sent again; more than 0 breaks at-most-once."""
    content_length: int | None = None
    """Bytes of the body by its header; ``None`` where AWS did not say."""
    content_type: str | None = None


def jsonable(
    response: Mapping[str, Any], *, max_stream_bytes: int = MAX_STREAM_BYTES
) -> tuple[dict[str, Any], Metadata]:
    """Return a boto3 response as JSON values, and its metadata apart.

    Order is kept. Bytes become base64 text, datetimes RFC 3339 in UTC, Decimals text
    (exact), sets lists in canonical order, NaN and infinities the texts ``(nan)``,
    ``(infinity)`` and ``(-infinity)``; a Python object without JSON form becomes
    ``(unsupported: TYPE)``. A streaming body is read to ``max_stream_bytes`` and
    closed; a longer one becomes ``{"truncated": true, "base64": …, "bytes_read": …,
    "content_length": … | null}``. Errors of reading the stream propagate.
    """
    members = {k: v for k, v in response.items() if k != "ResponseMetadata"}
    value = _json(members, max_stream_bytes)
    return value, _metadata(response.get("ResponseMetadata", {}))


def _metadata(raw: Mapping[str, Any]) -> Metadata:
    headers = {str(k).lower(): v for k, v in raw.get("HTTPHeaders", {}).items()}
    length = str(headers.get("content-length", ""))
    return Metadata(
        request_id=raw.get("RequestId"),
        http_status=raw.get("HTTPStatusCode"),
        retry_attempts=raw.get("RetryAttempts", 0),
        content_length=int(length) if re.fullmatch(r"[0-9]{1,18}", length) else None,
        content_type=headers.get("content-type"),
    )


def _json(value: Any, cap: int) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _json(item, cap) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item, cap) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_json(item, cap) for item in value), key=canonical_json)
    return _scalar(value, cap)


def _scalar(value: Any, cap: int) -> Any:
    if callable(getattr(value, "read", None)):
        return _stream(value, cap)
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return f"(unsupported: {type(value).__name__})"


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "(nan)"
    return "(infinity)" if value > 0 else "(-infinity)"


def _datetime(value: datetime) -> str:
    """Write a time in UTC; AWS means UTC where botocore gives no zone."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        aware = aware.astimezone(UTC)
    except OverflowError:  # within an offset of year 1 or 9999: keep its own zone
        return aware.isoformat()
    return aware.isoformat().replace("+00:00", "Z")


def _bytes(value: bytes | bytearray | memoryview) -> str:
    return base64.b64encode(value).decode()


# datetime before date, whose subclass it is.
_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (float, _float),
    (datetime, _datetime),
    (date, date.isoformat),
    (bytes | bytearray | memoryview, _bytes),
    (Decimal, str),
)


def _stream(body: Any, cap: int) -> Any:
    try:
        data = body.read(cap + 1)
    finally:
        body.close()
    if isinstance(data, str):
        data = data.encode()
    if len(data) <= cap:
        return _bytes(data)
    length = str(getattr(body, "_content_length", ""))
    return {
        "truncated": True,
        "base64": _bytes(data[:cap]),
        "bytes_read": cap,
        "content_length": int(length) if length.isdecimal() else None,
    }


def missing_outputs(
    schema: Mapping[str, Any], reply: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the members that the output schema requires and the reply lacks."""
    required = schema.get("required", ())
    return tuple(name for name in required if reply.get(name) is None)


# "{}" and nothing are honest empty replies of the JSON protocols.
_EMPTY_JSON_BYTES = 2


def is_unread(
    schema: Mapping[str, Any], reply: Mapping[str, Any], metadata: Metadata
) -> bool:
    """Say whether a JSON reply had a body of which the SDK understood no member.

    boto3 turns a cut or garbled body into an empty success; the header still tells
    that there was one. Sees nothing where AWS gives no length (chunked bodies).
    """
    has_json = "json" in (metadata.content_type or "").lower()
    return (
        has_json
        and (metadata.content_length or 0) > _EMPTY_JSON_BYTES
        and bool(schema.get("properties"))
        and not any(name in reply for name in schema["properties"])
    )


# Output members of botocore 1.44 that tell of parts that failed: lists, maps and
# structures by name, counts above zero, and a few that follow no rule.
_FAILED_PARTS = re.compile(
    r"(unprocessed|unsuccessful|failed)\w*"
    r"|(\w*(errors|failures)|error(list|entries|details))"
    r"|failure"
    r"|\w+notfound"
    r"|rejected\w+info|invalid(parameters|labels)|functionerror",
    re.ASCII | re.IGNORECASE,
)
_FAILED_COUNT = re.compile(r"failed\w*count", re.ASCII | re.IGNORECASE)


def partial_failures(reply: Mapping[str, Any]) -> dict[str, int]:
    """Return the top-level members that tell of failed parts, with how many.

    Goes by names such as ``UnprocessedItems``, ``Failed``, ``FailedEntryCount``,
    ``Errors``, ``FunctionError``. An empty result proves nothing.
    """
    found = {name: _failed(name, value) for name, value in reply.items()}
    return {name: count for name, count in found.items() if count > 0}


def _failed(name: str, value: Any) -> int:
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value if _FAILED_COUNT.fullmatch(name) else 0
    if isinstance(value, list | dict):
        return len(value) if _FAILED_PARTS.fullmatch(name) else 0
    return 1 if name == "FunctionError" and value else 0
