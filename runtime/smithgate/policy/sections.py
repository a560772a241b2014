"""The sections of a policy file: what each key means and what it may hold.

Owns the vocabulary of ``policy.yaml`` and its defaults. ``policy.schema.json`` says the
same for editors, as far as a schema can; a test holds the two against each other. Rules
are read in ``rules``, limits and freezes in ``windows``. A new section is a reader and a
line in ``load``.
"""

from collections.abc import Iterable, Mapping

from .document import Node, Scalar
from .fields import (
    boolean,
    choice,
    integer,
    name,
    not_empty,
    patterns,
    record,
    refuse,
    sequence,
    table,
    tag_patterns,
    text,
    texts,
)
from .model import ApprovalRule, Effect, RequiredTags, Target
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
PAYLOADS = (
    "bypasses_lockout_check",
    "bypasses_protection",
    "carries_policy",
    "changes_retention",
    "deletes_items",
    "empties",
    "forces",
    "lifts_protection",
    "opens_access",
    "partiql_write",
    "passes_role",
    "public_principal",
    "removes",
    "reveals_secrets",
    "runs_command",
    "skips_copy",
    "sql_write",
    "stops_all",
    "user_data",
)
"""The texts of ``smithgate.operation.Payload``."""
UNTAGGED = ("ignore", "approve", "deny")
"""What may become of an operation that takes no tags; the first is the default."""

_ACCOUNT_DIGITS = 12  # AWS's own length
EFFECTS = tuple(effect.value for effect in Effect)
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_ROLE_PATH_CHARS = _LETTERS | _DIGITS | frozenset("+=,.@_/-")


def read_targets(node: Node) -> dict[str, Target]:
    """Return the targets by name, sorted."""
    targets: dict[str, Target] = {}
    default: str | None = None
    for key, entry in table(node, "targets").items():
        name(entry.key, "a target's name")
        target = _target(key, entry.value)
        if target.is_default and default is not None:
            message = f"targets {quote(default)} and {quote(key)} are both the default"
            refuse(entry.key, message, "keep `default: true` on one of them")
        if target.is_default:
            default = key
        targets[key] = target
    return {name: targets[name] for name in sorted(targets)}


_OF_SESSIONS = ("source_identity", "session_policy")


def _target(name: str, node: Node) -> Target:
    what = f"targets.{name}"
    keys = ("account", "role_arn", "regions", "default", *_OF_SESSIONS)
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
    return Target(
        name,
        account,
        role_arn,
        names,
        is_default,
        **{key: _of_session(fields, what, key) for key in _OF_SESSIONS},
    )


def _of_session(fields: Mapping[str, Node], what: str, key: str) -> bool:
    """Return what is said of the role's sessions, which need a role."""
    node = fields.get(key)
    if node is None:
        return False
    if "role_arn" not in fields:
        message = f"`{what}.{key}` without a `role_arn` has no session to be about"
        refuse(node, message, "name the role to assume, or leave it out")
    return boolean(node, f"{what}.{key}")


def _partition(regions: Iterable[tuple[str, Scalar]]) -> str:
    """Return the one partition that the regions are in."""
    found: str | None = None
    for region, node in regions:
        partition = known_region(region, node)
        if found is not None and partition != found:
            message = f"{quote(region)} is in partition `{partition}`, not `{found}`"
            refuse(node, message, "an account is in one partition: use two targets")
        found = partition
    assert found is not None  # a list has at least one item
    return found


def known_region(region: str, node: Scalar) -> str:
    """Return the partition of a region that exists."""
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
    not_empty(node, "risks")
    said = {
        risk: Effect(choice(value, f"risks.{risk}", EFFECTS))
        for risk, value in fields.items()
    }
    return {**RISK_DEFAULTS, **said}


def read_required_tags(node: Node) -> tuple[RequiredTags, ...]:
    """Return the tag requirements in file order; given ids are unique."""
    found: list[RequiredTags] = []
    for index, item in enumerate(sequence(node, "required_tags")):
        what = f"required_tags[{index}]"
        keys = ("id", "operations", "tags", "untagged")
        fields = record(item, what, keys=keys, required=("operations", "tags"))
        tag_id = name(fields["id"], f"{what}.id") if "id" in fields else None
        if tag_id is not None and any(other.id == tag_id for other in found):
            refuse(fields["id"], f"required_tags id {quote(tag_id)} is given twice")
        operations = patterns(fields["operations"], f"{what}.operations")
        tags = tag_patterns(fields["tags"], f"{what}.tags")
        untagged = UNTAGGED[0]
        if "untagged" in fields:
            untagged = choice(fields["untagged"], f"{what}.untagged", UNTAGGED)
        meant = None if untagged == UNTAGGED[0] else Effect(untagged)
        found.append(RequiredTags(index, tag_id, operations, tags, meant))
    return tuple(found)


def read_approvals(node: Node) -> dict[str, ApprovalRule]:
    """Return what the approval of every risk takes, defaults filled in."""
    fields = record(node, "approvals", keys=tuple(APPROVAL_DEFAULTS))
    not_empty(node, "approvals")
    said = {
        risk: _approval(value, f"approvals.{risk}", APPROVAL_DEFAULTS[risk])
        for risk, value in fields.items()
    }
    return {**APPROVAL_DEFAULTS, **said}


def _approval(node: Node, what: str, default: ApprovalRule) -> ApprovalRule:
    fields = record(node, what, keys=("count", "ttl"))
    not_empty(node, what)
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
