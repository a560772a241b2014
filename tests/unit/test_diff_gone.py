"""What is gone, or on another page, or not among what was found."""

import pytest
from diff_kit import diff_of, operation, snapshot
from smithgate import Change, Read
from smithgate.diff.selecting import select

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


@pytest.mark.parametrize(("more", "is_known"), [("next", False), (None, True)])
def test_some_of_several_on_a_cut_page_are_not_all(
    more: str | None, is_known: bool
) -> None:
    read = Read(operation="x:List", params={}, select="Things", match={"Id": "Ids"})
    page = {"Things": [{"Id": "a"}, {"Id": "c"}], "NextToken": more}
    found = select(read, {"Ids": ["a", "b"]}, page)
    assert (found.reason is None) is is_known
    assert select(read, {"Ids": ["a", "c"]}, page).reason is None


def test_of_several_things_those_that_were_not_found_are_not_unchanged() -> None:
    read = Read(
        operation="x:List",
        params={},
        select="Things",
        match={"Id": "Ids"},
        expect={"State": "stopped"},
    )
    step = operation(read, Change.STOP)
    there = {"Things": [{"Id": "a", "State": "stopped"}]}
    assert diff_of(step, {"Ids": ["a"]}, there).status == "unchanged"
    assert diff_of(step, {"Ids": ["a", "b"]}, there).status == "partial"


def test_a_state_that_says_gone_is_read_in_either_case() -> None:
    read = Read(operation="x:Get", params={"Id": "Id"}, gone={"Status": ("deleting",)})
    assert select(read, {"Id": "i"}, {"Status": "DELETING"}).absent
