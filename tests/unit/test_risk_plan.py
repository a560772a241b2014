"""A request is judged, planned, sealed and shown with the risk its arguments give it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import VERSIONING, World
from rich.console import Console
from smithgate.cli.card import print_card

SUSPEND = {"Bucket": "b", "VersioningConfiguration": {"Status": "Suspended"}}
CARRYING = {"QueueUrl": "https://q/1/a", "Attributes": {"Policy": "{}"}}
PLAIN = {"QueueUrl": "https://q/1/a", "Attributes": {"DelaySeconds": "5"}}


OPEN = """\
version: 1
targets: {dev: {account: "123456789012", regions: [us-east-1]}}
risks: {write: allow, destructive: approve}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.aws.answers["sqs.get_queue_attributes"] = lambda _: {"Attributes": {"A": "b"}}
    yield made
    made.app.close()


def plan(world: World, operation: str, arguments: Any) -> dict[str, Any]:
    steps = [{"operation": operation, "arguments": arguments}]
    return world.ok("plan", steps=steps, reason="a test")


def test_policy_denies_what_the_arguments_make_a_permission_change(
    world: World,
) -> None:
    steps = [{"operation": "sqs:SetQueueAttributes", "arguments": CARRYING}]
    error = world.refused("plan", steps=steps, reason="a test")
    assert error["code"] == "policy_denied"
    assert "risks.permissions" in error["message"]
    # Refused before anything was read or sent.
    assert world.aws.names() == []


def test_the_same_operation_without_the_argument_stays_a_write(world: World) -> None:
    found = plan(world, "sqs:SetQueueAttributes", PLAIN)
    document = world.app.store.plan(found["plan_id"]).document
    assert document is not None
    (step,) = document["steps"]
    assert (step["risk"], step["raised"]) == ("write", [])


def test_other_spellings_do_not_get_around(world: World) -> None:
    for spelling in ("SQS:setqueueattributes", "sqs set-queue-attributes"):
        steps = [{"operation": spelling, "arguments": CARRYING}]
        error = world.refused("plan", steps=steps, reason="a test")
        assert error["code"] == "policy_denied"


@pytest.fixture
def open_world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, OPEN)
    yield made
    made.app.close()


def test_the_seal_and_the_card_show_the_raised_risk(open_world: World) -> None:
    plain = plan(open_world, "s3:PutBucketVersioning", VERSIONING)
    raised = plan(open_world, "s3:PutBucketVersioning", SUSPEND)
    stored = {
        name: open_world.app.store.plan(found["plan_id"])
        for name, found in (("plain", plain), ("raised", raised))
    }
    assert stored["plain"].decision["effect"] == "allow"
    assert stored["raised"].decision["effect"] == "approve"
    assert stored["raised"].decision["risk"] == "destructive"
    document = stored["raised"].document
    assert document is not None
    (step,) = document["steps"]
    assert (step["risk"], step["operation_risk"]) == ("destructive", "write")
    (why,) = step["raised"]
    assert why["member"] == "VersioningConfiguration.Status"

    shown = open_world.ok("get_plan", plan_id=raised["plan_id"])
    assert shown["steps"][0]["raised"] == [why]
    out = io.StringIO()
    print_card(Console(file=out, width=200), shown)
    assert "raised to destructive by VersioningConfiguration.Status" in out.getvalue()


def test_a_raised_plan_waits_for_its_approval(open_world: World) -> None:
    found = plan(open_world, "s3:PutBucketVersioning", SUSPEND)
    error = open_world.refused("apply", plan_id=found["plan_id"])
    assert error["code"] == "approval_required"
    assert "s3.put_bucket_versioning" not in open_world.aws.names()
