"""The representation: names of files, and the vocabulary it shares with the runtime."""

import dataclasses

import pytest
import smithgate
from codegen_kit import Kit
from smithgate.operation import Inverse, Operation, Read, Tags
from smithgate_codegen import ir
from smithgate_codegen.build import build_service
from smithgate_codegen.knowledge.overrides import no_overrides
from smithgate_codegen.patterns import PatternTable


@pytest.mark.parametrize(
    ("client_name", "folder"),
    [("s3", "s3"), ("lambda", "lambda_"), ("cognito-idp", "cognito_idp")],
)
def test_a_folder_is_named_after_the_client(client_name, folder):
    assert ir.folder_of(client_name) == folder


@pytest.mark.parametrize(
    ("name", "expected"), [("put_object", "put_object"), ("import", "import_")]
)
def test_a_keyword_gets_an_underscore(name, expected):
    assert ir.python_name(name) == expected


VOCABULARY = (
    "Change",
    "Confidence",
    "How",
    "ReadMode",
    "Risk",
    "TagStyle",
    "Unreadable",
    "When",
)


@pytest.mark.parametrize("name", VOCABULARY)
def test_both_packages_have_one_vocabulary(name):
    ours, theirs = getattr(ir, name), getattr(smithgate, name)
    assert {m.name: m.value for m in ours} == {m.name: m.value for m in theirs}


def names(record: type) -> set[str]:
    return {field.name for field in dataclasses.fields(record)}


def test_the_records_hold_what_the_runtime_reads():
    assert names(ir.Reader) == names(Read)
    assert names(ir.Inverse) == names(Inverse)
    assert names(ir.TagShape) == names(Tags)
    printed = {"id", "client", "read", "schema", "output_schema"}
    assert names(Operation) - printed <= names(ir.OperationIR)


def built(**methods: str | None) -> ir.ServiceIR:
    kit = Kit().op("Zeta", {"B!": "string", "A!": "string"}, {}).op("Alpha", {}, {})
    kit.op("Hidden", {}, {}, internal={})
    return build_service(kit.service(methods=methods), no_overrides(), PatternTable(()))


def test_everything_is_sorted():
    service = built()
    assert [op.id for op in service.operations] == ["kit:Alpha", "kit:Zeta"]
    assert service.operations[1].required == ("A", "B")


def test_left_out_operations_are_named_with_the_reason():
    service = built(Alpha=None)
    assert [op.name for op in service.operations] == ["Zeta"]
    assert {item.id: item.reason for item in service.skipped} == {
        "kit:Alpha": "boto3 has no method for it",
        "kit:Hidden": "internal operation",
    }


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        built().operations[0].method = "other"  # type: ignore[misc]
