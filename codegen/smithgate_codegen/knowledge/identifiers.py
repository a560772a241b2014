"""Names of identifiers: what they name, and when two of them name one thing.

Owns the reading of such names alone: ``VpcId`` names a VPC, by its id.
"""

import re

from ..model import Shape
from .subject import Subject
from .words import bare_noun, head_of

_ENDING = re.compile(r"(Identifier|Name|Arn|ARN|Ids?|IDs?|Url|URL|Uri|URI)$")
_VERSION = re.compile(r"(?<=[a-z])v\d+$")


def root_of(identifier: str) -> str:
    """Return what an identifier member names: ``VpcId`` → ``vpc``, ``Name`` → ``""``."""
    return _ENDING.sub("", identifier[:1].upper() + identifier[1:]).casefold()


def _bare_root(identifier: str) -> str:
    """Return what an identifier names: ``ReplicationConfigArn`` → ``replication``."""
    return bare_noun(_ENDING.sub("", identifier[:1].upper() + identifier[1:]))


def names_own(writer: Subject, path: str) -> bool:
    """Return whether a member names the thing itself rather than its parent."""
    last = path.rpartition(".")[2]
    noun = _VERSION.sub("", bare_noun(head_of(writer.noun)))
    return noun.endswith((root_of(last), _bare_root(last)))


def is_same_id(left: str, right: str, noun: str) -> bool:
    """Return whether two names are one identifier of a thing: ``Id`` and ``VpcId``.

    ``Identifier`` stands for whatever the other side calls it by.
    """
    if left.casefold() == right.casefold():
        return True
    a, b = id_parts(left, noun), id_parts(right, noun)
    if a[0] != b[0]:
        return False
    return a[1] == b[1] or "identifier" in {a[1], b[1]} or "" in {a[1], b[1]}


def id_parts(name: str, noun: str) -> tuple[str, str]:
    """Return what a name names ("" for the thing itself) and by what."""
    match = _ENDING.search(name[:1].upper() + name[1:])
    root = root_of(name)
    ending = match[0].casefold() if match else ""
    return ("" if noun.endswith(root) else root), ending


def same_name(shape: Shape, name: str) -> str | None:
    """Return the member of this name; upper and lower case are one."""
    if name in shape.members:
        return name
    folded = [m for m in shape.members if m.casefold() == name.casefold()]
    return folded[0] if len(folded) == 1 else None
