"""Reads the state that steps change, before and after, through the choke point."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..catalog import Catalog
from ..diff import (
    Snapshot,
    SnapshotStatus,
    is_new,
    no_read,
    read_snapshot,
    reads_same,
)
from ..diff.asking import told_by
from ..execute.gateway import Call, Gateway, Reply
from ..execute.identity import Identities
from ..execute.target import BoundTarget
from ..operation import Change, Operation
from ..policy import Policy
from .references import find_references, needed_by


class Step(Protocol):
    """What is needed to know of a step: planner's and applier's both have it."""

    @property
    def operation(self) -> Operation:
        """The declaration."""
        ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The request."""
        ...


class States:
    """Reads states for the planner and the applier."""

    def __init__(self, gateway: Gateway, identities: Identities) -> None:
        self._gateway = gateway
        self._identities = identities

    def before(
        self, tx_id: str, policy: Policy, bound: BoundTarget, steps: Sequence[Step]
    ) -> list[Snapshot]:
        """Read the state of each step before any of them runs.

        What an earlier step changes first cannot be read yet and is unknown. Raises
        identity, credential and store errors; a reader's own failure is an unknown
        snapshot.
        """
        found = []
        for index, step in enumerate(steps):
            needed = self._needs_output(step, index)
            if needed is not None:
                found.append(_not_yet(step, f"known after step {needed}"))
                continue
            earlier = self._changed_by(steps, index)
            if earlier is None:
                found.append(
                    self.read(tx_id, policy, bound, index, step, purpose="before")
                )
                continue
            found.append(_not_yet(step, f"step {earlier} changes it first"))
        return found

    def known_caller(self, bound: BoundTarget) -> dict[str, str] | None:
        """Return who we are at a target, ``None`` where nobody asked AWS lately."""
        known = self._identities.known(bound)
        return known.identity if known else None

    @staticmethod
    def _needs_output(step: Step, index: int) -> int | None:
        """Return the earlier step whose output says what a step's reader is to read."""
        read = step.operation.read
        if read is None:
            return None
        references = find_references(step.arguments, index - 1)
        return needed_by(told_by(read), references)

    @staticmethod
    def _changed_by(steps: Sequence[Step], index: int) -> int | None:
        """Return the first earlier step that changes the same state."""
        here = (steps[index].operation, steps[index].arguments)
        for number, step in enumerate(steps[:index]):
            if step.operation.change is not Change.NONE and reads_same(
                (step.operation, step.arguments), here
            ):
                return number
        return None

    def read(
        self,
        tx_id: str,
        policy: Policy,
        bound: BoundTarget,
        index: int,
        step: Step,
        *,
        purpose: str,
        output: Mapping[str, Any] | None = None,
    ) -> Snapshot:
        """Read the state of one step, after it with its ``output``.

        See ``before`` for what is raised.
        """
        if step.operation.change is Change.NONE:
            return Snapshot(status=SnapshotStatus.NO_READER)
        if step.operation.read is None or (is_new(step.operation.read) and not output):
            return no_read(step.operation)
        caller = self._identities.caller(tx_id, policy, bound, fresh=False)

        def call(operation: str, arguments: Mapping[str, Any]) -> Reply:
            wanted = Call(
                operation=operation,
                arguments=arguments,
                target=bound,
                purpose=purpose,
                step=index,
            )
            return self._gateway.call(tx_id, policy, wanted, caller.credentials)

        return read_snapshot(step.operation, step.arguments, call, output)


def _not_yet(step: Step, reason: str) -> Snapshot:
    """Return the snapshot of a state that is there only once other steps ran."""
    assert step.operation.read is not None
    return Snapshot(
        status=SnapshotStatus.LATER,
        reader=step.operation.read.operation,
        reason=reason,
    )


def is_readable(step: Step) -> bool:
    """Say whether a step's state can be read at all."""
    read = step.operation.read
    return read is not None and step.operation.change is not Change.NONE


def is_readable_before(step: Step) -> bool:
    """Say whether it can be read before the step has run."""
    read = step.operation.read
    return is_readable(step) and read is not None and not is_new(read)


def reader_of(catalog: Catalog, operation: Operation) -> Operation | None:
    """Return the declaration of an operation's reader."""
    return catalog.operation(operation.read.operation) if operation.read else None
