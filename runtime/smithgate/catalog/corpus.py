"""The searchable words of all operations, inverted: term → operations, per field.

Owns reading ``search.txt`` and what of it is kept in memory. The file is made by the
generator from the same models as the index; a tree without it (made by hand, for a
test) is searched by names and summaries alone.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from .index import Entry, Index, invalid, read_tree_bytes
from .intents import Intents
from .postings import Postings, Vocabulary, beginning
from .words import STOP_WORDS, name_words, stem, text_words

SEARCH_FILE = "search.txt"
HEADER = "smithgate search index, format 3"
_COLUMNS = 9
_NEWEST, _DECADE = 2027, 10

NAME, SUMMARY, DOCUMENTATION, MEMBERS, SAID, INPUT = range(6)
FIELDS = ("name", "summary", "documentation", "members", "said", "input")


class _Line(NamedTuple):
    """One line of the file, its columns still text."""

    id: str
    summary: str
    documentation: str
    members: str
    said: str
    input: str
    phrases: str
    iam_actions: str
    wishes: str


class Corpus:
    """Immutable but for what it works out when asked; threads may share it.

    Positions are those of the index's sorted entries.
    """

    def __init__(self, root: Path, index: Index) -> None:
        """Read the file below ``root``; raises ``CatalogInvalid`` if it is damaged."""
        self.entries: tuple[Entry, ...] = tuple(index.entries.values())
        self.positions = {entry.id: at for at, entry in enumerate(self.entries)}
        self.services = [id_.partition(":")[0] for id_ in index.entries]
        self.ranges = _ranges(self.services)
        self.names: list[list[str]] = []
        """The words of each name."""
        self.summary_sizes = array("H")
        """How many words each summary has."""
        self.phrases: list[str] = []
        """What people say for each operation, ``|`` between two phrases."""
        self._inputs: list[str] = []
        """The words that are told of input, a space before each."""
        raw: list[dict[str, list[int]]] = [defaultdict(list) for _ in FIELDS[:INPUT]]
        self.iam_actions: dict[str, list[int]] = {}
        wishes = self._read(_lines(root, self.entries), raw)
        self._post_names(raw[NAME])
        self.intents = Intents(wishes)
        self.vocabulary = Vocabulary(set().union(*raw))
        self.postings = [Postings(self.vocabulary, held) for held in raw]
        self.service_terms = {
            service.name: _service_terms(
                service.name, service.title, service.sdk_id, *service.aliases
            )
            for service in index.services.values()
        }
        self.named_by = _inverted(self.service_terms)
        self.ages = {name: _age(index.source.get(name)) for name in index.services}

    @cached_property
    def spelled(self) -> dict[str, str]:
        """Term → its shortest word in a name or summary, to compare misspelt ones with."""
        spelled: dict[str, str] = {}
        for word in self.vocabulary:
            term = stem(word)
            known = spelled.get(term)
            if known is None or len(word) < len(known):
                spelled[term] = word
        return {
            term: word
            for term, word in spelled.items()
            if any(term in self.postings[field] for field in (NAME, SUMMARY))
        }

    def as_written(self, term: str) -> str:
        """Return the shortest word with this stem, to show it."""
        return min(self.vocabulary.forms(term), key=len, default=term)

    def count(self, term: str) -> int:
        """Return in how many operations a term stands, counted once per field.

        What is said of the input does not count: such words lead to no operation.
        """
        found = sum(len(postings.of(term)) for postings in self.postings)
        return found + sum(
            len(self.ranges[service]) for service in self.named_by.get(term, ())
        )

    def told_of_input(self, term: str, among: Iterable[int]) -> frozenset[int]:
        """Return those of ``among`` whose input is told of with a word of this stem.

        Looked up in the text: only candidates are asked for, and the words would be
        a third of all that is inverted.
        """
        start, inputs = " " + beginning(term), self._inputs
        return frozenset(
            at for at in among if start in inputs[at] and _says(inputs[at], start, term)
        )

    def rarity(self, term: str) -> float:
        """Return the weight of a term: the rarer, the more it says."""
        return math.log(1 + len(self.entries) / (1 + self.count(term)))

    def _read(
        self, lines: Iterable[_Line], raw: Sequence[dict[str, list[int]]]
    ) -> list[tuple[int, str]]:
        """Take in all lines, fill ``raw`` with the words of fields; return the wishes."""
        wishes: list[tuple[int, str]] = []
        for at, line in enumerate(lines):
            for field in (SUMMARY, DOCUMENTATION, MEMBERS, SAID):
                postings = raw[field]
                for word in line[field].split():
                    postings[word].append(at)
            self.phrases.append(line.phrases)
            self._inputs.append(" " + line.input if line.input else "")
            self.summary_sizes.append(line.summary.count(" ") + 1)
            if line.iam_actions:
                for action in line.iam_actions.lower().split():
                    self.iam_actions.setdefault(action, []).append(at)
            if line.wishes:
                wishes += [(at, wish) for wish in line.wishes.split("|")]
        return wishes

    def said_rarity(self, term: str) -> float:
        """Return the weight of a term in what people say: by names and phrases alone."""
        found = sum(len(self.postings[field].of(term)) for field in (NAME, SAID))
        return math.log(1 + len(self.entries) / (1 + found))

    def _post_names(self, held: dict[str, list[int]]) -> None:
        """Fill ``held`` with the words of names and with neighbours as one word."""
        for at, entry in enumerate(self.entries):
            words = name_words(entry.id.partition(":")[2])
            self.names.append(words)
            for word in words:
                held[word].append(at)
            for first, second in pairwise(words[1:]):
                held[first + second].append(at)


def is_plural(word: str) -> bool:
    """Say whether a word looks like a plural."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _says(text: str, start: str, term: str) -> bool:
    """Say whether a word that begins so, a space before it, has this stem."""
    at = text.find(start)
    while at >= 0:
        if stem(text[at + 1 :].partition(" ")[0]) == term:
            return True
        at = text.find(start, at + 1)
    return False


