"""The report as a page for people.

Owns what stands where: first what needs a decision, then the rest, grouped and counted
so that a sync of a thousand operations is still one page. Everything that comes from a
tree passes ``escape``; the JSON form has what is folded here. The sections about new
operations and about schemas and facts are in modules of their own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from .escape import code, prose
from .pieces import Fold, number, plural, table, verdict
from .record import FactChange, OperationNote, OperationSchemas, Report, risk_rank
from .schemas import Kind
from .section_changes import breaking, facts, loosening
from .section_operations import added, by_service, deprecated, removed, risks

DEFAULT_FOLD = 8
"""Names of a list that are shown before the rest is counted."""
_COLUMNS = (
    *("new", "removed", "deprecated", "risk", "breaking", "facts"),
    *("loosening", "docs only"),
)
_OfService = OperationNote | FactChange | OperationSchemas
_PROTECTING = frozenset({"sensitive", "sensitive_output"})
"""Facts that hide something when they are there."""
_HELPING = frozenset({"idempotency_token", "read", "dry_run", "tags"})
"""Facts that a plan or a policy works with when they are there."""


def to_markdown(report: Report, *, fold: int = DEFAULT_FOLD) -> str:
    """Return the page; ``fold`` is how many names of a list are shown, 0 for all."""
    return "\n".join(_page(report, Fold(fold))).rstrip("\n") + "\n"


def _page(report: Report, fold: Fold) -> Iterator[str]:
    models = sum(change.what == "model" for change in report.services)
    counts = (
        f"{report.operations_before:,} → {report.operations_after:,} operations,"
        f" {plural(models, 'model')} changed"
    )
    yield "# What changes in the generated tree"
    yield ""
    yield f"From {code(report.base)} to {code(report.head)}: {counts}."
    yield _policy(report)
    yield ""
    if report.is_empty:
        yield "Nothing changed."
        return
    yield from _summary(report, fold)
    yield from _first(report, fold)
    for section in (
        *(risks, added, removed, deprecated),
        *(breaking, facts, loosening, _rest),
    ):
        yield from section(report, fold)


def _policy(report: Report) -> str:
    policy = report.policy
    if policy.reason is not None:
        return f"**Policy not judged**: {code(policy.reason, longest=300)}"
    place = f"{policy.target}/{policy.region}"
    return f"Policy {code(str(policy.digest)[:19])}, judged for {code(place)}."


def _summary(report: Report, fold: Fold) -> Iterator[str]:
    """Count everything by service, the services with most to decide first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    columns_of: tuple[tuple[str, Sequence[_OfService]], ...] = (
        ("new", report.added),
        ("removed", report.removed),
        ("deprecated", report.deprecated),
        ("risk", report.risks),
        ("breaking", report.of_kind(Kind.BREAKING)),
        ("facts", (*report.facts, *report.of_kind(Kind.MEANING))),
        ("loosening", report.of_kind(Kind.LOOSENING)),
        ("docs only", report.of_kind(Kind.DOCS)),
    )
    for column, items in columns_of:
        for item in items:
            counts[item.service][column] += 1
    columns = [c for c in _COLUMNS if any(row[c] for row in counts.values())]
    order = sorted(counts, key=lambda s: ([-counts[s][c] for c in columns], s))
    shown, left = fold.rows(order)
    rows = [
        ("**all**", sum(counts.values(), Counter[str]())),
        *((code(name), counts[name]) for name in shown),
        *([(f"{len(left)} more", _sum(counts, left))] if left else ()),
    ]
    yield from table(
        ["service", *columns],
        [[name, *(number(row[c]) for c in columns)] for name, row in rows],
    )


def _sum(counts: dict[str, Counter[str]], names: Sequence[str]) -> Counter[str]:
    return sum((counts[name] for name in names), Counter[str]())


def _first(report: Report, fold: Fold) -> Iterator[str]:
    """Name what a reviewer must not overlook."""
    lines = [*_lowered(report), *_open_doors(report, fold)]
    lines += [
        f"- removed from {code(service)}: {fold.operations([n.id for n in notes])}"
        for service, notes in by_service(report.removed).items()
    ]
    lines += _lost(report, fold)
    lines += [
        f"- {code(identifier)}: its module is not a declaration on both sides, so its"
        " facts were not compared"
        for identifier in report.unread
    ]
    if lines:
        yield "## Look here first"
        yield ""
        yield from fold.lines(lines)


def _lowered(report: Report) -> Iterator[str]:
    for fact in report.risks:
        if risk_rank(fact.after) > risk_rank(fact.before):
            yield (
                f"- risk lowered: {code(fact.id)} {code(str(fact.before))} →"
                f" {code(str(fact.after))}; now {verdict(fact.verdict)}"
            )


def _open_doors(report: Report, fold: Fold) -> Iterator[str]:
    """Yield new operations that run without a person, reading ones left out."""
    found: dict[tuple[int, str, str, str], list[OperationNote]] = defaultdict(list)
    for note in report.added:
        said = note.verdict
        if said is not None and said.effect == "allow" and note.risk != "read":
            rank = risk_rank(note.risk)
            found[rank, note.risk, note.service, said.decided_by].append(note)
    for (_, risk, service, by), notes in sorted(found.items(), key=lambda row: row[0]):
        yield (
            f"- new, risk {code(risk)}, **allowed** without a person by {code(by)}:"
            f" {code(service)} {fold.operations([note.id for note in notes])}"
        )


def _lost(report: Report, fold: Fold) -> Iterator[str]:
    """Yield facts that protected or helped and are gone."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact in report.facts:
        if _is_lost(fact):
            found[fact.field, fact.service].append(fact.id)
    for (field, service), ids in sorted(found.items()):
        what = "masked less" if field in _PROTECTING else "lost"
        yield f"- {code(field)} {what}: {code(service)} {fold.operations(ids)}"


def _is_lost(fact: FactChange) -> bool:
    if fact.field in _PROTECTING:
        return bool(set(fact.before or ()) - set(fact.after or ()))
    return fact.field in _HELPING and fact.after is None and fact.before is not None


def _rest(report: Report, fold: Fold) -> Iterator[str]:
    lines = [
        f"- service {code(change.name)}, {change.what}"
        f"{_pair(change.before, change.after)}"
        for change in report.services
        if change.what != "model"
    ]
    lines += [
        f"- skipped: {code(identifier)}, {prose(reason)}"
        for identifier, reason in report.skipped.items()
    ]
    docs = len(report.of_kind(Kind.DOCS))
    if docs:
        lines.append(f"- docs only: {plural(docs, 'operation')}")
    if lines:
        yield "## The rest"
        yield ""
        yield from fold.lines(lines)


def _pair(before: str | None, after: str | None) -> str:
    if before is None or after is None:
        return f": {code(before or after or '')}"
    return f": {code(before)} → {code(after)}"
