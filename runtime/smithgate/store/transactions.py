"""Transactions and ops: claimed or begun, intended before a call, ended after it.

Owns at-most-once (I2) as far as records can: one claim per plan, one open attempt per
step, one outcome per op. Making the call between ``intend`` and ``outcome`` is the
gateway's.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from ..errors import OutcomeUnknown, PlanConsumed, PlanExpired, StoreError
from . import approvals
from .database import Unit
from .plans import planned, refuse_claimed
from .recent import Recent
from .records import (
    ClaimView,
    OpState,
    Purpose,
    ResumeView,
    TxKind,
    TxRecord,
    TxState,
)
from .rows import (
    Values,
    op_row,
    op_rows,
    plan_record,
    plan_row,
    rows,
    sent_of,
    step_rows,
    tx_record,
    tx_row,
)
from .states import may_send, opening_state, settle
from .tables import tx
from .values import clean_text, storable

APPLY_ENDS = frozenset({TxState.APPLIED, TxState.FAILED, TxState.UNKNOWN})


def claim(
    unit: Unit,
    tx_id: str,
    plan_id: str,
    *,
    check: Callable[[ClaimView], None],
    requester: str | None,
    owner: str,
    ends: str | None,
) -> None:
    """Take a plan for this one apply. Raises plan errors and what ``check`` raises.

    ``ends`` is a transaction of this process that is done with the claim.
    """
    row = planned(unit.connection, plan_id)
    refuse_claimed(unit.connection, plan_id)
    if unit.now >= row["expires_at"]:
        raise PlanExpired(
            f"plan `{plan_id}` has expired", hint="plan again", plan_id=plan_id
        )
    approval = approvals.current(unit.connection, plan_id, unit.now)
    recent = Recent(unit.connection, unit.now)
    check(
        ClaimView(plan=plan_record(row), approval=approval, now=unit.now, recent=recent)
    )
    begin(
        unit,
        tx_id,
        TxKind.APPLY,
        plan_id=plan_id,
        requester=row["requester"] if requester is None else requester,
        owner=owner,
    )
    approvals.use(unit, plan_id, tx_id)
    if ends is not None:
        end(unit, ends, TxState.DONE, None, owner)


def reopen(
    unit: Unit, tx_id: str, *, check: Callable[[ResumeView], None], owner: str
) -> None:
    """Put an unknown apply under way again. Raises what ``check`` raises."""
    row = _unknown_apply(unit.connection, tx_id)
    plan = planned(unit.connection, row["plan_id"])
    check(
        ResumeView(
            plan=plan_record(plan),
            approval=approvals.current(unit.connection, plan["id"], unit.now),
            tx=tx_record(row, op_rows(unit.connection, [tx_id])),
            now=unit.now,
        )
    )
    unit.update("tx", "reopened", row, state=TxState.APPLYING, owner=owner)


def begin(
    unit: Unit,
    tx_id: str,
    kind: TxKind,
    *,
    plan_id: str | None,
    requester: str,
    owner: str,
) -> None:
    """Insert an open transaction."""
    row = {
        "id": tx_id,
        "kind": kind,
        "state": opening_state(kind),
        "plan_id": plan_id,
        "requester": clean_text(requester),
        "owner": owner,
        "started_at": unit.now,
    }
    unit.insert("tx", "claimed" if kind is TxKind.APPLY else "begun", row)


def is_begun(connection: Connection, tx_id: str) -> bool:
    """Say whether a transaction has its row."""
    found = connection.execute(select(tx.c.id).where(tx.c.id == tx_id)).first()
    return found is not None


def intend(unit: Unit, op_id: str, tx_id: str, owner: str, op: Values) -> None:
    """Insert an op in state ``Intended``.

    Raises ``StoreError`` for a transaction that is over or another process's, and
    ``PlanConsumed`` or ``OutcomeUnknown`` for a step that may not be sent again.
    """
    row = _own_open(unit.connection, tx_id, owner)
    if op["purpose"] is Purpose.APPLY:
        _check_send(unit.connection, row, op)
    unit.insert(
        "op",
        "intended",
        {
            "id": op_id,
            "tx_id": tx_id,
            **op,
            "state": OpState.INTENDED,
            "intended_at": unit.now,
        },
    )


def outcome(unit: Unit, op_id: str, state: OpState, result: Mapping[str, Any]) -> None:
    """Record what came of a call. Raises ``StoreError`` for a second outcome."""
    row = op_row(unit.connection, op_id)
    unit.update("op", "ended", row, state=state, ended_at=unit.now, **result)


def end(
    unit: Unit,
    tx_id: str,
    wanted: TxState,
    error: Mapping[str, Any] | None,
    owner: str,
) -> TxState:
    """End a transaction and close its open ops as ``Unknown``; return how it ended."""
    row = _own_open(unit.connection, tx_id, owner)
    found = op_rows(unit.connection, [tx_id])
    close_ops(unit, found, "ended")
    state = wanted
    if row["kind"] == TxKind.APPLY and wanted in APPLY_ENDS:
        found = op_rows(unit.connection, [tx_id])
        state = settle(wanted, sent_of(found), steps_of(unit.connection, row))
    changes: Values = {"state": state, "ended_at": unit.now}
    if row["error"] is not None and error is None:  # it went on after an unknown end
        sent_again = {"code": "resolved", "by": "same token", "evidence": {}}
        changes["error"] = sent_again | {"error": row["error"]}
    elif error is not None:
        changes["error"] = storable(dict(error))
    unit.update("tx", "ended", row, **changes)
    return state


def close_ops(unit: Unit, found: Sequence[Values], what: str) -> list[str]:
    """End the ops that never got an outcome as ``Unknown``; return their ids."""
    lost = [row for row in found if row["state"] == OpState.INTENDED]
    for row in lost:
        error = OutcomeUnknown(
            f"no outcome of {row['operation']} was recorded",
            hint="the call may have run: look at the resource before acting again",
            op_id=row["id"],
        )
        unit.update(
            "op",
            what,
            row,
            state=OpState.UNKNOWN,
            ended_at=unit.now,
            error=error.as_dict(),
        )
    return [row["id"] for row in lost]


def resolve(
    unit: Unit, tx_id: str, state: TxState, *, by: str, evidence: Mapping[str, Any]
) -> None:
    """Settle an unknown apply by evidence. Raises ``StoreError`` for any other."""
    row = _unknown_apply(unit.connection, tx_id)
    if state not in {TxState.APPLIED, TxState.FAILED}:
        raise StoreError(f"tx `{tx_id}` is Unknown and cannot become {state}")
    settled = {"code": "resolved", "by": clean_text(by), "evidence": dict(evidence)}
    if row["error"] is not None:
        settled["error"] = row["error"]
    unit.update("tx", "resolved", row, state=state, error=storable(settled))


def listed(connection: Connection, limit: int) -> list[TxRecord]:
    """Return the newest transactions first."""
    statement = select(tx).order_by(tx.c.created_seq.desc()).limit(limit)
    found = rows(connection, statement)
    ops = op_rows(connection, [row["id"] for row in found])
    return [tx_record(row, ops) for row in found]


def unknown(connection: Connection) -> list[TxRecord]:
    """Return the applies of unknown outcome, oldest first."""
    is_unknown = (tx.c.state == TxState.UNKNOWN) & (tx.c.kind == TxKind.APPLY)
    found = rows(connection, select(tx).where(is_unknown).order_by(tx.c.created_seq))
    ops = op_rows(connection, [row["id"] for row in found])
    return [tx_record(row, ops) for row in found]


def steps_of(connection: Connection, row: Values) -> int:
    """Return how many steps the plan of an apply has."""
    document = plan_row(connection, row["plan_id"])["document"] or {}
    return len(document.get("steps", ()))


def _unknown_apply(connection: Connection, tx_id: str) -> Values:
    row = tx_row(connection, tx_id)
    if row["state"] != TxState.UNKNOWN or row["kind"] != TxKind.APPLY:
        raise StoreError(
            f"transaction `{tx_id}` is not an apply of unknown outcome",
            hint="`smithgate resolve` lists the unknown ones",
            tx_id=tx_id,
            state=row["state"],
        )
    return row


def _own_open(connection: Connection, tx_id: str, owner: str) -> Values:
    """Return the row of a transaction that is under way in this process."""
    row = tx_row(connection, tx_id)
    if row["state"] not in {TxState.APPLYING, TxState.RUNNING}:
        raise StoreError(
            f"transaction `{tx_id}` is {row['state']} already",
            tx_id=tx_id,
            state=row["state"],
        )
    if row["owner"] != owner:
        raise StoreError(f"transaction `{tx_id}` belongs to another process")
    return row


def _check_send(connection: Connection, row: Values, op: Values) -> None:
    """Refuse to send a plan step that may have been sent (I2)."""
    if row["kind"] != TxKind.APPLY or op["step"] is None:
        raise StoreError("only a step of a claimed plan may be applied")
    earlier = sent_of(step_rows(connection, row["id"], op["step"]))
    forbids = may_send(earlier, op["idempotency_token"])
    fields = {"tx_id": row["id"], "step": op["step"], "state": str(forbids)}
    if forbids is OpState.UNKNOWN:
        raise OutcomeUnknown(
            f"step {op['step']} was sent and its outcome is not known",
            hint="look at the resource before acting again",
            **fields,
        )
    if forbids is not None:
        raise PlanConsumed(f"step {op['step']} was sent already", **fields)
