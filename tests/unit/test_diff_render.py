"""One layout behind text, colours and Markdown; nothing in it can break out."""

from typing import Any

from rich.text import Text
from smithgate.cli.changes import change_line
from smithgate.diff.layout import DOCUMENT_LINES, step_lines
from smithgate.diff.render import render_markdown, render_steps


def step(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    diff = {
        "status": "change",
        "action": "update",
        "entries": list(entries),
        "omitted": 0,
        "note": None,
    }
    return {"operation": "s3:PutX", "diff": diff | more}


UPDATE = {"path": "A.B.C", "action": "update", "before": 1, "after": 2}
CREATE = {"path": 'A.B."d.e"', "action": "create", "after": "x"}
DELETE = {"path": "A.F", "action": "delete", "before": [1]}
UNKNOWN = {"path": "G", "action": "update", "after": 1, "unknown": True}
SAME = {"path": "H", "action": "no-op", "before": 1, "after": 1}
LATER = {"path": "I", "action": "create", "unknown": True}


def test_members_stand_below_their_parents() -> None:
    text = render_steps([step(UPDATE, CREATE, DELETE, UNKNOWN, SAME, LATER)])
    assert text == (
        "step 0: s3:PutX (update, change)\n"
        "    A:\n"
        "      B:\n"
        "  ~     C: 1 → 2\n"
        '  +     d.e: (nothing) → "x"\n'
        "  -   F: [1] → (nothing)\n"
        "  ? G: (unknown) → 1\n"
        "    H: 1\n"
        "  ? I: (unknown) → (known after apply)"
    )


def test_what_is_left_out_and_lost_is_said() -> None:
    lines = step_lines(step(omitted=3, note="why", lost={"objects": 5}))
    assert [(line.mark, line.text) for line in lines] == [
        ("#", "3 more changes are not shown"),
        ("-", "with it goes: objects: 5"),
        ("#", "why"),
    ]


def test_a_long_document_is_a_block_that_says_what_it_leaves_out() -> None:
    items = [{"n": number} for number in range(60)]
    entry = {"path": "L", "action": "create", "after": items}
    lines = step_lines(step(entry))
    assert lines[0].text == "L:"
    assert len(lines) == 1 + DOCUMENT_LINES + 1
    assert lines[-1].text == f"{60 * 3 + 2 - DOCUMENT_LINES} more lines"


def test_colours_follow_the_marks_and_texts_are_the_same() -> None:
    shown = [change_line(line) for line in step_lines(step(UPDATE, DELETE))]
    assert all(isinstance(line, Text) for line in shown)
    styles = [str(line.style) for line in shown if line.plain.strip()[0] in "~-"]
    assert styles == ["yellow", "red"]


def test_hostile_text_stays_text_everywhere() -> None:
    evil = "\x1b[2J```\n# heading [red]\u202e<b>"
    entry = {"path": f'"{evil}"', "action": "create", "after": evil}
    one = step(entry, note=evil)
    for text in (
        render_steps([one]),
        render_markdown({"plan_id": f"p`{evil}", "steps": [one]}),
        "\n".join(line.plain for line in map(change_line, step_lines(one))),
    ):
        assert "\x1b" not in text
        assert "\u202e" not in text
    markdown = render_markdown({"plan_id": "p-1", "steps": [one]})
    fences = [line for line in markdown.splitlines() if line.startswith("```")]
    # The fence is longer than any run of back quotes inside of it.
    assert fences[0] == "````diff"
    assert fences[-1] == "````"


def test_markdown_marks_changes_in_a_way_that_chats_colour() -> None:
    text = render_markdown({"plan_id": "p-1", "steps": [step(UPDATE, CREATE)]})
    body = text.splitlines()
    assert body[0] == "**Plan** `p-1`"
    assert any(line.startswith("! ") and "1 → 2" in line for line in body)
    assert any(line.startswith("+ ") for line in body)
