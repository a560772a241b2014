"""The example policy and the documentation: valid, useful, complete."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from policy_kit import asked
from smithgate import Risk, Tags, TagStyle
from smithgate.policy import decide, load_policy, parse_policy
from smithgate.policy.model import Decision

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "policy.md"
SCHEMA = files("smithgate.policy").joinpath("policy.schema.json")
URL = "http://127.0.0.1:5000/123456789012/"
TAGS = {"Owner": "ann", "Environment": "dev"}
MAP = Tags(member="tags", style=TagStyle.MAP)


def judge(operation, risk, arguments, tags=None):
    policy = load_policy(ROOT / "policy.yaml")
    decision = decide(
        policy, asked(policy, operation, risk, arguments=arguments, tags=tags)
    )
    return decision.effect, decision.decided_by


def test_the_example_has_the_sandbox_target():
    target, region = load_policy(ROOT / "policy.yaml").target()
    assert (target.name, target.account, region) == (
        "sandbox",
        "123456789012",
        "us-east-1",
    )
    assert target.is_default


@pytest.mark.parametrize(
    ("operation", "risk", "arguments", "tags", "want"),
    [
        ("s3:ListBuckets", Risk.READ, {}, None, ("allow", "risks.read")),
        (
            "s3:PutBucketVersioning",
            Risk.WRITE,
            {"Bucket": "b"},
            None,
            ("approve", "risks.write"),
        ),
        (
            "s3:DeleteBucket",
            Risk.DESTRUCTIVE,
            {"Bucket": "b"},
            None,
            ("deny", "risks.destructive"),
        ),
        (
            "sqs:CreateQueue",
            Risk.WRITE,
            {"QueueName": "agent-a", "tags": TAGS},
            MAP,
            ("allow", "rules.agent-queues"),
        ),
        (
            "sqs:CreateQueue",
            Risk.WRITE,
            {"QueueName": "agent-a"},
            MAP,
            ("deny", "required_tags.owned"),
        ),
        (
            "sqs:CreateQueue",
            Risk.WRITE,
            {"QueueName": "other", "tags": TAGS},
            MAP,
            ("approve", "risks.write"),
        ),
        (
            "sqs:TagQueue",
            Risk.WRITE,
            {"QueueUrl": URL + "agent-a"},
            None,
            ("allow", "rules.tag-agent-queues"),
        ),
        (
            "sqs:DeleteQueue",
            Risk.DESTRUCTIVE,
            {"QueueUrl": URL + "agent-a"},
            None,
            ("approve", "rules.delete-agent-queues"),
        ),
        (
            "sqs:DeleteQueue",
            Risk.DESTRUCTIVE,
            {"QueueUrl": URL + "agent-a/../other"},
            None,
            ("deny", "risks.destructive"),
        ),
        (
            "sqs:DeleteQueue",
            Risk.DESTRUCTIVE,
            {"QueueUrl": URL + "other"},
            None,
            ("deny", "risks.destructive"),
        ),
        ("iam:CreateUser", Risk.PERMISSIONS, {}, None, ("deny", "rules.no-iam-users")),
        ("iam:ListUsers", Risk.READ, {}, None, ("allow", "risks.read")),
    ],
)
def test_the_example_does_what_it_says(operation, risk, arguments, tags, want):
    assert judge(operation, risk, arguments, tags) == want


def policy_keys():
    """Every key that a policy may have, from the schema."""
    document = json.loads(SCHEMA.read_text("utf-8"))
    stack: list[object] = [document]
    keys = set()
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            keys |= set(node.get("properties", {}))
            stack += node.values()
        elif isinstance(node, list):
            stack += node
    return sorted(keys)


def test_the_keys_are_found():
    assert {"version", "count", "when", "arguments", "role_arn"} <= set(policy_keys())


@pytest.mark.parametrize("key", policy_keys())
def test_the_documentation_names_every_key(key):
    assert f"`{key}`" in DOCS.read_text("utf-8")


@pytest.mark.parametrize("field", Decision._fields)
def test_the_documentation_names_every_field_of_a_decision(field):
    text = DOCS.read_text("utf-8")
    assert f'"{field}"' in text
    assert f"`{field}`" in text or field in {"policy_digest", "risk"}


def test_the_documentation_examples_load():
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    head = (
        'version: 1\ntargets: {dev: {account: "111111111111", regions: [eu-west-1]}}\n'
    )
    sections = [block for block in blocks if not block.startswith("#")]
    assert len(sections) == 12
    for block in sections:
        start = "version: 1\n" if block.startswith("targets:") else head
        parse_policy((start + block).encode(), origin="docs/policy.md")


def test_the_example_names_the_schema_that_ships():
    first = (ROOT / "policy.yaml").read_text("utf-8").splitlines()[0]
    path = first.partition("$schema=")[2]
    assert (ROOT / path).read_text("utf-8") == SCHEMA.read_text("utf-8")
