"""The searchable words of all operations, inverted: term → operations, per field.

Owns reading ``search.txt`` and what of it is kept in memory. The file is made by the
generator from the same models as the index; a tree without it (made by hand, for a
test) is searched by names and summaries alone.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from .index import Entry, Index, invalid, read_tree_bytes
from .intents import Intents
from .words import STOP_WORDS, name_words, stem, text_words

SEARCH_FILE = "search.txt"
HEADER = "smithgate search index, format 1"
_COLUMNS = 6
_NEWEST, _DECADE = 2027, 10

NAME, SUMMARY, DOCUMENTATION, MEMBERS = range(4)
FIELDS = ("name", "summary", "documentation", "members")


class _Line(NamedTuple):
    """One line of the file, its columns still text."""

    id: str
    summary: str
    documentation: str
    members: str
    iam_actions: str
    wishes: str


class Document(NamedTuple):
    """What ranking asks of one operation: the parts of its name."""

    verb: str
    nouns: tuple[str, ...]
    is_plural: bool


class Corpus:
    """Immutable once built; positions are those of the index's sorted entries."""

    def __init__(self, root: Path, index: Index) -> None:
        """Read the file below ``root``; raises ``CatalogInvalid`` if it is damaged."""
        self.entries: tuple[Entry, ...] = tuple(index.entries.values())
        self.positions = {entry.id: at for at, entry in enumerate(self.entries)}
        self.ranges = _ranges(self.entries)
        lines = _lines(root, self.entries)
        raw: list[dict[str, list[int]]] = [defaultdict(list) for _ in FIELDS]
        actions: dict[str, list[int]] = {}
        wishes: list[tuple[int, str]] = []
        for at, line in enumerate(lines):
            for field in (SUMMARY, DOCUMENTATION, MEMBERS):
                postings = raw[field]
                for word in line[field].split():
                    postings[word].append(at)
            if line.iam_actions:
                for action in line.iam_actions.lower().split():
                    actions.setdefault(action, []).append(at)
            if line.wishes:
                wishes += [(at, wish) for wish in line.wishes.split("|")]
        self.iam_actions = actions
        self.intents = Intents(wishes)
        self.documents: list[Document] = []
        self.verb_counts: dict[str, int] = defaultdict(int)
        self.noun_counts: dict[str, int] = defaultdict(int)
        topics: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._post_names(raw[NAME], topics)
        self.postings = [_folded(postings) for postings in raw]
        self.topics = {
            term: {
                service: math.sqrt(count / len(self.ranges[service]))
                for service, count in by_service.items()
            }
            for term, by_service in topics.items()
        }
        self.service_terms = {
            service.name: _service_terms(
                service.name, service.title, service.sdk_id, *service.aliases
            )
            for service in index.services.values()
        }
        self.named_by = _inverted(self.service_terms)
        self.ages = {name: _age(index.source.get(name)) for name in index.services}
        # term → a word as written, to show and to compare misspelt words with
        self.spelled: dict[str, str] = {}
        for postings in raw[:DOCUMENTATION]:
            for word in postings:
                term = stem(word)
                if len(word) < len(self.spelled.setdefault(term, word)):
                    self.spelled[term] = word

    def count(self, term: str) -> int:
        """Return in how many operations a term stands, counted once per field."""
        found = sum(len(postings.get(term, ())) for postings in self.postings)
        return found + sum(
            len(self.ranges[service]) for service in self.named_by.get(term, ())
        )

    def rarity(self, term: str) -> float:
        """Return the weight of a term: the rarer, the more it says."""
        return math.log(1 + len(self.entries) / (1 + self.count(term)))

    def noun_rarity(self, term: str) -> float:
        """Return the weight of a term among the nouns of names."""
        return math.log(1 + len(self.entries) / (1 + self.noun_counts.get(term, 0)))

    def _post_names(
        self, names: dict[str, list[int]], topics: dict[str, dict[str, int]]
    ) -> None:
        for at, entry in enumerate(self.entries):
            words = name_words(entry.name)
            for word in words:
                names[word].append(at)
            for first, second in pairwise(words[1:]):
                names[first + second].append(at)
            document = _document(words)
            self.documents.append(document)
            self.verb_counts[document.verb] += 1
            for noun in document.nouns:
                self.noun_counts[noun] += 1
                topics[noun][entry.service] += 1


def _document(words: Sequence[str]) -> Document:
    stems = [stem(word) for word in words] or [""]
    last = words[-1] if words else ""
    return Document(
        verb=stems[0],
        nouns=tuple(dict.fromkeys(stems[1:])),
        is_plural=is_plural(last),
    )


def is_plural(word: str) -> bool:
    """Say whether a word looks like a plural."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _folded(raw: dict[str, list[int]]) -> "dict[str, array[int]]":
    """Return term → positions; words of one stem share them."""
    folded: dict[str, array[int]] = {}
    for word, found in raw.items():
        term = stem(word)
        if term in folded:
            merged = sorted({*folded[term], *found})
            folded[term] = array("I", merged)
        else:
            folded[term] = array("I", found)
    return folded


def _lines(root: Path, entries: Sequence[Entry]) -> Iterable[_Line]:
    if not (root / SEARCH_FILE).is_file():
        return (
            _Line(entry.id, " ".join(text_words(entry.summary)), "", "", "", "")
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
        yield _Line(*columns)


def _ranges(entries: Sequence[Entry]) -> dict[str, range]:
    """Return the positions of each service; sorted ids keep a service together."""
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for at, entry in enumerate(entries):
        starts.setdefault(entry.service, at)
        ends[entry.service] = at + 1
    return {service: range(starts[service], ends[service]) for service in starts}


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
