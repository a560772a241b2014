"""Ranked search over the operations of one index, with the standard library only.

Owns the inverted index and the ranking. A term scores by its rarity and by where it
stands (operation name, service, summary); the score is scaled by how much of the wish
and how much of the name is covered, so ``create bucket`` finds CreateBucket before the
longer names that hold both words. Ties go by id: equal input gives equal output.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from ..errors import InputError, UnknownOperation
from ..operation import Risk
from .cache import LruCache
from .index import Entry, Index
from .names import Names, did_you_mean, show
from .words import (
    COMMON_SERVICES,
    MAX_TEXT,
    MAX_WORDS,
    SYNONYMS,
    name_words,
    stem,
    text_words,
)

MAX_LIMIT = 100

# Fields in the order of their weight: a word in the name says what an operation does,
# one in the service where it belongs, one in the summary often only what it mentions.
_NAME, _SERVICE, _SUMMARY = range(3)
_WEIGHTS = (4.0, 2.5, 1.0)
_FIELDS = ("name", "service", "summary")

_EXACT = 1000.0
_SYNONYM, _PREFIX, _MISSPELT = 0.6, 0.4, 0.7
_MIN_PREFIX, _MIN_MISSPELT = 3, 4
_MAX_PREFIXED = 12
_MAX_LONGER, _LIKENESS = 2, 0.8
_DEPRECATED, _COMMON = 0.5, 1.15
# A weak match of two words must not pass a strong match of one.
_UNCOVERED = 0.35


class Hit(NamedTuple):
    """One search result."""

    entry: Entry
    score: float
    """Comparable within one search only; 0 for an entry listed without a query."""
    why: str
    """What matched where, for the reader: ``name: bucket, put; service: s3``."""


class _Term(NamedTuple):
    """A term of the index that a word of the query stands for."""

    term: str
    factor: float
    """1 for the word itself, less for a synonym, a beginning or a misspelling."""


class SearchIndex:
    """An inverted index over names, services and summaries; immutable once built."""

    def __init__(self, index: Index, names: Names) -> None:
        self._names = names
        self._entries = tuple(index.entries.values())
        self._positions = {entry.id: at for at, entry in enumerate(self._entries)}
        # term → entry position → bits of the fields that hold it
        self._postings: dict[str, dict[int, int]] = defaultdict(dict)
        # word as written → term, and term → its shortest word, to show
        self._words: dict[str, str] = {}
        self._spelled: dict[str, str] = {}
        self._name_sizes: list[int] = []
        self._priors = [
            (_DEPRECATED if entry.deprecated else 1.0)
            * (_COMMON if entry.service in COMMON_SERVICES else 1.0)
            for entry in self._entries
        ]
        spellings = {
            service.name: _service_words(service.name, service.title, *service.aliases)
            for service in index.services.values()
        }
        for at, entry in enumerate(self._entries):
            words = name_words(entry.name)
            self._name_sizes.append(len(set(words)))
            self._post(at, words, _NAME)
            self._post(at, spellings[entry.service], _SERVICE)
            self._post(at, text_words(entry.summary), _SUMMARY)
        self._vocabulary = sorted(self._postings)
        self._expansions: LruCache[str, tuple[_Term, ...]] = LruCache(4096)

    def search(
        self,
        query: str,
        *,
        service: str | None = None,
        risk: Risk | str | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Return the best ``limit`` operations for a wish, best first.

        An operation's own spelling (id, method, command, tool, bare name) comes first.
        Only the first 500 characters and 24 words are read. A query without words
        lists what the filters leave, in order of ids; without a filter it is empty.
        Raises ``InputError`` for an unknown service or risk and a limit below 1.
        """
        if not 1 <= limit <= MAX_LIMIT:
            message = f"limit `{limit}` is not between 1 and {MAX_LIMIT}"
            raise InputError(message)
        only = _Filter(
            None if service is None else self._names.service(service), risk_named(risk)
        )
        words = list(dict.fromkeys(text_words(query)))[:MAX_WORDS]
        exact = self._exact(query)
        if not words and not exact:
            return self._listed(only, limit)
        scores, matches = self._rank(words, only)
        for at in exact:
            if only.accepts(self._entries[at]):
                scores[at] = scores.get(at, 0.0) + _EXACT
        best = sorted(scores, key=lambda at: (-scores[at], self._entries[at].id))
        return [
            Hit(
                entry=self._entries[at],
                score=round(scores[at], 4),
                why=_why(at in exact, matches.get(at, {})),
            )
            for at in best[:limit]
        ]

    def _post(self, at: int, words: Iterable[str], field: int) -> None:
        for word in words:
            term = self._words.setdefault(word, stem(word))
            if len(word) < len(self._spelled.setdefault(term, word)):
                self._spelled[term] = word
            posting = self._postings[term]
            posting[at] = posting.get(at, 0) | 1 << field

    def _exact(self, query: str) -> set[int]:
        """Return the entries whose spelling the whole query is."""
        try:
            ids = [self._names.canonical_id(query)]
        except UnknownOperation as error:
            ids = error.fields.get("candidates") or self._names.operations_named(query)
        return {self._positions[id_] for id_ in ids}

    def _listed(self, only: "_Filter", limit: int) -> list[Hit]:
        if only == (None, None):
            return []
        entries = [entry for entry in self._entries if only.accepts(entry)]
        return [Hit(entry, 0.0, "listed by the filter") for entry in entries[:limit]]

    def _rank(
        self, words: list[str], only: "_Filter"
    ) -> tuple[dict[int, float], dict[int, dict[int, list[str]]]]:
        """Return entry positions with scores, and per entry what matched by field."""
        found: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        in_name: dict[int, int] = defaultdict(int)
        matches: dict[int, dict[int, list[str]]] = {}
        wished = 0.0
        for word in words:
            best = self._best_matches(word, only)
            rarity = max((weight for weight, _, _ in best.values()), default=1.0)
            wished += rarity
            for at, (weight, field, term) in best.items():
                found[at] += weight * _WEIGHTS[field]
                covered[at] += weight
                in_name[at] += field == _NAME
                matches.setdefault(at, {}).setdefault(field, []).append(term)
        for at in found:
            of_name = min(1.0, in_name[at] / max(1, self._name_sizes[at]))
            of_wish = min(1.0, covered[at] / wished)
            found[at] *= (_UNCOVERED + of_wish) * (_UNCOVERED + of_name)
            found[at] *= self._priors[at]
        return found, matches

    def _best_matches(
        self, word: str, only: "_Filter"
    ) -> dict[int, tuple[float, int, str]]:
        """Return per entry the strongest (weight, field, shown term) for one word."""
        best: dict[int, tuple[float, int, str]] = {}
        for term, factor in self._expansions.get(word, self._expand):
            posting = self._postings[term]
            weight = factor * self._rarity(term)
            shown = word if factor == 1.0 else f"{word} → {self._spelled[term]}"
            for at, bits in posting.items():
                if not only.accepts(self._entries[at]):
                    continue
                field = (bits & -bits).bit_length() - 1
                score = weight * _WEIGHTS[field]
                if at not in best or score > best[at][0] * _WEIGHTS[best[at][1]]:
                    best[at] = (weight, field, shown)
        return best

    def _rarity(self, term: str) -> float:
        return math.log(1 + len(self._entries) / len(self._postings[term]))

    def _expand(self, word: str) -> tuple[_Term, ...]:
        """Return the terms of the vocabulary that a query word may stand for."""
        wished = stem(word)
        terms = {wished: 1.0} if wished in self._postings else {}
        for synonym in _SYNONYMS.get(wished, ()):
            terms.setdefault(synonym, _SYNONYM)
        if len(wished) >= _MIN_PREFIX:
            for term in self._beginning_with(wished):
                terms.setdefault(term, _PREFIX)
        if not terms and len(word) >= _MIN_MISSPELT:
            near = [w for w in self._words if abs(len(w) - len(word)) <= _MAX_LONGER]
            for close in get_close_matches(word, near, n=2, cutoff=_LIKENESS):
                terms.setdefault(self._words[close], _MISSPELT)
        return tuple(_Term(t, f) for t, f in terms.items() if t in self._postings)

    def _beginning_with(self, word: str) -> list[str]:
        start = bisect_left(self._vocabulary, word)
        near = self._vocabulary[start : start + _MAX_PREFIXED]
        return [term for term in near if term.startswith(word)]


class _Filter(NamedTuple):
    service: str | None
    risk: Risk | None

    def accepts(self, entry: Entry) -> bool:
        """Say whether the entry passes both filters."""
        if self.risk is not None and entry.risk is not self.risk:
            return False
        return self.service is None or entry.service == self.service


def risk_named(risk: Risk | str | None) -> Risk | None:
    """Return the risk class of a name; raises ``InputError`` with the classes."""
    if risk is None:
        return None
    try:
        return Risk(risk.lower())
    except ValueError:
        names = [known.value for known in Risk]
        near = get_close_matches(risk.lower()[:MAX_TEXT], names, n=1) or names
        message = f"unknown risk `{show(risk)}`"
        raise InputError(message, hint=did_you_mean(near), nearest=near) from None


_SYNONYMS = {stem(word): tuple(map(stem, known)) for word, known in SYNONYMS.items()}


def _service_words(*spellings: str) -> set[str]:
    return {word for spelling in spellings for word in text_words(spelling)}


def _why(exact: bool, matches: dict[int, list[str]]) -> str:
    parts = ["exact name"] if exact else []
    parts += [f"{_FIELDS[at]}: {', '.join(matches[at])}" for at in sorted(matches)]
    return "; ".join(parts)
