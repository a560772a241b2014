"""The building step: one service's model to the intermediate representation.

Owns the order in which facts are derived and corrected, and which operations are left
out. Judgement is left to ``knowledge``, printing to ``emit``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .emit.schema import SchemaEmitter, dump_schema
from .ir import (
    Change,
    Fact,
    OperationIR,
    Reader,
    Risk,
    ServiceIR,
    Skipped,
    Unreadable,
)
from .knowledge import corrections, inverse_rows
from .knowledge.absent import absent_codes_of
from .knowledge.change import change_of
from .knowledge.corrections import corrected
from .knowledge.dry_run import dry_run_of
from .knowledge.fit import may_misfit
from .knowledge.iam import iam_actions_of
from .knowledge.inverse import inverse_of
from .knowledge.outcome import outcome_of
from .knowledge.overrides import Overrides, refuse_idle
from .knowledge.raises import raises_of, require_known
from .knowledge.readers import Readers
from .knowledge.repeating import with_repeats
from .knowledge.risk import require_no_denied_read, risk_of
from .knowledge.sensitive import SecretPaths, mark_listed
from .knowledge.skipped import reason_to_skip
from .knowledge.subject import Subject
from .knowledge.summary import summary_of
from .knowledge.tags import tags_of
from .knowledge.tokens import token_of
from .knowledge.wire import headers_of, labels_of
from .knowledge.write_only import with_write_only
from .model import Model
from .patterns import PatternTable
from .sync.service import ServiceModel


def build_service(
    service: ServiceModel, overrides: Overrides, patterns: PatternTable
) -> ServiceIR:
    """Return the representation of one service, sorted throughout.

    Raises ``OverrideError`` for a correction that names or changes nothing, and
    ``UnsupportedShape`` for a model that schemas cannot be made from.
    """
    facts = derive_service(service, overrides)
    model = facts.model
    emitter = SchemaEmitter(model, patterns)
    operations = tuple(
        _operation(service, subject, facts, emitter) for subject in facts.subjects
    )
    overrides.require_used()
    return ServiceIR(
        client_name=service.client_name,
        namespace=model.service.id.namespace,
        sdk_id=service.sdk_id,
        title=service.title,
        aliases=tuple(sorted(service.aliases)),
        source=_source(service),
        operations=operations,
        skipped=facts.skipped,
    )


def _source(service: ServiceModel) -> dict[str, Any]:
    """Return which text a service is from, and which one enriched it."""
    base: dict[str, Any] = {
        "sha256": service.sha256,
        "source": service.source,
        "version": service.version,
    }
    added = service.enrichment
    if added is not None:
        base["enrich"] = {
            "sha256": added.sha256,
            "source": added.source,
            "version": added.version,
        }
    return base


@dataclass(frozen=True)
class ServiceFacts:
    """What was derived for all operations of a service before they are built."""

    model: Model
    subjects: Sequence[Subject]
    skipped: tuple[Skipped, ...]
    secrets: SecretPaths
    risks: Mapping[str, Fact[Risk]]
    changes: Mapping[str, Fact[Change]]
    readers: Readers
    overrides: Overrides

    @property
    def verbs(self) -> dict[str, Change]:
        """The kind of change of every operation."""
        return {name: change.value for name, change in self.changes.items()}

    def reading(self, subject: Subject) -> dict[str, Any]:
        """Return the fields of ``OperationIR`` about reading and taking back."""
        change = self.changes[subject.name].value
        found = self.readers.find(subject, change)
        fact = self._with_write_only(found.fact, subject)
        parse = corrections.reader(subject, self.readers, fact.value, change)
        reader = corrected(fact, self.overrides, subject, "read", parse)
        kind = None if reader.value else found.unreadable
        if self.overrides.get(subject.name, "unreadable") is not None:
            said = corrected(
                Fact(kind, found.fact.source),
                self.overrides,
                subject,
                "unreadable",
                corrections.member_of(Unreadable),
            )
            reader, kind = Fact(None, said.source), said.value
        repeating = with_repeats(reader.value, subject, change)
        return {
            "reader": Fact(repeating, reader.source),
            "unreadable": kind,
        }

    def _with_write_only(
        self, fact: Fact[Reader | None], subject: Subject
    ) -> Fact[Reader | None]:
        if fact.value is None:
            return fact
        secrets = self.secrets.sensitive_of(subject).value
        shown = self.readers.shown
        return Fact(with_write_only(fact.value, subject, secrets, shown), fact.source)


def _sort_out(
    service: ServiceModel, model: Model
) -> tuple[list[Subject], tuple[Skipped, ...]]:
    """Return the operations to generate and those to leave out."""
    subjects: list[Subject] = []
    skipped: list[Skipped] = []
    for bound in model.operations():
        subject = Subject(
            service.client_name, model, bound.shape, bound.resource, bound.lifecycle
        )
        reason = reason_to_skip(subject, service.methods)
        if reason is None:
            subjects.append(subject)
        else:
            skipped.append(Skipped(id=subject.id, reason=reason))
    subjects.sort(key=lambda subject: subject.name)
    return subjects, tuple(sorted(skipped, key=lambda item: item.id))


def derive_service(service: ServiceModel, overrides: Overrides) -> ServiceFacts:
    """Derive what readers depend on: risk, change and absent codes of everything.

    Raises ``OverrideError`` for a correction that names or changes nothing.
    """
    model = mark_listed(service.model, service.client_name)
    subjects, skipped = _sort_out(service, model)
    require_known(service.client_name, {subject.name for subject in subjects})
    secrets = SecretPaths.of(model, service.client_name)
    risks: dict[str, Fact[Risk]] = {}
    absent: dict[str, tuple[str, ...]] = {}
    for subject in subjects:
        name = subject.name
        risk = risk_of(subject, secrets.credentials_of(subject))
        risks[name] = corrected(
            risk, overrides, subject, "risk", corrections.member_of(Risk)
        )
        require_no_denied_read(subject, risks[name])
        absent[name] = _absent_of(subject, overrides)
    readers = Readers(
        by_name={subject.name: subject for subject in subjects},
        risks={name: risk.value for name, risk in risks.items()},
        absent=absent,
    )
    changes = {s.name: _change_of(s, risks, readers, overrides) for s in subjects}
    return ServiceFacts(
        model, subjects, skipped, secrets, risks, changes, readers, overrides
    )


def _change_of(
    subject: Subject,
    risks: Mapping[str, Fact[Risk]],
    readers: Readers,
    overrides: Overrides,
) -> Fact[Change]:
    """Return an operation's kind of change; what its reader shows counts as well."""
    change = change_of(subject, risks[subject.name].value)
    change = outcome_of(subject, change, readers)
    parse = corrections.member_of(Change)
    return corrected(change, overrides, subject, "change", parse)


