"""What ``make models`` runs: fidelity, hostile models, risks, every service.

Prints one Markdown report; ``--out`` writes one JSON document. Exits with 0 when all
was measured, whatever the figures are.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import everything
import fidelity
import hostile
import risk

FORMAT_VERSION = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    options = _parse(arguments)
    common = ["--jobs", str(options.jobs)]
    sections = {
        "fidelity": (fidelity.main, [*common, *(["--full"] if options.full else [])]),
        "hostile": (hostile.main, [*common, "--models", str(options.models)]),
        "risk": (risk.main, common),
        "everything": (everything.main, common),
    }
    report = {"format_version": FORMAT_VERSION}
    with tempfile.TemporaryDirectory(prefix="smithgate-models-") as folder:
        for name, (measure, given) in sections.items():
            out = Path(folder) / f"{name}.json"
            measure([*given, "--out", str(out)])
            print(flush=True)
            report[name] = json.loads(out.read_text())
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--full", action="store_true", help="all mutants, no sampling")
    parser.add_argument("--models", type=int, default=hostile.DEFAULT_MODELS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
