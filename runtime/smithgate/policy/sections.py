"""The sections of a policy file: what each key means and what it may hold.

Owns the vocabulary of ``policy.yaml`` and its defaults. ``policy.schema.json`` says the
same for editors, as far as a schema can; a test holds the two against each other. A new
section is a reader here and a line in ``load``.
"""

from collections.abc import Iterable, Mapping

from .document import Node, Scalar, Table
from .fields import (
    boolean,
    choice,
    integer,
    pattern,
    patterns,
    record,
    refuse,
    sequence,
    table,
    text,
    texts,
    unknown,
)
from .model import ApprovalRule, Effect, RequiredTags, Rule, Target, When
from .pattern import Pattern
from .quoting import quote
from .regions import known_regions

RISK_DEFAULTS: Mapping[str, Effect] = {
    "read": Effect.ALLOW,
    "sensitive": Effect.DENY,
    "write": Effect.APPROVE,
    "execute": Effect.DENY,
    "permissions": Effect.DENY,
    "destructive": Effect.DENY,
}
"""Every risk and what happens when neither a rule nor the file speaks."""

APPROVAL_DEFAULTS: Mapping[str, ApprovalRule] = {
    "read": ApprovalRule(count=1, ttl_s=3600),
    "sensitive": ApprovalRule(count=1, ttl_s=900),
    "write": ApprovalRule(count=1, ttl_s=3600),
    "execute": ApprovalRule(count=1, ttl_s=900),
    "permissions": ApprovalRule(count=1, ttl_s=900),
    "destructive": ApprovalRule(count=1, ttl_s=900),
}
"""What an approval takes where the file does not say: one yes, good for an hour, or for
15 minutes where more is at stake."""

MAX_COUNT = 10
"""Most people that an approval can ask for."""
MAX_TTL_S = 7 * 86400
"""Longest life of an approval."""
MAX_NAME_CHARS = 64
"""Longest target name or rule id."""
MAX_TAG_KEY_CHARS = 128
"""Longest tag key; AWS's own limit."""

_ACCOUNT_DIGITS = 12  # AWS's own length
_EFFECTS = tuple(effect.value for effect in Effect)
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_NAME_CHARS = _LETTERS | _DIGITS | {"-", "_"}
_MEMBER_CHARS = _NAME_CHARS | {":"}
_ROLE_PATH_CHARS = _LETTERS | _DIGITS | frozenset("+=,.@_/-")


def read_targets(node: Node) -> dict[str, Target]:
    """Return the targets by name, sorted."""
    targets: dict[str, Target] = {}
    default: str | None = None
    for key, entry in table(node, "targets").items():
        _name(entry.key, "a target's name")
        target = _target(key, entry.value)
        if target.is_default and default is not None:
            message = f"targets {quote(default)} and {quote(key)} are both the default"
            refuse(entry.key, message, "keep `default: true` on one of them")
        if target.is_default:
            default = key
        targets[key] = target
    return {name: targets[name] for name in sorted(targets)}


def _target(name: str, node: Node) -> Target:
    what = f"targets.{name}"
    keys = ("account", "role_arn", "regions", "default")
    fields = record(node, what, keys=keys, required=("account", "regions"))
    account = text(fields["account"], f"{what}.account")
    if len(account) != _ACCOUNT_DIGITS or not set(account) <= _DIGITS:
        refuse(fields["account"], f"`{what}.account` must be twelve digits")
    regions = texts(fields["regions"], f"{what}.regions")
    partition = _partition(regions)
    role_arn = None
    if "role_arn" in fields:
        role_arn = text(fields["role_arn"], f"{what}.role_arn")
        _check_role(fields["role_arn"], role_arn, account, partition)
    is_default = "default" in fields and boolean(fields["default"], f"{what}.default")
    names = tuple(region for region, _ in regions)
    return Target(name, account, role_arn, names, is_default)