def _absent_of(subject: Subject, overrides: Overrides) -> tuple[str, ...]:
    """Return an operation's "not there" codes, the unmodelled ones of overrides too."""
    codes = absent_codes_of(subject)
    row = overrides.get(subject.name, "absent")
    if row is None:
        return codes
    with may_misfit():
        every = tuple(sorted({*codes, *corrections.names_of(row)}))
        refuse_idle(row, codes, every)
        return every
    return codes  # left out


def _operation(
    service: ServiceModel, subject: Subject, facts: ServiceFacts, emitter: SchemaEmitter
) -> OperationIR:
    overrides = facts.overrides
    reading = facts.reading(subject)
    return OperationIR(
        service=service.client_name,
        name=subject.name,
        shape_id=str(subject.shape.id),
        sdk_id=service.sdk_id,
        method=service.methods[subject.name],
        change=facts.changes[subject.name],
        risk=facts.risks[subject.name],
        raises=raises_of(subject, facts.risks[subject.name].value),
        iam_actions=corrected(
            iam_actions_of(subject),
            overrides,
            subject,
            "iam_actions",
            corrections.names_of,
        ),
        idempotency_token=token_of(subject),
        required=subject.required,
        labels=labels_of(subject),
        headers=headers_of(subject),
        sensitive=facts.secrets.sensitive_of(subject),
        sensitive_output=facts.secrets.sensitive_output_of(subject),
        tags=corrected(
            tags_of(subject), overrides, subject, "tags", corrections.tag_shape(subject)
        ),
        inverse=corrected(
            inverse_of(subject, facts.readers.by_name, facts.verbs),
            overrides,
            subject,
            "inverse",
            inverse_rows.inverse(
                subject, facts.readers.by_name, reading["reader"].value
            ),
        ),
        dry_run=corrected(
            dry_run_of(subject),
            overrides,
            subject,
            "dry_run",
            corrections.top_level_member(subject),
        ),
        **reading,
        deprecated="smithy.api#deprecated" in subject.traits,
        summary=summary_of(subject.traits.get("smithy.api#documentation")),
        input_schema=dump_schema(emitter.input_schema(subject.shape)),
        output_schema=dump_schema(emitter.output_schema(subject.shape)),
    )
