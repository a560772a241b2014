"""Counts the cases of the loader's conformance corpus: what loads, what is refused.

Runs ``tests/unit/test_model_conformance.py``, whose cases are the folders of
``tests/golden/model_conformance``; exits with 1 when one of its tests fails.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parents[1] / "unit" / "test_model_conformance.py"
CORPUS = Path(__file__).parents[1] / "golden" / "model_conformance"
_CLOSING = re.compile(r"(\d+) (passed|failed|skipped|error)s?")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    options = parser.parse_args(arguments)
    # A process of its own: pytest rewrites modules that are loaded here already.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", str(TESTS)],
        capture_output=True,
        text=True,
        check=False,
    )
    closing = (done.stdout.strip().splitlines() or [""])[-1]
    cases = [path for path in CORPUS.iterdir() if path.is_dir()]
    refused = sum((case / "error.txt").is_file() for case in cases)
    report = {
        "cases": len(cases),
        "loaded": len(cases) - refused,
        "refused": refused,
        "tests": {word: int(count) for count, word in _CLOSING.findall(closing)},
    }
    print("## Loader conformance\n")
    print(f"{len(cases)} cases: {len(cases) - refused} load, {refused} are refused")
    print(f"tests: {report['tests']}")
    if done.returncode:
        print(done.stdout[-4000:] + done.stderr[-1000:])
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2) + "\n")
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
