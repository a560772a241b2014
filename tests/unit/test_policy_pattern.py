"""Policy patterns: full match only, limits, and what counts as naming."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st
from smithgate.policy.pattern import (
    MAX_PATTERN_CHARS,
    Pattern,
    PatternRefusedError,
)
from smithgate.policy.projection import _tokens, projections

NAMES = st.sampled_from(
    ["DeleteQueue", "CreateQueue", "DeleteTable", "PutObject", "GetObject"]
)
SERVICES = st.sampled_from(["sqs", "sns", "dynamodb", "glue", "lex-models"])
IDS = st.builds("{}:{}".format, SERVICES, NAMES)
FILLER = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=5
)
WORDS = ["sqs:", "glue:", "DeleteQueue", "DeleteTable", "Delete", "Queue", "s?", ":"]
CLASSES = [".*", "[^:]+", "[DeleteQueue]+", "[]a-z]*", "[^]]", "[[:alpha:]]+"]
ESCAPES = [r"\w+", r"\.", r"\x41", r"\p{Greek}?", r"\pN"]
ATOMS = st.sampled_from([*WORDS, *CLASSES, *ESCAPES])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: f"({'|'.join(p)})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda p: f"(?:{'|'.join(p)})?"),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(IDS, FILLER)
def test_a_literal_id_matches_nothing_longer(operation, filler):
    pattern = Pattern(operation)
    assert pattern.matches(operation)
    assert not pattern.matches(operation + filler)
    assert not pattern.matches(filler + operation)


@settings(deadline=None)
@given(IDS, IDS, FILLER)
def test_no_branch_of_an_alternative_escapes_the_full_match(left, right, filler):
    pattern = Pattern(f"{left}|{right}")
    assert pattern.matches(left)
    assert pattern.matches(right)
    for text in (left + filler, filler + right, filler + left, right + filler):
        assert not pattern.matches(text)


@settings(deadline=None)
@given(IDS)
def test_case_and_line_ends_never_match(operation):
    for text in (operation, f"^{operation}$", f"{operation[:-1]}.", f"{operation}.*"):
        pattern = Pattern(text)
        assert pattern.matches(operation)
        for end in ("\n", "\r", "\r\n", "\x00", "\u2028"):
            if not text.endswith(".*") or end in ("\n", "\r\n"):
                assert not pattern.matches(operation + end), (text, end)
            assert not pattern.matches(end + operation)
        assert not pattern.matches(operation.upper())
        assert not pattern.matches(operation.lower())
        assert not pattern.matches(operation.swapcase())


def test_dot_all_lets_a_dot_match_a_line_end():
    assert Pattern("prod-.*", dot_all=True).matches("prod-a\nb")
    assert not Pattern("prod-.*").matches("prod-a\nb")
    assert not Pattern("prod-a", dot_all=True).matches("prod-a\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a)|(b", "unexpected )"),
        ("a)(b", "unexpected )"),
        ("(", "missing )"),
        ("[z-a]", "invalid character class range"),
        ("a**", "bad repetition operator"),
        ("\\", "trailing"),
        ("(?i)sqs:.*", "`(?` is only allowed"),
        ("(?i:sqs):.*", "`(?` is only allowed"),
        ("(?s).*", "`(?` is only allowed"),
        ("(?P<name>a)", "`(?` is only allowed"),
        ("(?=a)", "`(?` is only allowed"),
        (r"\Qsqs\E", "`\\Q` is not allowed"),
        (r"\C*", "`\\C` is not allowed"),
        (r"(a)\1", "invalid escape sequence"),
        ("(a{1000}){1000}", "invalid repetition size"),
        ("(a{30}){30}" * 8, "instructions"),
        ("x" * (MAX_PATTERN_CHARS + 1), "1001 characters"),
    ],
)
def test_unusable_patterns_say_why(text, reason):
    with pytest.raises(PatternRefusedError) as caught:
        Pattern(text)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["[(?]i", r"\(?i", r"[\]](?:a)", "[]](?:a)", r"\\Q"])
def test_what_only_looks_like_a_flag_is_allowed(text):
    Pattern(text)


def test_a_refused_pattern_prints_nothing(capfd):
    with pytest.raises(PatternRefusedError):
        Pattern("(")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("sqs:DeleteQueue", "sqs:DeleteQueue"),
        ("sqs:(CreateQueue|DeleteQueue)", "sqs:DeleteQueue"),
        ("sqs:(?:CreateQueue|DeleteQueue)", "sqs:CreateQueue"),
        (".*:DeleteQueue", "sqs:DeleteQueue"),
        ("(sqs|sns):(DeleteQueue|DeleteTopic)", "sns:DeleteTopic"),
        ("^sqs:DeleteQueue$", "sqs:DeleteQueue"),
        (r"sqs:\bDeleteQueue", "sqs:DeleteQueue"),
        ("sqs:(Delete.*|DeleteQueue)", "sqs:DeleteQueue"),
        ("(glue:.*|sqs:(A|(B|DeleteQueue)|C))", "sqs:DeleteQueue"),
        ("sqs:DeleteQueue(Now)?", "sqs:DeleteQueue"),
    ],
)
def test_a_written_out_name_is_named(text, operation):
    pattern = Pattern(text)
    assert pattern.matches(operation)
    assert pattern.names(operation)


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        (".*", "sqs:DeleteQueue"),
        ("sqs:.*", "sqs:DeleteQueue"),
        ("sqs:Delete.*", "sqs:DeleteQueue"),
        ("sqs:.*Queue", "sqs:DeleteQueue"),
        ("sqs:(Delete)(Queue)", "sqs:DeleteQueue"),
        ("sqs:Delete[Q]ueue", "sqs:DeleteQueue"),
        ("sqs:DeleteQueu.", "sqs:DeleteQueue"),
        ("sqs:DeleteQueueB?a?t?c?h?", "sqs:DeleteQueue"),
        ("sqs:[DeleteQueue]+", "sqs:DeleteQueue"),
        ("sqs:[]DeleteQueue]+", "sqs:DeleteQueue"),
        ("sqs:[^]:DeleteQueue.]?[[:alpha:]DeleteQueue]+", "sqs:DeleteQueue"),
        (r"sqs:\x44eleteQueue", "sqs:DeleteQueue"),
        ("sns:DeleteQueue|sqs:.*", "sqs:DeleteQueue"),
        ("(sns:DeleteQueue|sqs:.*)", "sqs:DeleteQueue"),
        ("(sns:(DeleteQueue|x)|sqs:(.*))", "sqs:DeleteQueue"),
        ("sqs:DeleteQueue.*", "sqs:DeleteQueueNow"),
        ("sqs:Delete.*", "sqs:Delete.*"),
    ],
)
def test_a_match_without_the_name_is_not_named(text, operation):
    pattern = Pattern(text)
    assert pattern.matches(operation)
    assert not pattern.names(operation)


@pytest.mark.parametrize("operation", ["sqs:", "DeleteQueue", ""])
def test_only_a_whole_id_can_be_named(operation):
    assert not Pattern(".*(DeleteQueue)?").names(operation)


@settings(deadline=None)
@given(PATTERNS)
def test_tokens_are_the_pattern_again(text):
    assert "".join(token.text for token in _tokens(text)) == text


@settings(deadline=None)
@given(PATTERNS, NAMES, SERVICES)
def test_a_projection_never_matches_more_than_its_pattern(text, name, service):
    pattern = Pattern(text)
    operation = f"{service}:{name}"
    for part in projections(text, name):
        assert name in part
        if re2.fullmatch(part, operation):
            assert pattern.matches(operation)
    if pattern.names(operation):
        assert pattern.matches(operation)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_cut_without_loss(text):
    assert "".join(token.text for token in _tokens(text)) == text


def test_patterns_with_the_same_text_are_equal():
    assert Pattern("a") == Pattern("a")
    assert Pattern("a") != Pattern("b")
    assert len({Pattern("a"), Pattern("a")}) == 1
