"""The sections about operations: risks that changed, new, removed, deprecated.

Owns the order in which a reviewer sees them: by risk, the worst first, and inside a
risk what the policy lets through first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .escape import code, prose
from .pieces import Fold, number, table, verdict
from .record import EFFECTS, RISKS, FactChange, OperationNote, Report, risk_rank

_ONE_BY_ONE = frozenset({"destructive", "permissions", "sensitive", "execute"})
"""Risks whose new operations get a line each; of the others names are enough."""
_NOT_JUDGED = "not judged"


def risks(report: Report, fold: Fold) -> Iterator[str]:
    """Yield the operations whose risk changed; lowered ones first."""
    if not report.risks:
        return
    yield f"## Risk changed ({len(report.risks):,})"
    yield ""
    shown, left = fold.rows(sorted(report.risks, key=_risk_key))
    yield from table(
        ["operation", "before", "after", "policy now"],
        [
            [
                code(fact.id),
                f"{code(str(fact.before))}: {code(fact.before_source)}",
                f"{code(str(fact.after))}: {code(fact.after_source)}",
                verdict(fact.verdict),
            ]
            for fact in shown
        ],
    )
    yield from fold.rest([fact.id for fact in left])


def added(report: Report, fold: Fold) -> Iterator[str]:
    """Yield the new operations, by risk."""
    if not report.added:
        return
    yield f"## New operations ({len(report.added):,})"
    yield ""
    yield from _verdicts(report)
    unknown = sorted({note.risk for note in report.added} - set(RISKS))
    for risk in (*unknown, *RISKS):
        notes = [note for note in report.added if note.risk == risk]
        if notes:
            yield f"### Risk {code(risk)} ({len(notes):,})"
            yield ""
            is_plain = risk not in _ONE_BY_ONE and risk in RISKS
            yield from (_folded if is_plain else _one_by_one)(notes, fold)


def removed(report: Report, fold: Fold) -> Iterator[str]:
    """Yield the operations that are gone, by service and reason."""
    if not report.removed:
        return
    yield f"## Removed operations ({len(report.removed):,})"
    yield ""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for note in report.removed:
        groups[note.service, str(note.reason)].append(note.id)
    yield from fold.lines(
        [
            f"- {code(service)}: {fold.operations(ids)}; {prose(reason)}"
            for (service, reason), ids in sorted(groups.items())
        ]
    )


def deprecated(report: Report, fold: Fold) -> Iterator[str]:
    """Yield the operations that are deprecated now, by service."""
    if not report.deprecated:
        return
    yield f"## Newly deprecated ({len(report.deprecated):,})"
    yield ""
    yield from fold.lines(
        [
            f"- {code(service)}: {fold.operations([note.id for note in notes])}"
            for service, notes in by_service(report.deprecated).items()
        ]
    )


def by_service(notes: Iterable[OperationNote]) -> dict[str, list[OperationNote]]:
    """Return the operations of each service."""
    groups: dict[str, list[OperationNote]] = defaultdict(list)
    for note in notes:
        groups[note.service].append(note)
    return groups


def _verdicts(report: Report) -> Iterator[str]:
    """Count the new operations by risk and by what the policy does with them."""
    if report.policy.reason is not None:
        return
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for note in report.added:
        effect = note.verdict.effect if note.verdict else _NOT_JUDGED
        counts[note.risk][effect] += 1
    columns = [
        column
        for column in (*EFFECTS, _NOT_JUDGED)
        if any(row[column] for row in counts.values())
    ]
    yield from table(
        ["risk", *columns],
        [
            [code(risk), *(number(counts[risk][column]) for column in columns)]
            for risk in sorted(counts, key=risk_rank)
        ],
    )


def _one_by_one(notes: Sequence[OperationNote], fold: Fold) -> Iterator[str]:
    shown, left = fold.rows(sorted(notes, key=_effect_key))
    yield from table(
        ["operation", "what it does", "why this risk", "policy"],
        [
            [
                code(note.id) + (" (deprecated)" if note.deprecated else ""),
                prose(note.summary, longest=90),
                code(note.risk_source),
                verdict(note.verdict),
            ]
            for note in shown
        ],
    )
    yield from fold.rest([note.id for note in left])


def _folded(notes: Sequence[OperationNote], fold: Fold) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for note in notes:
        groups[note.service, verdict(note.verdict)].append(note.id)
    yield from fold.lines(
        [
            f"- {code(service)}, {said}: {fold.operations(ids)}"
            for (service, said), ids in sorted(groups.items())
        ]
    )


def _risk_key(fact: FactChange) -> tuple[bool, int, int, str]:
    before, after = risk_rank(fact.before), risk_rank(fact.after)
    return after <= before, min(before, after), after, fact.id


def _effect_key(note: OperationNote) -> tuple[int, str]:
    effect = note.verdict.effect if note.verdict else ""
    return EFFECTS.index(effect) if effect in EFFECTS else -1, note.id
