"""Approval requests: every state and event, and who may decide."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from smithgate.errors import (
    ApprovalExpired,
    ApprovalNotFound,
    ApprovalRefused,
    PlanConsumed,
    PlanExpired,
    PlanFailed,
    PlanStale,
    SmithgateError,
)
from smithgate.store import ApprovalState, Store
from store_kit import (
    DIGEST,
    NOW,
    SECRET,
    Clock,
    allow,
    draft,
    kinds,
    planned,
    raw,
    request,
    revoke,
    vote,
)

TTL_S = 600
SHARED_CLOCK = Clock()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=clock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for the whole table: each case has a plan of its own."""
    made = Store.open(tmp_path_factory.mktemp("shared") / "s", clock=SHARED_CLOCK)
    yield made
    made.close()


def state_of(store: Store, plan_id: str) -> ApprovalState | None:
    found = store.approval(plan_id)
    return found.state if found else None


def reach(store: Store, clock: Clock, state: str) -> str:
    """Return a plan whose last request is in this state."""
    plan_id = planned(store)
    if state == "none":
        return plan_id
    request(store, plan_id)
    if state in {"Granted", "Used", "Lapsed"}:
        vote(store, plan_id)
    if state == "Denied":
        vote(store, plan_id, decision="deny")
    if state == "Revoked":
        revoke(store, plan_id, "bob")
    if state == "Used":
        store.claim(plan_id, check=allow)
    if state in {"Expired", "Lapsed"}:
        clock.tick(TTL_S)
    return plan_id


EVENTS: dict[str, Callable[[Store, str], Any]] = {
    "request": request,
    "grant": lambda store, plan_id: vote(store, plan_id, "carol"),
    "deny": lambda store, plan_id: vote(store, plan_id, "carol", "deny"),
    "revoke": lambda store, plan_id: revoke(store, plan_id, "carol"),
    "claim": lambda store, plan_id: store.claim(plan_id, check=allow),
}

P, G, D, X, R, U = ApprovalState
TABLE: dict[str, dict[str, ApprovalState | type[SmithgateError] | None]] = {
    # `Lapsed` is a grant that ran out before it was used.
    "none": {
        "request": P,
        "grant": ApprovalNotFound,
        "deny": ApprovalNotFound,
        "revoke": ApprovalNotFound,
        "claim": None,
    },
    "Pending": {"request": P, "grant": G, "deny": D, "revoke": R, "claim": P},
    "Granted": {
        "request": G,
        "grant": ApprovalRefused,
        "deny": D,
        "revoke": R,
        "claim": U,
    },
    "Denied": {
        "request": ApprovalRefused,
        "grant": ApprovalRefused,
        "deny": ApprovalRefused,
        "revoke": ApprovalRefused,
        "claim": D,
    },
    "Revoked": {
        "request": ApprovalRefused,
        "grant": ApprovalRefused,
        "deny": ApprovalRefused,
        "revoke": ApprovalRefused,
        "claim": R,
    },
    "Expired": {
        "request": P,
        "grant": ApprovalExpired,
        "deny": ApprovalExpired,
        "revoke": ApprovalExpired,
        "claim": X,
    },
    "Lapsed": {
        "request": P,
        "grant": ApprovalExpired,
        "deny": ApprovalExpired,
        "revoke": ApprovalExpired,
        "claim": X,
    },
    "Used": {
        "request": PlanConsumed,
        "grant": PlanConsumed,
        "deny": PlanConsumed,
        "revoke": PlanConsumed,
        "claim": PlanConsumed,
    },
}
PAIRS = [(s, e, x) for s, row in TABLE.items() for e, x in row.items()]


@pytest.mark.parametrize(("state", "event", "expected"), PAIRS)
def test_every_state_and_event(
    shared: Store, state: str, event: str, expected: Any
) -> None:
    store, clock = shared, SHARED_CLOCK
    clock.now = NOW
    plan_id = reach(store, clock, state)
    before = store.approval(plan_id)
    if isinstance(expected, type):
        with pytest.raises(expected):
            EVENTS[event](store, plan_id)
        after = store.approval(plan_id)
        assert (before and before.grants) == (after and after.grants)
        assert (before and before.state) == (after and after.state)
        assert kinds(store)[-1] == "refusal.recorded"
    else:
        EVENTS[event](store, plan_id)
        assert state_of(store, plan_id) == expected


def test_the_table_covers_every_state() -> None:
    assert {*TABLE} == {"none", "Lapsed", *map(str, ApprovalState)}
    assert all({*row} == {*EVENTS} for row in TABLE.values())


def test_a_request_holds_what_was_asked(store: Store) -> None:
    plan_id = planned(store)
    found = request(store, plan_id, count=2)
    assert (found.plan_id, found.digest, found.count) == (plan_id, DIGEST, 2)
    assert found.created_at == NOW
    assert found.expires_at == NOW + timedelta(seconds=TTL_S)
    assert (found.grants, found.ended_at, found.requester) == ((), None, "mcp:agent")


def test_a_request_never_outlives_the_plan(store: Store) -> None:
    plan_id = planned(store, expires_at=NOW + timedelta(seconds=5))
    assert request(store, plan_id).expires_at == NOW + timedelta(seconds=5)


def test_asking_twice_is_one_request(store: Store) -> None:
    plan_id = planned(store)
    assert request(store, plan_id) == request(store, plan_id)
    assert kinds(store).count("approval.requested") == 1


def test_an_open_request_for_fewer_approvers_is_not_reused(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id, count=1)
    with pytest.raises(ApprovalRefused, match="for 1 approvers only"):
        request(store, plan_id, count=2)


