"""Arguments against the schema of their operation, and what a violation tells."""

import json
from pathlib import Path
from typing import Any

import pytest
from generated_tree import Tree, standard_tree
from smithgate.arguments import Arguments
from smithgate.catalog import Catalog
from smithgate.errors import SchemaViolation, UnknownOperation

PUT = "s3:PutBucketVersioning"
SECRET = "hunter2-hunter2-hunter2"


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> Arguments:
    return Arguments(Catalog(standard_tree(tmp_path_factory.mktemp("tree")).write()))


def violations(arguments: Arguments, operation: str, value) -> list[dict[str, Any]]:
    with pytest.raises(SchemaViolation) as caught:
        arguments.check(operation, value)
    found = caught.value.fields["violations"]
    json.dumps(caught.value.as_dict())  # it leaves as JSON
    assert caught.value.message.isprintable()
    return found


def only(arguments: Arguments, operation: str, value) -> dict[str, Any]:
    found = violations(arguments, operation, value)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        (PUT, {"Bucket": "b", "VersioningConfiguration": {}}),
        (PUT, {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}),
        ("s3:PutObject", {"Bucket": "b", "Key": "a/b.txt", "Metadata": {"k": ""}}),
        (
            "s3:PutObject",
            {"Bucket": "b", "Key": "k", "Body": "", "Expires": "2026-01-31T12:00:00Z"},
        ),
        ("ec2:RunInstances", {"MinCount": 1, "DryRun": True, "Ratio": 1}),
        ("ec2:RunInstances", {"MinCount": 1, "ClientToken": "t"}),
        (
            "dynamodb:PutItem",
            {"TableName": "t", "Item": {"a": {"M": {"b": {"L": [{"S": "x"}]}}}}},
        ),
        ("rds:DescribeDBInstances", {}),
    ],
)
def test_valid_arguments_pass(arguments: Arguments, operation: str, value) -> None:
    before = json.dumps(value)
    arguments.check(operation, value)
    assert json.dumps(value) == before


def test_only_canonical_ids_are_taken(arguments: Arguments) -> None:
    with pytest.raises(UnknownOperation):
        arguments.check("s3.put_bucket_versioning", {})


def test_a_missing_member_is_named(arguments: Arguments) -> None:
    found = violations(arguments, PUT, {"VersioningConfiguration": {}})
    assert found == [{"path": "Bucket", "rule": "required", "message": "is required"}]


def test_an_unknown_member_names_the_nearest(arguments: Arguments) -> None:
    value = {"Bucket": "b", "VersioningConfiguration": {"status": "Enabled"}}
    assert only(arguments, PUT, value) == {
        "path": "VersioningConfiguration.status",
        "rule": "additionalProperties",
        "message": "is not a member, did you mean `Status`",
        "allowed": ["MFADelete", "Status"],
    }


def test_a_value_out_of_an_enum_lists_the_values(arguments: Arguments) -> None:
    value = {"Bucket": "b", "VersioningConfiguration": {"Status": "on"}}
    assert only(arguments, PUT, value) == {
        "path": "VersioningConfiguration.Status",
        "rule": "enum",
        "message": "`on` is not an allowed value",
        "allowed": ["Enabled", "Suspended"],
    }


@pytest.mark.parametrize("value", ["text", 5, None, [], True])
def test_arguments_are_an_object(arguments: Arguments, value) -> None:
    found = only(arguments, PUT, value)
    assert found["path"] == ""
    assert found["message"].startswith("must be an object, not ")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1", "must be an integer, not a string"),
        (True, "must be an integer, not a boolean"),
        (None, "must be an integer, not null"),
        (1.5, "must be an integer, not a number"),
        (1.0, "must be a whole number written without a fraction"),
        (2**31, "must be at most 2147483647"),
        (-(2**31) - 1, "must be at least -2147483648"),
    ],
)
def test_integers_are_integers(arguments: Arguments, value, message: str) -> None:
    found = only(arguments, "ec2:RunInstances", {"MinCount": value})
    assert found["path"] == "MinCount"
    assert found["message"] == message


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31T12:00:00+25:00",
        "0001-01-01T00:00:00+01:00",
        "2026-01-31T12.00.00Z",
    ],
)
def test_timestamps_are_real(arguments: Arguments, text: str) -> None:
    value = {"Bucket": "b", "Key": "k", "Expires": text}
    found = only(arguments, "s3:PutObject", value)
    assert (found["path"], found["rule"]) == ("Expires", "format")


