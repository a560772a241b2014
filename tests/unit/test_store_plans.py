from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from smithgate.errors import PlanConsumed, PlanFailed, PlanNotFound
from smithgate.store import PlanState, Store
from store_kit import (
    DIGEST,
    NOW,
    SECRET,
    TARGET,
    Clock,
    allow,
    draft,
    kinds,
    planned,
    raw,
    seal,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=Clock())
    yield made
    made.close()


def test_a_draft_holds_what_is_known_so_far(store: Store) -> None:
    plan = store.plan(draft(store))
    assert plan.state is PlanState.DRAFT
    assert (plan.digest, plan.document, plan.error, plan.expires_at) == (None,) * 4
    assert (plan.created_at, plan.requester, plan.target) == (NOW, "mcp:agent", TARGET)
    assert plan.owner == store.owner
    assert not plan.is_expired(NOW + timedelta(days=999))


def test_a_sealed_plan_holds_the_exact_document(store: Store) -> None:
    document = {"z": [1, 1.5, {"k": None}], "a": "é\u0000😀", "n": 10**30}
    plan_id = draft(store)
    seal(store, plan_id, document=document, artifacts=["art-1"])
    plan = store.plan(plan_id)
    assert plan.state is PlanState.PLANNED
    assert (plan.document, plan.digest) == (document, DIGEST)
    assert plan.artifacts == ("art-1",)
    assert plan.is_expired(NOW + timedelta(hours=1))
    assert not plan.is_expired(NOW + timedelta(minutes=59))


def test_a_failed_plan_holds_its_error(store: Store) -> None:
    plan_id = draft(store)
    store.fail_plan(plan_id, {"code": "policy_denied", "message": "\ud800"})
    plan = store.plan(plan_id)
    assert plan.state is PlanState.FAILED
    assert plan.error == {"code": "policy_denied", "message": "\ufffd"}


EVENTS: dict[str, Any] = {
    "seal": seal,
    "fail": lambda store, plan_id: store.fail_plan(plan_id, {"code": "x"}),
    "claim": lambda store, plan_id: store.claim(plan_id, check=allow),
}


def failed(store: Store) -> str:
    plan_id = draft(store)
    store.fail_plan(plan_id, {"code": "x"})
    return plan_id


@pytest.mark.parametrize(
    ("make", "event", "expected"),
    [
        (draft, "seal", PlanState.PLANNED),
        (draft, "fail", PlanState.FAILED),
        (draft, "claim", None),
        (planned, "seal", None),
        (planned, "fail", None),
        (planned, "claim", PlanState.PLANNED),
        (failed, "seal", None),
        (failed, "fail", None),
        (failed, "claim", None),
    ],
)
def test_every_state_and_event(
    store: Store, make: Any, event: str, expected: PlanState | None
) -> None:
    plan_id = make(store)
    before = store.plan(plan_id)
    if expected is None:
        with pytest.raises(PlanFailed) as caught:
            EVENTS[event](store, plan_id)
        assert caught.value.fields["plan_id"] == plan_id
        assert store.plan(plan_id) == before
    else:
        EVENTS[event](store, plan_id)
        assert store.plan(plan_id).state is expected


def test_unknown_plans_are_not_found(store: Store) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.plan("p-none"),
        lambda: seal(store, "p-none"),
        lambda: store.fail_plan("p-none", {}),
        lambda: store.claim("p-none", check=allow),
        lambda: store.begin("plan", plan_id="p-none"),
        lambda: store.request_approval(
            "p-none", DIGEST, count=1, ttl_s=1, requester="x"
        ),
    ]
    before = kinds(store)
    for call in calls:
        with pytest.raises(PlanNotFound):
            call()
    # Nothing of an unknown id is written down: it may be anybody's text.
    assert kinds(store) == before


def test_plans_are_listed_newest_first_even_at_one_instant(store: Store) -> None:
    made = [draft(store) for _ in range(5)]
    seal(store, made[2])
    assert [plan.id for plan in store.plans()] == made[::-1]
    assert [plan.id for plan in store.plans(limit=2)] == [made[4], made[3]]
    assert [plan.id for plan in store.plans(state=PlanState.PLANNED)] == [made[2]]


def test_a_claimed_plan_is_refused_by_name(store: Store) -> None:
    plan_id = planned(store)
    store.refuse_claimed(plan_id)
    tx_id = store.claim(plan_id, check=allow)
    with pytest.raises(PlanConsumed) as caught:
        store.refuse_claimed(plan_id)
    assert caught.value.fields == {
        "plan_id": plan_id,
        "tx_id": tx_id,
        "state": "Applying",
    }


def test_an_expiry_without_a_zone_is_refused(store: Store) -> None:
    plan_id = draft(store)
    with pytest.raises(ValueError, match="without a zone"):
        seal(store, plan_id, expires_at=NOW.replace(tzinfo=None))
    assert store.plan(plan_id).state is PlanState.DRAFT


def test_events_tell_of_plans_without_their_secrets(store: Store) -> None:
    plan_id = draft(store, reason=f"the password is {SECRET}")
    decision = {"effect": "allow", "reasons": [{"text": f"argument is {SECRET}"}]}
    seal(store, plan_id, decision=decision, view={"oops": SECRET})
    failing = draft(store)
    store.fail_plan(failing, {"code": "x", "message": SECRET, "details": {SECRET: 1}})
    with raw(store.folder) as connection:
        text = str(connection.execute("SELECT * FROM events").fetchall())
        assert SECRET in str(connection.execute("SELECT * FROM plans").fetchall())
    assert SECRET not in text
    assert '"error_code":"x"' in text
    assert '"effect":"allow"' in text
