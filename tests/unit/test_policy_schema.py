"""The editor's schema and the loader say the same of the same policies."""

import copy
import json
from importlib.resources import files

import jsonschema
import jsonschema_rs
import pytest
from approver_kit import signer
from smithgate.errors import PolicyFileInvalid
from smithgate.operation import Payload
from smithgate.policy import parse_policy
from smithgate.policy.regions import known_regions
from smithgate.policy.sections import APPROVAL_DEFAULTS, PAYLOADS, RISK_DEFAULTS

SCHEMA = json.loads(
    files("smithgate.policy").joinpath("policy.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)

FULL = {
    "version": 1,
    "targets": {
        "dev": {
            "account": "111111111111",
            "role_arn": "arn:aws:iam::111111111111:role/team/agent",
            "source_identity": True,
            "session_policy": True,
            "regions": ["eu-west-1", "us-east-1"],
            "default": True,
        },
        "prod_2": {"account": "222222222222", "regions": ["us-gov-west-1"]},
    },
    "risks": dict.fromkeys(RISK_DEFAULTS, "approve"),
    "rules": [
        {
            "id": "one",
            "allow": ["sqs:(CreateQueue|DeleteQueue)", "s3:Get.*"],
            "when": {
                "targets": ["dev"],
                "regions": ["eu-west-1"],
                "arguments": {"QueueName": "agent-.*", "A.B": "x"},
                "tags": {"Owner": "ann", "aws:x": ".*"},
                "principals": ["mcp:.*"],
                "payload": ["passes_role", "user_data"],
            },
            "permits": ["permissions", "destructive"],
            "why": "because",
        },
        {"id": "two", "approve": [".*"], "when": {"targets": ["dev", "prod_2"]}},
        {"id": "three", "deny": ["iam:.*"], "when": {"arguments": {"A": "b"}}},
    ],
    "required_tags": [
        {"id": "owned", "operations": ["ec2:.*"], "tags": {"Owner": ".+"}},
        {
            "operations": [".*"],
            "tags": {"aws:x y/z": "1", "Env": "dev|test"},
            "untagged": "deny",
        },
    ],
    "approvals": {
        "write": {"count": 1, "ttl": "1h"},
        "destructive": {"count": 10},
        "read": {"ttl": "10080m"},
    },
    "limits": {
        "plans_per_hour": 60,
        "steps_per_plan": 20,
        "applies_per_hour": {"destructive": 3, "write": 100000},
    },
    "preflight": {"dry_run": True, "simulate": False},
    "blind": {"write": "allow", "destructive": "deny"},
    "freeze": [
        {
            "id": "year-end",
            "from": "2026-12-20T00:00Z",
            "until": "2027-01-03T00:00:00Z",
            "risks": ["write", "destructive"],
            "targets": ["prod_2"],
            "why": "nobody is there",
        },
        {"from": "2026-02-28T00:00Z", "until": "2028-02-29T23:59Z", "risks": ["read"]},
    ],
    "tests": [
        {
            "operation": "sqs:DeleteQueue",
            "expect": "deny",
            "by": "rules.one",
            "target": "dev",
            "region": "eu-west-1",
            "arguments": {"QueueUrl": "x", "A": [1, 1.5, True, None, {"": "x"}]},
            "principal": "mcp:x",
            "at": "2026-12-24T00:00Z",
        },
        {"operation": "a:B", "expect": "allow"},
    ],
    "approvers": {
        "ada": {"key": signer("ada").key.line, "risks": ["write", "destructive"]},
        "b.o_b@x": {
            "key": signer("bob").key.line + " bob",
            "risks": ["read"],
            "targets": ["dev"],
        },
    },
    "unsigned_approvals": {"same_user": ["write", "read"], "elicitation": ["write"]},
}
SMALLEST = {
    "version": 1,
    "targets": {"a": {"account": "0" * 12, "regions": ["us-east-1"]}},
}
VALUES = [
    None, True, False, 0, 1, 2, -1, 1.5, "", "x", "x" * 65, "x" * 129, "x" * 1001, [],
    {}, [1], ["x", "x"], {"x": 1}, {"": "x"}, {"x": "y"}, "allow", "deny", "us-east-1",
    "1h", "0m", "8d", "168h", "169h", "10080m", "10081m", "9999m", "1s", "123456789012",
    "12345678901a", "-x", "a.b", "a b", "A..B", ["us-east-1"], ["dev"],
    21, 100001, "ignore", ["read"], ["read", "read"], "2026-12-20T00:00Z",
    "2026-12-20T00:00:00Z", "2026-12-20T00:00", "2026-12-20T00:00+00:00",
    "2026-02-30T00:00Z", "2026-12-20T24:00Z", "2026-W51-7T00:00Z", "99999-01-01T0:0Z",
    "removes", ["removes"], "2030-01-01T00:00Z", "0000-01-01T00:00Z",
]  # fmt: skip

BEYOND = (
    # What the loader refuses and a schema cannot say, by the words of its message.
    "is not a usable pattern",
    "is not a target",
    "no target has the region",
    "is in partition",
    "is not a role of",
    "are both the default",
    "` is given twice",  # ids; YAML keys cannot be doubled in a mutant
    "holds a line end",
    "nothing is called",
    "is not later than",
    "is not a time in UTC: `2026-02-30T00:00Z`",  # a day that no month has
    "is not a time in UTC: `0000-01-01T00:00Z`",
    "differ in case only",
    "is the key of",
)


def judged_by_loader(document):
    text = json.dumps(document).encode()  # JSON is YAML, and quicker to write
    try:
        parse_policy(text, origin="policy.yaml")
    except PolicyFileInvalid as error:
        return error.message
    return None


def mutants(document):
    """Yield copies of a document, each changed in one place."""
    for path in paths(document):
        for change in ("value", "drop", "rename", "extra"):
            if change == "value":
                for value in VALUES:
                    yield changed(
                        document, path, lambda box, key, v=value: put(box, key, v)
                    )
            elif change == "drop":
                yield changed(document, path, drop)
            elif change == "rename":
                yield changed(document, path, rename)
            else:
                yield changed(document, path, extra)


def paths(node, at=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*at, key)
            yield from paths(value, (*at, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield (*at, index)
            yield from paths(value, (*at, index))


def changed(document, path, change):
    copied = copy.deepcopy(document)
    box = copied
    for step in path[:-1]:
        box = box[step]
    change(box, path[-1])
    return copied


def put(box, key, value):
    box[key] = value


def drop(box, key):
    del box[key]


def rename(box, key):
    if isinstance(box, dict):
        box[f"{key}x"] = box.pop(key)
    else:
        box.append(copy.deepcopy(box[key]))


def extra(box, key):
    if isinstance(box[key], dict):
        box[key]["zzz"] = "x"
    elif isinstance(box[key], list):
        box[key].append("zzz")
    else:
        box[key] = [box[key]]


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("document", [FULL, SMALLEST])
def test_both_accept_what_is_right(document):
    assert judged_by_loader(document) is None
    assert VALIDATOR.is_valid(document)


@pytest.mark.parametrize("document", [FULL, SMALLEST])
def test_both_say_the_same_of_every_mutant(document):
    accepted = refused = beyond = 0
    for mutant in mutants(document):
        message = judged_by_loader(mutant)
        is_valid = VALIDATOR.is_valid(mutant)
        if message is None:
            assert is_valid, mutant
            accepted += 1
        elif is_valid:
            assert any(words in message for words in BEYOND), (message, mutant)
            beyond += 1
        else:
            refused += 1
    # The corpus has to hold something of each kind to be worth its time.
    assert refused > 100
    assert accepted > 4
    if document is FULL:
        assert beyond > 20


@pytest.mark.parametrize(
    "path", [("targets", "dev", "regions"), ("rules", 0, "when", "regions")]
)
def test_the_schema_knows_the_same_regions(path):
    assert SCHEMA["$defs"]["region"]["enum"] == sorted(known_regions())
    for region in [*known_regions(), "aws-global", "us-east-9", "us-east-1\n"]:
        mutant = changed(FULL, path, lambda box, key, r=region: put(box, key, [r]))
        assert VALIDATOR.is_valid(mutant) == (region in known_regions())


def test_the_schema_shows_the_real_defaults():
    shown = SCHEMA["properties"]["risks"]["properties"]
    assert {risk: field["default"] for risk, field in shown.items()} == RISK_DEFAULTS
    approvals = SCHEMA["properties"]["approvals"]["properties"]
    assert set(approvals) == set(APPROVAL_DEFAULTS)
    for risk, field in approvals.items():
        rule = APPROVAL_DEFAULTS[risk]
        ttl = "1h" if rule.ttl_s == 3600 else f"{rule.ttl_s // 60}m"
        assert f"count {rule.count}, ttl {ttl}." in field["description"]


def test_the_words_of_payloads_are_those_of_declarations():
    assert tuple(sorted(Payload)) == PAYLOADS
    shown = SCHEMA["$defs"]["when"]["properties"]["payload"]["items"]["enum"]
    assert shown == list(PAYLOADS)


def test_every_key_is_described():
    def missing(node, at):
        for key, field in node.get("properties", {}).items():
            known = "description" in field or "$ref" in field
            yield from [] if known else [f"{at}.{key}"]
            yield from missing(field, f"{at}.{key}")

    nodes = [("", SCHEMA), *SCHEMA["$defs"].items()]
    assert [gap for at, node in nodes for gap in missing(node, at)] == []
