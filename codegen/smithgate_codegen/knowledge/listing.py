"""Which item of a listing is the state of the one thing asked for.

Owns the ways to tell it: by the writer's identifiers (``match``), because the listing
was asked for by identifier (``[0]``), by the id that the writer's output tells, or all
of it where the request names several things.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..ir import Change
from ..model import Shape
from .binding import (
    Binding,
    is_identifier,
    names_own,
    output_texts,
    root_of,
    same_name,
)
from .matching import VALUED, carried_too, match_of, selecting, selects_one
from .shapes import item_of, kind_of
from .subject import Subject
from .words import bare_noun, singular_of

_ID = re.compile(r"(Arn|ARN|Id|ID|Identifier|arn|id)$")
_MAKES = frozenset({Change.CREATE, Change.START})


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


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the output: what stands there and the way to it."""

    shape: Shape
    path: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A writer with a list that a reader shows."""

    writer: Subject
    change: Change
    reader: Subject
    binding: Binding
    place: Place

    @property
    def _item(self) -> Shape:
        return item_of(self.reader.model, self.place.shape)

    @property
    def _noun(self) -> str | None:
        """What an item is; ``None`` where the list holds other things."""
        noun = bare_noun(self.reader.noun)
        last = (self.place.path or "").rpartition(".")[2]
        is_own = self.reader.verb == "List" or noun.endswith(bare_noun(last))
        return noun if is_own else None

    @property
    def _all(self) -> Document:
        return Document(self.place.shape, self.place.path, is_many=True)

    @property
    def _first(self) -> Document:
        return Document(self._item, f"{self.place.path}[0]")

    def document(self, missed: Sequence[str]) -> Document | str:
        """Return the document, or why none is shown."""
        item = self._item
        missed = selecting(self.writer, self.change, self.binding, missed)
        if item.type == "structure" and self.change not in VALUED:
            more = carried_too(self.writer, self.reader, self.binding, item, missed)
            missed = (*missed, *more)
        if missed:
            match = match_of(self.writer, self.reader, item, missed, self._noun)
            if match is None:
                return f"no item of {self.reader.name} carries {missed[0]}"
            return Document(item, self.place.path, match)
        return self._asked() or self._unasked()

    def _asked(self) -> Document | str | None:
        """Return what the listing shows when it is asked for by identifier."""
        binding, is_structure = self.binding, self._item.type == "structure"
        if binding.created and is_structure:
            takes = self.reader.input.members
            made = [takes[name] for name in binding.created if name in takes]
            is_many = any(self.reader.target(m).type == "list" for m in made)
            return self._all if is_many else self._first
        if is_structure and any(path.endswith("[0]") for path in binding.params):
            if same := self._same_named():
                return Document(self._item, self.place.path, same)
            if selects_one(self.writer, self.reader, self._item, binding.params):
                return self._first
            return f"{self.reader.name} does not show one document"
        if any(self._is_list(path) for path in binding.params.values()):
            return self._all
        return self._narrowed()

    def _same_named(self) -> tuple[tuple[str, str], ...]:
        """Return the identifiers that the item carries under the very same name.

        A service may filter by prefix, or not at all: they have to be equal.
        """
        params, takes = self.binding.params, self.writer.input.members
        return tuple(
            (path, path)
            for place, path in sorted(params.items())
            if place.endswith("[0]") and path in self._item.members and path in takes
        )

    def _unasked(self) -> Document | str:
        """Return what the listing shows when nothing says which item is meant."""
        is_one = singular_of(self.reader.noun) == self.reader.noun
        if self.change in _MAKES and (made := self._made()):
            return Document(self._item, self.place.path, match_created=made)
        if is_one and self.reader.verb != "List":
            return Document(self.reader.output)  # one thing that happens to be a list
        if self.change in {Change.PUT, Change.UPDATE}:
            return Document(self.reader.output)  # the list is what is set
        if self.writer.noun == self.reader.noun and self.change is not Change.CREATE:
            return Document(self.reader.output)  # all of it
        return f"{self.reader.name} does not show one document"

    def _made(self) -> tuple[tuple[str, str], ...]:
        """Return the item member that carries the id which the output tells."""
        item, noun = self._item, bare_noun(self.reader.noun)
        if item.type != "structure":
            return ()
        for path, shape in output_texts(self.writer):
            last = path.rpartition(".")[2]
            is_id = _ID.search(last) and noun.endswith(root_of(last))
            same = same_name(item, last)
            if is_id and same and kind_of(shape) == "string":
                target = self.reader.model.expect_shape(item.members[same].target)
                if kind_of(target) == "string":
                    return ((same, path),)
        return ()

    def _narrowed(self) -> Document | None:
        """Return the item of a listing that was asked for by one optional identifier.

        The service may filter by prefix, so the item has to carry the identifier, or
        the reader is one of a single thing by exactly this name.
        """
        writer, params = self.writer, self.binding.params
        if self._item.type != "structure":
            return None
        own = [path for path in params.values() if path in writer.input.members]
        own = [p for p in own if names_own(writer, p) and is_identifier(writer, p)]
        match = None
        if own:
            match = match_of(writer, self.reader, self._item, sorted(own), self._noun)
        if match:
            return Document(self._item, self.place.path, match)
        is_exact = any(params.get(p) == p for p in own if p in writer.required)
        is_own = self._noun is not None and self.reader.verb != "List"
        return self._first if is_exact and is_own else None

    def _is_list(self, path: str) -> bool:
        member = self.writer.input.members.get(path)
        return member is not None and self.writer.target(member).type == "list"
