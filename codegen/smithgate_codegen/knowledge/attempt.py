"""One writer with one candidate: how it would be called and what it would show."""

import re
from functools import cached_property
from typing import Any

from ..ir import Change, Confidence, How, Reader
from .asking import asked_for_all
from .binding import bind
from .documents import document_of, owner_document
from .gone import gone_of
from .identifiers import names_own
from .items import Document
from .naming import Nouns, is_control
from .pairing import how_of, pairs_of, settable
from .parts import part_of
from .relation import Candidate, Tie
from .remains import is_gone_when_empty, taken_part
from .replacing import mode_of
from .shapes import kind_of
from .states import expected_of, nouns_of, shows_status
from .subject import Subject
from .ties import key_pair, tag_pair
from .tying import how_tied, list_pairs
from .words import SETTING, bare_noun

_SETTING_LIFECYCLES = frozenset({"create", "put", "update"})
_OPAQUE = re.compile(r"(Arn|ARN|Id|ID|Identifier|^arn|^id)$")
"""Ends of what a service makes up for a new thing."""
ATTRIBUTE = "Attribute"
GONE = frozenset({Change.DELETE, Change.DETACH})
NEW = frozenset({Change.CREATE, Change.ATTACH})
TIES = frozenset({Change.ATTACH, Change.DETACH})
_SETS = frozenset({Change.PUT, Change.UPDATE})
_BONDS = ("association", "attachment", "membership", "subscription")
"""What a tie is called where it is a thing of its own."""
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
        self.is_a_part = False
        self.unshown = self.binding.reason or ""
        if self.binding.reason is None:
            found = document_of(writer, change, reader, self.binding)
            if isinstance(found, Document):
                self.document = found
                self._prefer_root()
            else:
                self.unshown = found
                self._try_tie()

        if self.document is not None and not self._is_enough():
            self._try_part()

    def _try_tie(self) -> None:
        """Take the parent's document where it shows what is tied to it."""
        owner = owner_document(self.reader, self.binding)
        if owner is not None and self.binding.params and self._tied(owner):
            self.document = owner

    def _try_part(self) -> None:
        """Take the part of the parent's document that is taken away."""
        told = {*self.binding.params.values()}
        left = {n for n in self.writer.required if not is_control(n)} - told
        if self.change not in GONE or not told or left or self.document is None:
            return
        if self.expected or bare_noun(self.reader.noun).endswith(_BONDS):
            return
        parent = self.document
        if parent.match:
            parent = owner_document(self.reader, self.binding) or parent
        if part := part_of(self.writer, self.reader, parent):
            self.document, self.is_a_part = part, True
            for name in ("pairs", "tied", "expected"):
                self.__dict__.pop(name, None)

    def _is_enough(self) -> bool:
        """Return whether the document is the thing itself, or shows what is taken."""
        own = any(names_own(self.writer, path) for path in self.binding.params.values())
        is_named = self.candidate.tie in {Tie.DECLARED, Tie.NAMED}
        return own or is_named or bool(self.pairs)

    def _prefer_root(self) -> None:
        """Take the whole output where it shows more of the request than its part."""
        document = self.document
        if document is not None and document.root is not None:
            root = Document(document.root)
            if self._shown_by(root) > self._shown_by(document):
                self.document = root

    def _shown_by(self, document: Document) -> tuple[int, ...]:
        """Return how much a document shows, what counts most first.

        Members of the request, pairs of them, the state of what starts, stops or goes.
        """
        pairs = self._pairs(document)
        tops = {path.partition(".")[0] for path, _ in pairs}
        members = [name for name in tops if not name.casefold().endswith("token")]
        tells = self._tells(document) or bool(self._states_gone(document))
        return (len(members), len(pairs), int(tells))

    def _tells(self, document: Document) -> bool:
        """Return whether a document shows how far what is started or stopped is."""
        if self.change in GONE | NEW | _VALUED:
            return False
        return shows_status(self.writer, document.shape, self._nouns(document))

    def tells_of_part(self) -> bool:
        """Return whether the document has a status called after a part of the thing."""
        if self.document is None or self.change in {Change.TAG, Change.UNTAG}:
            return False
        nouns = self._nouns(self.document)
        return shows_status(self.writer, self.document.shape, nouns, is_part=True)

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
        if tied := self._tied(document):
            return tied
        if self.change in TIES:
            return ()
        is_new = bool(self.binding.created or document.match_created)
        sets = (
            self.writer.verb in SETTING
            or self.writer.lifecycle in _SETTING_LIFECYCLES
            or (self.change is Change.CREATE and is_new)
        )
        if not sets or self.change in GONE:
            return ()
        nouns = nouns_of(self.reader, document.select)
        is_own = self.candidate.tie not in {Tie.OWNER, Tie.PART}
        bound |= self._made_from(document)
        return pairs_of(self.writer, shape, bound, Nouns.of(*nouns), is_own=is_own)

    def _made_from(self, document: Document) -> set[str]:
        """Return the ids that come back new: the request's are of what is copied."""
        made = (*self.binding.created.items(), *document.match_created)
        names = {path.rpartition(".")[2] for _, path in made}
        return {n for n in names if _OPAQUE.search(n) and self.change is Change.CREATE}

    def _tied(self, document: Document) -> tuple[tuple[str, str], ...]:
        """Return the pairs of what is added to the owner's document or taken away."""
        how = how_tied(self.writer, self.change)
        told = {*self.binding.params.values()}
        if how is None or not told.issuperset(path for _, path in document.match):
            return ()
        bound = {*told, *self.selecting}
        return list_pairs(self.writer, document.shape, bound, how)

    @cached_property
    def tied(self) -> tuple[tuple[str, str], ...]:
        """What is added to the document or taken out of it."""
        return self._tied(self.document) if self.document is not None else ()

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

        The thing is one text in a list, or deep inside its parent, a tie of which only
        the new id tells, or nothing changes.
        """
        is_after = self.change is Change.ATTACH and bool(self.binding.created)
        if self.is_blank() or is_after:
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
            empty = self._is_gone_when_empty(document)
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
            mode=mode_of(self.writer, self.change),
            confidence=Confidence.LOW if is_container else self._confidence(),
        )

    def _is_gone_when_empty(self, document: Document) -> bool:
        is_told = self.binding.params or self.binding.created or document.match_created
        is_whole = document.select is None and not document.match
        if self.change in NEW and is_whole and not is_told:
            return True  # of the only one there is
        return is_gone_when_empty(self.change, self.reader, document)

    def _gone(self, document: Document) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return () if self.expected else self._states_gone(document)

    def _states_gone(
        self, document: Document
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        nouns = self._nouns(document)
        return gone_of(self.writer, self.change, document.shape, nouns)

    def _how(self, document: Document, pairs: tuple[tuple[str, str], ...]) -> Any:
        if self.change is Change.UNTAG:
            return tuple((path, How.KEYS) for path, _ in pairs)
        how = how_tied(self.writer, self.change)
        if self.tied and how is not None:
            return tuple((path, how) for path, _ in pairs)
        return how_of(self.writer, document.shape, pairs)

    def _confidence(self) -> Confidence:
        if self.candidate.tie is Tie.DECLARED:
            return Confidence.HIGH
        return Confidence.MEDIUM
