"""How many of AWS's changing operations have a reader, and how good it is.

Puts every operation of the installed botocore that changes something into one class:
*mapped* (the reader shows the thing itself and what the request sets of it), *reader
only*, or *nothing readable* with the reason; docs/readers.md says what counts as what.
Then how often the rules find the reader that Smithy resources declare (``lifecycles``).
Prints one Markdown report with the targets, ``--out`` writes one JSON document,
``--missing SERVICE`` names the operations that miss. Exits with 1 when a target is missed.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import lifecycles
import witnesses
import yaml
from corpus import PUBLIC, reader_half
from smithgate_codegen.build import ServiceFacts, derive_service
from smithgate_codegen.ir import Change, Confidence, Fact, Reader, Unreadable
from smithgate_codegen.knowledge.binding import is_identifier
from smithgate_codegen.knowledge.fit import lenient
from smithgate_codegen.knowledge.overrides import (
    default_folder,
    load_overrides,
    no_overrides,
)
from smithgate_codegen.knowledge.pairing import settable
from smithgate_codegen.knowledge.shapes import item_of, resolve_select
from smithgate_codegen.knowledge.states import nouns_of, shows_status
from smithgate_codegen.knowledge.subject import Subject
from smithgate_codegen.sync import (
    BotocoreSource,
    DirectorySource,
    ServiceModel,
    load_service,
)

FORMAT_VERSION = 1
READER, MAPPED = 93.0, 84.0
"""Least percent of all changing operations."""
DEFAULT_READER, DEFAULT_MAPPED = 95.0, 88.0
"""Least percent, for each default service, of what addresses something readable."""
SERVICES = Path(__file__).resolve().parents[2] / "smithy-models" / "services.yaml"
SHOWN = 25
MAPPED_CLASS, READER_CLASS = "mapped", "reader only"
_NOTHING = (Unreadable.NO_STATE, Unreadable.NO_OPERATION, Unreadable.CONFIDENTIAL)
"""What addresses nothing readable; the other reasons are misses of ours."""
_WHOLE = frozenset({Change.DELETE, Change.DETACH, Change.CREATE, Change.ATTACH})


@dataclass(frozen=True, slots=True)
class Judged:
    """One changing operation, its class and its reader."""

    id: str
    change: str
    kind: str
    """``mapped``, ``reader only`` or the reason why nothing is readable."""
    confidence: str
    reader: str
    why: str
    source: str

    @property
    def service(self) -> str:
        """The boto3 client name."""
        return self.id.partition(":")[0]

    @property
    def half(self) -> str:
        """The side of the split that the service is on."""
        return reader_half(self.service)


def judge_service(client_name: str, *, corrected: bool = True) -> list[Judged]:
    """Return the changing operations of a service of botocore."""
    service = load_service(client_name, BotocoreSource())
    return judge(service, corrected=corrected)


def misfits_of(client_name: str) -> list[str]:
    """Return the corrections of a service that do not fit the installed botocore."""
    service = load_service(client_name, BotocoreSource())
    with lenient() as found:
        facts = derive_service(service, load_overrides(default_folder(), client_name))
        for subject in facts.subjects:
            facts.reading(subject)
    return sorted(set(found))


def judge(service: ServiceModel, *, corrected: bool = True) -> list[Judged]:
    """Return the changing operations of a service, sorted by name."""
    overrides = no_overrides()
    if corrected:
        overrides = load_overrides(default_folder(), service.client_name)
    with lenient():  # the corrections are written for the locked models
        facts = derive_service(service, overrides)
        return _judge(facts)


def _judge(facts: ServiceFacts) -> list[Judged]:
    return [
        _judged(facts, subject, facts.reading(subject))
        for subject in facts.subjects
        if facts.changes[subject.name].value is not Change.NONE
    ]


def _judged(
    facts: ServiceFacts, subject: Subject, reading: Mapping[str, Any]
) -> Judged:
    fact: Fact[Reader | None] = reading["reader"]
    change = facts.changes[subject.name].value
    reader = fact.value
    if reader is None:
        kind, why = str(reading["unreadable"] or Unreadable.NO_OPERATION), fact.source
    else:
        why = unmapped(facts, subject, change, reader) or ""
        kind = READER_CLASS if why else MAPPED_CLASS
    return Judged(
        id=subject.id,
        change=str(change),
        kind=kind,
        confidence=str(reader.confidence) if reader else "",
        reader=reader.operation if reader else "",
        why=why,
        source=fact.source,
    )


def unmapped(
    facts: ServiceFacts, subject: Subject, change: Change, reader: Reader
) -> str | None:
    """Return why a reader is no usable mapping; ``None`` where it is one."""
    if reader.container or reader.confidence is Confidence.LOW:
        return "shows only what contains the change"
    if change in _WHOLE or reader.expect:
        return None  # existence, the whole document, or a state to come
    if change in {Change.TAG, Change.UNTAG}:
        return None if reader.compare else "no tags are compared"
    target = facts.readers.by_name[reader.operation.partition(":")[2]]
    selecting = {path for _, path in (*reader.params, *reader.match)}
    values = [
        name
        for name in settable(subject, selecting)
        if not is_identifier(subject, name) or name in subject.required
    ]
    paired = {path.split(".")[0] for path, _ in reader.compare}
    paired |= {path.split(".")[0] for path in reader.write_only}
    if reader.compare:
        return None
    if values and change in {Change.PUT, Change.UPDATE}:
        return f"{values[0]} is not compared"
    document = resolve_select(target.model, target.output, reader.select)
    if reader.match or reader.match_created:
        document = item_of(target.model, document)
    is_made = bool(reader.created or reader.match_created)
    nouns = nouns_of(target, reader.select, is_made=is_made)
    if shows_status(subject, document, nouns):
        return None
    return "no member of the document is known to change"


def percent(part: int, whole: int) -> float:
    """Return a share in percent; of nothing, all."""
    return round(100 * part / whole, 2) if whole else 100.0


def figures(rows: Sequence[Judged]) -> dict[str, Any]:
    """Return the counts and shares of some operations."""
    kinds = Counter(row.kind for row in rows)
    mapped = kinds[MAPPED_CLASS]
    reader = mapped + kinds[READER_CLASS]
    stateless = sum(kinds[kind] for kind in _NOTHING)
    return {
        "operations": len(rows),
        "mapped": mapped,
        "reader only": kinds[READER_CLASS],
        **{str(kind): kinds[str(kind)] for kind in Unreadable},
        "reader %": percent(reader, len(rows)),
        "mapped %": percent(mapped, len(rows)),
        "reader % of readable": percent(reader, len(rows) - stateless),
        "mapped % of readable": percent(mapped, len(rows) - stateless),
    }


def grouped(
    rows: Iterable[Judged], key: Callable[[Judged], str]
) -> dict[str, dict[str, Any]]:
    """Return group → figures, sorted."""
    groups: dict[str, list[Judged]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: figures(own) for name, own in sorted(groups.items())}


def default_services() -> list[str]:
    """Return the services of the default tree."""
    items = yaml.safe_load(SERVICES.read_text())["services"]
    return [item["name"] if isinstance(item, dict) else item for item in items]


def document(rows: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures as JSON values."""
    services = grouped(rows, lambda row: row.service)
    reasons = Counter((row.kind, row.why) for row in rows if row.kind != MAPPED_CLASS)
    return {
        "all": figures(rows),
        "halves": grouped(rows, lambda row: row.half),
        "services": services,
        "defaults": {
            name: services[name] for name in default_services() if name in services
        },
        "changes": grouped(rows, lambda row: row.change),
        "confidence": dict(Counter(row.confidence or "none" for row in rows)),
        "reasons": [[*key, count] for key, count in reasons.most_common(SHOWN)],
    }


