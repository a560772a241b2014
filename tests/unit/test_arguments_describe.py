from pathlib import Path
from typing import Any

import pytest
from generated_tree import Tree, standard_tree
from hypothesis import given
from hypothesis import strategies as st
from smithgate.arguments import Arguments
from smithgate.arguments.example import minimal_example
from smithgate.arguments.sample import NoSample, sample
from smithgate.arguments.validators import compile_schema
from smithgate.catalog import Catalog


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> Arguments:
    return Arguments(Catalog(standard_tree(tmp_path_factory.mktemp("tree")).write()))


def member(arguments: Arguments, operation: str, name: str) -> dict[str, Any]:
    members = arguments.describe(operation)["members"]
    return next(member for member in members if member["name"] == name)


def test_required_members_come_first(arguments: Arguments) -> None:
    members = arguments.describe("s3:PutObject")["members"]
    names = [(member["name"], member["required"]) for member in members]
    assert names == [
        ("Bucket", True),
        ("Key", True),
        ("Body", False),
        ("ContentType", False),
        ("Expires", False),
        ("Metadata", False),
    ]


@pytest.mark.parametrize(
    ("operation", "name", "text"),
    [
        ("s3:PutObject", "Body", "base64"),
        ("s3:PutObject", "Expires", "timestamp"),
        ("s3:PutObject", "Metadata", "{[key]: string}"),
        ("ec2:RunInstances", "MinCount", "integer"),
        ("ec2:RunInstances", "TagSpecifications", "{Tags?: string[]}[]"),
        (
            "s3:PutBucketVersioning",
            "VersioningConfiguration",
            '{MFADelete?: string, Status?: "Enabled" | "Suspended"}',
        ),
    ],
)
def test_types_read_like_typescript(
    arguments: Arguments, operation: str, name: str, text: str
) -> None:
    assert member(arguments, operation, name)["type"] == text


def test_recursion_is_cut(arguments: Arguments) -> None:
    text = member(arguments, "dynamodb:PutItem", "Item")["type"]
    assert text.startswith(
        "{[key]: {S: string} | {B: base64} | {BOOL: boolean} | {L: ("
    )
    assert "{L: {…}[]}" in text
    assert len(text) <= 401


def test_what_else_is_said_of_a_member(arguments: Arguments) -> None:
    assert member(arguments, "s3:PutBucketVersioning", "MFA") == {
        "name": "MFA",
        "type": "string",
        "required": False,
        "maxLength": 20,
        "sensitive": True,
    }
    token = member(arguments, "ec2:RunInstances", "ClientToken")
    assert token["filled_in"].startswith("leave it out")
    assert member(arguments, "ec2:RunInstances", "MinCount") == {
        "name": "MinCount",
        "type": "integer",
        "required": True,
    }
    table = member(arguments, "dynamodb:PutItem", "TableName")
    assert table["pattern"] == "^[a-zA-Z0-9_.-]+$"


