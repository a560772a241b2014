"""A wish as the ranking sees it: one verb, and what it is about.

Owns reading the query. The index is not needed for it; ``search`` turns terms that the
index does not know into near ones.
"""

from collections.abc import Mapping
from typing import NamedTuple

from .vocabulary import NOUNS, PHRASES, VERBS
from .words import LATE, MAX_WORDS, STOP_WORDS, split_words, stem

_MANY = frozenset(("all", "batch", "bulk", "many", "multiple", "several"))
_DETAILS = frozenset(("detail", "details", "information", "properties"))
"""To list these of a thing is to describe it."""
_DESCRIBE = stem("describe")
_SHOWING = frozenset(
    map(stem, ("display", "get", "obtain", "retrieve", "return", "see", "show", "view"))
)
"""With ``a list of`` behind them these mean listing."""
_MAX_READ = 60
_LONGEST = max(map(len, PHRASES))
_SWITCHED = {"on": "enable", "off": "disable", "up": "create", "down": "stop"}


class Term(NamedTuple):
    """A word of the wish that is not its verb."""

    stem: str
    word: str
    """As written, in lower case."""
    is_late: bool
    """Behind a preposition: it says more of the thing, it is not the thing."""
    follows: str | None
    """Stem of the term that stands right before it."""


class Wish(NamedTuple):
    """A query, read."""

    verb: str | None
    """Stem of the verb as written."""
    verbs: Mapping[str, float]
    """First words of names that the verb may mean → how well, 0 to 1."""
    terms: tuple[Term, ...]
    is_many: bool = False
    """Whether it asks for several things at once."""
    behind_to: str | None = None
    """Stem of the word behind a leading ``to``: a verb, known or not."""

    @property
    def says_more(self) -> bool:
        """Whether words stand behind a preposition."""
        return any(term.is_late for term in self.terms)


def read_wish(text: str) -> Wish:
    """Return the wish of a query; only its first words are read."""
    words = _phrased(split_words(text)[:_MAX_READ])
    verb: str | None = None
    terms: list[Term] = []
    seen: set[str] = set()
    before: str | None = None
    is_late = False
    for word in words:
        folded = stem(word)
        if word in LATE or word in STOP_WORDS:
            is_late = is_late or (word in LATE and bool(terms))
            before = None if word in LATE else before
        elif verb is None and not terms and folded in VERBS:
            verb = folded
        elif word == "list" and verb in _SHOWING and not terms:
            verb = word
        elif folded in seen or (word == "new" and verb):
            before = folded
        elif len(terms) < MAX_WORDS:
            seen.add(folded)
            terms.append(Term(folded, word, is_late, before))
            before = folded
    if verb is None and len(terms) > 1 and terms[-1].stem in VERBS:
        verb = terms.pop().stem
    if verb is not None and not terms:  # the verb is all there is: search for it
        terms = [Term(verb, verb, False, None)]
    if verb == "list" and not _DETAILS.isdisjoint(words):
        verb = _DESCRIBE
    return Wish(
        verb,
        VERBS.get(verb, {}) if verb else {},
        tuple(terms),
        is_many=verb == "list" or not _MANY.isdisjoint(words),
        behind_to=stem(words[1]) if len(words) > 1 and words[0] == "to" else None,
    )


def alternatives(term: str) -> Mapping[str, float]:
    """Return the stems that a term stands for, itself first, with factors."""
    return NOUNS.get(term, {term: 1.0})


def _phrased(words: list[str]) -> list[str]:
    """Replace phrases, and ``turn … on`` with words between its halves."""
    out: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            meant = PHRASES.get(tuple(words[at : at + length]))
            if meant is not None:
                out += meant
                at += length
                break
        else:
            out.append(words[at])
            at += 1
    for verb in ("turn", "switch", "set", "shut"):
        if verb in out:
            first = out.index(verb)
            for particle in _SWITCHED.keys() & set(out[first + 1 :]):
                out[first] = _SWITCHED[particle]
                del out[out.index(particle, first + 1)]
                break
    return out
