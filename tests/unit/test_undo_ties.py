"""Ties that are taken back: by what was shown before, never by half of a request."""

from types import SimpleNamespace
from typing import Any

import pytest
from diff_kit import bare_operation
from smithgate import Change, How, Inverse, Operation, Read
from smithgate.diff import Snapshot, SnapshotStatus
from smithgate.plan.done import CannotUndo, Done
from smithgate.plan.inverse import Inverter

ABSENT = Snapshot(status=SnapshotStatus.ABSENT, digest="d")
UNREAD = Snapshot(status=SnapshotStatus.UNKNOWN, reason="denied")


def exists(document: Any) -> Snapshot:
    return Snapshot(status=SnapshotStatus.EXISTS, document=document, digest="d")


def undone(
    declared: Operation, arguments: Any, before: Snapshot, *others: Operation
) -> list[tuple[str, Any]]:
    known = {one.id: one for one in (declared, *others)}
    catalog: Any = SimpleNamespace(
        operation=known.__getitem__, input_schema=lambda _: {}
    )
    found = Inverter(catalog).invert(Done(0, declared, arguments, before, {}))
    return [(one.operation, one.arguments) for one in found]


UNTIE = bare_operation(
    id="x:Untie",
    change=Change.DETACH,
    read=Read(operation="x:List", params={}, select="Ties", match={"Id": "TieId"}),
    inverse=Inverse(
        operation="x:Tie", before={"Box": "Box", "Slot.Number": "Slot", "Host": "Host"}
    ),
)
TIE = bare_operation(id="x:Tie", change=Change.ATTACH)
TIED = {"Id": "t", "Box": "b", "Slot": 3, "Host": ""}


def test_a_tie_named_by_its_id_is_made_again_from_what_it_was() -> None:
    assert undone(UNTIE, {"TieId": "t"}, exists(TIED), TIE) == [
        ("x:Tie", {"Box": "b", "Slot": {"Number": 3}})
    ]


@pytest.mark.parametrize("before", [UNREAD, exists({"Id": "t"})])
def test_a_tie_that_was_not_read_is_not_made_again(before: Snapshot) -> None:
    with pytest.raises(CannotUndo, match="what it tied was not read"):
        undone(UNTIE, {"TieId": "t"}, before, TIE)


@pytest.mark.parametrize(
    ("document", "message"),
    [({"Id": "t", "Slot": 3}, "nothing tells `Box`"), ({"Id": "t"}, "nothing tells")],
)
def test_what_the_opposite_requires_must_have_been_there(
    document: Any, message: str
) -> None:
    needing = bare_operation(id="x:Tie", change=Change.ATTACH, required=("Box",))
    with pytest.raises(CannotUndo, match=message):
        undone(UNTIE, {"TieId": "t"}, exists(document), needing)


REVOKE = bare_operation(
    id="x:Revoke",
    change=Change.DETACH,
    read=Read(
        operation="x:Get",
        params={"Group": "Group"},
        compare={"Rules": "Rules"},
        how={"Rules": How.REMOVE},
    ),
    inverse=Inverse(operation="x:Allow", params={"Group": "Group", "Rules": "Rules"}),
)
ALLOW = bare_operation(id="x:Allow", change=Change.ATTACH)


def test_items_that_are_told_in_another_way_are_not_given_back_by_half() -> None:
    before = exists({"Rules": [{"Port": 80}]})
    given = {"Group": "g", "Rules": [{"Port": 80}]}
    assert undone(REVOKE, given, before, ALLOW) == [("x:Allow", given)]
    with pytest.raises(CannotUndo, match="`Rules` is not given"):
        undone(REVOKE, {"Group": "g", "RuleIds": ["r-1"]}, before, ALLOW)


SET_ROLE = bare_operation(
    id="x:AssociateRole",
    change=Change.ATTACH,
    required=("Group", "Role"),
    read=Read(
        operation="x:GetRole", params={"Group": "Group"}, compare={"Role": "Role"}
    ),
    inverse=Inverse(operation="x:DisassociateRole", params={"Group": "Group"}),
)
NO_ROLE = bare_operation(
    id="x:DisassociateRole", change=Change.DETACH, required=("Group",)
)


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ({"Role": "one"}, ("x:AssociateRole", {"Group": "g", "Role": "one"})),
        ({}, ("x:DisassociateRole", {"Group": "g"})),
    ],
)
def test_a_tie_that_took_the_place_of_another_gives_it_back(before, back):
    arguments = {"Group": "g", "Role": "two"}
    assert undone(SET_ROLE, arguments, exists(before), NO_ROLE) == [back]


def moving(id_: str, how: How, back: str) -> Operation:
    return bare_operation(
        id=id_,
        change=Change.OTHER,
        required=("Group",),
        read=Read(
            operation="x:Get",
            params={"Group": "Group"},
            compare={"Parts": "Stopped[].Name"},
            how={"Parts": how},
        ),
        inverse=Inverse(operation=back, params={"Group": "Group", "Parts": "Parts"}),
    )


SUSPEND = moving("x:Suspend", How.ADD, "x:Resume")
RESUME = moving("x:Resume", How.REMOVE, "x:Suspend")


@pytest.mark.parametrize(
    ("done", "other", "moved"),
    [(SUSPEND, RESUME, ["b"]), (RESUME, SUSPEND, ["a"])],
)
def test_only_what_came_or_went_goes_the_way_back(done, other, moved):
    before = exists({"Stopped": [{"Name": "a"}]})
    arguments = {"Group": "g", "Parts": ["a", "b"]}
    (request,) = undone(done, arguments, before, other)
    assert request == (other.id, {"Group": "g", "Parts": moved})


def test_what_turns_nothing_off_has_no_way_back():
    reboot = bare_operation(id="x:Reboot", change=Change.OTHER)
    with pytest.raises(CannotUndo, match="no opposite"):
        undone(reboot, {"Group": "g"}, exists({"State": "on"}))
