"""Each guard of apply by itself: what it refuses when the ones before it are content.

Guards stand twice, before anything is asked of AWS and inside of the claim. Early ones
are told by that AWS was not even asked who we are, those of the claim by a change that
happens while AWS is asked. `make mutants` takes each of them away and runs these.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_aws import ACCOUNT, POLICY, World, aws_error
from smithgate.errors import (
    ApprovalExpired,
    ApprovalRefused,
    FormatUnknown,
    PlanConsumed,
    PlanExpired,
    PlanFailed,
    PlanStale,
    PolicyDenied,
    SmithgateError,
)
from smithgate.operation import Risk
from smithgate.plan.document import seal
from smithgate.plan.guards import check_approval, check_fresh, check_plan
from smithgate.plan.needs import Needs
from smithgate.policy import Decision, Effect
from smithgate.store import PlanRecord, PlanState
from store_kit import raw

PUT = "s3.put_bucket_versioning"
FREEZE = """\
freeze:
  - {from: 2026-01-01T00:30:00Z, until: 2026-01-02T00:00:00Z, risks: [write]}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def applied(world: World, plan_id: str) -> None:
    """Apply past the tool, which gives a stored outcome for a second call."""
    world.app.applier.apply(world.app.policies.current, plan_id)


def refuses_early(world: World, plan_id: str, error: type[SmithgateError]) -> None:
    """Nothing was asked of AWS, and no claim was tried."""
    calls = len(world.aws.calls)
    with pytest.raises(SmithgateError) as caught:
        applied(world, plan_id)
    assert type(caught.value) is error
    assert len(world.aws.calls) == calls


def when_asked(world: World, act: Callable[[], None], arn: str = "user/agent") -> None:
    """Have something happen while AWS is asked who we are."""

    def answer(_: Mapping[str, Any]) -> dict[str, Any]:
        act()
        return {
            "Account": ACCOUNT,
            "Arn": f"arn:aws:iam::{ACCOUNT}:{arn}",
            "UserId": "u",
        }

    world.aws.answers["sts.get_caller_identity"] = answer


def refuses_claim(world: World, plan_id: str, code: str) -> dict[str, Any]:
    """AWS was asked who we are, and nothing after that."""
    before = world.aws.names()
    error = world.refused("apply", plan_id=plan_id)
    assert error["code"] == code, error
    assert world.aws.names() == before
    assert world.app.store.tx_of_plan(plan_id) is None
    return error


def edited(world: World, plan_id: str, change: Callable[[Any], None]) -> None:
    """Seal another document into a plan's row, as who writes the database can."""
    document = world.app.store.plan(plan_id).document
    assert document is not None
    change(document)
    with raw(world.folder / "state") as connection:
        connection.execute(
            "UPDATE plans SET document = ?, digest = ? WHERE id = ?",
            (json.dumps(document), seal(document), plan_id),
        )


def allowed_plan(world: World) -> str:
    """Plan what policy allows without anybody's yes, over a state that can be read."""

    def absent(_: Mapping[str, Any]) -> Any:
        raise aws_error("QueueDoesNotExist")

    world.aws.answers["sqs.get_queue_url"] = absent
    step = {"operation": "sqs:CreateQueue", "arguments": {"QueueName": "q"}}
    return str(world.ok("plan", steps=[step])["plan_id"])


def decision(effect: Effect, *, is_provisional: bool = False) -> Decision:
    return Decision(
        effect=effect,
        risk=Risk.WRITE,
        decided_by="x",
        reasons=(),
        approval=None,
        policy_digest="d",
        is_provisional=is_provisional,
    )


# Before anything is asked


def test_an_applied_plan_is_refused_before_aws_is_asked(world: World) -> None:
    plan_id = world.approved_plan()
    applied(world, plan_id)
    refuses_early(world, plan_id, PlanConsumed)


