"""Arguments made up by chance, through the engine's own reading of lines.

Whatever comes in, the server answers, every error has a stable code, and what reaches
AWS passes botocore's own validation of parameters.
"""

import json
import os
import queue
import random
from pathlib import Path
from typing import Any

import boto3
from botocore.validate import ParamValidator
from fake_aws import POLICY, FakeAws, aws_error
from fake_aws import World as InProcess
from kit import CODES, CRASHES, INVALID, Double, Tally
from smithgate.server.minimal.engine import Engine
from smithgate.server.stdio import LineSink, Stop

COUNT = 10_000
SEED = 20261126
TOOLS = ("plan", "read", "apply", "diff", "get_plan", "query_artifact")
BASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("s3:PutBucketVersioning", {"Bucket": "b", "VersioningConfiguration": {}}),
    ("s3:GetBucketVersioning", {"Bucket": "b"}),
    ("s3:GetObject", {"Bucket": "b", "Key": "k", "Range": "bytes=0-1"}),
    ("s3:PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": []}}),
    ("sqs:CreateQueue", {"QueueName": "q", "Attributes": {"DelaySeconds": "1"}}),
    ("sqs:GetQueueUrl", {"QueueName": "q"}),
    ("sqs:ReceiveMessage", {"QueueUrl": "https://q", "MaxNumberOfMessages": 1}),
    ("dynamodb:GetItem", {"TableName": "t", "Key": {"id": {"S": "1"}}}),
    ("dynamodb:PutItem", {"TableName": "t", "Item": {"id": {"S": "1"}}}),
    ("dynamodb:Scan", {"TableName": "t", "Limit": 1}),
    ("ec2:DescribeInstances", {"InstanceIds": ["i-0123456789abcdef0"]}),
    ("ec2:RunInstances", {"MinCount": 1, "MaxCount": 1, "ImageId": "ami-1"}),
    ("lambda:ListFunctions", {"MaxItems": 1}),
    ("lambda:GetFunction", {"FunctionName": "f"}),
    ("iam:GetRole", {"RoleName": "r"}),
    ("kms:DescribeKey", {"KeyId": "k"}),
    ("secretsmanager:CreateSecret", {"Name": "n", "SecretString": "s"}),
    ("logs:DescribeLogGroups", {"limit": 1}),
)
TEXTS = (
    "", " ", "..", "a/../b", "\r\nX: y", "\x00", "\u202e", "\ud800", "a" * 3000,
    "file:///etc/passwd", "https://evil.example", "{{7*7}}", "%s%n", "$(id)", "null",
    "arn:aws:s3:::b", "-1", "NaN", "\u0130", "e\u0301",
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 10**40, 1.5, 1e308, [], {}, [[]], {"": {}},
)  # fmt: skip
LINES = (
    b"\xff\xfe", b"{", b"[]", b"null", b'"text"', b"[" * 5000, b'{"a":1,"a":2}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":NaN}}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":{"b":1,"b":2}}}',
)  # fmt: skip


class Recorder(FakeAws):
    """Takes every call, checks it as botocore would, and refuses it."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally
        self._models: dict[str, Any] = {}
        self.validator = ParamValidator()

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Validate what would be sent."""
        if name.startswith("sts."):
            return super().call(name, arguments)
        service, method = name.split(".")
        if service not in self._models:
            self._models[service] = boto3.client(
                service,
                region_name="us-east-1",
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            ).meta
        meta = self._models[service]
        operation = meta.method_to_api_mapping[method]
        shape = meta.service_model.operation_model(operation).input_shape
        if shape is not None:
            report = self.validator.validate(arguments, shape)
            problem = report.generate_report() if report.has_errors() else ""
            self._tally.add(INVALID, bool(problem), f"{name}: {problem[:200]}")
        self._tally.add("fuzzed requests that reached AWS")
        raise aws_error("AccessDenied", 403)


