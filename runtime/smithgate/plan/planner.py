"""Makes plans: arguments → canonical operations → policy → read state → diff → seal.

Nothing is changed at AWS here. A plan that policy denies, or whose target or recording
fails, ends as ``Failed`` with the reason; only ``Planned`` ones can be applied.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..arguments import Arguments
from ..catalog import Catalog
from ..diff import Snapshot
from ..errors import as_error
from ..execute.gateway import Call, Gateway, denied
from ..execute.target import BoundTarget
from ..operation import Operation
from ..policy import Decision, Effect, Policy
from ..policy.raised import approval_risks, risk_view
from ..redact import mask_credentials
from ..store import PlanRecord, Store, TxState
from .blind import with_blind
from .document import build_document, model_digest, seal
from .limits import check_plans, check_steps
from .needs import needs_of
from .outline import outline, step_view
from .preflight import Checks, Preflight
from .references import unresolved
from .states import States, is_readable_before
from .steps import CheckedStep, StepRequest, checked_steps
from .waits import Wait

PLAN_TTL = timedelta(hours=1)
"""How long a sealed plan may be applied; approvals have their own, shorter or equal."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A step on its way into the document."""

    checked: CheckedStep
    decision: Decision

    @property
    def operation(self) -> Operation:
        """The declaration."""
        return self.checked.operation

    @property
    def arguments(self) -> dict[str, Any]:
        """The request; references as they are written."""
        return self.checked.arguments


@dataclass(frozen=True, slots=True)
class _Draft:
    """A plan that was judged, on its way to the seal."""

    plan_id: str
    requester: str
    policy: Policy
    bound: BoundTarget
    created_at: datetime
    steps: Sequence[_Step]

    @property
    def expires_at(self) -> datetime:
        """When the plan may no longer be applied."""
        return self.created_at + PLAN_TTL

    @property
    def decision(self) -> dict[str, Any]:
        """What policy says of all steps, with the approvals they need."""
        risks = approval_risks((s.operation, s.checked.judged) for s in self.steps)
        return needs_of([step.decision for step in self.steps], risks).as_dict()


