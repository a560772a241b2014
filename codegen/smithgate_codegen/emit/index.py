"""The text of ``index.json`` and ``skipped.json`` and the names of the MCP tools.

Owns the index's layout: indented JSON with one line for each operation and service, so
that a changed operation is one changed line. The catalog reads the index instead of
importing modules.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import RenderError
from ..ir import OperationIR, ServiceIR

FORMAT_VERSION = 1
TOOL_NAME_LENGTH = 45
"""Longest tool name; clients put a server name in front and allow 64 characters."""
_HASH_LENGTH = 6


def operation_entry(op: OperationIR) -> dict[str, Any]:
    """Return the index line of one operation, keys sorted."""
    return {
        "change": op.change.value.value,
        "deprecated": op.deprecated,
        "method": op.method,
        "module": f"{op.path}.py",
        "output_schema": f"{op.path}.output.json",
        "required": list(op.required),
        "risk": op.risk.value.value,
        "schema": f"{op.path}.schema.json",
        "summary": op.summary,
        "tool": tool_name(op.service, op.method),
    }


def service_entry(service: ServiceIR) -> dict[str, Any]:
    """Return the index line of one service, keys sorted."""
    return {
        "aliases": list(service.aliases),
        "namespace": service.namespace,
        "sdk_id": service.sdk_id,
        "title": service.title,
    }


def tool_name(client_name: str, method: str) -> str:
    """Return ``<service>_<method>``; a long one is cut and ends in a stable hash."""
    full = re.sub(r"[^A-Za-z0-9_-]", "_", f"{client_name.replace('-', '_')}_{method}")
    if len(full) <= TOOL_NAME_LENGTH:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{full[: TOOL_NAME_LENGTH - _HASH_LENGTH - 1]}_{digest}"


def index_text(
    *,
    source: Mapping[str, Any],
    services: Mapping[str, Any],
    operations: Mapping[str, Any],
) -> str:
    """Return the text of ``index.json``.

    Raises ``RenderError`` when two operations would share a tool name.
    """
    _refuse_shared_tools(operations)
    return _lines(
        {
            "format_version": FORMAT_VERSION,
            "source": source,
            "services": services,
            "operations": operations,
        }
    )


def skipped_text(skipped: Mapping[str, str]) -> str:
    """Return the text of ``skipped.json``: operation id → reason."""
    return _lines({"format_version": FORMAT_VERSION, "skipped": skipped})


def _refuse_shared_tools(operations: Mapping[str, Any]) -> None:
    seen: dict[str, str] = {}
    for operation_id, entry in operations.items():
        other = seen.setdefault(entry["tool"].lower(), operation_id)
        if other != operation_id:
            msg = f"`{other}` and `{operation_id}` share a tool name"
            raise RenderError(msg)


def _lines(document: Mapping[str, Any]) -> str:
    """Return JSON with the second level's items on one line each, sorted by key."""
    return "{\n" + ",\n".join(_section(*item) for item in document.items()) + "\n}\n"


def _section(key: str, value: Any) -> str:
    head = f"  {_compact(key)}: "
    if not isinstance(value, Mapping):
        return head + _compact(value)
    if not value:
        return head + "{}"
    rows: Iterable[str] = (
        f"    {_compact(name)}: {_compact(value[name])}" for name in sorted(value)
    )
    return head + "{\n" + ",\n".join(rows) + "\n  }"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True)