class Chance:
    """Everything random, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        """Return any JSON value."""
        kind = self.random.randrange(6 if depth < 4 else 3)
        if kind < 2:
            return self.random.choice(TEXTS)
        if kind == 2:
            return self.random.choice(OTHERS)
        if kind == 3:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        keys = [self.random.choice(("Bucket", "Key", "S", *TEXTS)) for _ in range(3)]
        return {key: self.value(depth + 1) for key in keys}

    def mutated(self, value: Any, depth: int = 0) -> Any:
        """Return a value with a part of it changed."""
        if self.random.random() < 0.15 or depth > 6:
            return self.value(depth)
        if isinstance(value, dict):
            out = {key: self.mutated(item, depth + 1) for key, item in value.items()}
            if out and self.random.random() < 0.1:
                del out[self.random.choice(list(out))]
            if self.random.random() < 0.1:
                out[self.random.choice(("Extra", "bucket", *TEXTS))] = self.value(depth)
            return out
        if isinstance(value, list):
            return [self.mutated(item, depth + 1) for item in value]
        return value

    def call(self) -> tuple[str, Any]:
        """Return a tool and its arguments."""
        tool = self.random.choices(TOOLS, (6, 6, 1, 1, 1, 1))[0]
        operation, arguments = self.random.choice(BASES)
        if tool == "read":
            whole: Any = {"operation": operation, "arguments": self.mutated(arguments)}
        elif tool == "plan":
            one = {"operation": operation, "arguments": self.mutated(arguments)}
            whole = {"steps": [one], "reason": self.random.choice(TEXTS)}
        else:
            name = "artifact" if tool == "query_artifact" else "plan_id"
            whole = {name: self.value()}
        return tool, self.mutated(whole) if self.random.random() < 0.3 else whole


class Wire(LineSink):
    """Takes the engine's lines instead of a descriptor."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(-1, stop)
        self.lines: queue.Queue[bytes] = queue.Queue()

    def send(self, line: bytes) -> None:
        """Keep a line."""
        self.lines.put(line)


class Client:
    """A client that says one line and waits for the answer."""

    def __init__(self, world: InProcess) -> None:
        stop = Stop()
        self.wire = Wire(stop)
        self.engine = Engine(world.core, self.wire, stop)
        hello = {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "fuzz", "version": "1"},
        }
        self.say(self.frame(0, "initialize", hello))

    @staticmethod
    def frame(number: int, method: str, params: Any) -> bytes:
        """Return a request as a line."""
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        return json.dumps(message).encode()

    def say(self, line: bytes) -> dict[str, Any]:
        """Return the answer to a line. Raises ``queue.Empty`` for none."""
        self.engine.receive(line)
        answer: dict[str, Any] = json.loads(self.wire.lines.get(timeout=60))
        return answer


def code_of(answer: dict[str, Any]) -> Any:
    """Return the code of an error, ``None`` for a success."""
    if "error" in answer:
        return answer["error"].get("code") or "missing"
    result = answer["result"]
    if not result.get("isError"):
        return None
    return result["structuredContent"]["error"].get("code") or "missing"


def try_line(tally: Tally, client: Client, line: bytes, shown: str) -> None:
    """Say one line and judge the answer."""
    try:
        answer = client.say(line)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
        tally.add(CRASHES, 1, f"{shown}: {type(error).__name__}: {error}"[:300])
        return
    code = code_of(answer)
    tally.add(
        "fuzzed answers " + ("with a code" if code is not None else "that worked")
    )
    is_bad = code in {"missing", "internal"}
    tally.add(CODES, is_bad, f"{shown}: {json.dumps(answer)[:300]}")


def run(tally: Tally, _double: Double, base: Path, count: int = COUNT) -> None:
    """Say thousands of lines."""
    world = InProcess(base, POLICY)
    world.aws = Recorder(tally)
    world.restart()
    client = Client(world)
    chance = Chance(int(os.environ.get("SMITHGATE_PROVE_SEED", SEED)))
    for line in LINES:
        try_line(tally, client, line, line[:60].decode("latin-1"))
    for number in range(1, count + 1):
        tool, arguments = chance.call()
        line = client.frame(
            number, "tools/call", {"name": tool, "arguments": arguments}
        )
        try_line(tally, client, line, f"{tool} {json.dumps(arguments)[:200]}")
    tally.add("fuzzed argument objects", count)
    world.app.close()