def test_a_stale_plan_is_refused_before_aws_is_asked(world: World) -> None:
    plan_id = world.approved_plan()
    world.policy_file.write_text(
        world.policy_file.read_text() + "\n# edited\n" + FREEZE
    )
    refuses_early(world, plan_id, PlanStale)


def test_a_plan_without_a_yes_is_refused_before_aws_is_asked(world: World) -> None:
    plan_id = world.plan_versioning()
    with pytest.raises(SmithgateError) as caught:
        applied(world, plan_id)
    assert caught.value.code == "approval_required"
    identity = [
        name for name in world.aws.names(without_identity=False) if "sts" in name
    ]
    assert len(identity) == 1, "that of the plan"


def test_a_plan_in_a_freeze_is_refused_before_aws_is_asked(tmp_path: Path) -> None:
    world = World(tmp_path, POLICY + FREEZE)
    plan_id = allowed_plan(world)
    world.clock.advance(minutes=40)
    refuses_early(world, plan_id, PolicyDenied)
    world.app.close()


@pytest.mark.parametrize(
    ("effect", "is_provisional"), [(Effect.DENY, False), (Effect.ALLOW, True)]
)
def test_no_and_perhaps_are_both_a_no(
    world: World, effect: Effect, is_provisional: bool
) -> None:
    """The applier's own look at decisions, whatever the gateway makes of them later."""
    plan_id = allowed_plan(world)
    said = decision(effect, is_provisional=is_provisional)
    applier = world.app.applier
    applier._gateway = SimpleNamespace(judge=lambda *_: said)  # type: ignore[assignment]
    refuses_early(world, plan_id, PolicyDenied)


def test_another_identity_is_refused_before_the_claim_is_tried(world: World) -> None:
    plan_id = world.approved_plan()
    when_asked(world, lambda: None, arn="user/other")
    refuses_claim(world, plan_id, "plan_stale")
    kinds = [body for (body,) in world.rows("SELECT body FROM events")]
    assert not any('"what":"claim"' in body for body in kinds)


# Inside of the claim


def test_a_policy_that_changes_meanwhile_refuses_the_claim(world: World) -> None:
    plan_id = world.approved_plan()
    text = world.policy_file.read_text()
    when_asked(world, lambda: _rewrite(world, text + FREEZE))
    refuses_claim(world, plan_id, "plan_stale")


def _rewrite(world: World, text: str) -> None:
    world.policy_file.write_text(text)


def test_a_plan_that_expires_meanwhile_refuses_the_claim(world: World) -> None:
    plan_id = allowed_plan(world)
    when_asked(world, lambda: world.clock.advance(hours=2))
    refuses_claim(world, plan_id, "plan_expired")


def test_a_no_that_comes_meanwhile_refuses_the_claim(world: World) -> None:
    plan_id = world.approved_plan()
    when_asked(world, lambda: world.decide(plan_id, "deny"))
    refuses_claim(world, plan_id, "approval_refused")


def test_a_freeze_that_begins_meanwhile_refuses_the_claim(tmp_path: Path) -> None:
    world = World(tmp_path, POLICY + FREEZE)
    plan_id = allowed_plan(world)
    when_asked(world, lambda: world.clock.advance(minutes=40))
    refuses_claim(world, plan_id, "policy_denied")
    world.app.close()


def test_a_document_that_changes_meanwhile_refuses_the_claim(world: World) -> None:
    """Sealed anew and allowed without a yes: only the comparison tells."""
    plan_id = allowed_plan(world)

    def change(document: Any) -> None:
        document["steps"][0]["arguments"]["QueueName"] = "other"

    when_asked(world, lambda: edited(world, plan_id, change))
    refuses_claim(world, plan_id, "plan_stale")


