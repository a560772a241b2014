"""Hostile models through the real pipeline, by the ten thousand.

Draws models with hypothesis, generates each below a folder of its own and checks what
was written (see ``hostile_pipeline``). Prints a Markdown table, ``--out`` writes JSON.
Exits with 0: it measures. ``tests/unit/test_hostile_text.py`` runs the same on a few
hundred models and fails.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from hostile_models import models, spoiled_models
from hostile_pipeline import Broken, run
from hypothesis import HealthCheck, Phase, given, seed, settings

FORMAT_VERSION = 1
DEFAULT_MODELS = 10_000
SPOILED_SHARE = 0.2
"""Of the models; the rest have names that Smithy takes."""
CHUNK = 500
MODEL_ERRORS = frozenset({"model_invalid", "model_syntax", "unknown_shape"})
KEPT = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    options = _parse(arguments)
    start = time.perf_counter()
    report = {
        "format_version": FORMAT_VERSION,
        "command": " ".join(["python", "tests/models/hostile.py", *sys.argv[1:]]),
        **measure_hostile(options.models, options.jobs),
        "seconds": round(time.perf_counter() - start),
    }
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    print("\n".join(markdown(report)))
    return 0


def measure_hostile(count: int, jobs: int) -> dict[str, Any]:
    """Return the figures of ``count`` models, the same ones every time."""
    spoiled = int(count * SPOILED_SHARE)
    work = [
        (is_spoiled, at, min(CHUNK, total - at))
        for is_spoiled, total in ((False, count - spoiled), (True, spoiled))
        for at in range(0, total, CHUNK)
    ]
    outcomes: Counter[str] = Counter()
    broken: list[dict[str, str]] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        for part, found in pool.map(_chunk, *zip(*work, strict=True)):
            outcomes.update(part)
            broken += found
    return {"figures": _figures(outcomes), "outcomes": outcomes, "broken": broken[:50]}


def _figures(outcomes: Mapping[str, int]) -> dict[str, list[int]]:
    def total(*starts: str) -> int:
        return sum(n for name, n in outcomes.items() if name.startswith(starts))

    every = sum(outcomes.values())
    good_names, bad_names = total("good names:"), total("bad name:")
    refused = sum(outcomes.get(f"bad name: {code}", 0) for code in MODEL_ERRORS)
    escaped = total("good names: broken", "bad name: broken")
    crashed = total("good names: crash", "bad name: crash")
    return {
        "models that break out of nothing": [every - escaped, every],
        "models without a crash": [every - crashed, every],
        "models with a bad name refused as such": [refused, bad_names],
        "models with good names generated": [
            outcomes.get("good names: generated", 0),
            good_names,
        ],
    }


def _chunk(
    is_spoiled: bool, number: int, count: int
) -> tuple[Counter[str], list[dict[str, str]]]:
    outcomes: Counter[str] = Counter()
    broken: list[dict[str, str]] = []
    what = "bad name" if is_spoiled else "good names"
    with tempfile.TemporaryDirectory(prefix="smithgate-hostile-") as folder:
        roots = (Path(folder) / str(at) for at in range(10 * count))
        for outcome, model in _outcomes(is_spoiled, number, count, roots):
            name = f"{what}: {outcome.partition(' at ')[0]}"
            outcomes[name] += 1
            if outcome.startswith(("broken", "crash")) and len(broken) < KEPT:
                broken.append({"outcome": outcome, "model": json.dumps(model)[:4000]})
    return outcomes, broken


def _outcomes(
    is_spoiled: bool, number: int, count: int, roots: Iterator[Path]
) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    @seed(number + is_spoiled)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(spoiled_models() if is_spoiled else models())
    def draw(model: dict[str, Any]) -> None:
        found.append((_outcome(model, next(roots)), model))

    draw()
    return found


def _outcome(model: dict[str, Any], root: Path) -> str:
    root.mkdir()
    try:
        return run(model, root) or "generated"
    except Broken as broken:
        return f"broken at {broken}"
    except Exception as error:  # noqa: BLE001 - a crash is the finding
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return f"crash at {where}: {type(error).__name__}: {str(error)[:200]}"


def markdown(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table and what broke."""
    yield f"# Hostile models ({report['seconds']} s)"
    yield ""
    yield f"`{report['command']}`"
    yield ""
    yield "| figure | all | good | target | met |"
    yield "|---|---:|---:|---:|---|"
    for name, (good, total) in report["figures"].items():
        has_target = "generated" not in name
        share = "none" if not total else f"{int(good * 10_000 / total) / 100:g} %"
        target, met = ("100 %", "yes" if good == total else "NO")
        cells = [name, total, share, *((target, met) if has_target else ("", ""))]
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""
    yield "| outcome | models |"
    yield "|---|---:|"
    for name, number in sorted(report["outcomes"].items()):
        yield f"| {name} | {number} |"
    for entry in report["broken"]:
        yield f"- `{entry['outcome'][:300]!a}`"


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=DEFAULT_MODELS)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
