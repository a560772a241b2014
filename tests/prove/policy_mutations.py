"""Every small change of two policy files: refused with its place, or not more permissive.

``policy.yaml`` of the repository and ``FULL``, which has every section that decides, are
changed in one place at a time: keys dropped, misspelt and doubled, values of every other
type, strings altered, patterns broken and widened. What the loader takes is judged over a
corpus of requests and held against ``reference_policy``, which reads the changed document
on its own.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from reference_policy import STRICTNESS, Asked, effect_of
from smithgate.catalog import Catalog
from smithgate.errors import PolicyFileInvalid, UnknownTarget
from smithgate.operation import Operation
from smithgate.policy import Policy, parse_policy
from smithgate.policy.raised import decide_raised, raised_of, request_for

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
ROLE = "arn:aws:iam::111111111111:role/f"
OPEN = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"}}'
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/agent-a"

FULL: Mapping[str, Any] = {
    "version": 1,
    "targets": {
        "dev": {
            "account": "111111111111",
            "role_arn": "arn:aws:iam::111111111111:role/agent",
            "regions": ["us-east-1", "eu-west-1"],
            "default": True,
        },
        "prod": {"account": "222222222222", "regions": ["us-east-1"]},
    },
    "risks": {"sensitive": "deny", "execute": "deny", "write": "approve"},
    "rules": [
        {
            "id": "queues",
            "allow": ["sqs:(CreateQueue|DeleteQueue)"],
            "when": {
                "targets": ["dev"],
                "regions": ["us-east-1"],
                "principals": ["mcp:agent"],
                "tags": {"Owner": "ann|bob"},
            },
            "why": "the agent's own",
        },
        {
            "id": "functions",
            "approve": ["lambda:CreateFunction"],
            "permits": ["permissions"],
            "when": {"arguments": {"Role": "arn:aws:iam::111111111111:role/f"}},
        },
        {"id": "purge", "allow": ["sqs:PurgeQueue"], "when": {"targets": ["prod"]}},
        {
            "id": "nothing-public",
            "deny": ["sqs:.*", "s3:.*"],
            "when": {"payload": ["public_principal"]},
        },
        {"id": "no-items", "deny": ["dynamodb:DeleteItem"]},
        {
            "id": "statements",
            "allow": ["dynamodb:ExecuteStatement"],
            "permits": ["destructive"],
        },
    ],
    "required_tags": [
        {"operations": ["sqs:CreateQueue"], "tags": {"Owner": ".+"}},
        {
            "id": "strict",
            "operations": ["s3:CreateBucket"],
            "tags": {"Owner": ".+"},
            "untagged": "deny",
        },
    ],
    "approvals": {"write": {"count": 2, "ttl": "1h"}},
    "limits": {"plans_per_hour": 9, "applies_per_hour": {"destructive": 3}},
    "freeze": [
        {
            "id": "xmas",
            "from": "2026-12-24T00:00Z",
            "until": "2026-12-27T00:00Z",
            "risks": ["execute", "destructive"],
            "targets": ["dev"],
        }
    ],
    "tests": [{"operation": "sqs:PurgeQueue", "target": "prod", "expect": "allow"}],
}


class Mutation(NamedTuple):
    """One changed document and its text; the text may double a key."""

    name: str
    document: Mapping[str, Any]
    text: str
    must_be_refused: bool


Answer = tuple[str, str]
"""What the engine and what the reference say of one request."""

CORPUS: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("s3:ListBuckets", {}),
    ("s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
    ("s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": "Suspended"}}),
    ("s3:CreateBucket", {"Bucket": "b"}),
    ("s3:DeleteBucket", {"Bucket": "b"}),
    ("s3:PutBucketPolicy", {"Bucket": "b", "Policy": OPEN}),
    ("sqs:CreateQueue", {"QueueName": "agent-a", "tags": {"Owner": "ann"}}),
    (
        "sqs:CreateQueue",
        {"QueueName": "agent-a", "tags": {"Owner": "ann", "Environment": "dev"}},
    ),
    ("sqs:CreateQueue", {"QueueName": "other"}),
    ("sqs:SetQueueAttributes", {"QueueUrl": QUEUE, "Attributes": {"Policy": OPEN}}),
    ("sqs:DeleteQueue", {"QueueUrl": QUEUE}),
    ("sqs:DeleteQueue", {"QueueUrl": "https://x/1/other"}),
    ("sqs:PurgeQueue", {"QueueUrl": QUEUE}),
    ("sqs:TagQueue", {"QueueUrl": QUEUE, "Tags": {"Owner": "ann"}}),
    ("iam:CreateUser", {"UserName": "u"}),
    ("lambda:CreateFunction", {"FunctionName": "f", "Role": ROLE}),
    ("lambda:CreateFunction", {"FunctionName": "f", "Role": f"{ROLE}x"}),
    ("dynamodb:ExecuteStatement", {"Statement": "DELETE FROM t"}),
    ("secretsmanager:GetSecretValue", {"SecretId": "s"}),
    ("ec2:RunInstances", {"UserData": "IyE="}),
)


def mutations(base: Mapping[str, Any]) -> Iterator[Mutation]:
    """Yield every change of a document, each in one place."""
    for path in _paths(base):
        value = _at(base, path)
        key = path[-1]
        for name, changed in _values(value):
            yield _mutation(base, path, f"= {name}", partial(_set, value=changed))
        yield _mutation(base, path, "dropped", _drop)
        if isinstance(key, str):
            for name in (f"{key}x", key.swapcase(), f" {key}", key[:-1] or "x"):
                change = partial(_rename, name=name)
                yield _mutation(base, path, f"named {name!r}", change)
            text = _dump(base, path)
            yield Mutation(f"{_shown(path)} twice", base, text, must_be_refused=True)
        else:
            yield _mutation(base, path, "doubled", _double)


def _values(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield other values for a place."""
    others: list[Any] = [None, True, False, 0, 1, -1, 1.5, "", "x", [], {}]
    others += [[value], {"x": value}, [value, value], json.dumps(value)]
    if isinstance(value, str):
        others += [f"{value}x", f" {value}", value.swapcase(), f"{value}\n", value[:-1]]
        others += [f"{value}\u200b", f"{value}, allow", "allow", "deny", "approve"]
        others += _patterns(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        others += [value + 1, value * 1000, 10**30]
    elif isinstance(value, list):
        others += [value[1:], [*value, "x"], value[::-1]]
    for other in others:
        if other != value or type(other) is not type(value):
            yield json.dumps(other)[:60], other


def _patterns(value: str) -> list[str]:
    """Return a pattern broken, and widened in ways that look harmless."""
    broken = [f"{value}(", f"[{value}", f"(?i){value}", rf"\Q{value}", f"{value})|(.*"]
    broken += [f"(?P<n>{value})", f"{value}{{2000}}", f"(?={value})", rf"{value}\1"]
    wide = [f"{value}.*", f".*{value}", f"{value}|.*", ".*", "^.*$", f"(?:{value})?"]
    return [*broken, *wide]


def _mutation(
    base: Mapping[str, Any],
    path: Sequence[Any],
    name: str,
    change: Callable[[Any, Any], None],
) -> Mutation:
    document = copy.deepcopy(dict(base))
    change(_at(document, path[:-1]), path[-1])
    return Mutation(f"{_shown(path)} {name}", document, _dump(document), False)


def _set(box: Any, key: Any, value: Any) -> None:
    box[key] = value


def _double(box: Any, key: Any) -> None:
    box.append(box[key])


def _drop(box: Any, key: Any) -> None:
    del box[key]


def _rename(box: Any, key: Any, name: str) -> None:
    box[name] = box.pop(key)


def _paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from _paths(value, (*at, key))


def _at(node: Any, path: Sequence[Any]) -> Any:
    for key in path:
        node = node[key]
    return node


def _shown(path: Sequence[Any]) -> str:
    return ".".join(map(str, path))


def _dump(node: Any, twice: Sequence[Any] = ()) -> str:
    """Return JSON, which is YAML, one value a line; the key at ``twice`` stands twice."""
    if isinstance(node, dict) and node:
        rows = []
        for key, value in node.items():
            below = twice[1:] if twice and twice[0] == key else ()
            row = f"{json.dumps(key)}: {_dump(value, below)}"
            rows += [row, row] if tuple(twice) == (key,) else [row]
        return "{\n" + ",\n".join(rows) + "\n}"
    if isinstance(node, list) and node:
        rows = [
            _dump(value, twice[1:] if twice and twice[0] == index else ())
            for index, value in enumerate(node)
        ]
        return "[\n" + ",\n".join(rows) + "\n]"
    return json.dumps(node)


class Judge:
    """Judges requests by the engine and by the reference."""

    def __init__(self, root: Path) -> None:
        catalog = Catalog(root)
        self._requests: list[tuple[Operation, Mapping[str, Any]]] = [
            (catalog.operation(name), arguments) for name, arguments in CORPUS
        ]

    def worse(self, policy: Policy, document: Mapping[str, Any]) -> str | None:
        """Return a request that the engine is milder about than the reference."""
        for target, region in (
            ("dev", "us-east-1"),
            ("prod", "us-east-1"),
            (None, None),
        ):
            for principal in ("mcp:agent", "mcp:other"):
                for operation, arguments in self._requests:
                    found = self._both(
                        policy,
                        document,
                        operation,
                        arguments,
                        target,
                        region,
                        principal,
                    )
                    if found and STRICTNESS[found[0]] < STRICTNESS[found[1]]:
                        return f"{operation.id} at {target}: {found[0]}, not {found[1]}"
        return None

    def _both(
        self,
        policy: Policy,
        document: Mapping[str, Any],
        operation: Operation,
        arguments: Mapping[str, Any],
        name: str | None,
        wanted: str | None,
        principal: str,
    ) -> Answer | None:
        try:
            target, region = policy.target(name, wanted)
        except UnknownTarget:
            return None  # refused before policy is asked
        request = request_for(
            operation, target, region, arguments, principal=principal, now=NOW
        )
        tags = arguments.get("tags", arguments.get("Tags", {}))
        asked = Asked(
            operation=operation.id,
            risk=str(operation.risk),
            target=target.name,
            region=region,
            arguments=arguments,
            principal=principal,
            now=NOW,
            raised=tuple(
                (str(item.risk), item.payload, item.judged_as)
                for item in raised_of(operation, arguments)
            ),
            tags=tags if operation.tags else None,
        )
        decision = decide_raised(policy, request)
        return str(decision.effect), effect_of(document, asked)


def judged(mutation: Mutation, judge: Judge) -> tuple[str, str | None]:
    """Return ``refused``, ``accepted`` or ``wrong``, and what is wrong."""
    try:
        policy = parse_policy(mutation.text.encode(), origin="policy.yaml")
    except PolicyFileInvalid as error:
        if not error.fields["line"] or not error.hint or "\n" in error.message:
            return "wrong", f"refused without a place or a hint: {error.message}"
        return "refused", None
    if mutation.must_be_refused:
        return "wrong", "accepted"
    problem = judge.worse(policy, mutation.document)
    return ("accepted", None) if problem is None else ("wrong", problem)


def bases() -> list[Mapping[str, Any]]:
    """Return the documents that are changed."""
    return [yaml.safe_load((ROOT / "policy.yaml").read_text("utf-8")), FULL]


def run() -> dict[str, int]:
    """Judge every mutation; return the counts. ``wrong`` has to be 0."""
    judge = Judge(ROOT / "generated")
    counts = {"mutations": 0, "refused": 0, "accepted": 0, "wrong": 0}
    for base in bases():
        for mutation in mutations(base):
            outcome, problem = judged(mutation, judge)
            counts["mutations"] += 1
            counts[outcome] += 1
            if problem is not None:
                print(f"wrong: {mutation.name}: {problem}")
    return counts


if __name__ == "__main__":
    print(run())
