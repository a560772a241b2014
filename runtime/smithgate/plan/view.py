"""What people and agents see of a plan: masked, with predicates over recorded facts."""

from datetime import datetime
from typing import Any

from ..store import ApprovalRecord, PlanRecord, TxRecord


def approval_view(approval: ApprovalRecord) -> dict[str, Any]:
    """Return an approval request as JSON values."""
    return {
        "id": approval.id,
        "state": str(approval.state),
        "needed": approval.count,
        "granted_by": [g.approver for g in approval.grants if g.decision == "grant"],
        "votes": [
            {
                "approver": vote.approver,
                "decision": str(vote.decision),
                "method": vote.method,
                "key": vote.signed.key if vote.signed else None,
            }
            for vote in approval.grants
        ],
        "expires_at": approval.expires_at.isoformat(),
    }


def tx_view(tx: TxRecord) -> dict[str, Any]:
    """Return a transaction as JSON values."""
    return {
        "id": tx.id,
        "state": str(tx.state),
        "started_at": tx.started_at.isoformat(),
        "ended_at": tx.ended_at.isoformat() if tx.ended_at else None,
        "error": tx.error,
    }


def plan_view(
    plan: PlanRecord,
    approval: ApprovalRecord | None,
    tx: TxRecord | None,
    now: datetime,
) -> dict[str, Any]:
    """Return a plan with what has become of it. ``next`` names the next tool."""
    view: dict[str, Any] = {
        "plan_id": plan.id,
        "state": str(plan.state),
        "digest": plan.digest,
        "requester": plan.requester,
        "created_at": plan.created_at.isoformat(),
        "expires_at": plan.expires_at.isoformat() if plan.expires_at else None,
        "is_expired": bool(plan.expires_at and now >= plan.expires_at),
        **plan.view,
        "decision": plan.decision,
        "error": plan.error,
        "approval": approval_view(approval) if approval else None,
        "tx": tx_view(tx) if tx else None,
        "reason_untrusted": plan.reason,
    }
    view["next"] = _next(view)
    return view


def _after(tx: dict[str, Any]) -> str:
    """Say what is left to do after an apply."""
    return {
        "Applied": f"nothing: applied as {tx['id']}",
        "Applying": f"wait: {tx['id']} is under way",
        "Failed": f"plan again: {tx['id']} failed, its error says which steps ran",
    }.get(tx["state"], f"look at the resource: the outcome of {tx['id']} is unknown")


def _next(view: dict[str, Any]) -> str:
    """Say in one line what can be done with the plan."""
    if view["tx"]:
        return _after(view["tx"])
    if view["state"] == "Failed":
        return "nothing: the plan failed; mend the cause and plan again"
    if view["is_expired"]:
        return "plan again: this plan expired"
    if view["decision"].get("effect") != "approve":
        return "apply"
    approval = view["approval"]
    if approval is None:
        return "request_approval"
    return {
        "Granted": "apply",
        "Pending": f"wait: a person runs `smithgate approve {view['plan_id']}`",
    }.get(approval["state"], "plan again: the approval cannot be used")
