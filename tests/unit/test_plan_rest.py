"""What is left of an apply that stopped, as a new plan: nothing done is done again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as sdk
from fake_aws import World, aws_error

VPC = {"operation": "ec2:CreateVpc", "arguments": {"CidrBlock": "10.0.0.0/16"}}


def subnet(step: int, member: str = "Vpc.VpcId") -> dict[str, Any]:
    reference = {"$from": f"steps.{step}.output.{member}"}
    arguments = {"CidrBlock": "10.0.1.0/24", "VpcId": reference}
    return {"operation": "ec2:CreateSubnet", "arguments": arguments}


def route_table(step: int) -> dict[str, Any]:
    reference = {"$from": f"steps.{step}.output.Subnet.VpcId"}
    return {"operation": "ec2:CreateRouteTable", "arguments": {"VpcId": reference}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    answers = made.aws.answers
    answers["ec2.create_vpc"] = lambda _: {"Vpc": {"VpcId": "vpc-1"}}
    answers["ec2.create_subnet"] = lambda _: {"Subnet": {"VpcId": "vpc-1"}}
    answers["ec2.create_route_table"] = lambda _: {"RouteTable": {}}
    for name in ("vpcs", "subnets", "route_tables"):
        answers[f"ec2.describe_{name}"] = lambda _: {}
    yield made
    made.app.close()


def apply(world: World, plan_id: str) -> Any:
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id)
    return world.call("apply", plan_id=plan_id)


def stopped(world: World, *steps: dict[str, Any], error: Exception) -> str:
    def refuse(_: Any) -> Any:
        raise error

    kept = world.aws.answers["ec2.create_subnet"]
    plan_id = str(world.ok("plan", steps=list(steps))["plan_id"])
    world.aws.answers["ec2.create_subnet"] = refuse
    assert apply(world, plan_id).is_error
    world.aws.answers["ec2.create_subnet"] = kept
    return plan_id


def test_the_rest_takes_what_was_done_and_does_not_repeat_it(world: World) -> None:
    steps = (VPC, subnet(0), route_table(1))
    first = stopped(world, *steps, error=aws_error("SubnetLimitExceeded"))
    rest = world.ok("plan", rest_of=first)
    assert [step["operation"] for step in rest["steps"]] == [
        "ec2:CreateSubnet",
        "ec2:CreateRouteTable",
    ]
    assert rest["steps"][0]["arguments"]["VpcId"] == "vpc-1"
    moved = {"$from": "steps.0.output.Subnet.VpcId"}
    assert rest["steps"][1]["arguments"]["VpcId"] == moved
    assert rest["plan_id"] != first
    assert not apply(world, rest["plan_id"]).is_error
    assert world.aws.names().count("ec2.create_vpc") == 1
    assert world.aws.names().count("ec2.create_route_table") == 1


def test_the_token_of_the_new_plan_is_its_own(world: World) -> None:
    first = stopped(world, VPC, subnet(0), error=aws_error("SubnetLimitExceeded"))
    rest = world.ok("plan", rest_of=first)["plan_id"]
    documents = [world.app.store.plan(p).document for p in (first, rest)]
    before, after = (d["steps"][-1] for d in documents if d is not None)
    assert before["operation"] == after["operation"]
    assert after["token"] is None or after["token"] != before["token"]


def test_a_step_that_may_have_run_is_not_planned_again(world: World) -> None:
    lost = sdk.ReadTimeoutError(endpoint_url="http://127.0.0.1")
    first = stopped(world, VPC, subnet(0), error=lost)
    assert world.refused("plan", rest_of=first)["code"] == "outcome_unknown"


def test_nothing_is_left_of_what_ran(world: World) -> None:
    plan_id = world.ok("plan", steps=[VPC])["plan_id"]
    assert world.refused("plan", rest_of=plan_id)["code"] == "plan_consumed"
    assert not apply(world, plan_id).is_error
    assert world.refused("plan", rest_of=plan_id)["code"] == "plan_consumed"


def test_either_steps_or_a_rest(world: World) -> None:
    assert world.refused("plan")["code"] == "schema_violation"
    both = world.refused("plan", steps=[VPC], rest_of="p-1")
    assert both["code"] == "schema_violation"
    assert world.refused("plan", rest_of="p-1")["code"] == "plan_not_found"
