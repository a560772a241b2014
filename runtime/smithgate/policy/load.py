"""From a policy file to a ``Policy``, or to an error with file, line and column.

Owns the order of the sections, the canonical form and its digest. There is no fallback:
a file that cannot be read in full is no policy (invariant I6).
"""

import os
import stat
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from ..canonical import digest_of
from ..errors import PolicyFileInvalid
from .approvers import Unsigned, canonical_approvers, read_approvers, read_unsigned
from .blind import BLIND_DEFAULTS, read_blind
from .cases import read_tests
from .document import MAX_FILE_BYTES, DocumentError, Table, parse_document
from .fields import integer, record, refuse
from .model import Freeze, Limits, Policy, PreflightChecks, RequiredTags, Rule, Target
from .preflight import read_preflight
from .rules import read_rules
from .sections import (
    APPROVAL_DEFAULTS,
    RISK_DEFAULTS,
    UNTAGGED,
    read_approvals,
    read_required_tags,
    read_risks,
    read_targets,
)
from .windows import read_freeze, read_limits

POLICY_VERSION = 1
"""The version of the file format that this release reads."""

_T = TypeVar("_T")
_KEYS = (
    "version",
    "targets",
    "risks",
    "rules",
    "required_tags",
    "approvals",
    "limits",
    "freeze",
    "approvers",
    "unsigned_approvals",
    "tests",
    "preflight",
    "blind",
)


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """Return the policy in a file.

    Raises ``PolicyFileInvalid`` with the fields ``file``, ``line`` and ``column`` (both
    from 1, ``None`` when the file cannot be read at all).
    """
    origin = os.fspath(path)
    return parse_policy(read_policy_file(origin), origin=origin)


def parse_policy(data: bytes, *, origin: str) -> Policy:
    """Return the policy in a text; ``origin`` names it in errors.

    Raises ``PolicyFileInvalid`` as ``load_policy`` does.
    """
    try:
        return _policy(parse_document(data))
    except DocumentError as problem:
        raise _invalid(origin, problem) from None


def read_policy_file(origin: str) -> bytes:
    """Return a policy file's bytes, one more than allowed at most.

    Raises ``PolicyFileInvalid`` when it is no regular file or cannot be read.
    """
    try:
        # Asked before opening: opening a FIFO would wait for a writer.
        mode = os.stat(origin).st_mode  # noqa: PTH116 -- no pathlib at start
        if not stat.S_ISREG(mode):
            raise _unreadable(origin, "not a regular file")
        with open(origin, "rb") as file:  # noqa: PTH123 -- no pathlib at start
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        raise _unreadable(origin, reason) from None


def _policy(root: Table) -> Policy:
    fields = record(root, "", keys=_KEYS, required=("version", "targets"))
    version = integer(fields["version"], "version", lowest=0, highest=10**6)
    if version != POLICY_VERSION:
        message = f"policy version {version} is not known"
        hint = f"this release reads version {POLICY_VERSION}"
        refuse(fields["version"], message, hint)
    targets = read_targets(fields["targets"])
    draft = _sections(fields, targets)
    if "tests" in fields:
        names = _deciding(draft)
        draft = draft._replace(tests=read_tests(fields["tests"], targets, names))
    canonical = _canonical(draft)
    return draft._replace(
        canonical=MappingProxyType(canonical), digest=digest_of(canonical)
    )


def _sections(fields: Mapping[str, Any], targets: Mapping[str, Target]) -> Policy:
    """Return the policy without its tests and digest; what is left out has a default."""

    def part(key: str, read: Callable[[Any], _T], default: _T) -> _T:
        return read(fields[key]) if key in fields else default

    return Policy(
        targets=MappingProxyType(dict(targets)),
        risks=MappingProxyType(part("risks", read_risks, dict(RISK_DEFAULTS))),
        rules=part("rules", lambda node: read_rules(node, targets), ()),
        required_tags=part("required_tags", read_required_tags, ()),
        approvals=MappingProxyType(
            part("approvals", read_approvals, dict(APPROVAL_DEFAULTS))
        ),
        limits=part("limits", read_limits, Limits()),
        freeze=part("freeze", lambda node: read_freeze(node, targets), ()),
        approvers=MappingProxyType(
            part("approvers", lambda node: read_approvers(node, targets), {})
        ),
        unsigned=part("unsigned_approvals", read_unsigned, Unsigned()),
        tests=(),
        preflight=part("preflight", read_preflight, PreflightChecks()),
        blind=MappingProxyType(part("blind", read_blind, dict(BLIND_DEFAULTS))),
        canonical=MappingProxyType({}),
        digest="",
    )


