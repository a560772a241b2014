"""Findings about a policy, the matrix, and the tests of a policy file."""

import json
from typing import Any

import pytest
from policy_kit import NOW, policy_of, rule
from smithgate.arguments import Arguments
from smithgate.catalog import Catalog
from smithgate.operation import Operation
from smithgate.policy import load_policy
from smithgate.policy.lint import lint
from smithgate.policy.matrix import matrix
from smithgate.policy.trial import run_tests
from stack import ROOT

from generated import generated

CATALOG = Catalog(ROOT / "generated")
ARGUMENTS = Arguments(CATALOG)


def operations() -> list[Operation]:
    return list(generated().operations.values())


def found(**sections: Any) -> dict[str, tuple[str, ...]]:
    """Return kind → the operations that the finding names; each kind once."""
    findings = lint(policy_of(**sections), operations(), ARGUMENTS.has_path, NOW)
    json.dumps([finding.as_dict() for finding in findings])
    kinds = [finding.kind for finding in findings]
    assert len(kinds) == len(set(kinds)), findings
    return {finding.kind: finding.operations for finding in findings}


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("matches-nothing", [rule("deny", "s3:DeletBucket")]),
        ("prefix", [rule("deny", "ec2:DeleteVpc.*")]),
        ("prefix", [rule("deny", "ec2:DeleteVpc.+")]),
        ("only-by-accident", [rule("deny", "cloudwatch:.*Met.*")]),
        ("by-accident", [rule("deny", "ecr:.*Set.*")]),
        ("not-named", [rule("allow", "sqs:(PurgeQueue|Delete.*)")]),
        ("more-risks", [rule("allow", "(kms:(Get|List).*|ec2:Get(Pass|Con).*)")]),
        (
            "never-holds",
            [
                rule(
                    "deny",
                    "s3:.*",
                    when={"targets": ["prod"], "regions": ["us-east-1"]},
                )
            ],
        ),
        ("unknown-argument", [rule("deny", "s3:.*", when={"arguments": {"X": "y"}})]),
        ("no-tags", [rule("deny", "s3:GetObject", when={"tags": {"A": "y"}})]),
        ("no-payload", [rule("deny", "s3:PutObject", when={"payload": ["user_data"]})]),
        ("no-payload", [rule("allow", "sns:TagResource", permits=["destructive"])]),
        ("shadowed", [rule("deny", "sqs:.*"), rule("allow", "sqs:TagQueue", name="s")]),
        (
            "shadowed",
            [rule("approve", "sqs:.*"), rule("allow", "sqs:TagQueue", name="s")],
        ),
        (
            "shadowed",
            [
                rule("deny", "sqs:.*", name="a"),
                rule("deny", "sqs:TagQueue", name="b", when={"targets": ["dev"]}),
            ],
        ),
        ("no-effect", [rule("allow", "s3:ListBuckets")]),
        ("no-effect", [rule("approve", "sqs:TagQueue")]),
    ],
)
def test_what_looks_wrong_is_found(kind: str, rules: Any) -> None:
    assert kind in found(rules=rules)


@pytest.mark.parametrize(
    "rules",
    [
        [rule("deny", "s3:DeleteBucket")],
        [rule("deny", "ec2:DeleteVpc")],
        [rule("deny", "ec2:.*Vpc.*")],
        [rule("deny", "ec2:.*Instances?")],
        [rule("allow", "sqs:(PurgeQueue|DeleteQueue)")],
        [rule("allow", "(sqs:PurgeQueue|sqs:TagQueue|kms:Decrypt)")],
        [rule("deny", "sqs:.*", when={"arguments": {"Attributes.Policy": "x"}})],
        [rule("deny", "ec2:.*", when={"arguments": {"Filters.Values": "x"}})],
        [rule("deny", "sqs:CreateQueue", when={"tags": {"A": "x"}})],
        [rule("deny", "sqs:.*", when={"payload": ["public_principal"]})],
        [rule("allow", "lambda:CreateFunction", permits=["permissions"])],
        [
            rule("allow", "sqs:TagQueue", name="a"),
            rule("deny", "sqs:.*", name="b", when={"targets": ["prod"]}),
        ],
        [
            rule("allow", "sqs:TagQueue", name="a"),
            rule("approve", "sqs:(TagQueue)", name="b", when={"targets": ["prod"]}),
        ],
    ],
)
def test_what_is_meant_is_not_found(rules: Any) -> None:
    assert found(rules=rules) == {}


def test_a_rule_that_names_is_not_shadowed_where_naming_lifts_a_default() -> None:
    rules = [rule("approve", "sqs:.*", name="a"), rule("allow", "sqs:X", name="b")]
    named = [rules[0], {**rules[1], "allow": ["sqs:DeleteQueue"]}]
    assert "shadowed" not in found(rules=named)
    assert "shadowed" in found(
        rules=[rules[0], {**rules[1], "allow": ["sqs:TagQueue"]}]
    )


def test_requirements_and_freezes_are_looked_at_too() -> None:
    required = [{"operations": ["s3:PutObject", "s3:Nope"], "tags": {"A": "b"}}]
    over = {"from": "2020-01-01T00:00Z", "until": "2020-01-02T00:00Z"}
    kinds = found(required_tags=required, freeze=[{**over, "risks": ["write"]}])
    assert set(kinds) == {"matches-nothing", "no-tags", "over"}
    assert found(required_tags=[{**required[0], "untagged": "deny"}]).keys() == {
        "matches-nothing"
    }


