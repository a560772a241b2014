"""The store: the one object through which the runtime records anything.

Owns that each call is one durable transaction. What the calls mean is in ``plans``,
``approvals``, ``transactions`` and ``recovery``; opening and closing in ``core``.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from . import approvals, plans, recovery, rows, transactions
from .core import Begun, StoreCore
from .recent import Recent
from .records import (
    ApprovalRecord,
    ClaimView,
    OpState,
    PlanRecord,
    PlanState,
    Purpose,
    Recovered,
    ResumeView,
    Signed,
    TxKind,
    TxRecord,
    TxState,
)
from .values import clean_text, storable


class Store(StoreCore):
    """Plans, approvals, transactions, ops, artifacts and their event chain.

    Safe for many threads, and for many processes on one folder. Each method that
    changes something is one transaction, durable when the method returns, and appends
    its event in the same transaction. Every method may raise ``AuditUnavailable``:
    then nothing was recorded.
    """

    # Plans

    def draft_plan(
        self,
        plan_id: str,
        *,
        requester: str,
        target: Mapping[str, Any],
        view: Mapping[str, Any],
        decision: Mapping[str, Any],
        reason: str,
        check: Callable[[Recent], None] | None = None,
    ) -> None:
        """Store a new plan as ``Draft``; ``view`` is masked.

        ``check`` judges what was stored lately inside the transaction and raises to
        refuse; then nothing is stored.
        """
        self._hold_lease()
        with self._write() as unit:
            if check is not None:
                check(Recent(unit.connection, unit.now))
            plans.draft(
                unit,
                plan_id,
                requester=requester,
                target=target,
                view=view,
                decision=decision,
                reason=reason,
                owner=self.owner,
            )

    def seal_plan(
        self,
        plan_id: str,
        *,
        digest: str,
        document: Mapping[str, Any],
        view: Mapping[str, Any],
        decision: Mapping[str, Any],
        expires_at: datetime,
        artifacts: Sequence[str] = (),
    ) -> None:
        """Make a draft ``Planned``. Raises ``PlanNotFound`` and ``PlanFailed``.

        ``document`` is stored whole, secrets included; ``view`` is masked.
        """
        with self._write() as unit:
            plans.seal(
                unit,
                plan_id,
                digest=digest,
                document=document,
                view=view,
                decision=decision,
                expires_at=expires_at,
                artifacts=artifacts,
            )

    def fail_plan(self, plan_id: str, error: Mapping[str, Any]) -> None:
        """Make a draft ``Failed``. Raises ``PlanNotFound`` and ``PlanFailed``."""
        with self._write() as unit:
            plans.fail(unit, plan_id, error)

    def plan(self, plan_id: str) -> PlanRecord:
        """Return a plan. Raises ``PlanNotFound``."""
        with self._database.read() as connection:
            return rows.plan_record(rows.plan_row(connection, plan_id))

    def plans(
        self, limit: int = 50, state: PlanState | None = None
    ) -> list[PlanRecord]:
        """Return plans, newest first."""
        with self._database.read() as connection:
            return plans.listed(connection, limit, state)

    def refuse_claimed(self, plan_id: str) -> None:
        """Raise ``PlanConsumed`` (``tx_id``, ``state``) if a plan was claimed."""
        with self._database.read() as connection:
            plans.refuse_claimed(connection, plan_id)

    # Approvals

    def request_approval(
        self, plan_id: str, digest: str, *, count: int, ttl_s: int, requester: str
    ) -> ApprovalRecord:
        """Return the open request for this digest, opened if there is none.

        Raises plan errors, ``PlanStale`` for another digest than the plan's, and
        ``ApprovalRefused`` for a plan that was denied or revoked.
        """
        with self._refusals("request", plan_id, requester), self._write() as unit:
            approvals.request(
                unit,
                self.new_id("ar-"),
                plan_id,
                digest,
                count=count,
                ttl_s=ttl_s,
                requester=requester,
            )
        return self._approval(plan_id)

    def decide_approval(
        self,
        plan_id: str,
        digest: str,
        *,
        approver: str,
        decision: str,
        method: str,
        note: str | None = None,
        signed: Signed | None = None,
    ) -> ApprovalRecord:
        """Record an approver's ``grant`` or ``deny`` of what has this digest.

        Proof is kept, not judged: what counts is decided when the plan is claimed.

        Raises plan errors, ``PlanStale``, ``ApprovalNotFound``, ``ApprovalExpired``
        and ``ApprovalRefused`` (own plan, second grant, decided already, no yes or no).
        """
        with self._refusals("decide", plan_id, approver), self._write() as unit:
            approvals.decide(
                unit,
                self.new_id("vo-"),
                plan_id,
                digest,
                approver=approver,
                decision=decision,
                method=method,
                note=note,
                signed=signed,
            )
        return self._approval(plan_id)

    def revoke_approval(
        self,
        plan_id: str,
        *,
        approver: str,
        method: str,
        signed: Signed | None = None,
    ) -> ApprovalRecord:
        """Take back an open request or a grant that was not used.

        Raises ``ApprovalNotFound``, ``ApprovalExpired``, ``ApprovalRefused`` and
        ``PlanConsumed``.
        """
        with self._refusals("revoke", plan_id, approver), self._write() as unit:
            approvals.revoke(
                unit,
                self.new_id("vo-"),
                plan_id,
                approver=approver,
                method=method,
                signed=signed,
            )
        return self._approval(plan_id)

    def approval(self, plan_id: str) -> ApprovalRecord | None:
        """Return a plan's last approval request, its state as of now."""
        now = self._database.clock()
        with self._database.read() as connection:
            return approvals.current(connection, plan_id, now)

    def _approval(self, plan_id: str) -> ApprovalRecord:
        found = self.approval(plan_id)
        assert found is not None
        return found

    # Transactions and ops

    def claim(
        self,
        plan_id: str,
        *,
        check: Callable[[ClaimView], None],
        requester: str | None = None,
        ends: str | None = None,
    ) -> str:
        """Take a plan for its one apply; return the transaction's id.

        ``check`` judges plan and approval inside the claiming transaction and raises
        to refuse; it must not write to the store. ``ends`` is a transaction of this
        process, no apply, that the claim ends as ``Done``. Raises ``PlanNotFound``,
        ``PlanFailed``, ``PlanConsumed`` (``tx_id``, ``state``), ``PlanExpired`` and
        what ``check`` raises; a refusal is recorded as an event.
        """
        self._hold_lease()
        tx_id = self.new_id("tx-")
        with self._refusals("claim", plan_id, requester), self._write() as unit:
            transactions.claim(
                unit,
                tx_id,
                plan_id,
                check=check,
                requester=requester,
                owner=self.owner,
                ends=ends,
            )
        return tx_id

    def reopen(self, tx_id: str, *, check: Callable[[ResumeView], None]) -> None:
        """Put an apply of unknown outcome under way again, in this process.

        ``check`` judges plan, approval and calls inside the transaction and raises to
        refuse. Raises ``TxNotFound`` and ``StoreError``.
        """
        self._hold_lease()
        with self._write() as unit:
            transactions.reopen(unit, tx_id, check=check, owner=self.owner)

    def begin(
        self, kind: str, *, plan_id: str | None = None, requester: str | None = None
    ) -> str:
        """Open a ``read``, ``plan`` or ``reconcile`` transaction; return its id.

        Its row becomes durable together with its first op or its end: until then
        nothing happened that a record is needed of. The requester defaults to the plan's. Raises ``PlanNotFound``; ``ValueError``
        for ``apply``, which only ``claim`` begins, and for no requester at all.
        """
        wanted = TxKind(kind)
        if wanted is TxKind.APPLY:
            raise ValueError("an apply begins with claim")
        if requester is None and plan_id is None:
            raise ValueError("a transaction needs a requester or a plan")
        self._hold_lease()
        if plan_id is not None:
            plan = self.plan(plan_id)
            requester = plan.requester if requester is None else requester
        tx_id = self.new_id("tx-")
        row: Begun = {"kind": wanted, "plan_id": plan_id, "requester": requester or ""}
        self._begin_later(tx_id, row)
        return tx_id

    def end(
        self, tx_id: str, state: TxState, error: Mapping[str, Any] | None = None
    ) -> TxState:
        """End a transaction; return the state that was recorded.

        The recorded ops overrule ``state``: an op without outcome becomes ``Unknown``,
        an apply with such a step too, and one is ``Applied`` only with every step done.
        Raises ``TxNotFound`` and ``StoreError``.
        """
        with self._write() as unit:
            return transactions.end(unit, tx_id, TxState(state), error, self.owner)

    def resolve(
        self, tx_id: str, state: TxState, *, by: str, evidence: Mapping[str, Any]
    ) -> None:
        """Settle an apply in state ``Unknown`` as ``Applied`` or ``Failed``.

        ``by`` names the person or the check that knows. Raises ``TxNotFound`` and
        ``StoreError``.
        """
        with self._write() as unit:
            transactions.resolve(unit, tx_id, TxState(state), by=by, evidence=evidence)

    def intend(
        self,
        tx_id: str,
        *,
        step: int | None,
        operation: str,
        purpose: str,
        target: Mapping[str, Any],
        attempt: int,
        idempotency_token: str | None,
        request_artifact: str | None,
        redacted: Sequence[str],
        policy_digest: str | None,
        decided_by: str | None,
    ) -> str:
        """Record, durably, that a call is about to be made; return the op's id.

        Raises ``TxNotFound``, ``StoreError`` (transaction over or another process's),
        and, for a step that may not be sent again, ``PlanConsumed`` or
        ``OutcomeUnknown``.
        """
        op = {
            "step": step,
            "operation": operation,
            "purpose": Purpose(purpose),
            "target": dict(target),
            "attempt": attempt,
            "idempotency_token": idempotency_token,
            "request_artifact": request_artifact,
            "redacted": list(redacted),
            "policy_digest": policy_digest,
            "decided_by": decided_by,
        }
        op_id = self.new_id("op-")
        with self._write() as unit:
            transactions.intend(unit, op_id, tx_id, self.owner, op)
        return op_id

    def outcome(
        self,
        op_id: str,
        state: OpState,
        *,
        aws_request_id: str | None = None,
        response_artifact: str | None = None,
        error: Mapping[str, Any] | None = None,
        http_status: int | None = None,
    ) -> None:
        """Record the one outcome of a call. Raises ``StoreError`` for a second one."""
        result = {
            "aws_request_id": (
                None if aws_request_id is None else (clean_text(aws_request_id))
            ),
            "response_artifact": response_artifact,
            "error": None if error is None else storable(dict(error)),
            "http_status": http_status,
        }
        with self._write() as unit:
            transactions.outcome(unit, op_id, OpState(state), result)

    def tx(self, tx_id: str) -> TxRecord:
        """Return a transaction with its ops. Raises ``TxNotFound``."""
        with self._database.read() as connection:
            row = rows.tx_row(connection, tx_id)
            return rows.tx_record(row, rows.op_rows(connection, [tx_id]))

    def txs(self, limit: int = 50) -> list[TxRecord]:
        """Return transactions with their ops, newest first."""
        with self._database.read() as connection:
            return transactions.listed(connection, limit)

    def unknown(self) -> list[TxRecord]:
        """Return the applies of unknown outcome with their ops, oldest first."""
        with self._database.read() as connection:
            return transactions.unknown(connection)

    def tx_of_plan(self, plan_id: str) -> TxRecord | None:
        """Return the transaction that applied a plan."""
        with self._database.read() as connection:
            row = rows.apply_row(connection, plan_id)
            if row is None:
                return None
            return rows.tx_record(row, rows.op_rows(connection, [row["id"]]))

    def recover(self) -> list[Recovered]:
        """Settle what processes that are gone left open; return what changed."""
        return recovery.recover(self._database, self.folder)
