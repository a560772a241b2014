"""What the schemas accept and refuse, by the run-time engine and by a second one."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from smithgate_codegen.emit.schema import input_schema, output_schema
from smithgate_codegen.model import load_model
from smithgate_codegen.patterns import BACKTRACK_LIMIT, PatternTable, classify

MODEL = Path(__file__).parents[1] / "golden" / "schema" / "features" / "model.json"
ITEM = {"Sku": "a"}
ORDER = {"ShopId": "s", "Note": "n", "Basket": [ITEM]}


@pytest.fixture(scope="module")
def schemas():
    model = load_model(MODEL.read_bytes(), origin=MODEL.name)
    order = model.operations()[0].shape
    table = PatternTable(())
    return (
        input_schema(model, order, patterns=table),
        output_schema(model, order, patterns=table),
    )


def engine(schema):
    """Return a validator with the options that the runtime uses."""
    return jsonschema_rs.Draft202012Validator(
        json.dumps(schema),
        offline=True,
        validate_formats=False,
        pattern_options=jsonschema_rs.FancyRegexOptions(
            backtrack_limit=BACKTRACK_LIMIT
        ),
    )


def verdicts(schema, instance):
    second = jsonschema.Draft202012Validator(schema)
    return engine(schema).is_valid(instance), second.is_valid(instance)


ACCEPTED = {
    "only what is required, the token left out": {},
    "a token": {"ClientToken": "12345678"},
    "a union branch": {"Payment": {"Iban": "x"}},
    "a union branch without content": {"Payment": {"Cash": {}}},
    "recursion": {"Folder": {"Parent": {"Parent": {"Parent": {"Name": "n"}}}}},
    "recursion through a list": {"Basket": [{"Sku": "a", "Bundle": [ITEM]}]},
    "a sparse map": {"Labels": {"red": None, "blue": "b"}},
    "null in a document": {"Anything": {"a": [None, 1, "x"]}},
    "a document that is null": {"Anything": None},
    "the 64-bit bounds": {"Far": -(2**63)},
    "a big integer": {"Huge": 10**40},
    "a big integer as text": {"Huge": "-12345678901234567890"},
    "a decimal as text": {"Exact": "1.50e3"},
    "a time with an offset": {"When": "2026-11-22T19:00:00.5+01:00"},
    "base64": {"Photo": "aGVsbG8="},
    "the member's own bounds": {"OtherBasket": [ITEM, ITEM, ITEM]},
    "the member's own pattern": {"PhoneNumber": "+1-2_3"},
    "an int enum": {"Rank": 10},
}
REFUSED = {
    "an unknown member": {"Shopid": "s"},
    "an unknown nested member": {"Folder": {"name": "n"}},
    "an unknown deep member": {"Folder": {"Parent": {"Parent": {"x": 1}}}},
    "an empty label": {"ShopId": ""},
    "a label of a null": {"ShopId": None},
    "a short token": {"ClientToken": "1234567"},
    "no union branch": {"Payment": {}},
    "two union branches": {"Payment": {"Cash": {}, "Iban": "x"}},
    "an unknown union branch": {"Payment": {"Coins": {}}},
    "a known and an unknown branch": {"Payment": {"Cash": {}, "Coins": {}}},
    "content in an empty branch": {"Payment": {"Cash": {"a": 1}}},
    "an enum value of another case": {"Colour": "Red"},
    "a map key out of the enum": {"Labels": {"green": "g"}},
    "a map value too long": {"Labels": {"red": "12345"}},
    "an int enum value that is not there": {"Rank": 2},
    "an integer over 8 bits": {"Tiny": 128},
    "an integer over 16 bits": {"Small": 32768},
    "an integer over 64 bits": {"Far": 2**63},
    "an integer below the member's range": {"Count": 4},
    "a number in text": {"Count": "5"},
    "a truth value as an integer": {"Count": True},
    "a number as a truth value": {"Urgent": 1},
    "a fraction as an integer": {"Count": 5.5},
    "text as a list": {"Basket": "a"},
    "an empty list": {"Basket": []},
    "too many for the member": {"OtherBasket": [ITEM] * 4},
    "an item twice in a set": {"Basket": [{"Sku": "a", "Bundle": [ITEM, ITEM]}]},
    "null in a list": {"Basket": [None]},
    "no item key": {"Basket": [{}]},
    "a time without an offset": {"When": "2026-11-22T19:00:00"},
    "a time as a number": {"When": 1700000000},
    "a day": {"When": "2026-11-22"},
    "base64 of the URL alphabet": {"Photo": "aGVsbG8_"},
    "too many bytes": {"Photo": "A" * 140},
    "no bytes": {"Photo": ""},
    "a big integer with a fraction": {"Huge": "1.5"},
    "the target's own pattern": {"PhoneNumber": "never"},
}


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_good_request_is_accepted(schemas, change):
    assert verdicts(schemas[0], ORDER | change) == (True, True)


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_request_is_refused(schemas, change):
    assert verdicts(schemas[0], ORDER | change) == (False, False)


@pytest.mark.parametrize("missing", sorted(ORDER))
def test_a_required_member_cannot_be_left_out(schemas, missing):
    order = {name: value for name, value in ORDER.items() if name != missing}
    assert verdicts(schemas[0], order) == (False, False)


@pytest.mark.parametrize("name", ["PhoneNumber", "When", "Photo", "Huge", "Exact"])
def test_a_final_newline_is_refused(schemas, name):
    good = {
        "PhoneNumber": "+123",
        "When": "2026-11-22T19:00:00Z",
        "Photo": "aGVs",
        "Huge": "12",
        "Exact": "1.5",
    }
    # The second engine's ``$`` accepts it, which is why it is only the second.
    assert engine(schemas[0]).is_valid(ORDER | {name: good[name]})
    assert not engine(schemas[0]).is_valid(ORDER | {name: good[name] + "\n"})


def test_a_reply_may_have_more_than_the_model():
    model = load_model(MODEL.read_bytes(), origin=MODEL.name)
    given = output_schema(model, model.operations()[0].shape, patterns=PatternTable(()))
    more = {
        "OrderId": "o",
        "New": {"x": None},
        "Colour": "mauve",
        "Paid": {"SDK_UNKNOWN_MEMBER": {"name": "Coins"}},
        "Folder": {"Parent": {"Size": 3}},
        "Labels": {"mauve": "longer than four"},
        "Basket": [],
    }
    assert verdicts(given, more) == (True, True)
    assert verdicts(given, {}) == (False, False)
    assert verdicts(given, more | {"OrderId": 5}) == (False, False)
    assert verdicts(given, more | {"Basket": [{"Sku": 1}]}) == (False, False)


def test_every_schema_passes_the_metaschema(schemas):
    for schema in schemas:
        jsonschema.Draft202012Validator.check_schema(schema)


HOSTILE = [
    (r"^(a+)+$", "a" * 20_000 + "!"),
    (r"^([\w-]+\.?)*$", "a" * 20_000 + "!"),
    (r"^(?!x)([a-z]+)*$", "a" * 5_000 + "!"),
    (r"^(?=(a|aa)+$)(a|aa)+b$", "a" * 5_000),
    (r"^(?!.*?(.)\1{3})([-_a-z]*)*$", "ab" * 5_000 + "!"),
]


@pytest.mark.parametrize(("published", "text"), HOSTILE)
def test_hostile_text_ends_in_a_no(published, text):
    """A backtracking engine would not come back from these in a lifetime."""
    printed = classify(published).pattern
    assert printed is not None
    assert not engine({"type": "string", "pattern": printed}).is_valid(text)


def test_a_deep_value_is_walked_to_its_end(schemas):
    folder: dict[str, Any] = {}
    for _ in range(200):
        folder = {"Parent": folder}
    assert engine(schemas[0]).is_valid(ORDER | {"Folder": folder})
    deepest = folder
    while "Parent" in deepest:
        deepest = deepest["Parent"]
    deepest["Unknown"] = 1
    assert not engine(schemas[0]).is_valid(ORDER | {"Folder": folder})
