"""What a declaration can reach: named members, several documents, items, what is gone."""

from types import SimpleNamespace
from typing import Any

import pytest
from smithgate import Change, How, Operation, Read, ReadMode, Risk
from smithgate.diff import (
    Diff,
    Snapshot,
    diff_step,
    mask_diff,
    read_snapshot,
)
from smithgate.diff.drift import drift
from smithgate.diff.selecting import select


def operation(read: Read, change: Change = Change.UPDATE, **fields: Any) -> Operation:
    base: dict[str, Any] = {
        "id": "x:Set",
        "shape_id": "com.example#Set",
        "client": ("x", "set"),
        "risk": Risk.WRITE,
        "idempotency_token": None,
        "required": (),
        "tags": None,
        "schema": "x.schema.json",
        "output_schema": "x.output.json",
    }
    return Operation(read=read, change=change, **(base | fields))


def snapshot(declared: Operation, arguments: Any, output: Any) -> Snapshot:
    reply = SimpleNamespace(value=output, op_id="o", artifact="a")
    return read_snapshot(declared, arguments, lambda *_: reply)


def diff_of(declared: Operation, arguments: Any, output: Any) -> Diff:
    return diff_step(declared, arguments, snapshot(declared, arguments, output))


def shown(diff: Diff) -> dict[str, Any]:
    found = {}
    for entry in diff.entries:
        one = entry.as_dict()
        sides = (one.get("before"), one.get("after"))
        found[one["path"]] = ("?" if entry.unknown else entry.action, *sides)
    return found


NAMED = operation(
    Read(
        operation="x:Get",
        params={"Arn": "Arn"},
        select="Attributes",
        compare={"Value": "{Name}"},
    )
)
STATE = {"Attributes": {"Color": "red", "Size": "1", "a": {"b": "red"}}}


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Color", "blue", "change"),
        ("Color", "red", "unchanged"),
        ("Weight", "1", "change"),
        ("a.b", "red", "unknown"),
        ({"$from": "steps.0"}, "red", "unknown"),
    ],
)
def test_the_request_names_the_member_that_it_sets(
    name: Any, value: str, status: str
) -> None:
    arguments = {"Arn": "r", "Name": name, "Value": value}
    assert diff_of(NAMED, arguments, STATE).status == status


def test_drift_looks_at_the_named_member_only() -> None:
    arguments = {"Arn": "r", "Name": "Color", "Value": "blue"}
    planned = snapshot(NAMED, arguments, STATE)
    others = snapshot(NAMED, arguments, {"Attributes": {"Color": "red", "Size": "2"}})
    assert drift(NAMED, arguments, planned, others) == []
    moved = snapshot(NAMED, arguments, {"Attributes": {"Color": "green"}})
    found = [one.as_dict() for one in drift(NAMED, arguments, planned, moved)]
    assert found == [
        {"path": "Value", "planned": "red", "now": "green", "wanted": "blue"}
    ]


SEVERAL = Read(
    operation="x:List",
    params={"Ids": "Ids"},
    select="Things",
    match={"Id": "Ids"},
    compare={"Mode": "Mode"},
)
TWO = {"Things": [{"Id": "a", "Mode": "on"}, {"Id": "b", "Mode": "off"}]}
BOTH = {"Ids": ["a", "b"], "Mode": "on"}


def test_each_of_several_documents_is_compared() -> None:
    diff = diff_of(operation(SEVERAL), BOTH, TWO)
    assert diff.status == "change"
    assert shown(diff) == {
        "[0].Mode": ("no-op", "on", "on"),
        "[1].Mode": ("update", "off", "on"),
    }


def test_drift_of_one_of_several_documents_is_seen_and_named() -> None:
    declared = operation(SEVERAL)
    planned = snapshot(declared, BOTH, TWO)
    other = {"Things": [{"Id": "a", "Mode": "on"}, {"Id": "b", "Mode": "broken"}]}
    now = snapshot(declared, BOTH, other)
    paths = [one.as_dict()["path"] for one in drift(declared, BOTH, planned, now)]
    assert paths == ["[1].Mode"]


def test_secrets_in_several_documents_are_masked() -> None:
    declared = operation(SEVERAL, sensitive=("Mode",))
    diff = mask_diff(diff_of(declared, BOTH, TWO), declared, None)
    assert {e.before for e in diff.entries} == {"(sensitive)"}
    assert {e.after for e in diff.entries} == {"(sensitive)"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Due": "2026-01-01"}, {"Due": ("delete", "2026-01-01", None)}),
        ({}, {"Due": ("no-op", None, None)}),
    ],
)
def test_nothing_may_be_what_is_expected(state: Any, expected: Any) -> None:
    read = Read(operation="x:Get", params={"Id": "Id"}, expect={"Due": None})
    assert shown(diff_of(operation(read), {"Id": "i"}, state)) == expected


GONE = Read(
    operation="x:Get",
    params={"Id": "Id"},
    select="Thing",
    gone={"Status.Name": ("deleting", "deleted")},
)


@pytest.mark.parametrize(
    ("state", "status"), [("active", "exists"), ("deleting", "absent")]
)
def test_what_is_being_deleted_is_gone(state: str, status: str) -> None:
    found = snapshot(
        operation(GONE, Change.DELETE),
        {"Id": "i"},
        {"Thing": {"Status": {"Name": state}}},
    )
    assert found.status == status


