"""Ranking: candidates by their words, then the best of them by all signs.

Owns both steps. The first adds up rare words in good fields over the inverted index;
the second weighs, for the few hundred best, verb, name coverage, plural, neighbours,
service and known wishes. Signs are computed in the order of ``WEIGHTS``. Everything
is a function of the corpus and the wish: equal input gives equal output.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import mul
from typing import NamedTuple

from .corpus import NAME, Corpus
from .shares import BITS, IN_NAME, IN_SERVICE, IN_SUMMARY, Match
from .signs import Weighing, joined_terms
from .tables import Tables
from .vocabulary import NICKNAMES, VERBS
from .weights import WEIGHTS
from .wish import Term, Wish, alternatives

CANDIDATES = 200
_NAMED = 1000
"""So many are looked at by name; words such as ``resource`` are in far more."""
# Worth of a field in the first step, in the order of the bits.
_WORTH = (1.0, 0.55, 0.45, 0.4, 0.22, 0.25)
_FURTHER = 0.25
_LATE, _JOINED, _RARE, _TOPIC = 0.6, 0.8, 0.8, 0.8
_VERB = 2.5
_TOLERANCE = 0.99
_RARE_JOIN = 800
_PAIR = 4.0
_FACTORS = tuple(zip(*WEIGHTS.values(), strict=True))
"""Those of a plain wish, and of one that says more behind a preposition."""
_EXACT, _COVERED, _UNNAMED, _IN_ORDER, _PHRASE, _WISH = (
    list(WEIGHTS).index(name)
    for name in ("verb_exact", "covered", "unnamed", "in_order", "phrase", "wish")
)
_LITTLE = 0.25
_STRANGE, _LITERAL = 0.3, 0.6
"""So much of a first sentence in its order: a wish of its own words, or of AWS's."""


def _worths() -> tuple[float, ...]:
    """Return the worth of each set of fields: the best one, and a part of the rest."""
    worths = []
    for bits in range(1 << len(_WORTH)):
        held = sorted(
            (w for at, w in enumerate(_WORTH) if bits >> at & 1), reverse=True
        )
        worths.append(sum(held[:1]) + _FURTHER * sum(held[1:]))
    return tuple(worths)


_WORTHS = _worths()


class Found(NamedTuple):
    """An operation with its score and what matched."""

    at: int
    score: float
    matched: Mapping[str, Sequence[str]]
    """Field → words of the wish, in the order of the fields."""


