"""What ranking looks up of each operation, service and noun, worked out when asked.

Owns the tables over one corpus, nothing of a wish.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .corpus import NAME, SUMMARY, Corpus, is_plural
from .phrases import Phrases
from .sentence import Sentence, read_sentence
from .vocabulary import VERBS
from .words import stem

_RARE_VERB = 700
_TAGS = ("tag", "untag")
_BEFORE = ("batch", "admin")
_PENALTY = 0.12
_OWN = 0.005
"""A share of this size is little; larger ones count by their logarithm."""


class Document(NamedTuple):
    """What ranking asks of one operation: the parts of its name."""

    before: str
    """``batch`` or ``admin`` where it stands before the verb, mostly nothing."""
    verb: str
    nouns: tuple[str, ...]
    """Stems of the other words, each once."""
    is_plural: bool
    penalty: float
    """Long names hold many words by chance; a noun that repeats the service is free."""


class Tables:
    """Over one corpus; threads may share it, and may work one thing out twice."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.services = corpus.services
        self._before: dict[int, str] = {}
        self.verbs = [self._verb(at, words) for at, words in enumerate(corpus.names)]
        self.tagging = frozenset(
            at for term in _TAGS for at in corpus.postings[NAME].of(term)
        )
        self._verb_counts = Counter(self.verbs)
        self._documents: dict[int, Document] = {}
        self._rarities: dict[str, float] = {}
        self._topics: dict[str, Mapping[str, float]] = {}
        self._owned: dict[str, Mapping[str, float]] = {}
        self.phrases = Phrases(corpus.phrases, corpus.said_rarity)
        self._sentences: dict[int, Sentence] = {}

    def _verb(self, at: int, words: Sequence[str]) -> str:
        if len(words) > 1 and words[0] in _BEFORE and stem(words[1]) in VERBS:
            self._before[at] = words[0]
            return stem(words[1])
        return stem(words[0]) if words else ""

    def document(self, at: int) -> Document:
        """Return the parts of an operation's name."""
        document = self._documents.get(at)
        if document is None:
            words = self.corpus.names[at] or [""]
            before = self._before.get(at, "")
            nouns = tuple(dict.fromkeys(map(stem, words[2 if before else 1 :])))
            terms = self.corpus.service_terms[self.services[at]]
            own = sum(self.rarity(noun) for noun in nouns if noun not in terms)
            document = Document(
                before, self.verbs[at], nouns, is_plural(words[-1]), _PENALTY * own
            )
            self._documents[at] = document
        return document

    def rarity(self, noun: str) -> float:
        """Return the weight of a term among the words of names."""
        rarity = self._rarities.get(noun)
        if rarity is None:
            held = len(self.corpus.postings[NAME].of(noun))
            rarity = math.log(1 + len(self.services) / (1 + held))
            self._rarities[noun] = rarity
        return rarity

    def topic(self, term: str) -> Mapping[str, float]:
        """Return service → how much it is about a term: by the share of its names."""
        topic = self._topics.get(term)
        if topic is None:
            held = Counter(
                self.services[at]
                for at in self.corpus.postings[NAME].of(term)
                if self.verbs[at] != term
            )
            topic = {
                service: math.sqrt(count / len(self.corpus.ranges[service]))
                for service, count in held.items()
            }
            self._topics[term] = topic
        return topic

    def owned(self, term: str) -> Mapping[str, float]:
        """Return service → how much a term is its own: of the summaries that hold it."""
        owned = self._owned.get(term)
        if owned is None:
            held = self.corpus.postings[SUMMARY].of(term)
            counts = Counter(self.services[at] for at in held)
            owned = {
                service: math.log1p(count / (1 + len(held)) / _OWN)
                for service, count in counts.items()
            }
            self._owned[term] = owned
        return owned

    def sentence(self, at: int) -> Sentence:
        """Return the summary of an operation, read."""
        sentence = self._sentences.get(at)
        if sentence is None:
            sentence = read_sentence(self.corpus.entries[at].summary)
            self._sentences[at] = sentence
        return sentence

    def pair_topic(self, pairs: Iterable[str], service: str) -> float:
        """Return how much a service is about neighbours of a wish, written as one word."""
        return sum(self.topic(pair).get(service, 0.0) for pair in pairs)

    def is_rare_verb(self, verb: str | None) -> bool:
        """Say whether the verb of a wish is one that few names begin with."""
        return 0 < self._verb_counts.get(verb or "", 0) < _RARE_VERB
