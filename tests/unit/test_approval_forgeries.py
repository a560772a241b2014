"""No forged approval is accepted at apply, and a real one is."""

from pathlib import Path

import pytest
from approval_forgeries import ATTACKS, attempts
from forgery_kit import Attack, Case, signed

REFUSALS = {
    "approval_required",
    "approval_unverified",
    "approval_refused",
    "approval_expired",
    "plan_stale",
    "plan_expired",
    "plan_consumed",
    "policy_invalid",
    "format_unknown",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_forgery_is_never_accepted(tmp_path: Path, attack: Attack) -> None:
    found = 0
    for attempt in attempts(tmp_path, attack):
        assert attempt.case.apply(attempt.plan_id) in REFUSALS, attempt.name
        found += 1
    assert found >= 5


def test_the_same_rows_with_a_real_signature_are_accepted(tmp_path: Path) -> None:
    # Or the forgeries would be refused for how their rows are written.
    case = Case(tmp_path)
    plan_id = case.plan()
    text = case.statement(plan_id).text()
    case.vote(plan_id, "ada", text, signed(text))
    assert case.apply(plan_id) == "accepted"
    case.world.app.close()


STATES = ("Pending", "Granted", "Denied", "Expired", "Revoked", "Used")
VOTES = ("none", "unsigned", "forged", "real")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory):
    made = Case(tmp_path_factory.mktemp("states"))
    yield made
    made.world.app.close()


@pytest.mark.parametrize("votes", VOTES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_with_every_kind_of_vote(
    case: Case, state: str, votes: str
) -> None:
    plan_id = case.plan()
    text = case.statement(plan_id).text()
    if votes == "unsigned":
        case.vote(plan_id)
    elif votes != "none":
        signature = signed(text, "ada" if votes == "real" else "mallory")
        case.vote(plan_id, "ada", text, signature)
    case.sql("UPDATE approvals SET state = ? WHERE plan_id = ?", state, plan_id)
    said = case.apply(plan_id)
    if (state, votes) == ("Granted", "real"):
        assert said == "accepted"
        return
    assert said == {
        "Denied": "approval_refused",
        "Revoked": "approval_refused",
        "Expired": "approval_expired",
        "Used": "plan_consumed",
    }.get(
        state,
        "approval_required" if votes in {"none", "real"} else "approval_unverified",
    )
