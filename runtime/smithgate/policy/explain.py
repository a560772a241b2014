"""What a policy does, as data for a person: one operation, or every rule.

Owns the answers behind ``smithgate policy explain`` and nothing of how they look. The
server does not load this module.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from ..operation import Risk
from .engine import Match, match_rules
from .model import Effect, Policy, PolicyRequest, Rule, When
from .pattern import Pattern
from .raised import decide_raised

FIRST_NAMES = 5
"""How many matching operations a survey names."""


class CatalogEntry(Protocol):
    """What is needed to know of an operation: the catalog's entries have it."""

    @property
    def id(self) -> str:
        """Canonical id."""
        ...

    @property
    def risk(self) -> Risk:
        """The operation's risk."""
        ...


class _Row(NamedTuple):
    """An operation that a rule matches."""

    id: str
    risk: str
    is_named: bool


def explain_request(policy: Policy, request: PolicyRequest) -> dict[str, Any]:
    """Return the decision on a request and every rule that matches the operation."""
    return {
        "operation": request.operation,
        "risk": str(request.risk),
        "target": request.target.name,
        "region": request.region,
        "raised": [item.as_dict() for item in request.raised or ()],
        "decision": decide_raised(policy, request).as_dict(),
        "rules": [_match(match) for match in match_rules(policy, request)],
        "required_tags": [
            required.by
            for required in policy.required_tags
            if any(p.matches(request.operation) for p in required.operations)
        ],
    }


def _match(match: Match) -> dict[str, Any]:
    rule = match.rule
    return {
        "by": rule.by,
        "pattern": match.pattern,
        "effect": rule.effect.value,
        "names_operation": match.is_named,
        "applies": match.holds,
        "verdict": _verdict(match),
        "note": match.note,
        "why": rule.why,
    }


def _verdict(match: Match) -> str:
    """Return ``allow``, ``may deny`` and so on, or ``none`` where ``when`` fails."""
    if match.holds is None:
        return f"may {match.rule.effect}"
    return match.rule.effect.value if match.holds else "none"


def survey(policy: Policy, entries: Iterable[CatalogEntry]) -> dict[str, Any]:
    """Return what every rule and tag requirement matches in a catalog."""
    operations = [(entry.id, str(entry.risk)) for entry in entries]
    rules = [_survey_rule(policy, rule, operations) for rule in policy.rules]
    required = []
    for item in policy.required_tags:
        rows, per_pattern = _rows(item.operations, operations)
        required.append({"by": item.by, **_counts(rows), "patterns": per_pattern})
    return {
        "policy_digest": policy.digest,
        "operations": len(operations),
        "risks": {
            risk: {
                "default": effect.value,
                "operations": sum(other == risk for _, other in operations),
            }
            for risk, effect in policy.risks.items()
        },
        "rules": rules,
        "required_tags": required,
        "matches_nothing": [
            row["by"] for row in [*rules, *required] if row["matches"] == 0
        ],
    }


def _survey_rule(
    policy: Policy, rule: Rule, operations: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    rows, per_pattern = _rows(rule.patterns, operations)
    powerless = [
        row
        for row in rows
        if rule.effect is not Effect.DENY
        and policy.risks[row.risk] is Effect.DENY
        and not row.is_named
    ]
    return {
        "by": rule.by,
        "effect": rule.effect.value,
        "has_conditions": rule.when != When(),
        "why": rule.why,
        **_counts(rows),
        # Matched, and denied all the same: the pattern does not spell them out.
        "not_named": _counts(powerless),
        "patterns": per_pattern,
    }


def _rows(
    patterns: Sequence[Pattern], operations: Sequence[tuple[str, str]]
) -> tuple[list[_Row], list[dict[str, Any]]]:
    """Return the operations that any pattern matches, and each pattern's own count."""
    found: dict[str, _Row] = {}
    per_pattern = []
    for pattern in patterns:
        hits = [(name, risk) for name, risk in operations if pattern.matches(name)]
        per_pattern.append({"pattern": pattern.text, "matches": len(hits)})
        for name, risk in hits:
            known = name in found and found[name].is_named
            found[name] = _Row(name, risk, known or pattern.names(name))
    return [found[name] for name in sorted(found)], per_pattern


def _counts(rows: Sequence[_Row]) -> dict[str, Any]:
    by_risk: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.risk):
        by_risk[row.risk] = by_risk.get(row.risk, 0) + 1
    return {
        "matches": len(rows),
        "by_risk": by_risk,
        "first": [row.id for row in rows[:FIRST_NAMES]],
    }
