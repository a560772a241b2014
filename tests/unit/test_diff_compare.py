"""Comparing a request with the state that was read."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate import Change, Operation, Read, ReadMode, Risk, Tags, TagStyle
from smithgate.diff import (
    Snapshot,
    SnapshotStatus,
    diff_step,
    mask_diff,
    read_snapshot,
)
from smithgate.diff.meaning import same
from smithgate.diff.paths import leaves, put_path, show_path
from smithgate.diff.render import render_step
from versioning_kit import ENABLE, entries, exists, operation


def test_an_update_shows_before_and_after() -> None:
    diff = diff_step(operation(), ENABLE, exists({"Status": "Suspended"}))
    assert diff.status == "change"
    assert entries(diff) == [
        {
            "path": "VersioningConfiguration.Status",
            "action": "update",
            "before": "Suspended",
            "after": "Enabled",
        }
    ]


def test_a_member_that_is_not_there_yet_is_created() -> None:
    diff = diff_step(operation(), ENABLE, exists({}))
    assert [e["action"] for e in entries(diff)] == ["create"]
    assert "before" not in entries(diff)[0]


def test_an_equal_state_is_unchanged() -> None:
    diff = diff_step(operation(), ENABLE, exists({"Status": "Enabled"}))
    assert (diff.status, [e["action"] for e in entries(diff)]) == (
        "unchanged",
        ["no-op"],
    )


def test_a_member_without_a_pair_is_never_unchanged() -> None:
    arguments = ENABLE | {"ContentMD5": "x"}
    diff = diff_step(operation(), arguments, exists({"Status": "Enabled"}))
    assert diff.status == "partial"
    assert {
        "path": "ContentMD5",
        "action": "update",
        "after": "x",
        "unknown": True,
    } in (entries(diff))


@pytest.mark.parametrize("status", [SnapshotStatus.UNKNOWN, SnapshotStatus.NO_READER])
def test_a_state_that_was_not_read_is_unknown(status: SnapshotStatus) -> None:
    diff = diff_step(operation(), ENABLE, Snapshot(status=status, reason="denied"))
    assert diff.status == "unknown"
    assert diff.note is not None
    assert "denied" in diff.note


def test_a_replacing_write_shows_what_it_drops() -> None:
    read = operation().read
    assert read is not None
    replacing = operation(
        read=Read(
            operation=read.operation,
            params=read.params,
            compare=read.compare,
            mode=ReadMode.REPLACE,
        )
    )
    state = exists({"Status": "Enabled", "MFADelete": "Enabled"})
    diff = diff_step(replacing, ENABLE, state)
    assert {
        "path": "VersioningConfiguration.MFADelete",
        "action": "delete",
        "before": "Enabled",
    } in entries(diff)
    assert diff.status == "change"


def test_a_delete_lists_what_will_be_lost() -> None:
    delete = operation(change=Change.DELETE, risk=Risk.DESTRUCTIVE)
    diff = diff_step(delete, {"Bucket": "b"}, exists({"A": {"B": 1}, "C": [1, 2]}))
    assert [(e["path"], e["before"]) for e in entries(diff)] == [
        ("A.B", 1),
        ("C", [1, 2]),
    ]
    gone = Snapshot(status=SnapshotStatus.ABSENT, digest="d")
    assert diff_step(delete, {"Bucket": "b"}, gone).status == "unchanged"


def test_a_create_of_something_that_exists_says_so() -> None:
    create = operation(change=Change.CREATE)
    diff = diff_step(create, ENABLE, exists({"Status": "Enabled"}))
    assert diff.note is not None
    assert "exists already" in diff.note


def test_map_keys_with_dots_stay_one_key() -> None:
    queue = operation(
        id="x:Set",
        read=Read(
            operation="x:Get", params={"Name": "Name"}, compare={"Values": "Values"}
        ),
    )
    diff = diff_step(
        queue,
        {"Name": "n", "Values": {"a.b": "2"}},
        exists({"Values": {"a.b": "1", "a": {"b": "9"}}}),
    )
    assert entries(diff)[0]["before"] == "1"
    assert show_path(("Values", "a.b")) == 'Values."a.b"'


def test_secrets_are_masked_after_comparing() -> None:
    secret = operation(sensitive=("VersioningConfiguration.Status",))
    reader = operation(id="s3:GetBucketVersioning", sensitive_output=("MFADelete",))
    diff = diff_step(
        secret,
        {
            "Bucket": "b",
            "VersioningConfiguration": {"Status": "hush-1", "MFADelete": "hush-2"},
        },
        exists({"Status": "hush-3", "MFADelete": "hush-4"}),
    )
    text = str(mask_diff(diff, secret, reader).as_dict())
    assert "hush" not in text
    assert [e.action for e in mask_diff(diff, secret, reader).entries] == ["update"] * 2


def test_many_entries_are_cut_and_counted() -> None:
    many = {"Bucket": "b", "Tags": {f"k{i:03}": "v" for i in range(250)}}
    diff = diff_step(operation(), many, exists({}))
    assert len(diff.entries) == 200
    assert diff.omitted == 50


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ('{"a": 1, "b": 2}', '{ "b":2,"a":1 }', True),
        ('{"a": 1}', {"a": 1}, True),
        ('{"a": 1}', '{"a": 2}', False),
        (1.0, 1, True),
        (True, 1, False),
        (1, "1", True),
        (1, "01", False),
        (True, "true", True),
        (True, "True", False),
        (5, "5.0", True),
        ("5", "5.0", False),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", False),
        ("2026-01-01T00:00:00Z", 1767225600, True),
        ({"a": 1}, {"a": 1, "b": False, "c": []}, True),
        ({"a": 1}, {"a": 1, "b": "x"}, False),
        (
            [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}],
            [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "1"}],
            True,
        ),
        ([1, 2], [2, 1], False),
        ("{not json", "{not json", True),
    ],
)
def test_values_compare_by_meaning(left: Any, right: Any, equal: bool) -> None:
    assert same(left, right) is equal


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_a_value_means_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


@given(st.dictionaries(st.text(min_size=1, max_size=5), json_values, max_size=4))
def test_leaves_lose_nothing(value: dict[str, Any]) -> None:
    rebuilt: dict[str, Any] = {}
    for path, leaf in leaves(value):
        at = rebuilt
        for part in path[:-1]:
            at = at.setdefault(part, {})
        if path:
            at[path[-1]] = leaf
    assert rebuilt == value


def test_rendering_escapes_and_marks() -> None:
    step = {
        "operation": "s3:X",
        "diff": {
            "action": "update",
            "status": "partial",
            "omitted": 2,
            "note": None,
            "entries": [
                {"path": "A", "action": "update", "before": "x\x1b[2J", "after": "y"},
                {"path": "B", "action": "delete", "before": 1},
                {"path": "C", "action": "update", "after": 2, "unknown": True},
            ],
        },
    }
    text = "\n".join(render_step(0, step))
    assert "\x1b" not in text
    assert "~ A:" in text
    assert "- B: 1 → (nothing)" in text
    assert "? C: (unknown) → 2" in text
    assert "2 more" in text


def tagged(change: Change) -> Operation:
    return operation(
        id="s3:PutBucketTagging",
        change=change,
        tags=Tags(member="Tagging.TagSet", style=TagStyle.LIST),
        read=Read(
            operation="s3:GetBucketTagging",
            params={"Bucket": "Bucket"},
            compare={"Tagging.TagSet": "TagSet"},
        ),
    )


@pytest.mark.parametrize(
    ("change", "dropped"), [(Change.PUT, [("b", "2")]), (Change.TAG, [])]
)
def test_tags_compare_by_key(change: Change, dropped: list[Any]) -> None:
    before = [{"Key": "b", "Value": "2"}, {"Key": "a.x", "Value": "1"}]
    after = [{"Key": "a.x", "Value": "9"}, {"Key": "c", "Value": "3"}]
    diff = diff_step(
        tagged(change),
        {"Bucket": "b", "Tagging": {"TagSet": after}},
        exists({"TagSet": before}),
    )
    found = {e["path"]: e for e in entries(diff)}
    assert found['Tagging.TagSet."a.x"']["before"] == "1"
    assert found["Tagging.TagSet.c"]["action"] == "create"
    deleted = [(e["path"][-1], e["before"]) for e in entries(diff) if "after" not in e]
    assert deleted == dropped


@pytest.mark.parametrize(
    ("path", "start", "expected"),
    [
        ("Bucket", {}, {"Bucket": "v"}),
        ("VpcIds[0]", {}, {"VpcIds": ["v"]}),
        (
            "Filters[0].Values",
            {"Filters": [{"Name": "n"}]},
            {"Filters": [{"Name": "n", "Values": "v"}]},
        ),
        ("Filters[1].Values[0]", {}, {"Filters": [{}, {"Values": ["v"]}]}),
        ("A.B", {"A": {"C": 1}}, {"A": {"C": 1, "B": "v"}}),
    ],
)
def test_reader_arguments_are_set_by_path(
    path: str, start: dict[str, Any], expected: dict[str, Any]
) -> None:
    put_path(start, path, "v")
    assert start == expected


def test_constants_of_a_reader_stay_as_they_are() -> None:
    constants = {"Filters": [{"Name": "vpc-id"}]}
    read = Read(
        operation="ec2:DescribeVpcs",
        params={"Filters[0].Values[0]": "VpcId"},
        constants=constants,
        select="Vpcs[0]",
    )
    asked: list[Any] = []

    def call(name: str, arguments: Any) -> Any:
        asked.append(arguments)
        return SimpleNamespace(value={"Vpcs": []}, op_id="op", artifact=None)

    for vpc in ("vpc-1", "vpc-2"):
        snapshot = read_snapshot(operation(read=read), {"VpcId": vpc}, call)
        assert snapshot.status is SnapshotStatus.ABSENT
    assert [a["Filters"][0]["Values"] for a in asked] == [["vpc-1"], ["vpc-2"]]
    assert constants == {"Filters": [{"Name": "vpc-id"}]}


def test_what_was_never_set_and_what_was_emptied_are_one_state() -> None:
    def digest(document: dict[str, Any]) -> str | None:
        reply = SimpleNamespace(value=document, op_id="o", artifact="a")
        return read_snapshot(operation(), ENABLE, lambda *_: reply).digest

    assert digest({}) == digest({"Status": ""})
    assert digest({}) != digest({"Status": False})


def test_a_tie_is_there_or_not_and_nothing_else_is_lost() -> None:
    def tie(change: Change) -> Operation:
        read = Read(
            operation="x:ListTies",
            params={"Role": "Role"},
            select="Ties",
            match={"Arn": "Arn"},
        )
        return operation(change=change, read=read)

    given = {"Role": "r", "Arn": "a"}
    absent = Snapshot(status=SnapshotStatus.ABSENT, digest="d")
    there = exists({"Arn": "a", "Name": "n"})
    added = {"path": "Arn", "action": "create", "after": "a"}
    assert entries(diff_step(tie(Change.ATTACH), given, absent)) == [added]
    assert diff_step(tie(Change.ATTACH), given, there).status == "unchanged"
    gone = {"path": "Arn", "action": "delete", "before": "a"}
    assert entries(diff_step(tie(Change.DETACH), given, there)) == [gone]
    assert diff_step(tie(Change.DETACH), given, absent).status == "unchanged"


def test_of_an_item_only_its_sensitive_members_are_masked() -> None:
    read = Read(operation="x:L", compare={"Items": "Items"}, params={"N": "N"})
    declared = operation(read=read, sensitive=("Items[].Secret",))
    item = {"Id": "a", "Secret": "s", "Open": "o"}
    state = exists({"Items": [{"Id": "b", "Open": "x"}]})
    diff = diff_step(declared, {"N": "n", "Items": [item]}, state)
    shown = {e["path"]: e for e in entries(mask_diff(diff, declared, None))}
    after = shown["Items.[a]"]["after"]
    assert after == {"Id": "a", "Secret": "(sensitive)", "Open": "o"}
    assert shown["Items.[a]"]["sensitive"]
    assert shown["Items.[b]"]["before"] == {"Id": "b", "Open": "x"}
