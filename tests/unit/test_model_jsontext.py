"""Strict JSON: each refusal names file, line and column."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate_codegen.errors import ModelSyntax
from smithgate_codegen.model import parse_json
from smithgate_codegen.model.jsontext import find_value, position


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('{"a": 1,\n "b": }', "line 2, column 7", "expecting value"),
        ('{\n  "a": [1, 2', "line 2, column 13", "the text ends too early"),
        ('{"a": "x', "line 1, column 7", "unterminated string"),
        ("", "line 1, column 1", "the text ends too early"),
        ("{} {}", "line 1, column 4", "extra data"),
        ('{"a": 1,\n\n  "b": 2, "a": 3}', "line 3, column 11", "repeated key `a`"),
        ('[{"x": {"k": 1}, "y": {"k": 2, "k": 3}}]', "column 32", "repeated key `k`"),
        ('{"a": "b:,{", "\\u0061": 1}', "line 1, column 15", "repeated key `a`"),
        ('{"a": ["NaN", NaN]}', "line 1, column 15", "`NaN` is not JSON"),
        ('{"\\n": 1, "\\n": 2}', "column 11", r"repeated key `\n`"),
        ('{"a": -Infinity}', "line 1, column 7", "`-Infinity` is not JSON"),
        ('{"a":\n ' + "9" * 5000 + "}", "line 2, column 2", "too many digits"),
        ('{"a": "\\ud800"}', "line 1, column 8", "lone surrogate"),
        ('{"a": "x\ny"}', "line 1, column 9", "invalid control character"),
        ("[" * 200_000, "line 1, column 1", "nested too deeply"),
        ("\ufeff{}", "line 1, column 1", "byte order mark"),
    ],
)
def test_refusals_name_the_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(ModelSyntax) as caught:
        parse_json(text.encode(), origin="x/y.json")
    assert caught.value.message.startswith("`x/y.json`, line ")
    assert place in caught.value.message
    assert reason in caught.value.message
    assert "\n" not in caught.value.message


def test_bytes_that_are_not_utf8_are_refused_with_their_place() -> None:
    with pytest.raises(ModelSyntax, match="line 2, column 3: not UTF-8"):
        parse_json(b'{\n "\xff": 1}', origin="f")


def test_a_surrogate_pair_is_one_character() -> None:
    assert parse_json(b'["\\ud83d\\ude00"]', origin="f") == ["\U0001f600"]


def test_equal_keys_of_different_objects_are_fine() -> None:
    assert parse_json(b'[{"a": {"a": 1}}, {"a": 2}]', origin="f") == [
        {"a": {"a": 1}},
        {"a": 2},
    ]


@given(st.data())
def test_every_truncation_of_a_document_is_refused(data: Any) -> None:
    text = '{"smithy": "2.0", "shapes": {"a#B": {"type": "string"}}}'
    end = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(ModelSyntax, match="line 1, column"):
        parse_json(text[:end].encode(), origin="f")


@given(
    st.dictionaries(st.text(), st.integers(), min_size=1, max_size=5),
    st.data(),
)
def test_a_repeated_key_is_found_whatever_it_is_called(members: Any, data: Any) -> None:
    key = data.draw(st.sampled_from(sorted(members)))
    parts = [f"{json.dumps(k)}: {v}" for k, v in members.items()]
    text = "{" + ", ".join([*parts, f"{json.dumps(key)}: 0"]) + "}"
    with pytest.raises(ModelSyntax):
        parse_json(text.encode(), origin="f")


TEXT = """{
  "a": [1, {"b": "x,]}:", "c": []}],
  "d\\u0065": {"": null, "f": [[], [true]]}
}"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1, 0)),
        (("a",), (2, 8, 1)),
        (("a", 0), (2, 9, 2)),
        (("a", 1), (2, 12, 2)),
        (("a", 1, "b"), (2, 18, 3)),
        (("a", 1, "c"), (2, 32, 3)),
        (("de",), (3, 14, 1)),
        (("de", ""), (3, 19, 2)),
        (("de", "f", 1, 0), (3, 36, 4)),
        (("a", 7), (2, 8, 1)),
        (("a", 1, "zz"), (2, 12, 2)),
        (("zz", "a"), (1, 1, 0)),
    ],
)
def test_a_value_is_found_by_its_path(path: Any, place: Any) -> None:
    offset, depth = find_value(TEXT, path)
    assert (*position(TEXT, offset), depth) == place
