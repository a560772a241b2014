"""Deciding what becomes of one published pattern: kept, rewritten or left to AWS.

What is printed into a schema must compile in ECMA 262 ``u`` mode (MCP clients may check
there) and in the run-time engine, and must never refuse what AWS accepts. So a
rewriting keeps the meaning or widens it, and what cannot be said is left to AWS.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from jsonschema_rs import Draft202012Validator, FancyRegexOptions

from .engine import SMALL_COUNT, cheapened, evaded
from .nodes import (
    Alt,
    Assert,
    AssertKind,
    Group,
    Node,
    PatternError,
    Repeat,
    Seq,
    is_any,
    is_dead,
    looks_around,
    width,
)
from .parse import parse
from .render import render

BACKTRACK_LIMIT = 100_000
"""Steps after which the run-time engine gives a look-around pattern up."""
LARGE_COUNT = 1000
"""Counts above this are checked as a length: a compiled count costs memory per step."""

_FOR_THE_ENGINE = (
    (cheapened, "costly count opened"),
    (evaded, "spelled so that the run-time engine reads it right"),
)

_START = Assert(AssertKind.START)
_END = Assert(AssertKind.END)


class Outcome(StrEnum):
    """What became of a pattern."""

    KEPT = "kept"
    REWRITTEN = "rewritten"
    LEFT_TO_AWS = "left_to_aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One published pattern, what is printed for it and why."""

    source: str
    """The pattern as the model has it."""
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    """Why it is not printed as published; empty for a kept pattern."""
    pattern: str | None = None
    """The text to print; ``None`` prints no pattern."""
    min_length: int = 0
    """Least number of characters, for a count that was moved out of the pattern."""
    max_length: int | None = None
    """Greatest number of characters, likewise."""
    least: int = 0
    """Fewest characters that a matching text can have."""
    greatest: int | None = None
    """Most characters that a matching text can have; ``None`` where unbounded."""
    needs_lookaround: bool = False
    """Whether the run-time engine backtracks for it (up to its limit)."""

    def fits(self, low: int, high: int | None) -> bool:
        """Return whether a text of ``low`` to ``high`` characters can match at all."""
        too_long = high is not None and self.least > high
        too_short = self.greatest is not None and self.greatest < low
        return not (too_long or too_short)


def runtime_compiles(pattern: str) -> bool:
    """Return whether the run-time engine can compile a pattern."""
    options = FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
    try:
        Draft202012Validator({"pattern": pattern}, pattern_options=options)
    except ValueError:
        return False
    return True


def classify(
    source: str, *, compiles: Callable[[str], bool] = runtime_compiles
) -> Verdict:
    """Judge one pattern with Smithy's search semantics."""
    leave = partial(Verdict, source=source, outcome=Outcome.LEFT_TO_AWS)
    text = unwrapped(source)
    try:
        parsed = parse(text)
    except PatternError as error:
        return leave(reasons=(str(error),))
    full = _spliced(parsed.tree)
    if is_dead(full):
        return leave(reasons=("no text can match it",))
    if accepts_all(full):
        return leave(reasons=("it accepts every text",))
    least, greatest = _extent(full)
    tree, low, high = _counts_lifted(full)
    reasons = parsed.repairs
    if tree is not full:
        reasons += ("count checked as a length",)
    for rewrite, reason in _FOR_THE_ENGINE:
        before, tree = tree, rewrite(tree)
        reasons += (reason,) if tree != before else ()
    printed = render(tree) if reasons else text
    if not compiles(printed):
        tree, low, high = evaded(_counts_opened(full)), least, greatest
        reasons = (*parsed.repairs, "count opened, length of the whole kept")
        printed = render(tree)
        if not compiles(printed):
            return leave(reasons=("the run-time engine cannot compile it",))
    return Verdict(
        source=source,
        outcome=Outcome.REWRITTEN if reasons else Outcome.KEPT,
        reasons=reasons,
        pattern=None if accepts_all(tree) else printed,
        min_length=low,
        max_length=high,
        least=least,
        greatest=greatest,
        needs_lookaround=looks_around(tree),
    )


