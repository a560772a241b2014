"""A diff as plain text in Terraform's manner; colours are the terminal's business."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..redact import escape_text

MARKS = {"create": "+", "update": "~", "delete": "-", "no-op": " "}
VALUE_WIDTH = 120


def show_value(value: Any) -> str:
    """Return a value on one line, escaped, long ones cut with their size."""
    text = escape_text(json.dumps(value, ensure_ascii=False, sort_keys=True))
    if len(text) > VALUE_WIDTH:
        return f"{text[:VALUE_WIDTH]}… ({len(text)} characters)"
    return text


def entry_line(entry: Mapping[str, Any]) -> str:
    """Return one line: mark, path, before → after."""
    mark = "?" if entry.get("unknown") else MARKS[entry["action"]]
    before = show_value(entry["before"]) if "before" in entry else "(nothing)"
    after = show_value(entry["after"]) if "after" in entry else "(nothing)"
    if entry.get("unknown"):
        before = "(unknown)"
    path = escape_text(entry["path"]) or "(all)"
    if entry["action"] == "no-op":
        return f"  {mark} {path}: {after}"
    return f"  {mark} {path}: {before} → {after}"


def render_step(index: int, step: Mapping[str, Any]) -> list[str]:
    """Return the lines of one step of a plan's view."""
    lines = [f"step {index}: {step['operation']}"]
    diff = step.get("diff")
    if diff is None:
        return [*lines, "  (not read)"]
    lines[0] += f" ({diff['action']}, {diff['status']})"
    lines += [entry_line(entry) for entry in diff["entries"]]
    if diff["omitted"]:
        lines.append(f"  … {diff['omitted']} more")
    if diff["note"]:
        lines.append(f"  note: {escape_text(diff['note'])}")
    return lines


def render_steps(steps: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of all steps."""
    return "\n".join(
        line for index, step in enumerate(steps) for line in render_step(index, step)
    )
