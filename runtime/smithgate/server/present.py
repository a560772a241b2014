"""How AWS data leaves the server: masked, capped, marked, the rest behind a handle."""

import json
from collections.abc import Mapping
from typing import Any

from ..operation import Operation
from ..redact import mask, mask_credentials

INLINE_BYTES = 16 * 1024
"""The largest response that is shown inline (design: structured content ≤ 16 KB)."""

PAGE_MARKERS = ("NextToken", "nextToken", "NextMarker", "NextContinuationToken")
"""Top-level members that say the service has more; not every API has one of them."""


def size_of(value: Any) -> int:
    """Return the size of a value's JSON text in bytes."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def masked_response(operation: Operation, value: Any) -> Any:
    """Return a response without secrets."""
    return mask_credentials(mask(value, operation.sensitive_output).value)


def present_response(
    operation: Operation, value: Any, artifact: str | None, *, sealed: bool
) -> dict[str, Any]:
    """Return a response for a tool result: inline if small, else counts and a handle.

    A sealed response is never inline. ``complete`` says whether all of it is here.
    """
    out: dict[str, Any] = {"operation": operation.id, "artifact": artifact}
    if sealed:
        note = "the response holds credentials or secrets and is not shown"
        return out | {"complete": False, "sealed": True, "note": note}
    safe = masked_response(operation, value)
    size = size_of(safe)
    if isinstance(value, Mapping):
        more = {k: value[k] for k in PAGE_MARKERS if value.get(k)}
        if more:
            out["more_pages"] = more
    if size <= INLINE_BYTES:
        return out | {"complete": True, "response": safe}
    return out | {
        "complete": False,
        "bytes": size,
        "counts": _counts(safe),
        "note": "too large to show; use query_artifact with a JMESPath expression",
    }


CUTS = ((2000, 200), (400, 50), (100, 20), (40, 5))
"""Longest text and longest list that a result keeps, milder first."""


def fit(structured: dict[str, Any], limit: int = INLINE_BYTES) -> dict[str, Any]:
    """Return a result of at most ``limit`` bytes where cutting can reach it.

    Long texts end with their full length, long lists with a count of what is left out;
    ``truncated`` says that something was cut (I12). What small values remain stays.
    """
    for text_limit, item_limit in CUTS:
        if size_of(structured) <= limit:
            return structured
        structured = _cut(structured, text_limit, item_limit) | {"truncated": True}
    return structured


def _cut(value: Any, text_limit: int, item_limit: int) -> Any:
    if isinstance(value, str) and len(value) > text_limit:
        return f"{value[:text_limit]}… ({len(value)} characters)"
    if isinstance(value, list):
        kept = [_cut(item, text_limit, item_limit) for item in value[:item_limit]]
        left = len(value) - len(kept)
        return [*kept, f"… ({left} more)"] if left else kept
    if isinstance(value, Mapping):
        return {key: _cut(item, text_limit, item_limit) for key, item in value.items()}
    return value


def _counts(value: Any) -> dict[str, Any]:
    """Return the size of each top-level member: items of lists, keys of maps."""
    if not isinstance(value, Mapping):
        return {}
    return {
        key: len(item) if isinstance(item, list | Mapping | str) else 1
        for key, item in value.items()
    }
