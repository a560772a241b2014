"""Apply called again: the stored outcome, also after a crash, never a second run."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as sdk
from fake_aws import POLICY, World, aws_error
from smithgate.errors import AuditUnavailable
from smithgate.server.tool import CallContext
from smithgate.store import TxState

PUT = "s3.put_bucket_versioning"


def no_queue(_: Any) -> Any:
    raise aws_error("QueueDoesNotExist")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.aws.answers["sqs.get_queue_url"] = no_queue
    yield made
    made.app.close()


def queues(*names: str) -> list[dict[str, Any]]:
    return [
        {"operation": "sqs:CreateQueue", "arguments": {"QueueName": name}}
        for name in names
    ]


def test_a_repeated_apply_gives_the_stored_result(world: World) -> None:
    world.aws.answers["sqs.create_queue"] = lambda _: {"QueueUrl": "https://q"}
    plan_id = world.ok("plan", steps=queues("a"))["plan_id"]
    first = world.ok("apply", plan_id=plan_id)
    world.restart()
    again = world.ok("apply", plan_id=plan_id)
    assert again["repeated"] is True
    assert (again["tx_id"], again["state"]) == (first["tx_id"], "Applied")
    (step,) = again["steps"]
    for key in ("op_id", "aws_request_id", "artifact", "response"):
        assert step[key] == first["steps"][0][key]
    assert step["outcome"] == "done"
    assert world.aws.names().count("sqs.create_queue") == 1


def test_a_repeated_apply_of_a_failed_plan_gives_its_error(world: World) -> None:
    def fail(_: Any) -> Any:
        raise aws_error("AccessDenied", 403)

    world.aws.answers[PUT] = fail
    plan_id = world.approved_plan()
    first = world.refused("apply", plan_id=plan_id)
    again = world.refused("apply", plan_id=plan_id)
    assert (again["code"], again["message"]) == (first["code"], first["message"])
    assert again["details"]["repeated"] is True
    assert again["details"]["state"] == "Failed"
    assert again["details"]["steps"] == first["details"]["steps"]
    assert again["retry_safe"] is False
    assert world.aws.names().count(PUT) == 1


def test_an_unwritable_end_does_not_hide_what_happened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = world.approved_plan()
    store = world.app.store

    def broken(*_: Any, **__: Any) -> Any:
        raise AuditUnavailable("disk full")

    claim = store.claim

    def claim_then_break(*args: Any, **kwargs: Any) -> str:
        tx_id = claim(*args, **kwargs)
        monkeypatch.setattr(store, "end", broken)
        return tx_id

    monkeypatch.setattr(store, "claim", claim_then_break)
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == "outcome_unknown"
    assert error["details"]["tx_id"]
    monkeypatch.undo()
    # The same process ends it by its records once it can.
    assert world.ok("apply", plan_id=plan_id)["repeated"] is True
    assert world.aws.names().count(PUT) == 1


def test_an_apply_under_way_is_not_disturbed(world: World) -> None:
    plan_id = world.approved_plan()
    put = world.aws.answers[PUT]
    told: list[dict[str, Any]] = []

    def meanwhile(arguments: Any) -> Any:
        told.append(world.refused("apply", plan_id=plan_id))
        return put(arguments)

    world.aws.answers[PUT] = meanwhile
    assert world.ok("apply", plan_id=plan_id)["state"] == "Applied"
    (error,) = told
    assert (error["code"], error["details"]["state"]) == ("plan_consumed", "Applying")


def test_a_cancelled_apply_stops_between_steps(world: World) -> None:
    cancelled = threading.Event()

    def create(_: Any) -> dict[str, Any]:
        cancelled.set()
        return {"QueueUrl": "https://q"}

    world.aws.answers["sqs.create_queue"] = create
    plan_id = world.ok("plan", steps=queues("a", "b"))["plan_id"]
    context = CallContext("agent", "1", "2026-07-28", cancelled)
    result = world.core.call("apply", {"plan_id": plan_id}, context)
    error = result.structured["error"]
    assert error["code"] == "apply_cancelled"
    outcomes = [step["outcome"] for step in error["details"]["steps"]]
    assert outcomes == ["done", "not sent"]
    assert world.aws.names().count("sqs.create_queue") == 1
    assert world.ok("get_plan", plan_id=plan_id)["tx"]["state"] == "Failed"


def test_a_partial_failure_stops_the_plan(tmp_path: Path) -> None:
    allow = POLICY + '  - {id: send, allow: ["sqs:SendMessageBatch"]}\n'
    world = World(tmp_path, allow)
    world.aws.answers["sqs.get_queue_url"] = no_queue
    entries = [{"Id": "1", "MessageBody": "a"}]
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    batch = {
        "operation": "sqs:SendMessageBatch",
        "arguments": {"QueueUrl": url, "Entries": entries},
    }
    failed = {"Id": "1", "SenderFault": True, "Code": "x"}
    world.aws.answers["sqs.send_message_batch"] = lambda _: {
        "Successful": [],
        "Failed": [failed],
    }
    plan_id = world.ok("plan", steps=[batch, *queues("b")])["plan_id"]
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == "partial_failure"
    outcomes = [step["outcome"] for step in error["details"]["steps"]]
    assert outcomes == ["partial", "not sent"]
    again = world.refused("apply", plan_id=plan_id)
    assert (again["code"], again["details"]["repeated"]) == ("partial_failure", True)
    assert world.aws.names().count("sqs.send_message_batch") == 1
    assert "sqs.create_queue" not in world.aws.names()
    world.app.close()


def test_a_settled_apply_says_who_settled_it(world: World) -> None:
    def lost(_: Any) -> Any:
        raise sdk.ReadTimeoutError(endpoint_url="u")

    world.aws.answers[PUT] = lost
    plans = [world.approved_plan(), world.approved_plan()]
    for plan_id, state in zip(plans, (TxState.APPLIED, TxState.FAILED), strict=True):
        tx_id = world.refused("apply", plan_id=plan_id)["details"]["tx_id"]
        world.app.store.resolve(tx_id, state, by="user:ada", evidence={"note": "seen"})
    applied = world.ok("apply", plan_id=plans[0])
    assert applied["resolved"] == {"by": "user:ada", "evidence": {"note": "seen"}}
    assert applied["steps"][0]["outcome"] == "unknown"
    failed = world.refused("apply", plan_id=plans[1])
    assert failed["details"]["resolved_by"] == "user:ada"
    assert failed["code"] == "execution_error"
