"""Rules that change nothing because others stand above them.

Owns that question, judged operation by operation over the catalog: a rule is shadowed
when an unconditional one decides everything that it matches. Conditions of the rule
itself do not matter, those of the other would.
"""

from collections.abc import Iterator, Mapping, Sequence

from ..operation import Operation
from .finding import Finding, listed
from .model import Effect, Policy, Rule, When

_RANK = {Effect.DENY: 0, Effect.APPROVE: 1, Effect.ALLOW: 2}


def shadows(
    policy: Policy, matched: Mapping[str, Sequence[Operation]]
) -> Iterator[Finding]:
    """Yield the rules that are shadowed; ``matched`` is what each rule matches."""
    for rule in policy.rules:
        hits = matched[rule.by]
        if not hits:
            continue
        above = [other for other in policy.rules if _stands_above(other, rule)]
        covering = [
            other
            for other in above
            if any(_decides(policy, other, operation, rule) for operation in hits)
        ]
        if covering and all(
            any(_decides(policy, other, operation, rule) for other in covering)
            for operation in hits
        ):
            names = ", ".join(f"`{other.id}`" for other in covering)
            text = f"is shadowed: all that it matches is decided by {names}"
            yield Finding(rule.by, "shadowed", text, None, listed(hits))
            continue
        yield from _without_effect(policy, rule, hits)


def _stands_above(other: Rule, rule: Rule) -> bool:
    """Say whether ``other`` wins wherever both speak, whatever its place."""
    if other is rule or other.when != When():
        return False
    if _RANK[other.effect] != _RANK[rule.effect]:
        return _RANK[other.effect] < _RANK[rule.effect]
    # Of two that are alike the later one is the redundant one.
    return rule.when != When() or other.id < rule.id


def _decides(policy: Policy, other: Rule, operation: Operation, rule: Rule) -> bool:
    """Say whether ``other`` leaves nothing to ``rule`` for an operation.

    Where the default is to deny, naming the operation is something to do.
    """
    hits = [p for p in other.patterns if p.matches(operation.id)]
    if not hits or not set(rule.permits) <= set(other.permits) | _denied(other):
        return False
    if other.effect is Effect.DENY:
        return True
    if policy.risks[operation.risk] is not Effect.DENY:
        return True
    names = any(p.names(operation.id) for p in rule.patterns)
    return not names or any(p.names(operation.id) for p in hits)


def _denied(other: Rule) -> set[str]:
    return set(_EVERY) if other.effect is Effect.DENY else set()


_EVERY = ("read", "sensitive", "write", "execute", "permissions", "destructive")


def _without_effect(
    policy: Policy, rule: Rule, hits: Sequence[Operation]
) -> Iterator[Finding]:
    """Find an allow or approve rule that says what the defaults say anyway."""
    if rule.effect is Effect.DENY or rule.permits:
        return
    if all(policy.risks[operation.risk] is rule.effect for operation in hits) and not (
        _overrules(policy, rule, hits)
    ):
        text = f"changes nothing: all that it matches is `{rule.effect}` by default"
        yield Finding(rule.by, "no-effect", text, None, listed(hits))


def _overrules(policy: Policy, rule: Rule, hits: Sequence[Operation]) -> bool:
    """Say whether an approve rule stands above an allow rule for something."""
    return rule.effect is Effect.APPROVE and any(
        other.effect is Effect.ALLOW
        and any(p.matches(operation.id) for p in other.patterns for operation in hits)
        for other in policy.rules
    )
