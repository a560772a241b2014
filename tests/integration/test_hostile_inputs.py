"""Hostile bytes and arguments over stdio into the whole server, on both engines.

All cases go into one process each, whose answers are compared case by case; a last call
shows that it still works. Nothing is sent: the server has no credentials and no case
gets so far.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from fake_aws import POLICY
from stack import ROOT

PARSE_ERROR = -32700
BIG = 8 * 1024 * 1024


class Case(NamedTuple):
    """Raw JSON of a tool's arguments, and the code that refuses them."""

    tool: str
    arguments: str
    code: str


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def get(**arguments: Any) -> str:
    """Return a read of an S3 object: label ``Key``, header ``IfMatch``."""
    whole = {"Bucket": "b", "Key": "k"} | arguments
    return json.dumps({"operation": "s3:GetObject", "arguments": whole})


def listing(**more: Any) -> str:
    return json.dumps({"operation": "s3:ListBuckets", **more})


def holding(value: str) -> str:
    """Return a read whose arguments hold raw JSON."""
    return '{"operation":"s3:ListBuckets","arguments":{"Prefix":' + value + "}}"


CASES = {
    "an integer of 41 digits": Case("read", holding("1" * 41), "input_too_large"),
    "a negative integer of 41 digits": Case(
        "read", holding("-" + "1" * 41), "input_too_large"
    ),
    "65 levels": Case("read", holding(nested(65)), "input_too_large"),
    "more than 100,000 values": Case(
        "read", holding("[" + "1," * 100_000 + "1]"), "input_too_large"
    ),
    "more than 100,000 members": Case(
        "read",
        holding("{" + ",".join(f'"{n}":1' for n in range(100_001)) + "}"),
        "input_too_large",
    ),
    "arguments that are text": Case(
        "read", '{"operation":"s3:ListBuckets","arguments":"{}"}', "schema_violation"
    ),
    "a number as text": Case(
        "search_operations", '{"query":"q","limit":"5"}', "schema_violation"
    ),
    "a boolean for a number": Case(
        "search_operations", '{"query":"q","limit":true}', "schema_violation"
    ),
    "a fraction for a number": Case(
        "search_operations", '{"query":"q","limit":5.5}', "schema_violation"
    ),
    "a member nobody knows": Case(
        "apply", '{"plan_id":"p-1","arguments":{}}', "schema_violation"
    ),
    "another spelling of a member": Case(
        "apply", '{"Plan_Id":"p-1"}', "schema_violation"
    ),
    "no arguments at all": Case("apply", "{}", "schema_violation"),
    "null for an argument": Case("apply", '{"plan_id":null}', "schema_violation"),
    "a dot segment in a label": Case("read", get(Key="a/../b"), "unsafe_argument"),
    "only dots in a label": Case("read", get(Key=".."), "unsafe_argument"),
    "one dot in a label": Case("read", get(Key="."), "unsafe_argument"),
    "a dot segment at the end": Case("read", get(Key="a/.."), "unsafe_argument"),
    "an empty label": Case("read", get(Key=""), "schema_violation"),
    "an empty bucket": Case("read", get(Bucket=""), "schema_violation"),
    "a line end in a label": Case("read", get(Key="a\r\nb"), "unsafe_argument"),
    "a zero byte in a label": Case("read", get(Key="a\0b"), "unsafe_argument"),
    "a line end in a header": Case(
        "read", get(IfMatch="x\r\nX-Amz-Meta: y"), "unsafe_argument"
    ),
    "a lone line feed in a header": Case("read", get(IfMatch="x\n"), "unsafe_argument"),
    "an empty header": Case("read", get(IfMatch=""), "unsafe_argument"),
    "a bucket that is an ARN": Case(
        "read", get(Bucket="arn:aws:s3:us-east-1:1:accesspoint/x"), "unsafe_argument"
    ),
    "a region with a line end": Case(
        "read", listing(region="us-east-1\n"), "unknown_target"
    ),
    "a region that is a host": Case(
        "read", listing(region="us-east-1.evil.example"), "unknown_target"
    ),
    "a region that does not exist": Case(
        "read", listing(region="us-east-9"), "unknown_target"
    ),
    "a region of another target": Case(
        "read", listing(region="us-west-2"), "unknown_target"
    ),
    "a target that is a path": Case("read", listing(target="../dev"), "unknown_target"),
    "a profile": Case("read", listing(profile="admin"), "schema_violation"),
    "an endpoint": Case("read", listing(endpoint="http://x"), "schema_violation"),
    "an operation that is a path": Case(
        "read", '{"operation":"../../etc/passwd"}', "unknown_operation"
    ),
    "an artifact that is a path": Case(
        "query_artifact", '{"artifact":"../../etc/passwd"}', "artifact_not_found"
    ),
    "a plan that is a path": Case(
        "get_plan", '{"plan_id":"../../etc/passwd"}', "plan_not_found"
    ),
}


