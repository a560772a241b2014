"""One request that changes several things: each of them is compared and watched."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from smithgate import Change, Operation, Read, Risk
from smithgate.diff import Snapshot, SnapshotStatus, diff_step, read_snapshot
from smithgate.diff.drift import drift, has_drifted

STOP = Operation(
    id="ec2:StopInstances",
    shape_id="com.amazonaws.ec2#StopInstances",
    client=("ec2", "stop_instances"),
    change=Change.STOP,
    risk=Risk.WRITE,
    idempotency_token=None,
    required=("InstanceIds",),
    tags=None,
    read=Read(
        operation="ec2:DescribeInstances",
        params={"InstanceIds": "InstanceIds"},
        select="Instances",
        match={"InstanceId": "InstanceIds"},
        expect={"State.Name": "stopped"},
    ),
    schema="ec2/stop_instances.schema.json",
    output_schema="ec2/stop_instances.output.json",
)
BOTH = {"InstanceIds": ["i-1", "i-2"]}


def read(**states: str) -> Snapshot:
    def call(_: str, __: Any) -> Any:
        found = [
            {"InstanceId": f"i-{key[1:]}", "Ami": "a", "State": {"Name": state}}
            for key, state in states.items()
        ]
        return SimpleNamespace(value={"Instances": found}, op_id="op", artifact="a")

    return read_snapshot(STOP, BOTH, call)


def test_each_has_an_entry() -> None:
    entries = diff_step(STOP, BOTH, read(i1="running", i2="stopped")).entries
    assert [(e.as_dict()["path"], e.action) for e in entries] == [
        ("[0].State.Name", "update"),
        ("[1].State.Name", "no-op"),
    ]


def test_another_state_of_one_of_them_is_drift() -> None:
    planned, now = read(i1="running", i2="running"), read(i1="running", i2="stopped")
    assert has_drifted(planned, now)
    (found,) = drift(STOP, BOTH, planned, now)
    assert (found.planned, found.now, found.wanted) == ("running", "stopped", "stopped")
    assert not has_drifted(planned, read(i1="running", i2="running"))


def tie(change: Change, match: dict[str, str]) -> Operation:
    made = Read(operation="kit:ListTies", params={}, select="Ties", match=match)
    return replace(STOP, change=change, required=(), read=made)


def ties(declared: Operation, arguments: Any, *found: Any) -> Snapshot:
    def call(_: str, __: Any) -> Any:
        return SimpleNamespace(value={"Ties": list(found)}, op_id="op", artifact="a")

    return read_snapshot(declared, arguments, call)


def test_a_member_of_each_structure_that_is_given_picks_the_items() -> None:
    declared = tie(Change.DETACH, {"Id": "Ties[].Id"})
    given = {"Ties": [{"Id": "a"}, {"Id": "b"}]}
    snapshot = ties(declared, given, {"Id": "a"}, {"Id": "c"}, {"Id": "b"})
    assert snapshot.document == [{"Id": "a"}, {"Id": "b"}]
    (gone,) = diff_step(declared, given, snapshot).entries
    assert (gone.path, gone.action, gone.before) == (("Ties",), "delete", given["Ties"])


def test_some_of_what_is_tied_being_there_does_not_make_the_rest_unchanged() -> None:
    declared = tie(Change.ATTACH, {"Id": "Ids"})
    given = {"Ids": ["a", "b"]}
    some = diff_step(declared, given, ties(declared, given, {"Id": "a"}))
    assert some.status == "change"
    both = ties(declared, given, {"Id": "a"}, {"Id": "b"})
    assert diff_step(declared, given, both).status == "unchanged"


def test_a_text_that_goes_is_shown_under_its_member() -> None:
    declared = tie(Change.DELETE, {"": "Origin"})
    given = {"Origin": "x.test"}
    there = ties(declared, given, "x.test", "y.test")
    (gone,) = diff_step(declared, given, there).entries
    assert (gone.path, gone.action, gone.before) == (("Origin",), "delete", "x.test")
    absent = ties(declared, given, "y.test")
    assert diff_step(declared, given, absent).status == "unchanged"


def test_all_matched_members_of_one_structure_have_to_be_equal() -> None:
    match = {"Name": "Ties[].Name", "Type": "Ties[].Type"}
    declared = tie(Change.DETACH, match)
    given = {"Ties": [{"Name": "a", "Type": "A"}, {"Name": "b", "Type": "B"}]}
    mixed = ties(declared, given, {"Name": "a", "Type": "B"})
    assert mixed.status is SnapshotStatus.ABSENT
    found = ties(
        declared, given, {"Name": "b", "Type": "B"}, {"Name": "b", "Type": "A"}
    )
    assert found.document == {"Name": "b", "Type": "B"}


def test_what_the_structures_hold_besides_their_names_is_never_unchanged() -> None:
    declared = tie(Change.ATTACH, {"Id": "Ties[].Id"})
    given = {"Ties": [{"Id": "a", "Role": "owner"}]}
    there = ties(declared, given, {"Id": "a", "Role": "viewer"})
    diff = diff_step(declared, given, there)
    assert diff.status != "unchanged"
    assert [e.unknown for e in diff.entries] == [True]