def _deciding(policy: Policy) -> tuple[str, ...]:
    """Return everything that a decision can be decided by."""
    return (
        *(f"risks.{risk}" for risk in policy.risks),
        *(rule.by for rule in policy.rules),
        *(required.by for required in policy.required_tags),
        *(freeze.by for freeze in policy.freeze),
    )


def _canonical(policy: Policy) -> dict[str, Any]:
    """Return the policy as JSON values: what it says, not how it was written.

    Rules and requirements keep their order, in which ``required_tags[0]`` counts.
    """
    return {
        "version": POLICY_VERSION,
        "targets": {
            name: {
                "account": target.account,
                "role_arn": target.role_arn,
                "regions": list(target.regions),
                "default": target.is_default,
            }
            # Left out when not given, so that digests of older files stay.
            | ({"source_identity": True} if target.source_identity else {})
            | ({"session_policy": True} if target.session_policy else {})
            for name, target in policy.targets.items()
        },
        "risks": {risk: effect.value for risk, effect in policy.risks.items()},
        "rules": [_rule(rule) for rule in policy.rules],
        "required_tags": [_required(item) for item in policy.required_tags],
        "approvals": {
            risk: {"count": approval.count, "ttl_s": approval.ttl_s}
            for risk, approval in policy.approvals.items()
        },
        "limits": {
            **policy.limits._asdict(),
            "applies_per_hour": dict(policy.limits.applies_per_hour),
        },
        "freeze": [_freeze(freeze) for freeze in policy.freeze],
        **canonical_approvers(policy.approvers, policy.unsigned),
        "preflight": policy.preflight._asdict(),
        "blind": {risk: effect.value for risk, effect in policy.blind.items()},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    when = rule.when
    return {
        "id": rule.id,
        rule.effect.value: [pattern.text for pattern in rule.patterns],
        "when": {
            "targets": list(when.targets),
            "regions": list(when.regions),
            "arguments": _texts(dict(when.arguments)),
            "tags": _texts(dict(when.tags)),
            "principals": [pattern.text for pattern in when.principals],
            "payload": list(when.payload),
        },
        "permits": list(rule.permits),
        "why": rule.why,
    }


def _required(required: RequiredTags) -> dict[str, Any]:
    return {
        "id": required.id,
        "operations": [pattern.text for pattern in required.operations],
        "tags": _texts(dict(required.tags)),
        "untagged": str(required.untagged or UNTAGGED[0]),
    }


def _freeze(freeze: Freeze) -> dict[str, Any]:
    return {
        "id": freeze.id,
        "from": freeze.starts_at.isoformat(),
        "until": freeze.ends_at.isoformat(),
        "risks": list(freeze.risks),
        "targets": list(freeze.targets),
        "why": freeze.why,
    }


def _texts(patterns: Mapping[str, Any]) -> dict[str, str]:
    return {key: pattern.text for key, pattern in patterns.items()}


def _invalid(origin: str, problem: DocumentError) -> PolicyFileInvalid:
    place = f"line {problem.line} column {problem.column}"
    return PolicyFileInvalid(
        f"policy file `{_shown(origin)}` {place}: {problem.message}",
        hint=problem.hint or "docs/policy.md describes every key",
        file=origin,
        line=problem.line,
        column=problem.column,
    )


def _unreadable(origin: str, reason: str) -> PolicyFileInvalid:
    return PolicyFileInvalid(
        f"policy file `{_shown(origin)}` cannot be read: {reason}",
        hint="name a readable file; without a policy nothing runs",
        file=origin,
        line=None,
        column=None,
    )


def _shown(origin: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in origin)
