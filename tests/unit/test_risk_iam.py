"""The IAM policy for what the policy file lets through."""

from policy_kit import policy_of
from smithgate.operation import Change, Operation, Risk
from smithgate.policy.iam import iam_policy


def operation(name, risk, *actions):
    return Operation(
        id=name,
        shape_id="a#B",
        client=("a", "b"),
        change=Change.OTHER,
        risk=risk,
        iam_actions=actions,
        idempotency_token=None,
        required=(),
        tags=None,
        read=None,
        schema="a",
        output_schema="b",
    )


OPERATIONS = (
    operation("sqs:ListQueues", Risk.READ, "sqs:ListQueues"),
    operation("sqs:CreateQueue", Risk.WRITE, "sqs:CreateQueue", "sqs:ListQueues"),
    operation("sqs:DeleteQueue", Risk.DESTRUCTIVE, "sqs:DeleteQueue"),
    operation("sqs:NewThing", Risk.READ),
    operation("ecs:RunTask", Risk.EXECUTE, "ecs:RunTask", "iam:PassRole"),
)


def made(**sections):
    policy = policy_of(**sections)
    target, region = policy.target("dev", None)
    return iam_policy(policy, OPERATIONS, target, region)


def actions(found):
    return {row["Sid"]: row["Action"] for row in found.document["Statement"]}


def test_what_is_allowed_and_approved_is_there_and_nothing_else():
    found = made()
    assert actions(found) == {
        "Allowed": ["sqs:ListQueues"],
        "AfterApproval": ["sqs:CreateQueue"],
    }
    assert found.operations == ("sqs:CreateQueue", "sqs:ListQueues", "sqs:NewThing")


def test_an_operation_without_data_is_named():
    assert made().without_data == ("sqs:NewThing",)


def test_a_named_operation_is_there():
    found = made(rules=[{"id": "own", "allow": ["sqs:DeleteQueue"]}])
    assert "sqs:DeleteQueue" in actions(found)["Allowed"]


def test_what_some_arguments_let_through_is_there():
    rule = {
        "id": "own",
        "allow": ["sqs:DeleteQueue"],
        "when": {"arguments": {"QueueUrl": ".*/agent-.*"}},
    }
    assert "sqs:DeleteQueue" in actions(made(rules=[rule]))["Allowed"]


def test_a_rule_for_another_target_counts_for_nothing():
    rule = {"id": "own", "allow": ["sqs:DeleteQueue"], "when": {"targets": ["prod"]}}
    assert "sqs:DeleteQueue" not in str(made(rules=[rule]).document)


def test_passing_a_role_needs_a_policy_that_lets_permissions_through():
    without = made(risks={"execute": "approve"})
    assert "iam:PassRole" not in str(without.document)
    assert without.without_pass_role == ("ecs:RunTask",)
    allowed = made(risks={"execute": "approve", "permissions": "approve"})
    assert "iam:PassRole" in actions(allowed)["AfterApproval"]
    assert allowed.without_pass_role == ()


def test_nothing_allowed_gives_an_empty_document():
    closed = dict.fromkeys(map(str, Risk), "deny")
    found = made(risks=closed)
    assert found.document["Statement"] == []
    assert found.as_dict()["fits_managed_policy"]
