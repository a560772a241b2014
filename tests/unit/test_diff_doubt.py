"""Nothing found is only nothing there if the list could have shown it."""

from typing import Any

import pytest
from diff_kit import diff_of, operation
from smithgate import Change, Confidence, How, Read
from smithgate.diff import Snapshot, SnapshotStatus, diff_step

STACKS = "arn:aws:cloudformation:us-east-1:123456789012:stack"


def delete_of(**fields: Any) -> Any:
    read = Read(
        operation="x:List",
        params={},
        select="Items",
        match={"Id": "Name"},
        **fields,
    )
    return operation(read, Change.DELETE)


@pytest.mark.parametrize(
    ("asked", "listed", "status"),
    [
        ("box", f"{STACKS}/box/0a1b", "unknown"),
        (f"{STACKS}/box/0a1b", "box", "unknown"),
        ("box", f"{STACKS}/boxes/0a1b", "unchanged"),
        ("box", "other", "unchanged"),
        ("stack", f"{STACKS}/box", "unknown"),
        ("cloudformation", f"{STACKS}/box", "unchanged"),
        ("box", f"{STACKS}/box", "change"),
    ],
)
def test_a_name_inside_an_arn_may_be_what_is_meant(asked, listed, status):
    diff = diff_of(delete_of(), {"Name": asked}, {"Items": [{"Id": listed}]})
    assert diff.status == status
    if status == "unknown":
        assert "may mean it or not" in (diff.note or "")


def test_a_reader_of_low_confidence_never_says_that_there_is_nothing_to_delete():
    absent = Snapshot(status=SnapshotStatus.ABSENT, digest="d")
    arguments = {"Name": "box"}
    sure, unsure = delete_of(), delete_of(confidence=Confidence.LOW)
    assert diff_step(sure, arguments, absent).status == "unchanged"
    diff = diff_step(unsure, arguments, absent)
    assert (diff.status, diff.action) == ("unknown", "delete")
    assert "may be something else" in (diff.note or "")


@pytest.mark.parametrize(
    ("gone", "more", "status"),
    [
        ({"Date": ()}, {"Force": True}, "unknown"),
        ({"Date": ()}, {"Force": False}, "unchanged"),
        ({"Date": ()}, {"Days": 7}, "unchanged"),
        ({}, {"Force": True}, "unchanged"),
    ],
)
def test_a_flag_may_end_what_waits_to_go(gone, more, status):
    """Deletes at once what is only scheduled: the worst that could be called nothing."""
    waiting = {"Items": [{"Id": "box", "Date": 1}]} if gone else {"Items": []}
    diff = diff_of(delete_of(gone=gone), {"Name": "box", **more}, waiting)
    assert diff.status == status


@pytest.mark.parametrize(
    ("ranges", "status"),
    [
        (["a"], "change"),
        (["a", "b"], "change"),
        (["a", "z"], "unknown"),
        (["z"], "unchanged"),
    ],
)
def test_what_is_there_in_part_is_not_nothing_to_take_out(ranges, status):
    """AWS takes out the ranges that are there and tells of the others."""
    read = Read(
        operation="x:Describe",
        params={"Id": "Id"},
        compare={"Rules": "Rules"},
        how={"Rules": How.REMOVE},
        confidence=Confidence.HIGH,
    )

    def rule(*names: str) -> dict[str, Any]:
        return {"Port": 22, "Ranges": [{"Cidr": name} for name in names]}

    shown = {"Rules": [{**rule("a", "b", "c"), "More": []}]}
    given = {"Id": "g", "Rules": [rule(*ranges)]}
    diff = diff_of(operation(read, Change.DETACH), given, shown)
    assert diff.status == status
