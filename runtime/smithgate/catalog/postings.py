"""Where each word stands: word as written → operations, asked for by stem.

Owns the folding of word forms. It is done when a term is asked for: a wish holds a
handful of the many thousand words of an index, and the first one should not wait for
all of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .words import stem

_AFTER = "{"
"""Sorts behind every letter and digit."""


def beginning(term: str) -> str:
    """Return what all words with this stem begin with.

    It is the stem, but for a last letter y (policy, policies).
    """
    return term.removesuffix("y") or term


class Vocabulary:
    """All words of an index, sorted; knows which of them share a stem."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._forms: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def forms(self, term: str) -> tuple[str, ...]:
        """Return the words whose stem ``term`` is, in order."""
        found = self._forms.get(term)
        if found is None:
            start = beginning(term)
            low = bisect_left(self._words, start)
            high = bisect_left(self._words, start + _AFTER)
            found = tuple(w for w in self._words[low:high] if stem(w) == term)
            self._forms[term] = found
        return found


class Postings:
    """One field: term → the sorted positions of the operations that hold it."""

    def __init__(
        self, vocabulary: Vocabulary, held: Mapping[str, Sequence[int]]
    ) -> None:
        self._vocabulary = vocabulary
        self._held = held
        self._folded: dict[str, Sequence[int]] = {}

    def __contains__(self, term: str) -> bool:
        return bool(self.of(term))

    def of(self, term: str) -> Sequence[int]:
        """Return the positions that hold a word with this stem, often none."""
        found = self._folded.get(term)
        if found is None:
            forms = [w for w in self._vocabulary.forms(term) if w in self._held]
            if len(forms) == 1:
                found = self._held[forms[0]]
            else:
                found = sorted({at for form in forms for at in self._held[form]})
            self._folded[term] = found
        return found
