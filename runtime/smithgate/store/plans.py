"""Plans: drafted, then sealed or failed. What happens to a plan later is elsewhere."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..errors import PlanConsumed, PlanFailed
from .database import Unit
from .records import PlanRecord, PlanState
from .rows import Values, apply_row, plan_record, plan_row, rows
from .tables import events, plans
from .values import clean_text, storable

_CLAIMS_SINCE = select(events.c.body).where(
    events.c.kind == "tx.claimed", events.c.seq > bindparam("seq")
)


def draft(
    unit: Unit,
    plan_id: str,
    *,
    requester: str,
    target: Mapping[str, Any],
    view: Mapping[str, Any],
    decision: Mapping[str, Any],
    reason: str,
    owner: str,
) -> None:
    """Insert a plan in state ``Draft``."""
    row = {
        "id": plan_id,
        "state": PlanState.DRAFT,
        "created_at": unit.now,
        "requester": clean_text(requester),
        "target": dict(target),
        "view": dict(view),
        "decision": dict(decision),
        "reason": clean_text(reason),
        "artifacts": [],
        "owner": owner,
    }
    unit.insert("plan", "drafted", row)


def seal(
    unit: Unit,
    plan_id: str,
    *,
    digest: str,
    document: Mapping[str, Any],
    view: Mapping[str, Any],
    decision: Mapping[str, Any],
    expires_at: datetime,
    artifacts: Sequence[str],
) -> None:
    """Turn a draft into a plan that can be applied. Raises ``PlanFailed``."""
    row = _draft(unit.connection, plan_id)
    unit.update(
        "plan",
        "sealed",
        row,
        state=PlanState.PLANNED,
        digest=digest,
        document=dict(document),
        view=dict(view),
        decision=dict(decision),
        expires_at=expires_at,
        artifacts=list(artifacts),
    )


def fail(unit: Unit, plan_id: str, error: Mapping[str, Any]) -> None:
    """Turn a draft into a plan that never can be applied. Raises ``PlanFailed``."""
    row = _draft(unit.connection, plan_id)
    unit.update(
        "plan", "failed", row, state=PlanState.FAILED, error=storable(dict(error))
    )


def listed(
    connection: Connection, limit: int, state: PlanState | None
) -> list[PlanRecord]:
    """Return the newest plans first."""
    statement = select(plans).order_by(plans.c.created_seq.desc()).limit(limit)
    if state is not None:
        statement = statement.where(plans.c.state == state)
    return [plan_record(row) for row in rows(connection, statement)]


def planned(connection: Connection, plan_id: str) -> Values:
    """Return the row of a sealed plan. Raises ``PlanNotFound`` and ``PlanFailed``."""
    row = plan_row(connection, plan_id)
    if row["state"] != PlanState.PLANNED:
        raise PlanFailed(
            f"plan `{plan_id}` is {row['state']} and cannot be applied",
            hint="plan again",
            plan_id=plan_id,
            state=row["state"],
        )
    return row


def refuse_claimed(connection: Connection, plan_id: str) -> None:
    """Raise ``PlanConsumed``, naming the transaction, if the plan was claimed."""
    claimed = apply_row(connection, plan_id)
    if claimed is not None:
        raise PlanConsumed(
            f"plan `{plan_id}` was applied by `{claimed['id']}`, "
            f"which is {claimed['state']}",
            hint="look at the transaction; plan again if the change is still wanted",
            plan_id=plan_id,
            tx_id=claimed["id"],
            state=claimed["state"],
        )
    _refuse_told(connection, plan_id)


def _refuse_told(connection: Connection, plan_id: str) -> None:
    """Raise ``PlanConsumed`` if the events tell of a claim whose row is gone."""
    made = plan_row(connection, plan_id)["created_seq"]
    for body in connection.execute(_CLAIMS_SINCE, {"seq": made}).scalars():
        if json.loads(body).get("plan_id") == plan_id:
            raise PlanConsumed(
                f"plan `{plan_id}` was applied, and the record of it was removed",
                hint="the store was edited; run `smithgate audit verify`",
                plan_id=plan_id,
            )


def _draft(connection: Connection, plan_id: str) -> Values:
    row = plan_row(connection, plan_id)
    if row["state"] != PlanState.DRAFT:
        raise PlanFailed(
            f"plan `{plan_id}` is {row['state']}, no longer a draft",
            hint="plan again",
            plan_id=plan_id,
            state=row["state"],
        )
    return row
