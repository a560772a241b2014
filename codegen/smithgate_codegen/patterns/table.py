"""The patterns of one generator run: each judged once, each use counted.

A use is one place in a model where a pattern stands: a shape, or a member that has a
pattern of its own. Asking again for the same place counts nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from .classify import Outcome, Verdict, classify
from .overrides import Override, bare, shipped_overrides


class PatternTable:
    """Judges patterns, remembers the verdicts and reports over a run."""

    def __init__(self, overrides: Iterable[Override] | None = None) -> None:
        entries = shipped_overrides() if overrides is None else tuple(overrides)
        self._entries = entries
        self._by_text = {text: entry for entry in entries for text in entry.patterns}
        self._verdicts: dict[str, Verdict] = {}
        self._places: dict[str, set[str]] = {}
        self._conflicts: set[str] = set()
        self._named: set[Override] = set()
        self._matched: set[Override] = set()

    def classify(self, pattern: str, *, place: str) -> Verdict:
        """Return the verdict on a pattern and count its use at ``place``.

        ``place`` is the absolute id of the shape or member that has the trait.
        """
        self._places.setdefault(pattern, set()).add(place)
        verdict = self._verdicts.get(pattern)
        if verdict is None:
            verdict = self._verdicts[pattern] = self._judge(pattern)
        return verdict

    def note_conflict(self, place: str) -> None:
        """Record a place whose pattern and length no text can satisfy together."""
        self._conflicts.add(place)

    def note_model(self, pattern_at: Callable[[str], str | None]) -> None:
        """Check the overrides against a model that is about to be used.

        ``pattern_at`` gives the pattern of an absolute shape id, ``""`` for a shape
        without one, and ``None`` for a shape that the model does not have.
        """
        for entry in self._entries:
            found = [pattern_at(shape) for shape in entry.shapes]
            if any(pattern is not None for pattern in found):
                self._named.add(entry)
            if any(pattern and bare(pattern) in entry.patterns for pattern in found):
                self._matched.add(entry)

    def report(self) -> dict[str, Any]:
        """Return the figures of the run as JSON values, keys sorted.

        ``uses`` counts places; reasons are counted in uses, and a rewriting can have
        several. ``stale_overrides`` are entries that a used model names without having
        their pattern.
        """
        reasons: dict[str, Counter[str]] = {
            Outcome.LEFT_TO_AWS: Counter(),
            Outcome.REWRITTEN: Counter(),
        }
        for pattern, verdict in self._verdicts.items():
            for reason in verdict.reasons:
                reasons[verdict.outcome][reason] += len(self._places[pattern])
        stale = self._named - self._matched
        return {
            "distinct": self._count(lambda _: 1),
            "length_conflicts": sorted(self._conflicts),
            "needs_lookaround": sum(
                verdict.needs_lookaround for verdict in self._verdicts.values()
            ),
            "reasons": {key: _sorted(counts) for key, counts in reasons.items()},
            "stale_overrides": sorted(text for item in stale for text in item.shapes),
            "uses": self._count(lambda pattern: len(self._places[pattern])),
        }

    def entries(self) -> Iterator[tuple[str, Verdict, frozenset[str]]]:
        """Yield each judged pattern with its verdict and its places, sorted."""
        for pattern in sorted(self._verdicts):
            yield pattern, self._verdicts[pattern], frozenset(self._places[pattern])

    def _count(self, weight: Callable[[str], int]) -> dict[str, int]:
        counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
        for pattern, verdict in self._verdicts.items():
            counts[verdict.outcome.value] += weight(pattern)
        return counts

    def _judge(self, pattern: str) -> Verdict:
        entry = self._by_text.get(bare(pattern))
        if entry is None:
            return classify(pattern)
        reasons = (f"override: {entry.reason}",)
        if entry.replacement is None:
            return Verdict(source=pattern, outcome=Outcome.LEFT_TO_AWS, reasons=reasons)
        verdict = classify(entry.replacement)
        return replace(
            verdict, source=pattern, outcome=Outcome.REWRITTEN, reasons=reasons
        )


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
