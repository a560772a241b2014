"""Small models, and the readers that are derived from them."""

from typing import Any

from codegen_kit import Kit
from smithgate_codegen.ir import (
    Change,
    Confidence,
    Fact,
    Reader,
    Risk,
)
from smithgate_codegen.knowledge.absent import absent_codes_of
from smithgate_codegen.knowledge.change import change_of
from smithgate_codegen.knowledge.outcome import outcome_of
from smithgate_codegen.knowledge.readers import Readers
from smithgate_codegen.knowledge.risk import risk_of


def find(
    kit: Kit, name: str, change: Change | None = None, **risks: Risk
) -> Fact[Reader | None]:
    readers = readers_of(kit, **risks)
    writer = readers.by_name[name]
    return readers.reader_of(writer, change or changes(readers, name))


def readers_of(kit: Kit, **risks: Risk) -> Readers:
    subjects = kit.subjects()
    return Readers(
        by_name=subjects,
        risks={n: risk_of(s, ()).value for n, s in subjects.items()} | risks,
        absent={n: absent_codes_of(s) for n, s in subjects.items()},
    )


def changes(readers: Readers, name: str) -> Change:
    writer = readers.by_name[name]
    named = change_of(writer, readers.risks[name])
    return outcome_of(writer, named, readers).value


def reader(kit: Kit, name: str, **more: Any) -> Reader:
    fact = find(kit, name, **more)
    assert fact.value is not None, fact.source
    return fact.value


def reason(kit: Kit, name: str, **more: Any) -> str:
    fact = find(kit, name, **more)
    assert fact.value is None, fact.value
    return fact.source


def contained(kit: Kit, name: str, **more: Any) -> Reader:
    """Return a reader that only shows what contains the change; nothing is compared."""
    found = reader(kit, name, **more)
    assert found.container
    assert found.confidence is Confidence.LOW
    assert not found.compare
    assert not found.absent
    return found


def versioning() -> Kit:
    kit = Kit()
    kit.enum("Status", "Enabled", "Suspended")
    kit.shape("Config", {"Status": "Status", "Mfa": "string"})
    kit.op("PutBucketVersioning", {"Bucket!": "string", "Config": "Config"}, {})
    kit.op(
        "GetBucketVersioning",
        {"Bucket!": "string"},
        {"Status": "Status", "Mfa": "string"},
    )
    return kit


def listing(verb: str = "Modify", *, takes: dict[str, str] | None = None) -> Kit:
    kit = Kit().shape("Vpc", {"VpcId": "string", "Tenancy": "string"})
    members = {"VpcId!": "string", "Tenancy": "string"}
    kit.op(f"{verb}Vpc", takes or members, {})
    kit.op(
        "DescribeVpcs",
        {"VpcIds": "[string]", "NextToken": "string"},
        {"Vpcs": "[Vpc]", "NextToken": "string"},
    )
    return kit
