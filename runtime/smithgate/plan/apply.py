"""Applies a sealed plan once: guard → identity → claim → drift → call → read back.

The claim is one transaction of the store; after it the plan is used up, whatever
happens. What runs is what was sealed (I3), each step is sent at most once (I2), a
changed state refuses before the first step (I9), and a lost reply ends as ``Unknown``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..catalog import Catalog
from ..errors import (
    OutcomeUnknown,
    PlanStale,
    PolicyDenied,
    ReplyInvalid,
    SmithgateError,
    WaitFailed,
    as_error,
)
from ..execute.gateway import Call, Gateway, Reply, denied
from ..execute.identity import Identities
from ..execute.target import BoundTarget
from ..operation import Operation
from ..policy import Effect, Policy
from ..policy.raised import approval_risks
from ..store import ClaimView, PlanRecord, Store, TxState
from .guards import check_approval, check_fresh, check_plan
from .limits import check_applies, risks_of
from .needs import Needs, needs_of
from .readback import NOT_READ, ReadBack, Settled
from .references import resolved, unresolved
from .stale import refuse_drift
from .states import States
from .waits import Wait, wait_for


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


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of one applied step."""

    step: SealedStep
    reply: Reply
    settled: Settled


@dataclass(frozen=True, slots=True)
class Applied:
    """A finished apply."""

    tx_id: str
    outcomes: tuple[StepOutcome, ...]


