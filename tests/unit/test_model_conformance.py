"""The loader against a corpus: one directory is one case.

A case has ``model.json`` (or ``model-1.json``, ``model-2.json``, …, merged in that
order) and either ``expected.json``, the loaded shapes, or ``error.txt``, the error with
file, line and column. ``SMITHGATE_UPDATE_GOLDENS=1`` rewrites the expectations; what
they then say is to be held against Smithy's specification, not against the loader.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import ModelError
from smithgate_codegen.model import (
    Member,
    Model,
    Shape,
    ShapeId,
    load_models,
    merge_texts,
)

CORPUS = Path(__file__).parents[1] / "golden" / "model_conformance"
CASES = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
PRELUDE = "smithy.api"


def files(case: str) -> list[tuple[bytes, str]]:
    paths = sorted((CORPUS / case).glob("model*.json"))
    return [(path.read_bytes(), path.name) for path in paths]


def plain(model: Model) -> Any:
    """Return what a model says as JSON, the prelude left out."""
    shapes = {
        str(shape_id): shape_json(model.shapes[shape_id])
        for shape_id in model.shapes
        if shape_id.namespace != PRELUDE
    }
    out: dict[str, Any] = {"shapes": shapes}
    if model.metadata:
        out["metadata"] = model.metadata
    if model.warnings:
        out["warnings"] = model.warnings
    return out


def shape_json(shape: Shape) -> Any:
    out: dict[str, Any] = {"type": shape.type}
    fields = dict(shape_fields(shape))
    out.update({key: value for key, value in fields.items() if value})
    return out


def shape_fields(shape: Shape) -> Iterator[tuple[str, Any]]:
    yield "members", {n: member_json(m) for n, m in shape.members.items()}
    for name in ("input", "output", "version"):
        value = getattr(shape, name)
        yield name, value and str(value)
    for name in ("errors", "operations", "collection_operations", "resources"):
        yield name, [str(i) for i in getattr(shape, name)]
    for name in ("identifiers", "properties", "lifecycle", "rename"):
        yield name, {str(k): str(v) for k, v in getattr(shape, name).items()}
    yield "traits", dict(shape.traits)


def member_json(member: Member) -> Any:
    traits = {"traits": dict(member.traits)} if member.traits else {}
    return {"target": str(member.target), **traits}


def outcome(case: str) -> tuple[str, str]:
    """Return the name and the text of the file that says what loading gives."""
    try:
        found = plain(load_models(files(case)))
    except ModelError as error:
        hint = f"hint: {error.hint}\n" if error.hint else ""
        return "error.txt", f"{error.code}: {error.message}\n{hint}"
    return "expected.json", json.dumps(found, indent=1) + "\n"


@pytest.mark.golden
@pytest.mark.parametrize("case", CASES)
def test_the_loader_does_what_the_case_says(case: str) -> None:
    name, text = outcome(case)
    if os.environ.get("SMITHGATE_UPDATE_GOLDENS") and not os.environ.get("CI"):
        for other in {"expected.json", "error.txt"} - {name}:
            (CORPUS / case / other).unlink(missing_ok=True)
        (CORPUS / case / name).write_text(text, "utf-8")
    present = [p.name for p in (CORPUS / case).iterdir() if p.suffix != ".md"]
    assert [n for n in present if not n.startswith("model")] == [name]
    assert (CORPUS / case / name).read_text("utf-8") == text


@pytest.mark.parametrize(
    "case", [c for c in CASES if (CORPUS / c / "expected.json").is_file()]
)
def test_merged_texts_load_alike(case: str) -> None:
    given = files(case)
    try:
        merged = merge_texts(given)
    except ModelError as error:
        assert "1.0 and 2.0" in error.message  # noqa: PT017 - the one refusal
        return
    one, two = load_models([(merged, "merged")]), load_models(given)
    first, second = plain(one), plain(two)
    first.pop("warnings", None)
    second.pop("warnings", None)
    assert first == second


@pytest.mark.parametrize("case", [c for c in CASES if len(files(c)) > 1])
def test_the_order_of_files_does_not_decide_what_is_refused(case: str) -> None:
    def is_refused(given: Any) -> bool:
        try:
            load_models(given)
        except ModelError:
            return True
        return False

    given = files(case)
    assert is_refused(given) == is_refused(given[::-1])


@pytest.mark.parametrize(
    "case", [c for c in CASES if (CORPUS / c / "error.txt").is_file()]
)
def test_errors_name_file_and_place(case: str) -> None:
    text = (CORPUS / case / "error.txt").read_text("utf-8")
    if not text.startswith("not_a_model"):  # the whole file is what is wrong
        assert ", line " in text
        assert ", column " in text
    assert "`model" in text


def test_the_corpus_covers_what_it_should() -> None:
    topics = """syntax dangling duplicate type conflict mixin apply set upgrade metadata
    rename intenum resource trait forward list map union"""
    for topic in topics.split():
        assert any(case.startswith(topic) for case in CASES), topic


def test_identifiers_are_those_of_the_specification() -> None:
    assert ShapeId.parse("_1.a#__9_x$_0") == ShapeId("_1.a", "__9_x", "_0")
    for text in ("a#9", "a#_", "a#", "#A", "a#A$", "a#A$b$c", "a..b#C", "a#Ä", "a#A "):
        with pytest.raises(ModelError):
            ShapeId.parse(text)
