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
    subject: str
    """What it matches: the operation, or what the request amounts to."""
    is_other: bool
    """``subject`` is not the operation itself."""
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
    unknown = False
    above = _frozen(policy, request) + _unclear(request)
    if above:
        others = [deciding._replace(effect=None), *above[1:], *others]
        deciding = above[0]
    if deciding.effect is not Effect.DENY:
        asked, notes, unknown = judge_tags(policy, request, deciding.effect)
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
        is_provisional=unknown or _is_open(deciding, request, matches),
    )


def _is_open(deciding: Reason, request: PolicyRequest, matches: list[Match]) -> bool:
    """Say whether a rule whose conditions are not known could change the effect."""
    waiting = [match.rule for match in matches if match.holds is None]
    if deciding.effect is not Effect.DENY:
        return bool(waiting)
    # Only a default gives way to what a rule allows; other prohibitions stand.
    return deciding.by == f"risks.{request.risk}" and any(
        rule.effect is not Effect.DENY and speaks_for(rule, request) for rule in waiting
    )


def match_rules(policy: Policy, request: PolicyRequest) -> list[Match]:
    """Return every rule that matches the operation, by id, conditions judged.

    A deny rule is also held against everything that the request amounts to.
    """
    matches = []
    for rule in sorted(policy.rules, key=lambda rule: rule.id):
        found = _match(rule, request, request.operation)
        if rule.effect is Effect.DENY and (found is None or found.holds is False):
            found = _match_other(rule, request) or found
        if found is not None:
            matches.append(found)
    return matches


def _match(rule: Rule, request: PolicyRequest, subject: str) -> Match | None:
    fitting = [pattern for pattern in rule.patterns if pattern.matches(subject)]
    if not fitting:
        return None
    naming = [pattern for pattern in fitting if pattern.names(subject)]
    holds, note = when_holds(rule, request)
    chosen = (naming or fitting)[0]
    is_other = subject != request.operation
    return Match(rule, chosen.text, subject, is_other, bool(naming), holds, note)


def _match_other(rule: Rule, request: PolicyRequest) -> Match | None:
    """Return how a deny rule fits something that the request amounts to.

    Its conditions on arguments and tags speak of another operation's members, so they
    count as met.
    """
    when = rule.when._replace(arguments=(), tags=())
    for item in request.raised or ():
        for subject in item.judged_as:
            found = _match(rule._replace(when=when), request, subject)
            if found is not None and found.holds is not False:
                return found
    return None


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


def _unclear(request: PolicyRequest) -> list[Reason]:
    """Return a refusal for each argument by which nobody can tell what happens."""
    return [
        Reason(f"payload.{item.member}", Effect.DENY, item.why)
        for item in request.raised or ()
        if item.is_unclear
    ]


def _by_rules(
    policy: Policy, request: PolicyRequest, matches: list[Match]
) -> tuple[Reason, list[Reason]]:
    """Return the reason that decides before tags are looked at, and the others."""
    speaking = [match for match in matches if match.holds]
    silent = [_silent(match) for match in matches if not match.holds]
    default = policy.risks[request.risk]
    lifting = [match for match in speaking if match.rule.effect is not Effect.DENY]
    permits = [match for match in lifting if speaks_for(match.rule, request)]
    silent += [_unraised(match, request) for match in lifting if match not in permits]
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


def speaks_for(rule: Rule, request: PolicyRequest) -> bool:
    """Say whether an allow or approve rule is about the class that is judged.

    A class that arguments raise a request to is one that nobody had in mind who wrote
    the operation's name; the rule has to say that it is meant.
    """
    return not request.is_raised or request.risk in rule.permits


def _says(match: Match) -> Reason:
    rule = match.rule
    named = ", which names the operation" if match.is_named else ""
    if match.is_other:
        named = f" `{match.subject}`, which the request amounts to"
    text = f"rule `{rule.id}` says {rule.effect}: `{match.pattern}` matches{named}"
    return Reason(rule.by, rule.effect, text, rule.why)


def _unraised(match: Match, request: PolicyRequest) -> Reason:
    rule = match.rule
    text = (
        f"rule `{rule.id}` matches, but its `permits` lacks `{request.risk}`, which the"
        " arguments raise the risk to"
    )
    return Reason(rule.by, None, text, rule.why)


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
