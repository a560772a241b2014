"""The report on fidelity: figures against targets, refusals with their judgements.

Owns the targets, the file of judgements and the layout. Every figure is given for the
services that fixes were made on and for those that were held back.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from measure import EXAMPLES, Findings

FORMAT_VERSION = 1
JUDGEMENTS = Path(__file__).with_name("refusals.yaml")
MUTANTS = "mutants refused: "
HALVES = ("tuned", "held")

TARGETS: dict[str, float] = {
    "examples accepted, bad data left out": 99.8,
    "mutants refused: all": 99.9,
    "mutants refused: pattern": 99.5,
    "mutants refused: value and newline": 99.0,
    "hostile texts answered": 100.0,
    "token left out accepted": 100.0,
    "schemas valid": 100.0,
    "schemas valid, second engine": 100.0,
    "schemas object-rooted": 100.0,
    "printed patterns in ECMA u": 100.0,
    "printed patterns in the engine": 100.0,
}
"""Percent; figures without a target are printed without one."""


def read_judgements() -> dict[str, dict[str, str]]:
    """Return example key → ``verdict`` (``bad data`` or ``our fault``) and ``why``."""
    if not JUDGEMENTS.is_file():
        return {}
    judgements: dict[str, dict[str, str]] = {}
    for entry in yaml.safe_load(JUDGEMENTS.read_text("utf-8")) or []:
        for key in entry["examples"]:
            judgements[key] = {"verdict": entry["verdict"], "why": entry["why"]}
    return judgements


def document(
    found: Mapping[str, Findings], judgements: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return the figures, misses and lists as JSON values."""
    figures: dict[str, dict[str, Any]] = {}
    for half in HALVES:
        _add_sums(found[half], judgements)
        for name, total in found[half].total.items():
            figures.setdefault(name, {})[half] = [found[half].good[name], total]
    for name, figure in figures.items():
        pairs = [figure.setdefault(half, [0, 0]) for half in HALVES]
        figure["all"] = [sum(pair[0] for pair in pairs), sum(p[1] for p in pairs)]
        figure["percent"] = _percent(*figure["all"])
        if name in TARGETS:
            figure["target"] = TARGETS[name]
    both = Findings()
    for half in HALVES:
        both.add(found[half])
    seconds, pattern, text = both.slowest
    return {
        "figures": dict(sorted(figures.items())),
        "counts": dict(sorted(both.counts.items())),
        "refused_examples": [
            _judged(miss, judgements)
            for name, misses in both.misses.items()
            if name.startswith(EXAMPLES)
            for miss in misses
        ],
        "misses": {
            name: misses
            for name, misses in sorted(both.misses.items())
            if not name.startswith(EXAMPLES)
        },
        "patterns": dict(sorted(both.patterns.items())),
        "slowest_hostile": {
            "milliseconds": round(seconds * 1000, 2),
            "pattern": pattern,
            "text": text,
        },
    }


def _add_sums(findings: Findings, judgements: Mapping[str, Mapping[str, str]]) -> None:
    for name in [name for name in findings.total if name.startswith(MUTANTS)]:
        findings.good[f"{MUTANTS}all"] += findings.good[name]
        findings.total[f"{MUTANTS}all"] += findings.total[name]
    for name in [name for name in findings.total if name.startswith(EXAMPLES)]:
        bad = sum(
            judgements.get(miss["key"], {}).get("verdict") == "bad data"
            for miss in findings.misses.get(name, ())
        )
        whole = f"{EXAMPLES}bad data left out"
        findings.good[whole] += findings.good[name]
        findings.total[whole] += findings.total[name] - bad


def _judged(
    miss: Mapping[str, Any], judgements: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    unknown = {"verdict": "unjudged", "why": ""}
    return {**miss, **judgements.get(miss["key"], unknown)}


def _percent(good: int, total: int) -> float | None:
    # Cut, not rounded: 99.9996 is not 100.
    return None if not total else int(good * 1_000_000 / total) / 10_000


def is_met(report: Mapping[str, Any]) -> bool:
    """Say whether every figure that has a target reaches it."""
    return all(
        figure["percent"] >= figure["target"]
        for figure in report["figures"].values()
        if "target" in figure
    )


def markdown(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table and the lists under it."""
    yield f"# Fidelity of the schemas ({report['services']} models, {report['seconds']} s)"
    yield ""
    yield f"`{report['command']}`"
    for name, reason in report["skipped"].items():
        yield f"\nSkipped: {name}: {reason}."
    yield ""
    yield "| figure | all | good | tuned on | held back | target | met |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for name, figure in report["figures"].items():
        yield _row(name, figure)
    yield ""
    slowest = report["slowest_hostile"]
    yield f"Slowest hostile text: {slowest['milliseconds']} ms (`{slowest['pattern']}`)"
    yield ""
    yield "| count | |"
    yield "|---|---:|"
    for name, count in report["counts"].items():
        yield f"| {name} | {count} |"
    yield from _refused(report["refused_examples"])
    yield from _patterns(report["patterns"])


def _row(name: str, figure: Mapping[str, Any]) -> str:
    halves = [_shown(_percent(*figure[half])) for half in HALVES]
    target = figure.get("target")
    met = "" if target is None else ("yes" if figure["percent"] >= target else "NO")
    cells = [
        name,
        str(figure["all"][1]),
        _shown(figure["percent"]),
        *halves,
        "" if target is None else f"≥ {target:g} %",
        met,
    ]
    return f"| {' | '.join(cells)} |"


def _shown(percent: float | None) -> str:
    return "none" if percent is None else f"{percent:g} %"


def _refused(examples: list[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield f"## {len(examples)} refused examples"
    for miss in sorted(examples, key=lambda miss: (miss["verdict"], miss["key"])):
        first = miss["errors"][0]
        yield f"- {miss['verdict']}: `{miss['key']}` {miss['why']}".rstrip()
        yield f"  - `{first['path']}` `{first['rule']}`: {_line(first['message'])}"


def _patterns(patterns: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield ""
    yield "## Patterns that are not printed as published, by reason"
    groups: dict[tuple[str, str], list[int]] = {}
    for entry in patterns.values():
        for reason in entry["reasons"]:
            group = groups.setdefault((entry["outcome"], reason), [0, 0])
            group[0] += 1
            group[1] += len(entry["places"])
    for (outcome, reason), (distinct, uses) in sorted(groups.items()):
        yield f"- {outcome}: {_line(reason)} ({distinct} patterns, {uses} uses)"


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
