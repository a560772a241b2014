"""What waiters and boto3's resources say of readers, and what becomes of it."""

import json
from typing import Any

import pytest
import witnesses
from codegen_kit import Kit
from reader_kit import find, reader
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Change, Confidence
from smithgate_codegen.knowledge import evidence, refresh_resources
from smithgate_codegen.knowledge.absent import absent_codes_of
from smithgate_codegen.knowledge.datasets import DATA
from smithgate_codegen.knowledge.waiters import waiters_of

WAITABLE = "smithy.waiters#waitable"


def acceptor(state: str = "success", **matcher: Any) -> dict[str, Any]:
    return {"state": state, "matcher": matcher}


def reaches(path: str, value: str, comparator: str = "stringEquals") -> dict[str, Any]:
    output = {"path": path, "expected": value, "comparator": comparator}
    return acceptor(output=output)


def waiting(kit: Kit, operation: str, **waiters: list[dict[str, Any]]) -> Kit:
    """Put waiters on an operation."""
    node = kit.nodes[f"example.kit#{operation}"]
    node["traits"][WAITABLE] = {
        name: {"acceptors": acceptors} for name, acceptors in waiters.items()
    }
    return kit


def box(verb: str, reading: str = "GetBox", **waiters: Any) -> Kit:
    kit = Kit().op(f"{verb}Box", {"BoxId!": "string"}, {})
    kit.op(reading, {"BoxId!": "string"}, {"BoxId": "string", "Phase": "string"})
    return waiting(kit, reading, **waiters)


@pytest.mark.parametrize(
    ("name", "noun", "state"),
    [
        ("BoxRunning", "box", ("Running",)),
        ("LidsInService", "lid", ("In", "Service")),
        ("WaitForBoxDeleted", "box", ("Deleted",)),
        ("BoxNotExists", "box", ("Not", "Exists")),
        ("StackCreateComplete", "stack", ("Create", "Complete")),
    ],
)
def test_a_waiter_is_named_for_a_thing_and_a_state(name, noun, state):
    kit = waiting(box("Start"), "GetBox", **{name: [reaches("Phase", "UP")]})
    (found,) = waiters_of(kit.subject("GetBox"))
    assert (found.noun, found.state) == (noun, state)
    assert (found.operation, found.status) == ("GetBox", (("Phase", "UP"),))


@pytest.mark.parametrize("name", ["Running", "BoxSomething"])
def test_a_name_without_thing_or_state_is_left_alone(name):
    kit = waiting(box("Start"), "GetBox", **{name: [reaches("Phase", "UP")]})
    assert list(waiters_of(kit.subject("GetBox"))) == []


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("InvalidBoxID.NotFound", True),
        ("NoSuchBox", True),
        ("ValidationError", False),
        ("NotFound", False),
    ],
)
def test_the_codes_of_a_waiter_mean_absence_if_they_say_so(code, counts):
    kit = box("Delete", BoxDeleted=[acceptor("success", errorType=code)])
    assert absent_codes_of(kit.subject("GetBox")) == ((code,) if counts else ())


def test_the_codes_of_another_things_waiter_do_not_count():
    kit = box("Delete", LidDeleted=[acceptor(errorType="InvalidLid.NotFound")])
    assert absent_codes_of(kit.subject("GetBox")) == ()


def test_a_waiter_that_agrees_raises_confidence_and_is_named():
    fact = find(
        box("Delete", BoxDeleted=[acceptor(errorType="NoSuchBox")]), "DeleteBox"
    )
    assert fact.value is not None
    assert fact.value.confidence is Confidence.HIGH
    assert fact.source == f"rule delete-get, trait {WAITABLE}"


def test_a_waiter_tells_the_state_that_no_verb_tells():
    kit = box("Start", BoxRunning=[reaches("Phase", "UP")])
    assert reader(kit, "StartBox").expect == (("Phase", "UP"),)


@pytest.mark.parametrize(
    "status",
    [
        reaches("length(Phase)", "1"),
        reaches("Gone", "UP"),
        reaches("Phase", "UP", "anyStringEquals"),
    ],
)
def test_a_state_that_is_not_plainly_in_the_document_is_not_expected(status):
    assert reader(box("Start", BoxRunning=[status]), "StartBox").expect == ()


def test_the_path_of_a_waiter_starts_at_the_selected_item():
    kit = Kit().shape("Box", {"BoxId": "string", "Phase": "string"})
    kit.op("StopBox", {"BoxId!": "string"}, {})
    kit.op("DescribeBoxes", {"BoxIds": "[string]"}, {"Boxes": "[Box]"})
    status = reaches("Boxes[].Phase", "DOWN", "allStringEquals")
    found = reader(waiting(kit, "DescribeBoxes", BoxStopped=[status]), "StopBox")
    assert (found.select, found.expect) == ("Boxes", (("Phase", "DOWN"),))


