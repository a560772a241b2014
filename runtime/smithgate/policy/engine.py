"""The judgement: one request and one policy in, one decision out.

Owns the order of precedence and the words of a decision. Pure: no clock, no files, no
AWS; the moment is part of the request. A freeze stands above all, deny above approve,
approve above allow, and the order of rules in the file never matters; where no rule
speaks the risk's default decides.
"""

from typing import NamedTuple

from ..errors import UnknownTarget
from .conditions import when_holds
from .model import Decision, Effect, Policy, PolicyRequest, Reason, Rule
from .requirements import judge_tags


class Match(NamedTuple):
    """A rule one of whose patterns matches the operation, and whether it speaks."""

    rule: Rule
    pattern: str
    """The pattern that matches; one that names the operation if there is one."""
    is_named: bool
    """The pattern spells the operation out."""
    holds: bool | None
    """Whether ``when`` holds; ``None`` when that depends on unknown arguments."""
    note: str
    """What of ``when`` does not hold or is not known; empty when all holds."""


def decide(policy: Policy, request: PolicyRequest) -> Decision:
    """Return what a policy says of a request.

    Raises ``UnknownTarget`` when target or region are not the policy's own.
    """
    _check_target(policy, request)
    matches = match_rules(policy, request)
    deciding, others = _by_rules(policy, request, matches)
    is_provisional = any(match.holds is None for match in matches)
    frozen = _frozen(policy, request)
    if frozen:
        others = [deciding._replace(effect=None), *frozen[1:], *others]
        deciding = frozen[0]
    if deciding.effect is not Effect.DENY:
        asked, notes, unknown = judge_tags(policy, request, deciding.effect)
        is_provisional = is_provisional or unknown
        others += notes
        if asked:
            others = [deciding._replace(effect=None), *asked[1:], *others]
            deciding = asked[0]
    effect = deciding.effect
    assert effect is not None  # what decides has an effect
    return Decision(
        effect=effect,
        risk=request.risk,
        decided_by=deciding.by,
        reasons=(deciding, *others),
        approval=policy.approvals[request.risk] if effect is Effect.APPROVE else None,
        policy_digest=policy.digest,
        is_provisional=is_provisional,
    )


def match_rules(policy: Policy, request: PolicyRequest) -> list[Match]:
    """Return every rule that matches the operation, by id, conditions judged."""
    matches = []
    for rule in sorted(policy.rules, key=lambda rule: rule.id):
        fitting = [
            pattern for pattern in rule.patterns if pattern.matches(request.operation)
        ]
        if not fitting:
            continue
        naming = [pattern for pattern in fitting if pattern.names(request.operation)]
        holds, note = when_holds(rule, request)
        chosen = (naming or fitting)[0]
        matches.append(Match(rule, chosen.text, bool(naming), holds, note))
    return matches


def _check_target(policy: Policy, request: PolicyRequest) -> None:
    target = request.target
    if (
        policy.targets.get(target.name) != target
        or request.region not in target.regions
    ):
        message = "the request's target or region is not one of the policy"
        raise UnknownTarget(message, hint="take both from `Policy.target`")


def _frozen(policy: Policy, request: PolicyRequest) -> list[Reason]:
    """Return the freezes that the request falls into, in file order."""
    now = request.now
    if now is None:
        return []
    return [
        Reason(
            freeze.by,
            Effect.DENY,
            f"risk `{request.risk}` is frozen until {freeze.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            freeze.why,
        )
        for freeze in policy.freeze
        if freeze.starts_at <= now < freeze.ends_at
        and request.risk in freeze.risks
        and (not freeze.targets or request.target.name in freeze.targets)
    ]


def _by_rules(
    policy: Policy, request: PolicyRequest, matches: list[Match]
) -> tuple[Reason, list[Reason]]:
    """Return the reason that decides before tags are looked at, and the others."""
    speaking = [match for match in matches if match.holds]
    silent = [_silent(match) for match in matches if not match.holds]
    default = policy.risks[request.risk]
    permits = [match for match in speaking if match.rule.effect is not Effect.DENY]
    denies = [match for match in speaking if match.rule.effect is Effect.DENY]
    if denies:
        first, *rest = denies
        return _says(first), [_says(match) for match in rest] + silent
    # A default deny gives way to a written-out name only: `.*` must not open up what
    # nobody had in mind. Once named, the strictest matching rule counts.
    if permits and (
        default is not Effect.DENY or any(match.is_named for match in permits)
    ):
        # False sorts first: approve before allow, then by id as before.
        ranked = sorted(permits, key=lambda m: m.rule.effect is not Effect.APPROVE)
        return _says(ranked[0]), [_says(match) for match in ranked[1:]] + silent
    text = f"risk `{request.risk}` has the default `{default}`"
    deciding = Reason(f"risks.{request.risk}", default, text)
    return deciding, [_unnamed(match, request) for match in permits] + silent


def _says(match: Match) -> Reason:
    rule = match.rule
    named = ", which names the operation" if match.is_named else ""
    text = f"rule `{rule.id}` says {rule.effect}: `{match.pattern}` matches{named}"
    return Reason(rule.by, rule.effect, text, rule.why)


def _unnamed(match: Match, request: PolicyRequest) -> Reason:
    rule = match.rule
    text = (
        f"rule `{rule.id}` matched but does not name the operation: `{match.pattern}`"
        f" does not spell out `{request.operation.partition(':')[2]}`, which risk"
        f" `{request.risk}` asks for"
    )
    return Reason(rule.by, None, text, rule.why)


def _silent(match: Match) -> Reason:
    rule = match.rule
    if match.holds is None:
        text = f"rule `{rule.id}` may {rule.effect}: it {match.note}"
    else:
        text = f"rule `{rule.id}` does not apply: {match.note}"
    return Reason(rule.by, None, text, rule.why)
