"""Each guard of undo by itself; see ``test_guards_apply``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from diff_kit import bare_operation
from fake_aws import ACCOUNT, POLICY, World
from smithgate import (
    Change,
    How,
    Inverse,
    Operation,
    Read,
    ReadMode,
    Tags,
    TagStyle,
)
from smithgate.diff import Snapshot, SnapshotStatus
from smithgate.plan.done import CannotUndo, Done
from smithgate.plan.inverse import Inverter
from smithgate.store import TxState

PUT = "s3.put_bucket_versioning"
ELSEWHERE = POLICY.replace(f'account: "{ACCOUNT}"', 'account: "999999999999"')


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def test_an_apply_under_way_is_not_undone(world: World) -> None:
    plan_id = world.approved_plan()
    said: list[dict[str, Any]] = []

    def put(_: Any) -> dict[str, Any]:
        tx = world.app.store.tx_of_plan(plan_id)
        assert tx is not None
        said.append(world.refused("undo", tx_id=tx.id))
        return {}

    world.aws.answers[PUT] = put
    world.ok("apply", plan_id=plan_id)
    (error,) = said
    assert error["code"] == "cannot_be_undone"
    assert "under way" in error["message"]


def test_an_apply_to_what_the_target_was_is_not_undone(world: World) -> None:
    tx_id = world.ok("apply", plan_id=world.approved_plan())["tx_id"]
    world.policy_file.write_text(ELSEWHERE)
    error = world.refused("undo", tx_id=tx_id)
    assert error["code"] == "cannot_be_undone"
    assert "is not what plan" in error["message"]


def test_only_an_apply_is_undone_though_reads_are_for_a_plan_too(world: World) -> None:
    store = world.app.store
    read = store.begin("read", plan_id=world.approved_plan(), requester="r")
    store.end(read, TxState.DONE)
    error = world.refused("undo", tx_id=read)
    assert error["code"] == "cannot_be_undone"
    assert "only read" in error["message"]


def operation(id_: str, change: Change, **fields: Any) -> Operation:
    return bare_operation(id=id_, change=change, **fields)


def refuses(
    words: str, declared: Operation, given: Any, before: Snapshot, *others: Operation
) -> None:
    """The way back of a step is refused with these words."""
    known = {one.id: one for one in (declared, *others)}
    catalog: Any = SimpleNamespace(
        operation=known.__getitem__,
        input_schema=lambda _: {"type": "object", "properties": {}},
        entries=lambda: list(known.values()),
    )
    with pytest.raises(CannotUndo, match=words):
        Inverter(catalog).invert(Done(0, declared, given, before, {}))


def exists(document: Any) -> Snapshot:
    return Snapshot(status=SnapshotStatus.EXISTS, document=document, digest="d")


LATER = Snapshot(status=SnapshotStatus.LATER)
GET = Read(operation="x:Get", params={"Name": "Name"}, compare={"Limit": "Limit"})
TAGS = Read(
    operation="x:ListTags",
    params={"Arn": "Arn"},
    compare={"Tags": "Tags"},
    how={"Tags": How.TAGS},
)
TAG = operation(
    "x:Tag",
    Change.TAG,
    tags=Tags(member="Tags", style=TagStyle.LIST),
    read=TAGS,
    inverse=Inverse(operation="x:Untag", params={"Arn": "Arn"}),
)
UNTAG = operation(
    "x:Untag",
    Change.UNTAG,
    read=replace(TAGS, compare={"Keys": "Tags"}, how={"Keys": How.KEYS}),
    inverse=Inverse(operation="x:Tag", params={"Arn": "Arn"}),
)
TAGGED = exists({"Tags": [{"Key": "a", "Value": "1"}]})
ADDED = {"Arn": "r", "Tags": [{"Key": "b", "Value": "1"}]}


def test_what_nothing_takes_back_is_not_undone() -> None:
    create = operation("x:Create", Change.CREATE)
    new = Snapshot(status=SnapshotStatus.NEW)
    refuses("no operation is known", create, {"Size": 1}, new)


def test_what_has_no_opposite_is_not_undone() -> None:
    send = operation("x:Send", Change.OTHER)
    refuses("has no opposite", send, {"Size": 1}, exists({}))


UNREAD = "the state before it was not read"


@pytest.mark.parametrize("status", [SnapshotStatus.UNKNOWN, SnapshotStatus.NO_READER])
def test_what_was_not_read_is_not_undone(status: SnapshotStatus) -> None:
    before = Snapshot(status=status, reason="no")
    delete = operation("x:Delete", Change.DELETE, read=GET)
    refuses(UNREAD, delete, {"Name": "n"}, before)
    refuses(UNREAD, TAG, ADDED, before, UNTAG)


def test_what_was_planned_without_its_state_is_not_undone() -> None:
    delete = operation("x:Delete", Change.DELETE, read=GET)
    refuses("what was deleted was not read", delete, {"Name": "n"}, LATER)
    update = operation("x:Update", Change.UPDATE, read=GET)
    refuses("before it was not read", update, {"Name": "n", "Limit": 1}, LATER)


def test_what_cannot_be_compared_is_not_written_back() -> None:
    replacing = replace(GET, mode=ReadMode.REPLACE)
    put = operation("x:Put", Change.PUT, read=replacing)
    before = exists({"Limit": 5})
    refuses("nothing of the request could be compared", put, {"Name": "n"}, before)


@pytest.mark.parametrize("how", [How.ADD, How.REMOVE, How.KEYS])
def test_what_adds_or_removes_is_not_written_back(how: How) -> None:
    read = replace(GET, compare={"Limits": "Limits"}, how={"Limits": how})
    update = operation("x:Update", Change.UPDATE, read=read)
    given = {"Name": "n", "Limits": ["a", "b"]}
    there = {"a": "1", "c": "1"} if how is How.KEYS else ["b", "c"]
    before = exists({"Limits": there})
    refuses("adds to what is there or takes from it", update, given, before)


def test_what_was_set_for_all_items_is_not_written_back() -> None:
    read = replace(GET, compare={"Limit": "Parts[].Limit"}, how={"Limit": How.EVERY})
    update = operation("x:Update", Change.UPDATE, read=read)
    before = exists({"Parts": [{"Limit": 1}, {"Limit": 2}]})
    refuses("each had its own", update, {"Name": "n", "Limit": 5}, before)


def test_tags_are_not_put_where_an_operation_takes_none() -> None:
    plain = replace(TAG, tags=None)
    given = {"Arn": "r", "Keys": ["a"]}
    refuses("does not say where it takes tags", UNTAG, given, TAGGED, plain)


def test_tags_that_cannot_be_told_apart_are_not_set_again() -> None:
    refuses("cannot be told apart", TAG, ADDED, exists({"Tags": "a=1"}), UNTAG)
    blind = replace(TAG, read=replace(TAGS, compare={}, how={}))
    refuses("cannot be told apart", blind, ADDED, exists({"a": "1"}), UNTAG)


@pytest.mark.parametrize("given", [{"Arn": "r"}, {"Arn": "r", "Tags": "b=1"}])
def test_tags_that_were_not_given_as_tags_are_not_taken_away(given: Any) -> None:
    refuses("does not say where it takes tags", TAG, given, TAGGED, UNTAG)


def test_tags_of_an_operation_that_names_no_member_are_not_taken_away() -> None:
    nameless = replace(TAG, tags=None)
    refuses("does not say where it takes tags", nameless, ADDED, TAGGED, UNTAG)


def test_tags_are_not_taken_away_where_no_keys_are_taken() -> None:
    keyless = replace(UNTAG, read=TAGS)
    refuses("does not say where it takes keys", TAG, ADDED, TAGGED, keyless)
    two = replace(TAGS, how={"Keys": How.KEYS, "Others": How.KEYS})
    doubtful = replace(UNTAG, read=two)
    refuses("does not say where it takes keys", TAG, ADDED, TAGGED, doubtful)


SEVERAL = Read(
    operation="x:List",
    params={"Ids": "Ids"},
    select="Things",
    match={"Id": "Ids"},
    compare={"Mode": "Mode"},
)
THINGS = exists([{"Id": "a", "Mode": "on"}, {"Id": "b", "Mode": "off"}])


def test_several_things_go_back_only_from_one_state() -> None:
    update = operation("x:Update", Change.UPDATE, read=SEVERAL)
    refuses("each from a state", update, {"Ids": ["a", "b"], "Mode": "on"}, THINGS)
    switch = operation(
        "x:Enable",
        Change.START,
        read=replace(SEVERAL, compare={}, expect={"Mode": "x"}),
    )
    refuses("not in one state before", switch, {"Ids": ["a", "b"]}, THINGS)


ADDS = operation(
    "x:Attach",
    Change.ATTACH,
    read=Read(
        operation="x:List",
        params={"Rule": "Rule"},
        compare={"Targets": "Targets"},
        how={"Targets": How.ADD},
    ),
    inverse=Inverse(
        operation="x:Detach", params={"Rule": "Rule", "Ids": "Targets[].Id"}
    ),
)
TARGETS = [{"Id": "a", "Arn": "1"}, {"Id": "b", "Arn": "2"}]


def test_only_what_was_added_is_taken_out_again() -> None:
    detach = operation("x:Detach", Change.DETACH, required=("Ids",))
    catalog: Any = SimpleNamespace(
        operation=lambda _: detach, input_schema=lambda _: {"type": "object"}
    )
    before = exists({"Targets": TARGETS[:1]})
    done = Done(0, ADDS, {"Rule": "r", "Targets": TARGETS}, before, {})
    (request,) = Inverter(catalog).invert(done)
    assert request.arguments == {"Rule": "r", "Ids": ["b"]}


def test_what_was_replaced_is_not_taken_out() -> None:
    before = exists({"Targets": [{"Id": "a", "Arn": "other"}]})
    detach = operation("x:Detach", Change.DETACH)
    given = {"Rule": "r", "Targets": TARGETS}
    refuses("replaced what was there", ADDS, given, before, detach)
