"""Counts the cases of the loader's conformance corpus: what loads, what is refused.

Runs ``tests/unit/test_model_conformance.py``, whose cases are the folders of
``tests/golden/model_conformance``; exits with 1 when one of its tests fails.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1] / "unit" / "test_model_conformance.py"
CORPUS = Path(__file__).parents[1] / "golden" / "model_conformance"


class _Outcomes:
    """A pytest plugin that counts how the tests end."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: its body, or what kept it from running."""
        if report.when == "call" or report.outcome != "passed":
            self.counts[report.outcome] += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    options = parser.parse_args(arguments)
    outcomes = _Outcomes()
    code = pytest.main(["-q", "--no-header", "-p", "no:xdist", str(TESTS)], [outcomes])
    cases = [path for path in CORPUS.iterdir() if path.is_dir()]
    refused = sum((case / "error.txt").is_file() for case in cases)
    report = {
        "cases": len(cases),
        "loaded": len(cases) - refused,
        "refused": refused,
        "tests": dict(sorted(outcomes.counts.items())),
    }
    print("## Loader conformance\n")
    print(f"{len(cases)} cases: {len(cases) - refused} load, {refused} are refused")
    print(f"tests: {report['tests']}")
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2) + "\n")
    return int(code != pytest.ExitCode.OK)


if __name__ == "__main__":
    sys.exit(main())
