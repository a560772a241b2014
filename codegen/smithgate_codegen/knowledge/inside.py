"""Things that stand in the document of their parent.

Owns the lists inside a document, several levels down (``Flow.Entitlements``,
``Stages[].Actions[]``), and the choice of the one whose items carry the identifiers of
the request. A list that is not named after the thing has to be of the top level, and
its items have to carry the identifiers under the very same names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Shape
from .items import Document, is_called, item_noun
from .matching import match_of
from .shapes import item_of
from .subject import Subject

_DEPTH = 3
"""Levels of structures and lists that are gone down."""


@dataclass(frozen=True, slots=True)
class _Inner:
    """A list, where it stands, and how many levels down."""

    shape: Shape
    path: str
    depth: int


def child_of(
    writer: Subject,
    reader: Subject,
    parent: Document,
    missed: Sequence[str],
    *,
    named_only: bool = False,
) -> Document | None:
    """Return the item of the one list inside a parent's document that is meant."""
    named: list[Document] = []
    others: list[Document] = []
    for place in _lists_inside(reader, parent):
        item = item_of(reader.model, place.shape)
        noun = item_noun(place.path)
        is_named = is_called(writer, noun)
        if (place.depth > 1 or named_only) and not is_named:
            continue
        match = match_of(writer, reader, item, missed, noun if is_named else None)
        if match is not None and (item.type == "structure" or is_named):
            found = Document(item, place.path, match)
            (named if is_named else others).append(found)
    for choice in (named, others):
        if choice:
            return choice[0] if len(choice) == 1 else None
    return None


def _lists_inside(reader: Subject, parent: Document) -> Iterator[_Inner]:
    prefix = f"{parent.select}." if parent.select else ""
    yield from _below(reader, parent.shape, prefix, 1, frozenset())


def _below(
    reader: Subject, shape: Shape, prefix: str, depth: int, above: frozenset[str]
) -> Iterator[_Inner]:
    """Yield the lists in a structure, then those in its structures and items."""
    name = str(shape.id)
    if shape.type != "structure" or depth > _DEPTH or name in above:
        return
    for member in sorted(shape.members):
        target = reader.model.expect_shape(shape.members[member].target)
        place = f"{prefix}{member}"
        if target.type == "list":
            yield _Inner(target, f"{place}[]" if "[]" in place else place, depth)
            item = item_of(reader.model, target)
            yield from _below(reader, item, f"{place}[].", depth + 1, above | {name})
        else:
            yield from _below(reader, target, f"{place}.", depth + 1, above | {name})
