"""What ``make models`` runs: every figure over all AWS models, one after the other.

Each section prints Markdown and decides itself whether its targets are met; the table at
the end says so for all. ``--out`` writes one JSON document, ``--only`` takes sections by
name. Exits with 1 when a target is missed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import before_after
import conformance
import enrichment
import everything
import fidelity
import hostile
import readers
import releases
import risk
import search_describe
import search_recall
import spell

FORMAT_VERSION = 2


class Section(NamedTuple):
    """One measuring program and what it is given."""

    measure: Callable[[Sequence[str]], int]
    arguments: tuple[str, ...] = ()


def sections(options: argparse.Namespace) -> dict[str, Section]:
    """Return the sections in the order of running."""
    jobs = ("--jobs", str(options.jobs))
    full = ("--full",) if options.full else ()
    return {
        "conformance": Section(conformance.main),
        "fidelity": Section(fidelity.main, (*jobs, *full)),
        "hostile": Section(hostile.main, (*jobs, "--models", str(options.models))),
        "everything": Section(everything.main),
        "enrichment": Section(enrichment.main),
        "releases": Section(releases.main, jobs),
        "risk": Section(risk.main, jobs),
        "readers": Section(readers.main, jobs),
        "before_after": Section(before_after.main),
        "search": Section(search_recall.main),
        "describe": Section(search_describe.main, jobs),
        "spell": Section(spell.main),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    options = _parse(arguments)
    report: dict[str, Any] = {"format_version": FORMAT_VERSION}
    with tempfile.TemporaryDirectory(prefix="smithgate-models-") as folder:
        for name, section in sections(options).items():
            if options.only and name not in options.only:
                continue
            report[name] = _measured(section, Path(folder) / f"{name}.json")
            print(flush=True)
    print("\n".join(_summary(report)))
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    return int(any(not found["is_met"] for found in _found(report).values()))


def _measured(section: Section, out: Path) -> dict[str, Any]:
    start = time.perf_counter()
    code = section.measure([*section.arguments, "--out", str(out)])
    return {
        "is_met": code == 0,
        "seconds": round(time.perf_counter() - start),
        "report": json.loads(out.read_text()) if out.is_file() else None,
    }


def _found(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found for name, found in report.items() if name != "format_version"}


def _summary(report: Mapping[str, Any]) -> list[str]:
    lines = [
        "## All sections",
        "",
        "| section | targets met | seconds |",
        "|---|---|--:|",
    ]
    for name, found in _found(report).items():
        met = "yes" if found["is_met"] else "NO"
        met = met if found["report"] is not None else "not measured"
        lines.append(f"| {name} | {met} | {found['seconds']} |")
    return lines


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--only", nargs="+", metavar="SECTION")
    parser.add_argument("--full", action="store_true", help="all mutants, no sampling")
    parser.add_argument("--models", type=int, default=hostile.DEFAULT_MODELS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
