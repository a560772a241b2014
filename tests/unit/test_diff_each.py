"""One request about several named things: what belongs to each, shown and taken back."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from smithgate import Change, How, Inverse, Operation, Read, Risk, Tags, TagStyle
from smithgate.diff import Snapshot, SnapshotStatus, diff_step, read_snapshot
from smithgate.diff.drift import drift, has_drifted
from smithgate.plan.done import Done
from smithgate.plan.inverse import Inverter

READ = Read(
    operation="ec2:DescribeTags",
    params={"Filters[0].Values": "Resources"},
    constants={"Filters": [{"Name": "resource-id"}]},
    select="Tags",
    each={"ResourceId": "Resources"},
    compare={"Tags": ""},
    how={"Tags": How.TAGS},
)
TAG = Operation(
    id="ec2:CreateTags",
    shape_id="com.amazonaws.ec2#CreateTags",
    client=("ec2", "create_tags"),
    change=Change.TAG,
    risk=Risk.WRITE,
    idempotency_token=None,
    required=("Resources", "Tags"),
    tags=Tags(member="Tags", style=TagStyle.LIST),
    read=READ,
    inverse=Inverse(operation="ec2:DeleteTags", params={"Resources": "Resources"}),
    schema="x.schema.json",
    output_schema="x.output.json",
)
UNTAG = replace(
    TAG,
    id="ec2:DeleteTags",
    change=Change.UNTAG,
    required=("Resources",),
    read=replace(READ, how={"Tags": How.KEYS}),
    inverse=Inverse(operation="ec2:CreateTags", params={"Resources": "Resources"}),
)
BOTH = ["i-1", "i-2"]


def tag(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


def read(
    operation: Operation, arguments: Any, *tags: tuple[str, str, str], **more: Any
) -> Snapshot:
    found = [{"ResourceId": i, "Key": k, "Value": v} for i, k, v in tags]
    reply = SimpleNamespace(value={"Tags": found, **more}, op_id="op", artifact="a")
    return read_snapshot(operation, arguments, lambda _, __: reply)


def shown(operation: Operation, arguments: Any, *tags: tuple[str, str, str]) -> Any:
    diff = diff_step(operation, arguments, read(operation, arguments, *tags))
    entries = [entry.as_dict() for entry in diff.entries]
    sides = [(e["path"], e.get("before"), e.get("after"), e["action"]) for e in entries]
    return diff.status, sides


def test_one_thing_has_plain_paths() -> None:
    arguments = {"Resources": ["i-1"], "Tags": [tag("a", "2"), tag("b", "3")]}
    assert shown(TAG, arguments, ("i-1", "a", "1"), ("i-1", "z", "9")) == (
        "change",
        [("Tags.a", "1", "2", "update"), ("Tags.b", None, "3", "create")],
    )
    assert shown(TAG, arguments, ("i-1", "b", "3"), ("i-1", "a", "2"))[0] == "unchanged"


def test_a_tag_of_one_thing_is_none_of_the_other() -> None:
    arguments = {"Resources": BOTH, "Tags": [tag("a", "1")]}
    assert shown(TAG, arguments, ("i-1", "a", "1")) == (
        "change",
        [
            ("i-1.Tags.a", "1", "1", "no-op"),
            ("i-2.Tags.a", None, "1", "create"),
        ],
    )


@pytest.mark.parametrize(
    ("keys", "gone"),
    [
        ([{"Key": "a"}], ["Tags.a"]),
        ([{"Key": "a", "Value": "1"}], ["Tags.a"]),
        ([{"Value": "2", "Key": "a"}], []),
        (None, ["Tags.a", "Tags.b"]),
    ],
)
def test_tags_go_by_key_by_key_and_value_or_all(keys: Any, gone: list[str]) -> None:
    arguments = {"Resources": ["i-1"]} | ({"Tags": keys} if keys else {})
    tags = [("i-1", "a", "1"), ("i-1", "b", "2"), ("i-1", "aws:x", "3")]
    _, sides = shown(UNTAG, arguments, *tags)
    assert [path for path, _, _, action in sides if action == "delete"] == gone


def test_a_listing_that_goes_on_is_not_known() -> None:
    arguments = {"Resources": ["i-1"], "Tags": [tag("a", "1")]}
    found = read(TAG, arguments, ("i-1", "a", "1"), NextToken="more")
    assert found.status is SnapshotStatus.UNKNOWN


def test_the_order_of_a_listing_is_no_drift() -> None:
    arguments = {"Resources": BOTH, "Tags": [tag("a", "2")]}
    planned = read(TAG, arguments, ("i-1", "a", "1"), ("i-2", "a", "1"))
    same = read(TAG, arguments, ("i-2", "a", "1"), ("i-1", "a", "1"))
    other = read(TAG, arguments, ("i-1", "a", "1"), ("i-2", "a", "5"))
    assert not has_drifted(planned, same)
    (found,) = drift(TAG, arguments, planned, other)
    assert (found.path, found.now) == (("i-2", "Tags", "a"), "5")


def undone(
    operation: Operation, arguments: Any, *tags: tuple[str, str, str]
) -> list[tuple[str, Any]]:
    known = {one.id: one for one in (TAG, UNTAG)}
    catalog: Any = SimpleNamespace(
        operation=known.__getitem__, input_schema=lambda _: {}
    )
    before = read(operation, arguments, *tags)
    found = Inverter(catalog).invert(Done(0, operation, arguments, before, {}))
    return [(one.operation, one.arguments) for one in found]


def test_each_thing_gets_its_own_tags_back() -> None:
    arguments = {"Resources": BOTH, "Tags": [tag("a", "2")]}
    assert undone(TAG, arguments, ("i-1", "a", "1")) == [
        ("ec2:CreateTags", {"Resources": ["i-1"], "Tags": [tag("a", "1")]}),
        ("ec2:DeleteTags", {"Resources": ["i-2"], "Tags": [{"Key": "a"}]}),
    ]
    assert undone(
        UNTAG, {"Resources": BOTH, "Tags": [{"Key": "a"}]}, ("i-2", "a", "1")
    ) == [("ec2:CreateTags", {"Resources": ["i-2"], "Tags": [tag("a", "1")]})]


def test_all_tags_that_went_come_back_but_those_of_aws() -> None:
    tags = [("i-1", "a", "1"), ("i-1", "aws:x", "3")]
    assert undone(UNTAG, {"Resources": ["i-1"]}, *tags) == [
        ("ec2:CreateTags", {"Resources": ["i-1"], "Tags": [tag("a", "1")]})
    ]


def test_a_request_that_also_sets_tags_takes_off_what_it_names() -> None:
    read = Read(
        operation="x:ListTags",
        params={"Id": "Id"},
        compare={"AddTags": "Tags", "RemoveKeys": "Tags"},
        how={"AddTags": How.TAGS, "RemoveKeys": How.KEYS},
    )
    step = replace(TAG, id="x:ChangeTags", read=read, required=("Id",))
    state = Snapshot(
        status=SnapshotStatus.EXISTS, document={"Tags": [tag("a", "1")]}, digest="d"
    )
    given = {"Id": "i", "AddTags": [tag("b", "2")]}
    changed = [e for e in diff_step(step, given, state).entries if e.action != "no-op"]
    assert [e.path for e in changed] == [("AddTags", "b")]
