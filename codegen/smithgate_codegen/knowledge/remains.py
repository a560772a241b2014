"""What is left of a reader's answer once the thing is gone.

``GetResourcePolicy`` goes on to tell of the secret when its policy is deleted, and
``GetObjectTagging`` answers with no tags. Owns which part of a document a deletion
takes, and whether an empty answer means that nothing is there.
"""

import re

from ..ir import Change
from .items import Document
from .subject import Subject
from .words import words_of

_REMOVING = frozenset({Change.DELETE, Change.DETACH, Change.UNTAG})
_ECHO = re.compile(r"\w*(Arn|ARN|Id|ID|Name|Owner|[vV]ersion)|arn|id|name|owner")
"""Members that only repeat what was asked for, or which edition of it this is."""


def taken_part(writer: Subject, change: Change, document: Document) -> str | None:
    """Return the expression for the one member that a deletion takes, if it is one.

    Only where the member bears the operation's noun and the others are echoes:
    ``DeleteResourcePolicy`` and ``{ARN, Name, ResourcePolicy}``.
    """
    shape = document.shape
    is_whole = document.select is None and not document.match
    if change not in _REMOVING or not is_whole or shape.type != "structure":
        return None
    noun = words_of(writer.noun)
    named = [
        n for n in shape.members if _ends_with(noun, n) and not _is_echo(writer, n)
    ]
    others = [n for n in shape.members if n not in named]
    if len(named) != 1 or not others or not all(_is_echo(writer, n) for n in others):
        return None
    return f"{{{named[0]}: {named[0]}}}"


def is_gone_when_empty(change: Change, reader: Subject, document: Document) -> bool:
    """Return whether an answer without a value says that nothing is there.

    ``HeadX`` says it by its mere success.
    """
    if change not in _REMOVING or document.match or document.select is not None:
        return False
    return reader.verb != "Head" and bool(document.shape.members)


def _ends_with(noun: tuple[str, ...], name: str) -> bool:
    words = [word.casefold() for word in words_of(name[:1].upper() + name[1:])]
    folded = [word.casefold() for word in noun]
    return bool(words) and folded[-len(words) :] == words


def _is_echo(writer: Subject, name: str) -> bool:
    return name in writer.input.members or bool(_ECHO.fullmatch(name))
