"""Approval requests: asked for once, decided by people, used once.

Owns who may decide what when. Proof that an approver is who the name says (signatures)
and how many are needed (policy) are the callers'. A denial wins over any number of
grants until the approval is used; nothing turns it back.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ..errors import (
    ApprovalExpired,
    ApprovalNotFound,
    ApprovalRefused,
    PlanExpired,
    PlanStale,
)
from .database import Unit
from .plans import planned, refuse_claimed
from .records import ApprovalRecord, ApprovalState, Ballot, Signed
from .rows import Values, approval_record, approval_row, vote_rows
from .states import approval_as_of, person_key
from .values import clean_text

ENDS = {
    ApprovalState.DENIED: "denied",
    ApprovalState.REVOKED: "revoked",
    ApprovalState.EXPIRED: "expired",
    ApprovalState.USED: "used",
}
"""The event of each final state."""


def current(
    connection: Connection, plan_id: str, now: datetime
) -> ApprovalRecord | None:
    """Return a plan's last request as of ``now``."""
    row = approval_row(connection, plan_id)
    if row is None:
        return None
    return approval_record(row, vote_rows(connection, row["id"]), now)


def request(
    unit: Unit,
    approval_id: str,
    plan_id: str,
    digest: str,
    *,
    count: int,
    ttl_s: int,
    requester: str,
) -> None:
    """Open a request unless one for this digest is open.

    Raises plan errors, and ``ApprovalRefused`` after a denial: asking again until
    somebody says yes is not on offer.
    """
    if count < 1 or ttl_s < 1:
        raise ValueError("an approval needs at least one approver and one second")
    plan = _decidable(unit, plan_id, digest)
    row = approval_row(unit.connection, plan_id)
    if row is not None and not _asks_again(unit, row, count):
        return
    unit.insert(
        "approval",
        "requested",
        {
            "id": approval_id,
            "plan_id": plan_id,
            "digest": digest,
            "state": ApprovalState.PENDING,
            "count": count,
            "requester": clean_text(requester),
            "created_at": unit.now,
            # A yes to a plan that cannot run any more would mean nothing.
            "expires_at": min(unit.now + timedelta(seconds=ttl_s), plan["expires_at"]),
        },
    )


def decide(
    unit: Unit,
    vote_id: str,
    plan_id: str,
    digest: str,
    *,
    approver: str,
    decision: str,
    method: str,
    note: str | None,
    signed: Signed | None,
) -> None:
    """Record one approver's word and what follows from it.

    Raises plan errors, ``ApprovalNotFound``, ``ApprovalExpired`` and
    ``ApprovalRefused``; anything but a clear yes or no is refused.
    """
    plan = _decidable(unit, plan_id, digest)
    row = _open_row(unit, plan_id)
    if row["digest"] != digest:
        raise PlanStale(
            f"the request is for another digest of plan `{plan_id}`", plan_id=plan_id
        )
    if decision not in {Ballot.GRANT, Ballot.DENY}:
        raise ApprovalRefused("a decision is `grant` or `deny`", plan_id=plan_id)
    ballot = Ballot(decision)
    cast = vote_rows(unit.connection, row["id"])
    _check_approver(approver, ballot, plan, row, cast)
    _cast(unit, vote_id, row, approver, ballot, method, note, signed)
    if ballot is Ballot.DENY:
        _end(unit, row, ApprovalState.DENIED, clean_text(approver))
    elif 1 + sum(old["decision"] == Ballot.GRANT for old in cast) >= row["count"]:
        unit.update("approval", "granted", row, state=ApprovalState.GRANTED)


def revoke(
    unit: Unit,
    vote_id: str,
    plan_id: str,
    *,
    approver: str,
    method: str,
    signed: Signed | None,
) -> None:
    """Take an open request or an unused approval back; anybody named may do so."""
    if not person_key(approver):
        raise ApprovalRefused("an approver needs a name", plan_id=plan_id)
    refuse_claimed(unit.connection, plan_id)
    row = _open_row(unit, plan_id)
    _cast(unit, vote_id, row, approver, Ballot.REVOKE, method, None, signed)
    _end(unit, row, ApprovalState.REVOKED, clean_text(approver))


def _cast(
    unit: Unit,
    vote_id: str,
    row: Values,
    approver: str,
    ballot: Ballot,
    method: str,
    note: str | None,
    signed: Signed | None,
) -> None:
    """Record one word as it was said, with its proof."""
    vote: dict[str, Any] = {
        "id": vote_id,
        "approval_id": row["id"],
        "approver": clean_text(approver),
        "approver_key": person_key(clean_text(approver)),
        "decision": ballot,
        "at": unit.now,
        "method": clean_text(method),
        "note": None if note is None else clean_text(note),
        "key": None if signed is None else signed.key,
        "statement": None if signed is None else signed.statement,
        "signature": None if signed is None else signed.signature,
    }
    unit.insert("vote", "cast", vote)


