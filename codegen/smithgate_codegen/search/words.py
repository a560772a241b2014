"""The words of one operation that the catalog searches, cut out of its model.

Owns splitting and dropping. Words are kept as written, in lower case: the runtime
folds plurals and verb forms of the index and of a wish alike.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..knowledge.shapes import enum_values
from ..model import Member, Model, Shape

_MAX_TEXT = 6000
"""Characters of documentation that are read; the rest repeats or gives samples."""
_MAX_INPUT = 200
"""Characters of what is said of one member: what it is comes first, limits after it."""
_MAX_WORD = 24
_ANYWHERE = frozenset("""
    clientrequesttoken clienttoken dryrun idempotencytoken marker maxitems maxrecords
    maxresults nexttoken pagesize
    """.split())  # noqa: SIM905 - one word a line would hide the list
"""Members that say nothing of the operation, in lower case: pages, tokens, trials."""
_DOCUMENTATION = "smithy.api#documentation"
_NO_INPUTS: Mapping[str, Iterable[str]] = MappingProxyType({})
_TAG = re.compile(r"<[^<>]*>")
_TOKEN = re.compile(r"[A-Za-z0-9]+", re.ASCII)
# As the runtime splits names: an acronym ends before a capital that starts a word.
_PART = re.compile(
    r"[A-Z]+s(?![a-z])\d*|IP[vV]\d|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", re.ASCII
)
_TAGS = frozenset(("tag", "tags", "untag"))
_TAGGING = _TAGS | frozenset("""
    add create delete describe get list put remove resource resources set update
    """.split())  # noqa: SIM905
_MAKES = re.compile(r"(?:Create|Register|Launch|Run|Start|Import)([A-Z]\w*)")
_USELESS = frozenset("""
    a about after all also amazon an and any are as at available aws be because been
    before being but by can cannot could do does during each either every example
    following for from has have how however if in into is it its may might more most
    must no not of on one only or other our out over own per same see should so some
    such than that the their them then there these they this those through to two
    under until up use used uses using via was we were what when where whether which
    while who will with within without would you your
    """.split())  # noqa: SIM905 - one word a line would hide the list


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Distinct words in lower case, sorted.

    Each stands in the first field that has it, but for those of the input, which may
    also be words of the documentation or of members.
    """

    summary: tuple[str, ...]
    """Words of the first sentence, the one that the index shows."""
    documentation: tuple[str, ...]
    """Words of the rest of the documentation."""
    members: tuple[str, ...]
    """Words in the names of the members that go in and come out."""
    inputs: tuple[str, ...] = ()
    """What is said of the members that go in, and the values of their enums, but for
    words of the operation's name."""


def search_words(
    documentation: object,
    summary: str,
    members: Iterable[str],
    *,
    name: str = "",
    inputs: Mapping[str, Iterable[str]] = _NO_INPUTS,
) -> SearchWords:
    """Return the words of one operation.

    ``documentation`` is the trait's HTML, or anything else if there is none;
    ``summary`` is what the index already holds of it; ``inputs`` are texts of
    each member that goes in, in HTML too, of which the beginning is read.
    """
    told = set(_words(summary))
    text = documentation if isinstance(documentation, str) else ""
    documented = set(_words(_plain(text[:_MAX_TEXT]))) - told
    named = {
        word
        for member in members
        if member.lower() not in _ANYWHERE
        for word in _words(member)
    }
    named -= documented | told
    given = {
        word
        for member, texts in inputs.items()
        if member.lower() not in _ANYWHERE
        for text in texts
        for word in _words(_plain(text)[:_MAX_INPUT])
    }
    given -= told.union(_words(name))
    return SearchWords(*(tuple(sorted(f)) for f in (told, documented, named, given)))


def said_words(phrases: Iterable[str], summary: str, name: str) -> list[str]:
    """Return the words of phrases, sorted, but for those of the summary and the name."""
    said = {word for phrase in phrases for word in _words(phrase)}
    return sorted(said.difference(summary.split(), _words(name)))


def things(name: str, names: Iterable[str]) -> list[str]:
    """Return what the service of ``names`` makes, if an operation tags any of it.

    Such an operation has no noun but ``Resource``: its model never says which.
    """
    words = set(_words(name))
    if words.isdisjoint(_TAGS) or not words <= _TAGGING:
        return []
    return [
        made.group(1) for made in map(_MAKES.match, names) if made and made.group(1)
    ]


def members_of(model: Model, operation: Shape) -> list[str]:
    """Return the names of an operation's top-level members, input and output."""
    shapes = (operation.input, operation.output)
    return [
        name
        for shape_id in shapes
        if shape_id is not None
        for name in model.expect_shape(shape_id).members
    ]


def inputs_of(model: Model, operation: Shape) -> dict[str, list[str]]:
    """Return what the model says of each member of an operation's top-level input."""
    assert operation.input is not None  # true of every operation
    members = model.expect_shape(operation.input).members.values()
    return {member.name: list(_texts(model, member)) for member in members}


def _texts(model: Model, member: Member) -> Iterator[str]:
    """Yield the documentation of a member and the values of its enum."""
    text = model.member_traits(member).get(_DOCUMENTATION)
    if isinstance(text, str):
        yield text
    target = model.expect_shape(member.target)
    if target.type == "list":
        target = model.expect_shape(target.members["member"].target)
    if target.type == "enum":
        yield from sorted(enum_values(target))


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub(" ", text)).strip()


def _words(text: str) -> Iterable[str]:
    for token in _TOKEN.findall(text):
        for part in _PART.findall(token):
            word = part.lower()
            useful = 1 < len(word) <= _MAX_WORD and not word.isdecimal()
            if useful and word not in _USELESS:
                yield word
