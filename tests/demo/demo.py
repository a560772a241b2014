"""The whole job on a local AWS double: what an agent does, what a person does.

Starts moto on loopback and the Smithgate server over stdio, drives it with the official
MCP client, and approves with the command line. Exits 1 when a step is not as expected.
"""

import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from mcp import Client
from rich.console import Console
from rich.text import Text
from stack import ROOT, Stack, boto, moto_server

BUCKET = "team-reports"
KEY = "ada.key"
PASSPHRASE = secrets.token_urlsafe(16)
VERSIONING = {"Bucket": BUCKET, "VersioningConfiguration": {"Status": "Enabled"}}


class Unexpected(Exception):
    """A step of the demo did not end as it must."""


class Transcript:
    """Prints who does what, and fails on what is not as expected."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._step = 0

    def scene(self, title: str) -> None:
        """Start a numbered step."""
        self._step += 1
        self._console.print()
        self._console.print(Text(f"{self._step}. {title}", style="bold"))

    def say(self, who: str, text: str, style: str = "") -> None:
        """Print what somebody does or gets."""
        for index, line in enumerate(text.splitlines() or [""]):
            label = f"{who:>9} " if index == 0 else " " * 10
            self._console.print(Text(label, style="dim") + Text(line, style=style))

    def expect(self, holds: bool, what: str) -> None:
        """Print a kept expectation; raise ``Unexpected`` for a broken one."""
        if not holds:
            raise Unexpected(what)
        self.say("✓", what, "green")


class Agent:
    """An agent's side of the connection."""

    def __init__(self, client: Client, transcript: Transcript) -> None:
        self._client = client
        self._transcript = transcript

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that must succeed."""
        failed, value = await self._call(tool, arguments)
        if failed:
            raise Unexpected(f"{tool} failed: {json.dumps(value)}")
        return value

    async def refused(self, tool: str, code: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that must be refused with a code; return the error."""
        failed, value = await self._call(tool, arguments)
        error: dict[str, Any] = value.get("error", {})
        if failed:
            self._transcript.say(
                "server", f"{error.get('code')}: {error.get('message')}", "yellow"
            )
            self._transcript.say("", f"hint: {error.get('hint')}", "yellow")
        self._transcript.expect(
            failed and error.get("code") == code, f"refused with {code}"
        )
        return error

    async def _call(
        self, tool: str, arguments: dict[str, Any]
    ) -> tuple[bool, dict[str, Any]]:
        shown = ", ".join(f"{k}={json.dumps(v)}" for k, v in arguments.items())
        self._transcript.say("agent", f"{tool}({shown})", "cyan")
        result = await self._client.call_tool(tool, arguments)
        return bool(result.is_error), dict(result.structured_content or {})


async def look_around(agent: Agent, t: Transcript) -> None:
    """Search, describe, read."""
    t.scene("The agent looks for the operation it needs")
    found = await agent.call("search_operations", query="turn on bucket versioning")
    for hit in found["operations"][:3]:
        t.say("server", f"{hit['operation']}  risk {hit['risk']}, {hit['policy']}")
    ids = [hit["operation"] for hit in found["operations"]]
    t.expect("s3:PutBucketVersioning" in ids[:3], "s3:PutBucketVersioning is found")

    t.scene("It asks what the request looks like")
    described = await agent.call(
        "describe_operation", operation="s3:PutBucketVersioning"
    )
    t.say("server", f"required: {', '.join(described['required'])}")
    t.say("server", f"example: {json.dumps(described['minimal_example'])}")
    t.say("server", f"reader: {described['reader']}")
    t.expect(described["risk"] == "write", "its risk is write")

    t.scene("Reading runs at once, recorded")
    state = await agent.call(
        "read", operation="s3:GetBucketVersioning", arguments={"Bucket": BUCKET}
    )
    t.say("server", json.dumps(state["response"]))
    t.expect(state["complete"], "the bucket has no versioning yet")


async def plan_and_ask(agent: Agent, t: Transcript, stack: Stack) -> str:
    """Plan, diff, a refused apply, a request for approval."""
    t.scene("It plans the change; nothing is changed")
    plan = await agent.call(
        "plan",
        steps=[{"operation": "s3:PutBucketVersioning", "arguments": VERSIONING}],
        reason="Reports must survive an accidental overwrite.",
    )
    plan_id = str(plan["plan_id"])
    t.say("server", f"{plan_id} {plan['state']}, digest {plan['digest'][:23]}…")
    t.expect(plan["decision"]["effect"] == "approve", "policy wants a person's yes")

    t.scene("Before and after, read from the account")
    diff = await agent.call("diff", plan_id=plan_id)
    t.say("server", diff["text"])
    t.expect("Status" in diff["text"], "the diff names the member that changes")

    t.scene("Applying without an approval is refused")
    await agent.refused("apply", "approval_required", plan_id=plan_id)
    versioning = boto("s3", stack.endpoint).get_bucket_versioning(Bucket=BUCKET)
    t.expect("Status" not in versioning, "nothing happened at AWS")

    t.scene("It asks for an approval; no tool can give one")
    asked = await agent.call("request_approval", plan_id=plan_id)
    t.say("server", asked["how"])
    t.expect(asked["approval"]["state"] == "Pending", "the request is pending")
    return plan_id


