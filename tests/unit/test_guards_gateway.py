"""Each guard of the choke point by itself: nobody before it has to have looked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import World
from smithgate.errors import PolicyDenied, ReplyInvalid, SchemaViolation, UnsafeArgument
from smithgate.execute.gateway import Call
from smithgate.execute.target import BoundTarget
from smithgate.operation import Risk
from smithgate.policy import Decision, Effect

READ = "s3:GetBucketVersioning"
PUT = "s3:PutBucketVersioning"
ARN = "arn:aws:s3:us-east-1:123456789012:accesspoint/x"
ENABLED = {"VersioningConfiguration": {"Status": "Enabled"}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def call(world: World, operation: str, **arguments: Any) -> Any:
    """Call past every tool and planner."""
    policy = world.app.policies.current()
    place = policy.target(None, None)
    wanted = Call(
        operation=operation,
        arguments=arguments,
        target=BoundTarget(*place),
        purpose="read",
    )
    tx_id = world.app.store.begin("read", requester="test")
    return world.app.gateway.call(tx_id, policy, wanted)


def refuses(world: World, error: type[Exception], operation: str, **given: Any) -> None:
    with pytest.raises(error):
        call(world, operation, **given)
    assert world.aws.calls == []
    assert world.rows("SELECT count(*) FROM ops") == [(0,)]


def test_the_gateway_lets_a_good_read_through(world: World) -> None:
    call(world, READ, Bucket="b")
    assert world.aws.names() == ["s3.get_bucket_versioning"]


def test_the_gateway_checks_arguments_itself(world: World) -> None:
    refuses(world, SchemaViolation, READ, Bucket=7)
    refuses(world, SchemaViolation, READ, Bucket="b", More=1)


@pytest.mark.parametrize("arn", [ARN, ARN.replace("arn", "ARN")])
def test_the_gateway_refuses_a_bucket_that_is_an_arn(world: World, arn: str) -> None:
    refuses(world, UnsafeArgument, READ, Bucket=arn)


def test_the_gateway_asks_for_the_yes_that_policy_wants(world: World) -> None:
    refuses(world, PolicyDenied, PUT, Bucket="b", **ENABLED)


@pytest.mark.parametrize(
    ("effect", "is_provisional"), [(Effect.DENY, False), (Effect.ALLOW, True)]
)
def test_no_and_perhaps_are_both_a_no(
    world: World, effect: Effect, is_provisional: bool
) -> None:
    said = Decision(
        effect=effect,
        risk=Risk.READ,
        decided_by="x",
        reasons=(),
        approval=None,
        policy_digest="d",
        is_provisional=is_provisional,
    )
    world.app.gateway.judge = lambda *_: said  # type: ignore[method-assign]
    refuses(world, PolicyDenied, READ, Bucket="b")


@pytest.mark.parametrize("reply", [{}, {"Endpoints": None}])
def test_a_reply_without_what_it_promises_is_no_success(
    world: World, reply: dict[str, Any]
) -> None:
    world.aws.answers["dynamodb.describe_endpoints"] = lambda _: reply
    if reply:
        assert call(world, "dynamodb:DescribeEndpoints").warnings
        return
    with pytest.raises(ReplyInvalid):
        call(world, "dynamodb:DescribeEndpoints")
    assert world.rows("SELECT state FROM ops") == [("Unknown",)]
