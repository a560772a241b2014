"""What the tests of policy share: small policy files, and decisions on them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from smithgate import Change, Risk, Tags
from smithgate.errors import PolicyFileInvalid
from smithgate.policy import (
    Decision,
    Effect,
    Policy,
    PolicyRequest,
    decide,
    parse_policy,
)
from smithgate.policy.model import Raised

HEAD = """\
version: 1
targets:
  dev:
    account: "111111111111"
    regions: [eu-west-1]
"""
"""Five lines; what a test adds starts in line 6."""

TARGETS = {
    "dev": {
        "account": "111111111111",
        "regions": ["eu-west-1", "us-east-1"],
        "default": True,
    },
    "prod": {"account": "222222222222", "regions": ["eu-west-1"]},
}
OPERATION = "sqs:DeleteQueue"
EFFECTS = list(Effect)
RISKS = list(Risk)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NO_ARGUMENTS: Mapping[str, Any] = {}


def parse(text: str | bytes) -> Policy:
    data = text if isinstance(text, bytes) else text.encode()
    return parse_policy(data, origin="policy.yaml")


def refused(text: str | bytes) -> PolicyFileInvalid:
    """Return how a policy file is refused: in one line, with the name of the file."""
    with pytest.raises(PolicyFileInvalid) as caught:
        parse(text)
    error = caught.value
    assert "\n" not in error.message
    assert not error.message.endswith(".")
    assert error.fields["file"] == "policy.yaml"
    return error


def policy_of(**sections: Any) -> Policy:
    """Return a policy of the two targets and more sections."""
    # JSON is YAML, and easier to make.
    return parse(json.dumps({"version": 1, "targets": TARGETS, **sections}))


def rule(effect: str, *patterns: str, name: str = "r", **more: Any) -> dict[str, Any]:
    return {"id": name, str(effect): list(patterns), **more}


def asked(
    policy: Policy,
    operation: str = OPERATION,
    risk: Risk = Risk.WRITE,
    *,
    target: str | None = None,
    region: str | None = None,
    arguments: Mapping[str, Any] | None = NO_ARGUMENTS,
    tags: Tags | None = None,
    principal: str | None = "mcp:test",
    now: datetime | None = NOW,
    raised: tuple[Raised, ...] = (),
) -> PolicyRequest:
    """Return a request; ``None`` stands for arguments that nobody knows yet."""
    chosen, chosen_region = policy.target(target, region)
    return PolicyRequest(
        operation=operation,
        risk=risk,
        target=chosen,
        region=chosen_region,
        arguments=arguments,
        tags=tags,
        change=Change.OTHER,
        principal=principal,
        now=now,
        raised=raised,
    )


def judge(policy: Policy, *operation: Any, **more: Any) -> Decision:
    """Decide on one request; takes what ``asked`` takes."""
    return decide(policy, asked(policy, *operation, **more))
