import json
import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from smithgate.redact import MASK, escape_text, mask, mask_credentials

SECRET = "correct horse battery staple"


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ({"A": SECRET}, "A", {"A": MASK}),
        ({"A": {"B": SECRET, "C": 1}}, "A.B", {"A": {"B": MASK, "C": 1}}),
        ({"A": [{"B": SECRET}, {}]}, "A[].B", {"A": [{"B": MASK}, {}]}),
        ({"A": [SECRET, SECRET]}, "A[]", {"A": [MASK, MASK]}),
        ({"A": {"x.y": SECRET}}, "A{}", {"A": {"x.y": MASK}}),
        ({"A": {"x": {"B": SECRET}}}, "A{}.B", {"A": {"x": {"B": MASK}}}),
        ({"A": {"x": [SECRET]}}, "A{}[]", {"A": {"x": [MASK]}}),
        ({"A": [[SECRET], [1]]}, "A[][]", {"A": [[MASK], [MASK]]}),
        ({"A": {"B": SECRET}}, "A", {"A": MASK}),
        ({"A": 0}, "A", {"A": MASK}),
        ({"A": False}, "A", {"A": MASK}),
        ({"A": ""}, "A", {"A": MASK}),
    ],
)
def test_a_path_names_what_is_masked(value, path: str, expected) -> None:
    before = json.dumps(value)
    masked = mask(value, [path])
    assert masked.value == expected
    assert masked.paths == (path,)
    assert json.dumps(value) == before


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"A": 1}, "B"),
        ({"A": {"B": 1}}, "A.C.D"),
        ({"A": []}, "A[].B"),
        ({"A": {}}, "A{}"),
        ({"A": None}, "A"),
        ({"A": {"B": None}}, "A.B.C"),
        ({"a": 1}, "A"),
    ],
)
def test_what_is_not_there_is_not_masked(value, path: str) -> None:
    masked = mask(value, [path])
    assert masked.value == value
    assert masked.paths == ()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"A": SECRET}, "A.B"),
        ({"A": SECRET}, "A[]"),
        ({"A": SECRET}, "A{}"),
        ({"A": [SECRET]}, "A.B"),
        ({"A": [SECRET]}, "A{}"),
        ({"A": {"B": SECRET}}, "A[]"),
        ({"A": 17}, "A[].B"),
    ],
)
def test_another_form_than_promised_is_masked_whole(value, path: str) -> None:
    assert mask(value, [path]).value == {"A": MASK}


def test_several_paths_are_recorded_sorted() -> None:
    value = {"A": 1, "B": {"C": 2, "D": 3}}
    masked = mask(value, ["B.C", "A", "B.C", "Z"])
    assert masked.value == {"A": MASK, "B": {"C": MASK, "D": 3}}
    assert masked.paths == ("A", "B.C")


NAMES = st.sampled_from(["A", "B", "C"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
VALUES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.lists(below, max_size=3), st.dictionaries(NAMES, below, max_size=3)
    ),
    max_leaves=12,
)
STEPS = st.lists(st.sampled_from([".A", ".B", ".C", "[]", "{}"]), max_size=3)
PATHS = st.builds(lambda name, steps: name + "".join(steps), NAMES, STEPS)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=3)


@given(DOCUMENTS, st.lists(PATHS, max_size=4))
def test_masking_twice_changes_nothing(value, paths: list[str]) -> None:
    once = mask(value, paths)
    twice = mask(once.value, paths)
    assert twice.value == once.value


@given(DOCUMENTS, st.lists(PATHS, max_size=4))
def test_masking_changes_a_value_or_leaves_it(value, paths: list[str]) -> None:
    assert only_masked(value, mask(value, paths).value)


def only_masked(before, after) -> bool:
    """Say whether the two differ only where a mask stands."""
    if after == MASK:
        return True
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(
            only_masked(before[key], after[key]) for key in before
        )
    if isinstance(before, list):
        return len(before) == len(after) and all(map(only_masked, before, after))
    return before is after or before == after


def place(steps: list[str], rest, secret: str):
    """Build a document that holds ``secret`` exactly where the steps lead."""
    value: Any = secret
    for step in reversed(steps):
        if step == "[]":
            value = [value, value]
        elif step == "{}":
            value = {"k1": value, "k2": value}
        else:
            value = {step.lstrip("."): value, "other": rest}
    return value


@given(STEPS, DOCUMENTS)
def test_a_masked_secret_is_nowhere(steps: list[str], rest) -> None:
    document = {"Top": place(steps, rest, SECRET)}
    masked = mask(document, ["Top" + "".join(steps)])
    assert SECRET not in json.dumps(masked.value)
    assert masked.paths


