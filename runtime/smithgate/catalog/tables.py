"""What ranking looks up of each operation, service and noun, worked out when asked.

Owns the tables over one corpus, nothing of a wish.
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from .corpus import NAME, Corpus, is_plural
from .words import stem

_RARE_VERB = 700
_TAGS = ("tag", "untag")
_PENALTY = 0.12
_SIZE = 5
"""Brings the logarithm of a service's size to about 1."""


class Document(NamedTuple):
    """What ranking asks of one operation: the parts of its name."""

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
        self.verbs = [stem(words[0]) if words else "" for words in corpus.names]
        self.tagging = frozenset(
            at for term in _TAGS for at in corpus.postings[NAME].of(term)
        )
        self.sizes = {
            service: math.log(len(held)) / _SIZE
            for service, held in corpus.ranges.items()
        }
        self._verb_counts = Counter(self.verbs)
        self._documents: dict[int, Document] = {}
        self._rarities: dict[str, float] = {}
        self._topics: dict[str, Mapping[str, float]] = {}

    def document(self, at: int) -> Document:
        """Return the parts of an operation's name."""
        document = self._documents.get(at)
        if document is None:
            words = self.corpus.names[at] or [""]
            nouns = tuple(dict.fromkeys(map(stem, words[1:])))
            terms = self.corpus.service_terms[self.services[at]]
            own = sum(self.rarity(noun) for noun in nouns if noun not in terms)
            document = Document(
                self.verbs[at], nouns, is_plural(words[-1]), _PENALTY * own
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

    def is_rare_verb(self, verb: str | None) -> bool:
        """Say whether the verb of a wish is one that few names begin with."""
        return 0 < self._verb_counts.get(verb or "", 0) < _RARE_VERB
