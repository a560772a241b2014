"""Corrections whose two sides can never be the same are refused."""

from pathlib import Path

import pytest
from codegen_kit import Kit
from smithgate_codegen.build import build_service
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Reader
from smithgate_codegen.knowledge.overrides import load_overrides
from smithgate_codegen.patterns import PatternTable

HEAD = "format_version: 1\nservice: kit\noverrides:\n"


def kit() -> Kit:
    out = Kit(errors={"NoSuchThing": None})
    out.enum("Colour", "RED", "BLUE")
    out.enum("Taste", "SWEET")
    out.enum("State", "READY", "DELETING")
    shown = {
        "Name": "string",
        "Size": "integer",
        "Open": "boolean",
        "Colour": "Colour",
        "State": "State",
        "Made": "timestamp",
    }
    out.shape("Thing", shown)
    given = {"Id!": "string", "Long": "string", "Is": "boolean", "Taste": "Taste"}
    out.op("PutThing", given, {})
    out.op("DeleteThing", {"Id!": "string"}, {})
    out.op("GetThing", {"Id!": "string"}, {"Thing": "Thing"}, errors=("NoSuchThing",))
    out.op("ListThings", {}, {"Things": "[Thing]"})
    return out


def read(tmp_path: Path, value: str, operation: str = "PutThing") -> Reader:
    row = f"- operation: {operation}\n  field: read\n  why: w\n  value: {value}\n"
    (tmp_path / "kit.yaml").write_text(HEAD + row)
    overrides = load_overrides(tmp_path, "kit")
    built = build_service(kit().service(), overrides, PatternTable(()))
    found = next(item for item in built.operations if item.name == operation)
    assert found.reader.value is not None
    return found.reader.value


GET = "operation: GetThing, params: {Id: Id}, select: Thing"
LIST = "operation: ListThings, params: {}, select: Things"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("params: {Id: Is}", "`Is` is boolean, `Id` is string"),
        (f"{GET}, compare: {{Is: Size}}", "`Is` is boolean, `Size` is number"),
        (f"{GET}, compare: {{Taste: Colour}}", "no value in common"),
        (f"{LIST}, match: {{Open: Long}}", "`Long` is string, `Open` is boolean"),
        (f"{LIST}, match: {{Colour: Taste}}", "no value in common"),
        (f"{GET}, compare: {{}}, how: {{Long: set}}", "`compare` does not pair"),
        (f"{GET}, write_only: [Short]", "path `Short` leaves"),
        (f"{GET}, expect: {{Colour: GREEN}}", "`Colour` is never `GREEN`"),
        (f'{GET}, expect: {{Open: "true"}}', "`Open` is boolean and never `true`"),
        (f"{GET}, expect: {{Size: true}}", "`Size` is number and never `True`"),
        (f"{GET}, gone: {{State: [DELETED]}}", "`State` is never `DELETED`"),
        (f"{GET}, gone: {{Made: [DELETED]}}", "`Made` is timestamp"),
    ],
)
def test_what_can_never_agree_is_refused(tmp_path, value, message):
    value = value if "operation" in value else f"operation: GetThing, {value}"
    with pytest.raises(OverrideError) as caught:
        read(tmp_path, f"{{{value}}}")
    assert message in caught.value.message


@pytest.mark.parametrize(
    "value",
    [
        "compare: {Long: Size}, how: {}",
        "compare: {Long: Made}, how: {}",
        "expect: {State: ready, Open: false, Size: 0, Name: null}",
        "gone: {State: [deleting], Made: []}",
    ],
)
def test_what_the_runtime_takes_for_the_same_is_not(tmp_path, value):
    assert read(tmp_path, f"{{{GET}, {value}}}").operation == "kit:GetThing"


def test_a_delete_has_to_say_what_is_still_shown(tmp_path):
    with pytest.raises(OverrideError) as caught:
        read(tmp_path, f"{{{LIST}, match: {{Name: Id}}}}", "DeleteThing")
    assert "`State` may be DELETING" in caught.value.message
    assert "gone: {State: [DELETING]}" in (caught.value.hint or "")


@pytest.mark.parametrize("said", ["gone: {State: [DELETING]}", "gone: {}"])
def test_a_delete_that_says_it(tmp_path, said):
    value = f"{{{LIST}, match: {{Name: Id}}, {said}}}"
    assert read(tmp_path, value, "DeleteThing").operation == "kit:ListThings"
