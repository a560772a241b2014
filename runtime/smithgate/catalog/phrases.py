"""What people say for each operation, compared with a wish phrase by phrase.

Owns the likeness of a wish and the phrases of a candidate. The words of phrases find
candidates like those of any other field; whether a wish is like one phrase as a whole
is only asked of candidates: reading the phrases of all would take longer than an answer.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .intents import intent_terms
from .wish import Wish, read_wish

BETWEEN = "|"
"""Between two phrases of an operation; no phrase holds it."""


class Said(NamedTuple):
    """A phrase or a wish, read."""

    weights: dict[str, float]
    """Each term with its rarity; verbs that mean the same are one."""
    whole: float
    """The sum of the weights, never 0."""


class Phrases:
    """The phrases of one corpus, read when asked for.

    Threads may share it, and may read the same phrase twice.
    """

    def __init__(self, texts: Sequence[str], rarity: Callable[[str], float]) -> None:
        """``texts`` are those of each operation, ``rarity`` weighs a term."""
        self._texts = texts
        self._rarity = rarity
        self._weights: dict[str, float] = {}
        self._read: dict[int, tuple[Said, ...]] = {}

    def likeness(self, wish: Said, at: int) -> float:
        """Return how alike the wish and the nearest phrase are, 0 to 1."""
        return max((_alike(wish, said) for said in self._of(at)), default=0.0)

    def nearest(self, wish: Said, at: int) -> str:
        """Return the nearest phrase of an operation that has some."""
        alike = [_alike(wish, said) for said in self._of(at)]
        return self._texts[at].split(BETWEEN)[alike.index(max(alike))]

    def said(self, wish: Wish) -> Said:
        """Return a wish as phrases are compared with it."""
        weights = {term: self._weight(term) for term in sorted(intent_terms(wish))}
        return Said(weights, sum(weights.values()) or 1.0)

    def _of(self, at: int) -> tuple[Said, ...]:
        found = self._read.get(at)
        if found is None:
            text = self._texts[at]
            phrases = text.split(BETWEEN) if text else ()
            found = tuple(self.said(read_wish(phrase)) for phrase in phrases)
            self._read[at] = found
        return found

    def _weight(self, term: str) -> float:
        weight = self._weights.get(term)
        if weight is None:
            weight = self._rarity(term.rpartition(":")[2])
            self._weights[term] = weight
        return weight


def _alike(wish: Said, said: Said) -> float:
    shared = 0.0
    for term, weight in said.weights.items():
        if term in wish.weights:
            shared += weight
    return shared / math.sqrt(wish.whole * said.whole)
