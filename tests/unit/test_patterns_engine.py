"""What the run-time engine is slow at or misreads is printed in another way."""

import re

import pytest
from jsonschema_rs import Draft202012Validator, FancyRegexOptions
from smithgate_codegen.patterns import BACKTRACK_LIMIT, Outcome, classify

TEXTS = ["", "a", "b", "aa", "ab", "ba", "a-", "-a", "a-a", "aaa", "a-b", "--", "a--a"]


def engine(pattern):
    options = FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
    return Draft202012Validator(
        {"type": "string", "pattern": pattern}, pattern_options=options
    )


MISREAD = [
    "^[a-b]+-*[a-b]+$",
    "[ab]+-?[ba]+",
    "^(?:a+)-*a+$",
    "^x|a+(?:-)*a+$",
    "^(a+-*a+)$",
    "^a+a*a+$",
]


@pytest.mark.parametrize("published", MISREAD)
def test_a_form_that_the_engine_misreads_is_spelled_so_that_it_does_not(published):
    verdict = classify(published)
    assert verdict.outcome is Outcome.REWRITTEN
    assert verdict.pattern is not None
    accepts = engine(verdict.pattern).is_valid
    assert [accepts(text) for text in TEXTS] == [
        re.search(published, text) is not None for text in TEXTS
    ]


def test_the_engine_still_misreads_it():
    """When this fails, ``evaded`` has become needless: delete both."""
    assert engine("^a+b*a+$").is_valid("a")


@pytest.mark.parametrize(
    "published", ["^a+b*c+$", "^a+?b*a+$", "^a+b+a+$", "^ab*a+$", "^a*b*a*c$"]
)
def test_other_repetitions_stay_as_they_are(published):
    assert classify(published).outcome is Outcome.KEPT


@pytest.mark.parametrize(
    ("published", "printed"),
    [
        ("^role/([^/][!-~]+/){1,511}x$", "^role/([^/][!-~]+/)+x$"),
        ("^https://([.a-z]+/?){3,1016}$", "^https://([.a-z]+/?){3,}$"),
        (r"^\*|[\w\-]{1,2048}$", r"^\*|[\w\-]{1}$"),
        ("^arn:[a-z]{2}[0-9]{0,2000}", "^arn:[a-z]{2}"),
    ],
)
def test_a_costly_count_that_bounds_nothing_is_opened(published, printed):
    verdict = classify(published)
    assert verdict.pattern == printed
    assert "costly count opened" in verdict.reasons


@pytest.mark.parametrize(
    "published",
    ["^[a-z](-*[a-z]){0,119}$", "^x:[a-z]{1,900}$", r"^(?=a)([^/]+){1,9}x$"],
)
def test_a_count_that_bounds_or_is_cheap_stays(published):
    assert classify(published).outcome is Outcome.KEPT


@pytest.mark.parametrize(
    "text", ["x", "xyz", "!x", "x!", "*", "!*", "", "é", "-" * 3000]
)
def test_a_shortened_end_accepts_the_same(text):
    published = r"^\*|[\w\-]{1,2048}$"
    printed = classify(published).pattern
    assert printed is not None
    found = re.search(published, text, re.ASCII) is not None
    assert engine(printed).is_valid(text) == found
