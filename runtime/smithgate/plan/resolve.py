"""Settles applies of unknown outcome: by reading back, by the token, or by a person.

Nothing here guesses. A state that came to be as wanted is evidence; a state that is not
there yet is none. Sending again needs the stored idempotency token, the parameters of
the first attempt, the same policy, models, caller and used-up approval, and happens
only when a person asks for it, soon after the first attempt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..approval.verify import Ask, tally
from ..catalog import Catalog
from ..diff import SnapshotStatus, restore_snapshot
from ..errors import (
    ApprovalUnverified,
    OutcomeUnknown,
    PlanStale,
    StoreError,
    as_error,
)
from ..execute.gateway import Gateway, denied
from ..execute.identity import Caller, Identities
from ..execute.target import BoundTarget
from ..policy import Effect, Policy
from ..policy.raised import approval_risks
from ..store import (
    ApprovalRecord,
    ApprovalState,
    PlanRecord,
    ResumeView,
    Store,
    TxKind,
    TxRecord,
    TxState,
)
from .actions import bound_for
from .guards import check_caller, check_plan, check_same_rules
from .needs import Needs, needs_of
from .outcome import attempts_of, progress, proof_of
from .readback import ReadBack
from .sealed import SealedStep, call_of, filled, sealed_steps

RESEND_WITHIN = timedelta(minutes=5)
"""How long after the first attempt a token is trusted to mean the same request.

