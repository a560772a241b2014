"""What a request leaves out of the state: kept, lost, reset, or not known which."""

from typing import Any

import pytest
from smithgate import Change, How, Operation, Read, ReadMode
from smithgate.diff import diff_step
from versioning_kit import entries, exists, operation

NESTED = {"Rule": {"Retry": {"Count": 3}, "Path": "/"}, "State": "DISABLED"}


def update(mode: ReadMode, op_id: str = "kit:UpdateRule") -> Operation:
    pairs = {"Rule": "Rule", "State": "State"}
    read = Read(operation="kit:GetRule", params={}, compare=pairs, mode=mode)
    return operation(id=op_id, change=Change.UPDATE, read=read, required=())


def diff(operation: Operation, arguments: dict[str, Any], state: Any) -> Any:
    return diff_step(operation, arguments, exists(state))


def test_a_structure_may_replace_the_stored_one() -> None:
    found = diff(update(ReadMode.PATCH), {"Rule": {"Path": "/"}}, NESTED)
    assert found.status == "partial"
    (doubt,) = [entry for entry in entries(found) if entry.get("unknown")]
    assert doubt["path"] == "Rule.Retry"
    assert doubt["before"] == {"Count": 3}


def test_a_structure_that_merges_keeps_what_it_leaves_out() -> None:
    found = diff(update(ReadMode.MERGE), {"Rule": {"Path": "/"}}, NESTED)
    assert found.status == "unchanged"


def test_nothing_is_in_doubt_where_the_state_says_nothing() -> None:
    state = {"Rule": {"Path": "/", "Retry": {}, "Deep": False}}
    found = diff(update(ReadMode.PATCH), {"Rule": {"Path": "/"}}, state)
    assert found.status == "unchanged"


def test_an_update_that_replaces_resets_what_it_leaves_out() -> None:
    found = diff(update(ReadMode.REPLACE), {"Rule": NESTED["Rule"]}, NESTED)
    assert found.status == "partial"
    doubt = {"path": "State", "action": "update", "before": "DISABLED"}
    assert {**doubt, "unknown": True} in entries(found)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({"State": "ENABLED"}, "unchanged"),
        ({"State": "DISABLED"}, "change"),
        ({"State": "ENABLED", "Rule": {"Path": "/"}}, "change"),
    ],
)
def test_a_known_default_comes_back(state: dict[str, Any], status: str) -> None:
    writer = update(ReadMode.REPLACE, "scheduler:UpdateSchedule")
    pairs = {"Rule": "Rule", "State": "State", "Description": "Description"}
    read = Read(
        operation="kit:GetRule", params={}, compare=pairs, mode=ReadMode.REPLACE
    )
    writer = operation(id=writer.id, change=Change.UPDATE, read=read, required=())
    found = diff(writer, {"Description": "d"}, {"Description": "d", **state})
    assert found.status == status
    if state["State"] == "DISABLED":
        reset = {"path": "State", "action": "update"}
        assert {**reset, "before": "DISABLED", "after": "ENABLED"} in entries(found)


def test_defaults_inside_of_a_structure_are_no_loss() -> None:
    read = Read(
        operation="scheduler:GetSchedule",
        params={},
        compare={"Target": "Target"},
        mode=ReadMode.REPLACE,
    )
    writer = operation(
        id="scheduler:UpdateSchedule", change=Change.UPDATE, read=read, required=()
    )
    default = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    state = {"Target": {"Arn": "a", "RetryPolicy": default}}
    assert diff(writer, {"Target": {"Arn": "a"}}, state).status == "unchanged"
    state["Target"]["RetryPolicy"] = {**default, "MaximumRetryAttempts": 3}
    found = diff(writer, {"Target": {"Arn": "a"}}, state)
    assert found.status == "change"
    (reset,) = [entry for entry in entries(found) if entry["action"] != "no-op"]
    assert reset["path"] == "Target.RetryPolicy.MaximumRetryAttempts"
    assert (reset["action"], reset["before"], reset["after"]) == ("update", 3, 185)


def test_what_acts_each_time_is_never_unchanged() -> None:
    read = Read(
        operation="kit:GetRule", params={}, compare={"State": "State"}, repeats=True
    )
    writer = operation(id="kit:RotateRule", change=Change.UPDATE, read=read)
    same = diff(writer, {"State": "on"}, {"State": "on"})
    assert same.status == "unknown"
    assert same.note is not None
    assert same.note.startswith("it may act again")
    assert diff(writer, {"State": "off"}, {"State": "on"}).status == "change"


@pytest.mark.parametrize(("how", "given"), [(How.ADD, "create"), (How.REMOVE, "no-op")])
def test_an_item_without_what_the_stored_one_has_may_be_another(
    how: How, given: str
) -> None:
    read = Read(
        operation="kit:ListTargets",
        params={},
        compare={"Targets": "Targets"},
        how={"Targets": how},
    )
    writer = operation(id="kit:Register", change=Change.UPDATE, read=read)
    state = {"Targets": [{"Id": "i", "Port": 8080, "Zone": ""}]}
    found = diff(writer, {"Targets": [{"Id": "i"}]}, state)
    assert found.status == "unknown"
    whole = diff(writer, {"Targets": [{"Id": "i", "Port": 8080}]}, state)
    assert not any(entry.get("unknown") for entry in entries(whole))
    other = diff(writer, {"Targets": [{"Id": "i", "Port": 80}]}, state)
    assert [entry["action"] for entry in entries(other)] == [given]


def test_a_structure_whose_members_are_compared_singly_may_replace_too() -> None:
    pairs = {"Update.Path": "Path", "Update.Retry": "Retry", "State": "State"}
    read = Read(operation="kit:GetRule", params={}, compare=pairs)
    writer = operation(id="kit:UpdateRule", change=Change.UPDATE, read=read)
    state = {"Path": "/", "Retry": 3, "State": "on"}
    found = diff(writer, {"Update": {"Path": "/"}}, state)
    assert found.status == "partial"
    (doubt,) = [entry for entry in entries(found) if entry.get("unknown")]
    assert (doubt["path"], doubt["before"]) == ("Update.Retry", 3)
    assert diff(writer, {"State": "on"}, state).status == "unchanged"


def test_what_is_not_added_or_taken_out_is_not_left_out() -> None:
    pairs = {"Permission.Add": "Permissions", "Permission.Remove": "Permissions"}
    hows = {"Permission.Add": How.ADD, "Permission.Remove": How.REMOVE}
    read = Read(operation="kit:GetRule", params={}, compare=pairs, how=hows)
    writer = operation(id="kit:ModifyRule", change=Change.UPDATE, read=read)
    state = {"Permissions": ["a", "b"]}
    assert diff(writer, {"Permission": {"Add": ["a"]}}, state).status == "unchanged"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("version", 3, "unchanged"),
        ("Revision", 3, "unchanged"),
        ("version", "LATEST", "partial"),
        ("version", True, "partial"),
        ("count", 3, "partial"),
    ],
)
def test_what_the_service_counts_up_is_not_lost(name, value, status) -> None:
    state = {"Rule": {"Path": "/", name: value}}
    found = diff(update(ReadMode.PATCH), {"Rule": {"Path": "/"}}, state)
    assert found.status == status
    pairs = {"Rule.Path": "Path", f"Rule.{name}": name}
    read = Read(operation="kit:GetRule", params={}, compare=pairs)
    apart = operation(id="kit:UpdateRule", change=Change.UPDATE, read=read, required=())
    found = diff(apart, {"Rule": {"Path": "/"}}, {"Path": "/", name: value})
    assert found.status == status
