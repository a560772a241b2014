"""The invariants of the design, I1 to I12, on the path from plan to audit.

Parts that have tests of their own (policy files, engines, stores) are tested there as
well; here the whole core runs over a fake AWS and a real store.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as sdk
from fake_aws import ACCOUNT, POLICY, World, aws_error
from smithgate.errors import AuditUnavailable
from smithgate.plan.document import derive_token
from stack import ROOT

VERSIONING = {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def rows(world: World, sql: str) -> list[Any]:
    with sqlite3.connect(world.folder / "state" / "smithgate.db") as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


class TestI1RecordedFirst:
    def test_the_op_is_durable_before_the_call_leaves(self, world: World) -> None:
        seen: list[tuple[str, Any]] = []

        def look(name: str) -> None:
            # Another connection sees only what is committed.
            last = rows(world, "select operation, state from ops order by rowid")[-1]
            seen.append((name, last))

        world.aws.before_send = look
        world.ok("apply", plan_id=world.approved_plan())
        assert ("s3.put_bucket_versioning", ("s3:PutBucketVersioning", "Intended")) in (
            seen
        )
        assert all(state == "Intended" for _, (_, state) in seen)

    @pytest.mark.parametrize("part", ["intend", "artifact"])
    def test_no_record_no_call(
        self, world: World, part: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan_id = world.approved_plan()
        store = world.app.store
        calls = len(world.aws.calls)

        def broken(*_: Any, **__: Any) -> Any:
            raise AuditUnavailable("disk full")

        if part == "intend":
            monkeypatch.setattr(store, "intend", broken)
        else:
            monkeypatch.setattr(store.artifacts, "put", broken)
        assert world.refused("apply", plan_id=plan_id)["code"] == "audit_unavailable"
        error = world.refused(
            "read", operation="s3:GetBucketVersioning", arguments={"Bucket": "b"}
        )
        assert error["code"] == "audit_unavailable"
        assert len(world.aws.calls) == calls

    def test_an_unwritable_store_calls_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "state").write_text("a file where the folder should be")
        world = World(tmp_path)
        error = world.refused(
            "read", operation="s3:GetBucketVersioning", arguments={"Bucket": "b"}
        )
        assert error["code"] == "audit_unavailable"
        assert error["hint"]
        assert world.aws.calls == []


class TestI2AtMostOnce:
    def test_many_applies_of_one_plan_send_once(self, world: World) -> None:
        plan_id = world.approved_plan()
        with ThreadPoolExecutor(16) as pool:
            results = list(
                pool.map(lambda _: world.call("apply", plan_id=plan_id), range(32))
            )
        assert sum(not r.is_error for r in results) == 1
        codes = {r.structured["error"]["code"] for r in results if r.is_error}
        assert codes == {"plan_consumed"}
        assert world.aws.names().count("s3.put_bucket_versioning") == 1

    def test_a_lost_reply_is_unknown_and_not_retried(self, world: World) -> None:
        def lost(_: Any) -> Any:
            raise sdk.ReadTimeoutError(endpoint_url="u")

        world.aws.answers["s3.put_bucket_versioning"] = lost
        plan_id = world.approved_plan()
        error = world.refused("apply", plan_id=plan_id)
        assert error["code"] == "outcome_unknown"
        assert world.ok("get_plan", plan_id=plan_id)["tx"]["state"] == "Unknown"
        assert world.refused("apply", plan_id=plan_id)["code"] == "plan_consumed"
        assert world.aws.names().count("s3.put_bucket_versioning") == 1

    def test_throttling_is_retried_and_every_attempt_recorded(
        self, world: World
    ) -> None:
        answers = [aws_error("SlowDown", 503), aws_error("SlowDown", 503)]
        put = world.aws.answers["s3.put_bucket_versioning"]

        def throttled(arguments: Any) -> Any:
            if answers:
                raise answers.pop()
            return put(arguments)

        world.aws.answers["s3.put_bucket_versioning"] = throttled
        applied = world.ok("apply", plan_id=world.approved_plan())
        ops = [
            (op.attempt, str(op.state))
            for op in world.app.store.tx(applied["tx_id"]).ops
            if op.purpose == "apply"
        ]
        assert ops == [(1, "Failed"), (2, "Failed"), (3, "Succeeded")]
        assert world.slept == [0.2, 0.8]

    def test_a_crash_between_sending_and_outcome_is_unknown(self, world: World) -> None:
        """A process that dies after sending leaves Unknown, and nobody sends again."""
        plan_id = world.approved_plan()
        world.app.close()
        code = (
            "import os, sys; sys.path[:0] = [sys.argv[1]]\n"
            "from pathlib import Path\n"
            "from fake_aws import World\n"
            "folder = Path(sys.argv[2]); text = (folder / 'policy.yaml').read_text()\n"
            "world = World(folder, text)\n"
            "world.aws.answers['s3.put_bucket_versioning'] = lambda _: os._exit(9)\n"
            "world.call('apply', plan_id=sys.argv[3])\n"
        )
        support = str(ROOT / "tests" / "support")
        died = subprocess.run(
            [sys.executable, "-c", code, support, str(world.folder), plan_id],
            check=False,
            timeout=60,
        )
        assert died.returncode == 9
        world.restart()
        tx = world.ok("get_plan", plan_id=plan_id)["tx"]
        assert tx["state"] == "Unknown"
        assert world.refused("apply", plan_id=plan_id)["code"] == "plan_consumed"
        assert "s3.put_bucket_versioning" not in world.aws.names()

    def test_the_token_survives_restarts(self, world: World) -> None:
        arguments = {"Name": "n", "Description": "d"}
        steps = [{"operation": "secretsmanager:CreateSecret", "arguments": arguments}]
        plan_id = world.ok("plan", steps=steps)["plan_id"]
        world.restart()
        document = world.app.store.plan(plan_id).document
        assert document is not None
        token = document["steps"][0]["token"]
        assert token == derive_token(plan_id, 0)
        assert document["steps"][0]["arguments"]["ClientRequestToken"] == token


class TestI3ApplyTakesAPlanId:
    def test_arguments_on_apply_are_refused(self, world: World) -> None:
        plan_id = world.approved_plan()
        error = world.refused("apply", plan_id=plan_id, arguments={"Bucket": "x"})
        assert error["code"] == "schema_violation"
        assert "arguments" in error["message"]
        assert "s3.put_bucket_versioning" not in world.aws.names()

    def test_what_runs_is_what_was_sealed(self, world: World) -> None:
        world.ok("apply", plan_id=world.approved_plan())
        sent = [a for n, a in world.aws.calls if n == "s3.put_bucket_versioning"]
        assert sent == [VERSIONING]


class TestI4TheSeal:
    @pytest.mark.parametrize(
        "edit",
        [
            lambda d: d["steps"][0]["arguments"].update(Bucket="other"),
            lambda d: d["target"].update(account="999999999999"),
            lambda d: d["target"].update(region="eu-west-1"),
            lambda d: d["steps"][0]["before"].update(digest="sha256:0"),
            lambda d: d["steps"][0].update(model_digest="sha256:0"),
            lambda d: d.update(policy_digest="sha256:0"),
            lambda d: d.update(expires_at="2030-01-01T00:00:00+00:00"),
            lambda d: d.update(requester="mcp:other"),
        ],
    )
    def test_an_edited_document_does_not_run(self, world: World, edit: Any) -> None:
        plan_id = world.approved_plan()
        document = world.app.store.plan(plan_id).document
        assert document is not None
        edit(document)
        path = world.folder / "state" / "smithgate.db"
        with sqlite3.connect(path) as connection:
            connection.execute(
                "update plans set document = ? where id = ?",
                (json.dumps(document), plan_id),
            )
        connection.close()
        assert world.refused("apply", plan_id=plan_id)["code"] == "plan_stale"
        assert "s3.put_bucket_versioning" not in world.aws.names()

    def test_an_approval_is_for_one_digest(self, world: World) -> None:
        first = world.approved_plan()
        second = world.plan_versioning()
        plans = [world.app.store.plan(p) for p in (first, second)]
        assert plans[0].digest != plans[1].digest
        assert world.refused("apply", plan_id=second)["code"] == "approval_required"


class TestI5NoToolGrants:
    def test_no_tool_leads_to_a_grant(self, world: World) -> None:
        plan_id = world.plan_versioning()
        for _ in range(3):
            world.ok("request_approval", plan_id=plan_id)
            error = world.refused("apply", plan_id=plan_id)
            assert error["code"] == "approval_required"
        assert not any("approve" in t.name for t in world.core.tools())
        assert world.ok("get_plan", plan_id=plan_id)["approval"]["granted_by"] == []

    def test_the_requester_cannot_approve(self, world: World) -> None:
        plan_id = world.plan_versioning()
        world.ok("request_approval", plan_id=plan_id)
        from smithgate.errors import ApprovalRefused

        with pytest.raises(ApprovalRefused):
            world.approve(plan_id, approver="mcp:agent")
        assert world.refused("apply", plan_id=plan_id)["code"] == "approval_required"

    def test_an_expired_approval_is_a_no(self, world: World) -> None:
        plan_id = world.approved_plan()
        world.clock.advance(minutes=59, seconds=59)
        other = world.plan_versioning()
        world.clock.advance(seconds=2)
        error = world.refused("apply", plan_id=plan_id)
        assert error["code"] in {"approval_expired", "plan_expired"}
        assert other

    def test_a_denied_approval_is_a_no(self, world: World) -> None:
        plan_id = world.approved_plan()
        store = world.app.store
        digest = store.plan(plan_id).digest
        assert digest is not None
        store.decide_approval(
            plan_id, digest, approver="user:bob", decision="deny", method="test"
        )
        assert world.refused("apply", plan_id=plan_id)["code"] == "approval_refused"


class TestI6FailClosed:
    def test_a_policy_that_turns_bad_stops_every_call(self, world: World) -> None:
        plan_id = world.approved_plan()
        world.policy_file.write_text(POLICY + "rulez: []\n")
        error = world.refused("apply", plan_id=plan_id)
        assert error["code"] == "policy_invalid"
        assert "rules" in error["hint"]
        error = world.refused(
            "read", operation="s3:GetBucketVersioning", arguments={"Bucket": "b"}
        )
        assert error["code"] == "policy_invalid"

    def test_a_broken_policy_stops_the_start(self, tmp_path: Path) -> None:
        from smithgate.errors import PolicyFileInvalid

        with pytest.raises(PolicyFileInvalid):
            World(tmp_path, "version: 1\n")


class TestI7OneChokePoint:
    @pytest.mark.parametrize(
        "spelling",
        ["s3:DeleteBucket", "s3.delete_bucket", "S3:deletebucket", "s3 delete-bucket"],
    )
    def test_no_spelling_gets_around_a_rule(self, world: World, spelling: str) -> None:
        steps = [{"operation": spelling, "arguments": {"Bucket": "b"}}]
        error = world.refused("plan", steps=steps)
        assert error["code"] == "policy_denied"
        assert error["details"]["decided_by"] == "risks.destructive"

    def test_read_runs_nothing_that_changes(self, world: World) -> None:
        error = world.refused(
            "read", operation="s3:PutBucketVersioning", arguments=VERSIONING
        )
        assert error["code"] == "policy_denied"
        assert world.aws.calls == []

    def test_every_call_has_an_op_and_a_decision(self, world: World) -> None:
        world.ok("apply", plan_id=world.approved_plan())
        recorded = rows(world, "select operation, decided_by, state from ops")
        assert len(recorded) == len(world.aws.calls)
        assert all(decided and state == "Succeeded" for _, decided, state in recorded)

    def test_a_reader_that_policy_denies_is_not_called(self, tmp_path: Path) -> None:
        deny = POLICY + '  - {id: blind, deny: ["s3:GetBucketVersioning"]}\n'
        world = World(tmp_path, deny)
        plan = world.ok("get_plan", plan_id=world.plan_versioning())
        assert plan["steps"][0]["before"]["status"] == "unknown"
        assert "policy_denied" in plan["steps"][0]["diff"]["note"]
        assert "s3.get_bucket_versioning" not in world.aws.names()
        world.app.close()


class TestI8SecretsStayIn:
    SECRET = "hunter2-hunter2"

    def test_masked_wherever_it_is_shown(self, world: World) -> None:
        steps = [
            {
                "operation": "secretsmanager:CreateSecret",
                "arguments": {"Name": "n", "SecretString": self.SECRET},
            }
        ]
        result = world.call("plan", steps=steps)
        assert self.SECRET not in result.text
        plan_id = (
            result.structured.get("plan_id")
            or result.structured["error"]["details"]["plan_id"]
        )
        for tool in ("get_plan", "diff"):
            assert self.SECRET not in world.call(tool, plan_id=plan_id).text
        events = rows(world, "select body from events")
        assert self.SECRET not in str(events)
        for path in (world.folder / "state" / "artifacts").rglob("*"):
            if path.is_file():
                assert self.SECRET not in path.read_text()

    def test_modes(self, world: World) -> None:
        world.ok("apply", plan_id=world.approved_plan())
        state = world.folder / "state"
        for path in [state, *state.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


class TestI9StalePlans:
    def test_changed_state(self, world: World) -> None:
        plan_id = world.approved_plan()
        world.aws.versioning = {"Status": "Suspended"}
        error = world.refused("apply", plan_id=plan_id)
        assert error["code"] == "plan_stale"
        assert any("Status" in text for text in error["details"]["changed"])
        assert "s3.put_bucket_versioning" not in world.aws.names()

    def test_changed_policy(self, world: World) -> None:
        plan_id = world.approved_plan()
        extra = '  - {id: more, deny: ["s3:Foo"]}\n'
        world.policy_file.write_text(POLICY + extra)
        error = world.refused("apply", plan_id=plan_id)
        assert (error["code"], error["details"]["changed"]) == (
            "plan_stale",
            ["policy"],
        )

    def test_changed_identity(self, world: World) -> None:
        plan_id = world.approved_plan()
        world.aws.answers["sts.get_caller_identity"] = lambda _: {
            "Account": "999999999999",
            "Arn": "arn:aws:iam::999999999999:user/x",
            "UserId": "u",
        }
        error = world.refused("apply", plan_id=plan_id)
        assert error["code"] == "identity_mismatch"
        assert error["details"]["expected"] == ACCOUNT
        assert "s3.put_bucket_versioning" not in world.aws.names()

    def test_expired(self, world: World) -> None:
        plan_id = world.approved_plan()
        world.clock.advance(hours=2)
        assert world.refused("apply", plan_id=plan_id)["code"] == "plan_expired"

    def test_an_unchanged_state_runs(self, world: World) -> None:
        world.aws.versioning = {"Status": "Suspended"}
        applied = world.ok("apply", plan_id=world.approved_plan())
        assert applied["steps"][0]["read_back_as_planned"] == "yes"


class TestI10NothingFromText:
    @pytest.mark.parametrize(
        "value", ["file:///etc/passwd", "fileb://x", "http://127.0.0.1/", "{{7*7}}"]
    )
    def test_values_stay_values(self, world: World, value: str) -> None:
        tags = {"TagSet": [{"Key": "k", "Value": value}]}
        world.aws.answers["s3.get_bucket_tagging"] = lambda _: {"TagSet": []}
        world.aws.answers["s3.put_bucket_tagging"] = lambda _: {}
        steps = [
            {
                "operation": "s3:PutBucketTagging",
                "arguments": {"Bucket": "b", "Tagging": tags},
            }
        ]
        plan_id = world.ok("plan", steps=steps)["plan_id"]
        world.ok("apply", plan_id=plan_id)
        sent = [a for n, a in world.aws.calls if n == "s3.put_bucket_tagging"]
        assert sent[0]["Tagging"]["TagSet"][0]["Value"] == value

    @pytest.mark.parametrize("name", ["profile", "endpoint_url", "role_arn", "policy"])
    def test_no_tool_takes_places(self, world: World, name: str) -> None:
        for tool in world.core.tools():
            assert name not in tool.input_schema["properties"]

    @pytest.mark.parametrize("region", ["us-east-1\n", "../x", "mars-1", "US-EAST-1"])
    def test_regions_come_from_policy(self, world: World, region: str) -> None:
        error = world.refused(
            "read",
            operation="s3:GetBucketVersioning",
            arguments={"Bucket": "b"},
            region=region,
        )
        assert error["code"] == "unknown_target"
        assert world.aws.calls == []


class TestI11StdoutIsProtocol:
    def test_the_core_writes_nothing(
        self, world: World, capfd: pytest.CaptureFixture[str]
    ) -> None:
        world.ok("apply", plan_id=world.approved_plan())
        assert capfd.readouterr().out == ""


class TestI12Honest:
    def test_a_failed_reader_is_unknown_not_unchanged(self, world: World) -> None:
        def refuse(_: Any) -> Any:
            raise aws_error("AccessDenied", 403)

        world.aws.answers["s3.get_bucket_versioning"] = refuse
        plan = world.ok("get_plan", plan_id=world.plan_versioning())
        diff = plan["steps"][0]["diff"]
        assert diff["status"] == "unknown"
        assert "AccessDenied" in diff["note"]

    def test_a_large_answer_says_that_it_is_cut(self, world: World) -> None:
        buckets = [{"Name": f"bucket-{i:05}"} for i in range(2000)]
        world.aws.answers["s3.list_buckets"] = lambda _: {"Buckets": buckets}
        found = world.ok("read", operation="s3:ListBuckets")
        assert found["complete"] is False
        assert found["counts"] == {"Buckets": 2000}
        assert "response" not in found
        page = world.ok(
            "query_artifact",
            artifact=found["artifact"],
            expression="Buckets[].Name",
            offset=1990,
        )
        assert page["total"] == 2000
        assert page["result"][-1] == "bucket-01999"

    def test_refusals_are_errors_with_a_code_and_a_hint(self, world: World) -> None:
        for tool, arguments in (
            ("plan", {"steps": [{"operation": "s3:Nope"}]}),
            ("get_plan", {"plan_id": "p-nope"}),
            ("query_artifact", {"artifact": "art-nope"}),
            ("read", {"operation": "s3:GetBucketVersioning", "arguments": {}}),
        ):
            error = world.refused(tool, **arguments)
            assert error["code"]
            assert error["message"]
            assert error["hint"]
