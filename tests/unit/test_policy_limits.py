"""Limits and freezes where they count: at plan and inside the claim."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY, World

QUEUE = {"operation": "sqs:DeleteQueue", "arguments": {"QueueUrl": "https://x/1/a"}}
BUCKETS = {"operation": "s3:ListBuckets"}


def world_of(folder: Path, sections: str) -> World:
    world = World(folder, POLICY + sections)
    world.aws.answers["sqs.delete_queue"] = lambda _: {}
    world.aws.answers["s3.list_buckets"] = lambda _: {"Buckets": []}
    world.aws.answers["sqs.get_queue_attributes"] = lambda _: {"Attributes": {"A": "b"}}
    return world


@pytest.fixture
def open_world(tmp_path: Path) -> Iterator[Any]:
    made: list[World] = []

    def build(sections: str) -> World:
        made.append(world_of(tmp_path, sections))
        return made[-1]

    yield build
    for world in made:
        world.app.close()


def plan_queue(world: World) -> str:
    return str(world.ok("plan", steps=[QUEUE])["plan_id"])


def test_a_plan_of_too_many_steps_is_refused_and_not_stored(open_world: Any) -> None:
    world = open_world("limits: {steps_per_plan: 2}\n")
    world.ok("plan", steps=[QUEUE] * 2)
    error = world.refused("plan", steps=[QUEUE] * 3)
    assert error["code"] == "limit_reached"
    assert error["details"] == {"limit": "limits.steps_per_plan", "most": 2}
    assert world.rows("select count(*) from plans") == [(1,)]


def test_plans_are_limited_in_any_hour(open_world: Any) -> None:
    world = open_world("limits: {plans_per_hour: 3}\n")
    for _ in range(2):
        plan_queue(world)
    # A plan that policy denies was made, too.
    world.refused("plan", steps=[DENIED])
    world.clock.advance(minutes=59)
    error = world.refused("plan", steps=[QUEUE])
    assert error["code"] == "limit_reached"
    assert error["retry_safe"] is True
    assert error["hint"] == "try again after 2026-01-01T01:00:00Z"
    world.restart()  # the count is in the store, not in the process
    assert world.refused("plan", steps=[QUEUE])["code"] == "limit_reached"
    assert world.rows("select count(*) from plans") == [(3,)]
    world.clock.advance(minutes=1)
    plan_queue(world)


DENIED = {"operation": "s3:DeleteBucket", "arguments": {"Bucket": "b"}}


def test_applies_are_limited_by_risk(open_world: Any) -> None:
    world = open_world("limits: {applies_per_hour: {destructive: 2}}\n")
    plans = [plan_queue(world) for _ in range(3)]
    for plan_id in plans[:2]:
        world.ok("apply", plan_id=plan_id)
        world.clock.advance(minutes=10)
    error = world.refused("apply", plan_id=plans[2])
    assert error["code"] == "limit_reached"
    assert error["details"]["limit"] == "limits.applies_per_hour.destructive"
    assert error["hint"] == "try again after 2026-01-01T01:00:00Z"
    assert world.aws.names().count("sqs.delete_queue") == 2
    # Another risk is not concerned, and the plan is not used up.
    world.ok("apply", plan_id=world.approved_plan())
    world.clock.advance(minutes=39)
    assert world.refused("apply", plan_id=plans[2])["code"] == "limit_reached"
    assert world.rows("select count(*) from tx where kind = 'apply'") == [(3,)]


def test_an_apply_counts_for_every_risk_of_its_steps(open_world: Any) -> None:
    world = open_world("limits: {applies_per_hour: {destructive: 1}}\n")
    text = world.policy_file.read_text()
    versioning = "  - {id: versioning, allow: ['s3:PutBucketVersioning'], permits: [destructive]}\n"
    world.policy_file.write_text(text.replace("limits:", f"{versioning}limits:"))
    suspend = world.plan_versioning("Suspended")  # an argument raises the risk
    world.ok("apply", plan_id=suspend)
    error = world.refused("apply", plan_id=plan_queue(world))
    assert error["code"] == "limit_reached"


def test_no_race_of_threads_gets_past_a_limit(open_world: Any) -> None:
    world = open_world(
        "limits: {plans_per_hour: 12, applies_per_hour: {destructive: 3}}\n"
    )
    plans = [plan_queue(world) for _ in range(8)]
    start = threading.Barrier(16)

    def run(number: int) -> str:
        start.wait()
        if number % 2:
            result = world.call("plan", steps=[QUEUE])
        else:
            result = world.call("apply", plan_id=plans[number // 2])
        code = result.structured["error"]["code"] if result.is_error else "done"
        return f"{'plan' if number % 2 else 'apply'} {code}"

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(run, range(16)))
    assert answers == {
        "plan done": 4,
        "plan limit_reached": 4,
        "apply done": 3,
        "apply limit_reached": 5,
    }
    assert world.aws.names().count("sqs.delete_queue") == 3


FREEZE = """\
freeze:
  - {from: 2026-01-01T00:30Z, until: 2026-01-01T00:40Z, risks: [destructive, read]}
"""


def test_a_freeze_refuses_plans_reads_and_claims(open_world: Any) -> None:
    world = open_world(FREEZE)
    plan_id = plan_queue(world)
    world.ok("read", **BUCKETS)
    world.clock.advance(minutes=30)
    for error in (
        world.refused("plan", steps=[QUEUE]),
        world.refused("apply", plan_id=plan_id),
        world.refused("read", **BUCKETS),
    ):
        assert error["code"] == "policy_denied"
        assert error["details"]["decided_by"] == "freeze[0]"
    assert "sqs.delete_queue" not in world.aws.names()
    world.clock.advance(minutes=10)
    world.ok("apply", plan_id=plan_id)


def test_a_freeze_that_begins_before_the_claim_refuses_it(open_world: Any) -> None:
    world = open_world(FREEZE)
    plan_id = plan_queue(world)

    def slow(name: str) -> None:
        if name == "sts.get_caller_identity":
            world.clock.advance(minutes=30)

    world.aws.before_send = slow
    error = world.refused("apply", plan_id=plan_id)
    assert error["details"]["decided_by"] == "freeze[0]"
    assert world.rows("select count(*) from tx where kind = 'apply'") == [(0,)]


def test_who_asks_is_judged_at_plan_and_at_apply(open_world: Any) -> None:
    world = open_world("")
    deny = "  - {id: not-agent, deny: ['sqs:DeleteQueue'], when: {principals: [WHO]}}\n"
    text = POLICY + deny.replace("WHO", "'mcp:other'")
    world.policy_file.write_text(text)
    world.ok("apply", plan_id=plan_queue(world))
    world.policy_file.write_text(POLICY + deny.replace("WHO", "'mcp:agent'"))
    error = world.refused("plan", steps=[QUEUE])
    assert error["details"]["decided_by"] == "rules.not-agent"
