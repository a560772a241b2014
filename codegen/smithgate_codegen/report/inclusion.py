"""Whether one pattern takes everything that another takes, where that is easy to see.

Owns a sound, incomplete comparison on syntax trees: "wider" is a promise, "unclear"
only says that nothing was shown. AWS mostly widens patterns by an optional piece or a
further alternative; telling these from real changes is what a reviewer needs.
"""

from enum import StrEnum

from ..patterns.nodes import (
    Alt,
    Assert,
    Back,
    Char,
    Class,
    Dot,
    Group,
    Named,
    Node,
    PatternError,
    Range,
    Repeat,
    Seq,
    is_any,
    nodes_of,
)
from ..patterns.parse import parse

_STEPS = 20_000
"""Comparisons before giving up; published patterns need some thousands."""
_NO_LINE_ENDS = (
    Range(0, 0x09),
    Range(0x0B, 0x0C),
    Range(0x0E, 0x2027),
    Range(0x202A, 0x10FFFF),
    Named(r"\d"),
    Named(r"\w"),
)
"""What ``.`` takes at least."""
_KNOWN_RANGES = {
    r"\d": (Range(0x30, 0x39),),
    r"\w": (Range(0x30, 0x39), Range(0x41, 0x5A), Range(0x5F, 0x5F), Range(0x61, 0x7A)),
}
"""What named classes hold at least, in every dialect."""
_WITHIN = {r"\d": frozenset({r"\d", r"\w"})}
"""Named classes that other named classes hold."""


class Relation(StrEnum):
    """How the texts that a pattern takes relate to those of an older one."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    UNCLEAR = "unclear"


def relation(before: str, after: str) -> Relation:
    """Return how ``after`` relates to ``before``."""
    try:
        old, new = parse(before).tree, parse(after).tree
    except PatternError:
        return Relation.UNCLEAR
    # Numbers of groups may have moved; what a reference means is then another thing.
    if any(isinstance(n, Back) for tree in (old, new) for n in nodes_of(tree)):
        return Relation.UNCLEAR
    try:
        is_wider, is_narrower = _Cover().alt(new, old), _Cover().alt(old, new)
    except (_TooMuchError, RecursionError):
        return Relation.UNCLEAR
    if is_wider:
        return Relation.SAME if is_narrower else Relation.WIDER
    return Relation.NARROWER if is_narrower else Relation.UNCLEAR


class _TooMuchError(Exception):
    """The comparison took more steps than it may."""


class _Cover:
    """Shows that a wide tree takes all that a narrow one takes.

    Leaving an assertion of the narrow side out makes its language larger, so that is
    always allowed; assertions of the wide side must be met by equal ones.
    """

    def __init__(self) -> None:
        self._steps = 0

    def alt(self, wide: Alt, narrow: Alt) -> bool:
        """Return whether each branch is covered by one of the wide tree's."""
        branches = [_spliced(branch) for branch in wide.branches]
        return all(
            any(self._seq(own, _spliced(branch)) for own in branches)
            for branch in narrow.branches
        )

    def _seq(self, wide: tuple[Node, ...], narrow: tuple[Node, ...]) -> bool:
        """Align two sequences; ``reached`` are ends in ``narrow`` that fit so far."""
        reached = _past_assertions({0}, narrow)
        for item in wide:
            ends: set[int] = set()
            for start in reached:
                ends |= self._ends(item, narrow, start)
            reached = _past_assertions(ends, narrow)
            if not reached:
                return False
        return len(narrow) in reached

    def _ends(self, item: Node, narrow: tuple[Node, ...], start: int) -> set[int]:
        """Return where the narrow sequence can go on after one wide item."""
        self._steps += 1
        if self._steps > _STEPS:
            raise _TooMuchError
        ends = {start} if _is_nullable(item) else set()
        if start < len(narrow) and self._node(item, narrow[start]):
            ends.add(start + 1)
        body = item.body if isinstance(item, Repeat) else item
        once = not isinstance(item, Repeat) or (
            item.low <= 1 and (item.high is None or item.high >= 1)
        )
        if once and start < len(narrow) and self._node(body, narrow[start]):
            ends.add(start + 1)
        if once and isinstance(body, Group) and not body.is_look:
            ends |= {
                end
                for end in range(start + 1, len(narrow) + 1)
                if self.alt(body.body, Alt((Seq(narrow[start:end]),)))
            }
        if isinstance(item, Repeat) and item.high is None and item.low <= 1:
            ends |= self._absorbed(item.body, narrow, start)
        return ends

    def _absorbed(self, body: Node, narrow: tuple[Node, ...], start: int) -> set[int]:
        """Return the ends after one or more items that all fit a repeated body."""
        ends, at = set(), start
        while at < len(narrow):
            item = narrow[at]
            inner = item.body if isinstance(item, Repeat) else item
            if not self._node(body, inner):
                break
            at += 1
            # A run that may be empty has not shown one item yet.
            if any(not _is_nullable(each) for each in narrow[start:at]):
                ends.add(at)
        return ends

    def _node(self, wide: Node, narrow: Node) -> bool:
        match wide, narrow:
            case Group(), Group() if not wide.is_look and not narrow.is_look:
                return self.alt(wide.body, narrow.body)
            case Repeat(), Repeat():
                fits_high = wide.high is None or (
                    narrow.high is not None and narrow.high <= wide.high
                )
                fits_low = wide.low <= narrow.low or _is_nullable(wide.body)
                fits = fits_low and fits_high
                return fits and self._node(wide.body, narrow.body)
            case (Char() | Dot() | Class(), Char() | Dot() | Class()):
                return _holds(wide, narrow)
        return wide == narrow


