"""How a document looks of what is deleted and still shown for a while.

Owns the states that mean "on its way out, or gone": what a delete finds in one of them
has nothing left to delete, and after a delete it is as it should be.
"""

import re
from collections.abc import Iterator, Sequence

from ..ir import Change
from ..model import Shape
from .shapes import enum_values, item_of, resolve_path
from .statuses import Thing, statuses_of
from .subject import Subject
from .words import bare_noun, words_of

_WHEN = (
    r"(in_?progress|pending|complete|completed|requested|scheduled|running|terminating)"
)
_DELETED = (
    r"(delet(ing|ed)(_?" + _WHEN + r")?|delet(e|ion)_?" + _WHEN + r")"
    r"|pending_?(delete|deletion)"
)
_DEREGISTERED = r"inactive|deregister(ed|ing)"
"""What is deregistered often stays to be looked at."""
_GONE_BY: dict[str, str] = {
    "Deprovision": r"deprovision(ed|ing)|pending_deprovision",
    "Deregister": _DEREGISTERED,
    "Expire": r"expir(ed|ing)|terminat(ed|ing)",
    "Release": r"releas(ed|ing)|release_?" + _WHEN,
    "Remove": r"remov(ed|ing)",
    "Terminate": r"terminat(ed|ing)(_with_errors)?|shutting_?down",
}
"""Verb → what it leaves besides what is deleted."""
_ENDED = r"terminat(ed|ing)"
"""Of what is no run of something, also after a delete."""
_RUNS = re.compile(r"(job|run|session|task|execution|query|instance)s?$")
_TEXT = ("deleting", "deleted")
"""Looked for where the model lists no states, as RDS and ElastiCache spell them."""
_STATUS = ("state", "status")
_CODES = ("Code", "Name", "State", "Status", "StatusCode")


def gone_of(
    writer: Subject, change: Change, document: Shape, nouns: Sequence[str] = ()
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return path → states in which what is to be deleted is gone, at most one path.

    ``nouns`` are what the document is about.
    """
    if document.type == "list":
        document = item_of(writer.model, document)
    if change is not Change.DELETE or document.type != "structure":
        return ()
    says_gone = _says_gone(writer)
    for path in _plain_statuses(writer, document):
        states = _states(resolve_path(writer.model, document, path), says_gone)
        return ((path, states),) if states else ()
    thing = Thing.of(writer.noun, writer.verb, nouns)
    for status in statuses_of(writer.model, document, thing):
        if status.shape.type == "enum" and (states := _states(status.shape, says_gone)):
            return ((status.path, states),)
    return ()


def _plain_statuses(writer: Subject, document: Shape) -> Iterator[str]:
    """Yield the statuses that bear the thing's name or none, the outermost first."""
    noun = bare_noun(writer.noun)
    for start in ("", *_only_structure(writer, document)):
        shape = resolve_path(writer.model, document, start) if start else document
        for name in sorted(shape.members, key=lambda name: (len(name), name)):
            if name.casefold().removeprefix(noun) in _STATUS:
                path = f"{start}.{name}" if start else name
                yield path + _code_in(resolve_path(writer.model, shape, name))


def _says_gone(writer: Subject) -> re.Pattern[str]:
    more = [_GONE_BY[writer.verb]] if writer.verb in _GONE_BY else []
    if not _RUNS.search(writer.noun.casefold()):
        more.append(_ENDED)
    own = "|".join(re.escape(word.casefold()) for word in words_of(writer.noun))
    return re.compile("|".join([f"(({own})_)*({_DELETED})", *more]))


def _code_in(shape: Shape) -> str:
    """Return the rest of the path where a status is a structure of code and message."""
    if shape.type != "structure":
        return ""
    folded = {name.casefold(): name for name in shape.members}
    found = [folded[c.casefold()] for c in _CODES if c.casefold() in folded]
    return f".{found[0]}" if found else ""


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
        folded = {v: re.sub(r"[ -]", "_", v.casefold()) for v in values}
        return tuple(v for v in values if says_gone.fullmatch(folded[v]))
    return _TEXT if shape.type == "string" else ()
