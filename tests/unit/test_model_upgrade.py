"""Enums, sets and version 1.0 in the one form that later stages see."""

import json
from typing import Any

import pytest
from smithgate_codegen.errors import ModelError
from smithgate_codegen.model import UNIT, enum_member_names, is_identifier, load_model

ENUM = "smithy.api#enum"
VALUE = "smithy.api#enumValue"
DEFAULT = "smithy.api#default"
BOX: dict[str, Any] = {"smithy.api#box": {}}


def load(shapes: Any, version: Any = "2.0") -> Any:
    text = json.dumps({"smithy": version, "shapes": shapes})
    return load_model(text.encode(), origin="f")


def values(shape: Any) -> Any:
    return {name: member.traits[VALUE] for name, member in shape.members.items()}


def test_an_enum_trait_becomes_an_enum_shape() -> None:
    definitions = [
        {"name": "ONE", "value": "1", "documentation": "the first", "tags": ["x"]},
        {"name": "TWO", "value": "2", "deprecated": True},
    ]
    traits = {ENUM: definitions, "smithy.api#length": {"min": 1}}
    shape = load({"a#E": {"type": "string", "traits": traits}}).expect_shape("a#E")
    assert shape.type == "enum"
    assert shape.traits == {"smithy.api#length": {"min": 1}}
    assert values(shape) == {"ONE": "1", "TWO": "2"}
    assert shape.members["ONE"].target == UNIT
    assert shape.members["ONE"].traits["smithy.api#documentation"] == "the first"
    assert shape.members["ONE"].traits["smithy.api#tags"] == ["x"]
    assert shape.members["TWO"].traits["smithy.api#deprecated"] == {}


def test_an_enum_trait_without_names_gets_names_from_its_values() -> None:
    trait = {ENUM: [{"value": "t2.micro"}, {"value": "t2-micro"}, {"value": "0"}]}
    shape = load({"a#E": {"type": "string", "traits": trait}}).expect_shape("a#E")
    assert values(shape) == {
        "t2_micro": "t2.micro",
        "t2_micro_2": "t2-micro",
        "v_0": "0",
    }


@pytest.mark.parametrize(
    ("trait", "message"),
    [
        ({}, "must be a list"),
        ([1], "must be an object"),
        ([{"name": "A"}], "must be a string"),
        ([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}], "repeats a name"),
    ],
)
def test_bad_enum_traits_are_refused(trait: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        load({"a#E": {"type": "string", "traits": {ENUM: trait}}})
    assert "`a#E`" in caught.value.message


def test_enum_members_without_a_value_have_their_name() -> None:
    members = {"A": {"target": "smithy.api#Unit"}}
    shape = load({"a#E": {"type": "enum", "members": members}}).expect_shape("a#E")
    assert values(shape) == {"A": "A"}


def test_int_enums_keep_their_values() -> None:
    members = {"A": {"target": "smithy.api#Unit", "traits": {VALUE: 7}}}
    shape = load({"a#E": {"type": "intEnum", "members": members}}).expect_shape("a#E")
    assert (shape.type, values(shape)) == ("intEnum", {"A": 7})


@pytest.mark.parametrize(
    ("kind", "traits", "message"),
    [
        ("enum", {VALUE: 1}, "`a#E.A` must be a string"),
        ("intEnum", {VALUE: "1"}, "`a#E.A` must be an integer"),
        ("intEnum", {VALUE: True}, "`a#E.A` must be an integer"),
        ("intEnum", {}, "`a#E.A` must be an integer"),
    ],
)
def test_enum_values_of_the_wrong_type_are_refused(
    kind: str, traits: Any, message: str
) -> None:
    member = {"target": "smithy.api#Unit", "traits": traits}
    with pytest.raises(ModelError, match=message):
        load({"a#E": {"type": kind, "members": {"A": member}}})


def test_enum_names_are_distinct_identifiers() -> None:
    texts = ["a.b", "a-b", "a_b", "", "*", "9", "é", "a b", "_", "None", "a_b_2"]
    names = enum_member_names(texts)
    assert len(set(names)) == len(texts)
    assert all(is_identifier(name) for name in names)


def test_a_set_is_a_list_of_unique_items() -> None:
    node = {"type": "set", "member": {"target": "smithy.api#String"}}
    shape = load({"a#S": node}, "1.0").expect_shape("a#S")
    assert (shape.type, shape.traits) == ("list", {"smithy.api#uniqueItems": {}})


def test_prelude_names_of_version_1_carry_defaults() -> None:
    model = load({})
    for name, zero in {"Boolean": False, "Long": 0, "Double": 0.0}.items():
        assert model.expect_shape(f"smithy.api#{name}").traits == {}
        primitive = model.expect_shape(f"smithy.api#Primitive{name}")
        assert primitive.traits == {DEFAULT: zero}


def members_of_version_1(version: Any) -> Any:
    member = {
        "boxed_here": {"target": "a#Plain", "traits": BOX},
        "boxed_there": {"target": "a#Boxed"},
        "boxed_twice": {"target": "a#Boxed", "traits": BOX},
        "nullable": {"target": "smithy.api#Integer"},
        "plain": {"target": "a#Plain"},
        "primitive": {"target": "smithy.api#PrimitiveBoolean"},
        "text": {"target": "smithy.api#String"},
    }
    shapes = {
        "a#Plain": {"type": "integer"},
        "a#Boxed": {"type": "integer", "traits": BOX},
        "a#S": {"type": "structure", "members": member},
        "a#L": {"type": "list", "member": {"target": "a#Plain"}},
    }
    return load(shapes, version)


def test_version_1_numbers_are_never_null_unless_boxed() -> None:
    model = members_of_version_1("1.0")
    traits = {n: m.traits for n, m in model.expect_shape("a#S").members.items()}
    assert traits == {
        "boxed_here": {DEFAULT: None},
        "boxed_there": {},
        "boxed_twice": {DEFAULT: None},
        "nullable": {},
        "plain": {DEFAULT: 0},
        "primitive": {DEFAULT: False},
        "text": {},
    }
    assert model.expect_shape("a#Plain").traits == {DEFAULT: 0}
    assert model.expect_shape("a#Boxed").traits == {}
    assert model.expect_shape("a#L").members["member"].traits == {}


def test_version_1_members_with_a_streaming_blob_have_an_empty_default() -> None:
    shapes = {
        "a#Body": {"type": "blob", "traits": {"smithy.api#streaming": {}}},
        "a#S": {
            "type": "structure",
            "members": {
                "free": {"target": "a#Body"},
                "needed": {"target": "a#Body", "traits": {"smithy.api#required": {}}},
                "plain": {"target": "smithy.api#Blob"},
            },
        },
    }
    members = load(shapes, "1.0").expect_shape("a#S").members
    assert {n: m.traits.get(DEFAULT) for n, m in members.items()} == {
        "free": "",
        "needed": None,
        "plain": None,
    }
    assert DEFAULT not in load(shapes).expect_shape("a#S").members["free"].traits


def test_version_2_is_taken_at_its_word() -> None:
    members = members_of_version_1("2.0").expect_shape("a#S").members
    assert members["plain"].traits == {}
    assert members["primitive"].traits == {}
