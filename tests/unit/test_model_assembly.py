"""Several files as one model: versions, conflicts, metadata, what is no model."""

import json
from typing import Any

import pytest
from smithgate_codegen.errors import ModelError, NotAModel, UnknownShape
from smithgate_codegen.model import ShapeId, load_model, load_models


def file(shapes: Any, *, version: Any = "2.0", **top: Any) -> Any:
    return json.dumps({"smithy": version, "shapes": shapes, **top}).encode()


def models(*files: Any) -> Any:
    return load_models([(data, f"{n}.json") for n, data in enumerate(files)])


def test_files_see_each_others_shapes() -> None:
    model = models(
        file({"a#L": {"type": "list", "member": {"target": "b#S"}}}),
        file({"b#S": {"type": "string"}}),
    )
    assert model.expect_shape("a#L").members["member"].target == ShapeId("b", "S")


def test_equal_definitions_are_one() -> None:
    same = file({"a#S": {"type": "string"}})
    assert models(same, same).expect_shape("a#S").type == "string"


def test_conflicting_definitions_name_both_files() -> None:
    message = r"`1\.json`, line 1, .*: `a#S` is defined differently in `0\.json`"
    with pytest.raises(ModelError, match=message):
        models(file({"a#S": {"type": "string"}}), file({"a#S": {"type": "blob"}}))


def test_metadata_arrays_are_joined_and_other_differences_refused() -> None:
    model = models(file({}, metadata={"x": [1]}), file({}, metadata={"x": [2]}))
    assert model.metadata == {"x": [1, 2]}
    with pytest.raises(ModelError, match="metadata `x`"):
        models(file({}, metadata={"x": 1}), file({}, metadata={"x": 2}))


@pytest.mark.parametrize("version", ["1", "1.0", "2", "2.0"])
def test_known_versions(version: str) -> None:
    assert len(models(file({"a#S": {"type": "string"}}, version=version)).shapes) > 1


@pytest.mark.parametrize("version", ["3.0", "2.1", "", 2])
def test_unknown_versions_are_refused(version: str) -> None:
    with pytest.raises(ModelError):
        models(file({}, version=version))


def test_unknown_properties_are_ignored_with_a_warning() -> None:
    model = models(b'{"smithy": "2.0",\n "shape": {}}')
    message = "the file has the unknown property `shape`, which is ignored"
    assert model.warnings == (f"`0.json`, line 2, column 11: {message}",)


def test_json_without_a_version_is_told_apart() -> None:
    with pytest.raises(NotAModel) as caught:
        load_model(b'{"overrides": {}}', origin=".scripts/overrides.json")
    assert caught.value.code == "not_a_model"
    assert "`.scripts/overrides.json` is not a Smithy model" in caught.value.message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[]", "the file must be an object"),
        (b'{"smithy": "2.0", "shapes": []}', "shapes must be an object"),
        (b'{"smithy": "2.0", "metadata": 1}', "metadata must be an object"),
        (file({"S": {"type": "string"}}), "`S` is not an absolute shape id"),
        (file({"a#S$m": {"type": "string"}}), "defines a member"),
    ],
)
def test_wrong_files_are_refused(data: Any, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        models(data)
    assert message in caught.value.message
    assert "`0.json`" in caught.value.message


def test_applied_traits_reach_shapes_and_members_of_other_files() -> None:
    target = {"a#S": {"type": "structure", "members": {"m": {"target": "a#T"}}}}
    model = models(
        file({"a#S": {"type": "apply", "traits": {"x#one": 1}}}),
        file({"a#S$m": {"type": "apply", "traits": {"x#two": [2]}}}),
        file({**target, "a#T": {"type": "string"}}),
        file({"a#S$m": {"type": "apply", "traits": {"x#two": [3]}}}),
    )
    shape = model.expect_shape("a#S")
    assert shape.traits == {"x#one": 1}
    assert shape.members["m"].traits == {"x#two": [2, 3]}


def test_applied_traits_that_contradict_are_refused() -> None:
    with pytest.raises(ModelError, match="trait `x#t` of `a#S` has another value"):
        models(
            file({"a#S": {"type": "string", "traits": {"x#t": 1}}}),
            file({"a#S": {"type": "apply", "traits": {"x#t": 2}}}),
        )


@pytest.mark.parametrize("target", ["a#S", "a#T$m"])
def test_applying_to_what_is_not_there_is_refused(target: Any) -> None:
    with pytest.raises(UnknownShape, match="which is not defined"):
        models(
            file(
                {
                    target: {"type": "apply", "traits": {"x#t": 1}},
                    "a#T": {"type": "structure", "members": {}},
                }
            )
        )


def test_traits_that_nobody_reads_are_not_kept() -> None:
    kept, dropped = "smithy.api#title", "smithy.rules#endpointRuleSet"
    service = {"type": "service", "traits": {kept: "A", dropped: {"huge": []}}}
    assert models(file({"a#S": service})).service.traits == {kept: "A"}
