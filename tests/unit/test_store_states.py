"""The state machines, over all pairs."""

from datetime import timedelta
from enum import StrEnum
from itertools import product

import pytest
from smithgate.store import ApprovalState, OpState, PlanState, TxKind, TxState
from smithgate.store.states import (
    Sent,
    approval_as_of,
    may_follow,
    may_send,
    opening_state,
    person_key,
    recovered_state,
    settle,
)
from store_kit import NOW

ALLOWED = {
    "plan": {("Draft", "Planned"), ("Draft", "Failed")},
    "approval": {
        ("Pending", "Granted"),
        ("Pending", "Denied"),
        ("Pending", "Expired"),
        ("Pending", "Revoked"),
        ("Granted", "Denied"),
        ("Granted", "Expired"),
        ("Granted", "Revoked"),
        ("Granted", "Used"),
    },
    "tx": {
        ("Applying", "Applied"),
        ("Applying", "Failed"),
        ("Applying", "Unknown"),
        ("Running", "Done"),
        ("Running", "Failed"),
        ("Running", "Unknown"),
        ("Unknown", "Applied"),
        ("Unknown", "Failed"),
        ("Unknown", "Applying"),
    },
    "op": {
        ("Intended", "Succeeded"),
        ("Intended", "Failed"),
        ("Intended", "Unknown"),
    },
}
STATES: dict[str, type[StrEnum]] = {
    "plan": PlanState,
    "approval": ApprovalState,
    "tx": TxState,
    "op": OpState,
}


@pytest.mark.parametrize("entity", STATES)
def test_only_these_states_follow_each_other(entity: str) -> None:
    every = {str(state) for state in STATES[entity]}
    allowed = {p for p in product(every, every) if may_follow(entity, *p)}
    assert allowed == ALLOWED[entity]


def test_what_is_no_state_machine_never_changes() -> None:
    assert not may_follow("vote", "grant", "deny")
    assert not may_follow("nothing", "a", "b")


@pytest.mark.parametrize("state", ApprovalState)
def test_only_open_requests_run_out(state: ApprovalState) -> None:
    is_open = state in {ApprovalState.PENDING, ApprovalState.GRANTED}
    just_before = NOW - timedelta(microseconds=1)
    assert approval_as_of(state, NOW, just_before) is state
    expected = ApprovalState.EXPIRED if is_open else state
    assert approval_as_of(state, NOW, NOW) is expected


@pytest.mark.parametrize("other", ["bob", " Bob ", "BOB", "\uff42\uff4f\uff42"])
def test_spellings_of_one_name_are_one_person(other: str) -> None:
    assert person_key(other) == person_key("bob")


def test_only_an_apply_opens_as_applying() -> None:
    opened = {kind: opening_state(kind) for kind in TxKind}
    assert opened.pop(TxKind.APPLY) is TxState.APPLYING
    assert set(opened.values()) == {TxState.RUNNING}


def sent(*attempts: tuple[int, int, OpState]) -> list[Sent]:
    return [Sent(step, attempt, state, None) for step, attempt, state in attempts]


S, F, U, N = OpState.SUCCEEDED, OpState.FAILED, OpState.UNKNOWN, OpState.INTENDED


@pytest.mark.parametrize(
    ("wanted", "attempts", "expected"),
    [
        (TxState.APPLIED, [], TxState.FAILED),
        (TxState.APPLIED, [(0, 1, S)], TxState.FAILED),
        (TxState.APPLIED, [(0, 1, S), (1, 1, S)], TxState.APPLIED),
        (TxState.APPLIED, [(0, 2, S), (0, 1, F), (1, 1, S)], TxState.APPLIED),
        (TxState.APPLIED, [(0, 1, S), (1, 1, F)], TxState.FAILED),
        (TxState.APPLIED, [(0, 1, S), (1, 1, U)], TxState.UNKNOWN),
        (TxState.APPLIED, [(0, 1, S), (1, 1, U), (1, 2, S)], TxState.APPLIED),
        # Refusing the second request proves nothing of the first.
        (TxState.FAILED, [(0, 1, U), (0, 2, F)], TxState.UNKNOWN),
        (TxState.FAILED, [(0, 1, N)], TxState.UNKNOWN),
        (TxState.FAILED, [(0, 1, S), (1, 1, U)], TxState.UNKNOWN),
        (TxState.FAILED, [(0, 1, S), (1, 1, S)], TxState.FAILED),
        (TxState.UNKNOWN, [(0, 1, S)], TxState.FAILED),
        (TxState.UNKNOWN, [(0, 1, S), (1, 1, S)], TxState.APPLIED),
        (TxState.UNKNOWN, [], TxState.FAILED),
    ],
)
def test_recorded_calls_overrule_how_an_apply_of_two_steps_says_it_ended(
    wanted: TxState, attempts: list[tuple[int, int, OpState]], expected: TxState
) -> None:
    assert settle(wanted, sent(*attempts), 2) is expected


def test_a_plan_without_steps_is_never_applied() -> None:
    assert settle(TxState.APPLIED, [], 0) is TxState.FAILED


@pytest.mark.parametrize(
    ("kind", "attempts", "expected"),
    [
        (TxKind.READ, [], TxState.FAILED),
        (TxKind.PLAN, [], TxState.FAILED),
        (TxKind.RECONCILE, [], TxState.FAILED),
        (TxKind.APPLY, [], TxState.FAILED),
        (TxKind.APPLY, [(0, 1, F)], TxState.FAILED),
        (TxKind.APPLY, [(0, 1, N)], TxState.UNKNOWN),
        (TxKind.APPLY, [(0, 1, U)], TxState.UNKNOWN),
        (TxKind.APPLY, [(0, 1, S)], TxState.FAILED),
        (TxKind.APPLY, [(0, 1, F), (0, 2, S)], TxState.FAILED),
        (TxKind.APPLY, [(0, 1, S), (1, 1, S)], TxState.APPLIED),
        (TxKind.APPLY, [(0, 1, S), (1, 1, N)], TxState.UNKNOWN),
    ],
)
def test_what_a_dead_process_left_is_what_the_records_prove(
    kind: TxKind, attempts: list[tuple[int, int, OpState]], expected: TxState
) -> None:
    assert recovered_state(kind, sent(*attempts), 2) is expected


@pytest.mark.parametrize(
    ("state", "first", "second", "expected"),
    [
        (F, None, None, None),
        (F, "t", "t", None),
        (U, "t", "t", None),
        (U, "t", "other", U),
        (U, None, None, U),
        (U, None, "t", U),
        (S, "t", "t", S),
        (N, "t", "t", N),
    ],
)
def test_a_step_is_sent_again_only_where_that_is_safe(
    state: OpState, first: str | None, second: str | None, expected: OpState | None
) -> None:
    assert may_send([Sent(0, 1, state, first)], second) is expected


def test_one_unsafe_attempt_forbids_whatever_came_after() -> None:
    earlier = [Sent(0, 1, S, "t"), Sent(0, 2, F, "t")]
    assert may_send(earlier, "t") is S
    assert may_send([], None) is None
