"""Steps that take values from earlier steps: typed when planned, judged when known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY, World
from smithgate.errors import BadReference
from smithgate.plan.references import find_references, resolved, unresolved

VPC = {"operation": "ec2:CreateVpc", "arguments": {"CidrBlock": "10.0.0.0/16"}}
VPC_ID = "steps.0.output.Vpc.VpcId"


def subnet(reference: Any = VPC_ID) -> dict[str, Any]:
    arguments = {"CidrBlock": "10.0.1.0/24", "VpcId": {"$from": reference}}
    return {"operation": "ec2:CreateSubnet", "arguments": arguments}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.aws.answers["ec2.create_vpc"] = lambda _: {"Vpc": {"VpcId": "vpc-1"}}
    made.aws.answers["ec2.create_subnet"] = lambda _: {"Subnet": {"SubnetId": "s-1"}}
    made.aws.answers["ec2.describe_vpcs"] = lambda _: {"Vpcs": []}
    made.aws.answers["ec2.describe_subnets"] = lambda _: {"Subnets": []}
    yield made
    made.app.close()


def approved(world: World, *steps: dict[str, Any]) -> str:
    plan_id = str(world.ok("plan", steps=list(steps))["plan_id"])
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id)
    return plan_id


def sent(world: World, name: str) -> list[dict[str, Any]]:
    return [arguments for called, arguments in world.aws.calls if called == name]


def test_a_later_step_takes_what_an_earlier_one_returned(world: World) -> None:
    applied = world.ok("apply", plan_id=approved(world, VPC, subnet()))
    assert applied["state"] == "Applied"
    (arguments,) = sent(world, "ec2.create_subnet")
    assert arguments["VpcId"] == "vpc-1"


def test_the_diff_says_when_a_value_is_known(world: World) -> None:
    steps = world.ok("plan", steps=[VPC, subnet()])["steps"]
    entries = {e["path"]: e.get("after") for e in steps[1]["diff"]["entries"]}
    assert entries["VpcId"] == f"(known after {VPC_ID})"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("steps.1.output.Subnet.SubnetId", "has not run by then"),
        ("steps.2.output.Vpc.VpcId", "has not run by then"),
        ("steps.0.output", "is no reference"),
        ("steps.-1.output.Vpc", "is no reference"),
        ("steps.0.arguments.CidrBlock", "is no reference"),
        ("steps.0.output.Vpc.VpcId[*]", "is no reference"),
        ("file:///etc/passwd", "is no reference"),
        (7, "is no reference"),
        ("steps.0.output.Vpc.VpcIdd", "does not exist"),
        ("steps.0.output.Vpc[0]", "does not exist"),
        ("steps.0.output.Vpc.Tags.Key", "does not exist"),
        ("steps.0.output.Vpc", "is no single value"),
        ("steps.0.output.Vpc.IsDefault", "is boolean, where string is taken"),
    ],
)
def test_a_reference_that_cannot_work_is_refused_when_planned(
    world: World, reference: Any, words: str
) -> None:
    error = world.refused("plan", steps=[VPC, subnet(reference)])
    assert error["code"] == "bad_reference"
    assert words in error["message"]
    assert error["details"]["path"] == "VpcId"
    assert world.aws.calls == []


FUNCTION = {
    "operation": "lambda:GetFunctionConfiguration",
    "arguments": {"FunctionName": "f"},
}
ACCESS_KEY = {"operation": "iam:CreateAccessKey", "arguments": {"UserName": "u"}}
SECRETS = [
    (FUNCTION, "Environment.Variables.PASSWORD"),
    (ACCESS_KEY, "AccessKey.SecretAccessKey"),
    ({"operation": "kms:Decrypt", "arguments": {"CiphertextBlob": "eA=="}}, "KeyId"),
]
"""What is masked in a response, and anything out of one that is never shown."""


@pytest.mark.parametrize(("step", "output"), SECRETS)
def test_a_secret_is_not_carried_to_where_it_would_be_shown(
    world: World, step: dict[str, Any], output: str
) -> None:
    value = {"$from": f"steps.0.output.{output}"}
    queue = {"operation": "sqs:CreateQueue", "arguments": {"QueueName": value}}
    error = world.refused("plan", steps=[step, queue])
    assert (error["code"], error["details"]["path"]) == ("bad_reference", "QueueName")
    assert "is secret" in error["message"]
    look = {"TableName": value}
    table = {"operation": "dynamodb:DeleteTable", "arguments": {"TableName": "t"}}
    waits = table | {"wait": "table_not_exists", "wait_arguments": look}
    error = world.refused("plan", steps=[step, waits])
    assert (error["code"], error["details"]["path"]) == ("bad_reference", "TableName")
    assert world.aws.calls == []


def test_an_idempotency_token_is_known_when_planned(world: World) -> None:
    step = {
        "operation": "secretsmanager:CreateSecret",
        "arguments": {"Name": "n", "ClientRequestToken": {"$from": VPC_ID}},
    }
    error = world.refused("plan", steps=[VPC, step])
    assert error["code"] == "bad_reference"
    assert error["details"]["path"] == "ClientRequestToken"


def test_a_secret_may_go_into_a_secret(tmp_path: Path) -> None:
    rule = '  - {id: keys, approve: ["iam:CreateAccessKey"]}\n'
    world = World(tmp_path, POLICY + rule)
    world.aws.answers["secretsmanager.describe_secret"] = lambda _: {}
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    world.aws.answers["iam.create_access_key"] = lambda _: {
        "AccessKey": {
            "UserName": "u",
            "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "Status": "Active",
            "SecretAccessKey": secret,
        }
    }
    world.aws.answers["iam.list_access_keys"] = lambda _: {"AccessKeyMetadata": []}
    world.aws.answers["secretsmanager.create_secret"] = lambda _: {
        "ARN": "arn:aws:x",
        "Name": "n",
    }
    value = {"$from": "steps.0.output.AccessKey.SecretAccessKey"}
    keep = {
        "operation": "secretsmanager:CreateSecret",
        "arguments": {"Name": "n", "SecretString": value},
    }
    result = world.call("apply", plan_id=approved(world, ACCESS_KEY, keep))
    assert not result.is_error, result.text
    (arguments,) = sent(world, "secretsmanager.create_secret")
    assert arguments["SecretString"] == secret
    assert secret not in result.text
    world.app.close()


def test_the_nearest_member_is_named(world: World) -> None:
    error = world.refused("plan", steps=[VPC, subnet("steps.0.output.Vpc.VpcIdd")])
    assert "`VpcId`" in error["hint"]


def test_arguments_around_a_reference_are_checked(world: World) -> None:
    step = subnet()
    step["arguments"]["CidrBlok"] = "10.0.1.0/24"
    assert world.refused("plan", steps=[VPC, step])["code"] == "schema_violation"


def test_an_object_in_place_of_all_arguments_is_no_reference() -> None:
    with pytest.raises(BadReference):
        find_references({"$from": VPC_ID}, 0)


def test_a_missing_output_stops_before_the_step_is_sent(world: World) -> None:
    world.aws.answers["ec2.create_vpc"] = lambda _: {"Vpc": {"State": "pending"}}
    error = world.refused("apply", plan_id=approved(world, VPC, subnet()))
    assert error["code"] == "reference_missing"
    assert "1 of 2 steps took effect" in error["hint"]
    assert sent(world, "ec2.create_subnet") == []


def test_an_unknown_value_counts_against_the_request(world: World) -> None:
    deny = 'deny: ["ec2:CreateSubnet"], when: {arguments: {VpcId: "vpc-prod.*"}}'
    world.policy_file.write_text(POLICY + f"  - {{id: prod, {deny}}}\n")
    error = world.refused("plan", steps=[VPC, subnet()])
    assert error["code"] == "policy_denied"
    allow = 'allow: ["ec2:CreateSubnet"], when: {arguments: {VpcId: ".*"}}'
    world.policy_file.write_text(POLICY + f"  - {{id: any, {allow}}}\n")
    plan = world.ok("plan", steps=[VPC, subnet()])
    assert plan["steps"][1]["decision"]["effect"] == "approve"


def test_a_value_that_raises_the_risk_is_refused_when_it_is_known(
    world: World,
) -> None:
    copied = {"Status": {"$from": "steps.0.output.Status"}}
    put = {"Bucket": "b", "VersioningConfiguration": copied}
    plan_id = approved(
        world,
        {"operation": "s3:GetBucketVersioning", "arguments": {"Bucket": "a"}},
        {"operation": "s3:PutBucketVersioning", "arguments": put},
    )
    world.aws.versioning = {"Status": "Suspended"}
    world.aws.answers["s3.get_bucket_versioning"] = lambda arguments: (
        {"Status": "Suspended"} if arguments["Bucket"] == "a" else {}
    )
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] in {"policy_denied", "plan_stale"}
    assert sent(world, "s3.put_bucket_versioning") == []


def test_references_are_sealed_as_they_are_written(world: World) -> None:
    plan_id = world.ok("plan", steps=[VPC, subnet()])["plan_id"]
    document = world.app.store.plan(plan_id).document
    assert document is not None
    assert document["steps"][1]["arguments"]["VpcId"] == {"$from": VPC_ID}


def test_references_in_lists_and_maps_are_replaced() -> None:
    arguments = {"a": [{"$from": "steps.0.output.x[1].y"}], "b": {"c": 1}}
    outputs = [{"x": [{}, {"y": 5}]}]
    assert resolved(arguments, 0, outputs.__getitem__) == {"a": [5], "b": {"c": 1}}
    assert unresolved(arguments, 0) == {"a": ["\ud800"], "b": {"c": 1}}
