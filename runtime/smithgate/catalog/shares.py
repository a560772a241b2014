"""How much of a wish each field of an operation holds, in the order of ``WEIGHTS``.

Owns the signs of words: by the best field that has them, by others that also do, and
what is left over of the wish and of the summary.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from .corpus import DOCUMENTATION, FIELDS, MEMBERS, NAME, SAID, SUMMARY
from .wish import Term

_KINDS = 7
(
    IN_NAME,
    IN_SERVICE,
    IN_SUMMARY,
    IN_SAID,
    IN_DOCUMENTATION,
    IN_MEMBERS,
    _IN_INPUT,
) = (1 << bit for bit in range(_KINDS))
BITS = {
    NAME: IN_NAME,
    SUMMARY: IN_SUMMARY,
    SAID: IN_SAID,
    DOCUMENTATION: IN_DOCUMENTATION,
    MEMBERS: IN_MEMBERS,
}
SHOWN = {
    IN_NAME: FIELDS[NAME],
    IN_SERVICE: "service",
    IN_SUMMARY: FIELDS[SUMMARY],
    IN_SAID: FIELDS[SAID],
    IN_DOCUMENTATION: FIELDS[DOCUMENTATION],
    IN_MEMBERS: FIELDS[MEMBERS],
}
"""The fields, best first, as a hit names them."""

_TELLS = IN_NAME | IN_SUMMARY | _IN_INPUT
_ALSO = 2 * len(SHOWN)
_RARITY = _ALSO + 6


def _slots(bits: int, is_late: bool) -> tuple[int, ...]:
    """Return where a term counts that these fields hold: the best one first."""
    best = [2 * slot + is_late for slot, bit in enumerate(SHOWN) if bits & bit]
    also = (
        bits & IN_NAME and bits & IN_SERVICE,
        bits & IN_SUMMARY,
        bits & IN_MEMBERS,
        bits & IN_SERVICE,
        bits & _TELLS,
        bits & (_TELLS | IN_SAID),
    )
    return (*best[:1], *(_ALSO + slot for slot, held in enumerate(also) if held))


_SLOTS = tuple(
    tuple(_slots(bits, is_late) for bits in range(1 << _KINDS))
    for is_late in (False, True)
)


class Match(NamedTuple):
    """One term of the wish, looked up."""

    term: Term
    weight: float
    bits: dict[int, int]
    """Position → the fields that hold the term."""
    by: Mapping[int, tuple[str, float]]
    """Position → the other word that matched there, and how well it fits."""
    inputs: frozenset[int] = frozenset()
    """The candidates whose input is told of with the term."""


class Shares:
    """The words of one wish."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self.total = sum(match.weight for match in matches) or 1.0
        """The weight of the whole wish, never 0."""
        self.matches = [(match, match.weight / self.total) for match in matches]
        """Each term with its share of the whole."""

    def of_words(self, at: int) -> list[float]:
        """Return the shares by field; how rare the named words are comes last."""
        out = [0.0] * (_RARITY + 1)
        for match, share in self.matches:
            bits = match.bits.get(at, 0)
            held = share * match.by[at][1] if at in match.by else share
            if bits & IN_NAME:
                out[_RARITY] += match.weight * 0.1
            if at in match.inputs:
                bits |= _IN_INPUT
            for slot in _SLOTS[match.term.is_late][bits]:
                out[slot] += held
        return out

    def left_over(
        self, at: int, summary_size: int, service_terms: Collection[str]
    ) -> list[float]:
        """Return what is left over on either side: of the wish, of the summary."""
        missing = unnamed = in_summary = 0.0
        said = early = late = 0
        for match, _ in self.matches:
            bits = match.bits.get(at, 0)
            if not bits:
                missing += match.weight
            if not bits & IN_NAME:
                unnamed += match.weight
            if bits & IN_SUMMARY:
                in_summary += match.weight
            said += bool(bits & IN_SERVICE)
            if bits & (IN_NAME | IN_SERVICE):
                late += match.term.is_late
                early += not match.term.is_late
        return [
            missing / self.total,
            unnamed / self.total,
            in_summary / math.sqrt(self.total * summary_size),
            said / len(service_terms),
            float(late > 0 and not early),
        ]

    def topic(self, at: int, topics: Sequence[float]) -> tuple[float, float]:
        """Return how much a service is about the wish, and about what is not named.

        ``topics`` is how much it is about each term.
        """
        about = elsewhere = 0.0
        for (match, share), topic in zip(self.matches, topics, strict=True):
            if topic:
                about += share * topic
                if not match.bits.get(at, 0) & IN_NAME:
                    elsewhere += share * topic
        return about, elsewhere
