"""What a whole plan needs, out of the decisions on its steps."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..policy import Decision, Effect

_STRICTNESS = {Effect.ALLOW: 0, Effect.APPROVE: 1, Effect.DENY: 2}


class Needs(NamedTuple):
    """The strictest effect, the most approvers, the shortest time to live."""

    effect: Effect
    approvers: int
    """How many people have to say yes; 0 when nobody has to."""
    ttl_s: int
    risks: frozenset[str]
    """Every risk that the steps have, raised ones included."""
    decision: Decision
    """The strictest decision, the one that is shown for the plan."""

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as JSON values, with what the whole plan needs."""
        out = self.decision.as_dict()
        if self.effect is Effect.APPROVE:
            out["approval"] = {"count": self.approvers, "ttl_s": self.ttl_s}
        return out


def needs_of(decisions: Sequence[Decision], risks: frozenset[str]) -> Needs:
    """Combine the decisions on the steps of one plan; there is at least one.

    ``risks`` are those of all steps, see ``policy.raised.approval_risks``.
    """
    strictest = max(decisions, key=lambda decision: _STRICTNESS[decision.effect])
    rules = [d.approval for d in decisions if d.approval is not None]
    return Needs(
        effect=strictest.effect,
        approvers=max((rule.count for rule in rules), default=0),
        ttl_s=min((rule.ttl_s for rule in rules), default=0),
        risks=risks,
        decision=strictest,
    )
