"""Each folder of tests/golden/schema is a model and the schemas it must give."""

import difflib
import os
from pathlib import Path

import pytest
from smithgate_codegen.emit.schema import dump_schema, input_schema, output_schema
from smithgate_codegen.model import load_model
from smithgate_codegen.patterns import PatternTable

pytestmark = pytest.mark.golden

GOLDEN = Path(__file__).parents[1] / "golden" / "schema"
CASES = sorted(path.parent for path in GOLDEN.glob("*/model.json"))
UPDATE = "SMITHGATE_UPDATE_SCHEMA_GOLDENS"


def schemas_of(case: Path) -> dict[str, str]:
    model = load_model((case / "model.json").read_bytes(), origin=case.name)
    table = PatternTable(())
    texts = {}
    for bound in model.operations():
        name = bound.shape.id.name
        request = input_schema(model, bound.shape, patterns=table)
        reply = output_schema(model, bound.shape, patterns=table)
        texts[f"{name}.schema.json"] = dump_schema(request)
        texts[f"{name}.output.json"] = dump_schema(reply)
    return texts


def test_there_are_cases():
    assert CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_schemas_are_the_checked_in_ones(case):
    actual = schemas_of(case)
    if os.environ.get(UPDATE):
        assert "CI" not in os.environ, "goldens are not written in CI"
        for path in case.glob("*.*.json"):
            path.unlink()
        for name, text in actual.items():
            (case / name).write_text(text, "utf-8", newline="\n")
    expected = {path.name: path.read_text("utf-8") for path in case.glob("*.*.json")}
    assert sorted(actual) == sorted(expected)
    for name, text in actual.items():
        diff = difflib.unified_diff(
            expected[name].splitlines(), text.splitlines(), name, "now", lineterm=""
        )
        shown = "\n".join(diff)
        assert text == expected[name], f"{shown}\n{UPDATE}=1 writes the new text"
