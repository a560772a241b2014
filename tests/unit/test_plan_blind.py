"""Plans whose state before is not known: policy says whether they may go on."""

from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY, World, aws_error

TAGS = {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "1"}]}}
STEP = {"operation": "s3:PutBucketTagging", "arguments": TAGS}
"""Allowed by a rule of ``POLICY``."""


def world_with(folder: Path, section: str = "") -> World:
    world = World(folder, POLICY + section)
    world.aws.answers["s3.get_bucket_tagging"] = denied
    world.aws.answers["s3.put_bucket_tagging"] = lambda _: {}
    return world


def denied(_: Any) -> Any:
    raise aws_error("AccessDenied", 403)


def test_a_denied_reader_makes_an_allowed_step_need_a_yes(tmp_path: Path) -> None:
    world = world_with(tmp_path)
    plan = world.ok("plan", steps=[STEP])
    (step,) = plan["steps"]
    assert plan["decision"]["decided_by"] == "blind.write"
    assert step["diff"]["status"] == "unknown"
    assert "aws_refused" in step["diff"]["note"]
    error = world.refused("apply", plan_id=plan["plan_id"])
    assert error["code"] == "approval_required"
    world.ok("request_approval", plan_id=plan["plan_id"])
    world.approve(plan["plan_id"])
    (applied,) = world.ok("apply", plan_id=plan["plan_id"])["steps"]
    assert applied["read_back_as_planned"] == "unknown"
    world.app.close()


@pytest.mark.parametrize(
    ("section", "code"),
    [("blind: {write: allow}\n", None), ("blind: {write: deny}\n", "policy_denied")],
)
def test_policy_allows_or_denies_blind_steps(
    tmp_path: Path, section: str, code: str | None
) -> None:
    world = world_with(tmp_path, section)
    if code is None:
        plan = world.ok("plan", steps=[STEP])
        assert plan["next"] == "apply"
        world.ok("apply", plan_id=plan["plan_id"])
    else:
        error = world.refused("plan", steps=[STEP])
        assert (error["code"], error["details"]["decided_by"]) == (code, "blind.write")
        assert "cannot be read" in error["message"]
    world.app.close()


def test_a_state_that_is_read_is_not_blind(tmp_path: Path) -> None:
    world = world_with(tmp_path, "blind: {write: deny}\n")
    world.aws.answers["s3.get_bucket_tagging"] = lambda _: {"TagSet": []}
    assert world.ok("plan", steps=[STEP])["next"] == "apply"
    second = STEP | {"arguments": TAGS | {"Tagging": {"TagSet": []}}}
    assert world.ok("plan", steps=[STEP, second])["next"] == "apply"
    world.app.close()
