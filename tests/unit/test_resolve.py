"""What is unknown ends by a person, by a look at the resource, or by the token."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as sdk
from click.testing import CliRunner
from fake_aws import ACCOUNT, POLICY, World, aws_error
from smithgate.audit.verify import verify
from smithgate.cli import cli
from smithgate.errors import (
    ApprovalUnverified,
    OutcomeUnknown,
    PlanStale,
    SmithgateError,
)
from smithgate.plan.resolve import RESEND_WITHIN
from smithgate.store import TxState
from stack import ROOT

PUT = "s3.put_bucket_versioning"
CREATE = "secretsmanager.create_secret"
SECRET = {"operation": "secretsmanager:CreateSecret", "arguments": {"Name": "n"}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    allow = '  - {id: secrets, allow: ["secretsmanager:CreateSecret"]}\n'
    made = World(tmp_path, POLICY + allow)
    yield made
    made.app.close()


def lost(_: Any) -> Any:
    raise sdk.ReadTimeoutError(endpoint_url="u")


def unknown_secret(world: World, *more: dict[str, Any]) -> str:
    """Return the transaction of a create whose reply was lost."""
    world.aws.answers[CREATE] = lost
    world.aws.answers["secretsmanager.describe_secret"] = lambda _: _missing()
    plan_id = world.ok("plan", steps=[SECRET, *more])["plan_id"]
    return str(world.refused("apply", plan_id=plan_id)["details"]["tx_id"])


def _missing() -> Any:
    raise aws_error("ResourceNotFoundException")


def _no_queue() -> Any:
    raise aws_error("QueueDoesNotExist")


def unknown_versioning(world: World) -> str:
    plan_id = world.approved_plan()
    world.aws.answers[PUT] = lost
    return str(world.refused("apply", plan_id=plan_id)["details"]["tx_id"])


def created(arguments: Any) -> dict[str, Any]:
    return {"ARN": "arn:aws:x", "Name": arguments["Name"]}


def resend(world: World, tx_id: str) -> tuple[TxState, list[dict[str, Any]]]:
    app = world.app
    return app.resolver.resend(app.policies.current, tx_id, by="user:ada")


def test_a_token_is_sent_again_with_the_same_parameters(world: World) -> None:
    tx_id = unknown_secret(world)
    world.aws.answers[CREATE] = created
    state, (step,) = resend(world, tx_id)
    assert (state, step["outcome"]) == (TxState.APPLIED, "done")
    sent = [a for n, a in world.aws.calls if n == CREATE]
    assert len(sent) == 2
    assert sent[0] == sent[1]
    tx = world.app.store.tx(tx_id)
    ops = [op for op in tx.ops if op.purpose == "apply"]
    assert [(op.attempt, str(op.state)) for op in ops] == [
        (1, "Unknown"),
        (2, "Succeeded"),
    ]
    assert ops[0].idempotency_token == ops[1].idempotency_token
    assert ops[0].request_artifact == ops[1].request_artifact
    report = verify(world.folder / "state")
    assert report.ok, report.problems
    again = world.ok("apply", plan_id=tx.plan_id)
    assert (again["repeated"], again["steps"][0]["outcome"]) == (True, "done")
    assert again["resolved"]["by"] == "same token"


def test_a_refused_second_request_proves_nothing_of_the_first(world: World) -> None:
    tx_id = unknown_secret(world)

    def exists(_: Any) -> Any:
        raise aws_error("ResourceExistsException")

    world.aws.answers[CREATE] = exists
    with pytest.raises(SmithgateError):
        resend(world, tx_id)
    assert world.app.store.tx(tx_id).state is TxState.UNKNOWN


def test_later_steps_are_not_sent(world: World) -> None:
    world.aws.answers["sqs.get_queue_url"] = lambda _: _no_queue()
    more = {"operation": "sqs:CreateQueue", "arguments": {"QueueName": "q"}}
    tx_id = unknown_secret(world, more)
    world.aws.answers[CREATE] = created
    state, steps = resend(world, tx_id)
    assert state is TxState.FAILED
    assert [step["outcome"] for step in steps] == ["done", "not sent"]
    assert "sqs.create_queue" not in world.aws.names()


def change_policy(world: World) -> None:
    world.policy_file.write_text(
        world.policy_file.read_text() + '  - {id: x, deny: ["s3:Foo"]}\n'
    )


def change_caller(world: World) -> None:
    world.aws.answers["sts.get_caller_identity"] = lambda _: {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/other",
        "UserId": "u",
    }


def change_clock(world: World) -> None:
    world.clock.advance(seconds=RESEND_WITHIN.total_seconds() + 1)


def change_clock_back(world: World) -> None:
    world.clock.advance(seconds=-1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (change_policy, PlanStale),
        (change_caller, PlanStale),
        (change_clock, OutcomeUnknown),
        (change_clock_back, OutcomeUnknown),
    ],
)
def test_what_changed_refuses_to_send_again(
    world: World, change: Any, error: type[SmithgateError]
) -> None:
    tx_id = unknown_secret(world)
    world.aws.answers[CREATE] = created
    change(world)
    with pytest.raises(error):
        resend(world, tx_id)
    assert world.aws.names().count(CREATE) == 1
    assert world.app.store.tx(tx_id).state is TxState.UNKNOWN


def test_no_token_no_second_request(world: World) -> None:
    tx_id = unknown_versioning(world)
    with pytest.raises(OutcomeUnknown, match="no idempotency token"):
        resend(world, tx_id)
    assert world.aws.names().count(PUT) == 1


FORGERIES = {
    "another transaction's": "UPDATE approvals SET ended_by = 'tx-other'",
    "nobody's": "DELETE FROM votes",
    "unsigned": "UPDATE votes SET key = NULL, statement = NULL, signature = NULL",
    "somebody else's": "UPDATE votes SET approver = 'bob'",
    "taken back": "UPDATE votes SET decision = 'revoke'",
}


@pytest.mark.parametrize("edit", FORGERIES.values(), ids=FORGERIES)
def test_an_approval_that_an_edited_store_tells_of_sends_nothing(
    tmp_path: Path, edit: str
) -> None:
    world, tx_id = approved_and_lost(tmp_path)
    with sqlite3.connect(tmp_path / "state" / "smithgate.db") as connection:
        connection.execute(edit)
    connection.close()
    with pytest.raises(ApprovalUnverified):
        resend(world, tx_id)
    assert world.aws.names().count(CREATE) == 1
    world.app.close()


def test_the_same_rows_as_they_were_recorded_are_sent(tmp_path: Path) -> None:
    world, tx_id = approved_and_lost(tmp_path)
    world.clock.advance(seconds=60)
    assert resend(world, tx_id)[0] is TxState.APPLIED
    world.app.close()


def approved_and_lost(folder: Path) -> tuple[World, str]:
    """Return a world, and the apply of an approved create whose reply was lost."""
    world = World(folder)
    world.aws.answers["secretsmanager.describe_secret"] = lambda _: _missing()
    world.aws.answers[CREATE] = lost
    plan_id = world.ok("plan", steps=[SECRET])["plan_id"]
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id)
    tx_id = str(world.refused("apply", plan_id=plan_id)["details"]["tx_id"])
    world.aws.answers[CREATE] = created
    return world, tx_id


def test_a_state_that_came_to_be_is_evidence(world: World) -> None:
    tx_id = unknown_versioning(world)
    world.aws.versioning = {"Status": "Enabled"}
    policy = world.app.policies.current()
    state, (seen,) = world.app.resolver.by_reading(policy, tx_id, by="user:ada")
    assert (state, seen["came_to_be"]) == (TxState.APPLIED, "yes")
    tx = world.app.store.tx(tx_id)
    assert tx.error is not None
    assert (tx.error["by"], tx.error["evidence"]["asked_by"]) == (
        "read-back",
        "user:ada",
    )


def test_a_state_that_did_not_move_is_no_evidence(world: World) -> None:
    tx_id = unknown_versioning(world)
    policy = world.app.policies.current()
    state, (seen,) = world.app.resolver.by_reading(policy, tx_id, by="user:ada")
    assert (state, seen["came_to_be"]) == (TxState.UNKNOWN, "not yet visible")
    assert world.app.store.tx(tx_id).state is TxState.UNKNOWN


def test_a_state_that_was_so_before_is_no_evidence(world: World) -> None:
    world.aws.versioning = {"Status": "Enabled"}
    tx_id = unknown_versioning(world)
    policy = world.app.policies.current()
    state, (seen,) = world.app.resolver.by_reading(policy, tx_id, by="user:ada")
    assert (state, seen["came_to_be"]) == (TxState.UNKNOWN, "unknown")


class TestCommand:
    def run(self, world: World, *arguments: str) -> Any:
        places = {
            "SMITHGATE_POLICY": str(world.policy_file),
            "SMITHGATE_STATE": str(world.folder / "state"),
            "SMITHGATE_GENERATED": str(ROOT / "generated"),
        }
        return CliRunner(env=places).invoke(cli, ["resolve", *arguments])

    def test_unknown_applies_are_listed(self, world: World) -> None:
        assert "nothing is unknown" in self.run(world).output
        tx_id = unknown_versioning(world)
        listed = self.run(world).output
        assert tx_id in listed
        assert "s3:PutBucketVersioning  unknown" in listed
        (view,) = json.loads(self.run(world, "--json").output)
        assert view["steps"][0]["outcome"] == "unknown"

    @pytest.mark.parametrize("way", ["applied", "failed"])
    def test_a_person_settles(self, world: World, way: str) -> None:
        tx_id = unknown_versioning(world)
        assert self.run(world, tx_id, f"--{way}").exit_code == 2  # no note
        done = self.run(world, tx_id, f"--{way}", "--note", "seen in the console")
        assert done.exit_code == 0, done.output
        tx = world.app.store.tx(tx_id)
        assert str(tx.state).lower() == way
        assert tx.error is not None
        assert tx.error["by"].startswith("user:")
        assert tx.error["evidence"] == {"note": "seen in the console"}
        again = self.run(world, tx_id, f"--{way}", "--note", "again")
        assert again.exit_code == 1

    def test_wrong_usage(self, world: World) -> None:
        assert self.run(world, "tx-x", "--applied", "--failed").exit_code == 2
        assert self.run(world, "--applied", "--note", "n").exit_code == 2
        assert self.run(world, "tx-x").exit_code == 1
