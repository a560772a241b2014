"""The text of a schema file."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate_codegen.emit.schema_text import dump_schema, ordered


def test_one_item_is_on_each_line_and_the_file_ends_in_a_newline():
    text = dump_schema({"type": "object", "required": ["A", "B"]})
    assert text == (
        '{\n  "type": "object",\n  "required": [\n    "A",\n    "B"\n  ]\n}\n'
    )


def test_keywords_have_one_order():
    node = {"properties": {}, "x-sensitive": True, "type": "object", "title": "t"}
    assert list(ordered(node)) == ["title", "type", "properties", "x-sensitive"]


def test_an_unknown_keyword_is_an_error():
    with pytest.raises(KeyError):
        ordered({"typ": "object"})


@pytest.mark.parametrize("shown", ["é", "日本", "✓", "“", "😀"])
def test_what_shows_is_printed(shown):
    assert shown in dump_schema({"title": shown})


@pytest.mark.parametrize(
    ("hidden", "escape"),
    [
        ("\u202e", "\\u202e"),
        ("\u2066", "\\u2066"),
        ("\u200b", "\\u200b"),
        ("\ufeff", "\\ufeff"),
        ("\xa0", "\\u00a0"),
        ("\x85", "\\u0085"),
        ("\x7f", "\\u007f"),
        ("\x1b", "\\u001b"),
        ("\u2028", "\\u2028"),
        ("\u3164", "\\u3164"),
        ("\ufe0f", "\\ufe0f"),
        ("\ue000", "\\ue000"),
        ("\U000e0041", "\\udb40\\udc41"),
    ],
)
def test_what_does_not_show_is_escaped(hidden, escape):
    text = dump_schema({"title": f"a{hidden}b"})
    assert f"a{escape}b" in text
    assert json.loads(text) == {"title": f"a{hidden}b"}


def test_numbers_that_json_does_not_have_are_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_schema({"default": float("nan")})


@given(st.text(max_size=40))
def test_every_text_comes_back_and_shows(value):
    text = dump_schema({"title": value})
    assert json.loads(text) == {"title": value}
    assert all(unicodedata.category(c)[0] != "C" or c == "\n" for c in text)
