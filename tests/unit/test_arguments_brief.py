import json
from typing import Any

import pytest
from smithgate.arguments import Arguments
from smithgate.arguments.brief import describe_within, size
from smithgate.catalog import Catalog
from smithgate.errors import InputError

DEFAULT = Catalog(Catalog.default_root())
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["Name"],
    "properties": {
        "Filters": {"type": "array", "items": {"$ref": "#/$defs/Filter"}},
        "Limits": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {"Soft": {"type": "integer"}},
            },
        },
        "Name": {"type": "string", "description": "what it is called"},
        "Size": {"enum": [f"size-{number}" for number in range(400)]},
    },
    "$defs": {
        "Filter": {
            "type": "object",
            "required": ["Values"],
            "properties": {
                "Key": {"type": "string"},
                "Values": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}


def wide(count: int, required: int = 1) -> dict[str, Any]:
    names = [f"Member{number:04}" for number in range(count)]
    text = {"type": "string", "description": "x" * 150, "pattern": "[a-z]{1,3}"}
    return {
        "type": "object",
        "required": names[:required],
        "properties": dict.fromkeys(names, text),
    }


@pytest.mark.parametrize("count", [1, 10, 40, 90, 400, 5000])
@pytest.mark.parametrize("budget", [600, 3000])
def test_any_input_fits_and_says_what_is_cut(count: int, budget: int) -> None:
    told = describe_within(wide(count), budget)
    assert size(told) <= budget
    assert told["members"][0]["name"] == "Member0000"
    shown = len(told["members"]) + len(told.get("optional", ()))
    assert shown == count or told["cut"].startswith(f"{count - shown} optional")
    assert ("cut" in told) == (told != describe_within(wide(count), 10**9))


def test_many_required_members_fit_too() -> None:
    told = describe_within(wide(600, required=600), 3000)
    assert size(told) <= 3000
    assert "members" in told["cut"]


@pytest.mark.parametrize("path", ["Filters", "Filters[]", "filters.Values", "Nothing"])
def test_a_member_that_is_not_there_is_refused_with_the_nearest(path: str) -> None:
    if path.startswith("Filters"):
        told = describe_within(SCHEMA, 3000, path)
        assert [m["name"] for m in told["members"]] == ["Values", "Key"]
        return
    with pytest.raises(InputError) as caught:
        describe_within(SCHEMA, 3000, path)
    assert caught.value.hint
    if path != "Nothing":
        assert caught.value.fields["nearest"][0] == "Filters"


def test_maps_need_no_step_and_scalars_are_described() -> None:
    assert describe_within(SCHEMA, 3000, "Limits.Soft") == {
        "value": {"type": "integer"}
    }
    value = describe_within(SCHEMA, 1000, "Size")["value"]
    assert len(value["enum"]) + value["enum_omitted"] == 400


@pytest.mark.parametrize("path", ["\x1b[31m", "x" * 5000, "🎉.`"])
def test_an_odd_path_is_refused_shortly(path: str) -> None:
    with pytest.raises(InputError) as caught:
        describe_within(SCHEMA, 3000, path)
    assert len(caught.value.message) < 300
    assert caught.value.message.isprintable()


def test_a_path_of_nothing_is_the_input() -> None:
    assert describe_within(SCHEMA, 3000, "....") == describe_within(SCHEMA, 3000)


def test_every_generated_operation_fits_in_3000_bytes() -> None:
    arguments = Arguments(DEFAULT)
    for entry in DEFAULT.entries():
        told = arguments.describe_within(entry.id, 3000)
        assert len(json.dumps(told, ensure_ascii=False).encode()) <= 3000, entry.id
        named = (
            [member["name"] for member in told["members"]] if "members" in told else []
        )
        assert sorted(named[: len(entry.required)]) == sorted(entry.required), entry.id
