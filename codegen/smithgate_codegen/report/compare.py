"""Two trees in, one report out.

Owns which files are read and what is put side by side, one service after the other, so
that the memory in use does not grow with the number of services. Fields are left to
``facts``, schemas to ``schemas``, the policy to ``verdicts``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .declaration import UNREAD, Declaration, read_declaration
from .facts import compare_declarations, compare_lines, risk_change
from .record import (
    FactChange,
    OperationNote,
    OperationSchemas,
    PolicyState,
    Report,
    ServiceChange,
)
from .schemas import SchemaChange, compare_schemas
from .trees import INDEX, SKIPPED, Tree, index_of, json_of

_FILES = ("module", "schema", "output_schema")
_MARKINGS = {
    "x-sensitive": frozenset({"sensitive", "sensitive_output"}),
    "x-idempotency-token": frozenset({"idempotency_token"}),
}
"""Marks in a schema that a field of the declaration repeats."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What one tree says, as far as the comparison needs it."""

    tree: Tree
    index: Mapping[str, Any]
    skipped: Mapping[str, str]
    digests: Mapping[str, str]

    @property
    def lines(self) -> Mapping[str, Mapping[str, Any]]:
        """Operation id → line of the index."""
        lines: Mapping[str, Mapping[str, Any]] = self.index.get("operations", {})
        return lines

    def path(self, operation: str, name: str) -> str:
        return str(self.lines[operation].get(name))

    def digest_of(self, operation: str) -> tuple[str | None, ...]:
        return tuple(self.digests.get(self.path(operation, name)) for name in _FILES)

    def read(self, operations: Iterable[str]) -> Mapping[str, bytes]:
        """Return the files of operations; those that this side lacks are left out."""
        return self.tree.read(
            self.path(operation, name)
            for operation in operations
            if operation in self.lines
            for name in _FILES
        )

    def declaration(self, operation: str, files: Mapping[str, bytes]) -> Declaration:
        data = files.get(self.path(operation, "module"))
        return UNREAD if data is None else read_declaration(data)

    def schema(
        self, operation: str, name: str, files: Mapping[str, bytes]
    ) -> dict[str, Any]:
        path = self.path(operation, name)
        return json_of(self.tree, files.get(path), path)


def compare_trees(
    before: Tree, after: Tree, policy: PolicyState, *, algorithm: str
) -> Report:
    """Return what changed from one tree to the other.

    ``algorithm`` is the hash of git's object ids, which tell what to read. Raises
    ``CodegenError`` for a tree whose index or schemas cannot be read.
    """
    old, new = _side(before, algorithm), _side(after, algorithm)
    parts = [_Part(old, new, names, policy) for names in _by_service(old, new)]
    return Report(
        base=before.label,
        head=after.label,
        operations_before=len(old.lines),
        operations_after=len(new.lines),
        services=tuple(_services(old.index, new.index)),
        added=tuple(note for part in parts for note in part.added),
        removed=tuple(note for part in parts for note in part.removed),
        deprecated=tuple(note for part in parts for note in part.deprecated),
        risks=tuple(fact for part in parts for fact in part.risks),
        facts=tuple(fact for part in parts for fact in part.facts),
        schemas=tuple(item for part in parts for item in part.schemas),
        skipped={
            operation: reason
            for operation, reason in sorted(new.skipped.items())
            if operation not in old.skipped
        },
        unread=tuple(name for part in parts for name in part.unread),
        policy=policy,
    )


