"""Claims and transactions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from smithgate.audit.verify import verify
from smithgate.errors import (
    AuditUnavailable,
    OutcomeUnknown,
    PlanConsumed,
    PlanExpired,
    PlanStale,
    StoreError,
    TxNotFound,
)
from smithgate.store import (
    ApprovalState,
    ClaimView,
    OpState,
    ResumeView,
    Store,
    TxState,
)
from store_kit import (
    NOW,
    SECRET,
    Clock,
    allow,
    claimed,
    intend,
    kinds,
    planned,
    raw,
    request,
    vote,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=clock)
    yield made
    made.close()


def test_a_claim_shows_plan_and_approval_as_of_now(store: Store, clock: Clock) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    vote(store, plan_id)
    clock.tick(5)
    seen: list[ClaimView] = []
    tx_id = store.claim(plan_id, check=seen.append, requester="cli:bob")
    (view,) = seen
    assert view.plan == store.plan(plan_id)
    assert view.approval is not None
    assert view.approval.state is ApprovalState.GRANTED
    assert view.now == clock.now
    tx = store.tx(tx_id)
    assert (tx.kind, tx.state, tx.plan_id) == ("apply", "Applying", plan_id)
    assert (tx.requester, tx.owner, tx.started_at) == (
        "cli:bob",
        store.owner,
        clock.now,
    )
    assert store.tx_of_plan(plan_id) == tx


def test_a_refused_claim_leaves_the_plan_as_it_was(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    vote(store, plan_id)

    def refuse(view: ClaimView) -> None:
        raise PlanStale(f"drift in {view.plan.id}")

    before = (store.plan(plan_id), store.approval(plan_id))
    with pytest.raises(PlanStale, match="drift"):
        store.claim(plan_id, check=refuse)
    assert (store.plan(plan_id), store.approval(plan_id)) == before
    assert store.tx_of_plan(plan_id) is None
    assert kinds(store)[-1] == "refusal.recorded"
    assert "tx.claimed" not in kinds(store)
    assert store.claim(plan_id, check=allow)


def test_a_plan_is_claimed_once(store: Store) -> None:
    plan_id = planned(store)
    tx_id = store.claim(plan_id, check=allow)
    store.end(tx_id, TxState.FAILED, {"code": "x"})
    with pytest.raises(PlanConsumed) as caught:
        store.claim(plan_id, check=allow)
    assert caught.value.fields["tx_id"] == tx_id
    assert caught.value.fields["state"] == "Failed"


def test_an_expired_plan_is_not_claimed(store: Store, clock: Clock) -> None:
    plan_id = planned(store)
    clock.tick(3600)
    with pytest.raises(PlanExpired):
        store.claim(plan_id, check=allow)
    assert store.tx_of_plan(plan_id) is None


def test_a_check_may_read_but_not_write(store: Store) -> None:
    plan_id = planned(store)

    def writes(view: ClaimView) -> None:
        assert store.plan(view.plan.id) == view.plan
        store.fail_plan(view.plan.id, {})

    with pytest.raises(StoreError, match="inside of another"):
        store.claim(plan_id, check=writes)
    assert store.tx_of_plan(plan_id) is None
    assert store.claim(plan_id, check=allow)


def test_a_fault_in_the_check_claims_nothing(store: Store) -> None:
    plan_id = planned(store)

    def fault(_view: ClaimView) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.claim(plan_id, check=fault)
    assert store.claim(plan_id, check=allow)


def insert_claim(store: Store, plan_id: str) -> None:
    row = {
        "id": "tx-2",
        "kind": "apply",
        "state": TxState.APPLYING,
        "plan_id": plan_id,
        "requester": "x",
        "owner": "own-x",
        "started_at": NOW,
    }
    with store._database.write() as unit:
        unit.insert("tx", "claimed", row)


def test_the_table_refuses_a_second_claim_by_itself(store: Store) -> None:
    plan_id = planned(store)
    store.claim(plan_id, check=allow)
    with pytest.raises(AuditUnavailable, match="UNIQUE"):
        insert_claim(store, plan_id)


def test_transactions_of_other_kinds(store: Store) -> None:
    plan_id = planned(store)
    tx_id = store.begin("plan", plan_id=plan_id)
    with pytest.raises(TxNotFound):  # nothing happened yet that needs a record
        store.tx(tx_id)
    intend(store, tx_id, purpose="before")
    tx = store.tx(tx_id)
    assert (tx.kind, tx.state, tx.requester) == ("plan", "Running", "mcp:agent")
    assert tx.is_open
    assert store.end(tx_id, TxState.DONE) is TxState.DONE
    assert not store.tx(tx_id).is_open
    with pytest.raises(ValueError, match="requester"):
        store.begin("read")
    with pytest.raises(ValueError, match="nonsense"):
        store.begin("nonsense", requester="x")
    assert store.claim(plan_id, check=allow)


ENDS = {
    ("apply", TxState.APPLIED),
    ("apply", TxState.FAILED),
    ("apply", TxState.UNKNOWN),
    ("read", TxState.DONE),
    ("read", TxState.FAILED),
    ("read", TxState.UNKNOWN),
}


@pytest.mark.parametrize("kind", ["apply", "read"])
def test_every_end_of_every_kind(store: Store, kind: str) -> None:
    for state in TxState:
        tx_id = claimed(store) if kind == "apply" else store.begin(kind, requester="x")
        ended = OpState.SUCCEEDED if state is TxState.APPLIED else OpState.FAILED
        purpose = "apply" if kind == "apply" else "read"
        op_id = intend(store, tx_id, purpose=purpose)
        if state is not TxState.UNKNOWN:
            store.outcome(op_id, ended)
        if (kind, state) in ENDS:
            assert store.end(tx_id, state) is state
            with pytest.raises(StoreError, match="already"):
                store.end(tx_id, state)
            with pytest.raises(StoreError, match="already"):
                intend(store, tx_id, purpose="read")
        else:
            with pytest.raises(StoreError, match="cannot become"):
                store.end(tx_id, state)
            assert store.tx(tx_id).is_open


def test_what_was_sent_without_outcome_ends_as_unknown(store: Store) -> None:
    tx_id = claimed(store)
    op_id = intend(store, tx_id)
    assert store.end(tx_id, TxState.FAILED, {"code": "x"}) is TxState.UNKNOWN
    tx = store.tx(tx_id)
    assert tx.state is TxState.UNKNOWN
    assert tx.ops[0].state is OpState.UNKNOWN
    assert tx.ops[0].error is not None
    assert tx.ops[0].error["code"] == "outcome_unknown"
    with pytest.raises(StoreError):
        store.outcome(op_id, OpState.SUCCEEDED)


def test_a_lost_read_back_does_not_undo_an_apply(store: Store) -> None:
    tx_id = claimed(store)
    store.outcome(intend(store, tx_id), OpState.SUCCEEDED)
    intend(store, tx_id, purpose="after")
    assert store.end(tx_id, TxState.APPLIED) is TxState.APPLIED
    assert [op.state for op in store.tx(tx_id).ops] == ["Succeeded", "Unknown"]


def test_unknown_ends_by_evidence(store: Store) -> None:
    tx_id = claimed(store)
    intend(store, tx_id)
    with pytest.raises(StoreError, match="not an apply of unknown"):
        store.resolve(tx_id, TxState.APPLIED, by="bob", evidence={})
    store.end(tx_id, TxState.UNKNOWN, {"code": "outcome_unknown"})
    with pytest.raises(StoreError, match="cannot become Done"):
        store.resolve(tx_id, TxState.DONE, by="bob", evidence={})
    store.resolve(tx_id, TxState.APPLIED, by="bob", evidence={"seen": True})
    tx = store.tx(tx_id)
    assert tx.state is TxState.APPLIED
    assert tx.error == {
        "code": "resolved",
        "by": "bob",
        "evidence": {"seen": True},
        "error": {"code": "outcome_unknown"},
    }
    with pytest.raises(StoreError):
        store.resolve(tx_id, TxState.FAILED, by="bob", evidence={})


def test_an_unknown_apply_goes_on_with_the_same_token_only(store: Store) -> None:
    tx_id = claimed(store)
    intend(store, tx_id, idempotency_token="t")
    store.end(tx_id, TxState.UNKNOWN)
    assert [tx.id for tx in store.unknown()] == [tx_id]

    def refuse(view: ResumeView) -> None:
        assert (view.tx.id, view.plan.id) == (tx_id, view.tx.plan_id)
        raise PlanStale("no")

    with pytest.raises(PlanStale):
        store.reopen(tx_id, check=refuse)
    assert store.tx(tx_id).state is TxState.UNKNOWN
    store.reopen(tx_id, check=lambda _view: None)
    assert store.tx(tx_id).is_open
    with pytest.raises(OutcomeUnknown):
        intend(store, tx_id, attempt=2, idempotency_token="other")
    again = intend(store, tx_id, attempt=2, idempotency_token="t")
    store.outcome(again, OpState.SUCCEEDED)
    assert store.end(tx_id, TxState.UNKNOWN) is TxState.APPLIED
    assert store.unknown() == []
    with pytest.raises(StoreError, match="not an apply of unknown"):
        store.reopen(tx_id, check=lambda _view: None)
    assert verify(store).ok


def test_a_claim_ends_what_came_before_it(store: Store) -> None:
    plan_id = planned(store)
    before = store.begin("read", plan_id=plan_id)
    store.outcome(intend(store, before, purpose="identity"), OpState.SUCCEEDED)

    def refuse(_view: ClaimView) -> None:
        raise PlanStale("no")

    with pytest.raises(PlanStale):
        store.claim(plan_id, check=refuse, ends=before)
    assert store.tx(before).is_open
    store.claim(plan_id, check=allow, ends=before)
    assert store.tx(before).state is TxState.DONE


def test_a_begun_transaction_is_in_its_first_record(store: Store) -> None:
    count = len(kinds(store))
    intend(store, store.begin("read", requester="x"), purpose="read")
    assert kinds(store)[count:] == ["tx.begun", "op.intended"]
    refused = store.begin("read", requester="x")
    with pytest.raises(StoreError, match="only a step"):
        intend(store, refused)
    store.end(refused, TxState.FAILED, {"code": "x"})
    assert kinds(store)[count + 2 :] == ["tx.begun", "tx.ended"]


def test_transactions_are_listed_newest_first(store: Store) -> None:
    made = [store.begin("read", requester="x") for _ in range(3)]
    op_id = intend(store, made[1], purpose="read")
    assert [tx.id for tx in store.txs()] == made[::-1]
    assert [tx.id for tx in store.txs(limit=1)] == [made[2]]
    assert [op.id for op in store.txs()[1].ops] == [op_id]


def test_unknown_transactions_are_not_found(store: Store) -> None:
    for call in (
        lambda: store.tx("tx-none"),
        lambda: store.end("tx-none", TxState.DONE),
        lambda: intend(store, "tx-none"),
    ):
        with pytest.raises(TxNotFound):
            call()


def test_another_server_does_not_touch_a_transaction(
    store: Store, clock: Clock
) -> None:
    tx_id = claimed(store)
    other = Store.open(store.folder, clock=clock)
    with pytest.raises(StoreError, match="another process"):
        intend(other, tx_id)
    with pytest.raises(StoreError, match="another process"):
        other.end(tx_id, TxState.APPLIED)
    other.close()
    assert store.tx(tx_id).is_open


def test_events_tell_of_calls_without_their_secrets(store: Store) -> None:
    tx_id = claimed(store)
    artifact = store.artifacts.put({"password": SECRET}, kind="response", sealed=True)
    op_id = intend(store, tx_id, idempotency_token=SECRET)
    store.outcome(
        op_id,
        OpState.FAILED,
        response_artifact=artifact,
        error={"code": "aws_refused", "message": f"bad {SECRET}"},
    )
    store.end(tx_id, TxState.FAILED, {"code": "aws_refused", "message": SECRET})
    with raw(store.folder) as connection:
        text = str(connection.execute("SELECT * FROM events").fetchall())
    assert SECRET not in text
    assert '"error_code":"aws_refused"' in text
    assert artifact in text


def test_a_closed_store_is_closed(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "other")
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.plans()
    with pytest.raises(StoreError, match="closed"):
        planned(store)
