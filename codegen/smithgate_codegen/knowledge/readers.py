"""The reader of an operation: which call shows the state that it changes.

Owns the choice among the operations of the same service by name, binding and shape.
It is deliberately picky: a reader is taken only when its risk is a plain read, every
identifier of the request reaches it, and it shows one document. Everything else is an
override, or no reader with the reason; "unknown" is an honest answer in a diff.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..ir import Change, Confidence, Fact, Reader, ReadMode, Risk
from .binding import bind, identifiers_of, unbound
from .documents import Document, document_of
from .reader_names import PART, reader_names
from .shapes import enum_values, item_of
from .subject import Subject
from .words import SETTING, singular_of

_DEPRECATED = "smithy.api#deprecated"
_STREAMING = "smithy.api#streaming"
_ALL = "All"
_SETTING_LIFECYCLES = frozenset({"create", "put", "update"})
_ATTRIBUTE = "Attribute"


@dataclass(frozen=True, slots=True)
class Readers:
    """The operations of one service that may serve as readers."""

    by_name: Mapping[str, Subject]
    risks: Mapping[str, Risk]
    absent: Mapping[str, tuple[str, ...]]
    """Error codes that mean "not there", for each operation."""

    def reader_of(self, writer: Subject, change: Change) -> Fact[Reader | None]:
        """Return the best reader, or ``None`` with the reason."""
        if change is Change.NONE:
            return Fact(None, "nothing changes")
        reasons: list[str] = []
        for name, rule in self._candidates(writer, change):
            attempt = _Attempt(writer, change, self.by_name[name], rule)
            refusal = self._refusal(attempt) or attempt.refusal()
            if refusal is None:
                return Fact(attempt.reader_ir(self.absent[name]), rule)
            reasons.append(refusal)
        # The first candidate is the likeliest one: its refusal says most.
        reasons.append(f"no operation reads {writer.noun or writer.name}")
        return Fact(None, f"rule none: {reasons[0]}")

    def _candidates(self, writer: Subject, change: Change) -> Iterator[tuple[str, str]]:
        """Yield (operation name, source) of what is there, the best first."""
        seen = {writer.name}
        for name, source in _named(writer, change):
            if name in self.by_name and name not in seen:
                seen.add(name)
                yield name, source

    def _refusal(self, attempt: "_Attempt") -> str | None:
        """Return why an operation may not be a reader, whatever it shows."""
        reader = attempt.reader
        if self.risks[reader.name] is not Risk.READ:
            return f"{reader.name} is {self.risks[reader.name]}, not a plain read"
        if any(reader.has(m, _STREAMING) for m in reader.output.members.values()):
            return f"{reader.name} streams the whole content"
        if _DEPRECATED in reader.traits and _DEPRECATED not in attempt.writer.traits:
            return f"{reader.name} is deprecated"
        return None


class _Attempt:
    """One writer with one candidate: how it would be called and what it would show."""

    def __init__(
        self, writer: Subject, change: Change, reader: Subject, source: str
    ) -> None:
        self.writer = writer
        self.change = change
        self.reader = reader
        self.is_part = source.endswith(PART)
        self.is_declared = source.startswith("trait ")
        binding = bind(writer, reader)
        self.unusable = binding.reason
        self.params = binding.params
        self.document: Document | None = None
        if self.unusable is None:
            self.document = document_of(writer, change, reader, self.params)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What the request sets and the document shows."""
        sets = (
            self.writer.verb in SETTING
            or self.writer.lifecycle in _SETTING_LIFECYCLES
            or self.change is Change.TAG
        )
        return self.document.pairs if self.document is not None and sets else ()

    def refusal(self) -> str | None:
        """Return why the reader does not show what the writer changes."""
        name = self.reader.name
        if self.unusable is not None:
            return self.unusable
        if not self.params and not self._needs_no_telling():
            return f"{name} is not told what to read"
        if self.document is None or self._lists_others():
            return f"{name} does not show one document"
        if _ATTRIBUTE in self.reader.input.members and _ATTRIBUTE not in self.params:
            return f"{name} shows one attribute at a time"
        if missed := self._missed():
            return f"{name} does not take {missed}"
        if self.is_part and not self.pairs:
            return f"{name} shows no member of the request"
        return None

    def reader_ir(self, absent: tuple[str, ...]) -> Reader:
        """Return the reader; only after ``refusal`` had nothing to say."""
        assert self.document is not None
        return Reader(
            operation=self.reader.id,
            params=tuple(sorted(self.params.items())),
            constants=tuple(_asked_for_all(self.reader)),
            select=self.document.select,
            compare=self.pairs,
            absent=absent,
            mode=ReadMode.REPLACE if self.change is Change.PUT else ReadMode.PATCH,
            confidence=Confidence.HIGH if self.is_declared else Confidence.MEDIUM,
        )

    def _needs_no_telling(self) -> bool:
        """Return whether there is one such thing per account and region."""
        is_one = self.reader.verb == "Get" and self.change is not Change.CREATE
        return is_one and not identifiers_of(self.writer)

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

    def _missed(self) -> str | None:
        """Return an identifier of the request that the reader never hears of.

        One that an update sets, and the reader shows, is a value and no identifier;
        inside a list it might be what tells one item from the next.
        """
        assert self.document is not None
        values: set[str] = set()
        is_item = (self.document.select or "").endswith("]")
        if self.params and self.change in {Change.PUT, Change.UPDATE} and not is_item:
            values = {path for path, _ in self.pairs}
        missed = unbound(self.writer, self.params)
        return next((name for name in missed if name not in values), None)


def _named(writer: Subject, change: Change) -> Iterator[tuple[str, str]]:
    """Yield (possible reader name, source): first what the model says, then names."""
    if writer.resource is not None:
        resource = writer.model.expect_shape(writer.resource, "resource")
        if read := resource.lifecycle.get("read"):
            yield read.name, "trait resource lifecycle read"
    for name, rule in reader_names(writer, change):
        yield name, f"rule {rule}"


def _asked_for_all(reader: Subject) -> Iterator[tuple[str, Any]]:
    """Yield the constants of readers that return nothing unless asked.

    SQS GetQueueAttributes takes names of attributes, one of which is "All".
    """
    for name, member in sorted(reader.input.members.items()):
        target = reader.target(member)
        if "attribute" in name.casefold() and target.type == "list":
            item = item_of(reader.model, target)
            if item.type == "enum" and _ALL in enum_values(item):
                yield name, [_ALL]
