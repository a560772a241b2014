"""Shape ids: parsing, printing, order."""

from typing import Any

import pytest
from smithgate_codegen.errors import ModelError
from smithgate_codegen.model import ShapeId, is_identifier


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("com.amazonaws.s3#PutObject", ("com.amazonaws.s3", "PutObject", None)),
        ("a#B$c", ("a", "B", "c")),
        ("a_b.c1#__listOf__string", ("a_b.c1", "__listOf__string", None)),
    ],
)
def test_parse_and_print_are_inverse(text: str, parts: Any) -> None:
    shape_id = ShapeId.parse(text)
    assert (shape_id.namespace, shape_id.name, shape_id.member) == parts
    assert str(shape_id) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "B", "a#", "#B", "a#B$", "a.#B", ".a#B", "a#1B", "a#__", "a#B#C"),
        *("a#B$c$d", "a b#C", "a#B\n", "a#É", "a#B$c\n"),
    ],
)
def test_what_is_no_absolute_id_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="not an absolute shape id") as caught:
        ShapeId.parse(text)
    assert caught.value.hint


def test_order_is_namespace_name_member() -> None:
    texts = ["b#A", "a#B$y", "a#B", "a#C", "a#B$x"]
    ordered = [str(i) for i in sorted(map(ShapeId.parse, texts))]
    assert ordered == ["a#B", "a#B$x", "a#B$y", "a#C", "b#A"]


def test_order_with_anything_else_is_an_error() -> None:
    with pytest.raises(TypeError):
        assert ShapeId("a", "B") < "a#B"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Aa_1", True), ("__x", True), ("_", False), ("1a", False), ("a-b", False)],
)
def test_identifiers(name: str, expected: Any) -> None:
    assert is_identifier(name) is expected
