import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from smithgate.canonical import canonical_json
from smithgate.store.values import (
    clean_text,
    one_line,
    parse_time,
    random_id,
    storable,
    time_text,
)


def test_ids_hold_80_random_bits_in_lower_case_base32() -> None:
    made = {random_id("p-") for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch("p-[a-z2-7]{16}", one) for one in made)


def test_times_are_utc_text_that_sorts() -> None:
    early = datetime(2026, 1, 1, 23, 0, tzinfo=timezone(timedelta(hours=2)))
    late = datetime(2026, 1, 1, 21, 0, 0, 1, tzinfo=UTC)
    assert time_text(early) == "2026-01-01T21:00:00.000000Z"
    assert time_text(early) < time_text(late)
    assert parse_time(time_text(late)) == late


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        time_text(datetime(2026, 1, 1))  # noqa: DTZ001 -- what is refused
    with pytest.raises(ValueError, match="no zone"):
        parse_time("2026-01-01T00:00:00")


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d\ude00"])
def test_lone_surrogates_become_storable(text: str) -> None:
    assert "\ufffd" in clean_text(text)
    assert clean_text(text).encode()


def test_storable_keeps_json_and_repairs_the_rest() -> None:
    plain = {"a": [1, 1.5, True, None, "é😀"]}
    assert storable(plain) == plain
    odd = storable({"\ud800": [float("nan"), float("-inf")], "t": (1,)})
    assert odd == {"\ufffd": ["nan", "-inf"], "t": [1]}
    assert canonical_json(odd)


@pytest.mark.parametrize("value", [b"x", {1: 2}, {"a": {1, 2}}, datetime.now(UTC)])
def test_storable_refuses_what_is_no_json(value: object) -> None:
    with pytest.raises(TypeError):
        storable(value)


def test_causes_are_one_short_line() -> None:
    assert one_line(OSError("a\nb\t c")) == "a b c"
    assert one_line(OSError()) == "OSError"
    assert len(one_line(OSError("x" * 999))) == 200