class _Part:
    """What changed among the operations of one service."""

    def __init__(
        self, old: _Side, new: _Side, operations: list[str], policy: PolicyState
    ) -> None:
        self.added: list[OperationNote] = []
        self.removed: list[OperationNote] = []
        self.deprecated: list[OperationNote] = []
        self.risks: list[FactChange] = []
        self.facts: list[FactChange] = []
        self.schemas: list[OperationSchemas] = []
        self.unread: list[str] = []
        self._old = old
        self._new = new
        self._verdicts = policy.verdicts
        different = [name for name in operations if self._differs(name)]
        self._before = old.read(different)
        self._after = new.read(different)
        for operation in operations:
            self._compare(operation, set(different))

    def _differs(self, operation: str) -> bool:
        old, new = self._old, self._new
        if operation not in old.lines or operation not in new.lines:
            return True
        is_deprecated = _flag(new, operation) and not _flag(old, operation)
        return is_deprecated or old.digest_of(operation) != new.digest_of(operation)

    def _compare(self, operation: str, different: set[str]) -> None:
        old, new = self._old, self._new
        if operation not in old.lines:
            self.added.append(self._note(operation))
        elif operation not in new.lines:
            reason = new.skipped.get(operation, "gone from the model")
            note = _note(operation, old, self._before)
            self.removed.append(replace(note, reason=reason))
        else:
            before, after = old.lines[operation], new.lines[operation]
            self.facts += compare_lines(operation, before, after)
            if _flag(new, operation) and not _flag(old, operation):
                self.deprecated.append(self._note(operation))
            if operation in different:
                self._compare_files(operation)

    def _compare_files(self, operation: str) -> None:
        before = self._old.declaration(operation, self._before)
        after = self._new.declaration(operation, self._after)
        lines = self._old.lines[operation], self._new.lines[operation]
        risk = risk_change(operation, lines, before, after)
        if risk is not None:
            verdict = self._verdicts.get(operation)
            self.risks.append(replace(risk, verdict=verdict))
        facts: list[FactChange] = []
        if before.is_read and after.is_read:
            facts = compare_declarations(operation, before, after)
        else:
            self.unread.append(operation)
        self.facts += facts
        told = {fact.field for fact in facts}
        found = OperationSchemas(
            operation,
            self._changes(operation, "schema", told),
            self._changes(operation, "output_schema", told),
        )
        if found.request or found.response:
            self.schemas.append(found)

    def _changes(
        self, operation: str, name: str, told: set[str]
    ) -> tuple[SchemaChange, ...]:
        changes = compare_schemas(
            self._old.schema(operation, name, self._before),
            self._new.schema(operation, name, self._after),
            is_input=name == "schema",
        )
        # What a field of the declaration tells already is not told twice.
        return tuple(
            change
            for change in changes
            if not _MARKINGS.get(change.what, frozenset()) & told
        )

    def _note(self, operation: str) -> OperationNote:
        note = _note(operation, self._new, self._after)
        return replace(note, verdict=self._verdicts.get(operation))


def _note(operation: str, side: _Side, files: Mapping[str, bytes]) -> OperationNote:
    line = side.lines[operation]
    return OperationNote(
        id=operation,
        risk=str(line.get("risk")),
        risk_source=side.declaration(operation, files).source("risk"),
        change=str(line.get("change")),
        summary=str(line.get("summary", "")),
        deprecated=_flag(side, operation),
    )


def _flag(side: _Side, operation: str) -> bool:
    return bool(side.lines[operation].get("deprecated"))


def _side(tree: Tree, algorithm: str) -> _Side:
    digests = tree.digests(algorithm)
    read = tree.read((INDEX, SKIPPED))
    # A revision from before the first generation has no tree at all.
    index = index_of(tree, read.get(INDEX)) if digests else {}
    skipped = json_of(tree, read.get(SKIPPED), SKIPPED).get("skipped", {})
    return _Side(tree, index, skipped, digests)


def _by_service(old: _Side, new: _Side) -> Iterator[list[str]]:
    """Yield the operations of each service, both sorted."""
    groups: dict[str, list[str]] = defaultdict(list)
    for operation in sorted(old.lines.keys() | new.lines.keys()):
        groups[operation.partition(":")[0]].append(operation)
    yield from groups.values()


def _services(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[ServiceChange]:
    before, after = old.get("services", {}), new.get("services", {})
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield ServiceChange(name, "added", None, _pin(new, name))
        elif name not in after:
            yield ServiceChange(name, "removed", _pin(old, name), None)
        else:
            pins = _pin(old, name), _pin(new, name)
            if pins[0] != pins[1]:
                yield ServiceChange(name, "model", *pins)
            if before[name] != after[name]:
                texts = (_names(before[name]), _names(after[name]))
                yield ServiceChange(name, "names", *texts)


def _pin(index: Mapping[str, Any], name: str) -> str:
    pin: Mapping[str, Any] = index.get("source", {}).get(name, {})
    texts = [pin, *([pin["enrich"]] if "enrich" in pin else [])]
    return ", enriched by ".join(
        f"{text.get('source')} {text.get('version')} {str(text.get('sha256'))[:12]}"
        for text in texts
    )


def _names(line: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={line[key]}" for key in sorted(line))