def make_key(t: Transcript, stack: Stack) -> None:
    """Make an approver's key and name it in a copy of the example policy."""
    t.scene("Before anything: a person makes a key, the policy names its public half")
    made = with_passphrase(
        stack, "keys", "new", str(stack.folder / KEY), "--name", "ada"
    )
    t.say("person", f"$ smithgate keys new {KEY} --name ada", "cyan")
    t.say("policy", made.stdout.rstrip())
    t.expect(made.returncode == 0, "the private key is in a file with a passphrase")
    example = (ROOT / "policy.yaml").read_text(encoding="utf-8")
    stack.policy.write_text(example + made.stdout, encoding="utf-8")


def approve(t: Transcript, stack: Stack, plan_id: str) -> None:
    """A person approves in another process."""
    t.scene("A person reads the card and signs it, outside of the agent's reach")
    shown = stack.cli("show", plan_id, "--json")
    digest = str(json.loads(shown.stdout)["digest"]).removeprefix("sha256:")[:16]
    unsigned = stack.cli("approve", plan_id, "--digest", digest)
    t.expect("key_unusable" in unsigned.stderr, "without a key nothing is approved")
    done = with_passphrase(
        stack, "approve", plan_id, "--digest", digest, "--key", str(stack.folder / KEY)
    )
    t.say(
        "person", f"$ smithgate approve {plan_id} --digest {digest} --key {KEY}", "cyan"
    )
    t.say("", done.stdout.rstrip() + done.stderr.rstrip())
    t.expect(done.returncode == 0 and "Granted" in done.stdout, "approved and signed")


def with_passphrase(
    stack: Stack, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command that reads the key's passphrase from stdin: nobody is here to type."""
    return stack.cli(*arguments, "--passphrase-fd", "0", stdin=f"{PASSPHRASE}\n")


async def apply_once(agent: Agent, t: Transcript, stack: Stack, plan_id: str) -> None:
    """Apply, look at AWS, try again."""
    t.scene("Now apply runs exactly that plan")
    applied = await agent.call("apply", plan_id=plan_id)
    step = applied["steps"][0]
    t.say("server", f"{applied['tx_id']} {applied['state']}, call {step['op_id']}")
    versioning = boto("s3", stack.endpoint).get_bucket_versioning(Bucket=BUCKET)
    t.expect(versioning.get("Status") == "Enabled", "versioning is on at AWS")
    t.expect(step["read_back_as_planned"] == "yes", "read back as planned")

    t.scene("A plan runs once")
    again = await agent.call("apply", plan_id=plan_id)
    same = (again["tx_id"], again.get("repeated")) == (applied["tx_id"], True)
    t.expect(same, "a second apply gives the stored outcome and sends nothing")


async def denied(agent: Agent, t: Transcript, stack: Stack) -> None:
    """A destructive plan is denied."""
    t.scene("A destructive plan is denied by policy")
    error = await agent.refused(
        "plan",
        "policy_denied",
        steps=[{"operation": "s3:DeleteBucket", "arguments": {"Bucket": BUCKET}}],
        reason="The user surely wants this.",
    )
    by = error["details"]["decided_by"]
    t.expect(by == "risks.destructive", f"the rule that said no is named: {by}")
    buckets = [b["Name"] for b in boto("s3", stack.endpoint).list_buckets()["Buckets"]]
    t.expect(BUCKET in buckets, "the bucket is still there")


def check_audit(t: Transcript, stack: Stack) -> None:
    """Verify the chain and list the plans."""
    t.scene("The record of every call verifies")
    for arguments in (("plans",), ("audit", "verify")):
        done = stack.cli(*arguments)
        t.say("person", "$ smithgate " + " ".join(arguments), "cyan")
        t.say("", done.stdout.rstrip() + done.stderr.rstrip())
        t.expect(done.returncode == 0, f"{' '.join(arguments)} ends with 0")


async def play(agent: Agent, t: Transcript, stack: Stack) -> None:
    """Play the scenes that need the agent."""
    await look_around(agent, t)
    plan_id = await plan_and_ask(agent, t, stack)
    approve(t, stack, plan_id)
    await apply_once(agent, t, stack, plan_id)
    await denied(agent, t, stack)


async def run(stack: Stack, t: Transcript) -> None:
    """Connect, play, check the audit. Raises ``Unexpected``."""
    boto("s3", stack.endpoint).create_bucket(Bucket=BUCKET)
    make_key(t, stack)
    broken: Unexpected | None = None
    async with stack.client("auto") as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        t.say("server", "tools: " + ", ".join(tools))
        try:
            await play(Agent(client, t), t, stack)
        except Unexpected as error:  # leave the client first, so that it ends cleanly
            broken = error
    if broken is not None:
        raise broken
    check_audit(t, stack)


def main() -> int:
    """Run the demo in a temporary folder; return the exit code."""
    t = Transcript()
    with (
        tempfile.TemporaryDirectory(prefix="smithgate-demo-") as folder,
        moto_server() as endpoint,
    ):
        t.say("", f"a moto server plays AWS at {endpoint}")
        try:
            stack = Stack(endpoint, Path(folder), Path(folder) / "policy.yaml")
            asyncio.run(run(stack, t))
        except Unexpected as error:
            t.say("✗", f"not as expected: {error}", "bold red")
            return 1
        except KeyboardInterrupt:
            t.say("✗", "interrupted; nothing is left running", "bold red")
            return 130
    t.say("✓", "everything as expected; nothing is left running", "bold green")
    return 0


if __name__ == "__main__":
    sys.exit(main())
