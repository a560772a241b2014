"""Every generated module is a docstring, one import and one declaration."""

import ast
import json
import re
from collections import Counter
from pathlib import Path

import black
import pytest
from black.mode import Mode, TargetVersion
from smithgate_codegen.emit.index import index_text, skipped_text
from smithgate_codegen.ir import folder_of, python_name

from generated import ROOT, generated

VALUES = (
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.Attribute,
    ast.Name,
    ast.Load,
    ast.Call,
    ast.keyword,
)
CALLS = {"Inverse", "KeyNames", "Operation", "Raise", "Read", "Tags"}
ENUMS = {
    "Change",
    "Confidence",
    "How",
    "Payload",
    "ReadMode",
    "Risk",
    "TagStyle",
    "Unreadable",
    "When",
}
SOURCES = re.compile(r"(trait|rule|override|data set) \S")


def test_a_module_does_nothing_but_declare():
    for key, source in generated().sources.items():
        docstring, line, assignment = ast.parse(source).body
        assert isinstance(docstring, ast.Expr), key
        assert isinstance(docstring.value, ast.Constant), key
        assert isinstance(line, ast.ImportFrom), key
        assert (line.module, line.level) == ("smithgate", 0), key
        assert isinstance(assignment, ast.Assign), key
        assert ast.unparse(assignment.targets[0]) == "OPERATION", key
        for node in ast.walk(assignment.value):
            assert isinstance(node, VALUES), (key, ast.dump(node))
            if isinstance(node, ast.Call):
                assert isinstance(node.func, ast.Name), key
                assert node.func.id in CALLS, key
                assert not node.args, key
            if isinstance(node, ast.Attribute):
                assert isinstance(node.value, ast.Name), key
                assert node.value.id in ENUMS, key
        used = {n.id for n in ast.walk(assignment.value) if isinstance(n, ast.Name)}
        assert {alias.name for alias in line.names} == used, key


def test_every_derived_field_says_where_it_comes_from():
    for key, source in generated().sources.items():
        for field in ("change", "risk"):
            (line,) = re.findall(rf"^    {field}=\S+,  # (.+)$", source, re.MULTILINE)
            assert SOURCES.match(line), (key, line)
        for field in ("read", "tags", "idempotency_token"):
            absent = re.search(rf"^    {field}=None,(.*)$", source, re.MULTILINE)
            if absent:
                assert absent[1].startswith("  # "), (key, field)


def test_the_declaration_agrees_with_its_file_and_its_line():
    for key, operation in generated().operations.items():
        entry = generated().index["operations"][key]
        service, _, name = key.partition(":")
        stem = f"{folder_of(service)}/{python_name(entry['method'])}"
        assert operation.id == key
        assert operation.shape_id.endswith(f"#{name}")
        assert operation.client == (service, entry["method"])
        assert entry == {
            "change": operation.change.value,
            "deprecated": entry["deprecated"],
            "method": entry["method"],
            "module": f"{stem}.py",
            "output_schema": operation.output_schema,
            "required": list(operation.required),
            "risk": operation.risk.value,
            "schema": operation.schema,
            "summary": entry["summary"],
            "tool": entry["tool"],
        }
        assert operation.schema == f"{stem}.schema.json"
        assert operation.output_schema == f"{stem}.output.json"


def test_collections_are_sorted():
    for key, operation in generated().operations.items():
        for field in (
            "iam_actions",
            "required",
            "labels",
            "headers",
            "sensitive",
            "sensitive_output",
        ):
            values = getattr(operation, field)
            assert list(values) == sorted(set(values)), (key, field)
        if operation.read:
            for mapping in (operation.read.params, operation.read.compare):
                assert list(mapping) == sorted(mapping), key


def test_the_tree_holds_what_the_index_names_and_nothing_else():
    named = Counter(["index.json", "search.txt", "skipped.json"])
    for entry in generated().index["operations"].values():
        named.update([entry["module"], entry["schema"], entry["output_schema"]])
    present = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(named.values()) == {1}
    assert present == set(named)
    assert len({name.casefold() for name in named}) == len(named)


def test_the_index_is_printed_as_the_generator_prints_it():
    index = generated().index
    text = index_text(
        source=index["source"],
        services=index["services"],
        operations=index["operations"],
    )
    assert (ROOT / "index.json").read_text() == text
    skipped = json.loads((ROOT / "skipped.json").read_bytes())["skipped"]
    assert (ROOT / "skipped.json").read_text() == skipped_text(skipped)
    assert not set(skipped) & set(index["operations"])
    assert all(reason for reason in skipped.values())


def test_the_index_knows_every_service():
    index = generated().index
    services = {key.partition(":")[0] for key in index["operations"]}
    assert services == set(index["services"]) == set(index["source"])
    for name, entry in index["services"].items():
        assert entry["sdk_id"], name
        assert entry["namespace"], name
        for alias in entry["aliases"]:
            assert alias == alias.lower(), name
            assert alias not in services, (name, alias)


def test_tool_names_are_short_and_unique():
    tools = [e["tool"] for e in generated().index["operations"].values()]
    assert len(set(tools)) == len(tools)
    for tool in tools:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,45}", tool), tool


def test_the_index_is_plain_text():
    for key, entry in generated().index["operations"].items():
        assert entry["summary"].isprintable(), key
        assert len(entry["summary"]) <= 200, key
    without = [
        k for k, e in generated().index["operations"].items() if not e["summary"]
    ]
    assert len(without) < 20


def sample() -> list[Path]:
    return sorted(ROOT.glob("*/*.py"))[::40]


@pytest.mark.golden
def test_black_changes_nothing():
    mode = Mode(target_versions={TargetVersion.PY311})
    assert len(sample()) > 20
    for path in sample():
        source = path.read_text()
        assert black.format_str(source, mode=mode) == source, path
