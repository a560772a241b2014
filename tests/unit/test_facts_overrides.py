"""Corrections: strict reading, use, and refusal of those that correct nothing."""

from pathlib import Path

import pytest
from codegen_kit import Kit
from smithgate_codegen.build import build_service
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Risk, ServiceIR, TagStyle
from smithgate_codegen.knowledge.overrides import default_folder, load_overrides
from smithgate_codegen.patterns import PatternTable

HEAD = "format_version: 1\nservice: kit\noverrides:\n"


def kit() -> Kit:
    out = Kit(errors={"NoSuchThing": None})
    out.shape("Thing", {"Name": "string", "Size": "integer"})
    out.op("PutThing", {"Id!": "string", "Name": "string", "Labels": "{string}"}, {})
    out.op(
        "GetThing",
        {"Id!": "string", "Kind": "string"},
        {"Thing": "Thing"},
        errors=("NoSuchThing",),
    )
    out.op("ListThings", {"Filter": "string"}, {"Things": "[Thing]"})
    out.op("GetSecret", {"Id!": "string"}, {"SecretString": "string"})
    return out


def build(tmp_path: Path, rows: str, head: str = HEAD) -> ServiceIR:
    (tmp_path / "kit.yaml").write_text(head + rows)
    return build_service(
        kit().service(), load_overrides(tmp_path, "kit"), PatternTable(())
    )


def op(service: ServiceIR, name: str):
    return next(item for item in service.operations if item.name == name)


def refused(tmp_path: Path, rows: str, head: str = HEAD) -> str:
    with pytest.raises(OverrideError) as caught:
        build(tmp_path, rows, head)
    return caught.value.message


def test_a_correction_replaces_the_fact_and_its_source(tmp_path):
    rows = "- {operation: PutThing, field: risk, value: destructive, why: it erases}\n"
    fact = op(build(tmp_path, rows), "PutThing").risk
    assert fact.value is Risk.DESTRUCTIVE
    assert fact.source == "override kit.yaml"


def test_one_row_may_name_several_operations(tmp_path):
    rows = (
        "- {operation: [GetThing, ListThings], field: risk, value: sensitive, why: s}\n"
    )
    built = build(tmp_path, rows)
    assert op(built, "GetThing").risk.value is Risk.SENSITIVE
    assert op(built, "ListThings").risk.value is Risk.SENSITIVE


def test_a_reader_of_its_own(tmp_path):
    rows = """
- operation: PutThing
  field: read
  why: w
  value:
    operation: GetThing
    params: {Id: Id}
    constants: {Kind: full}
    select: "Thing.{Name: Name, IsSmall: Size=='1'}"
    compare: {Name: Name}
    mode: patch
"""
    reader = op(build(tmp_path, rows), "PutThing").reader.value
    assert reader.operation == "kit:GetThing"
    assert reader.constants == (("Kind", "full"),)
    assert reader.absent == ("NoSuchThing",)


def test_a_reader_of_several_lists_by_named_members(tmp_path):
    rows = """
- operation: PutThing
  field: read
  why: w
  value:
    operation: ListThings
    params: {}
    select: "[Things, Others][]"
    match: {Name: Name}
    gone: {State: [gone]}
    expect: {Size: null}
    compare: {"Parts[].Size": Size}
"""
    out = kit()
    out.shape("Part", {"Size": "integer"})
    out.shape("Thing", {"Name": "string", "Size": "integer", "State": "string"})
    out.op("PutThing", {"Id!": "string", "Name": "string", "Parts": "[Part]"}, {})
    out.op("ListThings", {}, {"Things": "[Thing]", "Others": "[Thing]"})
    (tmp_path / "kit.yaml").write_text(HEAD + rows)
    overrides = load_overrides(tmp_path, "kit")
    built = build_service(out.service(), overrides, PatternTable(()))
    found = op(built, "PutThing").reader.value
    assert found.gone == (("State", ("gone",)),)
    assert found.expect == (("Size", None),)
    assert found.compare == (("Parts[].Size", "Size"),)


KEYS = "{operation: GetTable, params: {Id: Id}, select: 'Names[]', of: Parts, to: Key}"


