"""Waiting between steps: the SDK's waiters, each look a recorded call."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY, World, aws_error
from smithgate.server.tool import CallContext

VPC_IDS = {"VpcIds": [{"$from": "steps.0.output.Vpc.VpcId"}]}
TABLE = {
    "TableName": "t",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def create_vpc(**wait: Any) -> dict[str, Any]:
    arguments = {"CidrBlock": "10.0.0.0/16"}
    return {"operation": "ec2:CreateVpc", "arguments": arguments, **wait}


def create_table(waiter: str = "table_exists") -> dict[str, Any]:
    return {"operation": "dynamodb:CreateTable", "arguments": TABLE, "wait": waiter}


VERSIONING = {
    "operation": "s3:PutBucketVersioning",
    "arguments": {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.aws.answers["ec2.create_vpc"] = lambda _: {"Vpc": {"VpcId": "vpc-1"}}
    made.aws.answers["dynamodb.create_table"] = lambda _: {"TableDescription": {}}
    yield made
    made.app.close()


def answers(world: World, name: str, *replies: Any) -> None:
    """Answer with each reply in turn; the last one stays."""
    left = list(replies)

    def answer(_: Any) -> Any:
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    world.aws.answers[name] = answer


def approved(world: World, *steps: dict[str, Any]) -> str:
    plan_id = str(world.ok("plan", steps=list(steps))["plan_id"])
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id)
    return plan_id


def test_the_next_step_waits_and_every_look_is_recorded(world: World) -> None:
    states = [
        {"Vpcs": [{"VpcId": "vpc-1", "State": s}]} for s in ("pending", "available")
    ]
    plan_id = approved(
        world, create_vpc(wait="vpc_available", wait_arguments=VPC_IDS), VERSIONING
    )
    answers(world, "ec2.describe_vpcs", *states)
    assert world.ok("apply", plan_id=plan_id)["state"] == "Applied"
    looks = [a for name, a in world.aws.calls if name == "ec2.describe_vpcs"]
    assert looks[:2] == [{"VpcIds": ["vpc-1"]}] * 2
    assert 15.0 in world.slept
    purposes = world.rows("select purpose, state from ops where purpose = 'wait'")
    assert purposes == [("wait", "Succeeded")] * 2


def test_members_of_the_same_name_are_what_is_waited_for(world: World) -> None:
    answers(world, "dynamodb.describe_table", aws_error("ResourceNotFoundException"))
    plan_id = approved(world, create_table())
    answers(
        world,
        "dynamodb.describe_table",
        aws_error("ResourceNotFoundException"),  # the state before, read again
        aws_error("ResourceNotFoundException"),
        {"Table": {"TableStatus": "CREATING"}},
        {"Table": {"TableStatus": "ACTIVE"}},
    )
    assert world.ok("apply", plan_id=plan_id)["state"] == "Applied"
    assert world.slept.count(20.0) == 2


@pytest.mark.parametrize(
    ("answer", "words", "looks"),
    [
        ({"Table": {"TableStatus": "CREATING"}}, "after 25 looks", 25),
        (aws_error("AccessDeniedException", 403), "AccessDenied", 1),
    ],
)
def test_a_wait_in_vain_stops_the_plan_and_says_what_ran(
    world: World, answer: Any, words: str, looks: int
) -> None:
    answers(world, "dynamodb.describe_table", aws_error("ResourceNotFoundException"))
    plan_id = approved(world, create_table(), VERSIONING)
    answers(
        world,
        "dynamodb.describe_table",
        aws_error("ResourceNotFoundException"),
        answer,
    )
    error = world.refused("apply", plan_id=plan_id)
    assert words in error["message"]
    outcomes = [step["outcome"] for step in error["details"]["steps"]]
    assert error["code"] == "wait_failed"
    assert outcomes == ["done", "not sent"]
    assert "s3.put_bucket_versioning" not in world.aws.names()
    assert len(world.rows("select id from ops where purpose = 'wait'")) == looks


def test_a_cancelled_apply_waits_no_longer(world: World) -> None:
    answers(world, "dynamodb.describe_table", aws_error("ResourceNotFoundException"))
    plan_id = approved(world, create_table(), VERSIONING)
    cancelled = threading.Event()

    def look(_: Any) -> dict[str, Any]:
        if world.aws.names().count("dynamodb.create_table"):
            cancelled.set()
            return {"Table": {"TableStatus": "CREATING"}}
        raise aws_error("ResourceNotFoundException")

    world.aws.answers["dynamodb.describe_table"] = look
    context = CallContext("agent", "1", "2026-07-28", cancelled)
    result = world.core.call("apply", {"plan_id": plan_id}, context)
    error = result.structured["error"]
    assert error["code"] == "apply_cancelled"
    outcomes = [step["outcome"] for step in error["details"]["steps"]]
    assert outcomes == ["done", "not sent"]
    assert len(world.rows("select id from ops where purpose = 'wait'")) == 1


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (create_table("table_exist"), "table_exists"),
        (create_vpc(wait="vpc_available"), "wait_arguments"),
        (VERSIONING | {"wait": "vpc_available"}, "wait"),
    ],
)
def test_a_waiter_that_cannot_work_is_refused_when_planned(
    world: World, step: dict[str, Any], words: str
) -> None:
    error = world.refused("plan", steps=[step])
    assert error["code"] == "unknown_waiter"
    assert words in error["hint"]


def test_what_is_waited_for_is_typed(world: World) -> None:
    wrong = {"VpcIds": {"$from": "steps.0.output.Vpc.VpcId"}}
    step = create_vpc(wait="vpc_available", wait_arguments=wrong)
    assert world.refused("plan", steps=[step])["code"] == "bad_reference"
    later = {"VpcIds": [{"$from": "steps.1.output.Vpc.VpcId"}]}
    step = create_vpc(wait="vpc_available", wait_arguments=later)
    assert world.refused("plan", steps=[step])["code"] == "bad_reference"


def test_a_waiter_may_only_look_where_policy_allows_it(world: World) -> None:
    world.policy_file.write_text(
        POLICY + '  - {id: blind, deny: ["dynamodb:DescribeTable"]}\n'
    )
    assert world.refused("plan", steps=[create_table()])["code"] == "policy_denied"


def test_another_waiter_than_the_sealed_one_is_stale(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smithgate.plan import waits

    answers(world, "dynamodb.describe_table", aws_error("ResourceNotFoundException"))
    plan_id = approved(world, create_table())
    monkeypatch.setattr(waits, "_definitions", lambda _: {})
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == "plan_stale"
