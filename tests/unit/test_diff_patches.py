"""Requests that list what to do: JSON patches, and items with an action."""

from typing import Any

import pytest
from smithgate.diff.patches import compare_changes, compare_patch
from smithgate.diff.paths import MISSING
from smithgate.diff.values import Where

API = {
    "description": "old",
    "tracing": True,
    "size": 5,
    "types": ["image/png"],
    "endpoint": {"kind": "REGIONAL"},
}


def patched(**operation: Any) -> Any:
    at = Where(("patch",), ())
    (entry,) = compare_patch(at, API, [operation])
    return entry


@pytest.mark.parametrize(
    ("op", "path", "value", "action", "before", "after"),
    [
        ("replace", "/description", "new", "update", "old", "new"),
        ("replace", "/description", "old", "no-op", "old", "old"),
        ("replace", "/tracing", "true", "no-op", True, True),
        ("replace", "/tracing", "false", "update", True, False),
        ("replace", "/size", "5", "no-op", 5, "5"),
        ("replace", "/size", "true", "update", 5, "true"),
        ("replace", "/endpoint/kind", "EDGE", "update", "REGIONAL", "EDGE"),
        ("remove", "/description", None, "delete", "old", MISSING),
        ("add", "/types/image~1gif", None, "create", MISSING, "image/gif"),
        ("add", "/types/image~1png", None, "no-op", "image/png", "image/png"),
        ("remove", "/types/image~1png", None, "delete", "image/png", MISSING),
        ("remove", "/types/image~1gif", None, "no-op", MISSING, MISSING),
    ],
)
def test_a_patch_of_what_is_shown(op, path, value, action, before, after):
    given = {"op": op, "path": path} | ({} if value is None else {"value": value})
    entry = patched(**given)
    assert not entry.unknown
    assert (entry.action, entry.before, entry.after) == (action, before, after)
    assert entry.path == ("patch", path)


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "/name", "x"),
        ("remove", "/name", None),
        ("replace", "/*/*/throttling", "5"),
        ("replace", "/endpoint", "x"),
        ("replace", "/types", "x"),
        ("copy", "/description", None),
        ("replace", "/description", None),
        ("replace", "", "x"),
    ],
)
def test_what_the_state_does_not_show_is_unknown(op, path, value):
    given = {"op": op, "path": path} | ({} if value is None else {"value": value})
    assert patched(**given).unknown


def test_actions_add_to_a_list_and_take_out_of_it():
    there = [{"Type": "IPV4", "Value": "a"}]
    item = {"Type": "IPV4", "Value": "b"}
    changes = [
        {"Action": "INSERT", "Descriptor": item},
        {"Action": "INSERT", "Descriptor": there[0]},
        {"Action": "DELETE", "Descriptor": there[0]},
        {"Action": "DELETE", "Descriptor": item},
        {"Action": "REPLACE", "Descriptor": item},
        {"Action": "DELETE"},
    ]
    found = list(compare_changes(Where(("Updates",), ("Items",)), there, changes))
    assert [(e.action, e.unknown) for e in found] == [
        ("create", False),
        ("no-op", False),
        ("delete", False),
        ("no-op", False),
        ("update", True),
        ("update", True),
    ]
    assert found[0].path == ("Updates", "[0]")
    assert found[2].before == there[0]


def test_no_state_is_unknown_for_a_patch():
    given = [{"op": "replace", "path": "/a", "value": "b"}, "nonsense"]
    found = list(compare_patch(Where(("patch",), ()), MISSING, given))
    assert [entry.unknown for entry in found] == [True, True]
