"""The reader of an operation: which call shows the state that it changes.

Owns the choice among the operations of the same service. It is deliberately picky: a
reader is taken only when its risk is a plain read, all it requires is told, and every
identifier of the request selects what it shows. What only shows the thing that contains
the change is marked as such. Everything else is an override, or no reader with the
reason; "unknown" is an honest answer in a diff.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..ir import Change, Fact, Reader, ReadMode, Risk, Unreadable
from .attempt import Attempt
from .relation import Relations, Tie
from .replacing import REPLACES, RESTATES, restates
from .subject import Subject
from .verdict import refusal_of
from .words import PASSING
from .write_only import shown_names

_ROOT = re.compile(r"[.\[]")
_DEPRECATED = "smithy.api#deprecated"
_STREAMING = "smithy.api#streaming"


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

    @cached_property
    def shown(self) -> frozenset[str]:
        """Folded names of everything that any plain read shows."""
        return shown_names(self.by_name.values(), self.risks)

    def reader_of(self, writer: Subject, change: Change) -> Fact[Reader | None]:
        """Return the best reader, or ``None`` with the reason."""
        return self.find(writer, change).fact

    def find(self, writer: Subject, change: Change) -> Found:
        """Return the best reader, or ``None`` with the reason and its kind."""
        if change is Change.NONE:
            return Found(Fact(None, "nothing changes"))
        refused: list[tuple[str, Unreadable]] = []
        later: Attempt | None = None
        second: Attempt | None = None
        for attempt in self._attempts(writer, change, refused):
            is_named = attempt.candidate.tie <= Tie.NAMED
            if later is not None and later.is_blank() and not is_named:
                break
            refusal = refusal_of(attempt)
            if refusal is None and not attempt.is_second_choice():
                return Found(self._fact(attempt))
            if refusal is None:
                later = later or attempt
                continue
            if second is None and attempt.is_container():
                second = attempt
            refused.append(refusal)
        if later is not None:
            return Found(self._fact(later))
        if second is not None:
            return Found(self._fact(second, is_container=True))
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
    ) -> Iterator[Attempt]:
        """Yield the candidates that may be readers; the others are noted as refused."""
        for candidate in self.relations.candidates(writer, change):
            reader = self.by_name[candidate.name]
            refusal = self.refusal_of(writer, reader)
            if refusal is None:
                yield Attempt(writer, change, reader, candidate)
            else:
                refused.append(refusal)

    def _fact(
        self, attempt: Attempt, *, is_container: bool = False
    ) -> Fact[Reader | None]:
        absent = self.absent[attempt.reader.name]
        reader = attempt.reader_ir(absent, is_container=is_container)
        source = attempt.candidate.source
        if reader.mode is ReadMode.REPLACE and attempt.change is not Change.PUT:
            source = f"{source}, {REPLACES}"
        elif self._restates(attempt.writer, reader):
            reader = replace(reader, mode=ReadMode.REPLACE)
            source = f"{source}, {RESTATES}"
        found = Fact(reader, source)
        evidence = self.relations.evidence
        return evidence.confirmed(attempt.writer, attempt.change, found, attempt.reader)

    def _restates(self, writer: Subject, reader: Reader) -> bool:
        if reader.mode is not ReadMode.PATCH or reader.container:
            return False
        maker = self.by_name.get(writer.name.replace("Update", "Create", 1))
        told = {_ROOT.split(path)[0] for _, path in (*reader.params, *reader.match)}
        compared = {_ROOT.split(path)[0] for path, _ in reader.compare}
        return restates(writer, maker, told, compared)

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
