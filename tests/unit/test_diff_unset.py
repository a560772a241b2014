"""What is empty, hidden or set by something that cannot be compared."""

from types import SimpleNamespace
from typing import Any

import pytest
from smithgate import Change, Operation, Read, ReadMode
from smithgate.diff import SnapshotStatus, diff_step, read_snapshot
from versioning_kit import ENABLE, entries, exists, operation


@pytest.mark.parametrize(
    ("select", "answer", "is_left"),
    [
        ("{Days: Days}", {"Days": None}, False),
        ("Rules", {"Rules": []}, False),
        ("{Days: Days}", {"Days": 0}, True),
        ("{On: On}", {"On": False}, True),
        (None, {"Days": None}, True),
    ],
)
def test_nothing_left_to_remove_is_absent(
    select: str | None, answer: dict[str, Any], is_left: bool
) -> None:
    read = Read(operation="s3:GetBucketX", params={"Bucket": "Bucket"}, select=select)
    removing = operation(change=Change.DELETE, read=read)
    reply = SimpleNamespace(value=answer, op_id="op", artifact="a")
    found = read_snapshot(removing, {"Bucket": "b"}, lambda *_: reply)
    assert (found.status is SnapshotStatus.EXISTS) is is_left
    status = diff_step(removing, {"Bucket": "b"}, found).status
    assert status == ("change" if is_left else "unchanged")


@pytest.mark.parametrize("before", [{}, {"VersioningConfiguration": {}}])
def test_what_was_empty_gets_its_members_one_by_one(before: dict[str, Any]) -> None:
    pairs = {"VersioningConfiguration": "VersioningConfiguration"}
    read = Read(operation="s3:GetBucketVersioning", params={}, compare=pairs)
    diff = diff_step(operation(read=read, change=Change.UPDATE), ENABLE, exists(before))
    paths = [entry["path"] for entry in entries(diff) if entry["action"] != "no-op"]
    assert paths[-1] == "VersioningConfiguration.Status"


def with_password() -> Operation:
    read = Read(
        operation="rds:DescribeDBInstances",
        params={"Bucket": "Bucket"},
        compare={"Class": "Class"},
        write_only=("Password", "Force"),
    )
    return operation(read=read, sensitive=("Password",), change=Change.UPDATE)


def test_a_secret_that_aws_never_shows_is_set_and_said_so() -> None:
    arguments = {"Bucket": "b", "Class": "s", "Password": "p", "Force": True}
    diff = diff_step(with_password(), arguments, exists({"Class": "s"}))
    assert diff.status == "change"
    assert diff.note == "not shown by AWS, set whatever it was: `Password`"
    assert [e["path"] for e in entries(diff) if e["action"] == "update"] == ["Password"]


def test_what_controls_the_call_keeps_nothing_from_being_unchanged() -> None:
    arguments = {"Bucket": "b", "Class": "s", "Force": True}
    diff = diff_step(with_password(), arguments, exists({"Class": "s"}))
    assert (diff.status, diff.note) == ("unchanged", None)


def test_what_a_replacing_request_leaves_out_is_unsure_when_part_of_it_is_blind() -> (
    None
):
    read = Read(
        operation="s3:GetBucketAcl",
        params={"Bucket": "Bucket"},
        compare={"Grants": "Grants"},
        mode=ReadMode.REPLACE,
    )
    put = operation(read=read)
    before = exists({"Grants": ["mine"]})
    canned = entries(diff_step(put, {"Bucket": "b", "ACL": "private"}, before))
    assert [(e["path"], e["unknown"]) for e in canned] == [
        ("ACL", True),
        ("Grants", True),
    ]
    (lost,) = entries(diff_step(put, {"Bucket": "b"}, before))
    assert lost == {"path": "Grants", "action": "delete", "before": ["mine"]}
