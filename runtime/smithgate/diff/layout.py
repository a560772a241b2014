"""The one model behind every rendering: a step's diff as lines with marks and depth.

Built from the masked view of a plan, so that no rendering can see more than another.
Text and Markdown print these lines, the terminal colours them, JSON is the view itself.
Texts of the agent and of AWS are escaped here, once.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..redact import escape_text
from .paths import split_shown

MARKS = {"create": "+", "update": "~", "delete": "-", "replace": "±", "no-op": " "}
"""Mark of each action; ``?`` stands for what is not known."""
UNKNOWN = "?"
NOTE = "#"
VALUE_WIDTH = 120
DOCUMENT_LINES = 40
"""Lines of a nested document that are shown of one side."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rendering, escaped."""

    mark: str
    """One of ``MARKS``, ``?``, or ``#`` for a remark."""
    depth: int
    text: str


def show_value(value: Any) -> str:
    """Return a value on one line, escaped, long ones cut with their size."""
    text = escape_text(json.dumps(value, ensure_ascii=False, sort_keys=True))
    if len(text) > VALUE_WIDTH:
        return f"{text[:VALUE_WIDTH]}… ({len(text)} characters)"
    return text


def step_lines(step: Mapping[str, Any]) -> list[Line]:
    """Return the lines below the head of one step of a plan's view."""
    diff = step.get("diff")
    if diff is None:
        return [Line(NOTE, 0, "not read")]
    lines = list(_nested(diff["entries"]))
    if diff["omitted"]:
        lines.append(Line(NOTE, 0, f"{diff['omitted']} more changes are not shown"))
    for name, count in diff.get("lost", {}).items():
        lines.append(Line("-", 0, f"with it goes: {escape_text(name)}: {count}"))
    if diff["note"]:
        lines.append(Line(NOTE, 0, escape_text(diff["note"])))
    return lines


def step_head(index: int, step: Mapping[str, Any]) -> str:
    """Return the head line of a step."""
    head = f"step {index}: {escape_text(step['operation'])}"
    diff = step.get("diff")
    return head if diff is None else f"{head} ({diff['action']}, {diff['status']})"


def _nested(entries: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Yield entries below their common parents, each parent once."""
    above: list[str] = []
    for entry in entries:
        parts = [escape_text(part) for part in split_shown(entry["path"])]
        parents, name = parts[:-1], (parts or ["(all)"])[-1]
        shared = 0
        while shared < min(len(above), len(parents)) and (
            above[shared] == parents[shared]
        ):
            shared += 1
        for depth in range(shared, len(parents)):
            yield Line(" ", depth, f"{parents[depth]}:")
        above = parents
        yield from _entry(entry, name, len(parents))


def _entry(entry: Mapping[str, Any], name: str, depth: int) -> Iterator[Line]:
    """Yield one entry: a line, or a block where a side is a document of its own."""
    mark = UNKNOWN if entry.get("unknown") else MARKS[entry["action"]]
    sides = {side: entry[side] for side in ("before", "after") if side in entry}
    if entry["action"] == "no-op":
        yield Line(mark, depth, f"{name}: {_side(sides.get('after'))}")
        return
    if any(_is_long(value) for value in sides.values()):
        yield Line(mark, depth, f"{name}:")
        if entry.get("unknown") and "before" not in sides:
            yield Line(UNKNOWN, depth + 1, "(before is unknown)")
        for side, sign in (("before", "-"), ("after", "+")):
            if side in sides:
                yield from _block(sides[side], sign, depth + 1)
        return
    yield Line(mark, depth, f"{name}: {_sides(entry, sides)}")


def _sides(entry: Mapping[str, Any], sides: Mapping[str, Any]) -> str:
    before = _side(sides["before"]) if "before" in sides else "(nothing)"
    after = _side(sides["after"]) if "after" in sides else "(nothing)"
    if entry.get("unknown") and "before" not in sides:
        before = "(unknown)"
    if entry.get("unknown") and "after" not in sides:
        after = "(known after apply)"
    return f"{before} → {after}"


def _side(value: Any) -> str:
    return show_value(value)


def _is_long(value: Any) -> bool:
    return isinstance(value, Mapping | list) and (
        len(json.dumps(value, ensure_ascii=False)) > VALUE_WIDTH
    )


def _block(value: Any, sign: str, depth: int) -> Iterator[Line]:
    """Yield a document line by line, cut with the count of what is left out."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    lines = text.splitlines()
    for line in lines[:DOCUMENT_LINES]:
        indent = len(line) - len(line.lstrip())
        shown = escape_text(line.strip())
        if len(shown) > VALUE_WIDTH:
            shown = f"{shown[:VALUE_WIDTH]}… ({len(shown)} characters)"
        yield Line(sign, depth + indent // 2, shown)
    if len(lines) > DOCUMENT_LINES:
        yield Line(NOTE, depth, f"{len(lines) - DOCUMENT_LINES} more lines")
