"""Each folder of tests/golden/model-convert is a botocore folder and its model."""

import difflib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.model import load_model
from smithgate_codegen.sync.botocore_files import ServiceFiles
from smithgate_codegen.sync.convert import convert_service

pytestmark = pytest.mark.golden

GOLDEN = Path(__file__).parents[1] / "golden" / "model-convert"
CASES = sorted(path.parent for path in GOLDEN.glob("*/service-2.json"))
UPDATE = "SMITHGATE_UPDATE_MODEL_GOLDENS"


def converted(case: Any) -> Any:
    files = ServiceFiles(case.name, "golden", case)
    return convert_service(
        files.service(),
        files.paginators(),
        files.waiters(),
        origin=case.name,
    )


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_converted_model_is_the_checked_in_one(case: Path) -> None:
    data = converted(case)
    actual = json.dumps(json.loads(data), indent=2, ensure_ascii=False) + "\n"
    path = case / "model.json"
    if os.environ.get(UPDATE):
        assert "CI" not in os.environ, "goldens are not written in CI"
        path.write_text(actual, "utf-8", newline="\n")
    expected = path.read_text("utf-8")
    diff = difflib.unified_diff(
        expected.splitlines(), actual.splitlines(), "model.json", "now", lineterm=""
    )
    shown = "\n".join(diff)
    assert actual == expected, f"{shown}\n{UPDATE}=1 writes the new text"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_converted_model_loads(case: Path) -> None:
    model = load_model(converted(case), origin=case.name)
    described = json.loads((case / "service-2.json").read_bytes())["operations"]
    assert [b.shape.id.name for b in model.operations()] == sorted(described)
