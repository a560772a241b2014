"""The signs that an operation is what a wish means, in the order of ``WEIGHTS``.

Owns what is looked at in the second step of ranking: which fields hold which words,
verb, name coverage, plural, neighbours, service, known wishes. How much each counts
is in ``weights``.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .corpus import DOCUMENTATION, FIELDS, INPUT, MEMBERS, NAME, SUMMARY, is_plural
from .kinds import Kind
from .sentence import InOrder
from .services import MOST_USED, WELL_KNOWN
from .tables import Tables
from .wish import Term, Wish, alternatives
from .words import stem

IN_NAME, IN_SERVICE, IN_SUMMARY, IN_DOCUMENTATION, IN_MEMBERS = 1, 2, 4, 8, 16
BITS = {
    NAME: IN_NAME,
    SUMMARY: IN_SUMMARY,
    DOCUMENTATION: IN_DOCUMENTATION,
    MEMBERS: IN_MEMBERS,
}
_SHOWN = (
    (IN_NAME, FIELDS[NAME]),
    (IN_SERVICE, "service"),
    (IN_SUMMARY, FIELDS[SUMMARY]),
    (IN_DOCUMENTATION, FIELDS[DOCUMENTATION]),
    (IN_MEMBERS, FIELDS[MEMBERS]),
)
_TOLERANCE = 0.99
_LIKELY = 0.5
"""A verb that fits worse may still be a noun of the wish."""
_SAME_WISH = 2
"""Power of likeness: a wish that shares some words with a known one means another thing."""
_BEFORE_VERB = 16
"""Signs of words that stand in ``WEIGHTS`` before those of the name."""


class Match(NamedTuple):
    """One term of the wish, looked up."""

    term: Term
    weight: float
    bits: Mapping[int, int]
    """Position → the fields that hold the term."""
    by: Mapping[int, tuple[str, float]]
    """Position → the other word that matched there, and how well it fits."""
    inputs: frozenset[int] = frozenset()
    """The candidates whose input is told of with the term."""


def joined_terms(wish: Wish) -> dict[str, tuple[str, str]]:
    """Return neighbours written as one word: ``data store`` as ``datastore``."""
    return {
        stem(first.word + second.word): (first.stem, second.stem)
        for first, second in pairwise(wish.terms)
        if second.follows == first.stem
    }


class Weighing:
    """The second step for one wish."""

    def __init__(
        self,
        tables: Tables,
        wish: Wish,
        matches: Sequence[Match],
        known: Mapping[int, tuple[float, str]],
    ) -> None:
        self._tables = tables
        self._corpus = tables.corpus
        self._wish = wish
        self._matches = matches
        self._known = known
        self._total = sum(match.weight for match in matches) or 1.0
        self._owned = [
            (match.weight / self._total, tables.owned(match.term.stem))
            for match in matches
        ]
        self._stems = {term.stem: 1.0 for term in wish.terms}
        for term in wish.terms:
            for said, factor in alternatives(term.stem).items():
                self._stems[said] = max(factor, self._stems.get(said, 0.0))
        self._joined = joined_terms(wish)
        self._pairs = set(self._joined.values())
        self._words = {term.stem: term.word for term in wish.terms}
        early = [term.stem for term in wish.terms if not term.is_late]
        self._head = early[-1] if early else None
        self._kind = Kind(wish)
        self._order = InOrder(
            wish.verb, [match.term.stem for match in matches], self._head
        )
        self._is_rare = tables.is_rare_verb(wish.verb)

    def signs(self, at: int, behind: float, place: int) -> list[float]:
        """Return the values in the order of ``WEIGHTS``.

        ``behind`` is how far the first step put the operation behind its best one,
        ``place`` the rank that this gave it, from 0.
        """
        words = self._of_words(at)
        entry, document = self._corpus.entries[at], self._tables.document(at)
        service = self._tables.services[at]
        verb = self._wish.verbs.get(document.verb, 0.0)
        rare = self._is_rare and (
            document.verb == self._wish.verb or self._wish.verb in document.nouns
        )
        name, covered = self._of_name(at)
        likeness = self._known.get(at, (0.0, ""))[0]
        return [
            *words[:_BEFORE_VERB],
            *name,
            verb,
            float(verb >= _TOLERANCE),
            float(document.verb in self._stems and verb < _LIKELY),
            float(verb == 0),
            verb * covered,
            verb * (covered > _TOLERANCE),
            float(not document.nouns),
            float(rare),
            float(service in MOST_USED),
            float(service in WELL_KNOWN),
            self._corpus.ages[service],
            *words[_BEFORE_VERB:],
            sum(share * owned.get(service, 0.0) for share, owned in self._owned),
            self._tables.pair_topic(self._joined, service),
            *self._of_whole(at),
            *self._order.signs(self._tables.sentence(at)),
            *self._kind.signs(document, verb),
            behind,
            math.log1p(place),
            float(entry.deprecated),
            likeness**_SAME_WISH,
            float(likeness > _TOLERANCE),
        ]

    def _of_words(self, at: int) -> list[float]:
        """Return the shares of the wish by field, name rarity last, then topics."""
        out = [0.0] * 18
        service = self._tables.services[at]
        for match in self._matches:
            bits = match.bits.get(at, 0)
            share = match.weight / self._total
            held = share * match.by[at][1] if at in match.by else share
            for slot, bit in enumerate(
                (IN_NAME, IN_SERVICE, IN_SUMMARY, IN_DOCUMENTATION, IN_MEMBERS)
            ):
                if bits & bit:
                    out[2 * slot + match.term.is_late] += held
                    break
            if bits & IN_NAME:
                out[10] += held * bool(bits & IN_SERVICE)
                out[15] += match.weight * 0.1
            out[11] += held * bool(bits & IN_SUMMARY)
            out[12] += held * bool(bits & IN_MEMBERS)
            out[13] += held * bool(bits & IN_SERVICE)
            if bits & (IN_NAME | IN_SUMMARY) or at in match.inputs:
                out[14] += held
            topic = self._tables.topic(match.term.stem).get(service, 0.0)
            out[16] += share * topic
            out[17] += 0.0 if bits & IN_NAME else share * topic
        return out

    def _of_whole(self, at: int) -> list[float]:
        """Return what is left over on either side: of the wish, of the summary."""
        missing = unnamed = in_summary = 0.0
        said: set[str] = set()
        early = late = 0
        for match in self._matches:
            bits = match.bits.get(at, 0)
            if not bits:
                missing += match.weight
            if not bits & IN_NAME:
                unnamed += match.weight
            if bits & IN_SUMMARY:
                in_summary += match.weight
            if bits & IN_SERVICE:
                said.add(match.term.stem)
            if bits & (IN_NAME | IN_SERVICE):
                late += match.term.is_late
                early += not match.term.is_late
        size = self._corpus.summary_sizes[at]
        terms = self._corpus.service_terms[self._tables.services[at]]
        return [
            missing / self._total,
            unnamed / self._total,
            in_summary / math.sqrt(self._total * size),
            len(said) / len(terms),
            float(late > 0 and not early),
        ]

    def _of_name(self, at: int) -> tuple[list[float], float]:
        """Return the signs of the name, and which part of it the wish covers."""
        document = self._tables.document(at)
        nouns, rarity_of = document.nouns, self._tables.rarity
        terms = self._corpus.service_terms[self._tables.services[at]]
        joined: set[str] = set()
        pairs = 0
        for first, second in pairwise(nouns):
            pairs += (first, second) in self._pairs
            if first + second in self._joined or first + second in self._stems:
                joined |= {first, second}
        covered = uncovered = whole = 0.0
        extra = 0
        for noun in nouns:
            rarity = rarity_of(noun)
            whole += rarity
            if noun in joined or noun in self._joined:
                covered += rarity
            elif noun in self._stems:
                covered += rarity * self._stems[noun]
            else:
                extra += 1
                if noun not in terms:
                    uncovered += rarity
        share = covered / whole if whole else 0.0
        plural = 0.0
        if nouns and nouns[-1] in self._words:
            same = is_plural(self._words[nouns[-1]]) == document.is_plural
            plural = 1.0 if same else -1.0
        signs = [
            share,
            uncovered * 0.1,
            float(share > _TOLERANCE),
            pairs / len(nouns) if nouns else 0.0,
            float(self._head in nouns),
            float(bool(nouns) and self._head == nouns[-1]),
            float(len(nouns) > 1 and self._head == nouns[-2] + nouns[-1]),
            float(bool(nouns) and nouns[0] in self._stems),
            float(extra),
            float(any(noun in self._joined for noun in nouns)),
            plural,
        ]
        return signs, share

    def why(self, at: int) -> dict[str, list[str]]:
        """Return what matched where, in the words of the wish."""
        out: dict[str, list[str]] = {}
        document = self._tables.document(at)
        verb = self._wish.verb
        if verb is not None and self._wish.verbs.get(document.verb):
            said, meant = self._spelled(verb), self._spelled(document.verb)
            out["verb"] = [said if said == meant else f"{said} → {meant}"]
        for match in self._matches:
            bits = match.bits.get(at, 0)
            input_ = FIELDS[INPUT] if at in match.inputs else None
            field = next((name for bit, name in _SHOWN if bits & bit), input_)
            if field is not None:
                word = match.term.word
                if at in match.by:
                    word = f"{word} → {self._spelled(match.by[at][0])}"
                out.setdefault(field, []).append(word)
        if at in self._known:
            out["wish"] = [self._known[at][1]]
        return out

    def _spelled(self, term: str) -> str:
        return self._corpus.as_written(term)
