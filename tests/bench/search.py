"""Search: varied wishes over the checked-in tree, cold and warm, in process."""

import json
import threading
from pathlib import Path
from typing import Any

from smithgate.app import Application
from smithgate.server.core import SmithgateServer
from smithgate.server.tool import CallContext
from smithgate.settings import Settings
from stack import ROOT
from stats import elapsed_ms, percentiles, progress, ratio, summary

RUNS = 5

WISHES = (
    "turn on bucket versioning",
    "make a bucket private",
    "list all buckets",
    "delete an object",
    "encrypt a bucket by default",
    "lifecycle rules of a bucket",
    "who can read this bucket",
    "create a queue",
    "purge the messages of a queue",
    "send a message",
    "dead letter queue",
    "subscribe an email to a topic",
    "publish to a topic",
    "start an instance",
    "stop instances",
    "resize an instance",
    "describe security groups",
    "open port 443",
    "attach a volume",
    "snapshot of a disk",
    "create a vpc",
    "route table",
    "elastic ip",
    "invoke a function",
    "change the memory of a lambda",
    "environment variables of a function",
    "create a table",
    "throughput of dynamodb table",
    "point in time recovery",
    "scan items",
    "rotate a secret",
    "read a parameter",
    "create a user",
    "attach a policy to a role",
    "access keys of a user",
    "alarm on cpu",
    "log group retention",
    "schedule a rule every day",
    "s3:PutBucketVersioning",
    "wich accuont am I",
)


def run(folder: Path, runs: int | None) -> dict[str, Any]:
    """Return the section ``search`` of the report."""
    progress("search: 40 wishes over the checked-in tree")
    first: list[float] = []
    parsed: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    bare: list[float] = []
    index = ROOT / "generated" / "index.json"
    # Thrown away: a first call in a fresh process also imports what the tools need,
    # which `scale` measures over the wire.
    _asked(SmithgateServer(_application(folder)), WISHES[0])
    for _ in range(runs or RUNS):
        parsed.append(elapsed_ms(lambda: json.loads(index.read_bytes())))
        app = _application(folder)
        core = SmithgateServer(app)
        first.append(_asked(core, WISHES[0]))
        cold += [_asked(core, wish) for wish in WISHES[1:]]
        warm += [_asked(core, wish) for wish in WISHES]
        bare += [_searched(app, wish) for wish in WISHES]
        app.close()
    return {
        "figures": {
            "parse of index.json alone": summary(parsed, "ms"),
            "search_operations, first call": summary(first, "ms"),
            "search_operations, new wishes": percentiles(cold, "ms"),
            "search_operations, again": percentiles(warm, "ms"),
            "of it: ranking alone": percentiles(bare, "ms"),
        },
        "ratios": {"first call / parse of index.json": ratio(first, parsed)},
        "facts": {
            "wishes": len(WISHES),
            "operations": len(json.loads(index.read_bytes())["operations"]),
        },
    }


def _application(folder: Path) -> Application:
    return Application(
        Settings(
            policy=str(ROOT / "policy.yaml"),
            state=str(folder / "state"),
            generated=str(ROOT / "generated"),
        )
    )


def _asked(core: SmithgateServer, wish: str) -> float:
    """Return the time of one tool call. Raises ``RuntimeError`` if it fails."""
    context = CallContext("bench", "1", "2026-07-28", threading.Event())

    def call() -> None:
        result = core.call("search_operations", {"query": wish}, context)
        if result.is_error:
            raise RuntimeError(result.text)

    return elapsed_ms(call)


def _searched(app: Application, wish: str) -> float:
    return elapsed_ms(lambda: app.catalog.search(wish))
