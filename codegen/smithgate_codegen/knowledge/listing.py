"""Which item of a listing is the state of the one thing asked for.

Owns the ways to tell it: by the writer's identifiers (``match``), because the listing
was asked for by identifier (``[0]``), by the id that the writer's output tells, or all
of it where the request names several things.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..ir import Change
from ..model import Shape
from .binding import Binding, identifiers_of, is_identifier
from .identifiers import names_own, root_of, same_name
from .items import Document, Place, item_noun
from .made import made_by
from .matching import (
    VALUED,
    carried_too,
    match_of,
    selecting,
    selects_one,
)
from .shapes import item_of
from .subject import Subject
from .telling import identified, told_by_value
from .words import bare_noun, head_of, singular_of, words_of

_TIED = frozenset({Change.CREATE, Change.ATTACH, Change.DETACH})
_MAKES = frozenset({Change.CREATE, Change.START})


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
        noun = bare_noun(head_of(self.reader.noun))
        is_own = self.reader.verb == "List" or noun.endswith(item_noun(self.place.path))
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
            if new := self._new_among(missed):
                return new
            match = match_of(self.writer, self.reader, item, missed, self._noun)
            if match is not None:
                return Document(item, self.place.path, match)
            told = self._told()
            return told or f"no item of {self.reader.name} carries {missed[0]}"
        asked = self._asked()
        if isinstance(asked, Document):
            return asked
        return self._told() or self._identified() or asked or self._unasked()

    def _new_among(self, missed: Sequence[str]) -> Document | None:
        """Return the item of the id that a create returns, where no own name is given."""
        if self.change is not Change.CREATE or self._item.type != "structure":
            return None
        is_version = words_of(head_of(self.writer.noun))[-1:] == ("Version",)
        if not is_version and any(names_own(self.writer, name) for name in missed):
            return None
        made = self._made()
        given = set(self.writer.input.members)
        if not made or {path.rpartition(".")[2] for _, path in made} <= given:
            return None
        return Document(self._item, self.place.path, match_created=made)

    def _told(self) -> Document | None:
        """Return the item that a value of the request tells, or the several ones."""
        match = told_by_value(
            self.writer,
            self.change,
            self.reader,
            self.binding,
            self._item,
            item_noun(self.place.path),
        )
        return Document(self._item, self.place.path, match) if match else None

    def _identified(self) -> Document | None:
        """Return the item that carries what the listing was narrowed by.

        All that the request identifies the thing by reached a listing of such things.
        """
        return identified(
            self.writer, self.change, self.reader, self.binding, self.place
        )

    def _asked(self) -> Document | str | None:
        """Return what the listing shows when it is asked for by identifier."""
        binding, is_structure = self.binding, self._item.type == "structure"
        if binding.created and is_structure and self.reader.verb == "List":
            if by_id := self._made():
                return Document(self._item, self.place.path, match_created=by_id)
            return f"{self.reader.name} does not show one document"
        if binding.created and is_structure:
            takes = self.reader.input.members
            made = [takes[name] for name in binding.created if name in takes]
            is_many = any(self.reader.target(m).type == "list" for m in made)
            return self._all if is_many else self._first
        if is_structure and any("[0]." in place for place in binding.params):
            return self._first
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
        asked = [
            path for place, path in sorted(params.items()) if place.endswith("[0]")
        ]
        return tuple(
            (path.rpartition(".")[2], path)
            for path in asked
            if path.rpartition(".")[2] in self._item.members
            and path.partition(".")[0] in takes
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
        """Return the item members that carry what the output tells of the new thing."""
        return made_by(self.writer, self.reader, self._item)

    def _narrowed(self) -> Document | None:
        """Return the item of a listing that was asked for by one optional identifier.

        The service may filter by prefix, so the item has to carry the identifier, or
        the reader is one of a single thing by exactly this name.
        """
        writer, params = self.writer, self.binding.params
        if self._item.type != "structure":
            return None
        if self.change not in _TIED and (carried := self._carried()):
            return Document(self._item, self.place.path, carried)
        is_list = self.reader.verb == "List"  # what it requires is of the parent
        needed = self.reader.required if is_list else ()
        own = [path for place, path in params.items() if place not in needed]
        own = [p for p in own if p in writer.input.members]
        own = [p for p in own if names_own(writer, p) and is_identifier(writer, p)]
        match = None
        if own:
            match = match_of(writer, self.reader, self._item, sorted(own), self._noun)
        if match:
            return Document(self._item, self.place.path, match)
        is_exact = any(params.get(p) == p for p in own if p in writer.required)
        is_own = self._noun is not None and self.reader.verb != "List"
        return self._first if is_exact and is_own else None

    def _carried(self) -> tuple[tuple[str, str], ...]:
        """Return the one identifier of the request, where it is that of an item."""
        names = identifiers_of(self.writer)
        if len(names) != 1 or names[0] not in self.binding.params.values():
            return ()
        root, same = root_of(names[0]), same_name(self._item, names[0])
        is_named = bool(root) and bare_noun(self.reader.noun).endswith(root)
        return ((same, names[0]),) if is_named and same is not None else ()

    def _is_list(self, path: str) -> bool:
        member = self.writer.input.members.get(path)
        return member is not None and self.writer.target(member).type == "list"
