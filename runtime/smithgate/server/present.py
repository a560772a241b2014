"""How AWS data leaves the server: masked, capped, marked, the rest behind a handle."""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from ..operation import Operation
from ..redact import redact

INLINE_BYTES = 16 * 1024
"""The largest response that is shown inline (design: structured content ≤ 16 KB)."""

PAGE_MARKERS = ("NextToken", "nextToken", "NextMarker", "NextContinuationToken")
"""Top-level members that say the service has more; not every API has one of them."""


def size_of(value: Any) -> int:
    """Return the size of a value's JSON text in bytes."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def masked_response(operation: Operation, value: Any) -> Any:
    """Return a response without secrets."""
    return redact(value, operation.sensitive_output).value


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
    if isinstance(safe, Mapping):
        more = {k: safe[k] for k in PAGE_MARKERS if safe.get(k)}
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


UNTRUSTED = {
    "read": ("response", "more_pages", "warnings"),
    "query_artifact": ("result",),
    "plan": ("steps", "error", "reason_untrusted"),
    "undo": ("steps", "error", "reason_untrusted"),
    "get_plan": ("steps", "error", "reason_untrusted", "tx"),
    "request_approval": ("steps", "error", "reason_untrusted", "tx"),
    "diff": ("steps", "text"),
    "apply": ("steps",),
}
"""Tool → members of its result in which AWS or an agent may have written."""


def mark_untrusted(tool: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return a result that names its members which are data, never instructions."""
    named = [name for name in UNTRUSTED.get(tool, ()) if result.get(name)]
    return result | {"untrusted": named} if named else result


CUTS = ((2000, 200), (400, 50), (100, 20), (40, 5))
"""Longest text and longest list that a result keeps, milder first."""
MIN_MEMBERS = 24
"""Members of a map that are always kept: a step of a plan has fewer."""
HANDLE_LENGTH = 100
HANDLE = re.compile(r"(sha256:|art-|p-|tx-|op-|ar-)[0-9a-z]+")
WHOLE = frozenset({"steps", "more_pages", "plan_id", "untrusted"})
"""Members that are never shortened: without them the rest is of no use."""


def fit(structured: dict[str, Any], limit: int = INLINE_BYTES) -> dict[str, Any]:
    """Return a result of at most ``limit`` bytes.

    Inline responses go first, their handles stay. Then long texts end with their full
    length, long lists and maps with a count of what is left out; ``truncated`` says
    that something was cut (I12). Ids, digests and steps are kept as long as it can be;
    at the very end only handles and numbers are left.
    """
    if size_of(structured) <= limit:
        return structured
    structured = _without_responses(structured)
    for text_limit, item_limit in CUTS:
        if size_of(structured) <= limit:
            return structured
        structured = {
            key: _cut_member(key, item, text_limit, item_limit)
            for key, item in structured.items()
        } | {"truncated": True}
    if size_of(structured) <= limit:
        return structured
    left = {key: item for key, item in structured.items() if _is_small(item)}
    return left | {"truncated": True, "left_out": sorted(set(structured) - set(left))}


def _is_small(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= HANDLE_LENGTH
    return value is None or isinstance(value, bool | int | float)


def _without_responses(structured: dict[str, Any]) -> dict[str, Any]:
    """Take the inline responses of an apply's steps out; query_artifact has them."""
    steps = structured.get("steps")
    if not isinstance(steps, list) or not any("response" in step for step in steps):
        return structured
    note = "left out for size; use query_artifact"
    return structured | {
        "steps": [
            {k: v for k, v in step.items() if k != "response"}
            | ({"complete": False, "note": note} if "response" in step else {})
            for step in steps
        ]
    }


def _cut(value: Any, text_limit: int, item_limit: int) -> Any:
    if isinstance(value, str):
        if len(value) <= text_limit or HANDLE.fullmatch(value):
            return value
        return f"{value[:text_limit]}… ({len(value)} characters)"
    if isinstance(value, list):
        kept = [_cut(item, text_limit, item_limit) for item in value[:item_limit]]
        left = len(value) - len(kept)
        return [*kept, f"… ({left} more)"] if left else kept
    if isinstance(value, Mapping):
        return _cut_map(value, text_limit, max(item_limit, MIN_MEMBERS))
    return value


def _cut_map(value: Mapping[str, Any], text_limit: int, limit: int) -> dict[str, Any]:
    """Keep so many members; one more tells how many are left out."""
    kept = {
        _cut(key, text_limit, limit): _cut_member(key, item, text_limit, limit)
        for key, item in islice(value.items(), limit)
    }
    left = len(value) - limit
    return kept | {"…": f"({left} more)"} if left > 0 else kept


def _cut_member(key: str, value: Any, text_limit: int, item_limit: int) -> Any:
    """Cut a member; keep every item of a list that is needed whole, each one cut."""
    if key in WHOLE and isinstance(value, list):
        return [_cut(item, text_limit, item_limit) for item in value]
    if key in WHOLE:
        return value
    return _cut(value, text_limit, item_limit)


def _counts(value: Any) -> dict[str, Any]:
    """Return the size of each top-level member: items of lists, keys of maps."""
    if not isinstance(value, Mapping):
        return {}
    return {
        key: len(item) if isinstance(item, list | Mapping | str) else 1
        for key, item in value.items()
    }
