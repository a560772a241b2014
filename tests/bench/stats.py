"""Samples, their summaries, and runs that take turns.

Owns the shape of every figure and ratio in the report. Variants are run A B A B, so
that what the machine does meanwhile hits all of them, and a ratio is the median of the
ratios of neighbours, not the ratio of two medians from different minutes.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")

Figure = dict[str, Any]


def summary(values: Sequence[float], unit: str) -> Figure:
    """Return min, median and max of the samples of one figure."""
    return {
        "unit": unit,
        "runs": len(values),
        "min": _rounded(min(values)),
        "median": _rounded(median(values)),
        "max": _rounded(max(values)),
    }


def ratio(values: Sequence[float], baselines: Sequence[float]) -> Figure:
    """Return the summary of value over baseline, sample by sample."""
    pairs = zip(values, baselines, strict=True)
    return summary([value / baseline for value, baseline in pairs], "ratio")


def percentiles(values: Sequence[float], unit: str) -> Figure:
    """Return a summary with the 95th percentile (nearest rank)."""
    ranked = sorted(values)
    rank = max(0, -(-95 * len(ranked) // 100) - 1)
    return summary(values, unit) | {"p95": _rounded(ranked[rank])}


def take_turns(
    variants: Mapping[str, Callable[[], T]], runs: int, *, warmups: int = 1
) -> dict[str, list[T]]:
    """Run all variants once, then again, ``runs`` times; return their samples.

    Warm-up rounds fill page cache and bytecode, and are thrown away.
    """
    samples: dict[str, list[T]] = {name: [] for name in variants}
    for round_ in range(-warmups, runs):
        for name, variant in variants.items():
            sample = variant()
            if round_ >= 0:
                samples[name].append(sample)
    return samples


def elapsed_ms(action: Callable[[], Any]) -> float:
    """Return how long an action takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def progress(text: str) -> None:
    """Tell what is being measured, on stderr."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _rounded(value: float) -> float:
    return round(value, 4 if abs(value) < 1 else 3)