def test_only_where_the_names_lead_nowhere_a_waiter_names_the_reader():
    kit = box("Delete", "DescribeShape", BoxDeleted=[acceptor(errorType="NoSuchBox")])
    fact = find(kit, "DeleteBox")
    assert (fact.source, fact.value and fact.value.confidence) == (
        f"trait {WAITABLE}",
        Confidence.MEDIUM,
    )


def test_a_waiter_for_updates_does_not_show_what_is_created():
    kit = box("Delete", "DescribeShape", BoxUpdated=[reaches("Phase", "DONE")])
    assert find(kit, "DeleteBox").value is None


def test_a_contradiction_changes_no_reader_and_is_told():
    kit = box("Delete")
    kit.op("DescribeShape", {"BoxId!": "string"}, {"Shape": "string"})
    waiting(kit, "DescribeShape", BoxDeleted=[acceptor(errorType="NoSuchBox")])
    source = find(kit, "DeleteBox").source
    assert source == f"rule delete-get, against {evidence.WAITER} DescribeShape"
    (row,) = witnesses.hear(kit.service())
    assert (row.kind, row.reader, row.other) == (
        witnesses.CONTRADICTS,
        "GetBox",
        "DescribeShape",
    )
    report = witnesses.document([row])
    half = row.half
    assert report["counts"][evidence.WAITER][half][witnesses.CONTRADICTS] == 1
    assert any("DescribeShape" in line for line in witnesses.lines(report, named=True))


def resource_rows(monkeypatch: pytest.MonkeyPatch, **rows: Any) -> None:
    table = {"kit": {name: [row] for name, row in rows.items()}}
    monkeypatch.setattr(evidence, "_resources", lambda: table)


@pytest.mark.parametrize(
    ("act", "trusted"), [("whole", True), ("part", True), ("make", False)]
)
def test_what_boto3_loads_agrees_for_what_acts_on_it(monkeypatch, act, trusted):
    row = {"resource": "Box", "act": act, "reader": "GetBox"}
    resource_rows(monkeypatch, DeleteBox=row)
    fact = find(box("Delete"), "DeleteBox")
    assert ("boto3-resources" in fact.source) == trusted


@pytest.mark.parametrize(("act", "is_reader"), [("whole", True), ("part", False)])
def test_what_boto3_loads_is_tried_for_what_acts_on_the_whole(
    monkeypatch, act, is_reader
):
    row = {"resource": "Box", "act": act, "reader": "DescribeShape"}
    resource_rows(monkeypatch, DeleteBox=row)
    fact = find(box("Delete", "DescribeShape"), "DeleteBox")
    assert (fact.source == "data set boto3-resources") == is_reader


def test_tags_are_nobodys_business():
    kit = box("Start", BoxRunning=[reaches("Phase", "UP")])
    found = evidence.Evidence.of(kit.subjects())
    assert found.witnesses(kit.subject("StartBox"), Change.TAG) == ()


def test_resources_are_reduced_to_what_loads_them():
    load = {"request": {"operation": "GetBox"}, "path": "@"}
    call = {
        name: {"request": {"operation": f"{name}Box"}} for name in ("Delete", "Get")
    }
    call["FillLid"] = {"request": {"operation": "FillLid"}}
    makes = {"request": {"operation": "MakeBox"}, "resource": {"type": "Box"}}
    definition = {
        "service": {"actions": {"Make": makes}},
        "resources": {
            "Box": {"load": load, "actions": call},
            "Bag": {"actions": {"Delete": {"request": {"operation": "DeleteBag"}}}},
        },
    }
    assert refresh_resources.rows_of(definition) == {
        name: [{"resource": "Box", "act": act, "reader": "GetBox"}]
        for name, act in (
            ("DeleteBox", "whole"),
            ("FillLid", "part"),
            ("MakeBox", "make"),
        )
    }


def test_only_the_pinned_boto3_is_reduced():
    refresh_resources.require_pinned(refresh_resources.PIN)
    with pytest.raises(OverrideError, match="not the pinned"):
        refresh_resources.require_pinned("0.0.1")


def test_the_data_set_is_what_the_pinned_boto3_gives():
    text = (DATA / "boto3_resources.json").read_text("ascii")
    content = json.loads(text)
    assert content["sources"] == {"boto3": refresh_resources.PIN}
    assert refresh_resources.dump(content) == text


def test_an_error_may_say_it_by_the_code_that_is_sent() -> None:
    kit = Kit(errors={"AccessPointNotFoundException": "LoadBalancerNotFound"})
    errors = ("AccessPointNotFoundException",)
    kit.op("DescribeLoadBalancers", {"Names": "[string]"}, {}, errors=errors)
    assert absent_codes_of(kit.subject("DescribeLoadBalancers")) == (
        "AccessPointNotFoundException",
        "LoadBalancerNotFound",
    )
