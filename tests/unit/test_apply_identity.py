"""Who applies: bound to the plan, checked at apply, named in every call."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import ACCOUNT, POLICY, World
from smithgate.execute.clients import Boto3Clients, send
from smithgate.execute.identity import principal_arn

ROLE = f"arn:aws:iam::{ACCOUNT}:role/agent"
PUT = "s3.put_bucket_versioning"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def act_as(world: World, resource: str) -> None:
    world.aws.answers["sts.get_caller_identity"] = lambda _: {
        "Account": ACCOUNT,
        "Arn": f"arn:aws:sts::{ACCOUNT}:{resource}",
        "UserId": "u",
    }


@pytest.mark.parametrize(
    ("resource", "bound_to"),
    [
        ("assumed-role/agent/session-1", "assumed-role/agent"),
        ("assumed-role/agent", "assumed-role/agent"),
        ("user/team/agent", "user/team/agent"),
        ("federated-user/bob", "federated-user/bob"),
        ("root", "root"),
    ],
)
def test_session_names_are_no_part_of_an_identity(resource: str, bound_to: str) -> None:
    start = f"arn:aws:sts::{ACCOUNT}:"
    assert principal_arn(start + resource) == start + bound_to


def test_another_identity_refuses_with_before_and_after(world: World) -> None:
    act_as(world, "assumed-role/agent/one")
    plan_id = world.approved_plan()
    act_as(world, "assumed-role/other/one")
    error = world.refused("apply", plan_id=plan_id)
    details = error["details"]
    assert (error["code"], details["changed"]) == ("plan_stale", ["caller"])
    assert details["before"]["arn"].endswith(":assumed-role/agent")
    assert details["after"]["arn"].endswith(":assumed-role/other")
    assert PUT not in world.aws.names()
    assert world.ok("get_plan", plan_id=plan_id)["tx"] is None


def test_another_session_of_the_same_role_applies(world: World) -> None:
    act_as(world, "assumed-role/agent/one")
    plan_id = world.approved_plan()
    assert world.ok("get_plan", plan_id=plan_id)["caller"]["account"] == ACCOUNT
    act_as(world, "assumed-role/agent/two")
    assert world.ok("apply", plan_id=plan_id)["state"] == "Applied"


def test_a_plan_that_asked_nobody_is_bound_by_account(tmp_path: Path) -> None:
    world = World(tmp_path, POLICY + '  - {id: send, allow: ["sqs:SendMessage"]}\n')
    world.aws.answers["sqs.send_message"] = lambda _: {"MessageId": "m"}
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
    arguments = {"QueueUrl": url, "MessageBody": "m"}
    steps = [{"operation": "sqs:SendMessage", "arguments": arguments}]
    plan = world.ok("plan", steps=steps)
    assert plan["caller"] is None
    act_as(world, "assumed-role/other/one")
    assert world.ok("apply", plan_id=plan["plan_id"])["state"] == "Applied"
    world.app.close()


@pytest.mark.parametrize("named", [True, False])
def test_role_sessions_carry_the_plan(tmp_path: Path, named: bool) -> None:
    extra = f'role_arn: "{ROLE}"' + (", source_identity: true" if named else "")
    policy = POLICY.replace("default: true", f"default: true, {extra}")
    world = World(tmp_path, policy)
    keys = {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"}
    world.aws.answers["sts.assume_role"] = lambda _: {
        "Credentials": keys | {"Expiration": "2026-01-01T00:00:00Z"}
    }
    act_as(world, "assumed-role/agent/one")
    plan_id = world.approved_plan()
    count = len(world.aws.calls)
    world.ok("apply", plan_id=plan_id)
    (assumed,) = [a for n, a in world.aws.calls[count:] if n == "sts.assume_role"]
    assert assumed["RoleSessionName"] == plan_id
    assert assumed.get("SourceIdentity") == (plan_id if named else None)
    world.app.close()


def narrowed(tmp_path: Path) -> World:
    extra = f'role_arn: "{ROLE}", session_policy: true'
    policy = POLICY.replace("default: true", f"default: true, {extra}")
    world = World(tmp_path, policy)
    keys = {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"}
    world.aws.answers["sts.assume_role"] = lambda _: {
        "Credentials": keys | {"Expiration": "2026-01-01T00:00:00Z"}
    }
    act_as(world, "assumed-role/agent/one")
    return world


def test_the_session_of_an_apply_may_do_what_its_steps_need(tmp_path: Path) -> None:
    world = narrowed(tmp_path)
    plan_id = world.approved_plan()
    count = len(world.aws.calls)
    world.ok("apply", plan_id=plan_id)
    (assumed,) = [a for n, a in world.aws.calls[count:] if n == "sts.assume_role"]
    (statement,) = json.loads(assumed["Policy"])["Statement"]
    assert statement["Action"] == [
        "s3:GetBucketVersioning",
        "s3:PutBucketVersioning",
        "sts:GetCallerIdentity",
    ]
    world.app.close()


def test_a_session_that_cannot_be_narrowed_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smithgate.plan import actions

    world = narrowed(tmp_path)
    plan_id = world.approved_plan()
    monkeypatch.setattr(actions, "MAX_CHARACTERS", 50)
    count = len(world.aws.calls)
    assert world.refused("apply", plan_id=plan_id)["code"] == "plan_failed"
    assert len(world.aws.calls) == count
    world.app.close()


def test_the_user_agent_names_the_op(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    client = Boto3Clients("smithgate/1").client("sqs", "us-east-1", None)
    seen: list[str] = []

    def stop(request: Any, **_: Any) -> None:
        agent = request.headers["User-Agent"]
        seen.append(agent.decode() if isinstance(agent, bytes) else agent)
        raise RuntimeError("not sent")  # botocore has no other way to stop here

    client.meta.events.register("before-send", stop)
    for op_id in ("op-one", "op-two"):
        send(client, "list_queues", {}, op_id)
    assert [text.split()[-1] for text in seen] == ["op/op-one", "op/op-two"]
    assert all("smithgate/1" in text for text in seen)
