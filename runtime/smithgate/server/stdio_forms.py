"""What tools and results look like on the wire, per revision of the protocol.

Both engines use these forms, so that a client meets the same server. A revision gets
only the members that it defines: annotations since 2025-03-26, titles, output schemas
and structured content since 2025-06-18, `resultType` and cache hints since 2026-07-28.
"""

from collections.abc import Mapping
from typing import Any, Literal

from .tool import Question, ToolResult, ToolServer, ToolSpec

HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Revisions that start with `initialize`, oldest first."""

MODERN_VERSIONS = ("2026-07-28",)
"""Revisions whose every request carries its own facts."""

SINCE_ANNOTATIONS = "2025-03-26"
SINCE_STRUCTURED = "2025-06-18"
"""Elicitation came with structured content."""
SINCE_MODES = "2025-11-25"
ANSWER = "approve"
"""The one question of a call, as its answer names it."""

META = "io.modelcontextprotocol/"
"""Prefix of the protocol's own `_meta` keys."""

LIST_TTL_MS = 300_000
"""How long a client may keep the tool list; it never changes within a process."""

CACHE_SCOPE: Literal["private"] = "private"
"""The list follows the policy of whoever runs this process: not for sharing."""

PAGE_SIZE = 200
"""Tools on one page of `tools/list`; the default set is one page."""

_NAME_LENGTH = 256  # characters kept of what a client calls itself


# Revisions are dates, so that text order is their order; unknown ones never get here.
def tool_form(spec: ToolSpec, version: str) -> dict[str, Any]:
    """Return one entry of `tools/list`."""
    form: dict[str, Any] = {"name": spec.name}
    if version >= SINCE_STRUCTURED:
        form["title"] = spec.title
    form["description"] = spec.description
    form["inputSchema"] = spec.input_schema
    if version >= SINCE_STRUCTURED and spec.output_schema is not None:
        form["outputSchema"] = spec.output_schema
    if version >= SINCE_STRUCTURED:
        form["annotations"] = spec.annotations
    elif version >= SINCE_ANNOTATIONS:  # where the title had its place inside
        form["annotations"] = {"title": spec.title, **spec.annotations}
    return form


def result_form(result: ToolResult, version: str) -> dict[str, Any]:
    """Return the result of `tools/call`."""
    form: dict[str, Any] = {"content": [{"type": "text", "text": result.text}]}
    if version >= SINCE_STRUCTURED:
        form["structuredContent"] = result.structured
    form["isError"] = result.is_error
    return form


def modern_form(result: Mapping[str, Any], core: ToolServer) -> dict[str, Any]:
    """Return a result with what 2026-07-28 asks of every one."""
    info = {"name": core.name, "version": core.version}
    return {**result, "resultType": "complete", "_meta": {f"{META}serverInfo": info}}


def question_form(question: Question, version: str) -> dict[str, Any]:
    """Return the params of `elicitation/create`."""
    form: dict[str, Any] = {} if version < SINCE_MODES else {"mode": "form"}
    return {**form, "message": question.message, "requestedSchema": question.schema}


def input_form(question: Question, state: str, core: ToolServer) -> dict[str, Any]:
    """Return the result of a call that asks back (2026-07-28)."""
    params = question_form(question, MODERN_VERSIONS[-1])
    ask = {"method": "elicitation/create", "params": params}
    form = modern_form({"inputRequests": {ANSWER: ask}, "requestState": state}, core)
    return {**form, "resultType": "input_required"}


def can_show_forms(capabilities: Any, version: str) -> bool:
    """Say whether a client can show a form: by default, or as one of its modes."""
    if version < SINCE_STRUCTURED or not isinstance(capabilities, dict):
        return False
    modes = capabilities.get("elicitation")
    return isinstance(modes, dict) and (not modes or "form" in modes)


def cacheable(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a list or discovery result with the hints that 2026-07-28 requires."""
    return {**result, "ttlMs": LIST_TTL_MS, "cacheScope": CACHE_SCOPE}


def progress_form(
    token: str | int,
    progress: float,
    total: float | None,
    message: str | None,
    version: str,
) -> dict[str, Any]:
    """Return the params of `notifications/progress`."""
    form: dict[str, Any] = {"progressToken": token, "progress": progress}
    if total is not None:
        form["total"] = total
    if message is not None and version >= SINCE_ANNOTATIONS:  # both came together
        form["message"] = message
    return form


def progress_token(params: Mapping[str, Any]) -> str | int | None:
    """Return the token under which a call wants progress; ``None`` for none."""
    meta = params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, dict) else None
    usable = isinstance(token, str | int) and not isinstance(token, bool)
    return token if usable else None


def client_facts(info: Any) -> tuple[str, str]:
    """Return name and version of a `clientInfo`, empty where it does not say."""
    if not isinstance(info, dict):
        return "", ""
    return _word(info.get("name")), _word(info.get("version"))


def _word(value: Any) -> str:
    return value[:_NAME_LENGTH] if isinstance(value, str) else ""