def test_a_timestamp_out_of_form_breaks_its_pattern_once(arguments: Arguments) -> None:
    value = {"Bucket": "b", "Key": "k", "Expires": "tomorrow"}
    found = only(arguments, "s3:PutObject", value)
    assert found["rule"] == "pattern"
    assert found["message"] == "`tomorrow` does not match the pattern"


@pytest.mark.parametrize("text", ["a", "YQ", "YQ==\n", "YR==", "Y Q==", "ä", "-_-_"])
def test_blobs_are_canonical_base64(arguments: Arguments, text: str) -> None:
    value = {"FunctionName": "f", "Payload": text}
    found = only(arguments, "lambda:Invoke", value)
    assert (found["path"], found["rule"]) == ("Payload", "contentEncoding")


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ({"X": 1}, 'Item["a.b"].X', "is not a member"),
        ({"s": "x"}, 'Item["a.b"].s', "is not a member, did you mean `S`"),
        ({"S": 1}, 'Item["a.b"].S', "must be a string, not an integer"),
        (
            {},
            'Item["a.b"]',
            "must be an object with exactly one of the allowed members",
        ),
        (
            "x",
            'Item["a.b"]',
            "must be an object with exactly one of the allowed members",
        ),
        (
            {"S": "x", "BOOL": True},
            'Item["a.b"]',
            "must be an object with exactly one of the allowed members",
        ),
        (
            {"L": [{"S": "x"}, {"M": {"k": {"S": 2}}}]},
            'Item["a.b"].L[1].M.k.S',
            "must be a string, not an integer",
        ),
        ({"L": [{"B": "%"}]}, 'Item["a.b"].L[0].B', "must be base64 with padding"),
    ],
)
def test_unions_are_explained_by_the_branch_that_was_meant(
    arguments: Arguments, value, path: str, message: str
) -> None:
    document = {"TableName": "t", "Item": {"a.b": value}}
    found = only(arguments, "dynamodb:PutItem", document)
    assert (found["path"], found["message"]) == (path, message)


def test_a_union_lists_its_members(arguments: Arguments) -> None:
    found = only(arguments, "dynamodb:PutItem", {"TableName": "t", "Item": {"a": {}}})
    assert found["allowed"] == ["B", "BOOL", "L", "M", "S"]


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        (5, 'Sparse["k.k"]', "must be a string or null, not an integer"),
        ("toolong", 'Sparse["k.k"]', "must have at most 3 characters"),
    ],
)
def test_sparse_values_may_be_null(
    tmp_path: Path, value, path: str, message: str
) -> None:
    tree = Tree(tmp_path)
    tree.service("x")
    short = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}
    tree.operation(
        "x:Op", {"Sparse": {"type": "object", "additionalProperties": short}}
    )
    arguments = Arguments(Catalog(tree.write()))
    arguments.check("x:Op", {"Sparse": {"k.k": None, "b": "abc"}})
    found = only(arguments, "x:Op", {"Sparse": {"k.k": value}})
    assert (found["path"], found["message"]) == (path, message)


def test_a_bad_map_key_is_not_quoted(arguments: Arguments) -> None:
    value = {"Bucket": "b", "Key": "k", "Metadata": {"far-too-long-a-key": "v"}}
    found = only(arguments, "s3:PutObject", value)
    assert found["message"] == "has a key that must have at most 8 characters"
    assert "far-too-long" not in str(found)


