"""What the reader of an operation would be called.

Owns the naming conventions: ``PutX`` and ``GetX``, ``UpdateX`` and ``DescribeX`` or
``DescribeXs``, ``TagX`` and ``ListXTags``. Whether such an operation exists, and
whether it shows the right thing, is for ``readers`` to find out.
"""

from collections.abc import Iterator

from ..ir import Change
from .subject import Subject
from .words import plurals_of, singular_of, words_of

_VERBS = ("Get", "Describe", "Head")
_SUFFIXES = (
    "Configuration",
    "Attributes",
    "Attribute",
    "Settings",
    "Status",
    "Details",
)
_WITH_PLURALS = frozenset({"Describe", "Get"})
_MAKING = frozenset({"Create", "Register"})
"""Verbs of a create whose identifier names the new thing, not what it is made from."""
_OF_A_PART = frozenset({"Change", "Edit", "Modify", "Set", "Update"})
"""Verbs for which the reader of the whole thing also shows the part that changes."""
_TAG_READERS = (
    "ListTagsForResource",
    "ListTagsOfResource",
    "ListResourceTags",
    "ListTags",
    "GetTags",
    "GetResourceTags",
    "DescribeTags",
    "ListTagsForResources",
)

PART = "-part"
"""Ending of the rules that lead to the reader of a larger thing."""


def reader_names(writer: Subject, change: Change) -> Iterator[tuple[str, str]]:
    """Yield (possible reader name, rule name), the best first; names may repeat."""
    rule = writer.verb.lower()
    if change in {Change.TAG, Change.UNTAG}:
        for name in _tag_reader_names(writer.noun):
            yield name, f"{rule}-list-tags"
    if change is Change.CREATE and writer.verb not in _MAKING:
        return
    yield from _names_for(writer.noun, rule, "")
    for suffix in _SUFFIXES:
        yield from _names_for(writer.noun + suffix, rule, "")
    if writer.verb in _OF_A_PART:
        words = words_of(writer.noun)
        for length in range(len(words) - 1, 0, -1):
            yield from _names_for("".join(words[:length]), rule, PART)


def _names_for(noun: str, rule: str, tail: str) -> Iterator[tuple[str, str]]:
    if not noun:
        return
    one = singular_of(noun)
    for verb in _VERBS:
        forms = (one, *plurals_of(one)) if verb in _WITH_PLURALS else ()
        for form in (noun, *forms):
            yield f"{verb}{form}", f"{rule}-{verb.lower()}{tail}"


def _tag_reader_names(noun: str) -> Iterator[str]:
    yield from _TAG_READERS
    for name in (noun, noun.removesuffix("Tags").removesuffix("Resource")):
        for form in (name, singular_of(name)):
            yield from (f"List{form}Tags", f"ListTagsFor{form}")
