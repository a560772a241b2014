"""The IAM policy that a target's role needs for what the policy file lets through.

Owns the choice of operations and actions. The result is least privilege by action: no
wildcard in an action, one statement per effect. Resources and regions stay open, since
the policy file speaks of arguments that IAM does not see.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..canonical import canonical_json
from ..operation import Operation, Risk
from .engine import decide, match_rules, speaks_for
from .model import Effect, Policy, PolicyRequest, Target
from .raised import request_for

PASS_ROLE = "iam:PassRole"  # noqa: S105 - the name of an action
MANAGED_LIMIT = 6_144
"""Characters that IAM takes in a managed policy, white space not counted."""

_SIDS = {Effect.ALLOW: "Allowed", Effect.APPROVE: "AfterApproval"}


class IamPolicy(NamedTuple):
    """An IAM policy and what a person must know of it."""

    document: Mapping[str, Any]
    """What IAM takes."""
    operations: tuple[str, ...]
    """Canonical ids of what policy may let through, sorted."""
    without_data: tuple[str, ...]
    """Those of them whose actions are not known: the document lacks them."""
    without_pass_role: tuple[str, ...]
    """Those that may pass a role, which policy denies: ``iam:PassRole`` is left out."""
    characters: int
    """Size of the document without white space."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "policy": self.document,
            "operations": list(self.operations),
            "without_data": list(self.without_data),
            "without_pass_role": list(self.without_pass_role),
            "characters": self.characters,
            "fits_managed_policy": self.characters <= MANAGED_LIMIT,
        }


def iam_policy(
    policy: Policy, operations: Iterable[Operation], target: Target, region: str
) -> IamPolicy:
    """Return the IAM policy for a target; raises ``UnknownTarget``.

    Operations that only certain arguments or callers let through are among them, and
    freezes are left out: they end.
    """
    actions: dict[Effect, set[str]] = {effect: set() for effect in _SIDS}
    chosen, unknown, kept_from_passing = [], [], []
    for operation in sorted(operations, key=lambda operation: operation.id):
        request = request_for(operation, target, region, None, principal=None, now=None)
        effect = _effect(policy, request)
        if effect is Effect.DENY:
            continue
        chosen.append(operation.id)
        if not operation.iam_actions:
            unknown.append(operation.id)
        wanted = set(operation.iam_actions)
        if PASS_ROLE in wanted and not _may_pass(policy, request):
            wanted.discard(PASS_ROLE)
            kept_from_passing.append(operation.id)
        actions[effect] |= wanted
    actions[Effect.APPROVE] -= actions[Effect.ALLOW]
    document = _document(actions)
    return IamPolicy(
        document,
        tuple(chosen),
        tuple(unknown),
        tuple(kept_from_passing),
        len(canonical_json(document)),
    )


def _document(actions: Mapping[Effect, set[str]]) -> dict[str, Any]:
    """Return an IAM policy with a statement for each effect that has actions."""
    statements = [
        {
            "Sid": _SIDS[effect],
            "Effect": "Allow",
            "Action": sorted(names),
            "Resource": "*",
        }
        for effect, names in actions.items()
        if names
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _effect(policy: Policy, request: PolicyRequest) -> Effect:
    """Return the mildest effect that any request of the operation can get."""
    decision = decide(policy, request)
    if decision.effect is not Effect.DENY or not decision.is_provisional:
        return decision.effect
    may = {
        match.rule.effect
        for match in match_rules(policy, request)
        if match.holds is None and speaks_for(match.rule, request)
    }
    if Effect.ALLOW in may:
        return Effect.ALLOW
    return Effect.APPROVE if Effect.APPROVE in may else Effect.DENY


def _may_pass(policy: Policy, request: PolicyRequest) -> bool:
    """Say whether a request that passes a role can be let through."""
    is_raised = request.risk is not Risk.PERMISSIONS
    raised = request._replace(risk=Risk.PERMISSIONS, is_raised=is_raised)
    return _effect(policy, raised) is not Effect.DENY
