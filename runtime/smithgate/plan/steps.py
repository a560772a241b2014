"""The steps of a plan as asked for, and checked: canonical, valid, references typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..arguments import Arguments
from ..arguments.links import Link
from ..arguments.nodes import show_path
from ..catalog import Catalog
from ..errors import BadReference
from ..operation import Operation
from ..policy.raised import returns_secrets
from ..redact import leads_to_secret
from .document import derive_token
from .references import Reference, find_references, unresolved
from .waits import Wait, find_wait


@dataclass(frozen=True, slots=True)
class StepRequest:
    """One step as asked for: any spelling of an operation, raw arguments."""

    operation: str
    arguments: Mapping[str, Any]
    """May refer to outputs of earlier steps; see ``references``."""
    wait: str | None = None
    """A waiter of the service that has to be content before the next step."""
    wait_arguments: Mapping[str, Any] | None = None
    """What the waiter looks at; ``None`` takes the step's members of the same names."""


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A step that could be sent once the outputs it refers to are known."""

    index: int
    operation: Operation
    arguments: dict[str, Any]
    """With the idempotency token; references as they are written."""
    token: str | None
    wait: Wait | None

    @property
    def latest(self) -> int:
        """The last step that the arguments may refer to."""
        return self.index - 1

    @property
    def judged(self) -> dict[str, Any]:
        """The arguments as policy sees them before outputs are known."""
        return unresolved(self.arguments, self.latest)


def checked_steps(
    plan_id: str,
    catalog: Catalog,
    arguments: Arguments,
    requests: Sequence[StepRequest],
) -> list[CheckedStep]:
    """Canonicalise and validate the steps of a plan; fill idempotency tokens.

    Raises the input errors, ``BadReference`` and ``UnknownWaiter``.
    """
    checker = _Checker(plan_id, catalog, arguments)
    return [checker.check(index, request) for index, request in enumerate(requests)]


class _Checker:
    """Checks one step after the other; a later one may refer to an earlier one."""

    def __init__(self, plan_id: str, catalog: Catalog, arguments: Arguments) -> None:
        self._plan_id = plan_id
        self._catalog = catalog
        self._arguments = arguments
        self._ids: list[str] = []
        self._done: list[CheckedStep] = []

    def check(self, index: int, request: StepRequest) -> CheckedStep:
        canonical = self._catalog.canonical_id(request.operation)
        self._ids.append(canonical)
        operation = self._catalog.operation(canonical)
        arguments, token = dict(request.arguments), None
        if operation.idempotency_token is not None:
            made = derive_token(self._plan_id, index)
            token = arguments.setdefault(operation.idempotency_token, made)
        self._valid(canonical, arguments, index - 1)
        if token is not None and not isinstance(token, str):
            raise BadReference(
                f"`{operation.idempotency_token}` cannot be a reference: the token is "
                "recorded before the step is sent",
                hint="leave it out",
                path=str(operation.idempotency_token),
            )
        step = CheckedStep(index, operation, arguments, token, None)
        self._done.append(step)
        return replace(step, wait=self._wait(index, operation, request))

    def _wait(
        self, index: int, operation: Operation, request: StepRequest
    ) -> Wait | None:
        if request.wait is None:
            return None
        wait = find_wait(
            self._catalog,
            operation,
            request.arguments,
            request.wait,
            request.wait_arguments,
        )
        self._valid(wait.operation, wait.arguments, index)
        return wait

    def _valid(self, operation: str, arguments: Mapping[str, Any], latest: int) -> None:
        """Check arguments; what they refer to by its type."""
        found = find_references(arguments, latest)
        if not found:
            self._arguments.check(operation, arguments)
            return
        self._refuse_secrets(self._catalog.operation(operation), found)
        links = [Link(r.at, self._ids[r.step], r.output) for r in found]
        self._arguments.check_linked(operation, dict(arguments), links)

    def _refuse_secrets(self, into: Operation, found: Sequence[Reference]) -> None:
        """Refuse to carry what is masked in a response to where it would be shown (I8).

        From one sensitive member to another it may go: a new key into a secret.
        """
        for reference in found:
            source = self._done[reference.step]
            is_secret = returns_secrets(
                source.operation, source.judged
            ) or leads_to_secret(source.operation.sensitive_output, reference.output)
            if is_secret and not leads_to_secret(into.sensitive, reference.at):
                where = show_path(reference.at)
                raise BadReference(
                    f"`{where}` refers to `{reference.text}`, which is secret, and "
                    f"`{where}` of {into.id} is not",
                    hint="a secret may only go into a sensitive member, such as "
                    "`SecretString` of secretsmanager:CreateSecret",
                    path=where,
                )
