"""The index: its layout, and the names of the tools in it."""

import json
import re

import pytest
from smithgate_codegen.emit.index import index_text, skipped_text, tool_name
from smithgate_codegen.errors import RenderError


def index(**operations: str) -> str:
    entries = {key: {"tool": tool, "risk": "read"} for key, tool in operations.items()}
    return index_text(source={}, services={"s3": {"b": 1, "a": 2}}, operations=entries)


def test_one_line_for_each_operation_and_keys_in_order():
    text = index(b="t_b", a="t_a")
    assert json.loads(text)["format_version"] == 1
    lines = text.splitlines()
    assert lines[3] == '  "services": {'
    assert lines[4] == '    "s3": {"a": 2, "b": 1}'
    assert lines[7] == '    "a": {"risk": "read", "tool": "t_a"},'
    assert lines[8] == '    "b": {"risk": "read", "tool": "t_b"}'
    assert text.endswith("  }\n}\n")


def test_empty_sections_are_json_too():
    assert json.loads(skipped_text({})) == {"format_version": 1, "skipped": {}}
    assert json.loads(skipped_text({"a:B": "why"}))["skipped"] == {"a:B": "why"}


def test_only_ascii_reaches_the_index():
    assert skipped_text({"a:B": "\u202e…"}).isascii()


@pytest.mark.parametrize(
    ("service", "method", "expected"),
    [
        ("s3", "put_bucket_versioning", "s3_put_bucket_versioning"),
        ("cognito-idp", "get_user", "cognito_idp_get_user"),
        ("lambda", "invoke", "lambda_invoke"),
    ],
)
def test_a_tool_is_named_after_service_and_method(service, method, expected):
    assert tool_name(service, method) == expected


def test_a_long_name_is_cut_and_stays_apart_from_its_neighbour():
    names = {tool_name("ec2", "describe_" + "x" * 60 + end) for end in "abc"}
    assert len(names) == 3
    for name in names:
        assert len(name) == 45
        assert re.fullmatch(r"[A-Za-z0-9_-]+", name)
    assert tool_name("ec2", "y" * 60) == tool_name("ec2", "y" * 60)


def test_two_operations_with_one_tool_are_refused():
    with pytest.raises(RenderError, match=r"`a` and `b` share a tool name"):
        index(a="same", b="SAME")