def missed(report: Mapping[str, Any]) -> list[str]:
    """Return the targets that are not met, each with what was found."""
    found = []
    for name, least in (("reader %", READER), ("mapped %", MAPPED)):
        if report["all"][name] < least:
            found.append(f"all: {name} is {report['all'][name]}, wanted {least}")
    found += [f"correction: {line}" for line in report["misfits"]]
    for service, own in report["defaults"].items():
        for name, least in (
            ("reader % of readable", DEFAULT_READER),
            ("mapped % of readable", DEFAULT_MAPPED),
        ):
            if own[name] < least:
                found.append(f"{service}: {name} is {own[name]}, wanted {least}")
    return found


def show(report: Mapping[str, Any]) -> None:
    """Print the report as Markdown."""
    names = list(report["all"])
    print("# Readers\n")
    for group in ("all", "halves", "rules alone", "changes", "defaults"):
        rows = {"all": report["all"]} if group == "all" else report[group]
        print(f"| {group} | {' | '.join(names)} |")
        print("|---" * (len(names) + 1) + "|")
        for name, own in rows.items():
            print(f"| {name} | {' | '.join(str(own[key]) for key in names)} |")
        print()
    print("confidence:", report["confidence"])
    for kind, why, count in report["reasons"]:
        print(f"- {count} {kind}: {why}")
    print()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    options = _parse(arguments)
    with ProcessPoolExecutor(options.jobs) as pool:
        if options.missing:
            _name_missing(_judged_all(pool, [options.missing]))
            return 0
        if options.evidence:
            report = {"evidence": _heard(pool)}
            print("\n".join(witnesses.lines(report["evidence"], named=True)))
        else:
            report = _measured(pool, only_agreement=options.agreement)
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    return 1 if not options.evidence and _shown(report) else 0


