"""How a document looks of what is deleted and still shown for a while.

Owns the states that mean "on its way out, or gone": what a delete finds in one of them
has nothing left to delete, and after a delete it is as it should be.
"""

import re

from ..ir import Change
from ..model import Shape
from .shapes import enum_values, resolve_path
from .subject import Subject
from .words import bare_noun

_GONE = re.compile(
    r"delet(ing|ed)|delete(_?in_?progress|_?pending)|deletion_?in_?progress"
)
_DEREGISTERED = re.compile(r"inactive|deregister(ed|ing)|" + _GONE.pattern)
"""What is deregistered often stays to be looked at."""
_TEXT = ("deleting", "deleted")
"""Looked for where the model lists no states, as RDS and ElastiCache spell them."""
_STATUS = ("state", "status")
_CODES = ("Code", "Name", "State")


def gone_of(
    writer: Subject, change: Change, document: Shape
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return path → states in which what is to be deleted is gone, at most one path."""
    if change is not Change.DELETE or document.type != "structure":
        return ()
    noun = bare_noun(writer.noun)
    for start in ("", *_only_structure(writer, document)):
        shape = resolve_path(writer.model, document, start) if start else document
        for name in sorted(shape.members, key=lambda name: (len(name), name)):
            if name.casefold().removeprefix(noun) not in _STATUS:
                continue
            path = f"{start}.{name}" if start else name
            path += _code_in(resolve_path(writer.model, shape, name))
            says_gone = _DEREGISTERED if writer.verb == "Deregister" else _GONE
            states = _states(resolve_path(writer.model, document, path), says_gone)
            return ((path, states),) if states else ()
    return ()


def _code_in(shape: Shape) -> str:
    """Return the rest of the path where a status is a structure of code and message."""
    found = [name for name in _CODES if name in shape.members]
    return f".{found[0]}" if shape.type == "structure" and found else ""


def _only_structure(writer: Subject, document: Shape) -> tuple[str, ...]:
    """Return the one structure that an output wraps."""
    found = [
        name
        for name in document.members
        if resolve_path(writer.model, document, name).type == "structure"
    ]
    return tuple(found) if len(found) == 1 else ()


def _states(shape: Shape, says_gone: re.Pattern[str]) -> tuple[str, ...]:
    if shape.type == "enum":
        values = sorted(str(value) for value in enum_values(shape))
        return tuple(v for v in values if says_gone.fullmatch(v.casefold()))
    return _TEXT if shape.type == "string" else ()
