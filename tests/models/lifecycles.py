"""How often the rules find the reader that a Smithy resource declares, blindly.

Owns the comparison with the public Smithy models: the operations of every resource that
declares a ``read`` are derived from a model whose resources are taken away, without
corrections, and compared with what the resource declares. Strict: only the declared
operation itself is agreement, whatever else would show the same thing, and an operation
without a reader is none. What the generator may never read (its risk is not a plain
read, it streams) is counted apart. See docs/readers.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from corpus import PUBLIC, Half, reader_half
from smithgate_codegen.build import ServiceFacts, derive_service
from smithgate_codegen.errors import CodegenError
from smithgate_codegen.ir import Reader
from smithgate_codegen.knowledge.fit import lenient
from smithgate_codegen.knowledge.overrides import no_overrides
from smithgate_codegen.knowledge.relation import returned_by
from smithgate_codegen.knowledge.subject import Subject
from smithgate_codegen.model import Model, Shape
from smithgate_codegen.sync import DirectorySource, ServiceModel, load_service

AGREEMENT = 97.0
"""Least percent of the updates, puts and deletes whose declared reader may be read."""
TARGET_LIFECYCLES = ("update", "put", "delete")
LIFECYCLES = (*TARGET_LIFECYCLES, "create")
SAME = "same"
SHAPE = "same document"
"""Another operation that returns the declared one's structure, whole or as items."""
OTHER = "other"
CONTAINER = "container"
"""Only the parent of the change is shown, of low confidence."""
NONE = "none"
FORBIDDEN = "forbidden"
"""The declared reader hands out secrets, streams, or is no plain read."""
KINDS = (SAME, SHAPE, OTHER, CONTAINER, NONE, FORBIDDEN)
HALVES: tuple[Half, ...] = ("tuned", "held")


@dataclass(frozen=True, slots=True)
class Compared:
    """One operation of a resource, the reader it declares and the one derived."""

    id: str
    lifecycle: str
    kind: str
    declared: str
    derived: str
    source: str
    """What the derivation goes by, or the reason why it found nothing."""

    @property
    def half(self) -> Half:
        """The side of the split that the service is on."""
        return reader_half(self.id.partition(":")[0])


def compare_service(client_name: str) -> list[Compared]:
    """Return the operations of a public model's resources that declare a reader."""
    source = DirectorySource(PUBLIC, name="public")
    try:
        return compare(load_service(client_name, source))
    except CodegenError as error:
        message = f"{client_name}: {error.message}"
        raise RuntimeError(message) from error


def compare(service: ServiceModel) -> list[Compared]:
    """Return the comparison of one service, sorted by name."""
    declared = dict(_declared(service.model))
    if not declared:
        return []
    with lenient():  # the data sets are written for other models
        facts = derive_service(_blind(service), no_overrides())
        return [
            _compared(facts, subject, *declared[subject.name])
            for subject in facts.subjects
            if subject.name in declared
        ]


def _declared(model: Model) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield operation → (lifecycle, declared reader)."""
    for bound in model.operations():
        if bound.resource is None or bound.lifecycle not in LIFECYCLES:
            continue
        read = model.expect_shape(bound.resource, "resource").lifecycle.get("read")
        if read is not None:
            yield bound.shape.id.name, (bound.lifecycle, read.name)


def _blind(service: ServiceModel) -> ServiceModel:
    """Return the service with every operation bound to it and no resource left."""
    model = service.model
    nodes = dict(model.shapes.nodes)
    root = str(model.service.id)
    every = [{"target": str(bound.shape.id)} for bound in model.operations()]
    nodes[root] = {**nodes[root], "operations": every, "resources": []}
    return replace(service, model=model.with_nodes(nodes))


def _compared(
    facts: ServiceFacts, subject: Subject, lifecycle: str, declared: str
) -> Compared:
    found = facts.readers.find(subject, facts.changes[subject.name].value)
    reader = found.fact.value
    derived = reader.operation.partition(":")[2] if reader else ""
    kind = _kind(facts, subject, declared, reader)
    return Compared(subject.id, lifecycle, kind, declared, derived, found.fact.source)


def _kind(
    facts: ServiceFacts, subject: Subject, declared: str, reader: Reader | None
) -> str:
    operations = facts.readers.by_name
    if declared not in operations:
        return FORBIDDEN  # an operation that is not generated
    if facts.readers.refusal_of(subject, operations[declared]) is not None:
        return FORBIDDEN
    if reader is None:
        return NONE
    if reader.container:
        return CONTAINER
    name = reader.operation.partition(":")[2]
    if name == declared:
        return SAME
    shown = {shape.id for shape in _structures(operations[name])}
    wanted = {shape.id for shape in _structures(operations[declared])}
    return SHAPE if shown & wanted else OTHER


def _structures(reader: Subject) -> Iterator[Shape]:
    yield reader.output
    yield from returned_by(reader)


def agreement(rows: Sequence[Compared]) -> dict[str, Any]:
    """Return the counts and the share of some operations."""
    kinds = Counter(row.kind for row in rows)
    allowed = len(rows) - kinds[FORBIDDEN]
    share = round(100 * kinds[SAME] / allowed, 2) if allowed else 100.0
    return {
        "operations": len(rows),
        **{kind: kinds[kind] for kind in KINDS},
        "agreement %": share,
    }


def document(rows: Sequence[Compared]) -> dict[str, Any]:
    """Return the figures as JSON values, with the operations that differ."""
    aimed = [row for row in rows if row.lifecycle in TARGET_LIFECYCLES]
    groups = {"update, put, delete": aimed}
    groups |= {half: [r for r in aimed if r.half == half] for half in HALVES}
    groups |= {n: [r for r in rows if r.lifecycle == n] for n in LIFECYCLES}
    return {
        "groups": {name: agreement(own) for name, own in groups.items()},
        "differing": [
            {**asdict(row), "half": row.half} for row in rows if row.kind != SAME
        ],
    }


def missed(report: Mapping[str, Any]) -> list[str]:
    """Return the target, if it is not met, with what was found."""
    found = report["groups"]["update, put, delete"]["agreement %"]
    if found >= AGREEMENT:
        return []
    return [f"agreement with declared lifecycles is {found}, wanted {AGREEMENT}"]


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report as Markdown: the figures, then what differs by its cause."""
    names = next(iter(report["groups"].values()))
    yield f"| declared lifecycles | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for group, own in report["groups"].items():
        yield f"| {group} | {' | '.join(str(value) for value in own.values())} |"
    yield ""
    for row in sorted(report["differing"], key=lambda r: KINDS.index(r["kind"])):
        if row["kind"] != FORBIDDEN and row["lifecycle"] in TARGET_LIFECYCLES:
            yield (
                f"- {row['kind']}: {row['id']} ({row['half']}) declares "
                f"{row['declared']}, found {row['derived'] or 'none'}: {row['source']}"
            )
