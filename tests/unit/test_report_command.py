"""``smithgate-codegen report`` as a person runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from report_kit import TEXT, Pair
from smithgate_codegen.errors import CodegenError
from smithgate_codegen.report.command import report_command


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    made = Pair(tmp_path)
    made.before.operation("s3:A", {"X": TEXT}, risk="read", change="none")
    made.after.operation("s3:A", {"X": TEXT}, risk="read", change="none")
    return made


def run(pair: Pair, *options: str) -> Result:
    before, after = pair.before.write(), pair.after.write()
    places = ["--base-dir", str(before), "--generated", str(after)]
    arguments = [*places, "--policy", str(before / "none"), *options]
    return CliRunner().invoke(report_command, arguments)


def failure(result: Result) -> str:
    assert isinstance(result.exception, CodegenError), result.output
    return result.exception.code


def test_the_page_goes_to_stdout(pair: Pair) -> None:
    result = run(pair)
    assert (result.exit_code, result.exception) == (0, None)
    assert result.output.startswith("# What changes in the generated tree\n")
    assert "Policy not judged" in result.output


def test_json_and_a_file(pair: Pair, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    result = run(pair, "--format", "json", "--out", str(out))
    assert (result.exit_code, result.output) == (0, "")
    assert json.loads(out.read_text())["counts"]["added"] == 0
    assert failure(run(pair, "--out", str(tmp_path / "no" / "x"))) == "config_invalid"


def test_fold(pair: Pair) -> None:
    for at in range(20):
        pair.after.operation(f"s3:New{at:02}")
    assert "New19" not in run(pair).output
    assert "New19" in run(pair, "--fold", "0").output


def test_breaking_changes_can_stop(pair: Pair) -> None:
    assert run(pair, "--fail-on", "breaking").exit_code == 0
    pair.after.operation("s3:A", {}, risk="read", change="none")
    assert run(pair).exit_code == 0
    assert run(pair, "--fail-on", "risk").exit_code == 0
    assert failure(run(pair, "--fail-on", "breaking")) == "report_failed"


def test_removed_operations_are_breaking(pair: Pair) -> None:
    pair.before.operation("s3:B")
    assert failure(run(pair, "--fail-on", "breaking")) == "report_failed"


def test_changed_risks_can_stop(pair: Pair) -> None:
    pair.after.operation("s3:New", risk="destructive")
    assert run(pair, "--fail-on", "risk").exit_code == 0
    pair.after.operation("s3:A", {"X": TEXT}, risk="write")
    assert run(pair, "--fail-on", "breaking").exit_code == 0
    result = run(pair, "--fail-on", "breaking", "--fail-on", "risk")
    assert failure(result) == "report_failed"
    assert "## Risk changed (1)" in result.output


def test_one_base_is_needed(pair: Pair, tmp_path: Path) -> None:
    result = CliRunner().invoke(report_command, [])
    assert (result.exit_code, "--base" in result.output) == (2, True)
    assert run(pair, "--base", "HEAD").exit_code == 2
    places = ["--base-dir", str(tmp_path / "none")]
    assert failure(CliRunner().invoke(report_command, places)) == "codegen_error"