BASE64 = string.ascii_letters + string.digits + "/+"
UPPER = string.ascii_uppercase + string.digits
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow+abc/==\n-----END RSA PRIVATE KEY-----"
EXAMPLE_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        EXAMPLE_KEY,
        "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUC" * 4,
        "FwoGZXIvYXdzEBYaDHqa0AP1Mzz4vcFVPyLFAXnrYk0C" * 3,
        PEM,
        PEM.replace("RSA ", ""),
        PEM.replace("RSA", "OPENSSH"),
        PEM.partition("-----END")[0],
    ],
)
@pytest.mark.parametrize("around", ["{}", "key={} ", '"{}",', "a ({}) b", "x:{}\ny"])
def test_credentials_are_masked_in_any_text(secret: str, around: str) -> None:
    text = around.format(secret)
    masked = mask_credentials({"k": [text], text: 1})
    assert secret not in json.dumps(masked)
    assert MASK in masked["k"][0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "arn:aws:iam::111111111111:role/application/service-roles/Example",
        "AROAIOSFODNN7EXAMPLE",
        "AKIA",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        "d41d8cd98f00b204e9800998ecf8427e",
        "00000000-0000-4000-8000-000000000000",
        "eyJ2ZXJzaW9uIjoiMiIsImlkIjoiQVFJQ0FIaTFrVWt",
        "/aws/lambda/my-function/2026/01/31/latest",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "CreateBucketMetadataTableConfigurationXY",
        "the secret access key is kept elsewhere",
        "ssm/parameters/production/applicationKey1",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask_credentials([text, {text: text}]) == [text, {text: text}]


@pytest.mark.parametrize(
    "name",
    ["SecretAccessKey", "secretAccessKey", "aws_secret_access_key", "SessionToken"],
)
def test_named_credentials_are_masked_whatever_they_look_like(name: str) -> None:
    assert mask_credentials({name: "short", "Other": "short"}) == {
        name: MASK,
        "Other": "short",
    }
    assert mask_credentials({name: ""}) == {name: ""}
    assert mask_credentials({name: None}) == {name: None}


def test_labelled_credentials_in_text() -> None:
    text = 'aws_session_token = "abcdefghij" then https://x/?X-Amz-Signature=0a1b2c3d4e&y=1'
    masked = mask_credentials(text)
    assert (
        masked
        == f'aws_session_token = "{MASK}" then https://x/?X-Amz-Signature={MASK}&y=1'
    )


def test_two_credentials_as_keys_lose_no_member() -> None:
    value = {"AKIAIOSFODNN7EXAMPLE": 1, "AKIAIOSFODNN7EXAMPL2": 2, "a": 3}
    assert sorted(mask_credentials(value).values()) == [1, 2, 3]


@given(st.text(BASE64, min_size=40, max_size=40), st.text(max_size=10))
def test_random_secret_keys_do_not_get_out(secret: str, around: str) -> None:
    assume(len(set(secret)) >= 22)
    text = f"{around} {secret} {around}"
    masked = mask_credentials(text)
    assert secret not in masked
    assert masked.startswith(f"{around} ")
    assert masked.endswith(f" {around}")


@given(st.text(UPPER, min_size=16, max_size=16), st.sampled_from(["AKIA", "ASIA"]))
def test_access_key_ids_do_not_get_out(rest: str, prefix: str) -> None:
    assert mask_credentials(f"id={prefix}{rest};") == f"id={MASK};"


CREDENTIALS = st.sampled_from(
    ["AKIAIOSFODNN7EXAMPLE", EXAMPLE_KEY, PEM, "/", "+", "a", " "]
)


@given(st.lists(CREDENTIALS, max_size=6).map("".join))
def test_masking_credentials_twice_changes_nothing(text: str) -> None:
    once = mask_credentials(text)
    assert mask_credentials(once) == once


@given(st.recursive(LEAVES, lambda below: st.lists(below, max_size=3)))
def test_values_without_credentials_stay(value) -> None:
    assert mask_credentials(value) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text é ñ 日本 🎉", "plain text é ñ 日本 🎉"),
        ("a\nb\tc\r", r"a\u{a}b\u{9}c\u{d}"),
        ("\x1b[31mred\x07", r"\u{1b}[31mred\u{7}"),
        ("abc\u202etxt.exe", r"abc\u{202e}txt.exe"),
        ("a\u200bb\ufeffc\u00ad", r"a\u{200b}b\u{feff}c\u{ad}"),
        ("a\u00a0b\u3000c\u2028", r"a\u{a0}b\u{3000}c\u{2028}"),
        (
            "\u3164\u115f\u2800\ufe0f\U000e0100",
            r"\u{3164}\u{115f}\u{2800}\u{fe0f}\u{e0100}",
        ),
        ("\ud800\U0010ffff\U000e0041", r"\u{d800}\u{10ffff}\u{e0041}"),
        ("\x9b31m\x7f", r"\u{9b}31m\u{7f}"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert escape_text(text) == shown


@given(st.text(st.characters()))
def test_escaped_text_is_printable_and_escaping_is_idempotent(text: str) -> None:
    escaped = escape_text(text)
    assert escaped.isprintable()
    assert escape_text(escaped) == escaped
