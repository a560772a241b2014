"""The first sentence of an operation's documentation, compared in order with a wish.

Owns reading the sentence and its signs, in the order of ``WEIGHTS``. People say a wish
in the order in which the documentation says it: verb, thing, what it belongs to.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from .words import LATE, STOP_WORDS, split_words, stem, text_words

_MAX_TERMS = 25
# What may stand before the verb of a sentence: "Use this operation to …".
_LEAD_IN = frozenset("""
    a action allows an api can it lets operation the this to use you
    """.split())  # noqa: SIM905 - one word a line would hide the list
_ENDS = (LATE - {"of"}) | {"that", "which", "and", "you", "your"}
_EMPTY = frozenset(map(stem, ("list", "detail", "information", "description")))
"""A list or a description of a thing: the thing is meant."""


class Sentence(NamedTuple):
    """One sentence, read."""

    terms: tuple[str, ...]
    """Stems in order, without fillers."""
    thing: frozenset[str]
    """Stems between the verb and what is said more of it: ``Creates a ... for``."""


def read_sentence(text: str) -> Sentence:
    """Return what is compared of a sentence."""
    terms = tuple(map(stem, text_words(text)[:_MAX_TERMS]))
    words = [word for word in split_words(text) if word not in _LEAD_IN]
    thing: set[str] = set()
    for word in words[1:]:
        if word in _ENDS and thing:
            break
        term = stem(word)
        if word not in STOP_WORDS and term not in _EMPTY and len(word) > 1:
            thing.add(term)
    return Sentence(terms, frozenset(thing))


class InOrder:
    """The words of one wish in order, its verb first."""

    def __init__(
        self, verb: str | None, terms: Collection[str], head: str | None
    ) -> None:
        """``head`` is the last word of the thing that the wish is about."""
        self._terms = (*((verb,) if verb else ()), *terms)
        self._known = frozenset(self._terms)
        self._head = head

    def signs(self, sentence: Sentence) -> list[float]:
        """Return the signs of one operation."""
        said = sentence.terms
        held = _in_order(self._terms, [term for term in said if term in self._known])
        count = len(self._terms)
        return [
            held / math.sqrt(count * len(said)) if held else 0.0,
            float(count > 0 and said[:count] == self._terms),
            float(self._head in sentence.thing),
        ]


def _in_order(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many terms both hold in the same order, others between them."""
    row = [0] * (len(second) + 1)
    for term in first:
        before = 0
        for at, other in enumerate(second, 1):
            above = row[at]
            row[at] = before + 1 if term == other else max(above, row[at - 1])
            before = above
    return row[-1]
