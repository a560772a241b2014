"""botocore's full-match patterns as patterns that search."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate_codegen.sync.convert.patterns import searching


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[a-z]+", "^(?:[a-z]+)$"),
        ("a|b", "^(?:a|b)$"),
        ("^[a-z]+$", "^[a-z]+$"),
        ("^(a|b)$", "^(a|b)$"),
        ("^[|]$", "^[|]$"),
        (r"^a\|b$", r"^a\|b$"),
        ("^a|b$", "^(?:^a|b$)$"),
        (r"^a\$", r"^(?:^a\$)$"),
        (r"^a\\$", r"^a\\$"),
        ("^a", "^(?:^a)$"),
        ("a$", "^(?:a$)$"),
        (r"^[\]|]$", r"^[\]|]$"),
        ("(?s).*", "(?s)^(?:.*)$"),
        ("(?i)all|[0-9]{12}", "(?i)^(?:all|[0-9]{12})$"),
        ("(?i)^a$", "(?i)^a$"),
        ("", "^(?:)$"),
    ],
)
def test_wrapping(pattern: str, expected: Any) -> None:
    assert searching(pattern) == expected


@given(
    st.sampled_from(["a", "a|b", "^a|b$", "^a$", "^(a|b)+$", "(?i)a|b", "a*", "[ab]?"]),
    st.text("abAB", max_size=3),
)
def test_the_result_finds_what_the_pattern_matches_in_full(
    pattern: str, text: str
) -> None:
    full = re.fullmatch(pattern, text) is not None
    assert (re.search(searching(pattern), text) is not None) == full
