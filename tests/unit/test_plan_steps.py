"""Plans with several steps, partial applies, and decisions that were tampered with."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY, World, aws_error

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def versioning(status: str) -> dict[str, Any]:
    arguments = {"Bucket": "b", "VersioningConfiguration": {"Status": status}}
    return {"operation": "s3:PutBucketVersioning", "arguments": arguments}


def approved(world: World, steps: list[dict[str, Any]]) -> str:
    plan_id = str(world.ok("plan", steps=steps)["plan_id"])
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id)
    return plan_id


def test_what_an_earlier_step_changes_is_unknown_and_not_unchanged(
    world: World,
) -> None:
    stored = {"TagSet": [{"Key": "k", "Value": "1"}]}

    def put(arguments: Any) -> dict[str, Any]:
        stored["TagSet"] = arguments["Tagging"]["TagSet"]
        return {}

    world.aws.answers["s3.get_bucket_tagging"] = lambda _: dict(stored)
    world.aws.answers["s3.put_bucket_tagging"] = put
    steps = [
        {
            "operation": "s3:PutBucketTagging",
            "arguments": {
                "Bucket": "b",
                "Tagging": {"TagSet": [{"Key": "k", "Value": value}]},
            },
        }
        for value in ("2", "1")
    ]
    plan_id = world.ok("plan", steps=steps)["plan_id"]
    first, second = world.ok("get_plan", plan_id=plan_id)["steps"]
    assert first["diff"]["status"] == "change"
    assert second["diff"]["status"] == "unknown"
    assert "step 0" in second["diff"]["note"]
    applied = world.ok("apply", plan_id=plan_id)
    assert [s["read_back_as_planned"] for s in applied["steps"]] == ["yes", "yes"]
    assert stored == {"TagSet": [{"Key": "k", "Value": "1"}]}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (aws_error("AccessDenied", 403), "aws_refused"),
        (aws_error("SlowDown"), "throttled"),
    ],
)
def test_a_partial_apply_says_what_took_effect(
    world: World, error: Exception, code: str
) -> None:
    def fail(_: Any) -> Any:
        raise error

    world.aws.answers["sqs.create_queue"] = fail
    queue = {"operation": "sqs:CreateQueue", "arguments": {"QueueName": "q"}}
    plan_id = approved(world, [versioning("Enabled"), queue, versioning("Enabled")])
    told = world.refused("apply", plan_id=plan_id)
    assert (told["code"], told["retry_safe"]) == (code, False)
    assert [s["outcome"] for s in told["details"]["steps"]] == [
        "done",
        "failed",
        "not sent",
    ]
    assert "1 of 3 steps took effect" in told["hint"]
    assert "failed" in world.ok("get_plan", plan_id=plan_id)["next"].lower()


def test_an_edited_decision_needs_an_approval_all_the_same(world: World) -> None:
    plan_id = world.plan_versioning()
    with sqlite3.connect(world.folder / "state" / "smithgate.db") as connection:
        connection.execute(
            "update plans set decision = replace(decision, 'approve', 'allow')"
        )
    connection.close()
    assert world.refused("apply", plan_id=plan_id)["code"] == "approval_required"
    assert "s3.put_bucket_versioning" not in world.aws.names()


def test_an_approval_for_fewer_people_than_policy_wants(tmp_path: Path) -> None:
    world = World(tmp_path, POLICY + "approvals: {write: {count: 2}}\n")
    plan_id = world.plan_versioning()
    plan = world.app.store.plan(plan_id)
    assert plan.digest is not None
    world.app.store.request_approval(
        plan_id, plan.digest, count=1, ttl_s=600, requester="mcp:agent"
    )
    world.approve(plan_id)
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == "approval_required"
    assert "1 of" in error["message"]
    world.app.close()


def test_what_only_the_etag_tells_is_drift(world: World) -> None:
    head = {"ETag": '"1"', "ContentLength": 3}
    world.aws.answers["s3.head_object"] = lambda _: dict(head)
    world.policy_file.write_text(POLICY + '  - {id: d, approve: ["s3:DeleteObject"]}\n')
    arguments = {"Bucket": "b", "Key": "k"}
    steps = [{"operation": "s3:DeleteObject", "arguments": arguments}]
    plan_id = approved(world, steps)
    head["ETag"] = '"2"'
    assert world.refused("apply", plan_id=plan_id)["code"] == "plan_stale"


def test_a_body_that_breaks_has_an_outcome(world: World) -> None:
    class Broken:
        def read(self, *_: Any) -> bytes:
            raise OSError("connection reset with SECRET in it")

        def __iter__(self) -> Any:
            return self

    world.aws.answers["s3.get_object"] = lambda _: {"Body": Broken()}
    error = world.refused(
        "read", operation="s3:GetObject", arguments={"Bucket": "b", "Key": "k"}
    )
    tx = world.app.store.tx(error["details"]["tx_id"])
    assert str(tx.state) == "Failed"
    assert all(str(op.state) != "Intended" for op in tx.ops)


@pytest.mark.parametrize("policy", ["[" * 100_000, '{"a":' * 3000])
def test_a_deep_document_in_a_string_is_only_a_string(
    world: World, policy: str
) -> None:
    world.policy_file.write_text(
        POLICY + '  - {id: p, approve: ["s3:PutBucketPolicy"]}\n'
    )
    world.aws.answers["s3.get_bucket_policy"] = lambda _: {"Policy": "{}"}
    arguments = {"Bucket": "b", "Policy": policy}
    steps = [{"operation": "s3:PutBucketPolicy", "arguments": arguments}]
    assert world.ok("plan", steps=steps)["state"] == "Planned"


KEY = "AKIAIOSFODNN7EXAMPLE"


def test_credentials_in_what_aws_says_are_masked(world: World) -> None:
    def refuse(_: Any) -> Any:
        error = aws_error("AccessDenied", 403)
        error.response["Error"]["Message"] = f"key {KEY} may not"
        raise error

    world.aws.answers["s3.list_buckets"] = refuse
    result = world.call("read", operation="s3:ListBuckets")
    assert result.is_error
    assert KEY not in result.text
    world.aws.answers["s3.get_bucket_versioning"] = refuse
    plan_id = world.plan_versioning(reason=f"they gave me {KEY}")
    assert KEY not in world.call("get_plan", plan_id=plan_id).text
    assert KEY not in world.call("describe_operation", operation=KEY).text
    assert KEY not in str(world.rows("select * from plans, events, ops"))


@pytest.mark.parametrize(
    "bucket",
    [
        "arn:aws:s3:eu-west-1:999999999999:accesspoint/evil",
        "ARN:aws:s3::123456789012:accesspoint/x.mrap",
    ],
)
def test_a_bucket_is_no_arn(world: World, bucket: str) -> None:
    arguments = {"Bucket": bucket, "Key": "k"}
    error = world.refused("read", operation="s3:GetObject", arguments=arguments)
    assert error["code"] == "unsafe_argument"
    error = world.refused(
        "plan",
        steps=[{"operation": "s3:PutObject", "arguments": arguments}],
    )
    assert error["code"] == "unsafe_argument"
    assert world.aws.calls == []
