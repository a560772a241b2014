"""Ops: intended before they are sent, told once, never sent twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from smithgate.errors import AuditUnavailable, OutcomeUnknown, PlanConsumed, StoreError
from smithgate.store import OpState, Store
from store_kit import DIGEST, NOW, TARGET, Clock, claimed, intend, kinds, planned, raw


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=clock)
    yield made
    made.close()


def test_ops_are_told_in_order_with_everything(store: Store, clock: Clock) -> None:
    tx_id = claimed(store)
    request_artifact = store.artifacts.put({"q": 1}, kind="request")
    first = intend(store, tx_id, request_artifact=request_artifact)
    assert store.tx(tx_id).ops[0].state is OpState.INTENDED
    clock.tick(1)
    response = store.artifacts.put({"r": 1}, kind="response")
    store.outcome(
        first,
        OpState.SUCCEEDED,
        aws_request_id="REQ\ud800",
        response_artifact=response,
        http_status=200,
    )
    second = intend(store, tx_id, step=1, purpose="after")
    store.outcome(second, OpState.FAILED, error={"code": "throttled"}, http_status=429)
    one, two = store.tx(tx_id).ops
    assert (one.id, two.id) == (first, second)
    assert (one.operation, one.purpose, one.step, one.attempt) == (
        "s3:PutBucketTagging",
        "apply",
        0,
        1,
    )
    assert (one.target, one.redacted, one.policy_digest) == (TARGET, ("Key",), DIGEST)
    assert (one.request_artifact, one.response_artifact) == (request_artifact, response)
    assert (one.state, one.http_status, one.aws_request_id) == (
        "Succeeded",
        200,
        "REQ\ufffd",
    )
    assert (one.intended_at, one.ended_at) == (NOW, clock.now)
    assert (two.state, two.error) == ("Failed", {"code": "throttled"})


def test_an_intention_is_durable_before_it_returns(store: Store) -> None:
    tx_id = claimed(store)
    op_id = intend(store, tx_id)
    with raw(store.folder) as connection:  # another connection sees what is committed
        found = connection.execute("SELECT id, state FROM ops").fetchall()
    assert found == [(op_id, "Intended")]
    assert kinds(store)[-1] == "op.intended"


@pytest.mark.parametrize("first", list(OpState)[1:])
def test_an_op_gets_one_outcome(store: Store, first: OpState) -> None:
    op_id = intend(store, claimed(store))
    store.outcome(op_id, first)
    for second in OpState:
        with pytest.raises(StoreError, match="cannot become"):
            store.outcome(op_id, second)
    assert store.txs()[0].ops[0].state is first


def test_an_intention_is_no_outcome(store: Store) -> None:
    op_id = intend(store, claimed(store))
    with pytest.raises(StoreError, match="cannot become Intended"):
        store.outcome(op_id, OpState.INTENDED)
    with pytest.raises(StoreError, match="no op"):
        store.outcome("op-none", OpState.FAILED)


def test_a_step_is_not_sent_twice(store: Store) -> None:
    tx_id = claimed(store)
    first = intend(store, tx_id)
    with pytest.raises(PlanConsumed, match="sent already"):
        intend(store, tx_id, attempt=2)
    store.outcome(first, OpState.FAILED)
    second = intend(store, tx_id, attempt=2)
    store.outcome(second, OpState.SUCCEEDED)
    with pytest.raises(PlanConsumed, match="sent already"):
        intend(store, tx_id, attempt=3)
    assert intend(store, tx_id, step=1)
    assert len(store.tx(tx_id).ops) == 3


def test_after_an_unknown_outcome_only_the_same_token_goes(store: Store) -> None:
    tx_id = claimed(store)
    store.outcome(intend(store, tx_id), OpState.UNKNOWN)
    with pytest.raises(OutcomeUnknown):
        intend(store, tx_id, attempt=2)
    store.outcome(intend(store, tx_id, step=1, idempotency_token="t1"), OpState.UNKNOWN)
    with pytest.raises(OutcomeUnknown):
        intend(store, tx_id, step=1, attempt=2, idempotency_token="t2")
    assert intend(store, tx_id, step=1, attempt=2, idempotency_token="t1")


def test_one_attempt_has_one_op(store: Store) -> None:
    tx_id = claimed(store)
    store.outcome(intend(store, tx_id), OpState.FAILED)
    with pytest.raises(AuditUnavailable, match="UNIQUE"):
        intend(store, tx_id, attempt=1)


def test_only_a_claimed_plan_applies(store: Store) -> None:
    reading = store.begin("read", requester="x")
    with pytest.raises(StoreError, match="claimed plan"):
        intend(store, reading)
    with pytest.raises(StoreError, match="claimed plan"):
        intend(store, claimed(store), step=None)
    assert store.tx(reading).ops == ()
    with pytest.raises(ValueError, match="begins with claim"):
        store.begin("apply", plan_id=planned(store))


def test_reads_may_repeat(store: Store) -> None:
    tx_id = claimed(store)
    for _ in range(2):
        store.outcome(intend(store, tx_id, purpose="before"), OpState.SUCCEEDED)
    assert len(store.tx(tx_id).ops) == 2


def test_an_unknown_artifact_is_not_referred_to(store: Store) -> None:
    tx_id = claimed(store)
    with pytest.raises(AuditUnavailable, match="FOREIGN KEY"):
        intend(store, tx_id, request_artifact="art-" + "0" * 64)
    assert store.tx(tx_id).ops == ()
