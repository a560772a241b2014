"""What a policy allows now, counted: risks against targets over a whole catalog.

Owns the counting. Each operation is judged without arguments, which is what can be said
of all its requests at once; where that depends on them it is counted apart.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..operation import Operation
from .engine import decide
from .model import Effect, Policy, Target
from .raised import request_for

DEPENDS = "depends"
CELLS = (*(effect.value for effect in Effect), DEPENDS)


def matrix(
    policy: Policy,
    operations: Iterable[Operation],
    *,
    principal: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Return, for each target and region, the verdicts on the operations of each risk.

    ``depends`` counts those whose verdict can be another with other arguments or callers.
    """
    every = list(operations)
    places = [
        _place(policy, every, target, region, principal, now)
        for target in policy.targets.values()
        for region in target.regions
    ]
    return {
        "policy_digest": policy.digest,
        "at": now.isoformat(),
        "operations": {
            risk: sum(operation.risk == risk for operation in every)
            for risk in policy.risks
        },
        "places": places,
    }


def _place(
    policy: Policy,
    operations: Iterable[Operation],
    target: Target,
    region: str,
    principal: str | None,
    now: datetime,
) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {risk: Counter() for risk in policy.risks}
    for operation in operations:
        request = request_for(
            operation, target, region, None, principal=principal, now=now
        )
        decision = decide(policy, request)
        word = DEPENDS if decision.is_provisional else decision.effect.value
        counts[operation.risk][word] += 1
    return {
        "target": target.name,
        "region": region,
        "risks": {
            risk: {cell: found[cell] for cell in CELLS}
            for risk, found in counts.items()
        },
    }