def _partition(regions: Iterable[tuple[str, Scalar]]) -> str:
    """Return the one partition that the regions are in."""
    found: str | None = None
    for region, node in regions:
        partition = _known_region(region, node)
        if found is not None and partition != found:
            message = f"{quote(region)} is in partition `{partition}`, not `{found}`"
            refuse(node, message, "an account is in one partition: use two targets")
        found = partition
    assert found is not None  # a list has at least one item
    return found


def _known_region(region: str, node: Scalar) -> str:
    partition = known_regions().get(region)
    if partition is None:
        from difflib import get_close_matches  # only a wrong policy pays for it

        near = get_close_matches(region, list(known_regions()), n=3)
        hint = f"near: {', '.join(near)}" if near else "use a region's own name"
        refuse(node, f"{quote(region)} is not an AWS region", hint)
    return partition


def _check_role(node: Node, role_arn: str, account: str, partition: str) -> None:
    start = f"arn:{partition}:iam::{account}:role/"
    path = role_arn.removeprefix(start)
    if path == role_arn or not path or not set(path) <= _ROLE_PATH_CHARS:
        message = f"{quote(role_arn)} is not a role of this target's account"
        refuse(node, message, f"it must look like `{start}NAME`")


def read_risks(node: Node) -> dict[str, Effect]:
    """Return the effect of every risk, defaults filled in."""
    fields = record(node, "risks", keys=tuple(RISK_DEFAULTS))
    _not_empty(node, "risks")
    said = {
        risk: Effect(choice(value, f"risks.{risk}", _EFFECTS))
        for risk, value in fields.items()
    }
    return {**RISK_DEFAULTS, **said}


def read_rules(node: Node, targets: Mapping[str, Target]) -> tuple[Rule, ...]:
    """Return the rules in file order; their ids are unique."""
    rules: dict[str, Rule] = {}
    for index, item in enumerate(sequence(node, "rules")):
        rule, id_node = _rule(item, f"rules[{index}]", targets)
        if rule.id in rules:
            refuse(id_node, f"rule id {quote(rule.id)} is given twice")
        rules[rule.id] = rule
    return tuple(rules.values())


def _rule(node: Node, what: str, targets: Mapping[str, Target]) -> tuple[Rule, Node]:
    keys = ("id", *_EFFECTS, "when", "why")
    fields = record(node, what, keys=keys, required=("id",))
    rule_id = _name(fields["id"], f"{what}.id")
    effects = [effect for effect in Effect if effect.value in fields]
    if len(effects) != 1:
        message = f"`{what}` must have exactly one of `allow`, `approve` and `deny`"
        refuse(node, message)
    effect = effects[0]
    when = When()
    if "when" in fields:
        when = _when(fields["when"], f"{what}.when", effect, targets)
    rule = Rule(
        id=rule_id,
        effect=effect,
        patterns=patterns(fields[effect.value], f"{what}.{effect.value}"),
        when=when,
        why=text(fields["why"], f"{what}.why") if "why" in fields else None,
    )
    return rule, fields["id"]


def _when(node: Node, what: str, effect: Effect, targets: Mapping[str, Target]) -> When:
    fields = record(node, what, keys=("targets", "regions", "arguments"))
    _not_empty(node, what)
    names = texts(fields["targets"], f"{what}.targets") if "targets" in fields else ()
    for name, scalar in names:
        if name not in targets:
            unknown(scalar, f"{quote(name)} is not a target", tuple(targets))
    regions = texts(fields["regions"], f"{what}.regions") if "regions" in fields else ()
    usable = {region for target in targets.values() for region in target.regions}
    for region, scalar in regions:
        _known_region(region, scalar)
        if region not in usable:
            message = f"no target has the region {quote(region)}"
            refuse(scalar, message, "the condition could never hold")
    arguments: tuple[tuple[str, Pattern], ...] = ()
    if "arguments" in fields:
        arguments = _arguments(fields["arguments"], f"{what}.arguments", effect)
    return When(
        targets=tuple(name for name, _ in names),
        regions=tuple(region for region, _ in regions),
        arguments=arguments,
    )


