"""The signs that an operation is what a wish means, in the order of ``WEIGHTS``.

Owns what is looked at in the second step of ranking: which fields hold which words,
verb, name coverage, plural, neighbours, service, known wishes. How much each counts
is in ``weights``.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .corpus import FIELDS, INPUT, is_plural
from .kinds import Kind
from .sentence import InOrder
from .services import MOST_USED, WELL_KNOWN
from .shares import SHOWN, Match, Shares
from .tables import Document, Tables
from .wish import Wish, alternatives
from .words import stem

_TOLERANCE = 0.99
_LIKELY = 0.5
"""A verb that fits worse may still be a noun of the wish."""
_NEAR = 0.5
"""So alike is a phrase that is worth being shown."""
_SAME_PHRASE = 4
"""Power of likeness: of the many phrases only one that is said nearly whole counts."""
_SAME_WISH = 2
"""Power of likeness: a wish that shares some words with a known one means another thing."""


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
        self._shares = Shares(matches)
        self._owned = [
            (share, tables.owned(match.term.stem))
            for match, share in self._shares.matches
        ]
        self._topics = [tables.topic(match.term.stem) for match in matches]
        self._by_service: dict[str, tuple[list[float], list[float]]] = {}
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
        self._phrases = tables.phrases
        self._said = tables.phrases.said(wish)
        self._order = InOrder(
            wish.verb, [match.term.stem for match in matches], self._head
        )
        self._is_rare = tables.is_rare_verb(wish.verb)

    def signs(self, at: int, behind: float, place: int) -> list[float]:
        """Return the values in the order of ``WEIGHTS``.

        ``behind`` is how far the first step put the operation behind its best one,
        ``place`` the rank that this gave it, from 0.
        """
        entry, document = self._corpus.entries[at], self._tables.document(at)
        service = self._tables.services[at]
        verb = self._wish.verbs.get(document.verb, 0.0)
        name, covered = self._of_name(at)
        (most_used, well_known, age, owned, pair_topic), topics = self._of_service(
            service
        )
        phrase = self._phrases.likeness(self._said, at)
        likeness = self._known.get(at, (0.0, ""))[0]
        return [
            *self._shares.of_words(at),
            *name,
            *self._of_verb(document, verb, covered),
            most_used,
            well_known,
            age,
            *self._shares.topic(at, topics),
            owned,
            pair_topic,
            *self._shares.left_over(
                at,
                self._corpus.summary_sizes[at],
                self._corpus.service_terms[service],
            ),
            *self._order.signs(self._tables.sentence(at)),
            *self._kind.signs(document, verb),
            behind,
            math.log1p(place),
            float(entry.deprecated),
            phrase**_SAME_PHRASE,
            likeness**_SAME_WISH,
            float(likeness > _TOLERANCE),
        ]

    def _of_verb(self, document: Document, verb: float, covered: float) -> list[float]:
        """Return the signs of the verb, which fits ``verb``, beside the name."""
        rare = self._is_rare and (
            document.verb == self._wish.verb or self._wish.verb in document.nouns
        )
        return [
            verb,
            float(verb >= _TOLERANCE),
            float(document.verb in self._stems and verb < _LIKELY),
            float(verb == 0),
            verb * covered,
            verb * (covered > _TOLERANCE),
            float(not document.nouns),
            float(rare),
        ]

    def _of_service(self, service: str) -> tuple[list[float], list[float]]:
        """Return the signs of a service alone, and how much it is about each term."""
        found = self._by_service.get(service)
        if found is None:
            topics = [topic.get(service, 0.0) for topic in self._topics]
            found = (
                [
                    float(service in MOST_USED),
                    float(service in WELL_KNOWN),
                    self._corpus.ages[service],
                    sum(
                        share * owned.get(service, 0.0) for share, owned in self._owned
                    ),
                    self._tables.pair_topic(self._joined, service),
                ],
                topics,
            )
            self._by_service[service] = found
        return found

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
            self._plural(document),
        ]
        return signs, share

    def _plural(self, document: Document) -> float:
        """Return 1 if wish and name say one or many alike, -1 if not, 0 for others."""
        nouns = document.nouns
        if not nouns or nouns[-1] not in self._words:
            return 0.0
        same = is_plural(self._words[nouns[-1]]) == document.is_plural
        return 1.0 if same else -1.0

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
            field = next((name for bit, name in SHOWN.items() if bits & bit), input_)
            if field is not None:
                word = match.term.word
                if at in match.by:
                    word = f"{word} → {self._spelled(match.by[at][0])}"
                out.setdefault(field, []).append(word)
        if self._phrases.likeness(self._said, at) >= _NEAR:
            out["phrase"] = [self._phrases.nearest(self._said, at)]
        if at in self._known:
            out["wish"] = [self._known[at][1]]
        return out

    def _spelled(self, term: str) -> str:
        return self._corpus.as_written(term)