@pytest.mark.parametrize(
    ("operation", "value", "path"),
    [
        (PUT, {"Bucket": "b", "VersioningConfiguration": {}, "MFA": SECRET}, "MFA"),
        (
            "rds:ModifyDBInstance",
            {"MasterUserPassword": SECRET * 2},
            "MasterUserPassword",
        ),
        (
            "rds:ModifyDBInstance",
            {"MasterUserPassword": {SECRET: SECRET}},
            "MasterUserPassword",
        ),
        (
            "rds:ModifyDBInstance",
            {"MasterUserPassword": [SECRET]},
            "MasterUserPassword",
        ),
    ],
)
def test_a_sensitive_value_is_never_quoted(
    arguments: Arguments, operation: str, value, path: str
) -> None:
    with pytest.raises(SchemaViolation) as caught:
        arguments.check(operation, value)
    assert "hunter2" not in json.dumps(caught.value.as_dict())
    assert caught.value.fields["violations"][0]["path"] == path


def sensitive_tree(root: Path, **annotations) -> Arguments:
    tree = Tree(root)
    tree.service("x")
    digit = {"type": "string", "pattern": "^[0-9]$"}
    inner = {"type": "object", "additionalProperties": digit}
    items = {"type": "array", "items": {"type": "object", "properties": {"P": digit}}}
    tree.operation(
        "x:Op",
        {"Map": {**inner, **annotations}, "List": items},
        sensitive=("List[].P",),
    )
    return Arguments(Catalog(tree.write()))


def test_paths_end_at_a_sensitive_container(tmp_path: Path) -> None:
    arguments = sensitive_tree(tmp_path, **{"x-sensitive": True})
    value = {"Map": {f"{SECRET}{i}": SECRET for i in range(3)}, "List": [{"P": SECRET}]}
    with pytest.raises(SchemaViolation) as caught:
        arguments.check("x:Op", value)
    assert "hunter2" not in json.dumps(caught.value.as_dict())
    paths = [violation["path"] for violation in caught.value.fields["violations"]]
    assert sorted(paths) == ["List[0].P", "Map"]


def test_without_the_annotation_the_value_is_quoted_and_cut(tmp_path: Path) -> None:
    arguments = sensitive_tree(tmp_path)
    found = only(arguments, "x:Op", {"Map": {"k": "é\x1b[0m`" + "z" * 500}})
    assert found["message"].startswith("`é\\u{1b}[0m'zzz")
    assert "z…` does not match the pattern" in found["message"]
    assert len(found["message"]) < 120
    key_id = only(arguments, "x:Op", {"Map": {"k": "AKIAIOSFODNN7EXAMPLE"}})
    assert "AKIA" not in str(key_id)


def test_at_most_twenty_violations_and_a_count(arguments: Arguments) -> None:
    value = {"MinCount": 1, **{f"Extra{i}": i for i in range(50)}}
    with pytest.raises(SchemaViolation) as caught:
        arguments.check("ec2:RunInstances", value)
    assert len(caught.value.fields["violations"]) == 20
    assert caught.value.fields["omitted"] == 30
    assert caught.value.message.endswith("(and 49 more)")


def test_all_mistakes_are_told_at_once(arguments: Arguments) -> None:
    value = {"Body": "%", "Key": "", "Expires": "2026-02-30T00:00:00Z", "Kee": 1}
    found = violations(arguments, "s3:PutObject", value)
    told = {(violation["path"], violation["rule"]) for violation in found}
    assert told == {
        ("Bucket", "required"),
        ("Kee", "additionalProperties"),
        ("Key", "minLength"),
        ("Body", "contentEncoding"),
        ("Expires", "format"),
    }


def test_a_pattern_that_backtracks_is_bounded(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.service("x")
    pattern = "^(?=(a+)+$)(a|aa)+$"
    tree.operation("x:Op", {"P": {"type": "string", "pattern": pattern}})
    arguments = Arguments(Catalog(tree.write()))
    arguments.check("x:Op", {"P": "aa"})
    found = only(arguments, "x:Op", {"P": "a" * 200 + "!"})
    assert found["path"] == "P"
    assert found["rule"] == "pattern"
