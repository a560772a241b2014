"""The words of one operation that the catalog searches, cut out of its model.

Owns splitting and dropping. Words are kept as written, in lower case: the runtime
folds plurals and verb forms of the index and of a wish alike.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Model, Shape

_MAX_TEXT = 6000
"""Characters of documentation that are read; the rest repeats or gives samples."""
_MAX_WORD = 24
_TAG = re.compile(r"<[^<>]*>")
_TOKEN = re.compile(r"[A-Za-z0-9]+", re.ASCII)
# As the runtime splits names: an acronym ends before a capital that starts a word.
_PART = re.compile(
    r"[A-Z]+s(?![a-z])\d*|IP[vV]\d|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", re.ASCII
)
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
    """Distinct words in lower case, sorted; each in the first field that has it."""

    summary: tuple[str, ...]
    """Words of the first sentence, the one that the index shows."""
    documentation: tuple[str, ...]
    """Words of the rest of the documentation."""
    members: tuple[str, ...]
    """Words in the names of the members that go in and come out."""


def search_words(
    documentation: object, summary: str, members: Iterable[str]
) -> SearchWords:
    """Return the words of one operation.

    ``documentation`` is the trait's HTML, or anything else if there is none;
    ``summary`` is what the index already holds of it.
    """
    told = set(_words(summary))
    text = documentation if isinstance(documentation, str) else ""
    plain = html.unescape(_TAG.sub(" ", text[:_MAX_TEXT]))
    documented = set(_words(plain)) - told
    named = {word for member in members for word in _words(member)}
    named -= documented | told
    return SearchWords(
        tuple(sorted(told)), tuple(sorted(documented)), tuple(sorted(named))
    )


def members_of(model: Model, operation: Shape) -> list[str]:
    """Return the names of an operation's top-level members, input and output."""
    shapes = (operation.input, operation.output)
    return [
        name
        for shape_id in shapes
        if shape_id is not None
        for name in model.expect_shape(shape_id).members
    ]


def _words(text: str) -> Iterable[str]:
    for token in _TOKEN.findall(text):
        for part in _PART.findall(token):
            word = part.lower()
            useful = 1 < len(word) <= _MAX_WORD and not word.isdecimal()
            if useful and word not in _USELESS:
                yield word
