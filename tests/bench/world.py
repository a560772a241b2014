"""What the latencies are measured in: moto in a process of its own, a store on disk.

Moto shares no interpreter lock with what is measured. The policy is the checked-in one
with an approver, and approvals are given between the measurements, as a person would.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from approver_kit import approvers, signer
from meter import Meter, MeteredClients
from smithgate.app import Application
from smithgate.plan.decide import Booth, Voice
from smithgate.server.core import SmithgateServer
from smithgate.server.tool import CallContext
from smithgate.settings import Settings
from smithgate.store import Ballot
from stack import ROOT, aws_env, boto

BUCKET = "bench"

_MOTO = """\
import sys
sys.path.insert(0, sys.argv[1])
from stack import moto_server
with moto_server() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


class World:
    """A server core over a real store, and bare clients to the same AWS double."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.meter = Meter()
        policy = folder / "policy.yaml"
        policy.write_text((ROOT / "policy.yaml").read_text() + approvers("ada"))
        self.app = Application(
            Settings(
                policy=str(policy),
                state=str(folder / "state"),
                generated=str(ROOT / "generated"),
            ),
            clients=MeteredClients(self.meter),
        )
        self.core = SmithgateServer(self.app)
        self.s3 = boto("s3", endpoint)
        self.sns = boto("sns", endpoint)
        self.sts = boto("sts", endpoint)
        self.s3.create_bucket(Bucket=BUCKET)
        self._context = CallContext("bench", "1", "2026-07-28", threading.Event())

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that must succeed."""
        result = self.core.call(tool, arguments, self._context)
        if result.is_error:
            raise RuntimeError(f"{tool} failed: {result.text}")
        return dict(result.structured)

    def plan(self, operation: str, arguments: dict[str, Any]) -> str:
        """Plan one step; return the plan's id."""
        step = {"operation": operation, "arguments": arguments}
        return str(self.call("plan", steps=[step])["plan_id"])

    def approve(self, plan_id: str) -> None:
        """Ask for and give the approval of a plan."""
        self.call("request_approval", plan_id=plan_id)
        store = self.app.store
        digest = store.plan(plan_id).digest
        assert digest is not None
        booth = Booth(
            self.app.catalog, store, self.app.policies.current(), self.app.clock
        )
        booth.cast(plan_id, digest, Ballot.GRANT, Voice(signer("ada")))


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Run moto and yield a world over it."""
    with _moto() as endpoint, _environment(aws_env(endpoint, folder)):
        world = World(folder, endpoint)
        try:
            yield world
        finally:
            world.core.close()


@contextmanager
def _moto() -> Iterator[str]:
    """Run moto in another process until the context ends; yield its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", _MOTO, str(ROOT / "tests" / "support")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("moto did not start")
        yield url
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set variables, and put back what was there."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
