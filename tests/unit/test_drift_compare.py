"""What the installed botocore cannot execute of a tree."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from generated_tree import BLOB, TEXT, TIME, WHOLE, Tree, _union
from smithgate_codegen.drift.command import drift_command
from smithgate_codegen.drift.compare import find_drift
from smithgate_codegen.drift.members import InputWalk
from smithgate_codegen.drift.record import Drift, Finding, Problem
from smithgate_codegen.errors import CodegenError, NotExecutable
from smithgate_codegen.report.nodes import Document
from stack import ROOT


def botocore(folder: Path, **services: dict[str, Any]) -> Path:
    """Write a data folder like botocore's; a service maps operations to members."""
    for name, operations in services.items():
        shapes: dict[str, Any] = {}
        described: dict[str, Any] = {}
        for operation, members in operations.items():
            shapes[f"{operation}Input"] = structure(shapes, members)
            shape = {"shape": f"{operation}Input"}
            described[operation] = {"name": operation, "input": shape}
        metadata = {"serviceId": name, "endpointPrefix": name, "apiVersion": "2026"}
        document = {"metadata": metadata, "operations": described, "shapes": shapes}
        place = folder / name / "2026-01-01"
        place.mkdir(parents=True)
        (place / "service-2.json").write_text(json.dumps(document))
    return folder


def structure(shapes: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    """Return a structure; a name with ``!`` is required, with ``@`` a token."""
    out: dict[str, Any] = {"type": "structure", "required": [], "members": {}}
    for name, target in members.items():
        plain = name.rstrip("!@")
        shapes[f"{plain}Shape"] = (
            target if isinstance(target, dict) else {"type": target}
        )
        member: dict[str, Any] = {"shape": f"{plain}Shape"}
        if name.endswith("@"):
            member["idempotencyToken"] = True
        if name != plain:
            out["required"].append(plain)
        out["members"][plain] = member
    return out


def drift(tmp_path: Path, tree: Tree, **services: dict[str, Any]) -> Drift:
    return find_drift(tree.write(), data=botocore(tmp_path / "data", **services))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path / "generated")
    made.service("box")
    return made


def test_a_tree_that_fits(tmp_path: Path, tree: Tree) -> None:
    tree.operation("box:PutA", {"A": TEXT, "B": WHOLE}, required=("A",))
    found = drift(tmp_path, tree, box={"PutA": {"A!": "string", "B": "integer"}})
    assert (found.operations, found.findings, found.lenient) == (1, (), 0)
    assert found.is_executable
    assert (found.new_operations, found.new_members) == ({}, {})


def test_what_is_missing(tmp_path: Path, tree: Tree) -> None:
    tree.operation("box:PutA", {"A": TEXT, "Gone": TEXT})
    tree.operation("box:PutGone")
    tree.operation("none:PutA")
    tree.operation("none:PutB")
    found = drift(tmp_path, tree, box={"PutA": {"A": "string", "New!": "string"}})
    assert found.findings == (
        Finding("box:PutA", Problem.MEMBER, "Gone"),
        Finding("box:PutA", Problem.REQUIRED, "New"),
        Finding("box:PutGone", Problem.OPERATION),
        Finding("none", Problem.SERVICE, detail="2 operations"),
    )
    assert found.new_members == {"box": 1}


def test_what_the_tree_lacks_is_counted(tmp_path: Path, tree: Tree) -> None:
    tree.operation("box:PutA", {"A": TEXT})
    tree.skipped["box:Stream"] = "event stream in the output"
    operations = {"PutA": {"A": "string", "B": "string"}, "PutB": {}, "Stream": {}}
    found = drift(tmp_path, tree, box=operations, other={"X": {}})
    assert found.is_executable
    assert found.new_operations == {"box": 1}
    assert found.new_members == {"box": 1}
    assert found.new_services == 1


def test_a_method_of_another_name(tmp_path: Path, tree: Tree) -> None:
    tree.operation("box:PutA")
    tree.operations["box:PutA"]["method"] = "put_other"
    (finding,) = drift(tmp_path, tree, box={"PutA": {}}).findings
    assert finding.problem is Problem.METHOD
    assert finding.detail == "put_other is put_a in boto3"


def test_required_by_botocore_only_is_lenient_and_tokens_are_not(
    tmp_path: Path, tree: Tree
) -> None:
    tree.operation("box:PutA", {"A": TEXT, "T": TEXT})
    found = drift(tmp_path, tree, box={"PutA": {"A!": "string", "T@": "string"}})
    assert (found.findings, found.lenient) == ((), 1)


def problems(node: Any, shape: dict[str, Any], **shapes: Any) -> list[str]:
    """Compare one member ``A`` with a botocore shape."""
    document = Document.of({"type": "object", "properties": {"A": node}})
    root = {"type": "structure", "members": {"A": {"shape": "S"}}}
    walk = InputWalk(document, {"Root": root, "S": shape, **shapes})
    return [f"{p.problem.value} {p.path} {p.detail}" for p in walk.run("Root")]


ITEM = {"shape": "Item"}
LIST, MAP = {"type": "list", "member": ITEM}, {"type": "map", "value": ITEM}
PAIR = {"type": "structure", "members": {"X": {"shape": "Item"}}}


