"""Who else says which call shows what an operation changes, apart from names and shapes.

Owns the witnesses: the waiters of the model and the resources of boto3. What they say is
evidence, not a rule: a reader that they agree with is one to trust, one that they
contradict is listed for review (``tests/models/readers.py --evidence``) and stays, and
only where the rules find nothing better a witness's own word is tried, as any other.
CloudFormation's read handlers are not asked: they read more than what is changed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ..errors import OverrideError
from ..ir import Change, Confidence, Fact, Reader
from ..model import Model, Shape
from .datasets import DATA, FORMAT_VERSION
from .shapes import enum_values, item_of, kind_of, resolve_path, resolve_select
from .subject import Subject
from .waiters import TRAIT, Waiter, waiters_of
from .words import singular_of, word_set

WAITER = f"trait {TRAIT}"
RESOURCE = "data set boto3-resources"
_FILE = "boto3_resources.json"
_ACTS_ON = frozenset({"whole", "part"})
_ACTS: Mapping[Change, frozenset[str]] = {
    Change.CREATE: frozenset({"make"}),
    Change.PUT: _ACTS_ON | {"make"},
}
"""What boto3 may say that is done to a resource, by kind of change."""
_UNHEARD = frozenset({Change.NONE, Change.TAG, Change.UNTAG})
"""What nothing is said about: tags are read by calls of their own."""
_AFTER: Mapping[Change, frozenset[str]] = {
    Change.START: word_set("Active Available Online Ready Running Service Started"),
    Change.STOP: word_set("Inactive Offline Stopped"),
}
"""Change → last word of the state that it leads to."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One independent word on the reader of an operation."""

    reader: str
    source: str
    is_whole: bool
    """Whether all that the reader shows is what changes."""


@dataclass(frozen=True)
class Evidence:
    """What is said about the operations of one service."""

    waiters: Mapping[str, tuple[Waiter, ...]]
    """Noun → the waiters of the thing, in the order of operations and names."""

    @classmethod
    def of(cls, subjects: Mapping[str, Subject]) -> "Evidence":
        """Return the evidence that a model has."""
        found: dict[str, list[Waiter]] = {}
        for name in sorted(subjects):
            for waiter in waiters_of(subjects[name]):
                found.setdefault(waiter.noun, []).append(waiter)
        return cls({noun: tuple(waiters) for noun, waiters in found.items()})

    def witnesses(self, writer: Subject, change: Change) -> tuple[Witness, ...]:
        """Return who says something about the reader of an operation, each once."""
        if change in _UNHEARD:
            return ()
        found = [*_of_resources(writer, change)]
        found += [
            Witness(waiter.operation, WAITER, _suits(waiter, change))
            for waiter in self._about(writer)
        ]
        return tuple(dict.fromkeys(found))

    def awaited(self, writer: Subject, change: Change) -> tuple[Waiter, ...]:
        """Return the waiters for just the state that an operation leads to."""
        after = _AFTER.get(change, frozenset())
        return tuple(w for w in self._about(writer) if w.state[-1] in after)

    def confirmed(
        self, writer: Subject, change: Change, fact: Fact[Reader], shower: Subject
    ) -> Fact[Reader | None]:
        """Return a reader with what the witnesses add: sources, trust, a state to come.

        ``shower`` is the reader's operation. A container stays one whoever names it. A
        witness that names another operation changes nothing but is told.
        """
        reader, source = fact.value, fact.source
        agreeing = {
            witness.source
            for witness in self.witnesses(writer, change)
            if witness.reader == shower.name
        }
        if reader.confidence is Confidence.LOW or not agreeing:
            against = self.contradictions(writer, change, reader)
            told = [f"against {w.source} {w.reader}" for w in against]
            return Fact(reader, ", ".join([source, *told]))
        if not reader.expect:
            expect = self._expected(writer, change, shower, reader.select)
            reader = replace(reader, expect=expect)
        if others := sorted(agreeing - {source}):
            reader = replace(reader, confidence=Confidence.HIGH)
        return Fact(reader, ", ".join([source, *others]))

    def contradictions(
        self, writer: Subject, change: Change, reader: Reader
    ) -> tuple[Witness, ...]:
        """Return who names other operations, if nobody names the one that is taken."""
        name = reader.operation.partition(":")[2]
        found = self.witnesses(writer, change)
        if any(witness.reader == name for witness in found):
            return ()
        return tuple(witness for witness in found if witness.is_whole)

    def _expected(
        self, writer: Subject, change: Change, shower: Subject, select: str | None
    ) -> tuple[tuple[str, Any], ...]:
        """Return the state that a waiter expects of the document, if it is one."""
        document = resolve_select(shower.model, shower.output, select)
        if document.type == "list":  # one item of it is picked by its identifiers
            document = item_of(shower.model, document)
        found = {
            (path, value)
            for waiter in self.awaited(writer, change)
            if waiter.operation == shower.name and len(waiter.status) == 1
            for full, value in waiter.status
            if (path := _below(full, select)) is not None
            and _holds(shower.model, document, path, value)
        }
        return tuple(found) if len(found) == 1 else ()

    def _about(self, writer: Subject) -> tuple[Waiter, ...]:
        return self.waiters.get(singular_of(writer.noun).casefold(), ())


def _suits(waiter: Waiter, change: Change) -> bool:
    """Return whether a waiter may be for what an operation does, by its name.

    ``HybridADUpdated`` shows an update, not what was created.
    """
    updates = bool({"Update", "Updated"} & set(waiter.state))
    return not updates or change in {Change.UPDATE, Change.PUT}


def _below(path: str, select: str | None) -> str | None:
    """Return a path of an output as one of the document selected from it."""
    plain = path.replace("[]", "")
    if select is not None:
        start = select.replace("[0]", "").replace("[]", "") + "."
        lists = select.replace("[0]", "[]").rstrip("[]")
        if not (plain.startswith(start) and path.startswith(lists)):
            return None
        path = path[len(lists) :].removeprefix("[]").removeprefix(".")
    return None if "[" in path else path


def _holds(model: Model, document: Shape, path: str, value: str) -> bool:
    """Return whether a text is at a path, and may have this value."""
    try:
        shape = resolve_path(model, document, path)
    except OverrideError:
        return False
    return kind_of(shape) == "string" and (
        shape.type != "enum" or value in enum_values(shape)
    )


def _of_resources(writer: Subject, change: Change) -> Iterator[Witness]:
    for row in _resources().get(writer.service, {}).get(writer.name, ()):
        act = row["act"]
        if act in _ACTS.get(change, _ACTS_ON):
            is_whole = act != "part" and change is not Change.OTHER
            yield Witness(row["reader"], RESOURCE, is_whole)


@cache
def _resources() -> Mapping[str, Any]:
    content = json.loads((DATA / _FILE).read_text("ascii"))
    if content["format_version"] != FORMAT_VERSION:
        msg = f"`{_FILE}` has another format version than `{FORMAT_VERSION}`"
        raise OverrideError(msg)
    services: Mapping[str, Any] = content["services"]
    return services