def test_the_example_policy_is_clean_and_its_tests_pass() -> None:
    policy = load_policy(ROOT / "policy.yaml")
    assert lint(policy, operations(), ARGUMENTS.has_path, NOW) == []
    outcomes = trial(policy)
    assert len(outcomes) >= 5
    assert {outcome.problem for outcome in outcomes} == {None}


# --- matrix ----------------------------------------------------------------------------


def test_the_matrix_counts_every_operation_once_for_each_place() -> None:
    policy = policy_of(
        rules=[
            rule("deny", "sqs:.*", name="d", when={"targets": ["prod"]}),
            rule("allow", "sqs:TagQueue", name="a", when={"arguments": {"X": "y"}}),
        ]
    )
    out = matrix(policy, operations(), principal=None, now=NOW)
    json.dumps(out)
    places = {(p["target"], p["region"]): p["risks"] for p in out["places"]}
    assert list(places) == [
        ("dev", "eu-west-1"),
        ("dev", "us-east-1"),
        ("prod", "eu-west-1"),
    ]
    for risks in places.values():
        for risk, counts in risks.items():
            assert sum(counts.values()) == out["operations"][risk]
    assert sum(out["operations"].values()) == len(operations())
    dev, prod = places["dev", "eu-west-1"], places["prod", "eu-west-1"]
    assert dev["write"]["depends"] == 1
    assert prod["write"]["depends"] == 0
    assert dev["read"]["deny"] == 0
    assert prod["read"]["deny"] > 0
    frozen = {"from": "2026-12-01T00:00Z", "until": "2026-12-02T00:00Z"}
    policy = policy_of(freeze=[{**frozen, "risks": ["write"]}])
    write = matrix(policy, operations(), principal=None, now=NOW)["places"][0]["risks"]
    assert write["write"]["deny"] == out["operations"]["write"]


# --- tests of the file -----------------------------------------------------------------


def trial(policy: Any) -> Any:
    return run_tests(
        policy,
        lambda name: CATALOG.operation(CATALOG.canonical_id(name)),
        ARGUMENTS.check,
    )


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ({"operation": "s3:DeleteBucket", "expect": "deny"}, None),
        ({"operation": "aws s3api delete-bucket", "expect": "deny"}, None),
        ({"operation": "s3:DeleteBucket", "expect": "allow"}, "policy says deny by"),
        (
            {"operation": "s3:DeleteBucket", "expect": "deny", "by": "rules.q"},
            "decided by risks.destructive",
        ),
        ({"operation": "s3:Nope", "expect": "deny"}, "unknown_operation: "),
        ({"operation": "sqs:TagQueue", "expect": "approve"}, "depends on what the"),
        (
            {
                "operation": "sqs:TagQueue",
                "expect": "allow",
                "by": "rules.q",
                "arguments": {"QueueUrl": "mine", "Tags": {"A": "b"}},
            },
            None,
        ),
        (
            {"operation": "sqs:TagQueue", "expect": "allow", "arguments": {"Que": "x"}},
            "schema_violation: ",
        ),
        ({"operation": "sqs:ListQueues", "expect": "allow"}, "depends on what the"),
        (
            {"operation": "sqs:ListQueues", "expect": "deny", "principal": "mcp:bad"},
            None,
        ),
        (
            {
                "operation": "s3:ListBuckets",
                "expect": "deny",
                "at": "2026-12-24T00:00Z",
            },
            None,
        ),
        ({"operation": "s3:ListBuckets", "expect": "allow"}, None),
        (
            {"operation": "s3:ListBuckets", "expect": "allow", "region": "us-west-2"},
            "unknown_target: ",
        ),
        (
            {
                "operation": "lambda:CreateFunction",
                "expect": "deny",
                "arguments": {
                    "FunctionName": "f",
                    "Role": "arn:aws:iam::111111111111:role/x",
                    "Code": {"S3Bucket": "bucket", "S3Key": "k"},
                },
                "by": "risks.permissions",
            },
            None,
        ),
    ],
)
def test_a_test_passes_when_policy_says_what_it_expects(
    case: Any, problem: str | None
) -> None:
    policy = policy_of(
        rules=[
            rule(
                "allow",
                "sqs:TagQueue",
                name="q",
                when={"arguments": {"QueueUrl": "mine"}},
            ),
            rule("deny", "sqs:List.*", name="p", when={"principals": ["mcp:bad"]}),
            rule("allow", "lambda:CreateFunction", name="f"),
        ],
        freeze=[
            {
                "from": "2026-12-20T00:00Z",
                "until": "2026-12-25T00:00Z",
                "risks": ["read"],
            }
        ],
        tests=[case],
    )
    (outcome,) = trial(policy)
    json.dumps(outcome.as_dict())
    if problem is None:
        assert outcome.problem is None
    else:
        assert outcome.problem is not None
        assert outcome.problem.startswith(problem)


def test_tests_are_no_part_of_the_digest() -> None:
    case = {"operation": "s3:DeleteBucket", "expect": "deny"}
    assert policy_of(tests=[case]).digest == policy_of().digest