@pytest.mark.parametrize(("date", "is_gone"), [("2026-01-01", True), (None, False)])
def test_any_value_may_say_that_it_is_gone(date: str | None, is_gone: bool) -> None:
    read = Read(operation="x:Get", params={"Id": "Id"}, gone={"DeletedDate": ()})
    state = {"Name": "n", "DeletedDate": date}
    assert select(read, {"Id": "i"}, state).absent is is_gone
    assert select(read, {"Id": "i"}, {"Name": "n"}).document == {"Name": "n"}


def test_of_a_list_what_is_gone_is_left_out() -> None:
    read = Read(
        operation="x:List",
        params={},
        select="Things",
        match={"Name": "Name"},
        gone={"State": ("deleted",)},
    )
    old = {"Name": "n", "State": "deleted"}
    new = {"Name": "n", "State": "active"}
    assert select(read, {"Name": "n"}, {"Things": [old]}).absent
    assert select(read, {"Name": "n"}, {"Things": [old, new]}).document == new


REPLICAS = operation(
    Read(
        operation="x:Get",
        params={"Name": "Name"},
        compare={
            "Updates[].Create.Region": "Replicas[].Region",
            "Updates[].Delete.Region": "Replicas[].Region",
        },
        how={
            "Updates[].Create.Region": How.ADD,
            "Updates[].Delete.Region": How.REMOVE,
        },
    )
)


def test_members_of_items_are_added_and_taken_out() -> None:
    updates = [{"Create": {"Region": "c"}}, {"Delete": {"Region": "a"}}]
    state = {"Replicas": [{"Region": "a"}, {"Region": "b"}]}
    diff = diff_of(REPLICAS, {"Name": "n", "Updates": updates}, state)
    assert diff.status == "change"
    assert shown(diff) == {
        "Updates.[c]": ("create", None, "c"),
        "Updates.[a]": ("delete", "a", None),
    }


def test_what_items_have_besides_is_unknown() -> None:
    updates = [{"Create": {"Region": "a", "Key": "k"}}]
    state = {"Replicas": [{"Region": "a"}]}
    diff = diff_of(REPLICAS, {"Name": "n", "Updates": updates}, state)
    assert diff.status == "partial"
    assert shown(diff)["Updates.[0].Create.Key"] == ("?", None, "k")


REMOVES = operation(
    Read(
        operation="x:List",
        params={},
        compare={"Arns": "Arns"},
        how={"Arns": How.REMOVE},
    )
)


def test_a_further_page_may_have_what_is_to_be_taken_out() -> None:
    diff = diff_of(REMOVES, {"Arns": ["b"]}, {"Arns": ["a"], "NextToken": "t"})
    assert diff.status == "unknown"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("f:1", "change"),
        ("arn:aws:x:r:1:task/f:1", "change"),
        ("f:2", "unchanged"),
        ("1:task/f:1", "change"),
        ("1", "change"),
        ("", "unchanged"),
    ],
)
def test_what_is_taken_out_may_be_named_shorter(given: str, status: str) -> None:
    state = {"Arns": ["arn:aws:x:r:1:task/f:1"]}
    assert diff_of(REMOVES, {"Arns": [given]}, state).status == status


def test_the_ids_of_several_new_things_pick_them() -> None:
    read = Read(
        operation="x:List",
        params={},
        select="Things",
        match_created={"Id": "Made[].Id"},
    )
    things = [{"Id": "a"}, {"Id": "b"}, {"Id": "c"}]
    made = {"Made": [{"Id": "a"}, {"Id": "c"}]}
    found = select(read, {}, {"Things": things}, made)
    assert found.document == [{"Id": "a"}, {"Id": "c"}]
    assert select(read, {}, {"Things": things}, {"Made": []}).reason


def test_a_parameter_may_come_from_the_first_item() -> None:
    read = Read(operation="x:List", params={"Arn": "Rules[0].Arn"})
    asked: list[Any] = []

    def call(_: str, arguments: Any) -> Any:
        asked.append(arguments)
        return SimpleNamespace(value={}, op_id="o", artifact="a")

    read_snapshot(operation(read), {"Rules": [{"Arn": "r"}]}, call)
    read_snapshot(operation(read), {"Rules": []}, call)
    assert asked == [{"Arn": "r"}, {}]


def test_of_an_added_item_only_its_secrets_are_masked() -> None:
    read = Read(
        operation="x:List",
        params={"Rule": "Rule"},
        compare={"Items": "Items"},
        how={"Items": How.ADD},
    )
    declared = operation(read, sensitive=("Items[].Sql",))
    reader = operation(read, Change.NONE, sensitive_output=("Items[].Sql",))
    given = {"Rule": "r", "Items": [{"Id": "i", "Sql": "select"}]}
    diff = mask_diff(diff_of(declared, given, {"Items": []}), declared, reader)
    assert shown(diff) == {
        "Items.[0]": ("create", None, {"Id": "i", "Sql": "(sensitive)"})
    }


def test_members_of_items_are_never_dropped_by_a_request_that_replaces() -> None:
    read = Read(
        operation="x:Get",
        params={"Name": "Name"},
        compare={"Updates[].Region": "Replicas[].Region"},
        how={"Updates[].Region": How.ADD},
        mode=ReadMode.REPLACE,
    )
    diff = diff_of(operation(read), {"Name": "n"}, {"Replicas": [{"Region": "a"}]})
    assert diff.entries == ()
