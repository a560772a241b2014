"""Which operations may show what a writer changes, the likeliest first.

Owns the kinds of evidence that tie a reader to a writer: the model's own lifecycle,
names, a shape that both return, an identifier that names what the reader reads.
Whether the reader can be called and shows one thing is for ``readers`` to find out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from ..ir import Change
from ..model import Shape, ShapeId
from .binding import identifiers_of
from .evidence import WAITER, Evidence
from .identifiers import root_of
from .orders import read_as, word_key, word_keys
from .reader_names import PART, reader_names
from .shapes import item_of
from .subject import Subject
from .words import MAKING, bare_noun, singular_of, word_set, words_of

_RICH = 3
"""Members from which on a structure says more than an id and a name."""
K = TypeVar("K")
_GUESSES = ("Estimate", "Estimates", "Preview")
_PROGRESS = word_set("activity change operation update")
_VERBS = ("Get", "Describe", "Head", "List")


class Tie(IntEnum):
    """How a reader is tied to a writer; less is stronger."""

    DECLARED = 0
    NAMED = 1
    SHAPE = 2
    KIND = 3
    """The reader's noun is the last part of the writer's."""
    WITNESS = 4
    """Only a waiter or boto3 says so, not the names."""
    OWNER = 5
    """The reader shows the thing that an identifier of the request names."""
    PART = 6
    """The reader shows a thing that the writer's noun begins with."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible reader, and what speaks for it."""

    name: str
    tie: Tie
    source: str


