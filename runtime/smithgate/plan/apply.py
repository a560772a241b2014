"""Applies a sealed plan once: guard → identity → claim → drift → call → read back.

The claim is one transaction of the store; after it the plan is used up, whatever
happens. What runs is what was sealed (I3), each step is sent at most once (I2), a
changed state refuses before the first step (I9), and a lost reply ends as ``Unknown``.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..catalog import Catalog
from ..diff import SnapshotStatus
from ..errors import (
    ApplyCancelled,
    OutcomeUnknown,
    PlanStale,
    SmithgateError,
    StoreError,
    as_error,
)
from ..execute.gateway import Call, Gateway, Reply, denied, partial_failure
from ..execute.identity import Caller, Identities
from ..execute.target import BoundTarget
from ..policy import Effect, Policy
from ..policy.raised import approval_risks
from ..store import ClaimView, PlanRecord, Store, TxRecord, TxState
from .actions import bound_for
from .blind import with_blind
from .guards import check_approval, check_caller, check_fresh, check_plan
from .limits import check_applies, risks_of
from .needs import Needs, needs_of
from .outcome import progress
from .readback import NOT_READ, ReadBack, Settled
from .references import resolved
from .sealed import SealedStep, call_of, filled, sealed_steps
from .stale import refuse_drift
from .states import States
from .waits import wait_for


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


def never() -> bool:
    """Say that nobody asked the apply to stop."""
    return False


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
        self._active: Counter[str] = Counter()
        self._active_lock = threading.Lock()

    def apply(
        self,
        policies: Callable[[], Policy],
        plan_id: str,
        *,
        is_cancelled: Callable[[], bool] = never,
    ) -> Applied:
        """Apply a plan under the policy that ``policies`` gives now.

        ``is_cancelled`` is asked before each step; what was sent is never cut off.
        Raises plan, approval, policy and store errors before anything was sent, and
        execution errors with ``tx_id`` and ``steps`` after the claim.
        """
        with self._at_work(plan_id):
            return self._apply(policies, plan_id, is_cancelled)

    def _apply(
        self,
        policies: Callable[[], Policy],
        plan_id: str,
        is_cancelled: Callable[[], bool],
    ) -> Applied:
        policy = policies()
        plan = self._store.plan(plan_id)
        self._store.refuse_claimed(plan_id)  # early; the claim refuses it in any case
        document = check_plan(plan)
        check_fresh(plan, policy, self._catalog, self._clock())
        sealed = document["target"]
        place = policy.target(sealed["name"], sealed["region"])
        steps = sealed_steps(self._catalog, document)
        bound = bound_for(self._catalog, place, plan, steps)
        needs = self._judge(policy, bound, steps)
        check_approval(
            plan, self._store.approval(plan_id), needs, policy, self._clock()
        )
        checked_in, caller = self._check_identity(policy, bound, plan)

        def guard(view: ClaimView) -> None:
            """Judge everything again, as of the claim; the policy file included."""
            self._check_claim(view, policies(), document, needs, caller)
            self._judge(policy, bound, steps)  # a freeze may have begun since
            if sealed != bound.as_dict():
                raise _other_target(plan_id, bound)

        tx_id = self._claim(plan_id, guard, checked_in)
        granted = needs.effect is Effect.APPROVE
        return self._run(
            _Run(tx_id, policy, bound, caller, document, steps, granted, is_cancelled)
        )

    def _check_claim(
        self,
        view: ClaimView,
        policy: Policy,
        document: Mapping[str, Any],
        needs: Needs,
        caller: Caller,
    ) -> None:
        """Refuse to claim what is not what was judged before the transaction."""
        now = self._clock()
        check_fresh(view.plan, policy, self._catalog, now)
        check_approval(view.plan, view.approval, needs, policy, now)
        check_caller(view.plan, caller.identity)
        check_applies(policy, view.recent, risks_of(document))
        if check_plan(view.plan) != document:
            raise PlanStale(
                f"plan `{view.plan.id}` was changed meanwhile", plan_id=view.plan.id
            )

    def _claim(
        self, plan_id: str, guard: Callable[[ClaimView], None], checked_in: str
    ) -> str:
        """Claim the plan and end the identity check, in one transaction."""
        try:
            return self._store.claim(plan_id, check=guard, ends=checked_in)
        except BaseException:
            with suppress(StoreError):  # the refusal is what counts; recovery ends it
                self._store.end(checked_in, TxState.DONE, None)
            raise

    def over(self, plan_id: str) -> TxRecord | None:
        """Return the transaction that applied a plan, settled if it can be.

        One that no process works on any more, or that this one could not end, is
        settled first. ``None`` for a plan that was not claimed.
        """
        tx = self._store.tx_of_plan(plan_id)
        if tx is None or not tx.is_open:
            return tx
        with self._active_lock:
            is_active = self._active[plan_id] > 0
        if is_active:
            return tx
        if tx.owner == self._store.owner:
            self._store.end(tx.id, TxState.UNKNOWN, None)
        else:
            self._store.recover()
        return self._store.tx(tx.id)

    @contextmanager
    def _at_work(self, plan_id: str) -> Iterator[None]:
        with self._active_lock:
            self._active[plan_id] += 1
        try:
            yield
        finally:
            with self._active_lock:
                self._active[plan_id] -= 1
                self._active += Counter()  # drops what is zero

    def _judge(
        self, policy: Policy, bound: BoundTarget, steps: list[SealedStep]
    ) -> Needs:
        """Judge the sealed steps again; raise ``PolicyDenied``.

        What the stored plan says of its decision is for showing only.
        """
        decisions = [
            self._gateway.judge(policy, call_of(step, bound, granted=False))
            for step in steps
        ]
        decisions = [
            with_blind(
                policy, step.operation, one, SnapshotStatus(step.before["status"])
            )
            for step, one in zip(steps, decisions, strict=True)
        ]
        for step, decision in zip(steps, decisions, strict=True):
            if decision.effect is Effect.DENY or decision.is_provisional:
                raise denied(step.operation.id, decision)
        risks = approval_risks((step.operation, step.judged) for step in steps)
        return needs_of(decisions, risks)

    def _check_identity(
        self, policy: Policy, bound: BoundTarget, plan: PlanRecord
    ) -> tuple[str, Caller]:
        """Ask who we are, fresh; return the transaction, open, and the answer."""
        tx_id = self._store.begin("read", plan_id=plan.id)
        try:
            caller = self._identities.caller(tx_id, policy, bound, fresh=True)
            check_caller(plan, caller.identity)
        except BaseException as error:
            self._store.end(tx_id, TxState.FAILED, as_error(error).as_dict())
            raise
        return tx_id, caller

    def _run(self, run: "_Run") -> Applied:
        """Run the claimed steps and end the transaction, whatever happens."""
        done: list[StepOutcome] = []
        try:
            self._refuse_drift(run)
            for sealed in run.steps:
                _refuse_cancelled(run)
                outputs = [outcome.reply.value for outcome in done]
                step = filled(self._gateway, run.policy, run.bound, sealed, outputs)
                reply = self._send(run, step)
                done.append(StepOutcome(step, reply, NOT_READ))
                _refuse_partial(step, reply)
                self._wait(run, step, [*outputs, reply.value])
                settled = self._readback.settle(
                    run.tx_id, run.policy, run.bound, step, reply.value
                )
                done[-1] = StepOutcome(step, reply, settled)
        except SmithgateError as error:
            self._end_refused(run, error)
            raise
        except BaseException as error:
            # A fault of ours or an interrupt: the records say what was sent.
            self._store.end(run.tx_id, TxState.UNKNOWN, as_error(error).as_dict())
            raise
        self._end_applied(run)
        return Applied(run.tx_id, tuple(done))

    def _end_applied(self, run: "_Run") -> None:
        try:
            self._store.end(run.tx_id, TxState.APPLIED, None)
        except StoreError as error:
            raise OutcomeUnknown(
                f"every step succeeded, but the end was not recorded: {error.message}",
                hint="mend the audit store and call apply again: it gives what is recorded",
                tx_id=run.tx_id,
            ) from error

    def _end_refused(self, run: "_Run", error: SmithgateError) -> None:
        """End a transaction that did not come through; tell the error how far it came.

        A store that cannot be written now must not hide the error: recovery ends it.
        """
        error.fields["tx_id"] = run.tx_id
        error.retry_safe = False
        with suppress(StoreError):
            _tell_progress(error, progress(self._store.tx(run.tx_id), run.document))
        with suppress(StoreError):
            self._store.end(run.tx_id, TxState.FAILED, error.as_dict())

    def _refuse_drift(self, run: "_Run") -> None:
        """Read every step's state again; raise ``PlanStale`` with what changed."""
        if all(step.before["digest"] is None for step in run.steps):
            return
        now = self._states.before(run.tx_id, run.policy, run.bound, run.steps)
        refuse_drift(self._catalog, self._store, run.steps, now)

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

        def pause(seconds: float) -> None:
            """Sleep; a wait of half an hour ends with the call that wants it."""
            self._sleep(seconds)
            _refuse_cancelled(run)

        wait_for(
            wait,
            step.operation.client[0],
            lambda: self._gateway.call(run.tx_id, run.policy, look, caller.credentials),
            pause,
        )

    def _send(self, run: "_Run", step: SealedStep) -> Reply:
        """Send one step through the gateway, as the identity that was checked."""
        caller = self._identities.caller(run.tx_id, run.policy, run.bound, fresh=False)
        if caller.identity != run.caller.identity:
            raise PlanStale(
                "the identity changed during the apply",
                hint="plan the rest again",
                changed=["caller"],
                before=run.caller.identity,
                after=caller.identity,
            )
        call = call_of(step, run.bound, granted=run.granted)
        return self._gateway.call(run.tx_id, run.policy, call, caller.credentials)


