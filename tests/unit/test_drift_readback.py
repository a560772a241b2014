"""Drift with three sides, and the look after an apply that may come too early."""

from pathlib import Path
from typing import Any

import pytest
from fake_aws import World, aws_error


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = World(tmp_path)
    yield made
    made.app.close()


def test_drift_names_planned_now_and_wanted(world: World) -> None:
    world.aws.versioning = {"Status": "Suspended"}
    plan_id = world.approved_plan("Enabled")
    world.aws.versioning = {"Status": "Enabled", "MFADelete": "Enabled"}
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == "plan_stale"
    assert {
        "step": 0,
        "operation": "s3:PutBucketVersioning",
        "path": "VersioningConfiguration.Status",
        "planned": "Suspended",
        "now": "Enabled",
        "wanted": "Enabled",
    } in error["details"]["drift"]
    others = [d for d in error["details"]["drift"] if d["path"] == "MFADelete"]
    assert [(d.get("planned"), d["now"]) for d in others] == [(None, "Enabled")]
    assert "s3.put_bucket_versioning" not in world.aws.names()


def test_a_reader_that_fails_now_is_drift_with_its_reason(world: World) -> None:
    plan_id = world.approved_plan()

    def fail(_: Any) -> Any:
        raise aws_error("AccessDenied", 403)

    world.aws.answers["s3.get_bucket_versioning"] = fail
    error = world.refused("apply", plan_id=plan_id)
    (drifted,) = error["details"]["drift"]
    assert drifted["planned"] == "exists"
    assert "aws_refused" in drifted["now"]


def test_a_change_that_shows_later_is_read_again(world: World) -> None:
    plan_id = world.approved_plan("Enabled")
    shown = [{}, {}, {"Status": "Enabled"}]
    world.aws.answers["s3.get_bucket_versioning"] = lambda _: shown.pop(0)
    (step,) = world.ok("apply", plan_id=plan_id)["steps"]
    assert step["read_back_as_planned"] == "yes"
    assert shown == []
    assert world.slept == [0.5]


def test_a_change_that_never_shows_is_not_yet_visible(world: World) -> None:
    plan_id = world.approved_plan("Enabled")
    world.aws.answers["s3.put_bucket_versioning"] = lambda _: {}
    (step,) = world.ok("apply", plan_id=plan_id)["steps"]
    assert step["read_back_as_planned"] == "not yet visible"
    assert world.slept == [0.5, 1.5]
    assert step["differences"] == [
        {"path": "VersioningConfiguration.Status", "predicted": "Enabled"}
    ]


def test_another_state_than_predicted_is_told_member_by_member(world: World) -> None:
    plan_id = world.approved_plan("Enabled")

    def other(_: Any) -> dict[str, Any]:
        world.aws.versioning = {"Status": "Suspended"}
        return {}

    world.aws.answers["s3.put_bucket_versioning"] = other
    (step,) = world.ok("apply", plan_id=plan_id)["steps"]
    assert step["read_back_as_planned"] == "no"
    assert step["differences"] == [
        {
            "path": "VersioningConfiguration.Status",
            "predicted": "Enabled",
            "found": "Suspended",
        }
    ]