def _heard(pool: Executor) -> dict[str, Any]:
    found = pool.map(witnesses.hear_service, BotocoreSource().services(), chunksize=4)
    return witnesses.document([row for own in found for row in own])


def _measured(pool: Executor, *, only_agreement: bool) -> dict[str, Any]:
    """Return the figures, those of the public models only where they are there."""
    report: dict[str, Any] = {"format_version": FORMAT_VERSION}
    if not only_agreement:
        names = BotocoreSource().services()
        report |= document(_judged_all(pool, names))
        alone = _judged_all(pool, names, corrected=False)
        misfits = pool.map(misfits_of, names, chunksize=4)
        report["misfits"] = [line for own in misfits for line in own]
        report["rules alone"] = grouped(alone, lambda row: row.half)
    if PUBLIC.is_dir():
        sources = DirectorySource(PUBLIC, name="public").services()
        found = pool.map(lifecycles.compare_service, sources, chunksize=4)
        report["agreement"] = lifecycles.document([r for own in found for r in own])
    else:
        report["agreement_skipped"] = "the shared model set is not beside the checkout"
    return report


def _judged_all(
    pool: Executor, names: Sequence[str], *, corrected: bool = True
) -> list[Judged]:
    judged = partial(judge_service, corrected=corrected)
    found = pool.map(judged, names, chunksize=4)
    return sorted((row for own in found for row in own), key=lambda row: row.id)


def _name_missing(rows: Iterable[Judged]) -> None:
    for row in rows:
        if row.kind != MAPPED_CLASS:
            print(f"{row.id} ({row.change}): {row.kind}, {row.why}")


def _shown(report: Mapping[str, Any]) -> list[str]:
    """Print the report as Markdown; return the targets that are missed."""
    failed = []
    if "all" in report:
        show(report)
        failed += missed(report)
    if "agreement" in report:
        print("\n".join(lifecycles.lines(report["agreement"])))
        failed += lifecycles.missed(report["agreement"])
    else:
        print(f"agreement not measured: {report['agreement_skipped']}")
    for line in failed:
        print(f"missed: {line}")
    return failed


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--missing", help="name what a service misses")
    parser.add_argument(
        "--agreement", action="store_true", help="only the declared lifecycles"
    )
    parser.add_argument(
        "--evidence", action="store_true", help="who agrees, and what to review"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
