"""Rows as records, and the look-ups that several parts of the store share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, bindparam, select

from ..errors import PlanNotFound, StoreError, TxNotFound
from .records import (
    ApprovalRecord,
    ApprovalState,
    ArtifactKind,
    ArtifactRecord,
    Ballot,
    OpRecord,
    OpState,
    PlanRecord,
    PlanState,
    Purpose,
    Signed,
    TxKind,
    TxRecord,
    TxState,
    VoteRecord,
)
from .states import Sent, approval_as_of
from .tables import approvals, artifacts, ops, plans, tx, votes

# Built once: building a statement costs more than running it.
_PLAN_BY_ID = select(plans).where(plans.c.id == bindparam("key")).limit(1)
_TX_BY_ID = select(tx).where(tx.c.id == bindparam("key")).limit(1)
_OP_BY_ID = select(ops).where(ops.c.id == bindparam("key")).limit(1)
_ARTIFACT_BY_ID = select(artifacts).where(artifacts.c.id == bindparam("key")).limit(1)
_LAST_APPROVAL = (
    select(approvals)
    .where(approvals.c.plan_id == bindparam("key"))
    .order_by(approvals.c.created_seq.desc())
    .limit(1)
)
_APPLY_OF_PLAN = (
    select(tx)
    .where(tx.c.plan_id == bindparam("key"), tx.c.kind == TxKind.APPLY)
    .limit(1)
)
_VOTES = (
    select(votes)
    .where(votes.c.approval_id == bindparam("key"))
    .order_by(votes.c.created_seq)
)

Values: TypeAlias = dict[str, Any]
"""One row: column name → decoded value."""


def rows(connection: Connection, statement: Select[Any]) -> list[Values]:
    """Return all rows of a statement."""
    return [_values(row) for row in connection.execute(statement)]


def _keyed(connection: Connection, statement: Select[Any], key: str) -> Values | None:
    """Return the one row that a prebuilt statement finds for a key."""
    row = connection.execute(statement, {"key": key}).first()
    return None if row is None else _values(row)


def _values(row: Row[Any]) -> Values:
    return dict(row._mapping)  # noqa: SLF001 -- the documented way to a mapping


def plan_row(connection: Connection, plan_id: str) -> Values:
    """Return a plan's row. Raises ``PlanNotFound``."""
    row = _keyed(connection, _PLAN_BY_ID, plan_id)
    if row is None:
        raise PlanNotFound(
            f"no plan `{plan_id}` is stored",
            hint="use the plan_id that plan gave; people list plans with `smithgate plans`",
        )
    return row


def approval_row(connection: Connection, plan_id: str) -> Values | None:
    """Return the row of a plan's last approval request."""
    return _keyed(connection, _LAST_APPROVAL, plan_id)


def vote_rows(connection: Connection, approval_id: str) -> list[Values]:
    """Return the votes on a request, in order."""
    found = connection.execute(_VOTES, {"key": approval_id})
    return [_values(row) for row in found]


def tx_row(connection: Connection, tx_id: str) -> Values:
    """Return a transaction's row. Raises ``TxNotFound``."""
    row = _keyed(connection, _TX_BY_ID, tx_id)
    if row is None:
        raise TxNotFound(f"no transaction `{tx_id}` is stored")
    return row


def apply_row(connection: Connection, plan_id: str) -> Values | None:
    """Return the row of the transaction that applied a plan."""
    return _keyed(connection, _APPLY_OF_PLAN, plan_id)


def op_row(connection: Connection, op_id: str) -> Values:
    """Return an op's row. Raises ``StoreError``: only the runtime knows op ids."""
    row = _keyed(connection, _OP_BY_ID, op_id)
    if row is None:
        raise StoreError(f"no op `{op_id}` is stored")
    return row


def op_rows(connection: Connection, tx_ids: Sequence[str]) -> list[Values]:
    """Return the ops of some transactions in the order they were intended."""
    return rows(
        connection,
        select(ops).where(ops.c.tx_id.in_(tx_ids)).order_by(ops.c.created_seq),
    )


def step_rows(connection: Connection, tx_id: str, step: int) -> list[Values]:
    """Return the ops of one step of a transaction."""
    return rows(connection, select(ops).where(ops.c.tx_id == tx_id, ops.c.step == step))


def sent_of(found: Sequence[Values]) -> list[Sent]:
    """Return the attempts at plan steps among the rows of ops."""
    return [
        Sent(
            row["step"],
            row["attempt"],
            OpState(row["state"]),
            row["idempotency_token"],
        )
        for row in found
        if row["purpose"] == Purpose.APPLY
    ]


def artifact_row(connection: Connection, artifact_id: str) -> Values | None:
    """Return the row of an artifact."""
    return _keyed(connection, _ARTIFACT_BY_ID, artifact_id)


def plan_record(row: Values) -> PlanRecord:
    """Return a plan's record."""
    return PlanRecord(
        **_without_seq(row)
        | {"state": PlanState(row["state"]), "artifacts": tuple(row["artifacts"])}
    )


def approval_record(row: Values, cast: list[Values], now: datetime) -> ApprovalRecord:
    """Return a request's record with its state as of ``now``."""
    state = approval_as_of(ApprovalState(row["state"]), row["expires_at"], now)
    grants = tuple(
        VoteRecord(
            id=vote["id"],
            approver=vote["approver"],
            decision=Ballot(vote["decision"]),
            at=vote["at"],
            method=vote["method"],
            note=vote["note"],
            signed=_signed(vote),
        )
        for vote in cast
    )
    return ApprovalRecord(**_without_seq(row) | {"state": state, "grants": grants})


def _signed(vote: Values) -> Signed | None:
    proof = [vote[column] for column in ("key", "statement", "signature")]
    if not all(isinstance(text, str) for text in proof):
        return None
    key, statement, signature = proof
    return Signed(key=key, statement=statement, signature=signature)


def tx_record(row: Values, found: Sequence[Values]) -> TxRecord:
    """Return a transaction's record with those of the op rows that are its own."""
    own = tuple(op_record(op) for op in found if op["tx_id"] == row["id"])
    return TxRecord(
        **_without_seq(row)
        | {
            "kind": TxKind(row["kind"]),
            "state": TxState(row["state"]),
            "ops": own,
        }
    )


def op_record(row: Values) -> OpRecord:
    """Return an op's record."""
    return OpRecord(
        **_without_seq(row)
        | {
            "purpose": Purpose(row["purpose"]),
            "state": OpState(row["state"]),
            "redacted": tuple(row["redacted"]),
        }
    )


def artifact_record(row: Values) -> ArtifactRecord:
    """Return an artifact's record."""
    return ArtifactRecord(**_without_seq(row) | {"kind": ArtifactKind(row["kind"])})


def _without_seq(row: Values) -> Values:
    """Return the row without the column that only orders it."""
    return {key: value for key, value in row.items() if key != "created_seq"}
