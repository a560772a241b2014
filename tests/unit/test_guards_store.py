"""Guards of the store by themselves: rows that no other guard looks at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from smithgate.errors import PlanConsumed, PlanStale, StoreError
from smithgate.store import OpState, Store, TxState
from store_kit import Clock, allow, claimed, intend, planned, raw, request, vote


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=Clock())
    yield made
    made.close()


def test_an_unknown_apply_is_settled_to_an_end(store: Store) -> None:
    tx_id = claimed(store)
    store.outcome(intend(store, tx_id), OpState.UNKNOWN)
    assert store.end(tx_id, TxState.UNKNOWN) is TxState.UNKNOWN
    for state in set(TxState) - {TxState.APPLIED, TxState.FAILED}:
        with pytest.raises(StoreError):
            store.resolve(tx_id, state, by="user:ada", evidence={})
    store.resolve(tx_id, TxState.APPLIED, by="user:ada", evidence={})


def test_an_unknown_read_is_no_apply_to_settle(store: Store) -> None:
    tx_id = store.begin("read", requester="r")
    op_id = intend(store, tx_id, purpose="read", step=None)
    store.outcome(op_id, OpState.UNKNOWN)
    store.end(tx_id, TxState.UNKNOWN)
    assert store.tx(tx_id).state is TxState.UNKNOWN
    with pytest.raises(StoreError, match="not an apply"):
        store.resolve(tx_id, TxState.APPLIED, by="user:ada", evidence={})


def test_a_request_for_another_digest_takes_no_word(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    with raw(store.folder) as connection:
        connection.execute("UPDATE approvals SET digest = 'sha256:0'")
    for decision in ("grant", "deny"):
        with pytest.raises(PlanStale, match="another digest"):
            vote(store, plan_id, decision=decision)


def test_a_claim_whose_row_is_gone_stays_claimed(store: Store) -> None:
    plan_id, other = planned(store), planned(store)
    store.claim(plan_id, check=allow)
    with raw(store.folder) as connection:
        connection.execute("DELETE FROM tx")
    with pytest.raises(PlanConsumed, match="the record of it was removed"):
        store.refuse_claimed(plan_id)
    with pytest.raises(PlanConsumed, match="the record of it was removed"):
        store.claim(plan_id, check=allow)
    store.refuse_claimed(other)
    store.claim(other, check=allow)