def _spliced(branch: Seq) -> tuple[Node, ...]:
    """Return the items with groups opened that only bracket a sequence."""
    items: list[Node] = []
    for item in branch.items:
        is_bracket = isinstance(item, Group) and not item.is_look
        if isinstance(item, Group) and is_bracket and len(item.body.branches) == 1:
            items += _spliced(item.body.branches[0])
        else:
            items.append(item)
    return tuple(items)


def _past_assertions(places: set[int], narrow: tuple[Node, ...]) -> set[int]:
    found = set(places)
    for place in places:
        at = place
        while at < len(narrow) and isinstance(narrow[at], Assert):
            at += 1
            found.add(at)
    return found


def _is_nullable(node: Node) -> bool:
    """Return whether a node surely takes the empty text anywhere."""
    match node:
        case Repeat():
            return node.low == 0 or _is_nullable(node.body)
        case Group() if not node.is_look:
            return any(
                all(_is_nullable(item) for item in branch.items)
                for branch in node.body.branches
            )
    return False


def _holds(wide: Char | Dot | Class, narrow: Char | Dot | Class) -> bool:
    """Return whether one character's set surely holds another's."""
    if wide == narrow or is_any(wide):
        return True
    if isinstance(narrow, Dot):
        return False
    own, others = _items(wide), _items(narrow)
    is_outer = isinstance(wide, Class) and wide.negated
    if isinstance(narrow, Class) and narrow.negated:
        return is_outer and _all_in(own, others)
    return _all_apart(others, own) if is_outer else _all_in(others, own)


def _items(node: Char | Dot | Class) -> tuple[Range | Named, ...]:
    match node:
        case Char():
            return (Range(node.code, node.code),)
        case Dot():
            return _NO_LINE_ENDS
        case Class():
            return node.items


def _all_in(
    items: tuple[Range | Named, ...], others: tuple[Range | Named, ...]
) -> bool:
    names = {item.text for item in others if isinstance(item, Named)}
    runs = _merged(others)
    for item in items:
        if isinstance(item, Named):
            if not names & _WITHIN.get(item.text, frozenset({item.text})):
                return False
        elif not any(run.low <= item.low and item.high <= run.high for run in runs):
            return False
    return True


def _all_apart(
    items: tuple[Range | Named, ...], others: tuple[Range | Named, ...]
) -> bool:
    """Return whether ranges share nothing with others; names are never sure."""
    every = (*items, *others)
    if any(isinstance(item, Named) for item in every):
        return False
    return not any(
        item.low <= other.high and other.low <= item.high
        for item in items
        if isinstance(item, Range)
        for other in others
        if isinstance(other, Range)
    )


def _merged(items: tuple[Range | Named, ...]) -> list[Range]:
    """Return what a class holds at least, as ranges that do not touch."""
    ranges = [item for item in items if isinstance(item, Range)]
    for item in items:
        if isinstance(item, Named):
            ranges += _KNOWN_RANGES.get(item.text, ())
    merged: list[Range] = []
    for item in sorted(ranges, key=lambda item: item.low):
        if merged and item.low <= merged[-1].high + 1:
            last = merged[-1]
            merged[-1] = Range(last.low, max(last.high, item.high))
        else:
            merged.append(item)
    return merged