def test_a_new_request_after_expiry_starts_from_nothing(
    store: Store, clock: Clock
) -> None:
    plan_id = planned(store)
    first = request(store, plan_id, count=2)
    vote(store, plan_id)
    clock.tick(TTL_S)
    second = request(store, plan_id, count=2)
    assert second.id != first.id
    assert second.grants == ()
    assert kinds(store)[-2:] == ["approval.expired", "approval.requested"]


@pytest.mark.parametrize(("count", "ttl_s"), [(0, 1), (-1, 1), (1, 0)])
def test_a_request_for_nobody_or_no_time_is_refused(
    store: Store, count: int, ttl_s: int
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        request(store, planned(store), count, ttl_s)


def test_two_people_are_two_people(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id, count=2)
    assert vote(store, plan_id, "bob").state is ApprovalState.PENDING
    for same in ("bob", "Bob", " bob ", "\uff22\uff2f\uff22"):
        with pytest.raises(ApprovalRefused, match="already"):
            vote(store, plan_id, same)
    found = vote(store, plan_id, "carol")
    assert found.state is ApprovalState.GRANTED
    assert [grant.approver for grant in found.grants] == ["bob", "carol"]
    assert found.granted == 2


def test_one_denial_wins_over_every_grant(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id, count=2)
    vote(store, plan_id, "bob")
    vote(store, plan_id, "carol")
    found = vote(store, plan_id, "dave", "deny")
    assert (found.state, found.ended_by) == (ApprovalState.DENIED, "dave")
    assert found.granted == 2
    with pytest.raises(ApprovalRefused):
        vote(store, plan_id, "erin")


def test_an_approver_may_think_better_of_it(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    vote(store, plan_id, "bob")
    assert vote(store, plan_id, "bob", "deny").state is ApprovalState.DENIED


@pytest.mark.parametrize("decision", ["grant", "deny"])
@pytest.mark.parametrize("approver", ["mcp:agent", "MCP:Agent ", "mcp:other"])
def test_who_asked_cannot_decide(store: Store, approver: str, decision: str) -> None:
    plan_id = planned(store)
    store.request_approval(plan_id, DIGEST, count=1, ttl_s=60, requester="mcp:other")
    with pytest.raises(ApprovalRefused, match="cannot decide"):
        vote(store, plan_id, approver, decision)
    assert state_of(store, plan_id) is ApprovalState.PENDING


@pytest.mark.parametrize("decision", ["", "Grant", "yes", "granted", "true", "accept"])
def test_anything_but_a_clear_word_is_no_yes(store: Store, decision: str) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    with pytest.raises(ApprovalRefused):
        vote(store, plan_id, "bob", decision)
    assert state_of(store, plan_id) is ApprovalState.PENDING


@pytest.mark.parametrize("approver", ["", "  ", "\u3000"])
def test_nobody_is_no_approver(store: Store, approver: str) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    with pytest.raises(ApprovalRefused, match="needs a name"):
        vote(store, plan_id, approver)
    with pytest.raises(ApprovalRefused, match="needs a name"):
        revoke(store, plan_id, approver)


def test_another_digest_is_not_this_plan(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    other = "sha256:" + "e" * 64
    with pytest.raises(PlanStale):
        store.decide_approval(
            plan_id, other, approver="bob", decision="grant", method="terminal"
        )
    with pytest.raises(PlanStale):
        store.request_approval(plan_id, other, count=1, ttl_s=60, requester="x")
    assert state_of(store, plan_id) is ApprovalState.PENDING


def test_only_sealed_plans_in_their_time_are_decided_on(
    store: Store, clock: Clock
) -> None:
    with pytest.raises(PlanFailed):
        request(store, draft(store))
    plan_id = planned(store, expires_at=NOW + timedelta(seconds=5))
    request(store, plan_id)
    clock.tick(5)
    for event in ("request", "grant", "deny"):
        with pytest.raises(PlanExpired):
            EVENTS[event](store, plan_id)


def test_expiry_is_seen_at_once_and_recorded_by_the_next_write(
    store: Store, clock: Clock
) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    clock.tick(TTL_S - 0.000001)
    assert state_of(store, plan_id) is ApprovalState.PENDING
    clock.tick(0.000001)
    assert state_of(store, plan_id) is ApprovalState.EXPIRED
    assert "approval.expired" not in kinds(store)
    for _ in range(2):
        with pytest.raises(ApprovalExpired):
            vote(store, plan_id)
    assert kinds(store).count("approval.expired") == 1


def test_a_used_approval_names_its_transaction(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    vote(store, plan_id)
    tx_id = store.claim(plan_id, check=allow)
    found = store.approval(plan_id)
    assert found is not None
    assert (found.state, found.ended_by, found.ended_at) == ("Used", tx_id, NOW)


def test_refusals_say_who_and_what_without_free_text(store: Store) -> None:
    plan_id = planned(store)
    request(store, plan_id)
    store.decide_approval(
        plan_id,
        DIGEST,
        approver="bob",
        decision="deny",
        method="terminal",
        note=f"not with {SECRET}",
    )
    with pytest.raises(ApprovalRefused):
        vote(store, plan_id, "carol")
    found = store.approval(plan_id)
    assert found is not None
    assert found.grants[0].note == f"not with {SECRET}"
    with raw(store.folder) as connection:
        events = connection.execute("SELECT kind, body FROM events").fetchall()
    assert SECRET not in str(events)
    kind, body = events[-1]
    assert kind == "refusal.recorded"
    assert json.loads(body) == {
        "by": "carol",
        "code": "approval_refused",
        "plan_id": plan_id,
        "what": "decide",
    }
