"""One writer with one candidate: how it would be called and what it would show."""

from functools import cached_property
from typing import Any

from ..ir import Change, Confidence, How, Reader, ReadMode
from .asking import asked_for_all
from .binding import bind
from .documents import document_of, owner_document
from .gone import gone_of
from .items import Document
from .naming import Nouns
from .pairing import how_of, pairs_of, settable
from .relation import Candidate, Tie
from .remains import is_gone_when_empty, taken_part
from .shapes import kind_of
from .states import expected_of, nouns_of, shows_status
from .subject import Subject
from .ties import key_pair, tag_pair, tied_pairs
from .words import SETTING

_SETTING_LIFECYCLES = frozenset({"create", "put", "update"})
ATTRIBUTE = "Attribute"
GONE = frozenset({Change.DELETE, Change.DETACH})
NEW = frozenset({Change.CREATE, Change.ATTACH})
TIES = {Change.ATTACH: How.ADD, Change.DETACH: How.REMOVE}
_SETS = frozenset({Change.PUT, Change.UPDATE})
_VALUED = frozenset({Change.PUT, Change.TAG, Change.UNTAG})
"""Changes that say themselves what will be there."""


class Attempt:
    """One writer with one candidate: how it would be called and what it would show."""

    def __init__(
        self, writer: Subject, change: Change, reader: Subject, candidate: Candidate
    ) -> None:
        self.writer = writer
        self.change = change
        self.reader = reader
        self.candidate = candidate
        self.binding = bind(writer, reader, change)
        self.document: Document | None = None
        self.unshown = self.binding.reason or ""
        if self.binding.reason is None:
            found = document_of(writer, change, reader, self.binding)
            if isinstance(found, Document):
                self.document = found
                self._prefer_root()
            else:
                self.unshown = found
                self._try_tie()

    def _try_tie(self) -> None:
        """Take the parent's document where it shows what is tied to it."""
        if self.change in TIES and self.binding.params:
            self.document = owner_document(self.reader, self.binding)
            if self.document is None or not self.pairs:
                self.document = None
                self.__dict__.pop("pairs", None)

    def _prefer_root(self) -> None:
        """Take the whole output where it shows more of the request than its part."""
        document = self.document
        if document is not None and document.root is not None:
            root = Document(document.root)
            more = len(self._pairs(root)) - len(self._pairs(document))
            if more > 0 or (more == 0 and self._tells(root) > self._tells(document)):
                self.document = root

    def _tells(self, document: Document) -> bool:
        """Return whether a document shows how far what is started or stopped is."""
        if self.change in GONE | NEW | _VALUED:
            return False
        return shows_status(self.writer, document.shape, self._nouns(document))

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What the request sets and the document shows."""
        return self._pairs(self.document) if self.document is not None else ()

    def _pairs(self, document: Document) -> tuple[tuple[str, str], ...]:
        if document.is_many:
            return ()
        bound = {*self.binding.params.values(), *self.selecting}
        shape = document.shape
        if self.change is Change.UNTAG:
            return key_pair(self.writer, shape)
        if self.change is Change.TAG:
            return tag_pair(self.writer, shape)
        if self.change in TIES and not self.selecting:
            return tied_pairs(self.writer, shape, bound, TIES[self.change])[0]
        sets = (
            self.writer.verb in SETTING or self.writer.lifecycle in _SETTING_LIFECYCLES
        )
        if not sets or self.change in GONE:
            return ()
        nouns = nouns_of(self.reader, document.select)
        is_own = self.candidate.tie not in {Tie.OWNER, Tie.PART}
        return pairs_of(self.writer, shape, bound, Nouns.of(*nouns), is_own=is_own)

    @property
    def selecting(self) -> set[str]:
        """What of the request picks an item."""
        return {path for _, path in self.document.match} if self.document else set()

    @cached_property
    def expected(self) -> tuple[tuple[str, Any], ...]:
        """What the document shows afterwards whatever the arguments are."""
        if self.document is None:
            return ()
        return expected_of(
            self.writer, self.change, self.document.shape, self._nouns(self.document)
        )

    def _nouns(self, document: Document) -> tuple[str, ...]:
        """Return what a document is about: the reader's noun, what was selected."""
        is_made = bool(self.binding.created or document.match_created)
        return nouns_of(self.reader, document.select, is_made=is_made)

    def is_blank(self) -> bool:
        """Return whether nothing that is shown tells of the change.

        Another operation of the same noun may do: ``DescribeXStatus``.
        """
        if self.change in _SETS:
            return not (self.pairs or self.expected) and self._sets_values()
        switches = self.change in {Change.START, Change.STOP, Change.OTHER}
        if not switches or self.document is None or self.pairs:
            return False
        return not self._tells(self.document)

    def _sets_values(self) -> bool:
        bound = {*self.binding.params.values(), *self.selecting}
        return any(True for _ in settable(self.writer, bound))

    def is_second_choice(self) -> bool:
        """Return whether another candidate may show more.

        The thing is one text in a list, or deep inside its parent, or nothing changes.
        """
        if self.is_blank():
            return True
        document = self.document
        if document is None or not self.selecting:
            return False
        return kind_of(document.shape) == "string" or "[]" in (document.select or "")

    def is_container(self) -> bool:
        """Return whether the reader at least shows what contains the change."""
        inputs = self.reader.input.members
        if self.binding.reason is not None or ATTRIBUTE in inputs:
            return False
        if self.change in {Change.TAG, Change.UNTAG}:
            return False
        return bool(set(self.binding.params.values()) & set(self.writer.required))

    def reader_ir(self, absent: tuple[str, ...], *, is_container: bool) -> Reader:
        """Return the reader; only after ``refusal_of`` or ``is_container`` agreed."""
        document = self.document or Document(self.reader.output)
        pairs = () if is_container else self.pairs
        select, empty = document.select, False
        if not is_container:
            select = taken_part(self.writer, self.change, document) or select
            empty = is_gone_when_empty(self.change, self.reader, document)
        return Reader(
            operation=self.reader.id,
            params=tuple(sorted(self.binding.params.items())),
            constants=tuple(asked_for_all(self.reader)),
            created=tuple(sorted(self.binding.created.items())),
            select=select,
            match=document.match,
            match_created=() if is_container else document.match_created,
            compare=pairs,
            how=self._how(document, pairs),
            expect=() if is_container else self.expected,
            gone=() if is_container else self._gone(document),
            absent=() if is_container else absent,
            absent_when_empty=empty and select is None,
            container=is_container,
            mode=ReadMode.REPLACE if self.change is Change.PUT else ReadMode.PATCH,
            confidence=Confidence.LOW if is_container else self._confidence(),
        )

    def _gone(self, document: Document) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if self.expected or document.is_many:
            return ()
        return gone_of(self.writer, self.change, document.shape)

    def _how(self, document: Document, pairs: tuple[tuple[str, str], ...]) -> Any:
        if self.change is Change.UNTAG:
            return tuple((path, How.KEYS) for path, _ in pairs)
        if self.change in TIES:
            return tuple((path, TIES[self.change]) for path, _ in pairs)
        return how_of(self.writer, document.shape, pairs)

    def _confidence(self) -> Confidence:
        if self.candidate.tie is Tie.DECLARED:
            return Confidence.HIGH
        return Confidence.MEDIUM
