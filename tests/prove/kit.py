"""What the proofs share: the double's handle, scenarios, worlds, and the checks."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from approver_kit import approvers
from fake_aws import ACCOUNT, Clock
from fake_aws import World as InProcess
from smithgate.app import Application
from smithgate.audit.verify import verify
from smithgate.errors import StoreError
from smithgate.execute.clients import Boto3Clients
from smithgate.server.core import SmithgateServer
from smithgate.server.tool import ToolResult
from smithgate.settings import Settings
from stack import ROOT

PLANTED = ("planted-role-key-6b1f", "planted-session-token-77ac", "planted-secret-03f9")
"""Credentials that the double gives out, and an argument that is marked sensitive."""
SECRET = PLANTED[2]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/prove"
POLICY = f"""\
version: 1
targets:
  dev:
    account: "{ACCOUNT}"
    role_arn: {ROLE}
    source_identity: true
    regions: [us-east-1]
    default: true
{approvers("ada", "bob")}rules:
  - id: tokens
    allow: ["secretsmanager:CreateSecret"]
  - id: messages
    allow: ["sqs:(CreateQueue|SendMessage)"]
  - id: buckets
    approve: ["s3:DeleteBucket"]
"""
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def step(operation: str, **arguments: Any) -> dict[str, Any]:
    """Return one step of a plan."""
    return {"operation": operation, "arguments": arguments}


SCENARIOS: Mapping[str, list[dict[str, Any]]] = {
    "token": [step("secretsmanager:CreateSecret", Name="s", SecretString=SECRET)],
    "no token": [step("sqs:SendMessage", QueueUrl=QUEUE, MessageBody="m")],
    "destructive": [step("s3:DeleteBucket", Bucket="old-bucket")],
    "steps": [
        step("sqs:CreateQueue", QueueName="q"),
        step("sqs:SendMessage", QueueUrl=QUEUE, MessageBody="m"),
        step(
            "s3:PutBucketVersioning",
            Bucket="kept-bucket",
            VersioningConfiguration={"Status": "Enabled"},
        ),
    ],
}
ACTIONS = {
    "token": "CreateSecret",
    "no token": "SendMessage",
    "destructive": "DeleteBucket",
    "steps": "SendMessage",
}
"""The action of each scenario that faults hit."""


class RealClock(Clock):
    """The time of the machine: the double's journal is compared with records."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@cache
def clients() -> Boto3Clients:
    """Return warm clients; forked children use them without loading boto3 again."""
    made = Boto3Clients("smithgate/prove")
    for service in ("sts", "sqs", "s3", "secretsmanager"):
        made.client(service, "us-east-1", None)
    return made


class World(InProcess):
    """A server core over the loopback double."""

    def _application(self) -> Application:
        self.clock = RealClock()
        settings = Settings(
            policy=str(self.policy_file),
            state=str(self.folder / "state"),
            generated=str(ROOT / "generated"),
        )
        return Application(
            settings, clock=self.clock, sleep=self.slept.append, clients=clients()
        )

    @classmethod
    def reopened(cls, folder: Path) -> "World":
        """Start on a folder as a new process does, writing nothing beside the store."""
        world = cls.__new__(cls)
        world.folder = folder
        world.policy_file = folder / "policy.yaml"
        world.slept = []
        world.app = world._application()
        world.core = SmithgateServer(world.app)
        return world

    def end(self) -> None:
        """Close, as far as the store lets itself be closed."""
        with suppress(StoreError):
            self.app.close()

    def ready(self, steps: list[dict[str, Any]]) -> str:
        """Return a plan that only waits for apply."""
        plan = self.ok("plan", steps=steps)
        if plan["next"] == "request_approval":
            self.ok("request_approval", plan_id=plan["plan_id"])
            self.approve(plan["plan_id"])
        return str(plan["plan_id"])


