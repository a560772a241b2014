"""Corrections of inverses: every place and every origin has to be there."""

from pathlib import Path

import pytest
from codegen_kit import Kit
from smithgate_codegen.build import build_service
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Inverse, ServiceIR
from smithgate_codegen.knowledge.overrides import load_overrides
from smithgate_codegen.patterns import PatternTable

READ = (
    "- {operation: UntieThing, field: read, why: for the test, value: {operation: "
    "ListTies, params: {}, select: Ties, match: {TieId: TieId}}}\n"
)
ROW = "- {operation: UntieThing, field: inverse, why: for the test, value: "


def build(folder: Path, rows: str) -> ServiceIR:
    kit = Kit().shape("Tie", {"TieId": "string", "Box": "string"})
    kit.op("TieThing", {"Box!": "string", "Why": "string"}, {"TieId": "string"})
    kit.op("UntieThing", {"TieId!": "string"}, {"Gone": "string"})
    kit.op("ListTies", {}, {"Ties": "[Tie]"})
    head = "format_version: 1\nservice: kit\noverrides:\n"
    (folder / "kit.yaml").write_text(head + rows)
    return build_service(kit.service(), load_overrides(folder, "kit"), PatternTable(()))


def test_values_come_from_request_reply_and_what_was_there(tmp_path: Path) -> None:
    value = "{operation: TieThing, before: {Box: Box}, output: {Why: Gone}}}\n"
    built = build(tmp_path, READ + ROW + value)
    (found,) = [one for one in built.operations if one.name == "UntieThing"]
    assert found.inverse.value == Inverse(
        operation="kit:TieThing", before=(("Box", "Box"),), output=(("Why", "Gone"),)
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROW + "{operation: Nope}}", "no operation `Nope`"),
        (ROW + "{operation: TieThing, params: {Nope: TieId}}}", "leaves"),
        (ROW + "{operation: TieThing, params: {Box: Nope}}}", "leaves"),
        (ROW + "{operation: TieThing, output: {Box: Nope}}}", "leaves"),
        (ROW + "{operation: TieThing, before: {Box: Box}}}", "needs a reader"),
        (READ + ROW + "{operation: TieThing, before: {Box: Nope}}}", "leaves"),
        (ROW + "{operation: TieThing, after: {}}}", "unknown key `after`"),
    ],
)
def test_a_wrong_row_fails_the_build(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(OverrideError) as error:
        build(tmp_path, rows + "\n")
    assert message in error.value.message
