"""What a declaration can reach: named members, several documents, items, what is gone."""

from types import SimpleNamespace
from typing import Any

import pytest
from diff_kit import diff_of, operation, shown, snapshot
from smithgate import Change, How, KeyNames, Read, ReadMode
from smithgate.diff import (
    diff_step,
    mask_diff,
    read_snapshot,
)
from smithgate.diff.asking import request_of, told_by
from smithgate.diff.drift import drift
from smithgate.diff.selecting import select
from smithgate.errors import AwsRefused

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


KEYED = operation(
    Read(
        operation="x:GetItem",
        params={"Table": "Table"},
        keys=KeyNames(
            operation="x:DescribeTable",
            params={"Table": "Table"},
            select="Schema[].Name",
            of="Item",
            to="Key",
        ),
        select="Item",
        compare={"Item": ""},
        mode=ReadMode.REPLACE,
    ),
    Change.PUT,
)


class Tables:
    """Answers with a schema and an item, and keeps what it was asked."""

    def __init__(self, *names: str, item: Any = None) -> None:
        self.schema = {"Schema": [{"Name": name} for name in names]}
        self.item = {"Item": item} if item else {}
        self.asked: list[Any] = []

    def __call__(self, name: str, arguments: Any) -> Any:
        self.asked.append((name, arguments))
        value = self.schema if name == "x:DescribeTable" else self.item
        return SimpleNamespace(value=value, op_id="o", artifact="a")


def test_the_key_of_an_item_is_looked_up() -> None:
    item = {"Id": {"S": "i"}, "Size": {"N": "1"}}
    tables = Tables("Id", item=item | {"Old": {"S": "o"}})
    given = {"Table": "t", "Item": item | {"Size": {"N": "2"}}}
    found = read_snapshot(KEYED, given, tables)
    assert tables.asked == [
        ("x:DescribeTable", {"Table": "t"}),
        ("x:GetItem", {"Table": "t", "Key": {"Id": {"S": "i"}}}),
    ]
    assert shown(diff_step(KEYED, given, found)) == {
        "Item.Id.S": ("no-op", "i", "i"),
        "Item.Size.N": ("update", "1", "2"),
        "Item.Old": ("delete", {"S": "o"}, None),
    }


def test_an_item_that_is_not_there_is_absent() -> None:
    given = {"Table": "t", "Item": {"Id": {"S": "i"}}}
    assert read_snapshot(KEYED, given, Tables("Id")).status == "absent"


@pytest.mark.parametrize("names", [("Id", "Sort"), ()])
def test_an_item_without_its_whole_key_is_not_read(names: tuple[str, ...]) -> None:
    tables = Tables(*names)
    found = read_snapshot(KEYED, {"Table": "t", "Item": {"Id": {"S": "i"}}}, tables)
    assert (found.status, len(tables.asked)) == ("unknown", 1)
    assert "lacks the key" in str(found.reason)


def test_a_reader_may_be_asked_in_another_form() -> None:
    read = Read(
        operation="x:BatchGet",
        params={"Table": "Table"},
        asks={"Gets": "Writes[?!Put].{Key: (Update || Delete).Key}"},
    )
    writes = [{"Put": {"Item": 1}}, {"Update": {"Key": 2}}, {"Delete": {"Key": 3}}]
    given = {"Table": "t", "Writes": writes}
    assert request_of(read, given) == {"Table": "t", "Gets": [{"Key": 2}, {"Key": 3}]}


def test_what_a_reader_is_told_by() -> None:
    assert KEYED.read is not None
    assert told_by(KEYED.read) == ["Table", "Item", "Table"]
    read = Read(
        operation="x:Get",
        params={"A": "Rules[0].Arn", "B": "Parts[].Id"},
        asks={"C": "Writes[].Key"},
    )
    assert told_by(read) == ["Rules.0.Arn", "Parts", "Writes"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([5, 5], ("no-op", 5, 5)),
        ([4, 4], ("update", 4, 5)),
        ([5, 4], ("update", [5, 4], 5)),
        ([], ("create", None, 5)),
    ],
)
def test_what_is_set_for_all_is_compared_with_every_item(
    found: list[int], expected: Any
) -> None:
    read = Read(
        operation="x:Get",
        params={"Name": "Name"},
        compare={"Units": "Replicas[].Units"},
        how={"Units": How.EVERY},
    )
    state = {"Replicas": [{"Units": units} for units in found]}
    diff = diff_of(operation(read), {"Name": "n", "Units": 5}, state)
    assert shown(diff) == {"Units": expected}


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("NoSuchThing", "anything", "absent"),
        ("Invalid", "thing i is not found", "absent"),
        ("Invalid", "the name is too long", "unknown"),
        ("Denied", "thing i is not found", "unknown"),
    ],
)
def test_a_code_of_many_errors_means_absent_only_with_its_text(
    code: str, message: str, status: str
) -> None:
    read = Read(
        operation="x:Get",
        params={"Id": "Id"},
        absent=("Invalid: is not found", "NoSuchThing"),
    )

    def call(_: str, __: Any) -> Any:
        raise AwsRefused(message, aws_code=code)

    assert read_snapshot(operation(read), {"Id": "i"}, call).status == status