def keyed(tmp_path, keys=KEYS, asks="'(Old || New).{Id: Id}'"):
    rows = f"""
- operation: PutPart
  field: read
  why: w
  value: {{operation: GetPart, params: {{}}, keys: {keys}, asks: {{Ask: {asks}}}}}
"""
    out = Kit().shape("Side", {"Id": "string", "Size": "integer"})
    out.shape("Other", {"Id": "string"})
    out.op(
        "PutPart",
        {"Id!": "string", "Parts": "{string}", "Old": "Side", "New": "Other"},
        {},
    )
    out.op("GetPart", {"Key!": "{string}", "Ask": "Other"}, {"Size": "string"})
    out.op("GetTable", {"Id!": "string"}, {"Names": "[string]"})
    (tmp_path / "kit.yaml").write_text(HEAD + rows)
    overrides = load_overrides(tmp_path, "kit")
    return op(build_service(out.service(), overrides, PatternTable(())), "PutPart")


def test_a_key_that_is_looked_up_first(tmp_path):
    found = keyed(tmp_path).reader.value
    assert (found.keys.operation, found.keys.of) == ("kit:GetTable", "Parts")
    assert found.asks == (("Ask", "(Old || New).{Id: Id}"),)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"keys": KEYS.replace("GetTable", "Nope")}, "no operation `Nope`"),
        ({"keys": KEYS.replace("GetTable", "PutPart")}, "not a read"),
        ({"keys": KEYS.replace("of: Parts", "of: Nope")}, "leaves"),
        ({"keys": KEYS.replace("to: Key", "to: Nope")}, "needs `Key`"),
        ({"keys": KEYS.replace("Id: Id", "Id: Nope")}, "leaves"),
        ({"keys": KEYS.replace("Names[]", "Nope")}, "does not fit"),
        ({"asks": "'(Old || New).Size'"}, "does not fit"),
        ({"asks": "'(Old || Nope).Id'"}, "does not fit"),
    ],
)
def test_a_key_that_cannot_be_looked_up_fails_the_build(tmp_path, wrong, message):
    with pytest.raises(OverrideError, match=message):
        keyed(tmp_path, **wrong)


def test_single_fields_of_the_derived_reader(tmp_path):
    rows = "- {operation: PutThing, field: read, value: {mode: patch}, why: w}\n"
    reader = op(build(tmp_path, rows), "PutThing").reader.value
    assert (reader.mode, reader.compare) == ("patch", (("Name", "Name"),))


def test_no_reader_at_all(tmp_path):
    rows = "- {operation: PutThing, field: read, value: null, why: w}\n"
    fact = op(build(tmp_path, rows), "PutThing").reader
    assert (fact.value, fact.source) == (None, "override kit.yaml")


def test_absent_codes_are_added_to_the_reader(tmp_path):
    rows = '- {operation: GetThing, field: absent, value: ["404"], why: w}\n'
    reader = op(build(tmp_path, rows), "PutThing").reader.value
    assert reader.absent == ("404", "NoSuchThing")


def test_tags_and_iam_actions(tmp_path):
    rows = """
- {operation: PutThing, field: tags, value: {member: Labels, style: map}, why: w}
- {operation: PutThing, field: iam_actions, value: ["kit:B", "kit:A"], why: w}
"""
    built = op(build(tmp_path, rows), "PutThing")
    assert built.tags.value.style is TagStyle.MAP
    assert built.iam_actions.value == ("kit:A", "kit:B")