class Ranking:
    """Ranks the operations of one corpus; immutable."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._tables = Tables(corpus)

    def rank(
        self,
        wish: Wish,
        *,
        within: range | None,
        accepts: Callable[[int], bool] | None,
        limit: int,
    ) -> list[Found]:
        """Return the best ``limit`` operations; ``within`` are those of one service."""
        matches = self._matches(wish, within)
        known = self._corpus.intents.alike(wish)
        scores = self._first(wish, [m for m in matches if m.bits], within)
        for at in known:
            if within is None or at in within:
                scores.setdefault(at, 0.0)
        if accepts is not None:
            scores = {at: score for at, score in scores.items() if accepts(at)}
        best = _best(scores, max(CANDIDATES, 2 * limit))
        chosen = set(best)
        best += [at for at in sorted(known) if at in scores and at not in chosen]
        weigh = Weighing(self._tables, wish, self._with_inputs(matches, best), known)
        weighed = list(_weighed(weigh, best, scores))
        factors = list(_FACTORS[wish.says_more])
        share = _share_of_known([values for _, values in weighed])
        factors[_WISH] *= share
        factors[_PHRASE] *= share
        ranked = sorted(
            ((sum(map(mul, values, factors)), at) for at, values in weighed),
            key=lambda item: (-item[0], item[1]),
        )
        return [Found(at, score, weigh.why(at)) for score, at in ranked[:limit]]

    def with_rare_verb(self, wish: Wish) -> Wish:
        """Return the wish with the word behind ``to`` as verb, if a few names begin so."""
        first = wish.behind_to
        if first is None or first in VERBS or not self._tables.is_rare_verb(first):
            return wish
        terms = wish.terms
        if wish.verb is not None and all(term.stem != wish.verb for term in terms):
            terms = (*terms, Term(wish.verb, wish.verb, False, None))
        return wish._replace(verb=first, verbs={first: 1.0}, terms=terms)

    def signs(
        self, wish: Wish, within: range | None = None
    ) -> list[tuple[int, list[float]]]:
        """Return the candidates with their signs, for fitting the weights."""
        matches = self._matches(wish, within)
        scores = self._first(wish, [m for m in matches if m.bits], within)
        best = _best(scores, CANDIDATES)
        weigh = Weighing(self._tables, wish, self._with_inputs(matches, best), {})
        return list(_weighed(weigh, best, scores))

    def _matches(self, wish: Wish, within: range | None) -> list[Match]:
        """Look up the terms; neighbours also where they are written as one word."""
        matches = [self._match(term, within) for term in wish.terms]
        for joined, pair in joined_terms(wish).items():
            if not 0 < self._corpus.count(joined) < _RARE_JOIN:
                continue
            found = self._bits(joined, within)
            for match in matches:
                if match.term.stem in pair:
                    for at, bits in found.items():
                        match.bits[at] = match.bits.get(at, 0) | bits
        return matches

    def _match(self, term: Term, within: range | None) -> Match:
        bits: dict[int, int] = {}
        by: dict[int, tuple[str, float]] = {}
        for said, factor in alternatives(term.stem).items():
            found = self._bits(said, within)
            if said == term.stem:
                bits.update(found)
                continue
            for at, held in found.items():
                if factor * _WORTHS[held] > _WORTHS[bits.get(at, 0)]:
                    bits[at] = held
                    by[at] = (said, factor)
        rarity = self._corpus.rarity(term.stem)
        if by and term.stem not in self._corpus.postings[NAME]:
            best = max(
                alternatives(term.stem),
                key=lambda s: (s in self._corpus.postings[NAME], s),
            )
            rarity = min(rarity, self._corpus.rarity(best)) if best else rarity
        return Match(term, rarity, bits, by)

    def _with_inputs(
        self, matches: Sequence[Match], best: Sequence[int]
    ) -> list[Match]:
        """Return what matched anywhere, with the candidates whose input says it too."""
        told = self._corpus.told_of_input
        return [
            match._replace(inputs=told(match.term.stem, best))
            for match in matches
            if match.bits
        ]

    def _bits(self, term: str, within: range | None) -> dict[int, int]:
        bits: dict[int, int] = {}
        for field, bit in BITS.items():
            found: Sequence[int] = self._corpus.postings[field].of(term)
            if within is not None and found:
                low = bisect_left(found, within.start)
                found = found[low : bisect_left(found, within.stop)]
            if bits:
                for at in found:
                    bits[at] = bits.get(at, 0) | bit
            else:
                bits = dict.fromkeys(found, bit)
        named = self._corpus.named_by.get(term, ())
        for service in (
            *named,
            *(s for s in NICKNAMES.get(term, ()) if s not in named),
        ):
            held = self._corpus.ranges.get(service, range(0))
            if within is None or held == within:
                for at in held:
                    bits[at] = bits.get(at, 0) | IN_SERVICE
        return bits

    def _first(
        self, wish: Wish, matches: Sequence[Match], within: range | None
    ) -> dict[int, float]:
        """Return position → score of the first step."""
        scores: dict[int, float] = defaultdict(float)
        for match in matches:
            weight = match.weight * (_LATE if match.term.is_late else 1.0)
            worths = [worth * weight for worth in _WORTHS]
            if match.by:
                for at, bits in match.bits.items():
                    scores[at] += worths[bits] * match.by.get(at, ("", 1.0))[1]
            else:
                for at, bits in match.bits.items():
                    scores[at] += worths[bits]
        self._add_joined(scores, wish, within)
        self._add_rare_verb(scores, wish, within)
        return self._with_names(scores, wish, matches)

    def _with_names(
        self, scores: dict[int, float], wish: Wish, matches: Sequence[Match]
    ) -> dict[int, float]:
        """Return the scores of the best so far, with what their names say."""
        verbs, tagging = self._tables.verbs, self._tables.tagging
        meant = {verb: _VERB * factor for verb, factor in wish.verbs.items()}
        pairs = joined_terms(wish)
        named: dict[int, float] = {}
        for at in _above(scores, _NAMED):
            score = scores[at] + meant.get(verbs[at], 0.0)
            score -= self._tables.document(at).penalty
            if at in tagging:
                score += _TOPIC * self._topic(at, matches, pairs)
            named[at] = score
        return named

    def _add_joined(
        self, scores: dict[int, float], wish: Wish, within: range | None
    ) -> None:
        for joined in joined_terms(wish):
            if 0 < self._corpus.count(joined) < _RARE_JOIN:
                weight = _JOINED * self._corpus.rarity(joined)
                for at, bits in self._bits(joined, within).items():
                    if bits & (IN_NAME | IN_SERVICE | IN_SUMMARY):
                        scores[at] += weight * _WORTHS[bits]

    def _add_rare_verb(
        self, scores: dict[int, float], wish: Wish, within: range | None
    ) -> None:
        if self._tables.is_rare_verb(wish.verb):
            assert wish.verb is not None
            weight = _RARE * self._corpus.rarity(wish.verb)
            for at, bits in self._bits(wish.verb, within).items():
                if bits & IN_NAME:
                    scores[at] += weight

    def _topic(
        self, at: int, matches: Sequence[Match], pairs: Collection[str]
    ) -> float:
        service, topic = self._tables.services[at], self._tables.topic
        return sum(
            match.weight * topic(match.term.stem).get(service, 0.0) for match in matches
        ) + _PAIR * self._tables.pair_topic(pairs, service)


def _share_of_known(signs: Sequence[Sequence[float]]) -> float:
    """Return how much known wishes count, 0 to 1, by the signs of all candidates.

    Not at all where the wish names an operation: then it has to be the same one. And
    the less, the more a documentation says what is wished in the same words.
    """
    if any(map(_is_named, signs)):
        return 0.0
    literal = max((values[_IN_ORDER] for values in signs), default=0.0)
    return max(0.0, min(1.0, (_LITERAL - literal) / (_LITERAL - _STRANGE)))


def _is_named(values: Sequence[float]) -> bool:
    """Say whether a wish says an operation's verb and all of its name, and little else."""
    covered = values[_COVERED] >= _TOLERANCE
    return bool(values[_EXACT]) and covered and values[_UNNAMED] <= _LITTLE


def _best(scores: Mapping[int, float], count: int) -> list[int]:
    """Return the ``count`` best positions, best first; ties go by position."""
    chosen = _above(scores, count)
    return sorted(chosen, key=lambda at: (-scores[at], at))[:count]


def _above(scores: Mapping[int, float], count: int) -> Collection[int]:
    """Return the ``count`` best positions, and those as good as the last of them."""
    if len(scores) <= count:
        return scores.keys()
    least = sorted(scores.values(), reverse=True)[count - 1]
    return [at for at, score in scores.items() if score >= least]


def _weighed(
    weigh: Weighing, best: Sequence[int], scores: Mapping[int, float]
) -> Iterator[tuple[int, list[float]]]:
    """Yield the candidates, best first, each with its signs."""
    for place, at in enumerate(best):
        yield at, weigh.signs(at, scores[at] - scores[best[0]], place)
