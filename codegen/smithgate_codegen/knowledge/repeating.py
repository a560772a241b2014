"""Requests that act each time they are sent: state that is equal tells nothing.

A job that is started, a secret that is rotated, a version that is made: the members of
the request come back the same, and another one is made all the same. Owns ``repeats``.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ..ir import Change, How, Reader
from .replacing import DOCUMENTATION, sentences
from .subject import Subject

_PARTS = frozenset({How.ADD, How.CHANGES, How.KEYS, How.PATCH, How.REMOVE})
"""Relations that say themselves whether anything is added or taken away."""
_ACTING = frozenset({"Rotate", "Send"})
_MAKING = frozenset({"Create", "Publish"})
_EDITIONS = frozenset({"Revision", "Snapshot", "Version"})
_JOINED = "From"
_EACH = re.compile(
    r"^creates a new,? (?:\w+ )?version\b"
    r"|\beach call to this operation (?:creates|starts|triggers)\b"
    r"|\bis always reset when you invoke\b"
    r"|\b(?:each|every) (?:update|time)\b[^.]*\b(?:version|revision)\b"
    r"|\b(?:this|it|and|automatically|dashboard) creates a new (?:\w+ )?"
    r"(?:version|revision)\b",
    re.IGNORECASE,
)


def with_repeats(
    reader: Reader | None, writer: Subject, change: Change
) -> Reader | None:
    """Return a reader that says whether the request acts each time."""
    if reader is None or reader.expect or reader.container:
        return reader
    if _PARTS & {how for _, how in reader.how}:
        return reader
    return replace(reader, repeats=True) if _acts(reader, writer, change) else reader


def _acts(reader: Reader, writer: Subject, change: Change) -> bool:
    if change is Change.START:
        return True
    if writer.verb in _MAKING and writer.words[-1] in _EDITIONS:
        return change is Change.UPDATE or not _names_edition(reader, writer)
    if change in {Change.OTHER, Change.UPDATE} and writer.verb in _ACTING:
        return True
    return change in {Change.PUT, Change.UPDATE} and any(
        map(_EACH.search, _texts(writer))
    )


def _names_edition(reader: Reader, writer: Subject) -> bool:
    """Return whether the request itself says which edition it makes, or nothing does."""
    if reader.created or reader.match_created:
        return True
    edition = writer.words[-1].casefold()
    named = [path.casefold() for _, path in (*reader.params, *reader.match)]
    return any(edition in path for path in named) or _JOINED in writer.words


def _texts(writer: Subject) -> Iterator[str]:
    yield from sentences(writer.traits.get(DOCUMENTATION))
    for member in writer.input.members.values():
        for text in sentences(member.traits.get(DOCUMENTATION)):
            if "time" in text:
                yield text
