"""What must hold at the moment a plan is applied; each guard refuses with its own error.

Called twice: before the identity is asked, so that an agent hears early what is
missing, and again inside the transaction that claims the plan, where it counts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..approval.verify import Ask, Tally, tally
from ..catalog import Catalog
from ..errors import (
    ApprovalExpired,
    ApprovalRefused,
    ApprovalRequired,
    ApprovalUnverified,
    PlanConsumed,
    PlanExpired,
    PlanFailed,
    PlanStale,
)
from ..policy import Effect, Policy
from ..store import ApprovalRecord, ApprovalState, PlanRecord, PlanState
from .document import expect_format, model_digest, seal
from .needs import Needs


def check_plan(plan: PlanRecord) -> dict[str, Any]:
    """Return the sealed document of a plan that is intact.

    Raises ``PlanFailed`` for one that never was sealed and ``PlanStale`` for one whose
    document is not what its digest says.
    """
    if plan.state is not PlanState.PLANNED or plan.document is None:
        raise PlanFailed(
            f"plan `{plan.id}` is {plan.state} and can never be applied",
            hint="look at its error with get_plan, then plan again",
            plan_id=plan.id,
        )
    document = plan.document
    expires_at = plan.expires_at and plan.expires_at.isoformat()
    told = (plan.digest, plan.id, expires_at)
    # The columns beside the document are only copies: for lists, not for trust.
    if told != (seal(document), document.get("plan_id"), document.get("expires_at")):
        raise PlanStale(
            f"plan `{plan.id}` was changed after it was sealed",
            hint="the store was edited; run `smithgate audit verify`",
            plan_id=plan.id,
        )
    return expect_format(document)


def check_fresh(
    plan: PlanRecord, policy: Policy, catalog: Catalog, now: datetime
) -> None:
    """Refuse an expired plan and one whose policy or models are not today's (I9)."""
    check_plan(plan)
    if plan.expires_at is None or now >= plan.expires_at:
        raise PlanExpired(
            f"plan `{plan.id}` expired at {plan.expires_at}",
            hint="plan again",
            plan_id=plan.id,
        )
    check_same_rules(plan, policy, catalog)


def check_same_rules(plan: PlanRecord, policy: Policy, catalog: Catalog) -> None:
    """Refuse a plan whose policy or models are not today's."""
    document = check_plan(plan)
    changed = []
    if document["policy_digest"] != policy.digest:
        changed.append("policy")
    changed += [
        f"model of {step['operation']}"
        for step in document["steps"]
        if step["model_digest"]
        != model_digest(catalog, catalog.operation(step["operation"]))
    ]
    if changed:
        raise PlanStale(
            f"plan `{plan.id}` was made under another {', '.join(changed)}",
            hint="plan again and ask for a new approval",
            plan_id=plan.id,
            changed=changed,
        )


def check_caller(plan: PlanRecord, caller: dict[str, str]) -> None:
    """Refuse when another identity would apply than the one that planned (I9).

    A plan that was made without asking AWS is bound by its target's account and role.
    """
    planned = check_plan(plan).get("caller")
    if planned is None or planned == caller:
        return
    raise PlanStale(
        f"plan `{plan.id}` was made as another identity",
        hint="plan again with the credentials that are to apply it",
        plan_id=plan.id,
        changed=["caller"],
        before=planned,
        after=caller,
    )


def check_approval(
    plan: PlanRecord,
    approval: ApprovalRecord | None,
    needs: Needs,
    policy: Policy,
    now: datetime,
) -> None:
    """Refuse a plan that needs a yes which is not there, whole, proven, in time (I5).

    ``plan`` is intact and ``policy`` the current one: what the rows say of states and
    counts only ever refuses, what lets through is the proof of each yes.
    """
    if needs.effect is Effect.ALLOW:
        return
    if approval is None:
        raise ApprovalRequired(
            f"plan `{plan.id}` needs an approval that nobody was asked for",
            hint="call request_approval, then a person runs "
            f"`smithgate approve {plan.id}`",
            plan_id=plan.id,
        )
    fields = {"plan_id": plan.id, "approval_id": approval.id}
    if approval.digest != plan.digest or approval.plan_id != plan.id:
        raise ApprovalRefused(
            f"the approval of plan `{plan.id}` was given for another digest", **fields
        )
    if approval.state in _REFUSING:
        _REFUSING[approval.state](plan, approval, fields)
    if now >= approval.expires_at:
        _expired(plan, approval, fields)
    ask = Ask(needs.risks, needs.approvers, needs.ttl_s)
    found = tally(plan, approval, ask, policy, now)
    if found.refused_by is not None:
        raise ApprovalRefused(
            f"`{found.refused_by}` said no to plan `{plan.id}`",
            hint="plan again if the change is still wanted",
            **fields,
        )
    if len(found.granted) < needs.approvers:
        _missing(plan, needs, found, fields)
    if approval.state is not ApprovalState.GRANTED:
        raise ApprovalRequired(
            f"the approval of plan `{plan.id}` is not granted yet",
            hint="an approver is missing; see get_plan",
            **fields,
        )


def _missing(
    plan: PlanRecord, needs: Needs, found: Tally, fields: dict[str, Any]
) -> None:
    """Say how many are missing, and which recorded yes does not count."""
    if found.problems:
        raise ApprovalUnverified(
            f"{found.problems[0]}: plan `{plan.id}` has {len(found.granted)} of "
            f"{needs.approvers} approvals",
            hint="approve again with a key that the policy names, or plan again; "
            "`smithgate audit verify` says whether the store was edited",
            problems=list(found.problems),
            **fields,
        )
    raise ApprovalRequired(
        f"plan `{plan.id}` has {len(found.granted)} of {needs.approvers} approvals",
        hint=f"a person runs `smithgate approve {plan.id}` outside of the agent",
        **fields,
    )


def _refused(
    plan: PlanRecord, approval: ApprovalRecord, fields: dict[str, Any]
) -> None:
    raise ApprovalRefused(
        f"the approval of plan `{plan.id}` is {str(approval.state).lower()}",
        hint="plan again if the change is still wanted",
        **fields,
    )


def _expired(
    plan: PlanRecord, approval: ApprovalRecord, fields: dict[str, Any]
) -> None:
    raise ApprovalExpired(
        f"the approval of plan `{plan.id}` expired at {approval.expires_at}",
        hint="plan again and ask for a new approval",
        **fields,
    )


def _used(plan: PlanRecord, _approval: ApprovalRecord, fields: dict[str, Any]) -> None:
    raise PlanConsumed(
        f"the approval of plan `{plan.id}` was used already",
        hint="plan again and ask for a new approval",
        **fields,
    )


_REFUSING: dict[
    ApprovalState, Callable[[PlanRecord, ApprovalRecord, dict[str, Any]], None]
] = {
    ApprovalState.DENIED: _refused,
    ApprovalState.REVOKED: _refused,
    ApprovalState.EXPIRED: _expired,
    ApprovalState.USED: _used,
}