READ = "- {operation: PutThing, field: read, why: w, value: "


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("- {operation: NoThing, field: risk, value: read, why: w}", "names no"),
        (
            "- {operation: PutThing, field: risk, value: write, why: w}",
            "changes nothing",
        ),
        ("- {operation: PutThing, field: risk, value: evil, why: w}", "unknown value"),
        ("- {operation: PutThing, field: colour, value: red, why: w}", "unknown field"),
        ("- {operation: PutThing, field: risk, value: read, why: ' '}", "no reason"),
        ("- {operation: PutThing, field: risk, value: read}", "misses key `why`"),
        ("- {operation: A, field: risk, value: read, why: w, x: 1}", "unknown key `x`"),
        ("- {operation: [], field: risk, value: read, why: w}", "a name or a list"),
        (
            "- {operation: [PutThing, PutThing], field: risk, value: read, why: w}",
            "there twice",
        ),
        ("- {operation: PutThing, operation: A}", "there twice"),
        ("- just text", "not a mapping"),
        (
            "- {operation: GetThing, field: absent, value: [NoSuchThing], why: w}",
            "changes nothing",
        ),
        ("- {operation: GetThing, field: absent, value: 404, why: w}", "list of names"),
        (
            "- {operation: PutThing, field: dry_run, value: Nope, why: w}",
            "no input member",
        ),
        (
            "- {operation: PutThing, field: tags, why: w, value: {member: N, style: map}}",
            "leaves",
        ),
        (READ + "{operation: Nope, params: {}}}", "there is no operation `Nope`"),
        (READ + "{operation: GetSecret, params: {Id: Id}}}", "sensitive, not a read"),
        (READ + "{operation: GetThing, params: {}}}", "needs `Id`"),
        (READ + "{operation: GetThing, params: {Id: Nope}}}", "leaves"),
        (READ + "{operation: GetThing, params: {Nope: Id}}}", "leaves"),
        (READ + "{operation: GetThing, params: {Id: Id}, select: 'A['}}", "compile"),
        (READ + "{operation: GetThing, params: {Id: Id}, select: A}}", "does not fit"),
        (
            READ + "{operation: GetThing, params: {Id: Id}, compare: {Name: Name}}}",
            "leaves",
        ),
        (
            READ + "{operation: GetThing, params: {Id: Id}, constants: {Nope: 1}}}",
            "leaves",
        ),
        (READ + "{operation: GetThing, params: {Id: Id}, mode: x}}", "unknown mode"),
        (
            READ + "{operation: GetThing, params: {Id: Id}, gone: {Thing: x}}}",
            "a list of values",
        ),
        (
            READ + "{operation: GetThing, params: {Id: Id}, gone: {Nope: [x]}}}",
            "leaves",
        ),
        (
            READ
            + "{operation: GetThing, params: {Id: Id}, compare: {Name: '{Nope}'}}}",
            "no input member `Nope`",
        ),
        (
            READ + "{operation: GetThing, params: {Id: Id}, select: '[Thing, Thing]'}}",
            "does not fit",
        ),
        (
            READ
            + "{operation: ListThings, params: {Filter: Name}, select: 'Things[0]'}}",
            "no required member selects",
        ),
        (
            READ + "{operation: ListThings, params: {}, select: Things, "
            "each: {Name: Name}}}",
            "no list of the request",
        ),
        (READ + "{operation: ListThings, params: {}, each: {Id: Name}}}", "`each`"),
    ],
)
def test_a_wrong_correction_fails_the_build(tmp_path, rows, message):
    assert message in refused(tmp_path, rows + "\n")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("format_version: 2\nservice: kit\noverrides:\n", "format version `2`"),
        ("service: kit\noverrides:\n", "format version `None`"),
        ("format_version: 1\nservice: other\noverrides:\n", "is about `other`"),
        ("format_version: 1\noverrides:\n", "misses key `service`"),
        ("- 1\n", "is not a mapping"),
        ("format_version: 1\nservice: kit\noverrides: 1\nx: [", "cannot be read"),
    ],
)
def test_a_wrong_file_fails_the_build(tmp_path, head, message):
    assert message in refused(tmp_path, "", head)


def test_a_service_without_a_file_has_no_corrections(tmp_path):
    assert not load_overrides(tmp_path, "kit").rows


def test_a_service_may_have_a_folder_of_corrections(tmp_path):
    row = "  - {{operation: {name}, field: risk, value: write, why: for the test}}\n"
    head = "format_version: 1\nservice: kit\noverrides:\n"
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit.yaml").write_text(head + row.format(name="PutThing"))
    (tmp_path / "kit" / "more.yaml").write_text(head + row.format(name="GetThing"))
    rows = load_overrides(tmp_path, "kit").rows
    assert {row.source for row in rows.values()} == {
        "override kit.yaml",
        "override kit/more.yaml",
    }
    (tmp_path / "kit" / "twice.yaml").write_text(head + row.format(name="PutThing"))
    with pytest.raises(OverrideError, match="is there twice"):
        load_overrides(tmp_path, "kit")


def test_the_package_corrects_with_reasons():
    for path in sorted(default_folder().glob("*.yaml")):
        rows = load_overrides(default_folder(), path.stem).rows
        assert rows
        assert all(len(row.why) >= 8 for row in rows.values()), path.name
