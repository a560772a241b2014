"""The file of reviewed corrections, and the table that uses it."""

import re

import pytest
import yaml
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.patterns import (
    Outcome,
    PatternTable,
    bare,
    classify,
    read_overrides,
    shipped_overrides,
)

GOOD = {
    "patterns": [r"\\d{3}"],
    "shapes": ["com.example#Code"],
    "action": "replace",
    "replacement": r"^\d{3}$",
    "reason": "doubled backslash",
}


def table_of(**changes):
    return PatternTable(read_overrides(yaml.safe_dump([GOOD | changes])))


def without(key):
    return {name: value for name, value in GOOD.items() if name != key}


@pytest.mark.parametrize(
    "pattern", [r"a\\d", r"^a\\d$", r"^(?:a\\d)$", r"^(?:^a\\d$)$", r"a\\d$"]
)
def test_one_entry_serves_every_spelling_of_the_anchors(pattern):
    assert bare(pattern) == r"a\\d"


def test_an_escaped_dollar_is_no_anchor():
    assert bare(r"^a\$") == r"a\$"
    assert bare(r"^a\\$") == r"a\\"


def test_a_replacement_is_printed_and_says_why():
    table = table_of()
    verdict = table.classify(r"^\\d{3}$", place="com.example#Code")
    assert (verdict.outcome, verdict.pattern) == (Outcome.REWRITTEN, r"^\d{3}$")
    assert verdict.reasons == ("override: doubled backslash",)
    assert verdict.source == r"^\\d{3}$"


def test_leaving_prints_nothing():
    table = PatternTable(
        read_overrides(yaml.safe_dump([without("replacement") | {"action": "leave"}]))
    )
    verdict = table.classify(r"^\\d{3}$", place="com.example#Code")
    assert (verdict.outcome, verdict.pattern) == (Outcome.LEFT_TO_AWS, None)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (without("reason"), "has no reason"),
        (GOOD | {"reason": "  "}, "has no reason"),
        (GOOD | {"reasn": "x"}, "has unknown keys"),
        (GOOD | {"action": "drop"}, "has no action"),
        (GOOD | {"action": "leave"}, "has action `leave`"),
        (without("replacement"), "has action `replace`"),
        (without("patterns"), "has no patterns"),
        (GOOD | {"shapes": []}, "has no shapes"),
        (GOOD | {"shapes": [3]}, "has shapes that are not text"),
        (
            GOOD | {"replacement": "^a{2}{3}$"},
            "unusable replacement: a count of a count",
        ),
        (GOOD | {"patterns": ["a", "a"]}, "pattern `a` is overridden twice"),
    ],
)
def test_a_bad_entry_is_an_error(entry, message):
    with pytest.raises(OverrideError, match=re.escape(message)):
        read_overrides(yaml.safe_dump([entry]))


def test_a_file_that_is_no_list_is_an_error():
    with pytest.raises(OverrideError, match="not a list"):
        read_overrides("a: b")


def test_the_shipped_replacements_accept_what_the_published_patterns_do_not():
    for entry in shipped_overrides():
        assert entry.patterns == tuple(bare(pattern) for pattern in entry.patterns)
        if entry.replacement is not None:
            assert all(
                classify(text).pattern != entry.replacement for text in entry.patterns
            )


def test_an_entry_is_stale_when_its_shape_has_another_pattern():
    table = table_of()
    table.note_model({"com.example#Code": "^other$"}.get)
    assert table.report()["stale_overrides"] == ["com.example#Code"]


def test_an_entry_is_stale_when_its_shape_lost_its_pattern():
    table = table_of()
    table.note_model({"com.example#Code": ""}.get)
    assert table.report()["stale_overrides"] == ["com.example#Code"]


def test_an_entry_is_not_stale_without_its_model_or_when_one_shape_still_has_it():
    table = table_of(shapes=["com.example#Code", "com.example#Gone"])
    table.note_model({}.get)
    assert table.report()["stale_overrides"] == []
    table.note_model({"com.example#Code": r"^(?:\\d{3})$", "com.example#Gone": ""}.get)
    assert table.report()["stale_overrides"] == []


def test_a_place_is_counted_once_and_a_pattern_judged_once():
    table = PatternTable(())
    for place in ("a#A", "a#A", "a#B"):
        table.classify("^[a-z]$", place=place)
    table.classify(r"^\_$", place="a#C")
    table.classify(".*", place="a#D")
    table.note_conflict("a#E")
    assert table.report() == {
        "distinct": {"kept": 1, "left_to_aws": 1, "rewritten": 1},
        "length_conflicts": ["a#E"],
        "needs_lookaround": 0,
        "reasons": {
            "left_to_aws": {"it accepts every text": 1},
            "rewritten": {"needless escape dropped": 1},
        },
        "stale_overrides": [],
        "uses": {"kept": 2, "left_to_aws": 1, "rewritten": 1},
    }
    first = table.classify("^[a-z]$", place="a#A")
    assert table.classify("^[a-z]$", place="a#B") is first
