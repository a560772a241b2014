"""How far the generated schemas say what the models say, over all of AWS.

Measures the 402 public models beside the checkout and every service of the installed
botocore: AWS's own examples, mutants of valid requests, validity and portability of the
schemas, and what became of the patterns. Prints a Markdown table of every figure
against its target, ``--out`` writes one JSON document. Exits with 1 when a target is
missed.
See docs/schemas.md.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from corpus import SETS, Place, places
from measure import Findings, Sampling, measure
from oracle import oracle
from report import FORMAT_VERSION, document, is_met, markdown, read_judgements

EACH = 4
"""Mutants of each rule for each request, unless ``--full``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    options = _parse(arguments)
    start = time.perf_counter()
    chosen, skipped = places(tuple(options.sets))
    if options.half != "all":
        chosen = [place for place in chosen if place.half == options.half]
    if options.only:
        chosen = [place for place in chosen if place.client_name in options.only]
    if oracle() is None:
        skipped["patterns"] = "node is not installed: no independent pattern engine"
    each = None if options.full else EACH
    findings = measure_all(chosen, Sampling(each), options.jobs)
    report = document(findings, read_judgements()) | {
        "format_version": FORMAT_VERSION,
        "command": " ".join(["python", "tests/models/fidelity.py", *sys.argv[1:]]),
        "mutants_of_each_rule": each,
        "services": len(chosen),
        "skipped": skipped,
        "seconds": round(time.perf_counter() - start),
    }
    if options.out is not None:
        text = json.dumps(report, indent=2, ensure_ascii=False, sort_keys=True)
        options.out.write_text(text + "\n")
    print("\n".join(markdown(report)))
    return 0 if is_met(report) else 1


def measure_all(
    chosen: Iterable[Place], sampling: Sampling, jobs: int
) -> dict[str, Findings]:
    """Return the findings of both sides of the split, in several processes."""
    found = {"tuned": Findings(), "held": Findings()}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        waiting = {pool.submit(measure, place, sampling): place for place in chosen}
        for at, done in enumerate(as_completed(waiting), start=1):
            place = waiting[done]
            found[place.half].add(done.result())
            _progress(f"{at}/{len(waiting)} {place.model_set} {place.client_name}")
    _progress("")
    for findings in found.values():
        for misses in findings.misses.values():
            misses.sort(key=lambda miss: json.dumps(miss, sort_keys=True))
    return found


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--full", action="store_true", help="all mutants, no sampling")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--half", choices=("tuned", "held", "all"), default="all")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--only", nargs="+", metavar="SERVICE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
