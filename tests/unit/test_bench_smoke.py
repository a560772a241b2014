"""The benchmarks run and report in the promised shape. No time is asserted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from stack import ROOT


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "tests" / "bench" / "bench.py"), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_summary(figure: dict[str, Any]) -> None:
    assert {"unit", "runs", "min", "median", "max"} <= figure.keys()
    assert figure["runs"] >= 1
    assert 0 < figure["min"] <= figure["median"] <= figure["max"]


def test_a_section_reports_figures_and_ratios(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    done = bench("--only", "search", "--runs", "1", "--out", str(out))
    assert done.returncode == 0, done.stderr

    report = json.loads(done.stdout)
    assert report == json.loads(out.read_text())
    assert report["format_version"] == 1
    assert report["command"].endswith(f"--only search --runs 1 --out {out}")
    assert {"at", "python", "system", "cpus", "load_before"} <= report["machine"].keys()
    assert list(report["sections"]) == ["search"]

    section = report["sections"]["search"]
    for figure in (*section["figures"].values(), *section["ratios"].values()):
        assert_summary(figure)
    assert section["figures"]["search_operations, first call"]["runs"] == 1
    again = section["figures"]["search_operations, again"]
    assert again["runs"] == section["facts"]["wishes"] == 40
    assert again["median"] <= again["p95"] <= again["max"]
    assert {figure["unit"] for figure in section["ratios"].values()} == {"ratio"}
    assert "search_operations, first call" in done.stderr


def test_unknown_sections_and_run_counts_are_refused() -> None:
    assert bench("--only", "nonsense").returncode == 2
    assert bench("--runs", "0").returncode == 2
