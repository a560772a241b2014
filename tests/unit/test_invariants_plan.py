"""The invariants of the design that guard a plan: I1 to I4 and I9.

Parts that have tests of their own (plans, stores) are tested there as well; here the
whole core runs over a fake AWS and a real store.
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
from fake_aws import ACCOUNT, POLICY, VERSIONING, World, aws_error
from smithgate.errors import AuditUnavailable
from smithgate.plan.document import derive_token
from stack import ROOT


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


class TestI1RecordedFirst:
    def test_the_op_is_durable_before_the_call_leaves(self, world: World) -> None:
        seen: list[tuple[str, Any]] = []

        def look(name: str) -> None:
            # Another connection sees only what is committed.
            last = world.rows("select operation, state from ops order by rowid")[-1]
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
        told = [r.structured for r in results if not r.is_error]
        assert sum("repeated" not in one for one in told) == 1
        codes = {r.structured["error"]["code"] for r in results if r.is_error}
        assert codes <= {"plan_consumed"}  # still under way
        assert world.aws.names().count("s3.put_bucket_versioning") == 1

    def test_a_lost_reply_is_unknown_and_not_retried(self, world: World) -> None:
        def lost(_: Any) -> Any:
            raise sdk.ReadTimeoutError(endpoint_url="u")

        world.aws.answers["s3.put_bucket_versioning"] = lost
        plan_id = world.approved_plan()
        error = world.refused("apply", plan_id=plan_id)
        assert error["code"] == "outcome_unknown"
        assert world.ok("get_plan", plan_id=plan_id)["tx"]["state"] == "Unknown"
        again = world.refused("apply", plan_id=plan_id)
        assert (again["code"], again["details"]["repeated"]) == (error["code"], True)
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
        assert world.refused("apply", plan_id=plan_id)["code"] == "outcome_unknown"
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
