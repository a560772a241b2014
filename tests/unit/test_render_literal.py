"""Python text for values: it means the value, and black would not change it."""

import ast

import black
import pytest
from black.mode import Mode, TargetVersion
from hypothesis import given
from hypothesis import strategies as st
from smithgate_codegen.emit import literal
from smithgate_codegen.errors import RenderError

HOSTILE = [
    '"""',
    "'''",
    '"',
    "'",
    "\\",
    "\\N{BULLET}",
    "\\u0041\\x41",
    "ends in a backslash\\",
    'ends in a quote"',
    "line\nbreak\r\ttab",
    "{{ 1 }} {% raw %} {# #}",
    "\x00\x1b[2J\x7f",
    "\u202e\u200b\ufeff",
    "\U0001f600 ü",
    '", __import__("os").system("true"), "',
    "#",
    "%s {0} {name}",
    "",
]
MODE = Mode(target_versions={TargetVersion.PY311})


@pytest.mark.parametrize("value", HOSTILE)
def test_a_text_is_its_literal(value):
    printed = literal.text(value)
    assert ast.literal_eval(printed) == value
    assert printed.isascii()
    assert printed.isprintable()


@given(st.text())
def test_any_text_is_its_literal(value):
    printed = literal.text(value)
    assert ast.literal_eval(printed) == value
    assert printed.isascii()
    assert printed.isprintable()


@given(st.text())
def test_black_keeps_a_literal(value):
    source = f"x = {literal.text(value)}\n"
    assert black.format_str(source, mode=MODE) == source


@given(st.text())
def test_no_text_leaves_a_docstring(value):
    source = f'"""{literal.docstring(value)}."""\n'
    tree = ast.parse(source)
    assert len(tree.body) == 1
    assert ast.get_docstring(tree, clean=False) == f"{value.strip()}."


@pytest.mark.parametrize("value", ["a\nb", "\u202e", "ü", "", " a", "a ", "a\tb"])
def test_a_comment_that_could_break_out_is_refused(value):
    with pytest.raises(RenderError, match="cannot be printed as a comment"):
        literal.comment(value)


def test_a_comment_is_printed_as_it_is():
    assert literal.comment('rule x, "y" #z') == 'rule x, "y" #z'


NAMES = st.text("abcXYZ", min_size=1, max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4)
    | st.lists(inner, max_size=4).map(tuple)
    | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.none() | NAMES)
def test_black_keeps_an_argument_and_it_means_the_value(value, note):
    printed = literal.argument("name", value, indent=4, note=note)
    source = f"call(\n    {printed}\n)\n"
    assert black.format_str(source, mode=MODE) == source
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    (keyword,) = statement.value.keywords
    assert ast.literal_eval(keyword.value) == value


def test_a_pair_stays_on_one_line_while_it_fits():
    pair = literal.Inline(("s3", "put_object"))
    assert literal.argument("client", pair, indent=4) == (
        'client=("s3", "put_object"),'
    )
    wide = literal.Inline(("s3", "x" * 80))
    assert literal.argument("client", wide, indent=4).count("\n") == 3


def test_two_items_are_one_a_line_and_the_comment_opens():
    assert literal.argument("a", ("x", "y"), indent=4, note="why") == (
        'a=(  # why\n        "x",\n        "y",\n    ),'
    )


def test_what_is_no_json_is_refused():
    with pytest.raises(RenderError, match="type `set`"):
        literal.argument("a", {"x": {1}}, indent=0)
