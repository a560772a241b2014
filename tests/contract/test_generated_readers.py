"""Every reader exists, reads, and shows what it is compared with."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jmespath
from smithgate.operation import (
    Change,
    Confidence,
    How,
    Operation,
    Read,
    ReadMode,
    Risk,
)

from generated import generated

PART = re.compile(r"(?P<name>[^\[\]]+)(?P<items>(\[[0-9]?\])*)")
CONDITION = re.compile(r"\[\?[^\]]*\]")
KNOWN = (
    "dynamodb:CreateTable",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "ec2:CreateTags",
    "ec2:ModifyVpcAttribute",
    "ec2:StopInstances",
    "ec2:TerminateInstances",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:PutRolePolicy",
    "iam:UpdateRole",
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:UpdateFunctionConfiguration",
    "logs:PutRetentionPolicy",
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:PutBucketEncryption",
    "s3:PutBucketPolicy",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutPublicAccessBlock",
    "sns:SetTopicAttributes",
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:SetQueueAttributes",
    "ssm:PutParameter",
)
"""Operations of daily use that must not lose their reader."""


def readers() -> Iterator[tuple[str, Operation, Read]]:
    for key, operation in generated().operations.items():
        if operation.read is not None:
            yield key, operation, operation.read


def resolve(schema: Any, path: str) -> Any:
    """Return the node at a path of members, ``[0]`` or ``[]`` for list items."""
    node = schema
    for part in path.split("."):
        match = PART.fullmatch(part)
        assert match, path
        node = member(schema, follow(schema, node), match["name"])
        for _ in range(match["items"].count("[")):
            node = follow(schema, node)["items"]
    return node


def follow(schema: Any, node: Any) -> Any:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def member(schema: Any, node: Any, name: str) -> Any:
    if name in node.get("properties", {}):
        return node["properties"][name]
    for branch in node.get("oneOf", ()):
        found = follow(schema, branch)
        if name in found.get("properties", {}):
            return found["properties"][name]
    assert isinstance(node.get("additionalProperties"), dict), name
    return node["additionalProperties"]


@cache
def specimen(key: str) -> Any:
    """A reply in which every member is there, lists and maps with one item."""
    schema = generated().outputs[key]

    def make(node: Any, above: tuple[str, ...]) -> Any:
        reference = node.get("$ref")
        if reference is not None:
            if reference in above:
                return {}
            return make(follow(schema, node), (*above, reference))
        if node.get("type") == "array":
            return [make(node["items"], above)]
        if node.get("type") == "object" or "properties" in node:
            made = {n: make(c, above) for n, c in node.get("properties", {}).items()}
            for branch in node.get("oneOf", ()):
                made |= make(branch, above)
            if isinstance(node.get("additionalProperties"), dict):
                made["key"] = make(node["additionalProperties"], above)
            return made
        return "value"

    return make(schema, ())


def selected(read: Read) -> Any:
    """The document: of a match, the item of the list; whatever filters ask for."""
    document = specimen(read.operation)
    if read.select:
        document = jmespath.search(CONDITION.sub("[]", read.select), document)
    return document[0] if read.match or read.match_created else document


def found_at(document: Any, path: str) -> bool:
    """Whether a specimen has a path; ``[]`` and ``[0]`` go into the items of a list.

    A part in braces is named by the request: any key of a map.
    """
    for part in path.split(".") if path else ():
        if document in ("value", {"key": "value"}):
            return True  # a JSON document in a text, an entry of a map
        name, items, _ = part.partition("[")
        name = "key" if name.startswith("{") else name
        if not isinstance(document, dict) or name not in document:
            return False
        document = document[name]
        if items:
            document = document[0]
    return True


def test_a_reader_is_a_plain_read_of_the_same_service():
    for key, operation, read in readers():
        reader = generated().operations[read.operation]
        assert reader.service == operation.service, key
        assert reader.risk is Risk.READ, key
        assert reader.change is Change.NONE, key


def test_parameters_resolve_on_both_sides_and_nothing_required_is_missing():
    for key, _, read in readers():
        reader = generated().inputs[read.operation]
        for path, origin in read.params.items():
            resolve(reader, path)
            resolve(generated().inputs[key], origin)
        for path, origin in read.created.items():
            resolve(reader, path)
            resolve(generated().outputs[key], origin)
        given = {re.split(r"[.\[]", path)[0] for path in (*read.params, *read.created)}
        given |= {*read.constants, *read.asks} | (
            {read.keys.to} if read.keys else set()
        )
        assert set(reader.get("required", [])) <= given, key


def test_constants_are_what_the_reader_takes():
    for key, _, read in readers():
        for name, value in read.constants.items():
            node = resolve(generated().inputs[read.operation], name)
            schema = generated().inputs[read.operation]
            node = follow(schema, node)
            if isinstance(value, list) and isinstance(value[0], str):
                allowed = follow(schema, node["items"]).get("enum", value)
                assert set(value) <= set(allowed), key
            elif isinstance(value, str):
                assert value in node.get("enum", [value]), key


def test_every_selection_gives_something():
    for key, _, read in readers():
        assert selected(read) not in (None, [], {}) or read.select is None, key


def test_one_item_of_a_list_is_selected_by_something_required():
    for key, operation, read in readers():
        if "[0]" in (read.select or "") and not read.created and not read.container:
            roots = {re.split(r"[.\[]", path)[0] for path in read.params.values()}
            assert roots & set(operation.required), key


def test_compared_paths_are_there_on_both_sides():
    for key, _, read in readers():
        document = selected(read)
        for path, where in read.compare.items():
            resolve(generated().inputs[key], path)
            assert found_at(document, where), (key, where)
        for where in (
            *read.expect,
            *read.gone,
        ):  # holds for each where several are shown
            each = document[0] if isinstance(document, list) else document
            assert found_at(each, where), (key, where)


def test_a_part_of_a_place_is_named_by_what_the_request_has():
    named = 0
    for key, operation, read in readers():
        for where in read.compare.values():
            for name in re.findall(r"\{(\w+)\}", where):
                named += 1
                assert name in generated().inputs[key]["properties"], key
                assert name not in operation.sensitive, key
    assert named


def test_items_are_matched_by_what_is_there_on_both_sides():
    for key, _, read in readers():
        if read.match or read.match_created:
            item = selected(read)
            for where, path in read.match.items():
                assert found_at(item, where), (key, where)
                resolve(generated().inputs[key], path)
            for where, path in read.match_created.items():
                assert found_at(item, where), (key, where)
                resolve(generated().outputs[key], path)


def test_every_identifier_of_the_path_or_host_selects_or_the_reader_is_a_container():
    for key, operation, read in readers():
        if read.created or read.match_created or read.container:
            continue
        reader = generated().operations[read.operation]
        paths = (*read.params.values(), *read.match.values(), *read.compare)
        used = {path.split(".")[0] for path in paths}
        labels = set(operation.labels) & set(operation.required)
        assert labels <= used or not reader.labels, key


def test_a_container_compares_nothing_and_proves_nothing_absent():
    seen = 0
    for key, _, read in readers():
        if read.container:
            seen += 1
            assert read.confidence is Confidence.LOW, key
            assert not {*read.compare, *read.expect, *read.absent}, key
    assert seen


def test_a_reason_is_given_exactly_where_there_is_no_reader():
    for key, operation in generated().operations.items():
        changes = operation.change is not Change.NONE
        missing = operation.read is None and changes
        assert (operation.unreadable is not None) is missing, key


def test_what_selects_is_not_compared():
    for key, operation, read in readers():
        named = set(read.params.values())
        assert not named & set(read.compare), key
        assert operation.idempotency_token not in read.compare, key


def test_only_what_is_set_is_compared_and_only_puts_replace():
    for key, operation, read in readers():
        if operation.change in {Change.DELETE, Change.DETACH, Change.UNTAG}:
            hows = {read.how.get(path) for path in read.compare}
            assert hows <= {How.KEYS, How.REMOVE}, key
        if read.mode is ReadMode.REPLACE:
            assert operation.change in {Change.PUT, Change.UPDATE}, key


def test_operations_without_effect_have_no_reader():
    for key, operation in generated().operations.items():
        if operation.change is Change.NONE:
            assert operation.read is None, key


def test_known_operations_keep_their_readers():
    missing = [key for key in KNOWN if generated().operations[key].read is None]
    assert missing == []


def test_coverage_does_not_fall():
    changing = [o for o in generated().operations.values() if o.change != Change.NONE]
    read = [o for o in changing if o.read]
    compared = [o for o in read if o.read and o.read.compare]
    assert len(read) / len(changing) > 0.85
    assert len(compared) / len(read) > 0.4
