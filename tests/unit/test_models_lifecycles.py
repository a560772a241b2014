"""What counts as agreement with the reader that a Smithy resource declares."""

from typing import Any

import lifecycles
import pytest
from codegen_kit import Kit
from lifecycles import CONTAINER, FORBIDDEN, NONE, OTHER, SAME, SHAPE, Compared


def things(**reads: Any) -> Kit:
    """Return a resource that is deleted by id, and what else reads."""
    kit = Kit()
    kit.op("DeleteThing", {"ThingId!": "string"}, {}, listed=False)
    kit.shape("Thing", {"ThingId": "string", "A": "string", "B": "string"})
    takes, gives = {"ThingId!": "string"}, {"Thing": "Thing"}
    for name, (more, shows) in reads.items():
        kit.op(name, takes | more, shows or gives, listed=False)
    kit.resource("ThingResource", delete="DeleteThing", read=next(iter(reads)))
    for name in list(reads)[1:]:
        kit.operations.append(name)
    return kit


@pytest.mark.parametrize(
    ("reads", "kind"),
    [
        ({"GetThing": ({}, None)}, SAME),
        ({"GetThingDetailsOfAll": ({}, None), "GetThing": ({}, None)}, SHAPE),
        ({"GetPlace": ({}, {"P": "string"}), "GetThing": ({}, None)}, OTHER),
        ({"GetThing": ({"Zone!": "string"}, None)}, NONE),
        ({"GetThing": ({}, {"Body": "<streaming>"})}, FORBIDDEN),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_only_the_declared_operation_is_agreement(reads, kind):
    (row,) = lifecycles.compare(things(**reads).service())
    assert (row.id, row.lifecycle, row.kind) == ("kit:DeleteThing", "delete", kind)
    assert row.declared == next(iter(reads))


def test_the_declaration_itself_is_no_evidence():
    (row,) = lifecycles.compare(things(GetThing=({}, None)).service())
    assert row.source == "rule delete-get"


def test_the_parent_alone_is_no_agreement():
    kit = Kit()
    takes = {"ThingId!": "string", "PartId!": "string"}
    kit.op("DeleteThing", takes, {}, listed=False)
    kit.op("GetThing", {"ThingId!": "string"}, {"A": "string"}, listed=False)
    kit.resource("ThingResource", delete="DeleteThing", read="GetThing")
    (row,) = lifecycles.compare(kit.service())
    assert row.kind == CONTAINER


def test_resources_without_a_reader_are_not_compared():
    kit = Kit().op("DeleteThing", {"ThingId!": "string"}, {}, listed=False)
    kit.resource("ThingResource", delete="DeleteThing")
    assert lifecycles.compare(kit.service()) == []


def row(kind: str, lifecycle: str = "delete") -> Compared:
    return Compared("kit:DeleteThing", lifecycle, kind, "GetThing", "GetIt", "rule x")


def test_the_share_counts_all_that_may_be_read_and_creates_apart():
    rows = [row(SAME), row(SHAPE), row(FORBIDDEN), row(NONE, "create")]
    found = lifecycles.document(rows)["groups"]
    assert found["update, put, delete"]["agreement %"] == 50.0
    assert found["create"]["agreement %"] == 0.0


def test_the_target_decides_and_what_differs_is_named():
    report = lifecycles.document([row(SHAPE), row(NONE, "create")])
    assert lifecycles.missed(report) == [
        "agreement with declared lifecycles is 0.0, wanted 97.0"
    ]
    told = [line for line in lifecycles.lines(report) if line.startswith("- ")]
    assert [line.partition(" (")[0] for line in told] == [
        "- same document: kit:DeleteThing"
    ]
    assert lifecycles.missed(lifecycles.document([row(SAME)])) == []
