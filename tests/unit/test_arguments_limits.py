"""What is refused before or beside a schema: sizes, text that is no JSON, unsafe paths."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from generated_tree import Tree, standard_tree
from hypothesis import given
from hypothesis import strategies as st
from smithgate.arguments import Arguments, Limits
from smithgate.catalog import Catalog
from smithgate.errors import (
    CatalogInvalid,
    InputError,
    InputTooLarge,
    MalformedInput,
    SchemaViolation,
    UnsafeArgument,
)

PUT = "s3:PutBucketVersioning"


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> Arguments:
    return Arguments(Catalog(standard_tree(tmp_path_factory.mktemp("tree")).write()))


@pytest.mark.parametrize(
    ("limits", "value", "limit"),
    [
        (Limits(max_bytes=100), {"Key": "x" * 101}, "bytes"),
        (Limits(max_bytes=100), {"x" * 101: 1}, "bytes"),
        (Limits(max_bytes=100), {"Key": "é" * 51}, "bytes"),
        (Limits(max_bytes=100), {"Key": [0] * 101}, "bytes"),
        (Limits(max_depth=3), {"a": [[[1]]]}, "depth"),
        (Limits(max_values=10), {"a": [[]] * 11}, "values"),
        (Limits(max_digits=5), {"a": 100_000}, "digits"),
        (Limits(max_digits=5), {"a": [-100_000]}, "digits"),
        (Limits(), {"a": 10**5000}, "digits"),
    ],
)
def test_limits_come_first(tmp_path: Path, limits: Limits, value, limit: str) -> None:
    tree = standard_tree(tmp_path)
    arguments = Arguments(Catalog(tree.write()), limits=limits)
    with pytest.raises(InputTooLarge) as caught:
        arguments.check("s3:PutObject", value)
    assert caught.value.fields["limit"] == limit


def test_what_is_at_a_limit_is_within_it(tmp_path: Path) -> None:
    limits = Limits(max_bytes=24, max_depth=3, max_values=5, max_digits=5)
    arguments = Arguments(Catalog(standard_tree(tmp_path).write()), limits=limits)
    value = {"Bucket": "b", "Key": "0123456789", "x": [[]]}
    with pytest.raises(SchemaViolation):
        arguments.check("s3:PutObject", value)
    with pytest.raises(SchemaViolation):
        arguments.check("s3:PutObject", {"x": 99_999})


def test_depth_is_counted_without_recursion(arguments: Arguments) -> None:
    value: list[Any] = []
    for _ in range(sys.getrecursionlimit() * 2):
        value = [value]
    with pytest.raises(InputTooLarge, match="levels"):
        arguments.check("s3:PutObject", {"a": value})


@pytest.mark.parametrize(
    "value",
    [
        {"a": float("nan")},
        {"a": [float("inf")]},
        {"a": "\ud800"},
        {"\udfff": 1},
        {1: "a"},
        {"a": {None: 1}},
        {"a": b"bytes"},
        {"a": (1, 2)},
        {"a": {1, 2}},
    ],
)
def test_what_is_not_json_is_malformed(arguments: Arguments, value) -> None:
    with pytest.raises(MalformedInput):
        arguments.check("s3:PutObject", value)


OBJECT = {"Bucket": "b", "Key": "k"}


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"Bucket": ".."}, "Bucket"),
        ({"Bucket": "."}, "Bucket"),
        ({"Key": "a/../b"}, "Key"),
        ({"Key": "../b"}, "Key"),
        ({"Key": "a/."}, "Key"),
        ({"Key": "a\r\nHost: x"}, "Key"),
        ({"Key": "a\x00"}, "Key"),
        ({"Key": "a\x85"}, "Key"),
        ({"ContentType": ""}, "ContentType"),
        ({"ContentType": "text/plain\nX: y"}, "ContentType"),
        ({"Metadata": {"k": "v\r"}}, "Metadata.k"),
        ({"Metadata": {"k\n": "v"}}, "Metadata"),
        ({"Metadata": {"": "v"}}, "Metadata"),
        ({"Metadata": {"\u202e": ".."}}, 'Metadata["\\u{202e}"]'),
    ],
)
def test_labels_and_headers_are_safe(arguments: Arguments, changed, path: str) -> None:
    with pytest.raises(UnsafeArgument) as caught:
        arguments.check("s3:PutObject", OBJECT | changed)
    assert caught.value.message.isprintable()
    assert caught.value.fields["path"] == path


@pytest.mark.parametrize(
    "changed",
    [{"Key": "a..b/.c/d."}, {"Key": "..."}, {"ContentType": "text/plain; charset=x"}],
)
def test_dots_in_names_are_no_dot_segments(arguments: Arguments, changed) -> None:
    arguments.check("s3:PutObject", OBJECT | changed)


def test_other_members_may_hold_line_ends(arguments: Arguments) -> None:
    item = {"TableName": "t", "Item": {"a": {"S": "line\nline\x00.."}}}
    arguments.check("dynamodb:PutItem", item)


@pytest.mark.parametrize(
    "node",
    [
        {"type": "string", "pattern": "(["},
        {"type": "text"},
        {"$ref": "https://example.com/schema.json"},
        {"$ref": "#/$defs/Absent"},
    ],
)
def test_a_schema_that_does_not_compile_is_a_damaged_tree(tmp_path: Path, node) -> None:
    tree = Tree(tmp_path)
    tree.service("x")
    tree.operation("x:Op", {"P": node})
    with pytest.raises(CatalogInvalid) as caught:
        Arguments(Catalog(tree.write())).check("x:Op", {"P": "a"})
    assert caught.value.fields["file"] == "x/op.schema.json"
    assert caught.value.message.isprintable()


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=10),
        st.sampled_from(["2026-01-31T12:00:00Z", "YQ==", "Enabled", "..", "a\n"]),
    ),
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(
            st.sampled_from(["S", "B", "L", "M", "Bucket", "Key", "Item", "Status"]),
            below,
            max_size=3,
        ),
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from(["s3:PutObject", "dynamodb:PutItem", PUT]))
def test_any_json_is_accepted_or_refused_with_our_errors(
    arguments: Arguments, value, operation: str
) -> None:
    try:
        arguments.check(operation, value)
    except InputError as error:
        json.dumps(error.as_dict())
        return
    arguments.to_boto(operation, value)
