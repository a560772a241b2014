"""Undo: a plan like any other, or a plain word on why there is none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as sdk
from click.testing import CliRunner
from diff_kit import bare_operation
from fake_aws import POLICY, World
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
from smithgate.cli import cli
from smithgate.diff import Snapshot, SnapshotStatus
from smithgate.plan.done import CannotUndo, Done
from smithgate.plan.inverse import Inverter
from stack import ROOT


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, POLICY + "risks: {destructive: approve}\n")
    made.aws.versioning = {"Status": "Suspended"}
    yield made
    made.app.close()


def applied(world: World, status: str = "Enabled") -> str:
    plan_id = world.approved_plan(status)
    return str(world.ok("apply", plan_id=plan_id)["tx_id"])


def test_policy_sees_who_asks_for_the_way_back(world: World) -> None:
    text = world.policy_file.read_text()
    rule = (
        '  - {id: mine, allow: ["s3:PutBucketVersioning"], permits: [destructive], '
        'when: {principals: ["mcp:agent"]}}\n'
    )
    world.policy_file.write_text(text.replace("rules:\n", "rules:\n" + rule))
    plan_id = world.plan_versioning()
    tx_id = world.ok("apply", plan_id=plan_id)["tx_id"]
    plan = world.ok("undo", tx_id=tx_id)
    decision = plan["steps"][0]["decision"]
    assert (decision["decided_by"], decision["is_provisional"]) == ("rules.mine", False)
    assert "steps" in plan["untrusted"]
    world.ok("apply", plan_id=plan["plan_id"])
    assert world.aws.versioning == {"Status": "Suspended"}


def test_an_update_is_written_back_under_a_new_approval(world: World) -> None:
    tx_id = applied(world)
    plan = world.ok("undo", tx_id=tx_id)
    assert world.aws.versioning == {"Status": "Enabled"}
    (step,) = plan["steps"]
    assert step["arguments"]["VersioningConfiguration"] == {"Status": "Suspended"}
    assert plan["reason_untrusted"] == f"undo {tx_id}"
    error = world.refused("apply", plan_id=plan["plan_id"])
    assert error["code"] == "approval_required"
    world.ok("request_approval", plan_id=plan["plan_id"])
    world.approve(plan["plan_id"])
    world.ok("apply", plan_id=plan["plan_id"])
    assert world.aws.versioning == {"Status": "Suspended"}


def test_an_unknown_outcome_is_not_undone(world: World) -> None:
    plan_id = world.approved_plan()

    def lose(_: Any) -> Any:
        raise sdk.ReadTimeoutError(endpoint_url="http://127.0.0.1")

    world.aws.answers["s3.put_bucket_versioning"] = lose
    tx_id = world.refused("apply", plan_id=plan_id)["details"]["tx_id"]
    error = world.refused("undo", tx_id=tx_id)
    assert error["code"] == "outcome_unknown"
    assert len(world.rows("select id from plans")) == 1


def test_what_changed_nothing_has_nothing_to_undo(world: World) -> None:
    error = world.refused("undo", tx_id=applied(world, "Suspended"))
    assert error["code"] == "cannot_be_undone"
    assert "changed nothing" in error["message"]


def test_what_only_read_has_nothing_to_undo(world: World) -> None:
    read = world.ok(
        "read", operation="s3:GetBucketVersioning", arguments={"Bucket": "b"}
    )
    error = world.refused("undo", tx_id=read["tx_id"])
    assert error["code"] == "cannot_be_undone"


def test_an_unknown_transaction(world: World) -> None:
    assert world.refused("undo", tx_id="tx-none")["code"] == "tx_not_found"


def test_a_step_without_a_way_back_is_named_with_its_reason(world: World) -> None:
    world.aws.answers["sqs.create_queue"] = lambda _: {"QueueUrl": "u"}
    world.aws.answers["sqs.send_message"] = lambda _: {
        "MessageId": "m",
        "MD5OfMessageBody": "x",
    }
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    arguments = {"QueueUrl": url, "MessageBody": "hello"}
    plan_id = world.ok(
        "plan", steps=[{"operation": "sqs:SendMessage", "arguments": arguments}]
    )["plan_id"]
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id)
    tx_id = world.ok("apply", plan_id=plan_id)["tx_id"]
    error = world.refused("undo", tx_id=tx_id)
    assert error["code"] == "cannot_be_undone"
    (reason,) = error["details"]["steps"]
    assert (reason["step"], reason["operation"]) == (0, "sqs:SendMessage")
    assert reason["why"]


def test_a_denied_way_back_is_denied(world: World) -> None:
    tx_id = applied(world)
    world.policy_file.write_text(POLICY)  # suspending is destructive
    assert world.refused("undo", tx_id=tx_id)["code"] == "policy_denied"


def test_the_command_line_shows_the_card(world: World) -> None:
    tx_id = applied(world)
    world.app.close()
    places = ["--policy", str(world.policy_file), "--state"]
    places += [str(world.folder / "state"), "--generated", str(ROOT / "generated")]
    result = CliRunner().invoke(cli, ["undo", "tx-none", *places])
    assert result.exit_code == 1
    assert "tx_not_found" in result.output
    assert tx_id.startswith("tx-")


class Catalog:
    """Declarations by id, without files."""

    def __init__(self, *operations: Operation) -> None:
        self._operations = {one.id: one for one in operations}

    def operation(self, id_: str) -> Operation:
        return self._operations[id_]

    def input_schema(self, _id: str) -> dict[str, Any]:
        return {"type": "object", "properties": {}}

    def entries(self) -> list[Operation]:
        return list(self._operations.values())


def exists(document: Any) -> Snapshot:
    return Snapshot(status=SnapshotStatus.EXISTS, document=document, digest="d")


ABSENT = Snapshot(status=SnapshotStatus.ABSENT, digest="d")


def invert(
    declared: Operation,
    arguments: dict[str, Any],
    before: Snapshot,
    *others: Operation,
    output: Any = None,
    answer: Any = None,
) -> list[tuple[str, dict[str, Any]]]:
    catalog: Any = Catalog(declared, *others)
    done = Done(0, declared, arguments, before, output or {}, answer or before.document)
    found = Inverter(catalog).invert(done)
    return [(one.operation, dict(one.arguments)) for one in found]


TAGS = Tags(member="Tags", style=TagStyle.LIST)
LISTED = Read(
    operation="x:ListTags",
    params={"Arn": "Arn"},
    compare={"Tags": "Tags"},
    how={"Tags": How.TAGS},
)
UNTAG = bare_operation(
    id="x:Untag",
    change=Change.UNTAG,
    read=replace(LISTED, compare={"Keys": "Tags"}, how={"Keys": How.KEYS}),
    inverse=Inverse(operation="x:Tag", params={"Arn": "Arn"}),
)
TAG = bare_operation(
    id="x:Tag",
    change=Change.TAG,
    tags=TAGS,
    read=LISTED,
    inverse=Inverse(operation="x:Untag", params={"Arn": "Arn"}),
)


def tag(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


def test_tags_are_set_again_and_added_ones_taken_away() -> None:
    before = exists({"Tags": [tag("a", "1"), tag("b", "1")]})
    given = {"Arn": "r", "Tags": [tag("a", "2"), tag("b", "1"), tag("c", "3")]}
    assert invert(TAG, given, before, UNTAG) == [
        ("x:Tag", {"Arn": "r", "Tags": [tag("a", "1")]}),
        ("x:Untag", {"Arn": "r", "Keys": ["c"]}),
    ]


def test_removed_tags_come_back_with_their_values() -> None:
    before = exists({"Tags": [tag("a", "1"), tag("b", "2")]})
    given = {"Arn": "r", "Keys": ["b", "none"]}
    assert invert(UNTAG, given, before, TAG) == [
        ("x:Tag", {"Arn": "r", "Tags": [tag("b", "2")]})
    ]


def test_a_create_is_deleted_by_the_id_that_it_returned() -> None:
    create = bare_operation(
        id="x:Create",
        change=Change.CREATE,
        read=Read(operation="x:Get", params={}, created={"Id": "Thing.Id"}),
        inverse=Inverse(operation="x:Delete", output={"Id": "Thing.Id"}),
    )
    delete = bare_operation(id="x:Delete", change=Change.DELETE, required=("Id",))
    new = Snapshot(status=SnapshotStatus.NEW)
    output = {"Thing": {"Id": "t-1"}}
    assert invert(create, {"Size": 1}, new, delete, output=output) == [
        ("x:Delete", {"Id": "t-1"})
    ]
    with pytest.raises(CannotUndo, match="nothing tells"):
        invert(create, {"Size": 1}, new, delete, output={})
    with pytest.raises(CannotUndo, match="existed before"):
        invert(create, {"Size": 1}, exists({}))


PUT = bare_operation(
    id="x:Put",
    change=Change.PUT,
    required=("Name", "Rules"),
    read=Read(
        operation="x:Get",
        params={"Name": "Name"},
        compare={"Rules": "Rules", "Limit": "Limit"},
        mode=ReadMode.REPLACE,
    ),
    inverse=Inverse(operation="x:Delete", params={"Name": "Name"}),
)
DELETE = bare_operation(
    id="x:Delete",
    change=Change.DELETE,
    read=Read(operation="x:Get", params={"Name": "Name"}),
)


def test_a_put_on_nothing_is_deleted_and_a_delete_put_again() -> None:
    given = {"Name": "n", "Rules": [1]}
    assert invert(PUT, given, ABSENT, DELETE) == [("x:Delete", {"Name": "n"})]
    before = exists({"Rules": [2], "Limit": 5, "Other": 1})
    again = invert(DELETE, {"Name": "n"}, before, PUT)
    assert again == [("x:Put", {"Name": "n", "Rules": [2], "Limit": 5})]
    with pytest.raises(CannotUndo, match="made again"):
        invert(DELETE, {"Name": "n"}, exists({"Limit": 5}), PUT)


def test_a_deletion_that_waits_is_called_off() -> None:
    inverse = Inverse(operation="x:Restore", params={"Name": "Name"})
    delete = bare_operation(
        id="x:Delete", change=Change.DELETE, read=PUT.read, inverse=inverse
    )
    restore = bare_operation(id="x:Restore", change=Change.UPDATE)
    found = invert(delete, {"Name": "n"}, exists({"Limit": 5}), restore)
    assert found == [("x:Restore", {"Name": "n"})]


def test_a_replacing_put_brings_back_what_it_dropped() -> None:
    before = exists({"Rules": [2], "Limit": 5})
    assert invert(PUT, {"Name": "n", "Rules": [1]}, before) == [
        ("x:Put", {"Name": "n", "Rules": [2], "Limit": 5})
    ]


def test_what_cannot_be_unset_or_was_never_shown_refuses() -> None:
    update = bare_operation(
        id="x:Update",
        change=Change.UPDATE,
        sensitive=("Password",),
        read=Read(
            operation="x:Get",
            params={"Name": "Name"},
            compare={"Limit": "Limit", "Policy": "Policy"},
            write_only=("Password",),
        ),
    )
    with pytest.raises(CannotUndo, match="`Limit` was not set before"):
        invert(update, {"Name": "n", "Limit": 1}, exists({}))
    with pytest.raises(CannotUndo, match="`Password` is never shown"):
        invert(update, {"Name": "n", "Password": "x"}, exists({"Limit": 1}))
    with pytest.raises(CannotUndo, match="not known: Other"):
        invert(update, {"Name": "n", "Other": 1}, exists({"Limit": 1}))
    policy = {"Version": "1"}
    given = {"Name": "n", "Policy": "{}"}
    assert invert(update, given, exists({"Policy": policy})) == [
        ("x:Update", {"Name": "n", "Policy": '{"Version": "1"}'})
    ]
    with pytest.raises(CannotUndo, match="was not read"):
        invert(update, given, Snapshot(status=SnapshotStatus.UNKNOWN, reason="no"))


def test_of_a_merged_map_only_the_given_keys_go_back() -> None:
    merge = bare_operation(
        id="x:Set",
        change=Change.UPDATE,
        read=Read(
            operation="x:Get",
            params={"Name": "Name"},
            compare={"Attributes": "Attributes"},
            mode=ReadMode.MERGE,
        ),
    )
    before = exists({"Attributes": {"A": "1", "Arn": "read only"}})
    given = {"Name": "n", "Attributes": {"A": "2"}}
    assert invert(merge, given, before) == [
        ("x:Set", {"Name": "n", "Attributes": {"A": "1"}})
    ]
    with pytest.raises(CannotUndo, match="`B` was not set before"):
        invert(merge, {"Name": "n", "Attributes": {"B": "2"}}, before)


def test_what_may_have_been_lost_goes_back_as_well() -> None:
    pairs = {"Rule": "Rule", "Target.Arn": "Arn", "Target.Retry": "Retry"}
    update = bare_operation(
        id="x:Update",
        change=Change.UPDATE,
        read=Read(operation="x:Get", params={"Name": "Name"}, compare=pairs),
    )
    before = exists({"Rule": {"A": 1, "B": 2}, "Arn": "a", "Retry": 3})
    given = {"Name": "n", "Rule": {"A": 9}, "Target": {"Arn": "z"}}
    target = {"Arn": "a", "Retry": 3}
    assert invert(update, given, before) == [
        ("x:Update", {"Name": "n", "Rule": {"A": 1, "B": 2}, "Target": target})
    ]
    with pytest.raises(CannotUndo, match="`C` was not set before"):
        invert(update, {"Name": "n", "Rule": {"C": 1}}, before)