Services remember tokens for different times; the shortest that is documented is
DynamoDB's 10 minutes for TransactWriteItems.
"""


@dataclass(frozen=True, slots=True)
class _Case:
    """An apply of unknown outcome, with what it came from."""

    tx: TxRecord
    plan: PlanRecord
    document: Mapping[str, Any]
    steps: list[SealedStep]
    in_doubt: list[int]

    @property
    def end(self) -> TxState:
        """How the apply ended once the steps in doubt are known to be done."""
        words = {proof_of(self.tx, step.index)[0] for step in self.steps}
        return TxState.FAILED if words & {"failed", "not sent"} else TxState.APPLIED


class Resolver:
    """Settles what is unknown."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        gateway: Gateway,
        identities: Identities,
        readback: ReadBack,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._gateway = gateway
        self._identities = identities
        self._readback = readback
        self._clock = clock

    def by_person(self, tx_id: str, state: TxState, *, by: str, note: str) -> None:
        """Record what a person says of an apply. Raises ``StoreError``."""
        self._store.resolve(tx_id, state, by=by, evidence={"note": note})

    def by_reading(
        self, policy: Policy, tx_id: str, *, by: str
    ) -> tuple[TxState, list[dict[str, Any]]]:
        """Read the state of each step in doubt; settle when all came to be as wanted.

        Returns the state of the apply and what was seen. Raises plan, policy, identity
        and store errors.
        """
        case = self._case(tx_id)
        bound = self._bound(policy, case)
        reading = self._store.begin("reconcile", plan_id=case.plan.id, requester=by)
        try:
            self._identities.caller(reading, policy, bound, fresh=True)
            seen = [
                self._look(reading, policy, bound, case, index)
                for index in case.in_doubt
            ]
        except BaseException as error:
            self._store.end(reading, TxState.FAILED, as_error(error).as_dict())
            raise
        self._store.end(reading, TxState.DONE, None)
        if any(one["came_to_be"] != "yes" for one in seen):
            return TxState.UNKNOWN, seen
        evidence = {"read_back": seen, "tx": reading, "asked_by": by}
        self._store.resolve(tx_id, case.end, by="read-back", evidence=evidence)
        return case.end, seen

    def resend(
        self, policies: Callable[[], Policy], tx_id: str, *, by: str
    ) -> tuple[TxState, list[dict[str, Any]]]:
        """Send the step in doubt again with its own token; return how the apply ended.

        Raises what refuses it before anything is sent, and execution errors after.
        """
        policy = policies()
        case = self._case(tx_id)
        step = self._resendable(case)
        bound = self._bound(policy, case)
        caller = self._caller(policy, bound, case, by)

        def guard(view: ResumeView) -> None:
            """Judge everything again, as of the transaction that goes on."""
            now = self._make_case(view.tx, view.plan)
            if now.document != case.document or self._resendable(now) != step:
                raise PlanStale(f"{tx_id} is not what it was", tx_id=tx_id)
            check_same_rules(view.plan, policies(), self._catalog)
            check_caller(view.plan, caller.identity)
            self._check_permitted(policy, bound, now, view.approval)

        self._store.reopen(tx_id, check=guard)
        return self._send_again(policy, bound, case, step, caller)

    def _send_again(
        self,
        policy: Policy,
        bound: BoundTarget,
        case: _Case,
        step: SealedStep,
        caller: Caller,
    ) -> tuple[TxState, list[dict[str, Any]]]:
        """Send in the reopened transaction and end it, whatever happens."""
        tx_id = case.tx.id
        try:
            outputs = self._outputs(case, step.index)
            ready = filled(self._gateway, policy, bound, step, outputs)
            earlier = attempts_of(case.tx, step.index)[-1].attempt
            call = call_of(ready, bound, granted=True, earlier_attempts=earlier)
            self._gateway.call(tx_id, policy, call, caller.credentials)
        except BaseException as error:
            self._store.end(tx_id, TxState.UNKNOWN, as_error(error).as_dict())
            raise
        state = self._store.end(tx_id, TxState.UNKNOWN, None)
        return state, progress(self._store.tx(tx_id), case.document)

    def _case(self, tx_id: str) -> _Case:
        """Return the case. Raises ``StoreError`` for anything but an unknown apply."""
        tx = self._store.tx(tx_id)
        if tx.kind is not TxKind.APPLY or tx.state is not TxState.UNKNOWN:
            raise StoreError(
                f"transaction `{tx_id}` is not an apply of unknown outcome",
                hint="`smithgate resolve` lists the unknown ones",
                tx_id=tx_id,
                state=str(tx.state),
            )
        assert tx.plan_id is not None
        return self._make_case(tx, self._store.plan(tx.plan_id))

    def _make_case(self, tx: TxRecord, plan: PlanRecord) -> _Case:
        document = check_plan(plan)
        steps = sealed_steps(self._catalog, document)
        in_doubt = [s.index for s in steps if proof_of(tx, s.index)[0] == "unknown"]
        return _Case(tx, plan, document, steps, in_doubt)

    def _bound(self, policy: Policy, case: _Case) -> BoundTarget:
        """Return the sealed target. Raises ``PlanStale`` if policy moved it."""
        sealed = case.document["target"]
        place = policy.target(sealed["name"], sealed["region"])
        bound = bound_for(self._catalog, place, case.plan, case.steps)
        if bound.as_dict() != sealed:
            raise PlanStale(
                f"target `{sealed['name']}` is not what plan `{case.plan.id}` was made "
                "for",
                changed=["target"],
            )
        return bound

    def _look(
        self,
        reading: str,
        policy: Policy,
        bound: BoundTarget,
        case: _Case,
        index: int,
    ) -> dict[str, Any]:
        """Read one step's state; say whether it came to be as wanted."""
        told: dict[str, Any] = {
            "step": index,
            "operation": case.steps[index].operation.id,
        }
        outputs = self._outputs(case, index)
        step = filled(self._gateway, policy, bound, case.steps[index], outputs)
        before = restore_snapshot(
            step.operation, step.arguments, step.before, self._store.artifacts.get
        )
        known = {SnapshotStatus.EXISTS, SnapshotStatus.ABSENT}
        if before.status not in known or self._readback.holds(step, before):
            note = "the state before does not tell it from the state wanted"
            return told | {"came_to_be": "unknown", "note": note}
        found = self._readback.settle(reading, policy, bound, step, {})
        return told | {"came_to_be": found.word, **_differences(found.as_dict())}

    def _outputs(self, case: _Case, before: int) -> list[Any]:
        """Return what the steps before one returned, from their stored responses."""
        out: list[Any] = []
        for index in range(before):
            _, op = proof_of(case.tx, index)
            if op is None or op.response_artifact is None:
                out.append({})
            else:
                out.append(self._store.artifacts.get(op.response_artifact)["response"])
        return out

    def _resendable(self, case: _Case) -> SealedStep:
        """Return the step that may be sent again. Raises ``OutcomeUnknown``."""
        reason = None
        step = case.steps[case.in_doubt[0]] if len(case.in_doubt) == 1 else None
        if step is None:
            reason = "not exactly one step is in doubt"
        elif step.token is None:
            reason = f"{step.operation.id} has no idempotency token"
        else:
            first = attempts_of(case.tx, step.index)[0]
            age = self._clock() - first.intended_at
            if not timedelta() <= age <= RESEND_WITHIN:
                minutes = int(RESEND_WITHIN.total_seconds() // 60)
                reason = f"its first attempt is more than {minutes} minutes old"
            elif first.idempotency_token != step.token:
                reason = "its token is not the recorded one"
        if reason is not None:
            raise OutcomeUnknown(
                f"{case.tx.id} cannot be sent again: {reason}",
                hint="look at the resource, then `smithgate resolve` with --read-back, "
                "--applied or --failed",
                tx_id=case.tx.id,
            )
        assert step is not None
        return step

    def _caller(
        self, policy: Policy, bound: BoundTarget, case: _Case, by: str
    ) -> Caller:
        """Ask who we are, in a transaction of its own; refuse another identity."""
        asking = self._store.begin("reconcile", plan_id=case.plan.id, requester=by)
        try:
            caller = self._identities.caller(asking, policy, bound, fresh=True)
            check_caller(case.plan, caller.identity)
        except BaseException as error:
            self._store.end(asking, TxState.FAILED, as_error(error).as_dict())
            raise
        self._store.end(asking, TxState.DONE, None)
        return caller

    def _check_permitted(
        self,
        policy: Policy,
        bound: BoundTarget,
        case: _Case,
        approval: ApprovalRecord | None,
    ) -> None:
        """Refuse what policy denies now, or lets through only with a yes that is none.

        The row says that this very transaction used the approval up, which an edited
        store can say, too: each yes is proven anew, as of when the apply began.
        """
        decisions = [
            self._gateway.judge(policy, call_of(step, bound, granted=False))
            for step in case.steps
        ]
        for step, decision in zip(case.steps, decisions, strict=True):
            if decision.effect is Effect.DENY or decision.is_provisional:
                raise denied(step.operation.id, decision)
        risks = approval_risks((step.operation, step.judged) for step in case.steps)
        needs = needs_of(decisions, risks)
        if needs.effect is Effect.APPROVE and not _was_granted(
            case, approval, needs, policy
        ):
            raise ApprovalUnverified(
                f"{case.tx.id} was not applied with an approval that counts",
                hint="nothing is sent: run `smithgate audit verify`",
                tx_id=case.tx.id,
                plan_id=case.plan.id,
            )


def _was_granted(
    case: _Case, approval: ApprovalRecord | None, needs: Needs, policy: Policy
) -> bool:
    """Say whether the apply began with every yes that it needed."""
    if (
        approval is None
        or approval.state is not ApprovalState.USED
        or approval.ended_by != case.tx.id
        or approval.digest != case.plan.digest
    ):
        return False
    ask = Ask(needs.risks, needs.approvers, needs.ttl_s)
    found = tally(case.plan, approval, ask, policy, case.tx.started_at)
    return found.refused_by is None and len(found.granted) >= needs.approvers


def _differences(told: dict[str, Any]) -> dict[str, Any]:
    return {"differences": told["differences"]} if "differences" in told else {}


def unknown_view(tx: TxRecord, document: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return an apply of unknown outcome as JSON values."""
    return {
        "tx_id": tx.id,
        "plan_id": tx.plan_id,
        "state": str(tx.state),
        "started_at": tx.started_at.isoformat(),
        "steps": [] if document is None else progress(tx, document),
        "error": tx.error,
    }