def test_a_limit_that_is_reached_meanwhile_refuses_the_claim(tmp_path: Path) -> None:
    limits = "limits: {applies_per_hour: {write: 1}}\n"
    world = World(tmp_path, POLICY + limits)
    world.aws.answers["sqs.create_queue"] = lambda _: {"QueueUrl": "u"}
    first, second = allowed_plan(world), allowed_plan(world)
    asked: list[str] = []

    def apply_first() -> None:
        if not asked:
            asked.append(first)
            applied(world, first)

    when_asked(world, apply_first)
    error = world.refused("apply", plan_id=second)
    assert error["code"] == "limit_reached"
    assert world.app.store.tx_of_plan(second) is None
    world.app.close()


def test_a_target_that_policy_knows_otherwise_is_refused(world: World) -> None:
    plan_id = allowed_plan(world)
    edited(world, plan_id, lambda document: document["target"].update(account="9" * 12))
    refuses_claim(world, plan_id, "plan_stale")


# Between claim and send


def test_an_identity_that_changes_before_the_send_stops_it(world: World) -> None:
    plan_id = world.approved_plan()
    names = iter(["user/agent", "user/agent", "user/other", "user/other"])
    arn = {"now": next(names)}

    def identity(_: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "Account": ACCOUNT,
            "Arn": f"arn:aws:iam::{ACCOUNT}:{arn['now']}",
            "UserId": "u",
        }

    def look(_: Mapping[str, Any]) -> dict[str, Any]:
        world.clock.advance(minutes=6)  # what is known of the caller is too old now
        arn["now"] = "user/other"
        return dict(world.aws.versioning)

    world.aws.answers["sts.get_caller_identity"] = identity
    world.aws.answers["s3.get_bucket_versioning"] = look
    error = world.refused("apply", plan_id=plan_id)
    assert (error["code"], error["details"]["changed"]) == ("plan_stale", ["caller"])
    assert PUT not in world.aws.names()


# The guards as functions


@pytest.fixture
def plan(world: World) -> PlanRecord:
    return world.app.store.plan(world.approved_plan())


def test_only_a_sealed_plan_is_a_plan(plan: PlanRecord) -> None:
    for state in (PlanState.DRAFT, PlanState.FAILED):
        with pytest.raises(PlanFailed):
            check_plan(replace(plan, state=state))
    with pytest.raises(PlanFailed):
        check_plan(replace(plan, document=None))
    assert check_plan(plan) == plan.document


def test_a_plan_of_another_format_is_refused(plan: PlanRecord) -> None:
    document = {**(plan.document or {}), "format_version": 99}
    with pytest.raises(FormatUnknown):
        check_plan(replace(plan, document=document, digest=seal(document)))


def test_a_plan_without_an_end_is_refused(world: World, plan: PlanRecord) -> None:
    document = {**(plan.document or {}), "expires_at": None}
    endless = replace(plan, document=document, digest=seal(document), expires_at=None)
    policy, now = world.app.policies.current(), world.clock()
    with pytest.raises(PlanExpired):
        check_fresh(endless, policy, world.app.catalog, now)


def test_an_edited_plan_is_called_so_before_its_end_is_believed(
    world: World, plan: PlanRecord
) -> None:
    endless = replace(plan, expires_at=None)
    policy, now = world.app.policies.current(), world.clock()
    with pytest.raises(PlanStale, match="changed after it was sealed"):
        check_fresh(endless, policy, world.app.catalog, now)


def test_an_approval_of_something_else_is_refused(
    world: World, plan: PlanRecord
) -> None:
    approval = world.app.store.approval(plan.id)
    assert approval is not None
    policy = world.app.policies.current()
    needs = Needs(
        effect=Effect.APPROVE,
        approvers=1,
        ttl_s=3600,
        risks=frozenset({"write"}),
        decision=decision(Effect.APPROVE),
    )
    check_approval(plan, approval, needs, policy, world.clock())
    for other in (
        replace(approval, digest="sha256:" + "0" * 64),
        replace(approval, plan_id="p-other"),
    ):
        with pytest.raises(ApprovalRefused, match="another digest"):
            check_approval(plan, other, needs, policy, world.clock())
    with pytest.raises(ApprovalExpired):
        check_approval(plan, approval, needs, policy, approval.expires_at)
