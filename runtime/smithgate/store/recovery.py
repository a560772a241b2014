"""Settling what processes left behind that are gone: a crash, a kill, a power cut.

Only what is proven ownerless is touched (``lease.proven_gone``), so servers on one
store never settle each other's live transactions.
"""

from pathlib import Path

from sqlalchemy import Connection, select, union

from ..errors import OutcomeUnknown, SmithgateError, StoreError
from . import plans as plan_store
from .database import Database, Unit
from .lease import left_behind, proven_gone
from .records import PlanState, Recovered, TxKind, TxState
from .rows import Values, op_rows, rows, sent_of
from .states import recovered_state
from .tables import plans, tx
from .transactions import close_ops, steps_of

OPEN = (TxState.APPLYING, TxState.RUNNING)


def recover(database: Database, folder: Path) -> list[Recovered]:
    """Settle what ownerless processes left open; return what was changed.

    Raises ``AuditUnavailable`` and ``AuditBroken``.
    """
    with database.read() as connection:
        owners = _open_owners(connection)
    out: list[Recovered] = []
    for owner in sorted({*owners, *left_behind(folder)}):
        with proven_gone(folder, owner) as gone:
            if gone and owner in owners:
                with database.write() as unit:
                    out += _settle_owner(unit, owner)
    return out


def _open_owners(connection: Connection) -> set[str]:
    """Return who owns something that is not finished."""
    statement = union(
        select(tx.c.owner).where(tx.c.state.in_(OPEN)),
        select(plans.c.owner).where(plans.c.state == PlanState.DRAFT),
    )
    return set(connection.execute(statement).scalars())


def _settle_owner(unit: Unit, owner: str) -> list[Recovered]:
    """Settle transactions first: a plan's own reading ends before the plan does."""
    open_tx = select(tx).where(tx.c.owner == owner, tx.c.state.in_(OPEN))
    drafts = select(plans).where(
        plans.c.owner == owner, plans.c.state == PlanState.DRAFT
    )
    out: list[Recovered] = []
    for row in rows(unit.connection, open_tx.order_by(tx.c.created_seq)):
        out += _settle_tx(unit, row)
    for row in rows(unit.connection, drafts.order_by(plans.c.created_seq)):
        plan_store.fail(unit, row["id"], _cut_off("the plan").as_dict())
        out.append(Recovered(id=row["id"], before=row["state"], after=PlanState.FAILED))
    return out


def _settle_tx(unit: Unit, row: Values) -> list[Recovered]:
    found = op_rows(unit.connection, [row["id"]])
    lost = close_ops(unit, found, "recovered")
    found = op_rows(unit.connection, [row["id"]])
    kind = TxKind(row["kind"])
    steps = steps_of(unit.connection, row) if kind is TxKind.APPLY else 0
    state = recovered_state(kind, sent_of(found), steps)
    told = {"state": state, "ended_at": unit.now}
    if state is not TxState.APPLIED:
        told["error"] = _error(state).as_dict()
    unit.update("tx", "recovered", row, **told)
    return [
        *(Recovered(id=op, before="Intended", after="Unknown") for op in lost),
        Recovered(id=row["id"], before=row["state"], after=state),
    ]


def _error(state: TxState) -> SmithgateError:
    if state is not TxState.UNKNOWN:
        return _cut_off("the transaction")
    return OutcomeUnknown(
        "the process ended during the apply",
        hint="look at the resources before acting again; `smithgate resolve` settles it",
    )


def _cut_off(what: str) -> StoreError:
    return StoreError(f"the process ended before {what} did")