class Applier:
    """Runs plans."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        gateway: Gateway,
        identities: Identities,
        states: States,
        readback: ReadBack,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._gateway = gateway
        self._identities = identities
        self._states = states
        self._readback = readback
        self._clock = clock
        self._sleep = sleep

    def apply(self, policy: Policy, plan_id: str) -> Applied:
        """Apply a plan.

        Raises plan, approval, policy and store errors before anything was sent, and
        execution errors with ``tx_id`` and ``steps`` after the claim.
        """
        plan = self._store.plan(plan_id)
        self._store.refuse_claimed(plan_id)  # early; the claim refuses it in any case
        document = check_plan(plan)
        check_fresh(plan, policy, self._catalog, self._clock())
        sealed = document["target"]
        place = policy.target(sealed["name"], sealed["region"])
        bound = BoundTarget(*place, principal=document["requester"])
        steps = self._steps(document)
        needs = self._judge(policy, bound, steps)
        check_approval(
            plan, self._store.approval(plan_id), needs, policy, self._clock()
        )
        self._check_identity(policy, bound, plan)

        def guard(view: ClaimView) -> None:
            now = self._clock()
            check_fresh(view.plan, policy, self._catalog, now)
            check_approval(view.plan, view.approval, needs, policy, now)
            self._judge(policy, bound, steps)  # a freeze may have begun since
            check_applies(policy, view.recent, risks_of(document))
            if check_plan(view.plan) != document or sealed != bound.as_dict():
                raise PlanStale(
                    f"target `{bound.target.name}` is not what plan `{plan_id}` was "
                    "made for",
                    hint="plan again",
                    plan_id=plan_id,
                    changed=["target"],
                )

        tx_id = self._store.claim(plan_id, check=guard)
        run = _Run(tx_id, policy, bound, steps, granted=needs.effect is Effect.APPROVE)
        return self._run(run)

    def _judge(
        self, policy: Policy, bound: BoundTarget, steps: "list[SealedStep]"
    ) -> Needs:
        """Judge the sealed steps again; raise ``PolicyDenied``.

        What the stored plan says of its decision is for showing only.
        """
        decisions = [
            self._gateway.judge(policy, _call(step, bound, granted=False))
            for step in steps
        ]
        for step, decision in zip(steps, decisions, strict=True):
            if decision.effect is Effect.DENY or decision.is_provisional:
                raise denied(step.operation.id, decision)
        risks = approval_risks((step.operation, step.judged) for step in steps)
        return needs_of(decisions, risks)

    def _check_identity(
        self, policy: Policy, bound: BoundTarget, plan: PlanRecord
    ) -> None:
        """Ask who we are, fresh, in a transaction of its own."""
        tx_id = self._store.begin("read", plan_id=plan.id)
        try:
            self._identities.caller(tx_id, policy, bound, fresh=True)
        except BaseException as error:
            self._store.end(tx_id, TxState.FAILED, as_error(error).as_dict())
            raise
        self._store.end(tx_id, TxState.DONE, None)

    def _steps(self, document: Mapping[str, Any]) -> list[SealedStep]:
        return [
            SealedStep(
                index,
                self._catalog.operation(step["operation"]),
                step["arguments"],
                step["token"],
                step["before"],
                Wait(**step["wait"]) if "wait" in step else None,
            )
            for index, step in enumerate(document["steps"])
        ]

    def _run(self, run: "_Run") -> Applied:
        """Run the claimed steps and end the transaction, whatever happens."""
        done: list[StepOutcome] = []
        try:
            self._refuse_drift(run)
            for sealed in run.steps:
                outputs = [outcome.reply.value for outcome in done]
                step = self._filled(run, sealed, outputs)
                reply = self._send(run, step)
                done.append(StepOutcome(step, reply, NOT_READ))
                self._wait(run, step, [*outputs, reply.value])
                settled = self._readback.settle(
                    run.tx_id, run.policy, run.bound, step, reply.value
                )
                done[-1] = StepOutcome(step, reply, settled)
        except SmithgateError as error:
            lost = isinstance(error, OutcomeUnknown | ReplyInvalid)
            _tell_progress(error, run, len(done), lost=lost)
            state = TxState.UNKNOWN if lost else TxState.FAILED
            self._store.end(run.tx_id, state, error.as_dict())
            raise
        except BaseException as error:
            # A fault of ours or an interrupt: what was sent may have run.
            self._store.end(run.tx_id, TxState.UNKNOWN, as_error(error).as_dict())
            raise
        self._store.end(run.tx_id, TxState.APPLIED, None)
        return Applied(run.tx_id, tuple(done))

    def _refuse_drift(self, run: "_Run") -> None:
        """Read every step's state again; raise ``PlanStale`` with what changed."""
        if all(step.before["digest"] is None for step in run.steps):
            return
        now = self._states.before(run.tx_id, run.policy, run.bound, run.steps)
        refuse_drift(self._catalog, self._store, run.steps, now)

    def _filled(
        self, run: "_Run", step: SealedStep, outputs: Sequence[Any]
    ) -> SealedStep:
        """Put in what earlier steps returned.

        Raises ``ReferenceMissing``, and ``PolicyDenied`` where policy says more of the
        values than of the plan that was approved.
        """
        arguments = resolved(step.arguments, step.index - 1, outputs.__getitem__)
        if arguments == step.arguments:
            return step
        filled = replace(step, arguments=arguments)
        sealed = self._gateway.judge(run.policy, _call(step, run.bound, granted=False))
        now = self._gateway.judge(run.policy, _call(filled, run.bound, granted=False))
        if (now.effect, now.risk, now.approval) != (
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
        return filled

    def _wait(self, run: "_Run", step: SealedStep, outputs: Sequence[Any]) -> None:
        """Wait until what the step made is there, if the plan says so."""
        wait = step.wait
        if wait is None:
            return
        caller = self._identities.caller(run.tx_id, run.policy, run.bound, fresh=False)
        look = Call(
            operation=wait.operation,
            arguments=resolved(wait.arguments, step.index, outputs.__getitem__),
            target=run.bound,
            purpose="wait",
            step=step.index,
        )
        wait_for(
            wait,
            step.operation.client[0],
            lambda: self._gateway.call(run.tx_id, run.policy, look, caller.credentials),
            self._sleep,
        )

    def _send(self, run: "_Run", step: SealedStep) -> Reply:
        """Send one step through the gateway."""
        caller = self._identities.caller(run.tx_id, run.policy, run.bound, fresh=False)
        call = _call(step, run.bound, granted=run.granted)
        return self._gateway.call(run.tx_id, run.policy, call, caller.credentials)


@dataclass(frozen=True, slots=True)
class _Run:
    """One claimed apply."""

    tx_id: str
    policy: Policy
    bound: BoundTarget
    steps: list[SealedStep]
    granted: bool
    """A person said yes, as the claim checked."""


def _call(step: SealedStep, bound: BoundTarget, *, granted: bool) -> Call:
    """Return the call that a step is."""
    return Call(
        operation=step.operation.id,
        arguments=step.judged,
        target=bound,
        purpose="apply",
        step=step.index,
        token=step.token,
        granted=granted,
    )


def _tell_progress(error: SmithgateError, run: _Run, done: int, *, lost: bool) -> None:
    """Say in an error which steps took effect; a claimed plan never runs again."""
    error.fields["tx_id"] = run.tx_id
    # A step that only was waited for in vain is done; the one after it was not sent.
    here = [] if isinstance(error, WaitFailed) else ["unknown" if lost else "failed"]
    error.fields["steps"] = [
        {"index": step.index, "operation": step.operation.id, "outcome": word}
        for step, word in zip(
            run.steps,
            ["done"] * done + here + ["not sent"] * len(run.steps),
            strict=False,
        )
    ]
    error.retry_safe = False
    if done:
        error.hint = (
            f"{done} of {len(run.steps)} steps took effect before this one: look at "
            "them and plan the rest anew"
        )
    elif not lost:
        error.hint = f"{error.hint or 'nothing took effect'}; this plan is used up"