def use(unit: Unit, plan_id: str, tx_id: str) -> None:
    """Mark a granted approval as used by a transaction; others stay as they are."""
    row = approval_row(unit.connection, plan_id)
    if row is not None and _state(row, unit.now) is ApprovalState.GRANTED:
        _end(unit, row, ApprovalState.USED, tx_id)


def record_expiry(unit: Unit, plan_id: str) -> None:
    """Write down that a plan's request ran out, if it did."""
    row = approval_row(unit.connection, plan_id)
    if row is None or row["state"] == ApprovalState.EXPIRED:
        return
    if _state(row, unit.now) is ApprovalState.EXPIRED:
        _end(unit, row, ApprovalState.EXPIRED, None)


def _state(row: Values, now: datetime) -> ApprovalState:
    return approval_as_of(ApprovalState(row["state"]), row["expires_at"], now)


def _end(unit: Unit, row: Values, state: ApprovalState, by: str | None) -> None:
    unit.update(
        "approval", ENDS[state], row, state=state, ended_at=unit.now, ended_by=by
    )


def _decidable(unit: Unit, plan_id: str, digest: str) -> Values:
    """Return the row of a plan that can still be decided on, under this digest."""
    row = planned(unit.connection, plan_id)
    refuse_claimed(unit.connection, plan_id)
    if row["digest"] != digest:
        raise PlanStale(
            f"plan `{plan_id}` does not have the digest that was shown",
            hint="look at the plan again and decide on what it says now",
            plan_id=plan_id,
            digest=row["digest"],
        )
    if unit.now >= row["expires_at"]:
        raise PlanExpired(
            f"plan `{plan_id}` has expired", hint="plan again", plan_id=plan_id
        )
    return row


def _asks_again(unit: Unit, row: Values, count: int) -> bool:
    """Say whether a new request may follow the last one; ``False`` if that is open."""
    state = _state(row, unit.now)
    if state is ApprovalState.EXPIRED:
        record_expiry(unit, row["plan_id"])
        return True
    if (
        state in {ApprovalState.PENDING, ApprovalState.GRANTED}
        and row["count"] >= count
    ):
        return False
    raise ApprovalRefused(
        f"the approval of plan `{row['plan_id']}` is {state.lower()}"
        + ("" if state in ENDS else f" for {row['count']} approvers only"),
        hint="plan again if the change is still wanted",
        plan_id=row["plan_id"],
        approval_id=row["id"],
        state=state,
    )


def _open_row(unit: Unit, plan_id: str) -> Values:
    """Return the row of the open request of a plan."""
    row = approval_row(unit.connection, plan_id)
    if row is None:
        raise ApprovalNotFound(
            f"nobody asked for an approval of plan `{plan_id}`",
            hint="the agent calls request_approval first",
            plan_id=plan_id,
        )
    state = _state(row, unit.now)
    fields = {"plan_id": plan_id, "approval_id": row["id"], "state": str(state)}
    if state is ApprovalState.EXPIRED:
        raise ApprovalExpired(
            f"the approval request of plan `{plan_id}` expired",
            hint="ask for a new approval",
            **fields,
        )
    if state in ENDS:
        raise ApprovalRefused(
            f"the approval of plan `{plan_id}` is {state.lower()} already", **fields
        )
    return row


def _check_approver(
    approver: str, ballot: Ballot, plan: Values, row: Values, cast: list[Values]
) -> None:
    """Refuse a nameless, a self-serving and a second grant."""
    key = person_key(clean_text(approver))
    plan_id = plan["id"]
    if not key:
        raise ApprovalRefused("an approver needs a name", plan_id=plan_id)
    if key in {person_key(plan["requester"]), person_key(row["requester"])}:
        raise ApprovalRefused(
            f"`{approver}` asked for plan `{plan_id}` and cannot decide on it",
            hint="somebody else has to approve",
            plan_id=plan_id,
        )
    if ballot is Ballot.DENY:
        return
    if row["state"] == ApprovalState.GRANTED:
        raise ApprovalRefused(
            f"plan `{plan_id}` has all the approvals it needs", plan_id=plan_id
        )
    if any(vote["approver_key"] == key for vote in cast):
        raise ApprovalRefused(
            f"`{approver}` has approved plan `{plan_id}` already",
            hint="another approver is needed",
            plan_id=plan_id,
        )
