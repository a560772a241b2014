"""Models as a whole: targets, lazy shapes, look-ups, member traits, operations."""

import json
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import ModelError, UnknownShape, UnsupportedShape
from smithgate_codegen.model import UNIT, ShapeId, load_model

SIMPLE = (
    *("blob", "boolean", "string", "byte", "short", "integer", "long", "float"),
    *("double", "bigInteger", "bigDecimal", "timestamp", "document"),
)


def load(shapes: Any) -> Any:
    return load_model(
        json.dumps({"smithy": "2.0", "shapes": shapes}).encode(), origin="f"
    )


def ref(*names: Any) -> Any:
    return [{"target": f"a#{name}"} for name in names]


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (
            {"a#S": {"type": "structure", "members": {"m": {"target": "a#Gone"}}}},
            "`a#S$m` targets `a#Gone`, which is not defined",
        ),
        (
            {"a#O": {"type": "operation", "input": {"target": "a#Gone"}}},
            "`a#O input` targets `a#Gone`, which is not defined",
        ),
        (
            {"a#O": {"type": "operation", "errors": ref("Gone")}},
            "`a#O errors` targets `a#Gone`, which is not defined",
        ),
        (
            {"a#R": {"type": "resource", "identifiers": {"id": {"target": "a#Gone"}}}},
            "`a#R identifiers id` targets `a#Gone`, which is not defined",
        ),
        (
            {"a#L": {"type": "list", "member": {"target": "smithy.api#Strin"}}},
            "`a#L$member` targets `smithy.api#Strin`, which is not defined",
        ),
    ],
)
def test_dangling_targets_name_file_and_shape(shapes: Any, message: str) -> None:
    with pytest.raises(UnknownShape) as caught:
        load(shapes)
    place, found = caught.value.message.split(": ", 1)
    assert place.startswith("`f`, line 1, column ")
    assert found == message


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            {"type": "list", "member": {"target": "String"}},
            "`String` is not an absolute",
        ),
        ({"type": "list"}, "`a#S` has no `member`"),
        ({"type": "map", "key": {"target": "smithy.api#String"}}, "has no `value`"),
    ],
)
def test_incomplete_shapes_are_refused(shape: Any, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        load({"a#S": shape})
    assert message in caught.value.message


@pytest.mark.parametrize("kind", SIMPLE)
def test_every_simple_type_has_a_prelude_shape(kind: str) -> None:
    model = load({})
    name = kind[0].upper() + kind[1:]
    assert model.expect_shape(f"smithy.api#{name}", kind).traits == {}


def test_unit_is_an_empty_structure() -> None:
    unit = load({}).expect_shape(UNIT, "structure")
    assert (dict(unit.members), "smithy.api#unitType" in unit.traits) == ({}, True)


def test_expect_shape_refuses_what_is_missing_and_what_is_of_another_type() -> None:
    model = load({"a#S": {"type": "string"}})
    assert model.expect_shape(ShapeId("a", "S"), "blob", "string").type == "string"
    with pytest.raises(UnknownShape, match="the model has no shape `a#T`"):
        model.expect_shape("a#T")
    with pytest.raises(UnsupportedShape, match="is of type string, not list or map"):
        model.expect_shape("a#S", "list", "map")


def test_shapes_are_built_once() -> None:
    model = load({"a#S": {"type": "string"}})
    assert model.expect_shape("a#S") is model.shapes[ShapeId("a", "S")]


def test_the_shape_table_is_a_mapping_in_file_order() -> None:
    shapes = load({"a#Z": {"type": "string"}, "a#A": {"type": "blob"}}).shapes
    own = [i.name for i in shapes if i.namespace == "a"]
    assert own == ["Z", "A"]
    assert len(list(shapes)) == len(shapes) == len(dict(shapes))
    assert ShapeId("a", "Gone") not in shapes
    assert "a#Z" not in shapes


def test_recursion_unions_streams_and_documents_load() -> None:
    streams: dict[str, Any] = {"smithy.api#streaming": {}}
    model = load(
        {
            "a#Tree": {"type": "structure", "members": {"kids": {"target": "a#Trees"}}},
            "a#Trees": {"type": "list", "member": {"target": "a#Tree"}},
            "a#U": {"type": "union", "members": {"t": {"target": "a#Tree"}}},
            "a#Events": {
                "type": "union",
                "members": {"e": {"target": "a#Tree"}},
                "traits": streams,
            },
            "a#Body": {"type": "blob", "traits": streams},
            "a#Doc": {"type": "document"},
        }
    )
    kids = model.expect_shape("a#Tree").members["kids"]
    item = model.expect_shape(kids.target, "list").members["member"]
    assert model.shapes[item.target] is model.expect_shape("a#Tree")
    assert model.expect_shape("a#U", "union").members["t"].name == "t"
    assert model.expect_shape("a#Events", "union").traits == streams
    assert model.expect_shape("a#Body", "blob").traits == streams
    assert model.expect_shape("a#Doc", "document").id == ShapeId("a", "Doc")


def test_member_traits_override_those_of_the_target() -> None:
    length = "smithy.api#length"
    model = load(
        {
            "a#T": {"type": "string", "traits": {length: {"max": 9}, "t#a": 1}},
            "a#Bare": {"type": "string"},
            "a#S": {
                "type": "structure",
                "members": {
                    "both": {"target": "a#T", "traits": {length: {"max": 3}}},
                    "target": {"target": "a#T"},
                    "own": {"target": "a#Bare", "traits": {"t#b": 2}},
                },
            },
        }
    )
    members = model.expect_shape("a#S").members
    assert model.member_traits(members["both"]) == {length: {"max": 3}, "t#a": 1}
    assert model.member_traits(members["target"]) == {length: {"max": 9}, "t#a": 1}
    assert model.member_traits(members["own"]) == {"t#b": 2}


@pytest.mark.parametrize("names", [(), ("S", "T")])
def test_a_model_has_exactly_one_service(names: Any) -> None:
    model = load({f"a#{name}": {"type": "service"} for name in names})
    with pytest.raises(ModelError, match="must have one service shape"):
        _ = model.service


def test_operations_without_input_and_output_have_unit() -> None:
    shape = load({"a#O": {"type": "operation"}}).expect_shape("a#O")
    assert (shape.input, shape.output, shape.errors) == (UNIT, UNIT, ())
    assert load({"a#S": {"type": "string"}}).expect_shape("a#S").input is None


def service_with_resources() -> Any:
    operations = ("Plain", "Create", "Put", "Get", "List", "Batch", "Move", "Deep")
    return load(
        {
            **{f"a#{name}": {"type": "operation"} for name in operations},
            "a#S": {
                "type": "service",
                "operations": ref("Plain", "Move"),
                "resources": ref("R"),
            },
            "a#R": {
                "type": "resource",
                "create": ref("Create")[0],
                "put": ref("Put")[0],
                "read": ref("Get")[0],
                "list": ref("List")[0],
                "operations": ref("Move"),
                "collectionOperations": ref("Batch"),
                "resources": ref("Child"),
            },
            "a#Child": {"type": "resource", "resources": ref("Grandchild")},
            "a#Grandchild": {
                "type": "resource",
                "delete": ref("Deep")[0],
                "resources": ref("R"),
            },
        }
    )


def test_operations_are_found_through_nested_resources_once_and_sorted() -> None:
    found = [
        (b.shape.id.name, b.resource and b.resource.name, b.lifecycle)
        for b in service_with_resources().operations()
    ]
    assert found == [
        ("Batch", "R", None),
        ("Create", "R", "create"),
        ("Deep", "Grandchild", "delete"),
        ("Get", "R", "read"),
        ("List", "R", "list"),
        ("Move", "R", None),
        ("Plain", None, None),
        ("Put", "R", "put"),
    ]


def test_a_binding_to_something_else_than_an_operation_is_refused() -> None:
    shapes = {
        "a#T": {"type": "string"},
        "a#S": {"type": "service", "operations": ref("T")},
    }
    with pytest.raises(ModelError, match="targets `a#T` of type string, not operation"):
        load(shapes)


SHARED = Path(__file__).parents[2].parent / "shared" / "api-models-aws"


@pytest.mark.models
@pytest.mark.skipif(not SHARED.is_dir(), reason="the public models are not there")
def test_every_public_model_loads() -> None:
    count = bound = files = 0
    for path in sorted(SHARED.glob("*/service/*/*.json")):
        model = load_model(path.read_bytes(), origin=path.name)
        operations = model.operations()
        files += 1
        count += len(operations)
        bound += sum(operation.resource is not None for operation in operations)
        for shape in model.shapes.values():
            assert shape.type != "set"
            assert "smithy.api#enum" not in shape.traits
    assert (files, count, bound) == (402, 16_019, 2_488)