@dataclass(frozen=True, slots=True)
class _Run:
    """One claimed apply."""

    tx_id: str
    policy: Policy
    bound: BoundTarget
    caller: Caller
    document: Mapping[str, Any]
    steps: list[SealedStep]
    granted: bool
    """A person said yes, as the claim checked."""
    is_cancelled: Callable[[], bool]


def _other_target(plan_id: str, bound: BoundTarget) -> PlanStale:
    return PlanStale(
        f"target `{bound.target.name}` is not what plan `{plan_id}` was made for",
        hint="plan again",
        plan_id=plan_id,
        changed=["target"],
    )


def _refuse_partial(step: SealedStep, reply: Reply) -> None:
    """Stop where a step only partly took effect: the next ones count on all of it."""
    if reply.failures:
        raise partial_failure(step.operation.id, reply.failures)


def _refuse_cancelled(run: _Run) -> None:
    if run.is_cancelled():
        raise ApplyCancelled(
            "the client or the end of the server stopped the apply",
            hint="`steps` says what took effect; plan the rest again",
        )


def _tell_progress(error: SmithgateError, steps: list[dict[str, Any]]) -> None:
    """Say in an error which steps took effect; a claimed plan never runs again."""
    error.fields["steps"] = steps
    done = sum(step["outcome"] in {"done", "partial"} for step in steps)
    if done:
        error.hint = (
            f"{done} of {len(steps)} steps took effect before this one: look at "
            "them and plan the rest anew"
        )
    elif not any(step["outcome"] == "unknown" for step in steps):
        error.hint = f"{error.hint or 'nothing took effect'}; this plan is used up"
