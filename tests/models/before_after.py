"""Before → after against moto: how many cases are fully right, by service and kind.

Fully right: the plan shows exactly the expected paths with the right before and after,
apply makes it so, planning again shows no change, a change from outside is refused, and
undo, where the case asks for it, restores the state. Exits with 1 when a target is
missed.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from moto_kit import Outcome, load_cases, read_cases, runner

CASES = 250
SERVICES = 30
RIGHT = 0.95
UNDONE = 60
READS = 2
FORMAT_VERSION = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and report."""
    options = _parse(arguments)
    cases = [case for file in options.file for case in read_cases(file)]
    cases = cases or load_cases()
    cases = [c for c in cases if not options.only or c.service in options.only]
    if options.name:
        cases = [case for case in cases if options.name in case.name]
    outcomes = []
    with runner({case.service for case in cases}, options.tree) as running:
        for case in cases:
            outcome = running.run(case)
            outcomes.append(outcome)
            if outcome.problems:
                told = "; ".join(outcome.problems)
                print(f"- {case.service} {case.name}: {told}", flush=True)
    report = _report(outcomes)
    _print(report)
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    missed = [] if options.only or options.name or options.file else _missed(report)
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


def _report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    groups: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        case = outcome.case
        rows = (
            "all",
            f"service {case.service}",
            f"kind {case.data['kind']}",
            "services: default" if case.is_default else "services: other",
            "readers: unseen" if case.held_out else "readers: looked at",
        )
        for row in rows:
            groups.setdefault(row, Counter())["cases"] += 1
            groups[row]["right"] += not outcome.problems
    return {
        "format_version": FORMAT_VERSION,
        "groups": {name: dict(groups[name]) for name in sorted(groups)},
        "services": len({o.case.service for o in outcomes}),
        "wrong_no_change": sum(o.wrong_no_change for o in outcomes),
        "invented": sum(o.invented for o in outcomes),
        "outside": sum(o.refused is not None for o in outcomes),
        "refused": sum(o.refused is True for o in outcomes),
        "undo": sum(o.undone is not None for o in outcomes),
        "undone": sum(o.undone is True for o in outcomes),
        "reads": max((o.reads for o in outcomes), default=0),
        "more_reads": sum(o.reads > READS for o in outcomes),
    }


def _print(report: dict[str, Any]) -> None:
    print("| group | cases | fully right | % |\n|---|---|---|---|")
    for name, row in report["groups"].items():
        share = 100 * row["right"] / row["cases"]
        print(f"| {name} | {row['cases']} | {row['right']} | {share:.1f} |")
    for key, value in report.items():
        if isinstance(value, int) and key != "format_version":
            print(f"{key.replace('_', ' ')}: {value}")


def _missed(report: dict[str, Any]) -> list[str]:
    """Return the targets that are not met."""
    total = report["groups"]["all"]
    checks = [
        (total["cases"] >= CASES, f"{total['cases']} of {CASES} cases"),
        (
            report["services"] >= SERVICES,
            f"{report['services']} of {SERVICES} services",
        ),
        (
            total["right"] / total["cases"] >= RIGHT,
            f"{total['right']} of {total['cases']} fully right",
        ),
        (
            report["wrong_no_change"] == 0,
            f"{report['wrong_no_change']} wrong no change",
        ),
        (report["invented"] == 0, f"{report['invented']} invented differences"),
        (report["refused"] == report["outside"], "an outside change was not refused"),
        (report["undone"] >= UNDONE, f"{report['undone']} of {UNDONE} undone"),
    ]
    return [text for met, text in checks if not met]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--only", action="append", help="only this service")
    parser.add_argument(
        "--file", action="append", default=[], type=Path, help="the cases of this file"
    )
    parser.add_argument("--name", help="only cases whose name holds this")
    parser.add_argument("--tree", type=Path, help="keep the generated tree here")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
