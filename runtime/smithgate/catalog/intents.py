"""The reviewed wishes of the index, compared with a wish as a whole.

Owns how alike two wishes are. The words of a wish count together here, which finds
operations whose names share none of them.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from .vocabulary import SAME_NOUNS, VERBS
from .wish import Wish, read_wish

_ALIKE = 0.3
"""Less alike than that is chance: one shared word of three."""


class Intents:
    """Known wishes by the terms in them; immutable once built."""

    def __init__(self, wishes: Sequence[tuple[int, str]]) -> None:
        """``wishes`` are pairs of an entry's position and the text."""
        self._owners = [at for at, _ in wishes]
        self._texts = [text for _, text in wishes]
        self._terms = [intent_terms(read_wish(text)) for text in self._texts]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, terms in enumerate(self._terms):
            for term in terms:
                self._holders[term].append(number)

    def alike(self, wish: Wish) -> dict[int, tuple[float, str]]:
        """Return entry position → (likeness 0 to 1, the known wish)."""
        wished = intent_terms(wish)
        shared: dict[int, float] = defaultdict(float)
        for term in wished:
            for number in self._holders.get(term, ()):
                shared[number] += self._rarity(term)
        whole = self._weight(wished)
        best: dict[int, tuple[float, str]] = {}
        for number, weight in shared.items():
            likeness = weight / math.sqrt(whole * self._weight(self._terms[number]))
            at = self._owners[number]
            if likeness >= _ALIKE and likeness > best.get(at, (0.0, ""))[0]:
                best[at] = (likeness, self._texts[number])
        return best

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(map(self._rarity, sorted(terms))) or 1.0

    def _rarity(self, term: str) -> float:
        return math.log(2 + len(self._texts) / (1 + len(self._holders.get(term, ()))))


def intent_terms(wish: Wish) -> frozenset[str]:
    """Return the terms of a wish; verbs that mean the same share one."""
    terms = {SAME_NOUNS.get(term.stem, term.stem) for term in wish.terms}
    if wish.verb is not None:
        terms.discard(wish.verb)
        terms.add(_SAME_VERB.get(wish.verb, wish.verb))
    return frozenset(terms)


def _same_verbs() -> dict[str, str]:
    """Return verb → the first verb of the vocabulary that means exactly the same."""
    first: dict[tuple[tuple[str, float], ...], str] = {}
    same: dict[str, str] = {}
    for verb, meant in VERBS.items():
        full = tuple(sorted(item for item in meant.items() if item[0] != verb))
        same[verb] = f"verb:{first.setdefault(full or ((verb, 1.0),), verb)}"
    return same


_SAME_VERB = _same_verbs()
