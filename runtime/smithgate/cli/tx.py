"""A transaction as text: every value on one line, escaped."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from ..redact import escape_text
from .common import word

LABEL_WIDTH = 18
VALUE_WIDTH = 500
"""Characters of a value that are shown; ``--json`` has all."""


def show_value(value: Any) -> str:
    """Return a value as JSON on one line, long ones cut with their size."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(text) <= VALUE_WIDTH:
        return text
    return f"{text[:VALUE_WIDTH]}… ({len(text)} characters)"


def _line(console: Console, label: str, value: Any, indent: int = 0) -> None:
    if value is None or value in ([], {}, ""):
        return
    shown = value if isinstance(value, str) else show_value(value)
    console.print(
        Text.assemble(
            " " * indent,
            (f"{label:<{LABEL_WIDTH - indent}} ", "bold"),
            escape_text(shown),
        )
    )


def print_tx(console: Console, report: Mapping[str, Any]) -> None:
    """Print the report of a transaction for a person."""
    tx = report["tx"]
    console.print(Text.assemble((f"{tx['id']}  ", "bold"), word(tx["state"])))
    for name in ("kind", "requester", "started_at", "ended_at", "owner", "error"):
        _line(console, name, tx[name])
    if report["plan"]:
        _print_plan(console, report["plan"])
    if report["approval"]:
        _print_approval(console, report["approval"])
    for op in report["ops"]:
        _print_op(console, op)
    for item in report["artifacts"]:
        sealed = ", sealed" if item["sealed"] else ""
        console.print(
            Text(f"{item['id']}  {item['kind']}, {item['size']} bytes{sealed}")
        )


def _print_plan(console: Console, plan: Mapping[str, Any]) -> None:
    decision = plan["decision"]
    _line(console, "plan", plan["id"])
    for name in ("digest", "requester", "expires_at", "error"):
        _line(console, name, plan[name], 2)
    said = f"{decision.get('effect')} by {decision.get('decided_by')}"
    _line(console, "decision", said, 2)
    _line(console, "policy", decision.get("policy_digest"), 2)
    for reason in decision.get("reasons") or ():
        _line(console, "reason", reason, 2)
    _line(console, "agent (untrusted)", show_value(plan["reason_untrusted"]), 2)


def _print_approval(console: Console, approval: Mapping[str, Any]) -> None:
    _line(console, "approval", approval["id"])
    for name in ("state", "count", "created_at", "expires_at", "ended_at", "ended_by"):
        _line(console, name, approval[name], 2)
    for vote in approval["grants"]:
        _line(console, str(vote["decision"]), vote, 2)


def _print_op(console: Console, op: Mapping[str, Any]) -> None:
    console.print(
        Text.assemble(
            (f"{op['id']}  ", "bold"),
            (escape_text(op["operation"]), "bold cyan"),
            "  ",
            word(op["state"]),
        )
    )
    hidden = {"id", "tx_id", "operation", "state", "request"}
    for name, value in op.items():
        if name not in hidden:
            _line(console, name, value, 2)
    if op["request"]:
        _line(console, "request", op["request"], 2)