@pytest.mark.parametrize(
    ("node", "shape"),
    [
        (TEXT, {"type": "string"}),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        (TIME, {"type": "timestamp"}),
        (BLOB, {"type": "blob"}),
        (WHOLE, {"type": "integer"}),
        (WHOLE, {"type": "long"}),
        (WHOLE, {"type": "double"}),
        ({"type": "number"}, {"type": "float"}),
        ({"type": ["number", "string"]}, {"type": "double"}),
        ({"type": "boolean"}, {"type": "boolean"}),
        ({"type": "array", "items": TEXT}, LIST),
        ({"anyOf": [TEXT, {"type": "null"}]}, {"type": "string"}),
        ({"type": "object", "additionalProperties": TEXT}, MAP),
        ({"type": "object", "properties": {"X": TEXT}}, PAIR),
        (_union(X=TEXT), {**PAIR, "union": True}),
        ({}, {"type": "structure", "members": {}, "document": True}),
    ],
)
def test_types_that_fit(node: Any, shape: dict[str, Any]) -> None:
    assert problems(node, shape, Item={"type": "string"}) == []


@pytest.mark.parametrize(
    ("node", "shape", "expected"),
    [
        (TEXT, {"type": "integer"}, "A string for botocore's integer"),
        ({"type": "number"}, {"type": "long"}, "A number for botocore's long"),
        (TIME, {"type": "string"}, "A timestamp for botocore's string"),
        (TEXT, {"type": "timestamp"}, "A string for botocore's timestamp"),
        (BLOB, {"type": "string"}, "A blob for botocore's string"),
        ({"type": "array", "items": WHOLE}, LIST, "A[] integer for botocore's string"),
        (TEXT, LIST, "A string for botocore's list"),
        (
            {"type": "object", "additionalProperties": WHOLE},
            MAP,
            "A{} integer for botocore's string",
        ),
        ({"type": "object", "properties": {}}, MAP, "A structure for botocore's map"),
        (
            {"type": "object", "additionalProperties": TEXT},
            PAIR,
            "A map for botocore's structure",
        ),
        (TEXT, {"type": "odd"}, "A botocore has the unknown type odd"),
    ],
)
def test_types_that_do_not_fit(node: Any, shape: dict[str, Any], expected: str) -> None:
    (found,) = problems(node, shape, Item={"type": "string"})
    assert found == f"type differs {expected}"


def test_members_of_union_branches_are_compared() -> None:
    assert problems(_union(X=TEXT, Y=TEXT), PAIR, Item={"type": "string"}) == [
        "member missing A.Y "
    ]


def test_botocore_makes_json_of_any_value_where_it_says_so() -> None:
    assert problems({}, {"type": "string", "jsonvalue": True}) == []
    document = Document.of({"type": "object", "properties": {"A": {}}})
    member = {"shape": "S", "jsonvalue": True}
    root = {"type": "structure", "members": {"A": member}}
    assert not list(InputWalk(document, {"R": root, "S": {"type": "string"}}).run("R"))
    assert problems({}, {"type": "string"}) != []


def test_recursion_ends() -> None:
    node = {"type": "object", "properties": {"Next": {"$ref": "#/$defs/S"}, "Y": TEXT}}
    document = Document.of(
        {
            "type": "object",
            "properties": {"A": {"$ref": "#/$defs/S"}},
            "$defs": {"S": node},
        }
    )
    ring = {"type": "structure", "members": {"Next": {"shape": "S"}}}
    root = {"type": "structure", "members": {"A": {"shape": "S"}}}
    walk = InputWalk(document, {"Root": root, "S": ring})
    assert [p.path for p in walk.run("Root")] == ["A.Y"]


def test_an_operation_without_input_takes_nothing() -> None:
    walk = InputWalk(Document.of({"type": "object", "properties": {"A": TEXT}}), {})
    assert [p.path for p in walk.run(None)] == ["A"]


def test_a_damaged_tree_is_a_finding(tmp_path: Path, tree: Tree) -> None:
    tree.operation("box:PutA", {"A": {"$ref": "#/$defs/None"}})
    tree.operation("box:PutB")
    tree.operations["box:PutB"]["schema"] = "../../secret.json"
    found = drift(tmp_path, tree, box={"PutA": {"A": "string"}, "PutB": {}})
    assert {(f.operation, f.problem) for f in found.findings} == {
        ("box:PutA", Problem.TREE),
        ("box:PutB", Problem.TREE),
    }


def test_a_folder_that_is_no_tree(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=r"has no `index\.json`"):
        find_drift(tmp_path)


def test_the_checked_in_tree_can_be_executed() -> None:
    found = find_drift(ROOT / "generated")
    assert found.findings == ()
    assert found.operations > 1_000


def test_text_json_and_exit_code(tree: Tree) -> None:
    tree.operation("sqs:ListQueues", {"QueueNamePrefix": TEXT})
    places = ["--generated", str(tree.write())]
    good = CliRunner().invoke(drift_command, places)
    assert (good.exit_code, good.exception) == (0, None)
    assert "1 operations compared, 0 findings" in good.output
    tree.operation("sqs:ListQueues\x1b[2J", {"A": TEXT})
    tree.write()
    bad = CliRunner().invoke(drift_command, places)
    assert isinstance(bad.exception, NotExecutable)
    assert "sqs:ListQueues\\x1b[2J: operation missing" in bad.output
    document = json.loads(CliRunner().invoke(drift_command, [*places, "--json"]).output)
    assert document["format_version"] == 1
    assert document["findings"][0]["problem"] == "operation missing"
    assert document["new_operations"]["sqs"] > 10
