"""Small pieces of a Markdown page: folded lists, tables, words for a verdict.

Owns how much of a long list is shown. What stands on the page is left to the sections.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from .escape import ELLIPSIS, code, cut, visible
from .record import Verdict

T = TypeVar("T")
_CONTEXT = 12
"""Characters shown before the difference of two long values."""
_LONG = 80
"""Characters of one side of a difference."""
ROWS = 5
"""Times the fold: rows of a table, or lines of a list."""
SHARED = 8
"""Times the fold: lines of several lists together."""


@dataclass(frozen=True, slots=True)
class Fold:
    """How many names of a list are shown before the rest is counted; 0 shows all."""

    names_shown: int

    def names(self, values: Sequence[str], share: int = 1) -> str:
        """Return code spans; ``share`` 2 shows half as many."""
        shown, left = self._cut(values, self.names_shown // share)
        text = ", ".join(code(value) for value in shown)
        return f"{text} and {left:,} more" if left else text

    def operations(self, ids: Sequence[str], share: int = 1) -> str:
        """Return the operations of one service without its name."""
        return self.names([name_of(identifier) for identifier in ids], share)

    def rows(
        self, items: Sequence[T], factor: int = ROWS
    ) -> tuple[Sequence[T], Sequence[T]]:
        """Return what a table shows, and what it leaves out."""
        shown, left = self._cut(items, self.names_shown * factor)
        return shown, items[len(items) - left :]

    def lines(self, lines: Sequence[str], factor: int = ROWS) -> Iterator[str]:
        """Yield the lines of a list, the rest counted, and an empty line."""
        shown, left = self._cut(lines, self.names_shown * factor)
        yield from shown
        if left:
            yield f"- … and {left:,} more of these"
        yield ""

    def shared(self, lines: Sequence[str], among: int) -> Iterator[str]:
        """Yield the lines of one of ``among`` lists that share the room of a page."""
        shown, left = self._cut(lines, max(3, self.names_shown * SHARED // among))
        yield from shown
        if left:
            yield f"  - … and {left:,} more of these"

    def rest(self, ids: Sequence[str]) -> Iterator[str]:
        """Yield what a table left out, counted by service."""
        if not ids:
            return
        counts = Counter(service_of(identifier) for identifier in ids).most_common()
        services = ", ".join(f"{code(name)} {count:,}" for name, count in counts)
        yield f"And {plural(len(ids), 'operation')} more: {services}."
        yield ""

    def _cut(self, items: Sequence[T], most: int) -> tuple[Sequence[T], int]:
        # "and 1 more" would take as much room as the one.
        if not self.names_shown or len(items) <= most + 1:
            return items, 0
        return items[:most], len(items) - most


def service_of(operation: str) -> str:
    """Return the part of an id before the colon."""
    return operation.partition(":")[0]


def name_of(operation: str) -> str:
    """Return the part of an id behind the colon."""
    return operation.partition(":")[2]


def plural(count: int, noun: str) -> str:
    """Return ``3 operations``."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def number(count: int) -> str:
    """Return a count for a table, in which nothing stands for none."""
    return f"{count:,}" if count else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table of cells that are Markdown already; no rows, no table."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    if body:
        yield f"| {' | '.join(head)} |"
        yield f"|{'---|' * len(head)}"
        yield from body
        yield ""


def verdict(said: Verdict | None) -> str:
    """Return what the policy does, with the rule that decides."""
    if said is None:
        return "not judged"
    depends = ", arguments may change it" if said.is_provisional else ""
    word = f"**{said.effect}**" if said.effect == "allow" else said.effect
    return f"{word} by {code(said.decided_by)}{depends}"


def transition(text: str) -> str:
    """Return ``before → after``, long values from where they differ."""
    before, arrow, after = visible(text).partition(" → ")
    if not arrow or max(len(before), len(after)) <= _LONG:
        return code(text, longest=2 * _LONG)
    what, _, before = before.partition(" ")
    same = sum(1 for _ in takewhile(_is_equal, zip(before, after, strict=False)))
    start = max(0, same - _CONTEXT)
    lead = ELLIPSIS if start else ""
    sides = [f"{lead}{cut(side[start:], _LONG)}" for side in (before, after)]
    return f"{what} {code(sides[0])} → {code(sides[1])}"


def _is_equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]
