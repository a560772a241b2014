"""How far any ranking can come that sees nothing but the title.

Owns counting titles that AWS gave to several operations. One order answers all cases of
a title, so of ``n`` operations that share it at most ``d`` stand in the first ``d``.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from search_sets import Case
from smithgate.catalog.wish import read_wish


def ceilings(cases: Sequence[Case], depths: Sequence[int]) -> dict[str, Any]:
    """Return how many titles are shared, verbatim and by their words, and the best recall.

    By their words: the same verb and the same stems, whatever the order and fillers.
    """
    return {
        "verbatim": _ceiling(cases, depths, lambda case: case.wish.lower()),
        "by words": _ceiling(cases, depths, _words),
    }


def _words(case: Case) -> Hashable:
    wish = read_wish(case.wish)
    return wish.verb, tuple(sorted(term.stem for term in wish.terms))


def _ceiling(
    cases: Sequence[Case], depths: Sequence[int], key: Callable[[Case], Hashable]
) -> dict[str, Any]:
    alike: dict[Hashable, set[str]] = defaultdict(set)
    counts: dict[Hashable, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for case in cases:
        alike[key(case)].add(case.operation)
        counts[key(case)][case.operation] += 1
    best = {
        str(depth): sum(
            sum(sorted(found.values(), reverse=True)[:depth])
            for found in counts.values()
        )
        / len(cases)
        for depth in depths
    }
    shared = sum(len(alike[key(case)]) > 1 for case in cases)
    return {"shared": shared, "cases": len(cases), "best": best}
