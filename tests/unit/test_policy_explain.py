"""Explaining: one operation, and every rule over a catalog."""

import json
from types import SimpleNamespace

from policy_kit import asked
from smithgate import Risk, Tags, TagStyle
from smithgate.policy import parse_policy
from smithgate.policy.explain import explain_request, survey

POLICY = parse_policy(
    b"""\
version: 1
targets:
  dev: {account: "111111111111", regions: [eu-west-1, us-east-1], default: true}
  prod: {account: "222222222222", regions: [eu-west-1]}
rules:
  - {id: queues, allow: ["sqs:.*", "sqs:CreateQueue"]}
  - id: one-queue
    approve: ["sqs:(DeleteQueue|PurgeQueues)"]
    when: {arguments: {QueueUrl: ".*/agent-.*"}}
    why: agents clean up
  - {id: no-prod, deny: [".*:Delete.*"], when: {targets: [prod]}}
  - {id: secret-buckets, deny: ["s3:.*"], when: {arguments: {Bucket: "secret-.*"}}}
  - {id: nothing, deny: ["sqs:Delet", "DeleteQueue"]}
required_tags:
  - {id: owned, operations: ["sqs:Create.*"], tags: {Owner: ".+"}}
  - {operations: ["ec2:.*"], tags: {Owner: ".+"}}
""",
    origin="policy.yaml",
)


class Entry(SimpleNamespace):
    pass


ENTRIES = [
    Entry(id="s3:DeleteBucket", risk=Risk.DESTRUCTIVE),
    Entry(id="s3:GetObject", risk=Risk.READ),
    Entry(id="sqs:CreateQueue", risk=Risk.WRITE),
    Entry(id="sqs:DeleteQueue", risk=Risk.DESTRUCTIVE),
    Entry(id="sqs:ListQueues", risk=Risk.READ),
    Entry(id="sqs:PurgeQueue", risk=Risk.DESTRUCTIVE),
    Entry(id="sqs:TagQueue", risk=Risk.WRITE),
    Entry(id="sqs:UntagQueue", risk=Risk.WRITE),
]


def explained(operation, arguments=None, **more):
    risk = next(entry.risk for entry in ENTRIES if entry.id == operation)
    request = asked(POLICY, operation, risk, arguments=arguments, **more)
    out = explain_request(POLICY, request)
    json.dumps(out)  # plain data
    return out, {row["by"]: row for row in out["rules"]}


def test_without_arguments_rules_may_speak():
    out, rules = explained("sqs:DeleteQueue")
    assert (out["target"], out["region"]) == ("dev", "eu-west-1")
    assert out["risk"] == "destructive"
    assert out["decision"]["effect"] == "deny"
    assert out["decision"]["decided_by"] == "risks.destructive"
    assert out["decision"]["is_provisional"] is True
    assert set(rules) == {"rules.queues", "rules.one-queue", "rules.no-prod"}
    assert rules["rules.one-queue"] == {
        "by": "rules.one-queue",
        "pattern": "sqs:(DeleteQueue|PurgeQueues)",
        "effect": "approve",
        "names_operation": True,
        "applies": None,
        "verdict": "may approve",
        "note": "depends on `QueueUrl`",
        "why": "agents clean up",
    }
    assert rules["rules.no-prod"]["verdict"] == "none"
    assert rules["rules.no-prod"]["note"] == "target is not `prod`"
    assert rules["rules.queues"]["verdict"] == "allow"
    assert rules["rules.queues"]["names_operation"] is False


def test_a_deny_that_depends_on_arguments_is_a_may_deny():
    out, rules = explained("s3:GetObject")
    assert rules["rules.secret-buckets"]["verdict"] == "may deny"
    assert out["decision"]["effect"] == "allow"
    assert out["decision"]["is_provisional"] is True
    assert "may deny" in out["decision"]["reasons"][1]["text"]


def test_with_arguments_the_decision_is_final():
    arguments = {"QueueUrl": "https://x/1/agent-a"}
    out, rules = explained("sqs:DeleteQueue", arguments=arguments)
    assert rules["rules.one-queue"]["verdict"] == "approve"
    assert out["decision"]["decided_by"] == "rules.one-queue"
    assert out["decision"]["is_provisional"] is False
    out, rules = explained("s3:GetObject", arguments={"Bucket": "secret-a"})
    assert rules["rules.secret-buckets"]["verdict"] == "deny"
    assert out["decision"]["effect"] == "deny"


def test_target_and_region_are_judged():
    out, rules = explained("sqs:DeleteQueue", target="prod")
    assert out["decision"]["decided_by"] == "rules.no-prod"
    assert rules["rules.no-prod"]["verdict"] == "deny"
    out, _ = explained("sqs:DeleteQueue", region="us-east-1")
    assert out["region"] == "us-east-1"


def test_tags_are_judged_and_requirements_named():
    tags = Tags(member="tags", style=TagStyle.MAP)
    out, _ = explained("sqs:CreateQueue", arguments={}, tags=tags)
    assert out["required_tags"] == ["required_tags.owned"]
    assert out["decision"]["decided_by"] == "required_tags.owned"


def test_the_pattern_that_names_is_shown_first():
    _, rules = explained("sqs:CreateQueue")
    assert rules["rules.queues"]["pattern"] == "sqs:CreateQueue"
    assert rules["rules.queues"]["names_operation"] is True


def test_the_survey_counts_what_each_rule_matches():
    out = survey(POLICY, iter(ENTRIES))
    json.dumps(out)
    rules = {row["by"]: row for row in out["rules"]}
    assert out["operations"] == 8
    assert out["policy_digest"] == POLICY.digest
    assert out["risks"]["destructive"] == {"default": "deny", "operations": 3}
    assert rules["rules.queues"]["matches"] == 6
    assert rules["rules.queues"]["by_risk"] == {"destructive": 2, "read": 1, "write": 3}
    assert rules["rules.queues"]["first"] == [
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:ListQueues",
        "sqs:PurgeQueue",
        "sqs:TagQueue",
    ]
    assert rules["rules.queues"]["patterns"] == [
        {"pattern": "sqs:.*", "matches": 6},
        {"pattern": "sqs:CreateQueue", "matches": 1},
    ]


def test_the_survey_shows_what_a_rule_matches_without_lifting():
    rules = {row["by"]: row for row in survey(POLICY, ENTRIES)["rules"]}
    assert rules["rules.queues"]["not_named"] == {
        "matches": 2,
        "by_risk": {"destructive": 2},
        "first": ["sqs:DeleteQueue", "sqs:PurgeQueue"],
    }
    assert rules["rules.one-queue"]["not_named"]["matches"] == 0
    assert rules["rules.no-prod"]["matches"] == 2
    assert rules["rules.no-prod"]["not_named"]["matches"] == 0
    assert rules["rules.one-queue"]["has_conditions"] is True
    assert rules["rules.queues"]["has_conditions"] is False


def test_the_survey_names_what_matches_nothing():
    out = survey(POLICY, ENTRIES)
    assert out["matches_nothing"] == ["rules.nothing", "required_tags[1]"]
    rules = {row["by"]: row for row in out["rules"]}
    assert rules["rules.nothing"]["patterns"] == [
        {"pattern": "sqs:Delet", "matches": 0},
        {"pattern": "DeleteQueue", "matches": 0},
    ]
    required = {row["by"]: row for row in out["required_tags"]}
    assert required["required_tags.owned"]["first"] == ["sqs:CreateQueue"]
