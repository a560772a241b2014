"""What an approver hears at once: a word that would not count is not taken."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from approver_kit import signer
from fake_aws import World
from forgery_kit import LOCAL, NARROW
from smithgate.errors import ApprovalRefused, PlanStale
from smithgate.plan.decide import Booth, Voice
from smithgate.store import Ballot


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, NARROW)
    yield made
    made.app.close()


def asked(world: World) -> str:
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    return plan_id


def votes(world: World, plan_id: str) -> int:
    found = world.app.store.approval(plan_id)
    return len(found.grants) if found else 0


def test_an_approver_hears_what_is_missing(narrow: World) -> None:
    plan_id = asked(narrow)
    for name, said in (
        ("ada", "`ada` may not approve write"),
        ("carl", "`carl` may not approve for target dev"),
        ("mallory", "is no approver's in the policy"),
    ):
        with pytest.raises(ApprovalRefused, match=said):
            narrow.decide(plan_id, "grant", name)
    assert votes(narrow, plan_id) == 0
    narrow.approve(plan_id, "bob")
    narrow.ok("apply", plan_id=plan_id)


@pytest.mark.parametrize("decision", ["deny", "revoke"])
def test_every_approver_may_say_no(narrow: World, decision: str) -> None:
    plan_id = asked(narrow)
    narrow.decide(plan_id, decision, "ada")
    assert narrow.refused("apply", plan_id=plan_id)["code"] == "approval_refused"
    with pytest.raises(ApprovalRefused, match="no approver's"):
        narrow.decide(asked(narrow), decision, "mallory")


def test_a_plan_that_cannot_run_is_not_approved(narrow: World) -> None:
    plan_id = asked(narrow)
    policy = narrow.policy_file.read_text()
    narrow.policy_file.write_text(policy.replace("[execute]", "[execute, write]"))
    with pytest.raises(PlanStale, match="policy"):
        narrow.approve(plan_id, "bob")
    assert votes(narrow, plan_id) == 0
    narrow.decide(plan_id, "deny", "bob")  # a no is taken all the same


def test_an_unsigned_word_only_where_policy_asks_for_none(tmp_path: Path) -> None:
    world = World(tmp_path, LOCAL)
    booth = Booth(
        world.app.catalog, world.app.store, world.app.policies.current(), world.clock
    )
    plan_id = asked(world)
    digest = str(world.app.store.plan(plan_id).digest)
    for method in ("key", "elicitation", "cli", ""):
        with pytest.raises(ApprovalRefused, match="is not signed"):
            booth.cast(plan_id, digest, Ballot.GRANT, Voice(None, method, "user:x"))
    steps = [{"operation": "s3:DeleteBucket", "arguments": {"Bucket": "b"}}]
    lost = world.ok("plan", steps=steps)["plan_id"]
    world.ok("request_approval", plan_id=lost)
    voice = Voice(None, "same_user", "user:x")
    with pytest.raises(ApprovalRefused, match="policy wants that for destructive"):
        booth.cast(lost, str(world.app.store.plan(lost).digest), Ballot.GRANT, voice)
    booth.cast(plan_id, digest, Ballot.GRANT, voice)
    world.ok("apply", plan_id=plan_id)
    world.app.close()


def test_the_digest_that_was_read_is_what_counts(narrow: World) -> None:
    plan_id = asked(narrow)
    app = narrow.app
    booth = Booth(app.catalog, app.store, app.policies.current(), narrow.clock)
    with pytest.raises(PlanStale, match="digest"):
        booth.cast(plan_id, "sha256:other", Ballot.GRANT, Voice(signer("bob")))
    assert votes(narrow, plan_id) == 0