def line(request_id: str, tool: str, arguments: str) -> bytes:
    return (
        f'{{"jsonrpc":"2.0","id":"{request_id}","method":"tools/call",'
        f'"params":{{"name":"{tool}","arguments":{arguments}}}}}'
    ).encode()


SEARCH = "search_operations"
UNPARSED = {
    "a duplicate key": line("x", SEARCH, '{"query":"q","query":"r"}'),
    "a duplicate key by escape": line("x", SEARCH, '{"query":"q","quer\\u0079":"r"}'),
    "a duplicate key deep inside": line("x", "read", holding('{"a":[{"b":1,"b":2}]}')),
    "NaN": line("x", "read", holding("NaN")),
    "Infinity": line("x", "read", holding("-Infinity")),
    "beyond a double": line("x", "read", holding("1e999")),
    "101 digits": line("x", "read", holding("1" * 101)),
    "129 levels": line("x", "read", holding(nested(130))),
    "200,001 members": line(
        "x", "read", holding("{" + ",".join(f'"{n}":1' for n in range(200_001)) + "}")
    ),
    "a lone surrogate": line("x", SEARCH, '{"query":"\\ud800"}'),
    "a lone surrogate as a key": line("x", SEARCH, '{"\\udfff":"q"}'),
    "bad UTF-8": line("x", SEARCH, '{"query":"@"}').replace(b"@", b"\xc3\x28"),
    "an encoded surrogate": line("x", SEARCH, '{"query":"@"}').replace(
        b"@", b"\xed\xa0\x80"
    ),
    "overlong UTF-8": line("x", SEARCH, '{"query":"@"}').replace(b"@", b"\xc0\xaf"),
    "a line of more than 8 MB": line("x", SEARCH, f'{{"query":"{"q" * BIG}"}}'),
    "a trailing comma": line("x", SEARCH, '{"query":"q",}'),
    "a comment": line("x", SEARCH, '{"query":"q"/**/}'),
}

OPENING = [
    b"""{"jsonrpc":"2.0","id":"open","method":"initialize","params":
    {"protocolVersion":"2025-11-25","capabilities":{},
    "clientInfo":{"name":"t","version":"1"}}}""".replace(b"\n", b""),
    b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
]


class Answers(NamedTuple):
    """What one server said."""

    by_id: Mapping[str, dict[str, Any]]
    refused_lines: list[dict[str, Any]]
    log: str
    code: int


@pytest.fixture(scope="module", params=["minimal", "fastmcp"])
def answers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Answers:
    """Send everything to one server; return what it answered."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "policy.yaml").write_text(POLICY)
    lines = list(OPENING)
    for name, case in CASES.items():
        lines.append(line(name, case.tool, case.arguments))
    lines += UNPARSED.values()
    lines.append(line("after", "search_operations", '{"query":"versioning"}'))
    done = subprocess.run(
        [sys.executable, "-m", "smithgate", "serve", "--engine", request.param],
        input=b"\n".join(lines) + b"\n",
        env={
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "SMITHGATE_POLICY": str(folder / "policy.yaml"),
            "SMITHGATE_STATE": str(folder / "state"),
            "SMITHGATE_GENERATED": str(ROOT / "generated"),
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        capture_output=True,
        timeout=300,
        check=False,
    )
    said = [json.loads(text) for text in done.stdout.splitlines()]
    return Answers(
        {answer["id"]: answer for answer in said if answer["id"] is not None},
        [answer for answer in said if answer["id"] is None],
        done.stderr.decode(),
        done.returncode,
    )


@pytest.mark.parametrize("name", CASES)
def test_hostile_arguments_are_refused_with_their_code(
    answers: Answers, name: str
) -> None:
    result = answers.by_id[name]["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == CASES[name].code, result
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    assert len(result["content"][0]["text"]) <= 16 * 1024


def test_lines_that_are_no_strict_json_are_refused_before_anything(
    answers: Answers,
) -> None:
    codes = [answer["error"]["code"] for answer in answers.refused_lines]
    assert codes == [PARSE_ERROR] * len(UNPARSED)
    assert "x" not in answers.by_id


def test_the_server_goes_on_and_ends_well(answers: Answers) -> None:
    result = answers.by_id["after"]["result"]
    assert not result.get("isError")
    assert result["structuredContent"]["count"] > 0
    assert answers.code == 0
    assert "Traceback" not in answers.log
    assert set(answers.by_id) == {"open", "after", *CASES}
