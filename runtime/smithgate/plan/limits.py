"""The policy's limits: how many plans, steps and applies there may be.

Owns refusing. The store counts, inside the transaction that would add one more, so no
race of threads or processes gets past a limit. Limits count everybody together: who
asks is a name that a client gives itself.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import LimitReached
from ..policy import Policy

if TYPE_CHECKING:
    from ..store.recent import Recent

HOUR = timedelta(hours=1)


def check_steps(policy: Policy, steps: int) -> None:
    """Refuse a plan of more steps than policy allows; raises ``LimitReached``."""
    most = policy.limits.steps_per_plan
    if most is not None and steps > most:
        raise LimitReached(
            f"a plan may have {most} steps, this one has {steps}",
            hint="make several plans",
            limit="limits.steps_per_plan",
            most=most,
        )


def check_plans(policy: Policy, recent: "Recent") -> None:
    """Refuse one plan too many in an hour; raises ``LimitReached``."""
    most = policy.limits.plans_per_hour
    if most is None:
        return
    oldest = recent.nth_plan_at(most)
    if oldest is not None and oldest > recent.now - HOUR:
        raise _reached("limits.plans_per_hour", f"{most} plans", most, oldest)


def check_applies(policy: Policy, recent: "Recent", risks: Collection[str]) -> None:
    """Refuse one apply too many of a risk in an hour; raises ``LimitReached``.

    ``risks`` are the classes of the plan that is about to be claimed.
    """
    limited = {
        risk: most
        for risk, most in policy.limits.applies_per_hour.items()
        if risk in risks
    }
    if not limited:
        return
    applied = recent.applied_since(recent.now - HOUR)
    for risk, most in limited.items():
        times = [at for at, document in applied if risk in risks_of(document)]
        if len(times) >= most:
            what = f"{most} applies of risk `{risk}`"
            raise _reached(f"limits.applies_per_hour.{risk}", what, most, times[-most])


def risks_of(document: Mapping[str, Any]) -> set[str]:
    """Return every class that the steps of a sealed plan have, raised ones included."""
    return {
        risk
        for step in document["steps"]
        for risk in (
            step["operation_risk"],
            *(item["risk"] for item in step["raised"]),
        )
    }


def _reached(limit: str, what: str, most: int, oldest: datetime) -> LimitReached:
    again = oldest + HOUR
    return LimitReached(
        f"policy allows {what} in an hour, and that many were made",
        hint=f"try again after {again:%Y-%m-%dT%H:%M:%SZ}",
        limit=limit,
        most=most,
        retry_at=again.isoformat(),
    )
