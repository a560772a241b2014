"""The card on a terminal: one layout of ``plan.card``.

Rows are cut to the width of the terminal here, not there: a text that the terminal
wraps goes on at its left edge, where only our own labels may stand.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.cells import chop_cells
from rich.console import Console
from rich.text import Text

from ..plan.card import REASON, Card, Fact, StepCard, make_card
from .changes import change_line
from .common import COLOURS

LABEL = 10
STEP_LABEL = 9
QUOTE = "  │ "
"""What stands before every row that the agent wrote."""
NARROWEST = 40


def print_card(console: Console, view: Mapping[str, Any]) -> None:
    """Print a plan for a person."""
    for row in card_rows(make_card(view), console.width):
        console.print(row)


def card_rows(card: Card, width: int) -> Iterator[Text]:
    """Yield the rows of a card, each within ``width`` cells."""
    width = max(width, NARROWEST)
    for fact in card.facts:
        yield from _fact(fact, "", LABEL, width)
    yield Text()
    for step in card.steps:
        yield from _step(step, width)
    if card.reason:
        yield Text()
        yield Text(REASON, style="italic")
        for line in card.reason:
            yield from _rows(line, QUOTE, QUOTE, "italic", width)


def _step(step: StepCard, width: int) -> Iterator[Text]:
    yield from _rows(step.head, "", "  ", "bold cyan", width)
    yield from _rows(step.summary, "  ", "  ", "dim", width)
    for fact in step.facts:
        yield from _fact(fact, "  ", STEP_LABEL, width)
    for line in step.arguments:
        yield from _rows(line, "  ", "    ", "", width)
    for change in step.changes:
        shown = change_line(change)
        after = " " * (2 * change.depth + 8)
        yield from _rows(shown.plain, "  ", after, str(shown.style), width)


def _fact(fact: Fact, indent: str, wide: int, width: int) -> Iterator[Text]:
    label = f"{indent}{fact.label:<{wide}} "
    rows = _cut(f"{fact.state}{fact.text}", width - len(label))
    for number, row in enumerate(rows):
        text = Text(row)
        if number == 0 and fact.state:
            text.stylize(COLOURS.get(fact.state, ""), 0, len(fact.state))
        head = (label, "bold") if number == 0 else " " * len(label)
        yield Text.assemble(head, text)


def _rows(text: str, first: str, after: str, style: str, width: int) -> Iterator[Text]:
    """Yield a text cut into rows with something of ours before each."""
    for number, row in enumerate(_cut(text, width - max(len(first), len(after)))):
        yield Text((after if number else first) + row, style=style)


def _cut(text: str, width: int) -> list[str]:
    return chop_cells(text, max(width, 1)) or [""]
