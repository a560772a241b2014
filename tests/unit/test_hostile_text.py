"""Hostile models through the real pipeline; ``tests/models/hostile.py`` draws more."""

import ast
import json
import os
from typing import Any

import pytest
from hostile_models import NAMESPACE, models, spoiled_models
from hostile_pipeline import Broken, check_module, declaration, generated, run, watched
from hostile_texts import BREAKOUTS, bad_names
from hypothesis import HealthCheck, given, settings
from smithgate_codegen.errors import ModelError
from smithgate_codegen.model import load_model

QUICK = settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DOCUMENTED = "smithy.api#documentation"


@pytest.fixture
def folders(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("hostile")


@QUICK
@given(models())
def test_nothing_breaks_out(folders, model):
    run(model, folders())


def plain(**places: Any) -> dict[str, Any]:
    """Return a small model with the given parts in place of harmless ones."""
    text = places.get("text", "text")
    return {
        "smithy": "2.0",
        "shapes": {
            f"{NAMESPACE}#Fuzz": {
                "type": "service",
                "version": text,
                "operations": [{"target": f"{NAMESPACE}#PutThing"}],
                "traits": {
                    "aws.api#service": {"sdkId": places.get("sdk_id", "Fuzz")},
                    "smithy.api#title": text,
                    DOCUMENTED: text,
                },
            },
            f"{NAMESPACE}#PutThing": {
                "type": "operation",
                "input": {"target": f"{NAMESPACE}#{places.get('shape', 'Asked')}"},
                "traits": {DOCUMENTED: text},
            },
            f"{NAMESPACE}#{places.get('shape', 'Asked')}": {
                "type": "structure",
                "members": {
                    places.get("member", "Kind"): {
                        "target": f"{NAMESPACE}#Kind",
                        "traits": {DOCUMENTED: text, "smithy.api#default": text},
                    }
                },
            },
            f"{NAMESPACE}#Kind": {
                "type": "enum",
                "members": {
                    "A": {
                        "target": "smithy.api#Unit",
                        "traits": {"smithy.api#enumValue": text},
                    }
                },
            },
        },
    }


@pytest.mark.parametrize("text", BREAKOUTS, ids=range(len(BREAKOUTS)))
def test_every_known_trick_is_only_text(tmp_path, text):
    assert run(plain(text=text), tmp_path) is None


@pytest.mark.parametrize(
    "sdk_id",
    ["../../evil", "/etc/passwd", "a/b", "a\\b", "\x00", "a\x1b[0mb", "{{a}}", ".a"],
)
def test_a_name_that_is_no_file_name_stops_the_service(tmp_path, sdk_id):
    tree = tmp_path / "inner" / "tree"
    tree.mkdir(parents=True)
    assert run(plain(sdk_id=sdk_id), tree) == "sync_failed"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@settings(QUICK, max_examples=50)
@given(spoiled_models())
def test_a_name_that_is_no_identifier_is_refused_wherever_it_stands(folders, model):
    assert run(model, folders()) in {"model_invalid", "unknown_shape"}


@settings(QUICK, max_examples=100)
@given(bad_names)
def test_a_shape_name_that_is_no_identifier_is_refused(name):
    with pytest.raises(ModelError):
        load(plain(shape=name))


def load(model: dict[str, Any]) -> Any:
    return load_model(json.dumps(model).encode(), origin="fuzz")


def good_module() -> tuple[str, Any]:
    output = generated("fuzz", json.dumps(plain()).encode())
    operation = output.built.operations[0]
    return output.files[f"{operation.path}.py"], operation


def test_the_checks_take_a_good_module():
    check_module(*good_module())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("OPERATION = ", "import os\nOPERATION = "),
        ("OPERATION = ", "OPERATION = OTHER = "),
        ("from smithgate import", "from os import"),
        ('id="fuzz:PutThing"', 'id="fuzz:DeleteThing"'),
        ('id="fuzz:PutThing"', 'id=print("fuzz:PutThing")'),
        ('"""Fuzz PutThing."""', '"""Fuzz PutThing.""" + ""'),
        ('"""Fuzz PutThing."""', '"""Fuzz Put\u202eThing."""'),
        ("risk=Risk.", "**{}, risk=Risk."),
        ("read=None", 'read=eval("None")'),
    ],
)
def test_the_checks_refuse_a_module_that_says_something_else(old, new):
    source, operation = good_module()
    assert old in source
    with pytest.raises(Broken):
        check_module(source.replace(old, new, 1), operation)


def test_the_watch_sees_programs_and_files_outside(tmp_path):
    inside = tmp_path / "tree"
    inside.mkdir()
    with watched(inside):
        (inside / "file").write_text("fine")
        with pytest.raises(Broken):
            (tmp_path / "file").write_text("outside")
        with pytest.raises(Broken):
            os.system("true")
    assert not (tmp_path / "file").exists()


def test_a_declaration_is_never_evaluated():
    call = ast.parse("Operation(id=__import__('os').getcwd())", mode="eval").body
    with pytest.raises(Broken):
        declaration(call, "Operation")