def test_long_enums_are_cut_with_a_count(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.service("x")
    values = [f"v{number:03}" for number in range(60)]
    tree.operation(
        "x:Op",
        {"E": {"$ref": "#/$defs/E", "description": "Which."}},
        defs={"E": {"type": "string", "enum": values}},
    )
    found = member(Arguments(Catalog(tree.write())), "x:Op", "E")
    assert found["type"] == "string"
    assert found["enum"] == values[:50]
    assert found["enum_omitted"] == 10
    assert found["description"] == "Which."


@pytest.mark.parametrize(
    ("operation", "example"),
    [
        (
            "s3:PutBucketVersioning",
            {"Bucket": "example", "VersioningConfiguration": {}},
        ),
        ("ec2:RunInstances", {"MinCount": 1}),
        ("rds:DescribeDBInstances", {}),
        ("dynamodb:PutItem", {"Item": {}, "TableName": "example"}),
    ],
)
def test_the_minimal_example_holds_what_is_required(
    arguments: Arguments, operation: str, example
) -> None:
    assert arguments.minimal_example(operation) == example
    assert arguments.describe(operation)["minimal_example"] == example
    arguments.check(operation, example)


def test_examples_of_every_operation_are_valid(arguments: Arguments) -> None:
    for entry in arguments._catalog.entries():
        example = arguments.minimal_example(entry.id)
        assert example is not None
        arguments.check(entry.id, example)


def schema_of(node, defs=None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["V"],
        "properties": {"V": node},
        "$defs": defs or {},
    }


@pytest.mark.parametrize(
    "node",
    [
        {"type": "string", "minLength": 30},
        {"type": "string", "maxLength": 3},
        {"type": "string", "minLength": 64, "maxLength": 64, "pattern": "^[a-f0-9]+$"},
        {"type": "string", "pattern": "^vpc-([0-9a-f]{8}|[0-9a-f]{17})$"},
        {"type": "string", "pattern": "^(?!aws:)[\\p{L}\\p{N}_.:/=+\\-@]{4,}$"},
        {"type": "string", "pattern": "^[^:/]+$", "minLength": 3},
        {"type": "string", "pattern": "\\S+"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "contentEncoding": "base64"},
        {"type": "string", "contentEncoding": "base64", "minLength": 18},
        {"type": "string", "pattern": "^i-(?!x)([a-z0-9]{17}|\\*)$"},
        {
            "type": "string",
            "minLength": 64,
            "maxLength": 64,
            "pattern": "^(0x)?[0-9a-f]+$",
        },
        {"type": "integer", "minimum": 60, "maximum": 100},
        {"type": "integer", "minimum": -5, "maximum": -2},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array", "minItems": 2, "items": {"type": "string"}},
        {"type": "array", "items": {"type": "string"}},
        {"enum": ["b", "a"]},
        {"const": 7},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "string"},
            "propertyNames": {"pattern": "^k[0-9]$"},
        },
        {
            "type": "object",
            "minProperties": 2,
            "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {}},
            "required": ["c"],
        },
        {
            "oneOf": [
                {"$ref": "#/$defs/Ring"},
                {
                    "type": "object",
                    "required": ["S"],
                    "properties": {"S": {"type": "string"}},
                    "additionalProperties": False,
                },
            ]
        },
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": ["integer", "string"]},
        {},
    ],
)
def test_an_example_is_valid(node) -> None:
    ring = {
        "type": "object",
        "required": ["R"],
        "properties": {"R": {"$ref": "#/$defs/Ring"}},
        "additionalProperties": False,
    }
    schema = schema_of(node, {"Ring": ring})
    found = minimal_example(schema)
    assert found is not None
    assert compile_schema(schema, "a test").is_valid(found)


@pytest.mark.parametrize(
    "node",
    [
        {"$ref": "#/$defs/Ring"},
        {"type": "string", "pattern": "^(?=.*1)(?=.*2)x$"},
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"type": "string"},
        },
        {"type": "array", "minItems": 10**9, "items": {"type": "string"}},
        {"type": "string", "minLength": 10**9},
    ],
)
def test_no_example_is_none(node) -> None:
    ring = {
        "type": "object",
        "required": ["R"],
        "properties": {"R": {"$ref": "#/$defs/Ring"}},
    }
    assert minimal_example(schema_of(node, {"Ring": ring})) is None


def test_an_example_that_the_check_refuses_is_none(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.service("x")
    dots = {"type": "string", "enum": [".."]}
    tree.operation("x:Op", {"Id": dots}, required=("Id",), labels=("Id",))
    assert Arguments(Catalog(tree.write())).minimal_example("x:Op") is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^[a-z]{3}$", "aaa"),
        ("^(?:ab|c)+d?$", "c"),
        ("\\d{3}-\\d{2}", "000-00"),
        ("^[^a]$", "A"),
        ("[\\w-]{2}", "aa"),
        ("^arn:(aws|aws-cn):s3:::[a-z0-9.-]{3,63}$", "arn:aws:s3:::aaa"),
        ("^\\p{L}\\p{N}$", "a0"),
        ("^(?<name>x)\\x41\\u0042\\.$", "xAB."),
        ("a{2,}?b*c+", "aac"),
        ("x{a}", "x{a}"),
        ("", ""),
    ],
)
def test_samples(pattern: str, text: str) -> None:
    assert sample(pattern, 0, 100) == text


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "a)", "(?P=x)", "\\1", "[[a]]", "\\p{Han}", "a{1000}", "\\"]
)
def test_what_is_not_understood_gives_no_sample(pattern: str) -> None:
    with pytest.raises(NoSample):
        sample(pattern, 0, 100)


@given(st.text(alphabet="ab01[](){}|\\^$.*+?-,:=!<>dwpu", max_size=12))
def test_any_pattern_ends_in_a_short_text_or_no_sample(pattern: str) -> None:
    try:
        text = sample(pattern, 3, 50)
    except NoSample:
        return
    assert len(text) <= 50 * max(1, len(pattern))
