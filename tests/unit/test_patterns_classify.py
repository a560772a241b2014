"""What becomes of one published pattern."""

import pytest
from jsonschema_rs import Draft202012Validator, FancyRegexOptions
from smithgate_codegen.patterns import BACKTRACK_LIMIT, Outcome, classify

KEPT = [
    r"^[a-z]+$",
    r"^arn:aws[a-z\-]*:s3:::[\w.\-/]{1,63}$",
    r"^(?!aws:)[\p{L}\p{N}_.:/=+\-@]*$",
    r"^a|b$",
    r"^[\u0020-\uFFFF]+$",
    r"^(\d)\1$",
    r"^(?<!x)y\b.*?$",
    r"^\$\{x\}\/[\]\-]$",
]

REWRITTEN = [
    # published, printed, reason
    (r"^[a\_\#]\:\-$", r"^[a_#]:-$", "needless escape dropped"),
    (r"^[\w-_]+$", r"^[\w\-_]+$", "dash beside a class made a literal"),
    (r"^[\w-.~]$", r"^[\w\-.~]$", "dash beside a class made a literal"),
    (r"^\p{Alnum}+$", r"^[0-9A-Za-z]+$", "Java class spelled out"),
    (r"^[\p{Print}\s]*$", r"^[ -~\s]*$", "Java class spelled out"),
    (r"^[^\p{Cntrl}]*$", r"^[^\x00-\x1F\x7F]*$", "Java class spelled out"),
    (r"^\P{XDigit}$", r"^[\x00-/:-@G-`g-\u{10FFFF}]$", "Java class spelled out"),
    (r"^\p{LD}$", r"^[\p{L}\p{Nd}]$", "Java class spelled out"),
    (r"^[\p{IsAlphabetic}]$", r"^\p{Alphabetic}$", "Java class spelled out"),
    (r"^\pL$", r"^\p{L}$", "Java class spelled out"),
    (r"^[[:alnum:]_]$", r"^[0-9A-Za-z_]$", "POSIX class spelled out"),
    (r"^\Aa\z$", r"^^a$$", "Java anchor spelled out"),
    (r"^\x{60}\e$", r"^`\x1B$", "Java escape spelled out"),
    (r"^[^\000-\037]$", r"^[^\x00-\x1F]$", "octal escape spelled out"),
    (r"^[\b]$", r"^[\x08]$", "backspace spelled out"),
    (r"^a}]{$", r"^a\}\]\{$", "bracket escaped"),
    (r"^[0-9]{2}+$", r"^[0-9]{2}$", "possessive quantifier made greedy"),
    (r"^/(?!\.)+x$", r"^/(?!\.)x$", "count of a look-around dropped"),
    (r"^(?i)al?[0-9]$", r"^[Aa][Ll]?[0-9]$", "inline flags folded in"),
    (r"^(?i:a[b-d])e$", r"^(?:[Aa][b-dB-D])e$", "inline flags folded in"),
    (r"^(?s)a.(?-s:.)$", r"^a[\s\S](?:.)$", "inline flags folded in"),
    (r"^\p{L}{2000}$", r"^\p{L}*$", "count checked as a length"),
    (
        r"^[\t\uD800\uDC00-\uDBFF\uDFFF]*$",
        r"^[\t\u{10000}-\u{10FFFF}]*$",
        "surrogate pair made one code point",
    ),
    (
        r"^[\t\uD800\uDBFF-\uDC00\uDFFF]*$",
        r"^[\t\u{10000}-\u{10FFFF}]*$",
        "surrogates made code points",
    ),
]

LEFT = [
    (r".*", "it accepts every text"),
    (r"^.*", "it accepts every text"),
    (r"[\s\S]*$", "it accepts every text"),
    (r"^(?s)", "it accepts every text"),
    (r"^([\S\s]*)$", "it accepts every text"),
    (r"^[\P{M}\p{M}]*|x$", "it accepts every text"),
    (r"^/^[\d]{12}$/$", "no text can match it"),
    (r"^\P{C}*$}$", "no text can match it"),
    (r"^(a$b|c^d)$", "no text can match it"),
    (r"^a{11}{0,2}$", "a count of a count"),
    (r"^a${1,2}$", "an anchor with a count"),
    (r"^[\p{Print}&&[^|]]$", "intersection of classes"),
    (r"^(?m)a$", "inline flag without a portable form"),
    (r"^(?>a)$", "kind of group without a portable form"),
    (r"^\p{InGreek}$", "no portable form of the property InGreek"),
    (r"^[z-a]$", "range out of order"),
    (r"^a{3,2}$", "counts out of order"),
    (r"^(a$", "group is not closed"),
    (r"^a)$", "group is not open"),
    (r"^[a$", "class is not closed"),
    (r"^[]$", "empty class"),
    (r"^\2(a)$", "reference to no group"),
    (r"^\Q.\E$", r"unknown escape \Q"),
    ("^a\\", "ends in a backslash"),
    (r"^\p$", "property without a name"),
    (r"^\xZZ$", "hexadecimal escape without digits"),
    (r"^(|+a)$", "nothing to repeat"),
    (r"^+$", "an anchor with a count"),
    (r"^(?!a++)b$", "possessive quantifier beside a look-around"),
    ("^" + "(" * 70 + ")" * 70 + "$", "groups are nested too deeply"),
]


def accepts(pattern, text):
    options = FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
    schema = {"type": "string", "pattern": pattern}
    return Draft202012Validator(schema, pattern_options=options).is_valid(text)


@pytest.mark.parametrize("published", KEPT)
def test_a_portable_pattern_is_printed_as_published(published):
    verdict = classify(published)
    assert (verdict.outcome, verdict.pattern) == (Outcome.KEPT, published)
    assert verdict.reasons == ()