class Planner:
    """Drafts, judges, diffs and seals plans."""

    def __init__(
        self,
        catalog: Catalog,
        arguments: Arguments,
        store: Store,
        gateway: Gateway,
        states: States,
        preflight: Preflight,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._arguments = arguments
        self._store = store
        self._gateway = gateway
        self._states = states
        self._preflight = preflight
        self._clock = clock

    def plan(
        self,
        policy: Policy,
        bound: BoundTarget,
        steps: Sequence[StepRequest],
        *,
        requester: str,
        reason: str,
    ) -> PlanRecord:
        """Return the sealed plan.

        Raises input errors and ``LimitReached`` before anything is stored; ``PolicyDenied`` and store or
        execution errors after the plan was stored as ``Failed`` (its id is a field).
        """
        check_steps(policy, len(steps))
        plan_id = self._store.new_id("p-")
        checked = checked_steps(plan_id, self._catalog, self._arguments, steps)
        judged = [self._judged(policy, bound, step) for step in checked]
        draft = _Draft(plan_id, requester, policy, bound, self._clock(), judged)
        self._record(draft, reason)
        try:
            self._refuse_denied(draft.steps)
            looked = self._look(draft)
            draft = replace(draft, steps=_with_sight(policy, judged, looked[0]))
            self._refuse_denied(draft.steps)
            self._seal(draft, looked)
        except BaseException as error:
            ours = as_error(error)
            self._store.fail_plan(plan_id, ours.as_dict())
            ours.fields.setdefault("plan_id", plan_id)
            raise
        return self._store.plan(plan_id)

    def _record(self, draft: _Draft, reason: str) -> None:
        """Store what is asked, before anything is read for it."""
        target = draft.bound.as_dict()
        self._store.draft_plan(
            draft.plan_id,
            requester=draft.requester,
            target=target,
            view={
                "target": target,
                "steps": [
                    outline(self._catalog, s.checked, s.decision.as_dict())
                    for s in draft.steps
                ],
            },
            decision=draft.decision,
            reason=mask_credentials(reason),
            check=lambda recent: check_plans(draft.policy, recent),
        )

    def _seal(self, draft: _Draft, looked: tuple[list[Snapshot], list[Checks]]) -> None:
        """Store the document that an approval binds to, and what is shown of it."""
        views, sealed = self._views_and_seals(draft.steps, looked)
        target = draft.bound.as_dict()
        caller = self._states.known_caller(draft.bound)
        document = build_document(
            plan_id=draft.plan_id,
            requester=draft.requester,
            target=target,
            caller=caller,
            policy_digest=draft.policy.digest,
            created_at=draft.created_at,
            expires_at=draft.expires_at,
            steps=sealed,
        )
        self._store.seal_plan(
            draft.plan_id,
            digest=seal(document),
            document=document,
            view={"target": target, "caller": caller, "steps": views},
            decision=draft.decision,
            expires_at=draft.expires_at,
        )

    def _judged(self, policy: Policy, bound: BoundTarget, step: CheckedStep) -> _Step:
        """Ask policy."""
        call = Call(
            operation=step.operation.id,
            arguments=step.judged,
            target=bound,
            purpose="apply",
        )
        decision = self._gateway.judge(policy, call)
        if step.wait is not None:
            self._permit_wait(policy, bound, step, step.wait)
        return _Step(step, decision)

    def _permit_wait(
        self, policy: Policy, bound: BoundTarget, step: CheckedStep, wait: Wait
    ) -> None:
        """Raise ``PolicyDenied`` when a waiter may not look."""
        look = Call(
            operation=wait.operation,
            arguments=unresolved(wait.arguments, step.index),
            target=bound,
            purpose="wait",
        )
        self._gateway.permit(policy, look)

    def _refuse_denied(self, steps: Sequence[_Step]) -> None:
        for step in steps:
            if step.decision.effect is Effect.DENY:
                raise denied(step.operation.id, step.decision)

    def _views_and_seals(
        self, steps: Sequence[_Step], looked: tuple[list[Snapshot], list[Checks]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return what is shown and what is sealed of each step."""
        views, sealed = [], []
        for step, snapshot, checks in zip(steps, *looked, strict=True):
            decision = step.decision.as_dict()
            view = step_view(self._catalog, step.checked, decision, snapshot)
            views.append(view | ({"preflight": checks} if checks else {}))
            sealed.append(self._step_seal(step, snapshot))
        return views, sealed

    def _look(self, draft: _Draft) -> tuple[list[Snapshot], list[Checks]]:
        """Read the states and make the checks; a plan with neither needs no record."""
        policy, bound, steps = draft.policy, draft.bound, draft.steps
        checked = [step.checked for step in steps]
        wants_checks = self._preflight.is_wanted(policy, checked)
        checks: list[Checks] = [[] for _ in steps]
        if not wants_checks and not any(is_readable_before(step) for step in steps):
            return self._states.before("", policy, bound, steps), checks
        tx_id = self._store.begin(
            "plan", plan_id=draft.plan_id, requester=draft.requester
        )
        try:
            found = self._states.before(tx_id, policy, bound, steps)
            if wants_checks:
                checks = self._preflight.check(tx_id, policy, bound, checked)
        except BaseException as error:
            self._store.end(tx_id, TxState.FAILED, as_error(error).as_dict())
            raise
        self._store.end(tx_id, TxState.DONE, None)
        return found, checks

    def _step_seal(self, step: _Step, snapshot: Snapshot) -> dict[str, Any]:
        return {
            "operation": step.operation.id,
            "arguments": step.arguments,
            "token": step.checked.token,
            **risk_view(step.operation, step.checked.judged),
            "change": str(step.operation.change),
            "model_digest": model_digest(self._catalog, step.operation),
            "before": snapshot.as_dict(),
            **_wait_view(step.checked.wait),
        }


def _wait_view(wait: Wait | None) -> dict[str, Any]:
    return {} if wait is None else {"wait": wait.as_dict()}


def _with_sight(
    policy: Policy, steps: Sequence[_Step], snapshots: Sequence[Snapshot]
) -> list[_Step]:
    """Judge steps again by whether their state could be read."""
    return [
        replace(
            step,
            decision=with_blind(policy, step.operation, step.decision, snapshot.status),
        )
        for step, snapshot in zip(steps, snapshots, strict=True)
    ]
