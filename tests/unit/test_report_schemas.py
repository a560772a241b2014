"""Each difference between two schemas has a class, and none is passed over."""

from typing import Any

import pytest
from report_kit import schema
from smithgate_codegen.report.schemas import ROOT, Kind, SchemaChange, compare_schemas

TEXT = {"type": "string"}
BREAKING, LOOSENING, MEANING, DOCS = (
    Kind.BREAKING,
    Kind.LOOSENING,
    Kind.MEANING,
    Kind.DOCS,
)


def changes(before: Any, after: Any, *, is_input: bool = True) -> list[SchemaChange]:
    """Compare two nodes as the member ``A``."""
    return compare_schemas(
        schema({"A": before}), schema({"A": after}), is_input=is_input
    )


def kinds(before: Any, after: Any, *, is_input: bool = True) -> list[tuple[str, Kind]]:
    return [(c.what, c.kind) for c in changes(before, after, is_input=is_input)]


def union(**members: Any) -> dict[str, Any]:
    branches = [schema({n: node}, required=[n]) for n, node in members.items()]
    return {"type": "object", "minProperties": 1, "oneOf": branches}


@pytest.mark.parametrize(
    ("before", "after", "what", "forth", "back"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "enum", BREAKING, LOOSENING),
        (TEXT, {**TEXT, "enum": ["a"]}, "enum", BREAKING, LOOSENING),
        (TEXT, {**TEXT, "minLength": 1}, "minLength", BREAKING, LOOSENING),
        (
            {**TEXT, "minLength": 1},
            {**TEXT, "minLength": 2},
            "minLength",
            BREAKING,
            LOOSENING,
        ),
        (
            {**TEXT, "maxLength": 9},
            {**TEXT, "maxLength": 2},
            "maxLength",
            BREAKING,
            LOOSENING,
        ),
        (
            {"type": "integer", "minimum": 0},
            {"type": "integer", "minimum": 1},
            "minimum",
            BREAKING,
            LOOSENING,
        ),
        (
            {"type": "integer", "maximum": 5},
            {"type": "integer", "maximum": 4},
            "maximum",
            BREAKING,
            LOOSENING,
        ),
        (
            {"type": "array", "items": TEXT},
            {"type": "array", "items": TEXT, "maxItems": 1},
            "maxItems",
            BREAKING,
            LOOSENING,
        ),
        (
            {"type": "array", "items": TEXT},
            {"type": "array", "items": TEXT, "uniqueItems": True},
            "uniqueItems",
            BREAKING,
            LOOSENING,
        ),
        (TEXT, {**TEXT, "pattern": "^a$"}, "pattern", BREAKING, LOOSENING),
        (
            {**TEXT, "pattern": "^(a|b)$"},
            {**TEXT, "pattern": "^a$"},
            "pattern",
            BREAKING,
            LOOSENING,
        ),
        (
            {**TEXT, "pattern": "^a$"},
            {**TEXT, "pattern": "^b$"},
            "pattern",
            BREAKING,
            BREAKING,
        ),
        (TEXT, {**TEXT, "format": "date-time"}, "format", BREAKING, LOOSENING),
        (TEXT, {"type": "integer"}, "type", BREAKING, BREAKING),
        ({}, TEXT, "type", BREAKING, LOOSENING),
        ({"type": "number"}, {"type": "integer"}, "type", BREAKING, LOOSENING),
        ({"anyOf": [TEXT, {"type": "null"}]}, TEXT, "null", BREAKING, LOOSENING),
        (schema({"X": TEXT}), schema({}), "member", BREAKING, LOOSENING),
        (
            schema({"X": TEXT}),
            schema({"X": TEXT}, required=["X"]),
            "required",
            BREAKING,
            LOOSENING,
        ),
        (
            {"type": "object", "properties": {}},
            schema({}),
            "closed",
            BREAKING,
            LOOSENING,
        ),
        (
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": False},
            "closed",
            BREAKING,
            LOOSENING,
        ),
        (
            union(X=TEXT, Y=TEXT),
            union(X=TEXT),
            "union branch",
            BREAKING,
            LOOSENING,
        ),
        (schema({"X": TEXT}), union(X=TEXT), "union", BREAKING, BREAKING),
        (TEXT, {**TEXT, "description": "b"}, "description", DOCS, DOCS),
        (TEXT, {**TEXT, "deprecated": True}, "deprecated", DOCS, DOCS),
        (TEXT, {**TEXT, "default": "b"}, "default", MEANING, MEANING),
        (TEXT, {**TEXT, "x-sensitive": True}, "x-sensitive", MEANING, MEANING),
        (TEXT, {**TEXT, "contains": 1}, "keyword", BREAKING, BREAKING),
    ],
)
def test_a_request(before: Any, after: Any, what: str, forth: Kind, back: Kind) -> None:
    assert (what, forth) in kinds(before, after)
    assert (what, back) in kinds(after, before)
    worst = min(kinds(before, after), key=lambda pair: list(Kind).index(pair[1]))
    assert worst[1] is forth


