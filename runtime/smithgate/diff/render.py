"""A plan's diff as text for terminals and as Markdown for chats, from one layout.

Text is Terraform's manner: marks first, nested members indented. Markdown is a fenced
``diff`` block, so that chats colour it and nothing in it is taken for markup.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..redact import escape_text
from .layout import Line, step_head, step_lines


def text_of(line: Line) -> str:
    """Return a line of text: mark, indentation, what it says."""
    return f"  {line.mark} {'  ' * line.depth}{line.text}"


def render_step(index: int, step: Mapping[str, Any]) -> list[str]:
    """Return the lines of one step of a plan's view."""
    return [step_head(index, step), *map(text_of, step_lines(step))]


def render_steps(steps: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of all steps."""
    return "\n".join(
        line for index, step in enumerate(steps) for line in render_step(index, step)
    )


_MARKDOWN_MARKS = {"~": "!", "±": "!", "?": "!"}
"""``diff`` blocks know ``+``, ``-`` and, for a change, ``!``."""


def render_markdown(view: Mapping[str, Any]) -> str:
    """Return a plan's diff for a chat: a heading and a fenced block for each step."""
    blocks = [f"**Plan** `{_plain(str(view['plan_id']))}`"]
    for index, step in enumerate(view["steps"]):
        head, lines = step_head(index, step), step_lines(step)
        body = "\n".join(_markdown_line(line) for line in lines)
        fence = "`" * max(3, _longest_run(body) + 1)
        blocks.append(f"`{_plain(head)}`\n{fence}diff\n{body}\n{fence}")
    return "\n\n".join(blocks)


def _markdown_line(line: Line) -> str:
    mark = _MARKDOWN_MARKS.get(line.mark, line.mark)
    shown = f"{line.mark} {line.text}" if mark == "!" else line.text
    return f"{mark} {'  ' * line.depth}{shown}"


def _plain(text: str) -> str:
    """Return a text that cannot end the code span it stands in."""
    return escape_text(text).replace("`", "'")


def _longest_run(text: str) -> int:
    """Return the longest run of back quotes in a text."""
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    return longest
