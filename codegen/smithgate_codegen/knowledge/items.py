"""A selected part of an output, and what the items of a list are called."""

import re
from dataclasses import dataclass

from ..model import Shape
from .subject import Subject
from .words import bare_noun, head_of, singular_of


@dataclass(frozen=True, slots=True)
class Document:
    """A selected part of a reader's output."""

    shape: Shape
    select: str | None = None
    match: tuple[tuple[str, str], ...] = ()
    match_created: tuple[tuple[str, str], ...] = ()
    """The same with paths in the writer's output."""
    is_many: bool = False
    """It is a list: the request names several things."""
    root: Shape | None = None
    """The whole output, where it holds more than the selected structure."""


_LIST = re.compile(r"(?<=[a-z0-9])(Info)?(List|Set)$")
"""What AWS appends to the name of a list."""
_TIED = re.compile(r"^([aA]ssociated|[aA]ttached)(?=[A-Z])")


def item_noun(path: str | None) -> str:
    """Return what the items of a list are called, folded: ``A.UserList`` → ``user``."""
    last = (path or "").removesuffix("[]").rpartition(".")[2]
    return bare_noun(_TIED.sub("", _LIST.sub("", last)))


def is_called(writer: Subject, noun: str) -> bool:
    """Return whether what a writer changes is called by a folded noun, or ends so."""
    forms = {
        form
        for name in (writer.noun, head_of(writer.noun))
        for form in (bare_noun(name), singular_of(name).casefold())
    }
    return bool(noun) and any(form.endswith(noun) for form in forms)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the output: what stands there and the way to it."""

    shape: Shape
    path: str | None
