"""The measuring of ``tests/models/fidelity.py``, on one small model: it can fail."""

import json
from pathlib import Path

import pytest
from examples import Conversion
from instances import Builder, NoInstance
from measure import EXAMPLES, Findings, hostile_texts
from mutants import MISSING, Mutant, Mutator
from oracle import oracle
from report import JUDGEMENTS, TARGETS, document, markdown, read_judgements
from smithgate.arguments.validators import compile_schema
from smithgate_codegen.emit.schema import input_schema
from smithgate_codegen.model import ShapeId, load_model
from smithgate_codegen.patterns import PatternTable
from texts import texts_of

MODEL = Path(__file__).parents[1] / "golden" / "schema" / "features" / "model.json"
needs_node = pytest.mark.skipif(oracle() is None, reason="node is not installed")


@pytest.fixture(scope="module")
def model():
    return load_model(MODEL.read_bytes(), origin=MODEL.name)


@pytest.fixture(scope="module")
def operation(model):
    return model.operations()[0].shape


@pytest.fixture(scope="module")
def validator(model, operation):
    return compile_schema(
        input_schema(model, operation, patterns=PatternTable(())), "features"
    )


@needs_node
@pytest.mark.parametrize("is_full", [False, True])
def test_made_requests_are_valid(model, operation, validator, is_full):
    request = Builder(model, is_full=is_full).request(operation)
    assert [error.message for error in validator.iter_errors(request)] == []
    assert len(request) > 10 or not is_full


@needs_node
def test_every_mutant_is_refused_and_every_rule_is_there(model, operation, validator):
    request = Builder(model, is_full=True).request(operation)
    mutants = list(Mutator(model).mutants(operation, request))
    accepted = [each for each in mutants if validator.is_valid(each.of(request))]
    # Bytes are bounded to the next whole base64 group: docs/schemas.md.
    assert [each for each in accepted if each.rule != "bytes"] == []
    assert {each.rule for each in mutants} >= {
        *("required left out", "unknown member", "wrong type", "null", "enum"),
        *("too short", "too few items", "too many items", "out of range", "pattern"),
        *("value and newline", "two union members", "timestamp", "base64"),
    }


def test_a_mutant_changes_one_place_of_a_copy():
    request = {"A": [{"B": 1}], "C": 2}
    assert Mutant("", ("A", 0, "B"), None).of(request) == {"A": [{"B": None}], "C": 2}
    assert Mutant("", ("A", 0, "B"), MISSING).of(request) == {"A": [{}], "C": 2}
    assert Mutant("", ("A", 0, "D"), 3).of(request) == {"A": [{"B": 1, "D": 3}], "C": 2}
    assert request == {"A": [{"B": 1}], "C": 2}


def test_a_required_ring_has_no_instance():
    text = {
        "smithy": "2.0",
        "shapes": {
            "a#S": {
                "type": "service",
                "version": "1",
                "operations": [{"target": "a#O"}],
            },
            "a#O": {"type": "operation", "input": {"target": "a#I"}},
            "a#I": {
                "type": "structure",
                "members": {
                    "i": {"target": "a#I", "traits": {"smithy.api#required": {}}}
                },
            },
        },
    }
    ring = load_model(json.dumps(text).encode(), origin="ring")
    with pytest.raises(NoInstance):
        Builder(ring, is_full=True).request(ring.operations()[0].shape)


@needs_node
@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [
        ("^[a-z]{3,5}$", 0, None),
        ("^arn:aws:iam::\\d{12}:role/.+$", 20, 64),
        ("^(?:[A-Z]+|\\d{4})$", 4, 4),
        ("^(?!aws:).{1,8}$", 1, 128),
    ],
)
def test_texts_are_judged_by_the_engine(pattern, low, high):
    import re

    texts = texts_of(pattern, low, high)
    assert texts.is_judged
    assert texts.taken
    assert texts.refused
    assert all(re.search(pattern, text) for text in texts.taken)
    assert not any(re.fullmatch(pattern.strip("^$"), text) for text in texts.refused)
    assert texts.newline is None or texts.newline.endswith("\n")


@needs_node
def test_a_pattern_that_runs_away_is_not_waited_for():
    judge = oracle()
    assert judge is not None
    answer = judge.ecma("^(a+)+$", ["aaa", "a" * 60 + "!", "b"])
    assert answer.verdicts == (True, None, False)
    assert judge.ecma("[", ["a"]).mode is None


def test_times_and_bytes_of_examples_are_written_as_an_agent_would(model, operation):
    value = Conversion(model).value(
        operation.input or ShapeId.parse("a#B"),
        {"When": 1700000000, "Photo": "plain text", "Note": "n", "Nowhere": 1},
    )
    assert value == {
        "When": "2023-11-14T22:13:20.000Z",
        "Photo": "cGxhaW4gdGV4dA==",
        "Note": "n",
        "Nowhere": 1,
    }


def findings(accepted: int, refused: list[str]) -> Findings:
    found = Findings()
    for _ in range(accepted):
        found.note(f"{EXAMPLES}public", True)
    for key in refused:
        error = {"path": "A", "rule": "pattern", "message": "no"}
        found.note(f"{EXAMPLES}public", False, key=key, title="t", errors=[error])
    found.note("mutants refused: pattern", False, operation="a:B")
    return found


def test_only_what_was_judged_bad_is_left_out_of_the_examples():
    judged = {"a:B#1": {"verdict": "bad data", "why": "made up"}}
    halves = {"tuned": findings(8, ["a:B#1"]), "held": findings(9, ["a:C#2"])}
    report = document(halves, judged)
    whole = report["figures"]["examples accepted, bad data left out"]
    assert (whole["tuned"], whole["held"], whole["all"]) == ([8, 8], [9, 10], [17, 18])
    verdicts = {each["key"]: each["verdict"] for each in report["refused_examples"]}
    assert verdicts == {"a:B#1": "bad data", "a:C#2": "unjudged"}
    shown = report | {"services": 2, "seconds": 1, "command": "x", "skipped": {}}
    text = "\n".join(markdown(shown))
    assert "| mutants refused: pattern | 2 | 0 % | 0 % | 0 % | ≥ 99.5 % | NO |" in text
    assert "unjudged: `a:C#2`" in text
    assert TARGETS["mutants refused: pattern"] == 99.5


def test_the_judgements_are_complete():
    assert JUDGEMENTS.is_file()
    for key, judgement in read_judgements().items():
        assert judgement["verdict"] in {"bad data", "our fault"}, key
        assert len(judgement["why"]) > 10, key


def test_hostile_texts_are_long():
    assert min(len(text) for text in hostile_texts("abc")) > 19_000
