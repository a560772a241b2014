"""What other evidence says of the derived readers: who agrees, contradicts or adds one.

Owns the comparison of the readers, as derived without corrections, with the waiters of
the models, boto3's resources (both raise confidence where they agree) and the read
handlers of CloudFormation, which only warn: a reader that no handler needs although
another candidate is needed by one. Nothing of it is taken silently; what contradicts is
for a person to look at.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus import Half, reader_half
from smithgate_codegen.build import ServiceFacts, derive_service
from smithgate_codegen.ir import Change, Reader
from smithgate_codegen.knowledge.evidence import RESOURCE, WAITER
from smithgate_codegen.knowledge.fit import lenient
from smithgate_codegen.knowledge.iam import access_of
from smithgate_codegen.knowledge.overrides import no_overrides
from smithgate_codegen.knowledge.subject import Subject
from smithgate_codegen.sync import BotocoreSource, ServiceModel, load_service

HANDLER = "handlers of CloudFormation"
SOURCES = (WAITER, RESOURCE, HANDLER)
AGREES, ADDS, CONTRADICTS = "agrees", "adds", "contradicts"
KINDS = (AGREES, ADDS, CONTRADICTS)
_CHANGING = frozenset("CUD")


@dataclass(frozen=True, slots=True)
class Heard:
    """What one source says of the reader of one operation."""

    id: str
    source: str
    kind: str
    reader: str
    other: str
    """The operations that the source names instead."""

    @property
    def half(self) -> Half:
        """The side of the split that the service is on."""
        return reader_half(self.id.partition(":")[0])


def hear_service(client_name: str) -> list[Heard]:
    """Return what is said about a service of botocore."""
    return hear(load_service(client_name, BotocoreSource()))


def hear(service: ServiceModel) -> list[Heard]:
    """Return what is said about the readers of a service, sorted by operation."""
    with lenient():
        facts = derive_service(service, no_overrides())
        return [row for subject in facts.subjects for row in _heard(facts, subject)]


def _heard(facts: ServiceFacts, subject: Subject) -> Iterator[Heard]:
    change = facts.changes[subject.name].value
    if change is Change.NONE:
        return
    fact = facts.readers.find(subject, change).fact
    if (reader := fact.value) is None or reader.container:
        return
    name = reader.operation.partition(":")[2]
    evidence = facts.readers.relations.evidence
    for source in (WAITER, RESOURCE):
        if source in fact.source.replace(f"against {source}", ""):
            kind = ADDS if fact.source == source else AGREES
            yield Heard(subject.id, source, kind, name, "")
    for witness in evidence.contradictions(subject, change, reader):
        yield Heard(subject.id, witness.source, CONTRADICTS, name, witness.reader)
    if word := _by_handlers(facts, subject, change, reader):
        others = " ".join(_handled(facts, subject, change))
        other = others if word == CONTRADICTS else ""
        yield Heard(subject.id, HANDLER, word, name, other)


def _by_handlers(
    facts: ServiceFacts, subject: Subject, change: Change, reader: Reader
) -> str | None:
    """Return whether read handlers need the reader; ``None`` where they say nothing."""
    access = access_of(subject.service, subject.name)
    if access is None or not access.handlers & _CHANGING:
        return None
    if _is_handled(subject.service, reader.operation.partition(":")[2]):
        return AGREES
    return CONTRADICTS if _handled(facts, subject, change) else None


def _handled(facts: ServiceFacts, subject: Subject, change: Change) -> list[str]:
    """Return the candidates that a read handler needs."""
    return [
        candidate.name
        for candidate in facts.readers.relations.candidates(subject, change)
        if _is_handled(subject.service, candidate.name)
    ]


def _is_handled(service: str, name: str) -> bool:
    access = access_of(service, name)
    return access is not None and "R" in access.handlers


def document(rows: Sequence[Heard]) -> dict[str, Any]:
    """Return the figures as JSON values, with all that contradicts."""
    counts = Counter((row.source, row.half, row.kind) for row in rows)
    return {
        "counts": {
            source: {
                half: {kind: counts[source, half, kind] for kind in KINDS}
                for half in ("tuned", "held")
            }
            for source in SOURCES
        },
        "to review": [
            {**asdict(row), "half": row.half} for row in rows if row.kind == CONTRADICTS
        ],
    }


def lines(report: Mapping[str, Any], *, named: bool) -> Iterator[str]:
    """Yield the figures as Markdown, with what is to review where ``named``."""
    yield f"| evidence | half | {' | '.join(KINDS)} |"
    yield "|---" * (len(KINDS) + 2) + "|"
    for source, halves in report["counts"].items():
        for half, own in halves.items():
            yield f"| {source} | {half} | {' | '.join(str(own[k]) for k in KINDS)} |"
    yield ""
    for row in report["to review"] if named else ():
        yield (
            f"- {row['id']} ({row['half']}) reads {row['reader']}, "
            f"{row['source']}: {row['other']}"
        )
