"""The reader of an operation: which call shows the state that it changes.

Owns the choice among the operations of the same service. It is deliberately picky: a
reader is taken only when its risk is a plain read, all it requires is told, and every
identifier of the request selects what it shows. What only shows the thing that contains
the change is marked as such. Everything else is an override, or no reader with the
reason; "unknown" is an honest answer in a diff.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..ir import Change, Confidence, Fact, How, Reader, ReadMode, Risk, Unreadable
from .asking import asked_for_all
from .binding import (
    bind,
    identifiers_of,
    is_identifier,
    names_own,
    root_of,
)
from .documents import document_of, owner_document
from .gone import gone_of
from .listing import Document
from .pairing import how_of, key_pair, pairs_of, tag_pair, tied_pairs
from .relation import Candidate, Relations, Tie
from .remains import is_gone_when_empty, taken_part
from .states import expected_of, nouns_of, shows_status
from .subject import Subject
from .words import MODIFIERS, PASSING, SETTING, bare_noun, singular_of

_DEPRECATED = "smithy.api#deprecated"
_STREAMING = "smithy.api#streaming"
_SETTING_LIFECYCLES = frozenset({"create", "put", "update"})
_ATTRIBUTE = "Attribute"
_GONE = frozenset({Change.DELETE, Change.DETACH})
_TIES = {Change.ATTACH: How.ADD, Change.DETACH: How.REMOVE}
_FROM_AND_TO = frozenset({"From", "To"})
_NEW = frozenset({Change.CREATE, Change.ATTACH})
_VALUED = frozenset({Change.PUT, Change.TAG, Change.UNTAG})
"""Changes that say themselves what will be there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reader or the reason why there is none, with what measures need."""

    fact: Fact[Reader | None]
    unreadable: Unreadable | None = None


@dataclass(frozen=True)
class Readers:
    """The operations of one service that may serve as readers."""

    by_name: Mapping[str, Subject]
    risks: Mapping[str, Risk]
    absent: Mapping[str, tuple[str, ...]]
    """Error codes that mean "not there", for each operation."""

    @cached_property
    def relations(self) -> Relations:
        """The tables of possible readers."""
        return Relations.of(self.by_name)

    def reader_of(self, writer: Subject, change: Change) -> Fact[Reader | None]:
        """Return the best reader, or ``None`` with the reason."""
        return self.find(writer, change).fact

    def find(self, writer: Subject, change: Change) -> Found:
        """Return the best reader, or ``None`` with the reason and its kind."""
        if change is Change.NONE:
            return Found(Fact(None, "nothing changes"))
        refused: list[tuple[str, Unreadable]] = []
        blank: _Attempt | None = None
        second: _Attempt | None = None
        for attempt in self._attempts(writer, change, refused):
            if blank is not None and attempt.candidate.tie > Tie.NAMED:
                break
            refusal = attempt.refusal()
            if refusal is None and not attempt.is_blank():
                return Found(self._fact(attempt))
            if refusal is None:
                blank = blank or attempt
                continue
            if second is None and attempt.is_container():
                second = attempt
            refused.append(refusal)
        if usable := blank or second:
            return Found(self._fact(usable))
        missing = f"no operation reads {writer.noun or writer.name}"
        # The first candidate is the likeliest one: its refusal says most.
        reason, kind = (*refused, (missing, Unreadable.NO_OPERATION))[0]
        if change is Change.OTHER and writer.verb in PASSING:
            kind = Unreadable.NO_STATE
        return Found(Fact(None, f"rule none: {reason}"), kind)

    def _attempts(
        self,
        writer: Subject,
        change: Change,
        refused: list[tuple[str, Unreadable]],
    ) -> Iterator["_Attempt"]:
        """Yield the candidates that may be readers; the others are noted as refused."""
        for candidate in self.relations.candidates(writer, change):
            reader = self.by_name[candidate.name]
            refusal = self.refusal_of(writer, reader)
            if refusal is None:
                yield _Attempt(writer, change, reader, candidate)
            else:
                refused.append(refusal)

    def _fact(self, attempt: "_Attempt") -> Fact[Reader | None]:
        absent = self.absent[attempt.reader.name]
        return Fact(attempt.reader_ir(absent), attempt.candidate.source)

    def refusal_of(
        self, writer: Subject, reader: Subject
    ) -> tuple[str, Unreadable] | None:
        """Return why an operation may not be a reader, whatever it shows."""
        name = reader.name
        if self.risks[name] is not Risk.READ:
            text = f"{name} is {self.risks[name]}, not a plain read"
            return text, Unreadable.CONFIDENTIAL
        if any(reader.has(m, _STREAMING) for m in reader.output.members.values()):
            return f"{name} streams the whole content", Unreadable.CONFIDENTIAL
        if _DEPRECATED in reader.traits and _DEPRECATED not in writer.traits:
            return f"{name} is deprecated", Unreadable.NO_OPERATION
        return None


class _Attempt:
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
        if self.change in _TIES and self.binding.params:
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
        if self.change in _GONE | _NEW | _VALUED:
            return False
        return shows_status(self.writer, document.shape, self._nouns(document))

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What the request sets and the document shows."""
        return self._pairs(self.document) if self.document is not None else ()

    def _pairs(self, document: Document) -> tuple[tuple[str, str], ...]:
        if document.is_many:
            return ()
        bound = {*self.binding.params.values(), *self._selecting}
        shape = document.shape
        if self.change is Change.UNTAG:
            return key_pair(self.writer, shape)
        if self.change is Change.TAG:
            return tag_pair(self.writer, shape)
        if self.change in _TIES and not self._selecting:
            return tied_pairs(self.writer, shape, bound, _TIES[self.change])[0]
        sets = (
            self.writer.verb in SETTING or self.writer.lifecycle in _SETTING_LIFECYCLES
        )
        if not sets or self.change in _GONE:
            return ()
        nouns = [bare_noun(self.reader.noun)]
        nouns += [bare_noun(document.select)] if document.select else []
        return pairs_of(self.writer, shape, bound, nouns)

    @property
    def _selecting(self) -> set[str]:
        return {path for _, path in self.document.match} if self.document else set()

    def refusal(self) -> tuple[str, Unreadable] | None:
        """Return why the reader does not show what the writer changes."""
        name = self.reader.name
        if self.binding.reason is not None:
            return self.binding.reason, Unreadable.UNADDRESSED
        made = self.document.match_created if self.document else ()
        told = self.binding.params or self.binding.created or self._selecting or made
        if not told and not self._needs_no_telling():
            return f"{name} is not told what to read", Unreadable.UNADDRESSED
        if self._leaves_own_id_out():
            return f"{name} is not told which one to read", Unreadable.UNADDRESSED
        if self.document is None:
            return self.unshown, Unreadable.UNSELECTED
        if self.change in _TIES and self.pairs:
            return None
        if self._lists_others():
            return f"{name} does not show one document", Unreadable.UNSELECTED
        inputs = self.reader.input.members
        if _ATTRIBUTE in inputs and _ATTRIBUTE not in self.binding.params:
            return f"{name} shows one attribute at a time", Unreadable.UNSELECTED
        if self._is_tagging() and not self.pairs:
            return f"{name} shows no tags", Unreadable.UNSELECTED
        if (self._is_part() and not self._shows()) or self._is_list_of_others():
            text = f"{name} shows no member of the request"
            return text, Unreadable.UNSELECTED
        return None

    def _leaves_own_id_out(self) -> bool:
        """Return whether the reader of one thing is only told of the thing's parent."""
        reader = self.reader
        if reader.verb == "List" or singular_of(reader.noun) != reader.noun:
            return False
        if self.binding.created or self._selecting:
            return False
        own = {
            name
            for name in reader.input.members
            if is_identifier(reader, name) and root_of(name) and names_own(reader, name)
        }
        told = {place.partition("[")[0] for place in self.binding.params}
        return bool(own) and not own & told

    def _is_tagging(self) -> bool:
        """Return whether tags are named; what removes all of them names none."""
        if self.change is Change.UNTAG and self.candidate.tie is Tie.NAMED:
            return any("tag" in name.casefold() for name in self.writer.required)
        return self.change in {Change.TAG, Change.UNTAG}

    def _is_part(self) -> bool:
        """Return whether the reader is one of a larger thing."""
        if self.candidate.tie not in {Tie.KIND, Tie.OWNER, Tie.PART}:
            return False
        named = {*self._selecting}
        if named and len(identifiers_of(self.writer)) > 1 and not self._shows_owner():
            return False  # every one of them selects: a tie, or a child of a parent
        if self.candidate.tie is Tie.KIND:
            named |= {*self.binding.params.values(), *self.binding.created}
            made = self.document.match_created if self.document else ()
            return not (
                self.binding.created
                or made
                or any(names_own(self.writer, p) for p in named)
            )
        return not any(names_own(self.writer, path) for path in named)

    def _shows_owner(self) -> bool:
        """Return whether what selects names the owner itself, nothing inside of it."""
        if self.candidate.tie is not Tie.OWNER or self.change in _TIES:
            return False
        if _FROM_AND_TO & set(self.writer.words[2:-1]):
            return False  # DeleteApplicationFromEnvironment: the environment's list
        return all(
            names_own(self.reader, path) and not names_own(self.writer, path)
            for path in self._selecting
        )

    def _is_list_of_others(self) -> bool:
        """Return whether a whole listing shows nothing of what is set."""
        return (
            self.change in {Change.PUT, Change.UPDATE}
            and self.reader.verb == "List"
            and not self._selecting
            and self.document is not None
            and self.document.shape.id == self.reader.output.id
            and not self.pairs
        )

    def _shows(self) -> bool:
        """Return whether a larger thing shows the change itself."""
        if self.change in _GONE | _NEW or self.document is None:
            return False
        return bool(self.pairs or self.expected)

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
        """Return whether nothing that is shown would change with what starts or stops.

        Another operation of the same noun may tell the state: ``DescribeXStatus``.
        """
        switches = self.change in {Change.START, Change.STOP, Change.OTHER}
        if not switches or self.document is None or self.pairs:
            return False
        return not self._tells(self.document)

    def is_container(self) -> bool:
        """Return whether the reader at least shows what contains the change."""
        inputs = self.reader.input.members
        if self.binding.reason is not None or _ATTRIBUTE in inputs:
            return False
        if self.change in {Change.TAG, Change.UNTAG}:
            return False
        return bool(set(self.binding.params.values()) & set(self.writer.required))

    def reader_ir(self, absent: tuple[str, ...]) -> Reader:
        """Return the reader; only after ``refusal`` or ``is_container`` agreed."""
        is_container = self.refusal() is not None
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
        if self.change in _TIES:
            return tuple((path, _TIES[self.change]) for path, _ in pairs)
        return how_of(self.writer, document.shape, pairs)

    def _confidence(self) -> Confidence:
        if self.candidate.tie is Tie.DECLARED:
            return Confidence.HIGH
        return Confidence.MEDIUM

    def _needs_no_telling(self) -> bool:
        """Return whether there is one such thing per account and region."""
        is_one = self.reader.verb in {"Get", "Describe"}
        if not is_one or self.change is Change.CREATE or self.reader.required:
            return False
        takes = self.reader.input.members
        if any(is_identifier(self.reader, name) for name in takes):
            return False
        if self.writer.words[0] in MODIFIERS:
            return False
        return not identifiers_of(self.writer) and self.candidate.tie is Tie.NAMED

    def _lists_others(self) -> bool:
        """Return whether a listing would be taken for the thing made or removed."""
        one = singular_of(self.reader.noun)
        return (
            self.change in {Change.CREATE, Change.DELETE}
            and one != self.reader.noun != self.writer.noun
            and one == singular_of(self.writer.noun)
            and self.document is not None
            and self.document.select is None
        )
