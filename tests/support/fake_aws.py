"""An AWS double in process: remembers every call, answers as the test says."""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from approver_kit import approvers, signer
from botocore import exceptions as sdk
from smithgate.app import Application
from smithgate.execute import clients
from smithgate.server.core import SmithgateServer
from smithgate.server.tool import CallContext, ToolResult
from smithgate.settings import Settings
from smithgate.store import Ballot
from stack import ROOT

ACCOUNT = "123456789012"
REGION = "us-east-1"

POLICY = f"""\
version: 1
targets:
  dev: {{account: "{ACCOUNT}", regions: [us-east-1, eu-west-1], default: true}}
  prod: {{account: "999999999999", regions: [us-east-1]}}
{approvers("ada", "bob", "agent")}rules:
  - id: allow-agent-queues
    allow: ["sqs:(CreateQueue|DeleteQueue)"]
    when: {{targets: [dev]}}
  - id: allow-tagging
    allow: ["s3:PutBucketTagging"]
"""

VERSIONING = {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}
"""The arguments that ``World.plan_versioning`` plans by default."""

Answer = Callable[[Mapping[str, Any]], Any]


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def aws_error(code: str, status: int = 400) -> sdk.ClientError:
    """Return what boto3 raises when AWS answers with an error."""
    return sdk.ClientError(
        {
            "Error": {"Code": code, "Message": f"{code} happened"},
            "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "req-e"},
        },
        "Op",
    )


class FakeAws:
    """A ``ClientFactory``. ``answers`` maps ``service.method`` to a function."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.versioning: dict[str, Any] = {}
        self.before_send: Callable[[str], None] = lambda name: None
        self._lock = threading.Lock()
        self.answers: dict[str, Answer] = {
            "sts.get_caller_identity": lambda _: {
                "Account": ACCOUNT,
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/agent",
                "UserId": "u",
            },
            "s3.get_bucket_versioning": lambda _: dict(self.versioning),
            "s3.put_bucket_versioning": self._put_versioning,
        }

    def _put_versioning(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self.versioning = dict(arguments["VersioningConfiguration"])
        return {}

    def client(self, service: str, region: str, credentials: Any) -> Any:
        """Return an object whose every method is a call."""
        return _Client(self, service)

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Answer one call."""
        self.before_send(name)
        clients._mark_sent()
        with self._lock:
            self.calls.append((name, arguments))
        answer = self.answers[name](arguments)
        metadata = {"RequestId": f"req-{len(self.calls)}", "HTTPStatusCode": 200}
        return {**answer, "ResponseMetadata": metadata}

    def names(self, *, without_identity: bool = True) -> list[str]:
        """Return the calls made, in order."""
        return [
            name
            for name, _ in self.calls
            if not (without_identity and name.startswith("sts."))
        ]


class _Client:
    def __init__(self, aws: FakeAws, service: str) -> None:
        self._aws = aws
        self._service = service

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda **arguments: self._aws.call(
            f"{self._service}.{method}", arguments
        )


class World:
    """A server core over a fake AWS, a temporary store and a clock of its own."""

    def __init__(self, folder: Path, policy: str = POLICY) -> None:
        self.folder = folder
        self.policy_file = folder / "policy.yaml"
        self.policy_file.write_text(policy)
        self.clock = Clock()
        self.aws = FakeAws()
        self.slept: list[float] = []
        self.app = self._application()
        self.core = SmithgateServer(self.app)

    def _application(self) -> Application:
        settings = Settings(
            policy=str(self.policy_file),
            state=str(self.folder / "state"),
            generated=str(ROOT / "generated"),
        )
        return Application(
            settings, clock=self.clock, sleep=self.slept.append, clients=self.aws
        )

    def restart(self) -> None:
        """Go on with a new process's eyes: same store, nothing in memory."""
        self.app.close()
        self.app = self._application()
        self.core = SmithgateServer(self.app)

    def call(self, tool: str, **arguments: Any) -> ToolResult:
        """Call a tool as an agent."""
        context = CallContext("agent", "1", "2026-07-28", threading.Event())
        return self.core.call(tool, arguments, context)

    def ok(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that must succeed."""
        result = self.call(tool, **arguments)
        assert not result.is_error, result.text
        return result.structured

    def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that must be refused; return the error."""
        result = self.call(tool, **arguments)
        assert result.is_error, result.text
        error: dict[str, Any] = result.structured["error"]
        assert error["code"] != "internal", result.text
        return error

    def rows(self, sql: str) -> list[Any]:
        """Return what a query finds in the store, by a connection of its own."""
        with sqlite3.connect(self.folder / "state" / "smithgate.db") as connection:
            found = connection.execute(sql).fetchall()
        connection.close()
        return found

    def plan_versioning(self, status: str = "Enabled", **more: Any) -> str:
        """Plan S3 versioning of bucket ``b``; return the plan id."""
        arguments = {"Bucket": "b", "VersioningConfiguration": {"Status": status}}
        steps = [{"operation": "s3:PutBucketVersioning", "arguments": arguments}]
        return str(self.ok("plan", steps=steps, **more)["plan_id"])

    def decide(
        self, plan_id: str, decision: str = "grant", approver: str = "ada"
    ) -> None:
        """Say yes or no as a person outside of the server, signed."""
        from smithgate.plan.decide import Booth, Voice

        store = self.app.store
        digest = store.plan(plan_id).digest
        assert digest is not None
        booth = Booth(self.app.catalog, store, self.app.policies.current(), self.clock)
        booth.cast(plan_id, digest, Ballot(decision), Voice(signer(approver)))

    def approve(self, plan_id: str, approver: str = "ada") -> None:
        """Say yes as a person outside of the server, signed."""
        self.decide(plan_id, "grant", approver)

    def approved_plan(self, status: str = "Enabled") -> str:
        """Return a plan that only waits for apply."""
        plan_id = self.plan_versioning(status)
        self.ok("request_approval", plan_id=plan_id)
        self.approve(plan_id)
        return plan_id
