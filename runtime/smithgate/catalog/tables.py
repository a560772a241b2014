"""What ranking looks up of each operation, service and noun, worked out once.

Owns the tables over one corpus, nothing of a wish.
"""

import math

from .corpus import Corpus

_RARE_VERB = 700
_TAGS = frozenset(("tag", "untag"))
_PENALTY = 0.12
_SIZE = 5
"""Brings the logarithm of a service's size to about 1."""


class Tables:
    """Immutable once built; positions are those of the corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.documents = corpus.documents
        # Lists beside the records: the first step asks for thousands of them.
        self.verbs = [document.verb for document in self.documents]
        self.are_tags = [
            document.verb in _TAGS or "tag" in document.nouns
            for document in self.documents
        ]
        self.services = [entry.service for entry in corpus.entries]
        self.sizes = {
            service: math.log(len(held)) / _SIZE
            for service, held in corpus.ranges.items()
        }
        self.rarities = {noun: corpus.noun_rarity(noun) for noun in corpus.noun_counts}
        # Long names hold many words by chance; a noun that repeats the service is free.
        self.penalties = [
            _PENALTY * sum(self.rarities[noun] for noun in self._own_nouns(at))
            for at in range(len(self.documents))
        ]

    def is_rare_verb(self, verb: str | None) -> bool:
        """Say whether the verb of a wish is one that few names begin with."""
        return 0 < self.corpus.verb_counts.get(verb or "", 0) < _RARE_VERB

    def _own_nouns(self, at: int) -> list[str]:
        terms = self.corpus.service_terms[self.services[at]]
        return [noun for noun in self.documents[at].nouns if noun not in terms]