class Double:
    """The handle of the double's process."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal.jsonl"
        self._read = 0
        self._back: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("double.py")), self.journal],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def reset(self, state: Path, **fault: Any) -> None:
        """Forget everything; look for records in the store of ``state`` from now on."""
        control = {"database": str(state / "smithgate.db"), "fault": fault}
        request = urllib.request.Request(
            f"{self.url}/_control", json.dumps(control).encode(), method="POST"
        )
        urllib.request.urlopen(request, timeout=30).close()
        self.take()

    def take(self) -> list[dict[str, Any]]:
        """Return the journal's lines since the last call."""
        with self.journal.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        self._read += len(data)
        seen, self._back = self._back, []
        return seen + [json.loads(line) for line in data.splitlines()]

    def put_back(self, lines: list[dict[str, Any]]) -> None:
        """Have lines returned by the next ``take`` once more."""
        self._back = lines

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def environment(double: Double) -> Iterator[None]:
    """Let the SDK see the double and nothing else."""
    wanted = {
        "AWS_ENDPOINT_URL": double.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        clients.cache_clear()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@dataclass
class Template:
    """A store with one approved plan, copied for every run."""

    name: str
    folder: Path
    plan_id: str

    def copy(self, folder: Path) -> Path:
        """Return a folder like the template's."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return folder


def template(double: Double, base: Path, name: str) -> Template:
    """Make the plan of a scenario and have it approved where policy wants that."""
    folder = base / f"template-{name.replace(' ', '-')}"
    folder.mkdir()
    double.reset(folder / "state")
    world = World(folder, POLICY)
    plan_id = world.ready(SCENARIOS[name])
    world.app.close()
    return Template(name, folder, plan_id)


@dataclass
class Tally:
    """What was counted; everything in ``ZERO`` must stay at nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, what: str, count: int = 1, note: str | None = None) -> None:
        """Count something; a note tells where what should not be was seen."""
        self.counts[what] += count
        if count and note is not None:
            self.notes.append(f"{what}: {note}")


DOUBLE = "double effects"
UNRECORDED = "effects without an earlier record"
OPEN = "operations without a terminal outcome"
SECRETS = "secrets found in any file"
FALSE = "outcomes that contradict the journal"
CHAIN = "stores that do not verify"
CODES = "answers without a code, or internal"
LATE = "ends later than 5 s"
INVALID = "invalid requests that reached AWS"
CRASHES = "crashes of the server"
FORGED = "forged approvals accepted"
MUTANTS = "policy mutations judged wrong"
ZERO = (
    DOUBLE,
    UNRECORDED,
    OPEN,
    SECRETS,
    FALSE,
    CHAIN,
    CODES,
    LATE,
    INVALID,
    CRASHES,
    FORGED,
    MUTANTS,
)


def check_journal(tally: Tally, lines: list[dict[str, Any]], where: str) -> int:
    """Count effects that are double or unrecorded; return how many effects there are."""
    effects = [line for line in lines if line["effect"]]
    tally.add("effects", len(effects))
    per = Counter((line["action"], line["resource"]) for line in effects)
    for what, count in per.items():
        tally.add(DOUBLE, max(0, count - 1), f"{where}: {what} {count} times")
    for line in effects:
        if not line["recorded"]:
            tally.add(UNRECORDED, 1, f"{where}: {line['action']}")
    return len(effects)


def check_store(tally: Tally, state: Path, where: str) -> None:
    """Count what has no end in a store, secrets in its files, and a broken chain."""
    connection = sqlite3.connect(state / "smithgate.db", timeout=30)
    try:
        for sql in (
            "SELECT count(*) FROM ops WHERE state = 'Intended'",
            "SELECT count(*) FROM tx WHERE state IN ('Applying', 'Running')",
            "SELECT count(*) FROM plans WHERE state = 'Draft'",
        ):
            (count,) = connection.execute(sql).fetchone()
            tally.add(OPEN, count, f"{where}: {sql[21:]}")
    finally:
        connection.close()
    for path in state.rglob("*"):
        if path.is_file() and path.suffix != ".lease":
            data = path.read_bytes()
            found = [text for text in PLANTED if text.encode() in data]
            tally.add(SECRETS, len(found), f"{where}: {path.name} {found}")
    report = verify(state)
    tally.add(CHAIN, not report.ok, f"{where}: {report.problems[:2]}")


def check_answer(tally: Tally, result: ToolResult, where: str) -> None:
    """Count an error that has no stable code."""
    if result.is_error:
        code = result.structured["error"].get("code")
        tally.add(
            CODES, code in {None, "", "internal"}, f"{where}: {result.text[:200]}"
        )


def check_outcome(
    tally: Tally, world: World, plan_id: str, effects: int, where: str
) -> str:
    """Compare how the apply ended with what AWS saw; return its state."""
    tx = world.app.store.tx_of_plan(plan_id)
    document = world.app.store.plan(plan_id).document
    assert document is not None
    steps = len(document["steps"])
    state = "none" if tx is None else str(tx.state)
    from smithgate.plan.outcome import progress

    words = [] if tx is None else [s["outcome"] for s in progress(tx, document)]
    least = words.count("done")
    most = least + words.count("unknown")
    is_false = not least <= effects <= most or (
        (state == "Applied") != (words == ["done"] * steps)
    )
    tally.add(FALSE, is_false, f"{where}: {state} {words}, {effects} effects")
    return state