@pytest.mark.parametrize(("published", "printed", "reason"), REWRITTEN)
def test_a_rewriting_has_its_text_and_reason(published, printed, reason):
    verdict = classify(published)
    assert (verdict.outcome, verdict.pattern) == (Outcome.REWRITTEN, printed)
    assert reason in verdict.reasons


@pytest.mark.parametrize("printed", [printed for _, printed, _ in REWRITTEN])
def test_a_rewriting_needs_no_second_one(printed):
    assert classify(printed).pattern == printed
    assert classify(printed).outcome is Outcome.KEPT


@pytest.mark.parametrize(("published", "reason"), LEFT)
def test_what_is_left_to_aws_has_one_reason_and_no_text(published, reason):
    verdict = classify(published)
    assert (verdict.outcome, verdict.pattern) == (Outcome.LEFT_TO_AWS, None)
    assert verdict.reasons == (reason,)


@pytest.mark.parametrize(
    ("published", "printed"),
    [
        (r"^(?:\w+)$", r"^\w+$"),
        (r"^(?:^\w+)$", r"^\w+$"),
        (r"^(?:\w+$)$", r"^\w+$"),
        (r"^(?:a|b)$", r"^(?:a|b)$"),
        (r"^(?:a\$)$", r"^a\$$"),
        (r"^(?:a)b(?:c)$", r"^(?:a)b(?:c)$"),
    ],
)
def test_a_full_match_wrapper_goes_where_it_says_nothing(published, printed):
    verdict = classify(published)
    assert (verdict.outcome, verdict.pattern) == (Outcome.KEPT, printed)


def test_a_wrapper_behind_inline_flags_goes_too():
    verdict = classify(r"(?s)^(?:.{20,2000})$")
    assert (verdict.pattern, verdict.outcome) == (None, Outcome.REWRITTEN)
    assert (verdict.min_length, verdict.max_length) == (20, 2000)


def test_a_count_that_no_engine_takes_becomes_a_length():
    verdict = classify(r"^\S{1,8192}$")
    assert verdict.pattern == r"^\S*$"
    assert (verdict.min_length, verdict.max_length) == (1, 8192)


def test_a_count_that_does_not_compile_is_opened_and_the_length_kept():
    verdict = classify(r"^(?!sg-)[\p{L}\p{N}]{0,999}\.{2}$")
    assert verdict.pattern == r"^(?!sg-)[\p{L}\p{N}]*\.{2}$"
    assert (verdict.min_length, verdict.max_length) == (2, 1001)


def test_an_opened_count_stays_inside_a_look_around():
    verdict = classify(r"^(?!\d{200})[\p{L}\p{N}]{0,999}$")
    assert verdict.pattern == r"^(?!\d{200})[\p{L}\p{N}]*$"


def test_a_pattern_that_the_engine_refuses_is_left():
    verdict = classify("^a$", compiles=lambda _: False)
    assert verdict.reasons == ("the run-time engine cannot compile it",)


@pytest.mark.parametrize(
    ("published", "least", "greatest"),
    [
        (r"^a{2,3}(b|cd)?$", 2, 5),
        (r"^a$|^bcd$", 1, 3),
        (r"^a|bcd$", 1, None),
        (r"^a+$", 1, None),
        (r"^(?=.{9})a{2}$", 2, 2),
        (r"^(a)\1$", 1, None),
        (r"^(\b){3}a$", 1, 1),
    ],
)
def test_the_extent_of_what_can_match(published, least, greatest):
    verdict = classify(published)
    assert (verdict.least, verdict.greatest) == (least, greatest)


def test_lengths_that_a_pattern_cannot_have_do_not_fit():
    verdict = classify(r"^[0-9a-f]{8}-[0-9a-f]{4}$")
    assert verdict.fits(0, None)
    assert verdict.fits(13, 13)
    assert not verdict.fits(0, 12)
    assert not verdict.fits(14, None)


@pytest.mark.parametrize(
    ("published", "good", "bad"),
    [
        (r"^\p{XDigit}{2}$", "aF", "ag"),
        (
            r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF]*$",
            "a\U0001f600",
            "\x01",
        ),
        (r"^[\u0020-\uD7FF\uD800\uDBFF-\uDC00\uDFFF]*$", "a\U0001f600", "\x01"),
        (r"^(?i)all|[0-9]{2}$", "aLL", "al"),
        (r"^(?s)a.b$", "a\nb", "ab"),
        (r"^[\w-_]+$", "a-_", "a.b"),
        (r"^[^/:|\000-\037]+$", "a b", "a\x1fb"),
    ],
)
def test_a_rewriting_accepts_what_was_meant(published, good, bad):
    pattern = classify(published).pattern
    assert accepts(pattern, good)
    assert not accepts(pattern, bad)


@pytest.mark.parametrize("pattern", [r"^[a-z]+$", r"^(?!x)[a-z]+$", r"^a$|^b$"])
def test_a_final_newline_is_not_accepted(pattern):
    printed = classify(pattern).pattern
    assert accepts(printed, "a")
    assert not accepts(printed, "a\n")


def test_deep_nesting_is_judged_in_one_pass():
    # Two visits per level would be 2 ** 55 of them.
    nested = "^" + "(a" * 55 + ")" * 55 + "$"
    assert classify(nested).outcome is Outcome.KEPT


def test_only_look_around_and_references_need_backtracking():
    assert classify(r"^(?=a)a$").needs_lookaround
    assert classify(r"^(a)\1$").needs_lookaround
    assert not classify(r"^(a+)+$").needs_lookaround
