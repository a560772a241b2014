"""The command line as a person uses it, over a store that a core filled."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from approver_kit import key_file
from fake_aws import POLICY, World
from stack import ROOT


class Shell:
    """Runs commands against the world's store in processes of their own."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(
        self, *arguments: str, stdin: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self._world.folder),
            "SMITHGATE_POLICY": str(self._world.policy_file),
            "SMITHGATE_STATE": str(self._world.folder / "state"),
            "SMITHGATE_GENERATED": str(ROOT / "generated"),
        }
        return subprocess.run(
            [sys.executable, "-m", "smithgate", *arguments],
            env=env,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        return json.loads(done.stdout)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


@pytest.fixture
def shell(world: World) -> Shell:
    return Shell(world)


@pytest.fixture
def asked(world: World) -> str:
    """A plan whose approval was asked for; the clock is the real one for the CLI."""
    from smithgate.app import utc_now

    world.clock.now = utc_now()
    plan_id = world.plan_versioning(reason="because \x1b[2J\u202e I say so")
    world.ok("request_approval", plan_id=plan_id)
    return plan_id


def test_plans_and_show(shell: Shell, asked: str) -> None:
    assert asked in shell("plans").stdout
    card = shell("show", asked).stdout
    for part in ("123456789012", "us-east-1", "sha256:", "write (rule", "Enabled"):
        assert part in card
    assert "\x1b" not in card
    assert "\u202e" not in card
    assert "untrusted" in card
    assert shell.json("show", asked)["plan_id"] == asked
    assert [p["plan_id"] for p in shell.json("plans")] == [asked]


def test_no_plans_yet(shell: Shell) -> None:
    assert shell("plans").stdout == "no plans yet\n"


def test_approve_needs_a_terminal_or_the_digest(
    shell: Shell, asked: str, world: World
) -> None:
    piped = shell("approve", asked, stdin=f"{asked}\n")
    assert piped.returncode == 1
    assert "approval_refused" in piped.stderr
    wrong = shell("approve", asked, "--digest", "0" * 12)
    assert (wrong.returncode, "approval_refused" in wrong.stderr) == (1, True)
    digest = shell.json("show", asked)["digest"].removeprefix("sha256:")
    short = shell("approve", asked, "--digest", digest[:11])
    assert short.returncode == 1
    done = shell("approve", asked, "--digest", digest[:12])
    assert (done.returncode, "key_unusable" in done.stderr) == (1, True)
    key = str(key_file(world.folder, "ada"))
    done = shell("approve", asked, "--digest", digest[:12], "--key", key)
    assert (done.returncode, "Granted" in done.stdout) == (0, True)
    assert "by ada, signed with SHA256:" in done.stdout
    assert shell.json("show", asked)["approval"]["granted_by"] == ["ada"]


def test_deny_wins_and_revoke_takes_back(
    shell: Shell, asked: str, world: World
) -> None:
    key = ("--key", str(key_file(world.folder, "ada")))
    digest = shell.json("show", asked)["digest"]
    assert shell("approve", asked, "--digest", digest, *key).returncode == 0
    assert "Revoked" in shell("revoke", asked, *key).stdout
    assert world.refused("apply", plan_id=asked)["code"] == "approval_refused"
    other = world.plan_versioning()
    world.ok("request_approval", plan_id=other)
    digest = shell.json("show", other)["digest"]
    assert "Denied" in shell("deny", other, "--digest", digest, *key).stdout
    assert world.refused("apply", plan_id=other)["code"] == "approval_refused"


def test_approving_what_nobody_asked_for(shell: Shell, world: World) -> None:
    plan_id = world.plan_versioning()
    done = shell("approve", plan_id, "--digest", "0" * 12)
    assert (done.returncode, "approval_not_found" in done.stderr) == (1, True)


def test_audit_verify_names_the_first_break(
    shell: Shell, asked: str, world: World
) -> None:
    assert shell("audit", "verify").returncode == 0
    lines = shell("audit", "export").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [
        *range(json.loads(lines[0])["seq"], json.loads(lines[-1])["seq"] + 1)
    ]
    with sqlite3.connect(world.folder / "state" / "smithgate.db") as connection:
        connection.execute("update ops set decided_by = 'rules.nice'")
    connection.close()
    broken = shell("audit", "verify")
    assert broken.returncode == 1
    assert "decided_by" in broken.stdout
    assert shell.json("audit", "verify")["ok"] is False


def test_audit_verify_takes_a_head_that_was_kept(shell: Shell, asked: str) -> None:
    head = shell("audit", "verify").stdout.split("head: ")[1].strip()
    assert shell("audit", "verify", "--expect", head).returncode == 0
    later = f"99{head}"
    broken = shell("audit", "verify", "--expect", later)
    assert (broken.returncode, "checkpoint" in broken.stdout) == (1, True)
    wrong = shell("audit", "verify", "--expect", "12")
    assert (wrong.returncode, "invalid_input" in wrong.stderr) == (1, True)


def test_audit_export_since(shell: Shell, asked: str) -> None:
    every = shell("audit", "export").stdout.splitlines()
    assert shell("audit", "export", "--since", "3").stdout.splitlines() == every[2:]
    for whole in ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"):
        assert shell("audit", "export", "--since", whole).stdout.splitlines() == every
    assert shell("audit", "export", "--since", "2126-01-01").stdout == ""
    wrong = shell("audit", "export", "--since", "yesterday")
    assert (wrong.returncode, "invalid_input" in wrong.stderr) == (1, True)


def test_audit_show(shell: Shell, world: World) -> None:
    plan_id = world.approved_plan()
    tx_id = world.ok("apply", plan_id=plan_id)["tx_id"]
    told = shell.json("audit", "show", tx_id)
    assert (told["tx"]["state"], told["plan"]["id"]) == ("Applied", plan_id)
    assert told["plan"]["decision"]["effect"] == "approve"
    assert told["approval"]["state"] == "Used"
    assert [v["decision"] for v in told["approval"]["grants"]] == ["grant"]
    assert "document" not in told["plan"]
    ops = {op["operation"]: op for op in told["ops"]}
    put = ops["s3:PutBucketVersioning"]
    assert re.fullmatch(r"req-\d+", put["aws_request_id"])
    assert put["request"]["arguments"]["Bucket"] == "b"
    assert {a["id"] for a in told["artifacts"]} >= {put["request_artifact"]}
    text = shell("audit", "show", tx_id).stdout
    for part in (tx_id, plan_id, put["id"], put["aws_request_id"], "grant", "Used"):
        assert part in text
    unknown = shell("audit", "show", "tx-none")
    assert (unknown.returncode, "tx_not_found" in unknown.stderr) == (1, True)


def test_audit_checkpoint(shell: Shell, asked: str, world: World) -> None:
    world.app.close()
    (world.folder / "state" / "checkpoints.jsonl").unlink()
    assert "missing" in shell("plans").stderr
    assert shell("audit", "checkpoint").returncode == 0
    assert shell("plans").returncode == 0
    assert shell.json("audit", "checkpoint")["seq"] > 1


def test_policy_explain(shell: Shell, world: World) -> None:
    said = shell("policy", "explain", "s3 delete-bucket").stdout
    assert "deny by risks.destructive" in said
    asked = shell.json(
        "policy", "explain", "sqs:CreateQueue", "--arguments", '{"QueueName": "q"}'
    )
    assert asked["decision"]["decided_by"] == "rules.allow-agent-queues"
    survey = shell("policy", "explain")
    assert (survey.returncode, "rules.allow-tagging" in survey.stdout) == (0, True)
    bad = shell("policy", "explain", "sqs:CreateQueue", "--arguments", "[1")
    assert (bad.returncode, "malformed_input" in bad.stderr) == (1, True)


def test_policy_explain_all(shell: Shell) -> None:
    judged = shell.json("policy", "explain", "--all")
    assert (judged["target"], judged["region"]) == ("dev", "us-east-1")
    one = shell.json("policy", "explain", "sqs:DeleteQueue")
    assert judged["policy_digest"] == one["decision"]["policy_digest"]
    assert judged["operations"]["sqs:DeleteQueue"] == {
        "risk": one["risk"],
        **{key: one["decision"][key] for key in ("effect", "decided_by")},
        "is_provisional": one["decision"]["is_provisional"],
    }
    index = json.loads((ROOT / "generated" / "index.json").read_text())
    assert judged["operations"].keys() == index["operations"].keys()
    lines = shell("policy", "explain", "--all", "--target", "prod").stdout.splitlines()
    assert "deny    sqs:DeleteQueue (risk destructive) by risks.destructive" in lines
    wrong = shell("policy", "explain", "--all", "sqs:DeleteQueue")
    assert (wrong.returncode, "--all takes" in wrong.stderr) == (2, True)


def test_policy_explain_plan(shell: Shell, world: World) -> None:
    plan_id = world.plan_versioning()
    found = shell.json("policy", "explain", plan_id)
    assert (found["plan_id"], found["is_current"]) == (plan_id, True)
    assert found["decision"]["effect"] == "approve"
    assert [step["operation"] for step in found["steps"]] == ["s3:PutBucketVersioning"]
    world.policy_file.write_text(POLICY + "  - {id: none, deny: ['s3:Put.*']}\n")
    done = shell("policy", "explain", plan_id)
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert "which it was not sealed under: it is stale: deny" in said
    assert "deny by rules.none" in said
    wrong = shell("policy", "explain", plan_id, "--target", "dev")
    assert (wrong.returncode, "a plan has its own" in wrong.stderr) == (2, True)
    none = shell("policy", "explain", "p-nothing")
    assert (none.returncode, "plan_not_found" in none.stderr) == (1, True)


def test_policy_explain_a_plan_that_was_denied(shell: Shell, world: World) -> None:
    step = {"operation": "s3:DeleteBucket", "arguments": {"Bucket": "b"}}
    plan_id = world.refused("plan", steps=[step])["details"]["plan_id"]
    found = shell.json("policy", "explain", plan_id)
    assert (found["state"], found["is_current"]) == ("Failed", False)
    assert found["decision"]["effect"] == "deny"


def test_policy_test_lint_and_matrix(shell: Shell, world: World) -> None:
    none = shell("policy", "test")
    assert (none.returncode, none.stdout) == (0, "0 passed, 0 failed\n")
    tests = """\
tests:
  - {operation: "s3:DeleteBucket", expect: deny}
  - {operation: "s3:DeleteBucket", expect: allow}
"""
    world.policy_file.write_text(POLICY + tests)
    done = shell("policy", "test")
    assert done.returncode == 1
    assert "policy says deny by risks.destructive" in done.stdout
    assert "1 passed, 1 failed" in done.stdout
    out = json.loads(shell("policy", "test", "--json").stdout)
    assert (out["passed"], out["failed"]) == (1, 1)
    world.policy_file.write_text(POLICY + "  - {id: gone, deny: ['s3:Nope']}\n")
    done = shell("policy", "lint")
    assert done.returncode == 1
    assert "rules.gone `s3:Nope`: matches nothing" in done.stdout
    findings = json.loads(shell("policy", "lint", "--json").stdout)["findings"]
    assert [finding["kind"] for finding in findings] == ["matches-nothing"]
    counted = shell.json("policy", "matrix")
    assert [place["target"] for place in counted["places"]] == ["dev", "dev", "prod"]
    assert "destructive" in shell("policy", "matrix", "--principal", "mcp:x").stdout


def test_doctor(shell: Shell, world: World) -> None:
    checks = {c["name"]: c["status"] for c in shell.json("doctor", "--offline")}
    assert set(checks.values()) == {"ok"}
    world.policy_file.write_text("version: 1\n")
    done = shell("doctor", "--offline")
    assert (done.returncode, "policy_invalid" in done.stdout) == (1, True)


def test_doctor_tells_of_missing_approvers(shell: Shell, world: World) -> None:
    policy = world.policy_file.read_text()
    for text, said in (
        (policy.split("approvers:")[0], "write (0 of 1)"),
        (policy + "approvals: {write: {count: 4}}\n", "write (3 of 4)"),
    ):
        world.policy_file.write_text(text)
        (found,) = (
            check
            for check in shell.json("doctor", "--offline")
            if check["name"] == "approvers"
        )
        assert found["status"] == "warning"
        assert said in found["text"]


def test_a_broken_policy_has_an_exit_code_of_its_own(
    shell: Shell, world: World
) -> None:
    world.policy_file.write_text("rules: [\n")
    done = shell("policy", "explain")
    assert done.returncode == 2
    assert "error[policy_invalid]" in done.stderr
    assert "line" in done.stderr


def test_wrong_usage_goes_through_click(shell: Shell) -> None:
    assert shell("serve", "--engine", "nope").returncode == 2
    assert shell("nope").returncode == 2
    assert "--expose" in shell("serve", "--help").stdout
    bad = shell("serve", "--engine", "minimal", "--expose", "s3:(")
    assert (bad.returncode, "--expose" in bad.stderr) == (2, True)
    none = shell("serve", "--engine", "minimal", "--expose", "s3:Nope")
    assert (none.returncode, "matches no operation" in none.stderr) == (2, True)


@pytest.mark.parametrize("engine", ["minimal", "fastmcp"])
def test_the_server_ends_when_its_input_ends(shell: Shell, engine: str) -> None:
    done = shell("serve", "--engine", engine)
    assert (done.returncode, done.stdout) == (0, "")
