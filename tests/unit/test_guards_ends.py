"""Each guard of rest and resolve by itself; see ``test_guards_apply``."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import exceptions as sdk
from fake_aws import ACCOUNT, POLICY, World, aws_error
from smithgate import Risk
from smithgate.errors import (
    OutcomeUnknown,
    PlanConsumed,
    PlanStale,
    PolicyDenied,
    StoreError,
)
from smithgate.plan.document import seal
from smithgate.plan.rest import rest_of
from smithgate.policy import Decision, Effect
from smithgate.store import OpState, TxKind, TxRecord, TxState
from store_kit import intend, raw

PUT = "s3.put_bucket_versioning"
CREATE = "secretsmanager.create_secret"
ELSEWHERE = POLICY.replace(f'account: "{ACCOUNT}"', 'account: "999999999999"')


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    allow = '  - {id: secrets, allow: ["secretsmanager:CreateSecret"]}\n'
    made = World(tmp_path, POLICY + allow)
    yield made
    made.app.close()


# The rest


def test_an_apply_under_way_has_no_rest(world: World) -> None:
    plan_id = world.approved_plan()
    said: list[dict[str, Any]] = []

    def put(_: Any) -> dict[str, Any]:
        said.append(world.refused("plan", rest_of=plan_id))
        return {}

    world.aws.answers[PUT] = put
    world.ok("apply", plan_id=plan_id)
    (error,) = said
    assert (error["code"], "no apply that stopped" in error["message"]) == (
        "plan_consumed",
        True,
    )


def test_a_plan_without_a_document_has_no_rest() -> None:
    store: Any = SimpleNamespace(
        plan=lambda _: SimpleNamespace(document=None),
        tx_of_plan=lambda _: SimpleNamespace(is_open=False),
    )
    with pytest.raises(PlanConsumed):
        rest_of(store, "p-1")


def test_an_apply_of_unknown_outcome_has_no_rest_whatever_its_steps_say() -> None:
    tx = SimpleNamespace(id="tx-1", state=TxState.UNKNOWN, is_open=False, ops=())
    store: Any = SimpleNamespace(
        plan=lambda _: SimpleNamespace(document={"steps": [{}]}),
        tx_of_plan=lambda _: tx,
    )
    with pytest.raises(OutcomeUnknown):
        rest_of(store, "p-1")


def test_a_step_that_ran_in_part_is_in_no_rest(tmp_path: Path) -> None:
    world = World(
        tmp_path, POLICY + '  - {id: send, allow: ["sqs:SendMessageBatch"]}\n'
    )

    def absent(_: Any) -> Any:
        raise aws_error("QueueDoesNotExist")

    world.aws.answers["sqs.get_queue_url"] = absent
    failed = {"Id": "1", "SenderFault": True, "Code": "x"}
    world.aws.answers["sqs.send_message_batch"] = lambda _: {
        "Successful": [],
        "Failed": [failed],
    }
    batch = {
        "operation": "sqs:SendMessageBatch",
        "arguments": {
            "QueueUrl": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/q",
            "Entries": [{"Id": "1", "MessageBody": "a"}],
        },
    }
    queue = {"operation": "sqs:CreateQueue", "arguments": {"QueueName": "b"}}
    plan_id = world.ok("plan", steps=[batch, queue])["plan_id"]
    world.refused("apply", plan_id=plan_id)
    tx = world.app.store.tx_of_plan(plan_id)
    assert tx is not None
    assert tx.state is TxState.FAILED
    assert world.refused("plan", rest_of=plan_id)["code"] == "outcome_unknown"
    world.app.close()


# Resolve


def unknown_secret(world: World) -> str:
    """Return the transaction of a create whose reply was lost; the next one comes."""

    def lost(_: Any) -> Any:
        raise sdk.ReadTimeoutError(endpoint_url="u")

    def absent(_: Any) -> Any:
        raise aws_error("ResourceNotFoundException")

    world.aws.answers[CREATE] = lost
    world.aws.answers["secretsmanager.describe_secret"] = absent
    step = {"operation": "secretsmanager:CreateSecret", "arguments": {"Name": "n"}}
    plan_id = world.ok("plan", steps=[step])["plan_id"]
    tx_id = str(world.refused("apply", plan_id=plan_id)["details"]["tx_id"])
    world.aws.answers[CREATE] = lambda _: {"ARN": "arn:aws:x", "Name": "n"}
    return tx_id


def resend(world: World, tx_id: str) -> None:
    app = world.app
    app.resolver.resend(app.policies.current, tx_id, by="user:ada")


def test_only_an_unknown_apply_is_resolved(world: World) -> None:
    store, policy = world.app.store, world.app.policies.current()
    read = store.begin("read", requester="r")
    store.outcome(intend(store, read, purpose="read", step=None), OpState.UNKNOWN)
    store.end(read, TxState.UNKNOWN)
    applied = world.ok("apply", plan_id=world.approved_plan())["tx_id"]
    calls = len(world.aws.calls)
    for tx_id in (read, applied):
        with pytest.raises(StoreError, match="not an apply of unknown outcome"):
            world.app.resolver.by_reading(policy, tx_id, by="user:ada")
    assert len(world.aws.calls) == calls


def test_a_target_that_policy_knows_otherwise_is_not_read(world: World) -> None:
    tx_id = unknown_secret(world)
    world.policy_file.write_text(ELSEWHERE)
    policy = world.app.policies.current()
    calls = len(world.aws.calls)
    with pytest.raises(PlanStale, match="is not what plan"):
        world.app.resolver.by_reading(policy, tx_id, by="user:ada")
    assert len(world.aws.calls) == calls


def when_asked(world: World, act: Callable[[], None]) -> None:
    """Have something happen while AWS is asked who we are."""
    kept = world.aws.answers["sts.get_caller_identity"]

    def answer(arguments: Any) -> Any:
        act()
        return kept(arguments)

    world.aws.answers["sts.get_caller_identity"] = answer


def test_a_document_that_changes_meanwhile_is_not_sent_again(world: World) -> None:
    tx_id = unknown_secret(world)
    plan_id = world.app.store.tx(tx_id).plan_id
    assert plan_id is not None
    document = world.app.store.plan(plan_id).document
    assert document is not None

    def edit() -> None:
        changed = {**document, "reason": "another"}
        with raw(world.folder / "state") as connection:
            connection.execute(
                "UPDATE plans SET document = ?, digest = ? WHERE id = ?",
                (json.dumps(changed), seal(changed), plan_id),
            )

    when_asked(world, edit)
    with pytest.raises(PlanStale, match="is not what it was"):
        resend(world, tx_id)
    assert world.aws.names().count(CREATE) == 1


def test_another_step_in_doubt_is_not_sent_again(world: World) -> None:
    tx_id = unknown_secret(world)
    resolver: Any = world.app.resolver
    find = resolver._resendable
    found: list[Any] = []

    def another(case: Any) -> Any:
        found.append(find(case))
        return replace(found[-1], index=len(found) - 1)

    resolver._resendable = another
    with pytest.raises(PlanStale, match="is not what it was"):
        resend(world, tx_id)
    assert (len(found), world.aws.names().count(CREATE)) == (2, 1)


@pytest.mark.parametrize(
    ("effect", "is_provisional"), [(Effect.DENY, False), (Effect.ALLOW, True)]
)
def test_no_and_perhaps_are_both_a_no_to_send_again(
    world: World, effect: Effect, is_provisional: bool
) -> None:
    tx_id = unknown_secret(world)
    said = Decision(
        effect=effect,
        risk=Risk.WRITE,
        decided_by="x",
        reasons=(),
        approval=None,
        policy_digest="d",
        is_provisional=is_provisional,
    )
    gateway: Any = SimpleNamespace(judge=lambda *_: said)
    world.app.resolver._gateway = gateway
    with pytest.raises(PolicyDenied):
        resend(world, tx_id)
    assert world.aws.names().count(CREATE) == 1


def test_another_caller_is_refused_before_anything_is_reopened(world: World) -> None:
    tx_id = unknown_secret(world)
    answer = {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/b",
        "UserId": "b",
    }
    world.aws.answers["sts.get_caller_identity"] = lambda _: answer
    with pytest.raises(PlanStale, match="another identity"):
        resend(world, tx_id)
    (asking,) = [tx for tx in transactions(world) if tx.kind is TxKind.RECONCILE]
    assert asking.state is TxState.FAILED


def transactions(world: World) -> list[TxRecord]:
    rows = world.rows("SELECT id FROM tx")
    return [world.app.store.tx(tx_id) for (tx_id,) in rows]
