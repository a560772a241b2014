"""What looks wrong about a policy, held against a catalog.

Owns the findings about single rules and requirements. What two rules make of each other
is ``shadows``'s business, what a pattern only matches by accident ``accidents``'s. Nothing
here changes a decision; the server does not load this module.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from ..operation import Operation, Payload, Risk
from .accidents import accidents
from .finding import Finding, listed
from .model import Effect, Freeze, Policy, RequiredTags, Rule
from .pattern import Pattern
from .shadows import shadows

HasPath = Callable[[str, str], bool]
"""Whether an operation's input can have a value at a dotted path."""


def lint(
    policy: Policy,
    operations: Sequence[Operation],
    has_path: HasPath,
    now: datetime,
) -> list[Finding]:
    """Return what looks wrong, in file order of the rules."""
    found: list[Finding] = []
    matched: dict[str, list[Operation]] = {}
    for rule in policy.rules:
        hits = matched[rule.by] = _matching(rule.patterns, operations)
        found += _patterns(rule.by, rule.patterns, operations)
        if hits:
            found += _rule(policy, rule, hits, operations, has_path)
    found += shadows(policy, matched)
    for required in policy.required_tags:
        found += _required(required, operations)
    found += [item for freeze in policy.freeze for item in _freeze(freeze, now)]
    return found


def _matching(
    patterns: Sequence[Pattern], operations: Sequence[Operation]
) -> list[Operation]:
    return [
        operation
        for operation in operations
        if any(pattern.matches(operation.id) for pattern in patterns)
    ]


def _patterns(
    by: str, patterns: Sequence[Pattern], operations: Sequence[Operation]
) -> Iterator[Finding]:
    """Find patterns that match nothing, or something by accident."""
    for pattern in patterns:
        hits = _matching([pattern], operations)
        if not hits:
            text = "matches nothing in the catalog"
            yield Finding(by, "matches-nothing", text, pattern.text)
        else:
            yield from accidents(by, pattern, hits, operations)


def _rule(
    policy: Policy,
    rule: Rule,
    hits: Sequence[Operation],
    operations: Sequence[Operation],
    has_path: HasPath,
) -> Iterator[Finding]:
    if rule.effect is not Effect.DENY:
        yield from _powerless(policy, rule, hits)
        for pattern in rule.patterns:
            yield from _mixed(rule.by, pattern, _matching([pattern], operations))
    yield from _conditions(policy, rule, hits, has_path)


def _powerless(
    policy: Policy, rule: Rule, hits: Sequence[Operation]
) -> Iterator[Finding]:
    """Find what a rule matches without lifting the default deny of its risk."""
    powerless = [
        operation
        for operation in hits
        if policy.risks[operation.risk] is Effect.DENY
        and not any(pattern.names(operation.id) for pattern in rule.patterns)
    ]
    if powerless:
        text = (
            f"does not lift the default deny of {len(powerless)} operations, since it"
            " does not name them"
        )
        yield Finding(rule.by, "not-named", text, None, listed(powerless))


def _mixed(by: str, pattern: Pattern, hits: Sequence[Operation]) -> Iterator[Finding]:
    """Find a pattern with a wildcard that reaches more risks than most of it has."""
    unnamed = [operation for operation in hits if not pattern.names(operation.id)]
    counts = Counter(operation.risk for operation in unnamed)
    if len(counts) < 2:  # noqa: PLR2004 -- one risk is what a text suggests
        return
    main, number = counts.most_common(1)[0]
    others = [operation for operation in unnamed if operation.risk is not main]
    told = ", ".join(
        f"{count} {risk}" for risk, count in sorted(counts.items()) if risk is not main
    )
    text = f"matches {number} operations of risk {main}, and also {told}"
    yield Finding(by, "more-risks", text, pattern.text, listed(others))


def _conditions(
    policy: Policy, rule: Rule, hits: Sequence[Operation], has_path: HasPath
) -> Iterator[Finding]:
    """Find conditions that no request of a matched operation can meet."""
    when = rule.when
    if when.targets and when.regions:
        reached = {r for name in when.targets for r in policy.targets[name].regions}
        if not reached & set(when.regions):
            text = "none of its targets has one of its regions: it never holds"
            yield Finding(rule.by, "never-holds", text)
    for path, _ in when.arguments:
        if not any(has_path(operation.id, path) for operation in hits):
            text = f"no operation that it matches has the argument `{path}`"
            yield Finding(rule.by, "unknown-argument", text, None, listed(hits))
    if when.tags and all(operation.tags is None for operation in hits):
        text = "asks for tags, and no operation that it matches takes any"
        yield Finding(rule.by, "no-tags", text, None, listed(hits))
    yield from _payload(rule, hits)


def _payload(rule: Rule, hits: Sequence[Operation]) -> Iterator[Finding]:
    words = {str(r.payload) for operation in hits for r in operation.raises}
    risks = {r.risk for operation in hits for r in operation.raises}
    if any(operation.risk not in {Risk.READ, Risk.SENSITIVE} for operation in hits):
        words.add(str(Payload.PUBLIC_PRINCIPAL))
        risks.add(Risk.PERMISSIONS)
    for word in rule.when.payload:
        if word not in words:
            text = f"no operation that it matches can be `{word}`"
            yield Finding(rule.by, "no-payload", text, None, listed(hits))
    for risk in rule.permits:
        if risk not in risks:
            text = (
                f"no arguments raise what it matches to `{risk}`: leave `permits` out"
            )
            yield Finding(rule.by, "no-payload", text, None, listed(hits))


def _required(
    required: RequiredTags, operations: Sequence[Operation]
) -> Iterator[Finding]:
    yield from _patterns(required.by, required.operations, operations)
    hits = _matching(required.operations, operations)
    if hits and required.untagged is None:
        untagged = [operation for operation in hits if operation.tags is None]
        if len(untagged) == len(hits):
            text = (
                "no operation that it matches takes tags, and `untagged` ignores them"
            )
            yield Finding(required.by, "no-tags", text, None, listed(hits))


def _freeze(freeze: Freeze, now: datetime) -> Iterator[Finding]:
    if freeze.ends_at <= now:
        yield Finding(freeze.by, "over", f"is over since {freeze.ends_at.isoformat()}")
