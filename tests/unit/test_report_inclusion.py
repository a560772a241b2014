"""A pattern that is called wider takes everything that the older one took."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smithgate_codegen.report.inclusion import Relation, relation

LAMBDA = (
    "^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"
    "(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)$"
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("^a$", "^a$", Relation.SAME),
        ("^(?:a|b)$", "^(b|a)$", Relation.SAME),
        ("^[ab]$", "^[ba]$", Relation.SAME),
        ("^[a-c]$", "^[abc]$", Relation.SAME),
        ("^a$", "^a?$", Relation.WIDER),
        ("^ab$", "^a(x|y)?b$", Relation.WIDER),
        ("^ab$", "^(ab|c)$", Relation.WIDER),
        ("^ab$", "^((ab)|(c))$", Relation.WIDER),
        ("^[a-z]+$", "^[a-z0-9]*$", Relation.WIDER),
        ("^[a-z]{1,3}$", "^[a-z]{0,5}$", Relation.WIDER),
        ("^[^ab]$", "^[^a]$", Relation.WIDER),
        ("^x$", "^[^a]$", Relation.WIDER),
        ("^x$", "^.$", Relation.WIDER),
        ("^\\d$", "^\\w$", Relation.WIDER),
        ("^abc$", "^.*$", Relation.WIDER),
        ("^abc$", "abc$", Relation.WIDER),
        ("^a$", "^b$", Relation.UNCLEAR),
        ("^[a-z]+$", "^[a-z]{1,140}$", Relation.NARROWER),
        ("^.$", "^\\s$", Relation.UNCLEAR),
        ("^\\w$", "^[a-z]$", Relation.NARROWER),
        ("^(?=a)b$", "^(?=a)[bc]$", Relation.WIDER),
        ("^(?!a)b$", "^b$", Relation.UNCLEAR),
        ("^(a)\\1$", "^(a)\\1?$", Relation.UNCLEAR),
        ("^(", "^a$", Relation.UNCLEAR),
        ("^a*$", "^a+$", Relation.NARROWER),
        ("^(a?)*$", "^(a?)+$", Relation.SAME),
        ("", "a", Relation.UNCLEAR),
        (LAMBDA, LAMBDA.replace("([a-z]{2}", "((eusc-)?[a-z]{2}"), Relation.WIDER),
        (LAMBDA, LAMBDA.replace("_]+", "_]{1,64}"), Relation.NARROWER),
    ],
)
def test_relation(before: str, after: str, expected: Relation) -> None:
    assert relation(before, after) is expected


def test_a_hostile_pattern_ends_in_unclear() -> None:
    nested = "(" * 50 + "a|b" + ")*" * 50
    many = "(a?){0,9}" * 400
    relation(f"^{nested}$", f"^({nested})*$")
    assert relation(f"^{many}$", f"^{many}b?$") is not Relation.NARROWER


PIECES = st.sampled_from(
    [
        *("a", "b", "[ab]", "[^a]", ".", "\\d", "\\w", "a?", "a*", "(ab|c)", "(a|b)?"),
        *("[a-c]+", "a{1,2}", "(?:b)", "^", "$", "(a$|b)", "x{2}", "(a|bc)+"),
    ]
)
LISTS = st.lists(PIECES, min_size=1, max_size=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Return a pattern and one made from it by an edit, as AWS edits patterns."""
    before = draw(LISTS)
    after = list(before)
    at = draw(st.integers(0, len(before) - 1))
    edit = draw(st.sampled_from(["insert", "option", "either", "drop", "other"]))
    piece = draw(PIECES)
    match edit:
        case "insert":
            after.insert(at, f"({piece})?")
        case "option":
            after[at] = f"({after[at]})*"
        case "either":
            after[at] = f"({after[at]}|{piece})"
        case "drop":
            del after[at]
        case _:
            after = draw(LISTS)
    return "".join(before), "".join(after)


@settings(max_examples=600, deadline=None)
@given(pairs(), st.lists(st.text("abcx1 ", max_size=6), min_size=8, max_size=8))
def test_wider_is_a_promise(pair: tuple[str, str], texts: list[str]) -> None:
    before, after = pair
    found = relation(before, after)
    for text in texts:
        old, new = (bool(re.search(p, text)) for p in (before, after))
        if found in {Relation.SAME, Relation.WIDER}:
            assert new or not old
        if found in {Relation.SAME, Relation.NARROWER}:
            assert old or not new
