"""strict_json: what it takes, what it refuses, and where it points."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate.errors import InputError, InputTooLarge, MalformedInput
from smithgate.strict_json import DEFAULT_LIMITS, Limits, parse

SMALL = Limits(max_bytes=1000, max_depth=4, max_keys=5, max_digits=10)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**90), max_value=10**90)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values, st.booleans())
def test_every_value_comes_back(value, escaped):
    text = json.dumps(value, ensure_ascii=escaped)
    assert parse(text) == value
    assert parse(text.encode()) == value


def refusal_of(data, limits=DEFAULT_LIMITS):
    """Return the known error that refuses ``data``, ``None`` when it is taken."""
    try:
        parse(data, limits=limits)
    except InputError as error:
        return error
    return None


@given(st.text())
def test_any_text_is_json_or_refused_with_a_known_error(text):
    error = refusal_of(text)
    if error is None:
        assert json.loads(text) == parse(text)
    else:
        assert error.fields["position"] is None or (
            0 <= error.fields["position"] <= len(text)
        )


@given(st.binary())
def test_any_bytes_are_json_or_refused_with_a_known_error(data):
    error = refusal_of(data)
    assert error is None or error.message.isprintable()


@given(st.text(alphabet='[]{}":,\\u1dD8 c0e-.N"'))
def test_json_like_text_is_never_a_crash(text):
    error = refusal_of(text, SMALL)
    assert error is None or error.code in {"malformed_input", "input_too_large"}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("  ", 2),
        ("{", 1),
        ("[1,]", 3),
        ('{"a" 1}', 5),
        ("1 2", 2),
        ("{} x", 3),
        ("\ufeff{}", 0),
        ("'a'", 0),
        ('"a\nb"', 2),
        ('"a', 0),
        ("01", 1),
        ("[+1]", 1),
        ("[.5]", 1),
        ("NaN", 0),
        ('["NaN", NaN]', 8),
        ("[Infinity]", 1),
        ("[1, -Infinity]", 4),
        ("[-]", 1),
        ("True", 0),
        ("[1 /* no */]", 3),
    ],
)
def test_malformed_text(text, position):
    with pytest.raises(MalformedInput) as caught:
        parse(text)
    assert caught.value.fields == {"position": position}
    assert caught.value.message.endswith(f"at position {position}")
    assert caught.value.message[0].islower()


@pytest.mark.parametrize(
    ("text", "key", "position"),
    [
        ('{"a":1,"a":2}', "a", 7),
        ('{"a":{"b":1,"b":1},"a":1}', "b", 12),
        ('[{"x":1},{"x":1,"y":2,"x":3}]', "x", 22),
        (r'{"a":1,"\u0061":2}', "a", 7),
        ('{"":1,"":2}', "", 6),
        ('{"a":["a","a"],"b":"a","a":0}', "a", 23),
        ('{"a:":"}","b":1,"a:":2}', "a:", 16),
    ],
)
def test_duplicate_keys(text, key, position):
    with pytest.raises(MalformedInput, match="duplicate key") as caught:
        parse(text)
    assert f"`{key}`" in caught.value.message
    assert caught.value.fields == {"position": position}


def test_a_key_in_a_message_is_escaped_and_cut():
    key = "\\u202e\\u001b[31m" + "k" * 500
    with pytest.raises(MalformedInput) as caught:
        parse(f'{{"{key}":1,"{key}":2}}')
    assert caught.value.message.isascii()
    assert len(caught.value.message) < 150


@pytest.mark.parametrize(
    ("text", "position"),
    [
        (r'"\ud800"', 1),
        (r'"\uDFFF"', 1),
        (r'["ok", "ab\udc00"]', 10),
        (r'"\ud800\u0041"', 1),
        (r'"\ud800\ud800\udc00"', 1),
        (r'"\\\ud800"', 3),
        (r'{"\ud800":1}', 2),
    ],
)
def test_lone_surrogates(text, position):
    with pytest.raises(MalformedInput, match="lone surrogate") as caught:
        parse(text)
    assert caught.value.fields["position"] == position


def test_a_lone_surrogate_in_a_str_is_no_text():
    with pytest.raises(MalformedInput) as caught:
        parse('"ab\ud800"')
    assert caught.value.fields["position"] == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\\ud800"', r"\ud800"),
        (r'"\\\\ud800 \ud83d\uDE00"', r"\\ud800 " + "\U0001f600"),
    ],
)
def test_pairs_and_escaped_backslashes_are_text(text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("data", "position"),
    [(b'"\xff"', 1), (b'"\xc3"', 1), (b'"\xed\xa0\x80"', 1), (b'"\xc0\xaf"', 1)],
)
def test_bad_utf8(data, position):
    with pytest.raises(MalformedInput, match="not UTF-8") as caught:
        parse(data)
    assert caught.value.fields["position"] == position


def test_size_is_counted_in_bytes():
    assert parse('"' + "é" * 499 + '"', limits=SMALL) == "é" * 499
    with pytest.raises(InputTooLarge, match="1002 bytes, more than 1000"):
        parse('"' + "é" * 500 + '"', limits=SMALL)
    with pytest.raises(InputTooLarge):
        parse(b" " * 1001, limits=SMALL)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("[[[[[]]]]]", 4),
        ('{"a":{"a":{"a":{"a":{}}}}}', 20),
        ("[[[[1]]],[],[[[[1]]]]]", 15),
    ],
)
def test_depth(text, position):
    with pytest.raises(InputTooLarge, match="deeper than 4") as caught:
        parse(text, limits=SMALL)
    assert caught.value.fields["position"] == position


def test_brackets_in_strings_and_beside_each_other_are_no_depth():
    assert parse('["[[[[[[", "\\"[[[["]', limits=SMALL) == ["[[[[[[", '"[[[[']
    assert parse("[[],[],[],[],[],[[[]]]]", limits=SMALL)[5] == [[[]]]


@pytest.mark.parametrize("opener", ["[", '{"a":'])
def test_no_depth_reaches_the_interpreter_limit(opener):
    with pytest.raises(InputTooLarge):
        parse(opener * 100_000)
    deep = Limits(max_depth=10**9)
    with pytest.raises(InputTooLarge, match="nested deeper"):
        parse(opener * (sys.getrecursionlimit() * 50), limits=deep)


@pytest.mark.parametrize("text", ['"' + '\\"' * 1_000_000, "[" * 200 + '"\\' * 500_000])
def test_hostile_strings_are_looked_at_once(text):
    # Quadratic work on these would take hours, not the blink that it takes.
    with pytest.raises(InputError):
        parse(text)


def test_keys_are_counted_over_the_whole_text():
    assert len(parse('[{"a":1,"b":1},{"a":1,"b":1,"c":1}]', limits=SMALL)) == 2
    with pytest.raises(InputTooLarge, match="more than 5 object members"):
        parse('[{"a":1,"b":1,"c":1},{"a":1,"b":1,"c":1}]', limits=SMALL)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("12345678901", 0),
        ('["12345678901", -1234567890]', 16),
        ("[1.234567890123]", 1),
        ("[1, 1e0000000001]", 4),
    ],
)
def test_long_numbers(text, position):
    with pytest.raises(InputTooLarge, match="longer than 10") as caught:
        parse(text, limits=SMALL)
    assert caught.value.fields["position"] == position


@pytest.mark.parametrize("text", ["[1e400]", "[-1e400]", "[2.0E+308]"])
def test_numbers_beyond_a_double(text):
    with pytest.raises(InputTooLarge, match="beyond a double"):
        parse(text)


def test_numbers_keep_their_kind():
    assert parse("[1, 1.0, 1e2, -0, 9007199254740993]") == [
        1,
        1.0,
        100.0,
        0,
        9007199254740993,
    ]
    assert [type(n) for n in parse("[1, 1.0, 1e2]")] == [int, float, float]
