"""Checks that policy may ask for while a plan is made: dry runs and IAM simulation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import ACCOUNT, POLICY, World, aws_error
from smithgate.plan.preflight import principal_of

VPC = {"operation": "ec2:CreateVpc", "arguments": {"CidrBlock": "10.0.0.0/16"}}
VERSIONING = {
    "operation": "s3:PutBucketVersioning",
    "arguments": {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}},
}


def raises(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, POLICY + "preflight: {dry_run: true}\n")
    made.aws.answers["ec2.create_vpc"] = raises(aws_error("DryRunOperation", 412))
    yield made
    made.app.close()


def checks(world: World, *steps: dict[str, Any]) -> list[Any]:
    planned = world.ok("plan", steps=list(steps))
    return [step.get("preflight") for step in planned["steps"]]


def result(world: World, step: dict[str, Any]) -> tuple[str, str]:
    ((check,),) = checks(world, step)
    return check["result"], check["detail"]


def test_a_dry_run_that_would_succeed_is_a_pass_and_recorded(world: World) -> None:
    assert result(world, VPC)[0] == "pass"
    ((_, arguments),) = [c for c in world.aws.calls if c[0] == "ec2.create_vpc"]
    assert arguments["DryRun"] is True
    rows = world.rows("select purpose, operation from ops where purpose = 'preflight'")
    assert rows == [("preflight", "ec2:CreateVpc")]


def test_a_dry_run_that_is_refused_is_shown_and_stops_nothing(world: World) -> None:
    error = aws_error("UnauthorizedOperation", 403)
    world.aws.answers["ec2.create_vpc"] = raises(error)
    outcome, detail = result(world, VPC)
    assert outcome == "fail"
    assert "UnauthorizedOperation" in detail


def test_an_endpoint_that_runs_dry_runs_fails_the_plan(world: World) -> None:
    world.aws.answers["ec2.create_vpc"] = lambda _: {"Vpc": {"VpcId": "vpc-1"}}
    error = world.refused("plan", steps=[VPC])
    assert error["code"] == "outcome_unknown"
    assert "may have run" in error["message"]
    (op_id,) = world.rows("select id from ops where purpose = 'preflight'")[0]
    assert error["details"]["op_id"] == op_id


def test_without_the_key_nothing_is_tried(world: World) -> None:
    world.policy_file.write_text(POLICY)
    assert checks(world, VPC) == [None]
    assert "ec2.create_vpc" not in world.aws.names()


def test_what_policy_denies_is_not_tried(world: World) -> None:
    text = (
        POLICY + '  - {id: shut, deny: ["ec2:CreateVpc"]}\npreflight: {dry_run: true}\n'
    )
    world.policy_file.write_text(text)
    assert world.refused("plan", steps=[VPC])["code"] == "policy_denied"
    assert world.aws.calls == []


def test_what_has_no_dry_run_is_left_alone(world: World) -> None:
    assert checks(world, VERSIONING) == [None]


def test_a_step_whose_values_are_not_known_stays_unknown(world: World) -> None:
    reference = {"$from": "steps.0.output.Vpc.VpcId"}
    subnet = {"VpcId": reference, "CidrBlock": "10.0.1.0/24"}
    steps = [VPC, {"operation": "ec2:CreateSubnet", "arguments": subnet}]
    _, (check,) = checks(world, *steps)
    assert (check["result"], check["check"]) == ("unknown", "dry_run")


def simulated(world: World, *decisions: str) -> None:
    world.policy_file.write_text(POLICY + "preflight: {simulate: true}\n")
    world.aws.answers["iam.simulate_principal_policy"] = lambda arguments: {
        "EvaluationResults": [
            {"EvalActionName": action, "EvalDecision": decision}
            for action, decision in zip(
                arguments["ActionNames"], decisions, strict=False
            )
        ]
    }


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [(("allowed",), "pass"), (("implicitDeny",), "fail"), ((), "unknown")],
)
def test_iam_is_asked_for_the_actions_of_the_caller(
    world: World, decisions: tuple[str, ...], expected: str
) -> None:
    simulated(world, *decisions)
    assert result(world, VERSIONING)[0] == expected
    asked = [a for n, a in world.aws.calls if n == "iam.simulate_principal_policy"]
    assert asked == [
        {
            "PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/agent",
            "ActionNames": ["s3:PutBucketVersioning"],
        }
    ]


def test_a_simulation_that_policy_denies_is_unknown(world: World) -> None:
    simulated(world, "allowed")
    text = POLICY + '  - {id: shut, deny: ["iam:.*"]}\npreflight: {simulate: true}\n'
    world.policy_file.write_text(text)
    outcome, detail = result(world, VERSIONING)
    assert outcome == "unknown"
    assert "denies iam:SimulatePrincipalPolicy" in detail


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        ("arn:aws:iam::1:user/a", "arn:aws:iam::1:user/a"),
        (
            "arn:aws-cn:sts::123456789012:assumed-role/agent/session",
            "arn:aws-cn:iam::123456789012:role/agent",
        ),
    ],
)
def test_a_session_stands_for_its_role(arn: str, principal: str) -> None:
    assert principal_of(arn) == principal