@dataclass(frozen=True)
class Relations:
    """The possible readers of one service, found by noun and by shape."""

    subjects: Mapping[str, Subject]
    by_noun: Mapping[str, tuple[str, ...]]
    by_shape: Mapping[ShapeId, tuple[str, ...]]
    by_words: Mapping[frozenset[str], tuple[str, ...]]
    evidence: Evidence

    @classmethod
    def of(cls, subjects: Mapping[str, Subject]) -> "Relations":
        """Return the tables over every operation with a verb that reads."""
        nouns: dict[str, list[str]] = {}
        shapes: dict[ShapeId, list[str]] = {}
        keys: dict[frozenset[str], list[str]] = {}
        order = sorted(
            (s for s in subjects.values() if s.verb in _VERBS and not _is_guess(s)),
            key=lambda s: (_VERBS.index(s.verb), len(s.name), s.name),
        )
        for subject in order:
            nouns.setdefault(bare_noun(subject.noun), []).append(subject.name)
            keys.setdefault(word_key(subject.noun), []).append(subject.name)
            for shape in returned_by(subject):
                shapes.setdefault(shape.id, []).append(subject.name)
        tables = (_frozen(nouns), _frozen(shapes), _frozen(keys))
        return cls(subjects, *tables, Evidence.of(subjects))

    def candidates(self, writer: Subject, change: Change) -> Iterator[Candidate]:
        """Yield what is there, the best first, each once."""
        seen = {writer.name}
        for found in self._every(writer, change):
            if found.name in self.subjects and found.name not in seen:
                seen.add(found.name)
                yield found

    def _every(self, writer: Subject, change: Change) -> Iterator[Candidate]:
        if writer.resource is not None:
            resource = writer.model.expect_shape(writer.resource, "resource")
            if read := resource.lifecycle.get("read"):
                yield Candidate(
                    read.name, Tie.DECLARED, "trait resource lifecycle read"
                )
        own = bare_noun(writer.noun)
        for waiter in self.evidence.awaited(writer, change):
            named = bare_noun(self.subjects[waiter.operation].noun) == own
            rule = self._rule(writer, waiter.operation, "")
            yield Candidate(waiter.operation, Tie.NAMED, rule if named else WAITER)
        if change is Change.CREATE and writer.verb not in MAKING:
            yield from self._of_shape(writer)  # an offering's purchase: a reservation
        names = list(reader_names(writer, change))
        yield from _by_rule(names, Tie.NAMED)
        words = words_of(writer.noun)
        yield from self._of_noun(writer, own, Tie.NAMED, "")
        yield from self._of_words(writer, change)
        for start in range(1, len(words)):
            noun = bare_noun("".join(words[start:]))
            yield from self._of_noun(writer, noun, Tie.KIND, "-kind")
        yield from self._of_shape(writer)
        for witness in self.evidence.witnesses(writer, change):
            if witness.is_whole:
                yield Candidate(witness.reader, Tie.WITNESS, witness.source)
        yield from _by_rule(names, Tie.PART)
        for noun in _owners(writer):
            yield from self._of_noun(writer, noun, Tie.OWNER, "-owner")
        for end in range(len(words) - 1, 0, -1):
            noun = bare_noun("".join(words[:end]))
            yield from self._of_noun(writer, noun, Tie.PART, PART)

    def _of_words(self, writer: Subject, change: Change) -> Iterator[Candidate]:
        """Yield what has a noun of the same words, in another order."""
        for key in word_keys(writer, change):
            for name in self.by_words.get(key, ()):
                if read_as(writer, change, self.subjects[name].noun):
                    yield Candidate(name, Tie.NAMED, self._rule(writer, name, "-words"))

    def _of_shape(self, writer: Subject) -> Iterator[Candidate]:
        """Yield what returns a structure that the writer returns, too.

        A listing has a part of it only; what reads one such thing comes first.
        """
        own = bare_noun(writer.noun)
        for shape in returned_by(writer):
            names = self.by_shape.get(shape.id, ()) if _is_particular(shape) else ()
            for name in names:
                noun = bare_noun(self.subjects[name].noun)
                if noun in _PROGRESS and not own.endswith(noun):
                    continue  # how the call itself gets on, whatever it is about
                tie, tail = (Tie.NAMED, "") if noun == own else (Tie.SHAPE, "-shape")
                is_list = self.subjects[name].verb == "List"
                for found in (*self.by_noun[noun], name) if is_list else (name,):
                    yield Candidate(found, tie, self._rule(writer, found, tail))

    def _of_noun(
        self, writer: Subject, noun: str, tie: Tie, tail: str
    ) -> Iterator[Candidate]:
        own = singular_of(writer.noun).casefold()
        names = self.by_noun.get(noun, ())
        for name in sorted(names, key=lambda name: self._lists_another(name, own)):
            yield Candidate(name, tie, self._rule(writer, name, tail))

    def _lists_another(self, name: str, noun: str) -> bool:
        """Return whether a listing has a noun that is this one only by what it is about.

        There are scans, and there are their configurations.
        """
        reader = self.subjects[name]
        return reader.verb == "List" and singular_of(reader.noun).casefold() != noun

    def _rule(self, writer: Subject, name: str, tail: str) -> str:
        reading = self.subjects[name].verb.lower()
        return f"rule {writer.verb.lower()}-{reading}{tail}"


def _by_rule(names: Iterable[tuple[str, str]], tie: Tie) -> Iterator[Candidate]:
    """Yield what the naming conventions give, of whole things or of parts."""
    for name, rule in names:
        if rule.endswith(PART) == (tie is Tie.PART):
            yield Candidate(name, tie, f"rule {rule}")


def _owners(writer: Subject) -> list[str]:
    """Return the nouns of what the identifiers name, the most particular first."""
    own = bare_noun(writer.noun)
    nouns = {root_of(name) for name in identifiers_of(writer)} - {""}
    return sorted(nouns, key=lambda noun: (noun not in own, -len(noun), noun))


def returned_by(subject: Subject) -> Iterator[Shape]:
    """Yield the structures that an operation returns: its output's, its lists' items."""
    for member in subject.output.members.values():
        shape = subject.target(member)
        if shape.type == "list":
            shape = item_of(subject.model, shape)
        if shape.type == "structure":
            yield shape


def _is_guess(subject: Subject) -> bool:
    """Return whether an operation shows what would be rather than what is."""
    return subject.noun.endswith(_GUESSES)


def _is_particular(shape: Shape) -> bool:
    """Return whether a shape stands for one kind of thing rather than for anything."""
    is_rich = len(shape.members) >= _RICH
    return is_rich and not shape.id.name.endswith(("Error", "Failure"))


def _frozen(table: Mapping[K, list[str]]) -> dict[K, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys(names)) for key, names in table.items()}