def unwrapped(source: str) -> str:
    """Drop a full-match wrapper ``^(?:p)$`` that ``p`` does not need.

    Patterns from botocore come wrapped. The wrapper matters where ``p`` has branches;
    elsewhere ``^p$`` says the same, and anchors that ``p`` has already are not doubled.
    """
    if not (source.startswith("^(?:") and source.endswith(")$")):
        return source
    inner = source[4:-2]
    try:
        tree = parse(inner).tree
    except PatternError:
        return source
    if len(tree.branches) != 1:
        return source
    items = tree.branches[0].items
    start = "" if items[:1] == (_START,) else "^"
    end = "" if items[-1:] == (_END,) else "$"
    return f"{start}{inner}{end}"


def _spliced(tree: Alt) -> Alt:
    """Do on the tree what ``unwrapped`` does on the text, for ``(?s)^(?:p)$`` too."""
    items = tree.branches[0].items
    if len(tree.branches) != 1 or (items[:1] + items[2:]) != (_START, _END):
        return tree
    wrapper = items[1]
    if not isinstance(wrapper, Group) or wrapper.opening != "?:":
        return tree
    if len(wrapper.body.branches) != 1:
        return tree
    inner = wrapper.body.branches[0].items
    start = () if inner[:1] == (_START,) else (_START,)
    end = () if inner[-1:] == (_END,) else (_END,)
    return Alt((Seq((*start, *inner, *end)),))


def accepts_all(tree: Alt) -> bool:
    """Return whether a pattern accepts every text, so that printing it says nothing."""
    return any(_is_vacuous(branch) for branch in tree.branches)


def _is_vacuous(branch: Seq) -> bool:
    items = branch.items
    at_start = items[:1] == (_START,)
    items = items[at_start:]
    at_end = items[-1:] == (_END,)
    items = items[: len(items) - at_end]
    if at_start and at_end:
        return len(items) == 1 and _takes_all(items[0])
    return all(_may_be_nothing(item) for item in items)


def _takes_all(node: Node) -> bool:
    if isinstance(node, Group) and node.opening in {"", "?:"}:
        inner = [branch.items for branch in node.body.branches]
        return any(len(items) == 1 and _takes_all(items[0]) for items in inner)
    if not isinstance(node, Repeat):
        return False
    return (node.low, node.high) == (0, None) and is_any(node.body)


def _may_be_nothing(node: Node) -> bool:
    """Return whether a node matches the empty text at any position."""
    if isinstance(node, Group) and node.opening in {"", "?:"}:
        return any(
            all(_may_be_nothing(item) for item in branch.items)
            for branch in node.body.branches
        )
    if isinstance(node, Repeat):
        return node.low == 0 or _may_be_nothing(node.body)
    return False


def _counts_lifted(tree: Alt) -> tuple[Alt, int, int | None]:
    """Move the large count of ``^X{low,high}$`` out: it is the text's length."""
    items = tree.branches[0].items
    if len(tree.branches) != 1 or (items[:1] + items[2:]) != (_START, _END):
        return tree, 0, None
    node = items[1]
    if not isinstance(node, Repeat) or width(node.body) != (1, 1):
        return tree, 0, None
    if max(node.low, node.high or 0) <= LARGE_COUNT:
        return tree, 0, None
    loose = Repeat(node.body, 0, None)
    return Alt((Seq((_START, loose, _END)),)), node.low, node.high


def _counts_opened(tree: Alt) -> Alt:
    """Take upper counts off outside of look-arounds, where that only widens."""
    return Alt(
        tuple(
            Seq(tuple(_opened(item) for item in branch.items))
            for branch in tree.branches
        )
    )


def _opened(node: Node) -> Node:
    if isinstance(node, Group) and not node.is_look:
        return replace(node, body=_counts_opened(node.body))
    if isinstance(node, Repeat):
        body = _opened(node.body)
        if max(node.low, node.high or 0) > SMALL_COUNT:
            return replace(node, body=body, low=min(node.low, 1), high=None)
        return replace(node, body=body)
    return node


def _extent(tree: Alt) -> tuple[int, int | None]:
    """Return how short and how long a text can be that the pattern accepts."""
    lows, highs = [], []
    for branch in tree.branches:
        low, high = width(branch)
        full = branch.items[:1] == (_START,) and branch.items[-1:] == (_END,)
        lows.append(low)
        highs.append(high if full else None)
    unbounded = any(high is None for high in highs)
    return min(lows), None if unbounded else max(high or 0 for high in highs)
