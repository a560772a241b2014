"""Makes plans: arguments → canonical operations → policy → read state → diff → seal.

Nothing is changed at AWS here. A plan that policy denies, or whose target or recording
fails, ends as ``Failed`` with the reason; only ``Planned`` ones can be applied.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..arguments import Arguments
from ..catalog import Catalog
from ..diff import Diff, Snapshot, SnapshotStatus, diff_step, mask_diff
from ..errors import as_error
from ..execute.gateway import Call, Gateway, denied
from ..execute.target import BoundTarget
from ..operation import Operation
from ..policy import Decision, Effect, Policy
from ..policy.raised import risk_view
from ..redact import mask, mask_credentials
from ..store import PlanRecord, Store, TxState
from .document import build_document, derive_token, model_digest, seal
from .limits import check_plans, check_steps
from .needs import needs_of
from .states import States, is_readable

PLAN_TTL = timedelta(hours=1)
"""How long a sealed plan may be applied; approvals have their own, shorter or equal."""


@dataclass(frozen=True, slots=True)
class StepRequest:
    """One step as asked for: any spelling of an operation, raw arguments."""

    operation: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Step:
    """A step on its way into the document."""

    operation: Operation
    arguments: dict[str, Any]
    token: str | None
    decision: Decision


class Planner:
    """Drafts, judges, diffs and seals plans."""

    def __init__(
        self,
        catalog: Catalog,
        arguments: Arguments,
        store: Store,
        gateway: Gateway,
        states: States,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._arguments = arguments
        self._store = store
        self._gateway = gateway
        self._states = states
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
        checked = [self._checked(step) for step in steps]
        plan_id = self._store.new_id("p-")
        judged = [
            self._judged(plan_id, index, policy, bound, operation, arguments)
            for index, (operation, arguments) in enumerate(checked)
        ]
        decision = needs_of([step.decision for step in judged]).as_dict()
        now = self._clock()
        target = bound.as_dict()
        self._store.draft_plan(
            plan_id,
            requester=requester,
            target=target,
            view={"target": target, "steps": [self._outline(s) for s in judged]},
            decision=decision,
            reason=mask_credentials(reason),
            check=lambda recent: check_plans(policy, recent),
        )
        try:
            self._refuse_denied(judged)
            views, sealed = self._read_and_diff(
                plan_id, requester, policy, bound, judged
            )
            document = build_document(
                plan_id=plan_id,
                requester=requester,
                target=target,
                policy_digest=policy.digest,
                created_at=now,
                expires_at=now + PLAN_TTL,
                steps=sealed,
            )
            self._store.seal_plan(
                plan_id,
                digest=seal(document),
                document=document,
                view={"target": target, "steps": views},
                decision=decision,
                expires_at=now + PLAN_TTL,
            )
        except BaseException as error:
            ours = as_error(error)
            self._store.fail_plan(plan_id, ours.as_dict())
            ours.fields.setdefault("plan_id", plan_id)
            raise
        return self._store.plan(plan_id)

    def _checked(self, step: StepRequest) -> tuple[Operation, dict[str, Any]]:
        """Canonicalise and validate one step."""
        canonical = self._catalog.canonical_id(step.operation)
        self._arguments.check(canonical, step.arguments)
        return self._catalog.operation(canonical), dict(step.arguments)

    def _judged(
        self,
        plan_id: str,
        index: int,
        policy: Policy,
        bound: BoundTarget,
        operation: Operation,
        arguments: dict[str, Any],
    ) -> _Step:
        """Fill the idempotency token and ask policy."""
        token = None
        if operation.idempotency_token is not None:
            token = str(
                arguments.setdefault(
                    operation.idempotency_token, derive_token(plan_id, index)
                )
            )
            self._arguments.check(operation.id, arguments)
        call = Call(
            operation=operation.id, arguments=arguments, target=bound, purpose="apply"
        )
        return _Step(operation, arguments, token, self._gateway.judge(policy, call))

    def _refuse_denied(self, steps: Sequence[_Step]) -> None:
        for step in steps:
            if step.decision.effect is Effect.DENY:
                raise denied(step.operation.id, step.decision)

    def _read_and_diff(
        self,
        plan_id: str,
        requester: str,
        policy: Policy,
        bound: BoundTarget,
        steps: Sequence[_Step],
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Read each step's state in one recorded transaction; return views and seals."""
        snapshots = self._snapshots(plan_id, requester, policy, bound, steps)
        views, sealed = [], []
        for step, snapshot in zip(steps, snapshots, strict=True):
            diff = diff_step(step.operation, step.arguments, snapshot)
            views.append(self._step_view(step, diff, snapshot))
            sealed.append(self._step_seal(step, snapshot))
        return views, sealed

    def _snapshots(
        self,
        plan_id: str,
        requester: str,
        policy: Policy,
        bound: BoundTarget,
        steps: Sequence[_Step],
    ) -> list[Snapshot]:
        """Read the states; a plan without readers needs no transaction."""
        if not any(is_readable(step) for step in steps):
            return self._states.before("", policy, bound, steps)
        tx_id = self._store.begin("plan", plan_id=plan_id, requester=requester)
        try:
            found = self._states.before(tx_id, policy, bound, steps)
        except BaseException as error:
            self._store.end(tx_id, TxState.FAILED, as_error(error).as_dict())
            raise
        self._store.end(tx_id, TxState.DONE, None)
        return found

    def _outline(self, step: _Step) -> dict[str, Any]:
        """Return what is shown of a step before its state is read."""
        entry = self._catalog.entry(step.operation.id)
        masked = mask(step.arguments, step.operation.sensitive)
        return {
            "operation": step.operation.id,
            "summary": entry.summary,
            **risk_view(step.operation, step.arguments),
            "change": str(step.operation.change),
            "arguments": mask_credentials(masked.value),
            "masked": list(masked.paths),
            "iam_actions": list(step.operation.iam_actions),
            "decision": step.decision.as_dict(),
        }

    def _step_view(self, step: _Step, diff: Diff, snapshot: Snapshot) -> dict[str, Any]:
        reader = (
            self._catalog.operation(step.operation.read.operation)
            if step.operation.read and snapshot.status is SnapshotStatus.EXISTS
            else None
        )
        shown = mask_diff(diff, step.operation, reader)
        return self._outline(step) | {
            "before": {
                "status": str(snapshot.status),
                "reader": snapshot.reader,
                "op_id": snapshot.op_id,
            },
            "diff": shown.as_dict(),
        }

    def _step_seal(self, step: _Step, snapshot: Snapshot) -> dict[str, Any]:
        return {
            "operation": step.operation.id,
            "arguments": step.arguments,
            "token": step.token,
            **risk_view(step.operation, step.arguments),
            "change": str(step.operation.change),
            "model_digest": model_digest(self._catalog, step.operation),
            "before": snapshot.as_dict(),
        }