def _lines(root: Path, entries: Sequence[Entry]) -> Iterable[_Line]:
    if not (root / SEARCH_FILE).is_file():
        return (
            _Line(entry.id, " ".join(text_words(entry.summary)), *[""] * 7)
            for entry in entries
        )
    return _read_lines(root, entries)


def _read_lines(root: Path, entries: Sequence[Entry]) -> Iterator[_Line]:
    try:
        text = read_tree_bytes(root, SEARCH_FILE).decode("ascii")
    except UnicodeDecodeError as error:
        raise invalid(SEARCH_FILE, "is not plain text") from error
    header, *lines = text.split("\n")
    if header != HEADER:
        raise invalid(SEARCH_FILE, "is of another format than this release reads")
    if len(lines) != len(entries) + 1 or lines[-1]:
        raise invalid(SEARCH_FILE, "has other operations than the index")
    for entry, text_line in zip(entries, lines, strict=False):
        columns = text_line.split("\t")
        if len(columns) != _COLUMNS or columns[0] != entry.id:
            raise invalid(SEARCH_FILE, f"has a malformed line for `{entry.id}`")
        yield _Line._make(columns)


def _ranges(services: Sequence[str]) -> dict[str, range]:
    """Return the positions of each service; sorted ids keep a service together."""
    ranges: dict[str, range] = {}
    start = 0
    for service, held in groupby(services):
        end = start + sum(1 for _ in held)
        ranges[service] = range(start, end)
        start = end
    return ranges


def _service_terms(*spellings: str) -> frozenset[str]:
    terms = set()
    for spelling in spellings:
        whole = spelling.lower().replace(" ", "").replace("-", "")
        for word in (*text_words(spelling), whole):
            if word not in STOP_WORDS and word not in _EMPTY:
                terms.add(stem(word))
    return frozenset(terms)


_EMPTY = frozenset(("service", "services", "manager"))


def _inverted(terms: dict[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    named: dict[str, list[str]] = {}
    for service in sorted(terms):
        for term in terms[service]:
            named.setdefault(term, []).append(service)
    return {term: tuple(services) for term, services in named.items()}


def _age(source: Any) -> float:
    """Return how old a service's API is in decades; people ask more of old ones."""
    version = source.get("version") if isinstance(source, dict) else None
    year = version[:4] if isinstance(version, str) else ""
    if not year.isdecimal():
        return 0.0
    return max(0.0, min(2.0, (_NEWEST - int(year)) / _DECADE))