def _arguments(
    node: Node, what: str, effect: Effect
) -> tuple[tuple[str, Pattern], ...]:
    pairs = []
    for path, entry in table(node, what).items():
        segments = path.split(".")
        if not all(segment and set(segment) <= _MEMBER_CHARS for segment in segments):
            message = f"{quote(path)} is not a dotted path of member names"
            refuse(
                entry.key, message, "such as `Tagging.TagSet.Key`; lists need no mark"
            )
        # In a deny rule `.` matches a line end too: a value must not get past a
        # prohibition by holding one.
        dot_all = effect is Effect.DENY
        pairs.append((path, pattern(entry.value, f"{what}.{path}", dot_all=dot_all)))
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def read_required_tags(node: Node) -> tuple[RequiredTags, ...]:
    """Return the tag requirements in file order; given ids are unique."""
    found: list[RequiredTags] = []
    for index, item in enumerate(sequence(node, "required_tags")):
        what = f"required_tags[{index}]"
        keys = ("id", "operations", "tags")
        fields = record(item, what, keys=keys, required=("operations", "tags"))
        tag_id = _name(fields["id"], f"{what}.id") if "id" in fields else None
        if tag_id is not None and any(other.id == tag_id for other in found):
            refuse(fields["id"], f"required_tags id {quote(tag_id)} is given twice")
        operations = patterns(fields["operations"], f"{what}.operations")
        tags = _tags(fields["tags"], f"{what}.tags")
        found.append(RequiredTags(index, tag_id, operations, tags))
    return tuple(found)


def _tags(node: Node, what: str) -> tuple[tuple[str, Pattern], ...]:
    pairs = []
    for key, entry in table(node, what).items():
        text(entry.key, f"a key of {what}", longest=MAX_TAG_KEY_CHARS)
        pairs.append((key, pattern(entry.value, f"a value of {what}")))
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def read_approvals(node: Node) -> dict[str, ApprovalRule]:
    """Return what the approval of every risk takes, defaults filled in."""
    fields = record(node, "approvals", keys=tuple(APPROVAL_DEFAULTS))
    _not_empty(node, "approvals")
    said = {
        risk: _approval(value, f"approvals.{risk}", APPROVAL_DEFAULTS[risk])
        for risk, value in fields.items()
    }
    return {**APPROVAL_DEFAULTS, **said}


def _approval(node: Node, what: str, default: ApprovalRule) -> ApprovalRule:
    fields = record(node, what, keys=("count", "ttl"))
    _not_empty(node, what)
    count, ttl_s = default
    if "count" in fields:
        count = integer(fields["count"], f"{what}.count", lowest=1, highest=MAX_COUNT)
    if "ttl" in fields:
        ttl_s = _duration(fields["ttl"], f"{what}.ttl")
    return ApprovalRule(count, ttl_s)


def _duration(node: Node, what: str) -> int:
    value = text(node, what)
    digits, unit = value[:-1], value[-1]
    wellformed = digits and set(digits) <= _DIGITS and digits[0] != "0"
    if not wellformed or unit not in _UNITS:
        message = f"`{what}` must be a duration, not {quote(value)}"
        refuse(node, message, "such as `15m`, `1h` or `2d`")
    # Only the last few digits can matter: anything longer is over the limit anyway.
    seconds = int(digits[:9]) * _UNITS[unit]
    if seconds > MAX_TTL_S:
        refuse(node, f"`{what}` is longer than 7 days")
    return seconds


def _name(node: Node, what: str) -> str:
    value = text(node, what, longest=MAX_NAME_CHARS)
    if not set(value) <= _NAME_CHARS or value[0] in "-_":
        message = f"`{what}` cannot be {quote(value)}"
        refuse(
            node, message, "use letters, digits, `-` and `_`, a letter or digit first"
        )
    return value


def _not_empty(node: Node, what: str) -> None:
    if isinstance(node, Table) and not node.entries:
        refuse(node, f"`{what}` is empty", "name at least one key or leave it out")
