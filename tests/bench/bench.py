"""The benchmarks: every figure next to its baseline, measured in the same run.

Prints one JSON document on stdout, progress and a table on stderr. Asserts nothing:
timing depends on the machine, ratios much less. See docs/bench.md.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from stats import progress
from table import lines

FORMAT_VERSION = 1
SECTIONS = ("start", "scale", "latency", "reads", "generate", "search")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sections; return 1 if one could not be measured."""
    options = parse(arguments)
    report: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "command": " ".join(["python", "tests/bench/bench.py", *sys.argv[1:]]),
        "machine": machine(),
        "sections": {},
    }
    with tempfile.TemporaryDirectory(prefix="smithgate-bench-") as folder:
        for name in options.only:
            place = Path(folder) / name
            place.mkdir()
            report["sections"][name] = measure(name, place, options.runs)
    report["machine"]["load_after"] = os.getloadavg()[0]
    text = json.dumps(report, indent=2, ensure_ascii=False)
    print("\n".join(lines(report)), file=sys.stderr)
    if options.out is not None:
        options.out.write_text(text + "\n")
    print(text)
    return int(any("error" in section for section in report["sections"].values()))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        type=_sections,
        default=SECTIONS,
        metavar="SECTIONS",
        help=f"some of {','.join(SECTIONS)}",
    )
    parser.add_argument("--runs", type=_runs, help="runs of each measurement")
    parser.add_argument("--out", type=Path, help="also write the JSON to a file")
    return parser.parse_args(arguments)


def _sections(text: str) -> tuple[str, ...]:
    wanted = text.split(",")
    if unknown := set(wanted) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"no section {', '.join(sorted(unknown))}")
    return tuple(name for name in SECTIONS if name in wanted)


def _runs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return int(text)


def measure(name: str, folder: Path, runs: int | None) -> dict[str, Any]:
    """Return one section; what went wrong, if it did, in its place."""
    start = time.perf_counter()
    try:
        # Imported here, so that a section pays for nothing of another's.
        section: dict[str, Any] = importlib.import_module(name).run(folder, runs)
    except Exception as error:  # noqa: BLE001 - the other sections still count
        progress(traceback.format_exc())
        section = {"error": f"{type(error).__name__}: {error}"}
    return section | {"seconds": round(time.perf_counter() - start, 1)}


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "cpus": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


if __name__ == "__main__":
    sys.exit(main())
