"""The invariants of the design that guard everything else: I5 to I8, I10 to I12.

Parts that have tests of their own (policy files, engines, stores) are tested there as
well; here the whole core runs over a fake AWS and a real store.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY, VERSIONING, World, aws_error


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


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
            world.approve(plan_id, approver="agent")  # the client is `mcp:agent`
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
        world.decide(plan_id, "deny", "bob")
        assert world.refused("apply", plan_id=plan_id)["code"] == "approval_refused"


class TestI6FailClosed:
    def test_a_policy_that_turns_bad_refuses_every_change(self, world: World) -> None:
        plan_id, asked = world.approved_plan(), world.plan_versioning()
        world.policy_file.write_text(POLICY + "rulez: []\n")
        steps = [{"operation": "sqs:DeleteQueue", "arguments": {"QueueUrl": "q"}}]
        for error in (
            world.refused("apply", plan_id=plan_id),
            world.refused("request_approval", plan_id=asked),
            world.refused("plan", steps=steps),
        ):
            assert error["code"] == "policy_invalid"
            assert "rules" in error["hint"]
        assert "s3.put_bucket_versioning" not in world.aws.names()

    def test_reads_go_on_under_the_last_good_policy_and_say_so(
        self, world: World
    ) -> None:
        read = {"operation": "s3:GetBucketVersioning", "arguments": {"Bucket": "b"}}
        assert world.ok("read", **read)["warnings"] == []
        world.policy_file.write_text(POLICY + "rulez: []\n")
        for found in (
            world.ok("read", **read),
            world.ok("search_operations", query="delete queue"),
            world.ok("describe_operation", operation="sqs:DeleteQueue"),
        ):
            assert "unknown key `rulez`" in found["warnings"][0]
        secret = {"operation": "secretsmanager:GetSecretValue"}
        error = world.refused("read", **secret, arguments={"SecretId": "s"})
        assert error["code"] == "policy_denied"

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
        recorded = world.rows("select operation, decided_by, state from ops")
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
        events = world.rows("select body from events")
        assert self.SECRET not in str(events)
        for path in (world.folder / "state" / "artifacts").rglob("*"):
            if path.is_file():
                assert self.SECRET not in path.read_text()

    def test_modes(self, world: World) -> None:
        world.ok("apply", plan_id=world.approved_plan())
        state = world.folder / "state"
        for path in [state, *state.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


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
