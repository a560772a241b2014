"""The core's tools: arguments in, results out, nothing larger than promised."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import World, aws_error
from smithgate.errors import UnknownTool
from smithgate.server.core import SmithgateServer
from smithgate.server.present import INLINE_BYTES, fit, size_of
from smithgate.server.toolset import DEFAULT_TOOLS


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def test_the_default_list_is_small() -> None:
    listed = [
        {
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": tool.input_schema,
            "annotations": tool.annotations,
        }
        for tool in DEFAULT_TOOLS
    ]
    assert len(listed) <= 10
    assert len(json.dumps({"tools": listed}, separators=(",", ":"))) <= 6 * 1024


def test_tool_schemas_are_closed_and_valid() -> None:
    from jsonschema import Draft202012Validator

    for tool in DEFAULT_TOOLS:
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.input_schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("tool", "arguments", "path"),
    [
        ("plan", {}, "steps"),
        ("plan", {"steps": []}, "steps"),
        ("plan", {"steps": [{"arguments": {}}]}, "steps[0].operation"),
        ("plan", {"steps": [{"operation": 5}]}, "steps[0].operation"),
        ("apply", {"plan_id": "p-1", "force": True}, "force"),
        ("apply", {"plan_id": ["p-1"]}, "plan_id"),
        ("search_operations", {"query": "x", "limit": "5"}, "limit"),
        ("search_operations", {"query": "x", "limit": 51}, "limit"),
        ("query_artifact", {"artifact": "a", "offset": -1}, "offset"),
    ],
)
def test_wrong_tool_arguments_are_named(
    world: World, tool: str, arguments: dict[str, Any], path: str
) -> None:
    error = world.refused(tool, **arguments)
    assert error["code"] == "schema_violation"
    assert path in {v["path"] for v in error["details"]["violations"]}


@pytest.mark.parametrize("arguments", [None, [], "x", 5])
def test_arguments_that_are_no_object(world: World, arguments: Any) -> None:
    from threading import Event

    from smithgate.server.tool import CallContext

    context = CallContext("a", "1", "2026-07-28", Event())
    result = world.core.call("apply", arguments, context)
    assert result.is_error
    assert result.structured["error"]["code"] == "schema_violation"


def test_an_unknown_tool_is_the_engines_business(world: World) -> None:
    with pytest.raises(UnknownTool, match="approve"):
        world.call("approve", plan_id="p-1")


def test_unknown_operations_name_the_nearest(world: World) -> None:
    error = world.refused("describe_operation", operation="s3:PutBukcetVersioning")
    assert error["code"] == "unknown_operation"
    assert "s3:PutBucketVersioning" in error["hint"]


def test_an_argument_the_operation_does_not_know(world: World) -> None:
    steps = [{"operation": "s3:ListBuckets", "arguments": {"Buket": "b"}}]
    error = world.refused("plan", steps=steps)
    violation = error["details"]["violations"][0]
    assert (violation["path"], violation["rule"]) == ("Buket", "additionalProperties")
    assert violation["allowed"]


def test_describe_gives_an_example_that_the_schema_takes(world: World) -> None:
    described = world.ok("describe_operation", operation="s3:PutBucketVersioning")
    assert described["required"] == ["Bucket", "VersioningConfiguration"]
    arguments = described["minimal_example"]
    steps = [{"operation": "s3:PutBucketVersioning", "arguments": arguments}]
    world.ok("plan", steps=steps)


def test_a_schema_too_large_is_not_cut(world: World) -> None:
    shown = world.ok(
        "describe_operation", operation="ec2:RunInstances", full_schema=True
    )
    assert shown["schema"].startswith("not shown: ")
    small = world.ok(
        "describe_operation", operation="s3:PutBucketVersioning", full_schema=True
    )
    assert small["schema"]["type"] == "object"


def test_a_failed_plan_keeps_its_error(world: World) -> None:
    steps = [{"operation": "s3:DeleteBucket", "arguments": {"Bucket": "b"}}]
    error = world.refused("plan", steps=steps)
    plan = world.ok("get_plan", plan_id=error["details"]["plan_id"])
    assert plan["state"] == "Failed"
    assert plan["error"]["code"] == "policy_denied"
    refused = world.refused("apply", plan_id=plan["plan_id"])
    assert refused["code"] == "plan_failed"
    refused = world.refused("request_approval", plan_id=plan["plan_id"])
    assert refused["code"] == "plan_failed"


def test_a_failed_read_ends_its_transaction(world: World) -> None:
    def refuse(_: Any) -> Any:
        raise aws_error("AccessDenied", 403)

    world.aws.answers["s3.list_buckets"] = refuse
    error = world.refused("read", operation="s3:ListBuckets")
    assert error["code"] == "aws_refused"
    assert error["details"]["aws_code"] == "AccessDenied"
    tx = world.app.store.tx(error["details"]["tx_id"])
    assert str(tx.state) == "Failed"


def no_queue(_: Any) -> Any:
    """Say that there is none: a state that cannot be read would need a person."""
    raise aws_error("QueueDoesNotExist")


def test_an_operation_that_needs_no_approval_applies_at_once(world: World) -> None:
    world.aws.answers["sqs.get_queue_url"] = no_queue
    world.aws.answers["sqs.create_queue"] = lambda _: {"QueueUrl": "u"}
    steps = [{"operation": "sqs:CreateQueue", "arguments": {"QueueName": "q"}}]
    plan = world.ok("plan", steps=steps)
    assert plan["next"] == "apply"
    applied = world.ok("apply", plan_id=plan["plan_id"])
    assert applied["steps"][0]["response"] == {"QueueUrl": "u"}


def test_steps_run_in_order_and_stop_at_the_first_failure(world: World) -> None:
    def fail(_: Any) -> Any:
        raise aws_error("QueueDoesNotExist")

    world.aws.answers["sqs.delete_queue"] = fail
    world.aws.answers["sqs.get_queue_url"] = no_queue
    world.aws.answers["sqs.get_queue_attributes"] = lambda _: {"Attributes": {}}
    world.aws.answers["sqs.create_queue"] = lambda _: {"QueueUrl": "u"}
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    steps = [
        {"operation": "sqs:CreateQueue", "arguments": {"QueueName": "a"}},
        {"operation": "sqs:DeleteQueue", "arguments": {"QueueUrl": url}},
        {"operation": "sqs:CreateQueue", "arguments": {"QueueName": "b"}},
    ]
    plan_id = world.ok("plan", steps=steps)["plan_id"]
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == "aws_refused"
    changing = [n for n in world.aws.names() if "get_" not in n]
    assert changing == ["sqs.create_queue", "sqs.delete_queue"]
    assert world.ok("get_plan", plan_id=plan_id)["tx"]["state"] == "Failed"


@pytest.mark.parametrize("expression", ["Buckets[", "abs('x')", "foo[?", "@.a.b(c)"])
def test_bad_expressions_are_refused(world: World, expression: str) -> None:
    world.aws.answers["s3.list_buckets"] = lambda _: {"Buckets": []}
    artifact = world.ok("read", operation="s3:ListBuckets")["artifact"]
    error = world.refused("query_artifact", artifact=artifact, expression=expression)
    assert error["code"] == "bad_query"


@pytest.mark.parametrize(
    "expression",
    ["|".join(["[@,@]"] * 160), "|".join(["[@,@][]"] * 100), "|".join(["[@,@]"] * 16)],
)
def test_an_expression_cannot_take_the_server_down(
    world: World, expression: str
) -> None:
    world.aws.answers["s3.list_buckets"] = lambda _: {"Buckets": [{"Name": "n"}] * 50}
    artifact = world.ok("read", operation="s3:ListBuckets")["artifact"]
    error = world.refused("query_artifact", artifact=artifact, expression=expression)
    assert error["code"] == "bad_query"


def test_one_long_text_named_many_times_does_not_fill_the_memory() -> None:
    """32,768 times 100 kB would be written to the server before it looks at them."""
    from smithgate.errors import BadQuery
    from smithgate.server.handlers.query import _search

    eight = ",".join("s" * 8), ",".join("@" * 8)
    expression = "|".join([f"[{eight[0]}]", *[f"[{eight[1]}]"] * 4])
    with pytest.raises(BadQuery, match="the result is larger than"):
        _search(expression, {"s": "x" * 100_000})


def test_requests_are_not_served_as_artifacts(world: World) -> None:
    world.aws.answers["s3.list_buckets"] = lambda _: {"Buckets": []}
    tx_id = world.ok("read", operation="s3:ListBuckets")["tx_id"]
    request = world.app.store.tx(tx_id).ops[-1].request_artifact
    assert request is not None
    error = world.refused("query_artifact", artifact=request)
    assert error["code"] == "artifact_not_found"


def test_an_empty_success_is_not_a_success(world: World) -> None:
    """A reply without what its shape promises proves nothing (facts: garbage 200)."""
    world.aws.answers["dynamodb.describe_endpoints"] = lambda _: {}
    error = world.refused("read", operation="dynamodb:DescribeEndpoints")
    assert error["code"] == "reply_invalid"
    assert "Endpoints" in error["message"]
    op = world.app.store.tx(error["details"]["tx_id"]).ops[-1]
    assert str(op.state) == "Unknown"


def test_more_pages_are_told(world: World) -> None:
    world.aws.answers["sqs.list_queues"] = lambda _: {"QueueUrls": [], "NextToken": "n"}
    found = world.ok("read", operation="sqs:ListQueues")
    assert found["more_pages"] == {"NextToken": "n"}


def test_results_are_cut_honestly() -> None:
    big = {"steps": [{"arguments": {"Body": "x" * 100_000}}], "state": "Planned"}
    cut = fit(big)
    assert size_of(cut) <= INLINE_BYTES
    assert cut["truncated"] is True
    assert cut["steps"][0]["arguments"]["Body"].endswith("(100000 characters)")
    many = {"items": [{"a": i} for i in range(5000)]}
    assert fit(many)["items"][-1].endswith("more)")
    small = {"a": 1}
    assert fit(small) is small


def test_handles_and_steps_survive_the_cutting() -> None:
    step = {
        "artifact": "art-" + "0" * 64,
        "response": {"Items": ["y" * 100] * 90},
        "complete": True,
    }
    cut = fit(
        {"digest": "sha256:" + "a" * 64, "steps": [dict(step) for _ in range(20)]}
    )
    assert size_of(cut) <= INLINE_BYTES
    assert cut["digest"] == "sha256:" + "a" * 64
    assert len(cut["steps"]) == 20
    for shown in cut["steps"]:
        assert shown["artifact"] == step["artifact"]
        assert shown["complete"] is False
        assert "response" not in shown


def test_an_exposed_tool_fits_as_well(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.core = SmithgateServer(world.app, expose=["s3:PutBucketTagging"])
    tags = [{"Key": f"k{i}", "Value": "v" * 200} for i in range(400)]
    world.aws.answers["s3.get_bucket_tagging"] = lambda _: {"TagSet": []}
    result = world.call("s3_put_bucket_tagging", Bucket="b", Tagging={"TagSet": tags})
    assert not result.is_error
    assert len(result.text.encode()) <= INLINE_BYTES
    world.app.close()


def test_a_plan_with_a_large_body_fits(world: World) -> None:
    from base64 import b64encode

    body = b64encode(b"y" * 300_000).decode()
    arguments = {"Bucket": "b", "Key": "k", "Body": body}
    result = world.call(
        "plan", steps=[{"operation": "s3:PutObject", "arguments": arguments}]
    )
    assert len(result.text.encode()) <= INLINE_BYTES
