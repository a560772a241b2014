"""Conditions on tags and on who asks, untagged operations, and freezes."""

from datetime import UTC, datetime, timedelta

import pytest
from policy_kit import OPERATION, RISKS, judge, policy_of, rule
from smithgate import Risk, Tags, TagStyle
from smithgate.policy import Effect

MAP = Tags(member="tags", style=TagStyle.MAP)
LIST = Tags(member="Tagging.TagSet", style=TagStyle.LIST)
SPECS = Tags(member="TagSpecifications", style=TagStyle.SPECIFICATIONS)
ANN = {"Key": "Owner", "Value": "ann"}
BOB = {"Key": "Owner", "Value": "bob"}


def spec(*tags):
    return {"ResourceType": "instance", "Tags": list(tags)}


@pytest.mark.parametrize(
    ("shape", "arguments", "permits", "denies"),
    [
        (MAP, {"tags": {"Owner": "ann"}}, True, True),
        (MAP, {"tags": {"Owner": "bob"}}, False, False),
        (MAP, {"tags": {"owner": "ann"}}, False, False),
        (MAP, {"tags": {"Owner": None}}, False, True),
        (MAP, {"tags": {"Owner": "\ud800"}}, False, True),
        (MAP, {"tags": {}}, False, False),
        (MAP, {}, False, False),
        (LIST, {"Tagging": {"TagSet": [ANN]}}, True, True),
        (LIST, {"Tagging": {"TagSet": [ANN, BOB]}}, False, True),
        (LIST, {"Tagging": {"TagSet": [{"Key": "Owner"}]}}, False, True),
        (LIST, {"Tagging": {"TagSet": []}}, False, False),
        (SPECS, {"TagSpecifications": [spec(ANN)]}, True, True),
        (SPECS, {"TagSpecifications": [spec(ANN), spec(BOB)]}, False, True),
        (SPECS, {"TagSpecifications": [spec(ANN), spec()]}, False, True),
        (SPECS, {"TagSpecifications": []}, False, False),
        (None, {"tags": {"Owner": "ann"}}, False, False),
    ],
)
def test_a_condition_on_tags(shape, arguments, permits, denies):
    for effect, want in (("allow", permits), ("deny", denies)):
        rules = [rule(effect, OPERATION, when={"tags": {"Owner": "ann"}})]
        decision = judge(policy_of(rules=rules), arguments=arguments, tags=shape)
        assert (decision.decided_by == "rules.r") is want, (effect, decision)
        assert not decision.is_provisional


def test_every_tag_of_a_condition_must_be_there():
    when = {"tags": {"Owner": "ann", "Env": "dev"}}
    policy = policy_of(rules=[rule("allow", OPERATION, when=when)])
    both = {"tags": {"Owner": "ann", "Env": "dev"}}
    one = {"tags": {"Owner": "ann"}}
    assert judge(policy, arguments=both, tags=MAP).effect is Effect.ALLOW
    decision = judge(policy, arguments=one, tags=MAP)
    assert decision.effect is Effect.APPROVE
    assert decision.reasons[1].text == "rule `r` does not apply: tag `Env` is not `dev`"


def test_tags_that_are_not_known_yet_make_a_decision_provisional():
    rules = [rule("allow", OPERATION, when={"tags": {"Owner": "ann"}})]
    policy = policy_of(rules=rules)
    decision = judge(policy, arguments=None, tags=MAP)
    assert decision.is_provisional
    assert "depends on tag `Owner`" in decision.reasons[1].text
    assert not judge(policy, arguments=None, tags=None).is_provisional


def test_a_tag_gets_past_no_prohibition_by_a_line_end():
    rules = [rule("deny", OPERATION, when={"tags": {"Owner": ".*"}})]
    decision = judge(
        policy_of(rules=rules), arguments={"tags": {"Owner": "a\nb"}}, tags=MAP
    )
    assert decision.decided_by == "rules.r"


@pytest.mark.parametrize("effect", ["allow", "approve", "deny"])
@pytest.mark.parametrize(
    ("principal", "holds"),
    [
        ("mcp:desk", True),
        ("mcp:desk2", False),
        ("MCP:desk", False),
        ("mcp:desk\n", False),
        ("", False),
        (None, None),
    ],
)
def test_a_condition_on_who_asks(effect, principal, holds):
    policy = policy_of(
        rules=[rule(effect, OPERATION, when={"principals": ["x", "mcp:desk"]})]
    )
    decision = judge(policy, principal=principal)
    assert (decision.decided_by == "rules.r") is (holds is True)
    assert decision.is_provisional is (holds is None)


