"""A stored plan judged anew: what today's policy says of it, step by step.

Owns nothing durable and decides nothing: apply judges for itself.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..catalog import Catalog
from ..operation import Operation
from ..policy import Policy
from ..policy.explain import explain_request
from ..policy.raised import approval_risks, decide_raised, request_for
from ..store import PlanRecord
from .needs import needs_of
from .sealed import sealed_steps


def rejudge(
    plan: PlanRecord, policy: Policy, catalog: Catalog, now: datetime
) -> dict[str, Any]:
    """Return the explained steps and what the whole plan needs, as JSON values.

    A plan that never was sealed has no arguments: its steps are judged without. Raises
    ``UnknownTarget`` when the plan's target or region is the policy's no more, and
    ``UnknownOperation`` for what is generated no more.
    """
    document = plan.document
    target, region = policy.target(plan.target["name"], plan.target["region"])
    steps = _steps(plan, catalog)
    requests = [
        request_for(
            operation,
            target,
            region,
            arguments,
            principal=document["requester"] if document else plan.requester,
            now=now,
        )
        for operation, arguments in steps
    ]
    risks = approval_risks((operation, found or {}) for operation, found in steps)
    needs = needs_of([decide_raised(policy, request) for request in requests], risks)
    sealed = document["policy_digest"] if document else None
    return {
        "plan_id": plan.id,
        "state": str(plan.state),
        "policy_digest": policy.digest,
        "sealed_under": sealed,
        "is_current": sealed == policy.digest,
        "decision": needs.as_dict(),
        "steps": [explain_request(policy, request) for request in requests],
    }


def _steps(
    plan: PlanRecord, catalog: Catalog
) -> list[tuple[Operation, Mapping[str, Any] | None]]:
    """Return each step's operation and the arguments that policy judges."""
    if plan.document is None:
        names = [step["operation"] for step in plan.view["steps"]]
        return [(catalog.operation(name), None) for name in names]
    steps = sealed_steps(catalog, plan.document)
    return [(step.operation, step.judged) for step in steps]
