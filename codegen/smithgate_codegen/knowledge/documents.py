"""Which part of a reader's output is the state of the one thing asked for.

Owns the choice of the selected document: the whole output, the one structure that
stands for the thing (``Table`` of DescribeTable), or the only item of a list that was
asked for by identifier (``Vpcs[0]``). Leaves member pairs to ``pairing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..ir import Change
from ..model import Shape
from .binding import root_of
from .pairing import pairs_of, tag_pair
from .shapes import item_of, resolve_select
from .subject import Subject
from .words import singular_of, word_set

_BESIDE = word_set(
    "failures istruncated marker nextmarker nexttoken position totalcount truncated"
)
"""Output members about the call itself, not about what is read."""
_WRAPPERS = ("", "description", "configuration", "config", "detail", "details", "info")
"""What AWS appends to a thing's name for the structure that describes it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A selected part of a reader's output and the pairs that it gives."""

    select: str | None
    pairs: tuple[tuple[str, str], ...]


def document_of(
    writer: Subject, change: Change, reader: Subject, params: Mapping[str, str]
) -> Document | None:
    """Return the document that shows the writer's thing; ``None`` if none does."""
    found = _document_of(writer, reader, params)
    if found is None or found.pairs or change is not Change.TAG:
        return found
    shape = resolve_select(reader.model, reader.output, found.select)
    return Document(found.select, tag_pair(writer, shape))


def _document_of(
    writer: Subject, reader: Subject, params: Mapping[str, str]
) -> Document | None:
    members = {
        name: reader.target(member)
        for name, member in reader.output.members.items()
        if name.casefold() not in _BESIDE
    }
    lists = [name for name, shape in members.items() if _is_listing(reader, shape)]
    if reader.verb == "Describe" and len(lists) == len(members) == 1:
        item = item_of(reader.model, members[lists[0]])
        if not _selects_one(writer, reader, item, params):
            return None
        return _document(writer, f"{lists[0]}[0]", item, params)
    wrapper = _wrapper(reader, members)
    if wrapper is None:
        return _document(writer, None, reader.output, params)
    return _document(writer, wrapper, members[wrapper], params)


def _document(
    writer: Subject, select: str | None, shape: Shape, params: Mapping[str, str]
) -> Document:
    return Document(select, pairs_of(writer, shape, frozenset(params.values())))


def _is_listing(reader: Subject, shape: Shape) -> bool:
    return shape.type == "list" and item_of(reader.model, shape).type == "structure"


def _wrapper(reader: Subject, members: Mapping[str, Shape]) -> str | None:
    """Return the member that holds the thing: the only one, or one named after it."""
    structures = [name for name, shape in members.items() if shape.type == "structure"]
    if len(members) == len(structures) == 1:
        return structures[0]
    noun = reader.noun.casefold()
    names = {noun + ending for ending in _WRAPPERS} | {"configuration"}
    named = [name for name in structures if name.casefold() in names]
    return named[0] if len(named) == 1 else None


def _selects_one(
    writer: Subject, reader: Subject, item: Shape, params: Mapping[str, str]
) -> bool:
    """Return whether a list that was asked for by identifier holds just one item.

    The item must carry every identifier, and be named after one of them: asked for by
    the identifier of a parent, it would be any of the parent's children.
    """
    names = {member.casefold() for member in item.members}
    required = [path for path in params.values() if path in writer.required]
    noun = singular_of(reader.noun).casefold()
    return all(_is_carried(path, names) for path in required) and any(
        noun.endswith(root_of(path)) for path in required
    )


def _is_carried(path: str, names: set[str]) -> bool:
    return any(
        path.casefold() + ending in names for ending in ("", "arn", "id", "name")
    )
