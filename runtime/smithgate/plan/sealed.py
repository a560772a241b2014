"""The steps of a sealed document, ready to be called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..catalog import Catalog
from ..errors import PolicyDenied
from ..execute.gateway import Call, Gateway
from ..execute.target import BoundTarget
from ..operation import Operation
from ..policy import Policy
from ..policy.raised import approval_risks
from .references import resolved, unresolved
from .waits import Wait


@dataclass(frozen=True, slots=True)
class SealedStep:
    """One step out of a sealed document."""

    index: int
    operation: Operation
    arguments: Mapping[str, Any]
    token: str | None
    before: Mapping[str, Any]
    wait: Wait | None = None

    @property
    def judged(self) -> dict[str, Any]:
        """The arguments as policy saw them when the plan was made."""
        return unresolved(self.arguments, self.index - 1)


def sealed_steps(catalog: Catalog, document: Mapping[str, Any]) -> list[SealedStep]:
    """Return the steps of a document that ``check_plan`` gave."""
    return [
        SealedStep(
            index,
            catalog.operation(step["operation"]),
            step["arguments"],
            step["token"],
            step["before"],
            Wait(**step["wait"]) if "wait" in step else None,
        )
        for index, step in enumerate(document["steps"])
    ]


def call_of(
    step: SealedStep, bound: BoundTarget, *, granted: bool, earlier_attempts: int = 0
) -> Call:
    """Return the call that a step is."""
    return Call(
        operation=step.operation.id,
        arguments=step.judged,
        target=bound,
        purpose="apply",
        step=step.index,
        token=step.token,
        granted=granted,
        earlier_attempts=earlier_attempts,
    )


def filled(
    gateway: Gateway,
    policy: Policy,
    bound: BoundTarget,
    step: SealedStep,
    outputs: Sequence[Any],
) -> SealedStep:
    """Return a step with what earlier steps returned put in.

    Raises ``ReferenceMissing``, and ``PolicyDenied`` where policy says more of the
    values than of the plan that was approved.
    """
    arguments = resolved(step.arguments, step.index - 1, outputs.__getitem__)
    if arguments == step.arguments:
        return step
    out = replace(step, arguments=arguments)
    sealed = gateway.judge(policy, call_of(step, bound, granted=False))
    now = gateway.judge(policy, call_of(out, bound, granted=False))
    # Whoever said yes was allowed these classes; a milder one that a value adds counts.
    classes = [
        approval_risks([(step.operation, seen)]) for seen in (step.judged, arguments)
    ]
    if classes[0] != classes[1] or (now.effect, now.risk, now.approval) != (
        sealed.effect,
        sealed.risk,
        sealed.approval,
    ):
        raise PolicyDenied(
            f"with the values of earlier steps {step.operation.id} is "
            f"`{now.effect}` at risk {now.risk} by `{now.decided_by}`, the plan "
            f"was made for `{sealed.effect}` at risk {sealed.risk}",
            hint="plan the rest anew with the values written out",
            decided_by=now.decided_by,
            risk=str(now.risk),
        )
    return out
