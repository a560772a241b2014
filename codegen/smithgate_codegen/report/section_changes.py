"""The sections about operations that stay: schemas and facts.

Owns how a change that many operations share is told once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .declaration import NO_SOURCE
from .escape import code
from .groups import SchemaGroup, fact_groups, schema_groups
from .pieces import Fold, plural, transition
from .record import Report
from .schemas import Kind

_SERVICES = 2
"""Times the fold: services whose breaking changes are spelled out."""


def breaking(report: Report, fold: Fold) -> Iterator[str]:
    """Yield what may refuse a request or lack in a reply, by service."""
    groups = schema_groups(report.schemas, Kind.BREAKING)
    if not groups:
        return
    count = len(report.of_kind(Kind.BREAKING))
    yield f"## Breaking schema changes ({plural(count, 'operation')})"
    yield ""
    yield "Requests that were accepted may be refused; replies may lack something."
    yield ""
    counts = {
        service: len({name for group in found for name in group.operations})
        for service, found in groups.items()
    }
    order = sorted(groups, key=lambda service: (-counts[service], service))
    shown, left = fold.rows(order, factor=_SERVICES)
    for service in shown:
        yield f"- {code(service)}, {plural(counts[service], 'operation')}"
        lines = [f"  {_line(group, fold)}" for group in groups[service]]
        yield from fold.shared(lines, among=len(groups))
    if left:
        rest = ", ".join(f"{code(service)} {counts[service]:,}" for service in left)
        yield f"- … and {plural(len(left), 'service')} more: {rest}"
    yield ""


def facts(report: Report, fold: Fold) -> Iterator[str]:
    """Yield the facts that changed, and marks and defaults in schemas."""
    marks = schema_groups(report.schemas, Kind.MEANING)
    if not report.facts and not marks:
        return
    yield f"## Other facts ({len(report.facts) + len(marks):,})"
    yield ""
    lines = [
        f"- {code(group.service)} {code(group.field)}:"
        f" {code(group.text, longest=200)} in {fold.operations(group.operations, 2)}"
        f"{_sources(group.sources)}"
        for group in fact_groups(report.facts)
    ]
    lines += [
        f"- {code(service)} {_line(group, fold).removeprefix('- ')}"
        for service, groups in marks.items()
        for group in groups
    ]
    yield from fold.lines(lines)


def loosening(report: Report, fold: Fold) -> Iterator[str]:
    """Yield, one line for each service, what is accepted or comes back in addition."""
    groups = schema_groups(report.schemas, Kind.LOOSENING)
    if not groups:
        return
    count = len(report.of_kind(Kind.LOOSENING))
    yield f"## Loosening ({plural(count, 'operation')} with nothing worse)"
    yield ""
    yield from fold.lines(
        [f"- {code(name)}: {_more(found, fold)}" for name, found in groups.items()]
    )


def _line(group: SchemaGroup, fold: Fold) -> str:
    return (
        f"- {group.side} {fold.names(group.members)}: {transition(group.text)}"
        f" in {fold.operations(group.operations, 2)}"
    )


def _more(groups: Iterable[SchemaGroup], fold: Fold) -> str:
    members: set[str] = set()
    others: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        if group.what == "member" and group.side == "request":
            members.update(group.members)
        else:
            others[f"{group.side} {group.what}"].update(group.operations)
    parts = [f"new request members {fold.names(sorted(members))}"] if members else []
    parts += [
        f"{what} in {plural(len(names), 'operation')}"
        for what, names in sorted(others.items())
    ]
    return "; ".join(parts)


def _sources(text: str) -> str:
    return "" if text == NO_SOURCE else f"; {code(text)}"
