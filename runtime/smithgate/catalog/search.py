"""Search over the operations of one tree, with the standard library only.

Owns the question and its answer: spellings of names, filters, misspelt words, what a
hit says of itself. Ranking is in ``ranking``, the words are in ``corpus``.
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError
from ..operation import Risk
from .cache import LruCache
from .corpus import NAME, SUMMARY, Corpus
from .index import Entry, Index
from .names import Names, did_you_mean, show
from .ranking import Found, Ranking
from .vocabulary import NICKNAMES, NOUNS
from .wish import Term, Wish, read_wish
from .words import MAX_TEXT

MAX_LIMIT = 100

_EXACT, _SPELLED = 1000.0, 100.0
_MIN_PREFIX, _MIN_MISSPELT = 3, 4
_MAX_SPELLED = 10
_MAX_LONGER, _LIKENESS = 2, 0.75
# What may be an operation's name inside a wish: with a hyphen, an underscore or a
# capital inside, or behind a colon or dot.
_NAMED = re.compile(
    r"(?:[a-z0-9-]+[:.])?[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)+"
    r"|(?:[A-Za-z0-9-]+[:.])?[A-Za-z][a-z0-9]*[A-Z][A-Za-z0-9]*"
    r"|[a-z0-9-]+[:.][a-zA-Z0-9_-]+",
    re.ASCII,
)
_COMMAND = re.compile(r"(?:aws\s+)?([a-z0-9-]+)\s+([a-z0-9-]+)(?=\s|$)", re.ASCII)


class Hit(NamedTuple):
    """One search result."""

    entry: Entry
    score: float
    """Comparable within one search only, may be negative; 0 when listed by a filter."""
    why: str
    """What matched where, for the reader: ``verb: make → create; name: bucket``."""


class SearchIndex:
    """The index of one tree; immutable once built, safe to share between threads."""

    def __init__(self, root: Path, index: Index, names: Names) -> None:
        """Build it; raises ``CatalogInvalid`` for a damaged ``search.txt``."""
        self._names = names
        self._corpus = Corpus(root, index)
        self._entries = self._corpus.entries
        self._ranking = Ranking(self._corpus)
        self._near: LruCache[str, str] = LruCache(1024)

    def search(
        self,
        query: str,
        *,
        service: str | None = None,
        risk: Risk | str | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Return the best ``limit`` operations for a wish, best first.

        An operation's own spelling (id, method, command, tool, IAM action, bare name)
        comes first. Only the first 500 characters and 24 words are read. A query
        without words lists what the filters leave, in order of ids; without a filter
        it is empty. Raises ``InputError`` for an unknown service or risk and a limit
        below 1.
        """
        if not 1 <= limit <= MAX_LIMIT:
            message = f"limit `{limit}` is not between 1 and {MAX_LIMIT}"
            raise InputError(message)
        only = _Filter(
            None if service is None else self._names.service(service), risk_named(risk)
        )
        text = query[:MAX_TEXT]
        spelled = self._spelled(query)
        wish, corrected = self._corrected(read_wish(text))
        if not wish.terms and not spelled:
            return self._listed(only, limit)
        found = {
            hit.at: hit
            for hit in self._ranking.rank(
                wish,
                within=self._corpus.ranges.get(only.service) if only.service else None,
                accepts=self._accepts(only),
                limit=limit,
            )
        }
        for at, bonus in spelled.items():
            if only.accepts(self._entries[at]):
                hit = found.get(at, Found(at, 0.0, {}))
                found[at] = hit._replace(score=hit.score + bonus)
        best = sorted(found.values(), key=lambda hit: (-hit.score, hit.at))
        return [self._hit(hit, spelled, corrected) for hit in best[:limit]]

    def signs(
        self, query: str, service: str | None = None
    ) -> list[tuple[str, list[float]]]:
        """Return ids and signs of the candidates, for fitting the weights."""
        wish, _ = self._corrected(read_wish(query))
        within = self._corpus.ranges[service] if service else None
        found = self._ranking.signs(wish, within)
        return [(self._entries[at].id, signs) for at, signs in found]

    def _hit(
        self, hit: Found, spelled: Iterable[int], corrected: dict[str, str]
    ) -> Hit:
        parts = ["exact name"] if hit.at in spelled else []
        for field, words in hit.matched.items():
            shown = [corrected.get(word, word) for word in words]
            parts.append(f"{field}: {', '.join(shown)}")
        return Hit(self._entries[hit.at], round(hit.score, 4), "; ".join(parts))

    def _accepts(self, only: "_Filter") -> Callable[[int], bool] | None:
        if only.risk is None:
            return None
        return lambda at: only.accepts(self._entries[at])

    def _spelled(self, query: str) -> dict[int, float]:
        """Return the entries that the query, or a word in it, spells; with a bonus."""
        found = dict.fromkeys(self._exact(query), _EXACT)
        if found:
            return found
        text = query[:MAX_TEXT]
        command = _COMMAND.match(text.strip().lower())
        named = [f"{command[1]} {command[2]}"] if command else []
        for token in (*named, *_NAMED.findall(text)[:_MAX_SPELLED]):
            ids = self._exact(token)
            for at in ids if len(ids) <= _MAX_SPELLED else ():
                found.setdefault(at, _SPELLED)
        return found

    def _exact(self, text: str) -> list[int]:
        """Return the entries whose spelling the whole text is."""
        ids = self._names.spelled(text) or self._names.operations_named(text)
        acts = self._corpus.iam_actions.get(text.strip().lower()[:MAX_TEXT], [])
        return [*acts, *(self._corpus.positions[id_] for id_ in ids)]

    def _listed(self, only: "_Filter", limit: int) -> list[Hit]:
        if only == (None, None):
            return []
        entries = [entry for entry in self._entries if only.accepts(entry)]
        return [Hit(entry, 0.0, "listed by the filter") for entry in entries[:limit]]

    def _corrected(self, wish: Wish) -> tuple[Wish, dict[str, str]]:
        """Return the wish in words that the index knows, and what was corrected.

        The table leads from the word that was taken to ``written → taken``.
        """
        terms: list[Term] = []
        shown: dict[str, str] = {}
        for term in wish.terms:
            taken = term
            if not self._knows(term.stem):
                near = self._near.get(term.word, self._nearest)
                if near and all(near != other.stem for other in wish.terms):
                    word = self._corpus.as_written(near)
                    shown[word] = f"{term.word} → {word}"
                    taken = term._replace(stem=near, word=word)
            terms.append(taken)
        wish = wish._replace(terms=tuple(terms))
        return self._ranking.with_rare_verb(wish), shown

    def _knows(self, term: str) -> bool:
        return term in NOUNS or term in NICKNAMES or self._corpus.count(term) > 0

    def _nearest(self, word: str) -> str:
        """Return the term that an unknown word begins or misspells, or nothing."""
        if len(word) < _MIN_PREFIX:
            return ""
        spelled = self._corpus.spelled.items()
        longer = [(term, known) for term, known in spelled if known.startswith(word)]
        if longer:
            return max(longer, key=lambda pair: (self._corpus.count(pair[0]), pair))[0]
        if len(word) < _MIN_MISSPELT:
            return ""
        near = {
            known: term
            for term, known in spelled
            if abs(len(known) - len(word)) <= _MAX_LONGER
            and (known[0] == word[0] or known[1:3] == word[1:3])
            and not known.isdecimal()
        }
        close = get_close_matches(word, near, n=3, cutoff=_LIKENESS)
        common = sorted(close, key=lambda known: (-self._uses(near[known]), known))
        return near[common[0]] if common else ""

    def _uses(self, term: str) -> int:
        postings = self._corpus.postings
        return len(postings[NAME].of(term)) or -len(postings[SUMMARY].of(term))


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