@pytest.mark.parametrize(
    ("before", "after", "what", "forth", "back"),
    [
        (schema({"X": TEXT}), schema({}), "member", BREAKING, LOOSENING),
        (TEXT, {"type": "integer"}, "type", BREAKING, BREAKING),
        ({"type": "integer"}, {"type": "number"}, "type", BREAKING, LOOSENING),
        (TEXT, {"anyOf": [TEXT, {"type": "null"}]}, "null", BREAKING, LOOSENING),
        (
            schema({"X": TEXT}, required=["X"]),
            schema({"X": TEXT}),
            "required",
            BREAKING,
            LOOSENING,
        ),
    ],
)
def test_a_reply(before: Any, after: Any, what: str, forth: Kind, back: Kind) -> None:
    assert kinds(before, after, is_input=False) == [(what, forth)]
    assert kinds(after, before, is_input=False) == [(what, back)]


def test_paths_say_where() -> None:
    def nested(leaf: Any) -> Any:
        keyed = {"type": "object", "propertyNames": leaf, "additionalProperties": leaf}
        return {"type": "array", "items": schema({"B": keyed})}

    found = changes(nested(TEXT), nested({**TEXT, "maxLength": 3}))
    assert [(c.path, c.member, c.text) for c in found] == [
        ("A[].B{key}", "B{key}", "maxLength none → 3"),
        ("A[].B{}", "B{}", "maxLength none → 3"),
    ]
    top = compare_schemas(schema({}), {**schema({}), "title": "t"}, is_input=True)
    assert [(c.path, c.kind) for c in top] == [(ROOT, DOCS)]


def test_map_keys_are_text_without_being_told() -> None:
    free = {"type": "object", "additionalProperties": TEXT}
    assert kinds(free, {**free, "propertyNames": TEXT}) == []


def test_inlined_and_referred_schemas_are_the_same() -> None:
    inline = schema({"A": schema({"X": TEXT})})
    shared = {
        **schema({"A": {"$ref": "#/$defs/S", "description": "here"}}),
        "$defs": {"S": schema({"X": TEXT})},
    }
    found = compare_schemas(inline, shared, is_input=True)
    assert [(c.path, c.kind) for c in found] == [("A", DOCS)]


def recursive(depth: int, leaf: Any) -> dict[str, Any]:
    """Return definitions that refer to each other in a ring of ``depth``."""
    ring = {
        f"S{at}": schema({"Next": {"$ref": f"#/$defs/S{(at + 1) % depth}"}, "L": leaf})
        for at in range(depth)
    }
    return {**schema({"A": {"$ref": "#/$defs/S0"}}), "$defs": ring}


def test_recursion_ends_and_each_definition_is_told_once() -> None:
    before, after = recursive(2, TEXT), recursive(2, {**TEXT, "maxLength": 1})
    found = compare_schemas(before, after, is_input=True)
    assert [c.path for c in found] == ["A.L", "A.Next.L"]


def test_deep_schemas_need_no_stack() -> None:
    before, after = recursive(3_000, TEXT), recursive(3_000, {**TEXT, "enum": ["a"]})
    assert len(compare_schemas(before, after, is_input=True)) == 3_000


@pytest.mark.parametrize(
    "broken",
    [
        {"$ref": "#/$defs/None"},
        {"$ref": "https://example.com/other.json"},
        {"$ref": "#/$defs/Loop"},
        {"$ref": 1},
    ],
)
def test_a_reference_that_leads_nowhere_is_breaking(broken: Any) -> None:
    after = {
        **schema({"A": broken}),
        "$defs": {"Loop": {"$ref": "#/$defs/Loop"}},
    }
    found = compare_schemas(schema({"A": TEXT}), after, is_input=True)
    assert [(c.path, c.what, c.kind) for c in found] == [("A", "reference", BREAKING)]


@pytest.mark.parametrize("odd", [[], "x", None, True, {"properties": 3, "enum": None}])
def test_odd_nodes_are_compared_and_not_believed(odd: Any) -> None:
    compare_schemas(schema({"A": odd}), schema({"A": TEXT}), is_input=True)
    compare_schemas(schema({"A": TEXT}), schema({"A": odd}), is_input=False)


def test_values_are_named() -> None:
    (found,) = changes({"enum": ["a", "b"]}, {"enum": ["b", "ü", 'c"']})[:1]
    texts = {c.text for c in changes({"enum": ["a"]}, {"enum": ["ü", 'c"']})}
    assert found.path == "A"
    assert texts == {'1 value removed: "a"', '2 values added: "ü", "c\\""'}


def test_equal_schemas_have_no_differences() -> None:
    assert compare_schemas(recursive(3, TEXT), recursive(3, TEXT), is_input=True) == []


def test_the_same_language_written_differently_is_docs() -> None:
    before = {**TEXT, "pattern": "^(?:a|bc)$"}
    assert kinds(before, {**TEXT, "pattern": "^(a|bc)$"}) == [("pattern", DOCS)]