def test_a_name_that_is_no_text_counts_against_the_request():
    for effect, by in (("allow", "risks.write"), ("deny", "rules.r")):
        policy = policy_of(rules=[rule(effect, OPERATION, when={"principals": [".*"]})])
        assert judge(policy, principal="\ud800").decided_by == by


# --- operations that take no tags ----------------------------------------------------


@pytest.mark.parametrize(
    ("untagged", "default", "want", "by"),
    [
        ("ignore", "allow", "allow", "risks.write"),
        ("ignore", "approve", "approve", "risks.write"),
        ("ignore", "deny", "deny", "risks.write"),
        ("approve", "allow", "approve", "required_tags[0]"),
        ("approve", "approve", "approve", "risks.write"),
        ("approve", "deny", "deny", "risks.write"),
        ("deny", "allow", "deny", "required_tags[0]"),
        ("deny", "approve", "deny", "required_tags[0]"),
        ("deny", "deny", "deny", "risks.write"),
    ],
)
def test_untagged_says_what_becomes_of_an_operation_without_tags(
    untagged, default, want, by
):
    required = {"operations": [".*"], "tags": {"Owner": ".+"}, "untagged": untagged}
    policy = policy_of(risks={"write": default}, required_tags=[required])
    decision = judge(policy)
    assert (decision.effect, decision.decided_by) == (Effect(want), by)
    assert (decision.approval is not None) == (want == "approve")
    # What takes tags is not concerned.
    tagged = judge(policy, arguments={"tags": {"Owner": "a"}}, tags=MAP)
    assert tagged.effect is Effect(default)


def test_the_strictest_requirement_decides():
    required = [
        {"id": i, "operations": [".*"], "tags": {"A": "b"}, "untagged": untagged}
        for i, untagged in (("a", "approve"), ("b", "deny"), ("c", "ignore"))
    ]
    policy = policy_of(risks={"write": "allow"}, required_tags=required)
    decision = judge(policy)
    assert (decision.effect, decision.decided_by) == (Effect.DENY, "required_tags.b")
    assert len(decision.reasons) == 4


# --- freezes ---------------------------------------------------------------------------

START = datetime(2026, 12, 20, tzinfo=UTC)
END = datetime(2027, 1, 3, tzinfo=UTC)
FREEZE = {
    "id": "year-end",
    "from": "2026-12-20T00:00Z",
    "until": "2027-01-03T00:00:00Z",
    "risks": ["write", "destructive"],
    "why": "nobody is there",
}
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "frozen"),
    [
        (START - MOMENT, False),
        (START, True),
        (END - MOMENT, True),
        (END, False),
        (START.astimezone().astimezone(), True),
        (None, False),
    ],
)
def test_a_freeze_holds_from_its_start_until_its_end(now, frozen):
    policy = policy_of(
        rules=[rule("allow", OPERATION)],
        freeze=[FREEZE],
    )
    for risk in RISKS:
        decision = judge(policy, risk=risk, now=now)
        is_frozen = frozen and risk in {Risk.WRITE, Risk.DESTRUCTIVE}
        assert decision.effect is (Effect.DENY if is_frozen else Effect.ALLOW)
        assert (decision.decided_by == "freeze.year-end") is is_frozen
    if frozen:
        decision = judge(policy, now=now)
        assert decision.reasons[0].as_dict() == {
            "by": "freeze.year-end",
            "effect": "deny",
            "text": "risk `write` is frozen until 2027-01-03T00:00:00Z",
            "why": "nobody is there",
        }
        assert decision.reasons[1].by == "rules.r"
        assert decision.reasons[1].effect is None


def test_a_freeze_of_one_target_leaves_the_others_alone():
    freeze = {key: FREEZE[key] for key in ("from", "until", "risks")}
    policy = policy_of(freeze=[{**freeze, "targets": ["prod"]}])
    assert judge(policy, target="prod", now=START).decided_by == "freeze[0]"
    assert judge(policy, target="dev", now=START).decided_by == "risks.write"


def test_the_digest_knows_freezes_limits_and_conditions():
    digests = {
        policy_of(**sections).digest
        for sections in (
            {},
            {"freeze": [FREEZE]},
            {"freeze": [{**FREEZE, "until": "2027-01-04T00:00Z"}]},
            {"limits": {"plans_per_hour": 1}},
            {"limits": {"plans_per_hour": 2}},
            {"rules": [rule("allow", "x")]},
            {"rules": [rule("allow", "x", when={"principals": ["x"]})]},
            {"rules": [rule("allow", "x", when={"tags": {"A": "x"}})]},
        )
    }
    assert len(digests) == 8
