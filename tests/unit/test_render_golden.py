"""Each folder of tests/golden/generate is a model, its corrections and the outcome.

``model.json`` and, if there are any, ``overrides/`` go in; ``expected/`` is the tree
that must come out, or ``expected.err`` what must be printed instead. Adding a case is
adding a folder with a model and running pytest with ``--update-goldens``.
"""

import difflib
import json
import shutil
from pathlib import Path

import pytest
from smithgate_codegen import cli

pytestmark = pytest.mark.golden

GOLDEN = Path(__file__).parents[1] / "golden" / "generate"
CASES = sorted(path.parent for path in GOLDEN.glob("*/model.json"))
HINT = "\nrun pytest with --update-goldens to write the new text, and review it"


def prepare(case: Path, root: Path) -> None:
    """Lay out a checkout in which the case's model is the only one."""
    document = json.loads((case / "model.json").read_bytes())
    traits = next(
        node["traits"]
        for node in document["shapes"].values()
        if node["type"] == "service"
    )
    name = "-".join(traits["aws.api#service"]["sdkId"].lower().split())
    folder = root / "models" / name / "service" / "2026-01-01"
    folder.mkdir(parents=True)
    shutil.copy(case / "model.json", folder / f"{name}-2026-01-01.json")
    (root / "services.yaml").write_text(
        "format_version: 1\nsource: local\nsources: {local: models}\nservices: all\n"
    )
    (root / "overrides").mkdir()
    for path in (case / "overrides").glob("*.yaml"):
        shutil.copy(path, root / "overrides")


def generate(root: Path) -> int:
    common = ["--config", str(root / "services.yaml"), "--cache", str(root / "cache")]
    assert cli.run(["sync", *common]) == 0
    more = ["--out", str(root / "out"), "--overrides", str(root / "overrides")]
    return cli.run(["generate", *common, *more, "--jobs", "1"])


def texts(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files
    }


def outcome(
    case: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """Return what the case gives, by path below the case's folder."""
    prepare(case, root)
    code = generate(root)
    error = capsys.readouterr().err
    if code != 0:
        return {"expected.err": error}
    assert error == ""
    return {f"expected/{name}": text for name, text in texts(root / "out").items()}


def goldens(case: Path) -> dict[str, str]:
    return {
        name: text for name, text in texts(case).items() if name.startswith("expected")
    }


def rewrite(case: Path, actual: dict[str, str]) -> None:
    shutil.rmtree(case / "expected", ignore_errors=True)
    (case / "expected.err").unlink(missing_ok=True)
    for name, text in actual.items():
        (case / name).parent.mkdir(parents=True, exist_ok=True)
        (case / name).write_text(text, "utf-8", newline="\n")


def test_there_are_cases():
    assert len(CASES) >= 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_outcome_is_the_checked_in_one(case, tmp_path, capsys, update_goldens):
    actual = outcome(case, tmp_path, capsys)
    if update_goldens:
        rewrite(case, actual)
    expected = goldens(case)
    assert sorted(actual) == sorted(expected), HINT
    for name, text in actual.items():
        diff = difflib.unified_diff(
            expected[name].splitlines(), text.splitlines(), name, "now", lineterm=""
        )
        assert text == expected[name], "\n".join(diff) + HINT
