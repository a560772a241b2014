"""The judgement: one request and one policy in, one decision out.

Owns the order of precedence and the words of a decision. Pure: no clock, no files, no
AWS. Deny stands above approve, approve above allow, and the order of rules in the file
never matters; where no rule speaks the risk's default decides.
"""

from typing import NamedTuple

from ..errors import UnknownTarget
from .model import (
    Decision,
    Effect,
    Policy,
    PolicyRequest,
    Reason,
    RequiredTags,
    Rule,
)
from .tags import missing_tag
from .values import condition_holds


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
    if deciding.effect is not Effect.DENY:
        refused, notes, unknown = _by_tags(policy, request)
        is_provisional = is_provisional or unknown
        others += notes
        if refused:
            others = [deciding._replace(effect=None), *refused[1:], *others]
            deciding = refused[0]
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
        holds, note = _when_holds(rule, request)
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


def _when_holds(rule: Rule, request: PolicyRequest) -> tuple[bool | None, str]:
    when = rule.when
    if when.targets and request.target.name not in when.targets:
        return False, f"target is not {_either(when.targets)}"
    if when.regions and request.region not in when.regions:
        return False, f"region is not {_either(when.regions)}"
    if when.arguments and request.arguments is None:
        return None, f"depends on {_both([path for path, _ in when.arguments])}"
    for path, pattern in when.arguments:
        assert request.arguments is not None
        if not condition_holds(request.arguments, path, pattern, rule.effect):
            return False, f"argument `{path}` is not `{pattern.text}`"
    return True, ""


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


def _by_tags(
    policy: Policy, request: PolicyRequest
) -> tuple[list[Reason], list[Reason], bool]:
    """Return the refusals, the remarks, and whether arguments were needed."""
    refused: list[Reason] = []
    notes: list[Reason] = []
    unknown = False
    for required in policy.required_tags:
        if not any(p.matches(request.operation) for p in required.operations):
            continue
        if request.tags is None:
            text = "required tags do not apply: the operation takes no tags"
            notes.append(Reason(required.by, None, text))
        elif request.arguments is None:
            unknown = True
            keys = _both([key for key, _ in required.tags])
            text = f"required tags may deny: the request must carry {keys}"
            notes.append(Reason(required.by, None, text))
        else:
            reason = _tags_reason(required, request)
            (refused if reason.effect else notes).append(reason)
    return refused, notes, unknown


def _tags_reason(required: RequiredTags, request: PolicyRequest) -> Reason:
    assert request.arguments is not None
    assert request.tags is not None
    problem = missing_tag(request.arguments, request.tags, required.tags)
    if problem is None:
        return Reason(required.by, None, "required tags are there")
    return Reason(required.by, Effect.DENY, f"required {problem}")


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _both(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
