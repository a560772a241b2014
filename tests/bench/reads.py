"""Reads: how often AWS is asked for the state of a step, by its plan and its apply.

Counted over the moto cases of the default services, each through the real core: a plan
reads the state, an apply reads it for drift and once more afterwards. The readers' calls
count, pages and second looks included; identity and the call itself do not.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from moto_kit import DEFAULT, Case, Outcome, load_cases, runner
from stats import progress, summary

LIMIT = 2
"""Reads of a step, for its plan and for its apply, unless the operation needs more."""
PHASES = ("plan", "apply")


def run(folder: Path, runs: int | None) -> dict[str, Any]:
    """Return the section ``reads``; with ``runs``, of so many cases a service.

    Counts do not vary from run to run, so nothing is run twice.
    """
    cases = chosen(load_cases(), runs)
    progress(f"reads: {len(cases)} cases against moto")
    with runner({case.service for case in cases}, folder / "tree") as running:
        outcomes = [running.run(case) for case in cases]
    return report(outcomes)


def chosen(cases: Sequence[Case], most: int | None) -> list[Case]:
    """Return the cases of the default services that are applied."""
    taken: Counter[str] = Counter()
    found = []
    for case in cases:
        if case.service not in DEFAULT or not case.data.get("apply", True):
            continue
        taken[case.service] += 1
        if most is None or taken[case.service] <= most:
            found.append(case)
    return found


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return figures, and the steps that took more reads than the limit."""
    counts = {
        "plan": [outcome.plan_reads for outcome in outcomes],
        "apply": [outcome.reads for outcome in outcomes],
    }
    facts: dict[str, Any] = {"cases": len(outcomes), "limit": LIMIT}
    for phase in PHASES:
        spread = Counter(counts[phase])
        facts[f"steps by reads, {phase}"] = {
            str(number): spread[number] for number in sorted(spread)
        }
    facts["more than the limit"] = [
        f"{outcome.case.data['call']} ({outcome.case.name}): {phase} {number}"
        for phase in PHASES
        for outcome, number in zip(outcomes, counts[phase], strict=True)
        if number > LIMIT
    ]
    figures = {f"reads of a step, {p}": summary(counts[p], "reads") for p in PHASES}
    return {"figures": figures, "ratios": {}, "facts": facts}
