"""Decisions: every pair of risk, default, rule effect and naming, and what they say."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_kit import EFFECTS, OPERATION, RISKS, asked, judge, policy_of, rule
from smithgate import Risk
from smithgate.errors import UnknownTarget
from smithgate.policy import ApprovalRule, Effect, decide

NAMED = "sqs:(CreateQueue|DeleteQueue)"
UNNAMED = "sqs:Delete.*"
ELSEWHERE = "sqs:(CreateQueue|TagQueue)"


def expected(default, effect, is_named):
    """Say what one matching rule makes of a default, straight from the document."""
    if effect is Effect.DENY:
        return Effect.DENY, "rules.r"
    if default is Effect.DENY and not is_named:
        return Effect.DENY, None
    return effect, "rules.r"


@pytest.mark.parametrize(
    ("risk", "default", "effect", "is_named"),
    list(itertools.product(RISKS, EFFECTS, EFFECTS, [True, False])),
)
def test_one_rule_over_every_default(risk, default, effect, is_named):
    policy = policy_of(
        risks={str(risk): str(default)},
        rules=[rule(effect, NAMED if is_named else UNNAMED)],
    )
    decision = judge(policy, risk=risk)
    want, by = expected(default, effect, is_named)
    assert decision.effect is want
    assert decision.decided_by == (by or f"risks.{risk}")
    assert decision.reasons[0].by == decision.decided_by
    assert decision.reasons[0].effect is want
    assert (decision.approval is not None) == (want is Effect.APPROVE)
    if by is None:
        assert decision.reasons[1].by == "rules.r"
        assert decision.reasons[1].effect is None
        assert "matched but does not name the operation" in decision.reasons[1].text


@pytest.mark.parametrize(
    ("risk", "default"), list(itertools.product(RISKS, [*EFFECTS, None]))
)
def test_without_a_rule_the_default_decides(risk, default):
    defaults = {} if default is None else {"risks": {str(risk): str(default)}}
    rules = [rule(effect, ELSEWHERE, name=effect) for effect in EFFECTS]
    decision = judge(policy_of(**defaults, rules=rules), risk=risk)
    built_in = {Risk.READ: Effect.ALLOW, Risk.WRITE: Effect.APPROVE}
    assert decision.effect is (default or built_in.get(risk, Effect.DENY))
    assert decision.decided_by == f"risks.{risk}"
    assert len(decision.reasons) == 1


@pytest.mark.parametrize(
    ("first", "second", "default"), list(itertools.product(EFFECTS, EFFECTS, EFFECTS))
)
def test_the_strictest_rule_wins_in_any_order(first, second, default):
    rules = [rule(first, NAMED, name="a"), rule(second, OPERATION, name="b")]
    ranked = [Effect.DENY, Effect.APPROVE, Effect.ALLOW]
    want = min((first, second), key=ranked.index)
    seen = set()
    for order in (rules, rules[::-1]):
        policy = policy_of(risks={"destructive": str(default)}, rules=order)
        decision = judge(policy, risk=Risk.DESTRUCTIVE)
        assert decision.effect is want
        assert decision.decided_by == ("rules.a" if first is want else "rules.b")
        assert {r.by for r in decision.reasons} >= {decision.decided_by}
        seen.add(decision._replace(policy_digest=""))
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("named", "unnamed", "want", "by"),
    [
        (Effect.ALLOW, Effect.ALLOW, Effect.ALLOW, "rules.named"),
        (Effect.ALLOW, Effect.APPROVE, Effect.APPROVE, "rules.unnamed"),
        (Effect.APPROVE, Effect.ALLOW, Effect.APPROVE, "rules.named"),
        (Effect.APPROVE, Effect.APPROVE, Effect.APPROVE, "rules.named"),
        (Effect.ALLOW, Effect.DENY, Effect.DENY, "rules.unnamed"),
        (Effect.APPROVE, Effect.DENY, Effect.DENY, "rules.unnamed"),
    ],
)
def test_once_named_the_strictest_match_counts(named, unnamed, want, by):
    rules = [rule(named, NAMED, name="named"), rule(unnamed, ".*", name="unnamed")]
    decision = judge(policy_of(rules=rules), risk=Risk.DESTRUCTIVE)
    assert (decision.effect, decision.decided_by) == (want, by)


def test_a_name_whose_condition_fails_lifts_nothing():
    rules = [
        rule("allow", NAMED, name="named", when={"targets": ["prod"]}),
        rule("allow", ".*", name="unnamed"),
    ]
    decision = judge(policy_of(rules=rules), risk=Risk.DESTRUCTIVE)
    assert decision.decided_by == "risks.destructive"
    assert {reason.by for reason in decision.reasons[1:]} == {
        "rules.named",
        "rules.unnamed",
    }


def test_any_pattern_of_a_rule_can_name():
    policy = policy_of(rules=[rule("allow", UNNAMED, OPERATION)])
    decision = judge(policy, risk=Risk.DESTRUCTIVE)
    assert decision.effect is Effect.ALLOW
    assert f"`{OPERATION}` matches, which names the operation" in (
        decision.reasons[0].text
    )


@settings(deadline=None)
@given(
    st.permutations(
        [
            rule("deny", "iam:.*", name="a"),
            rule("allow", "sqs:.*", name="b"),
            rule("approve", "sqs:DeleteQueue", name="c"),
            rule("allow", "sqs:DeleteQueue", name="d", when={"targets": ["dev"]}),
            rule("deny", "sqs:Delete.*", name="e", when={"targets": ["prod"]}),
        ]
    ),
    st.sampled_from(["sqs:DeleteQueue", "sqs:ListQueues", "iam:CreateUser"]),
    st.sampled_from(RISKS),
    st.sampled_from(["dev", "prod"]),
)
def test_the_order_of_rules_never_matters(rules, operation, risk, target):
    ordered = sorted(rules, key=lambda r: r["id"])
    one = judge(policy_of(rules=rules), operation, risk, target=target)
    two = judge(policy_of(rules=ordered), operation, risk, target=target)
    assert one._replace(policy_digest="") == two._replace(policy_digest="")


# --- approvals --------------------------------------------------------------------


def test_an_approve_rule_asks_even_for_a_read():
    policy = policy_of(
        rules=[rule("approve", "sqs:ListQueues")],
        approvals={"read": {"count": 2, "ttl": "5m"}},
    )
    decision = judge(policy, "sqs:ListQueues", Risk.READ)
    assert decision.effect is Effect.APPROVE
    assert decision.approval == ApprovalRule(2, 300)


@pytest.mark.parametrize("risk", RISKS)
def test_each_risk_has_its_own_approval(risk):
    policy = policy_of(
        rules=[rule("approve", OPERATION)],
        approvals={str(risk): {"count": 3, "ttl": "2h"}},
    )
    for other in RISKS:
        approval = judge(policy, risk=other).approval
        assert (approval == ApprovalRule(3, 7200)) == (other is risk)


# --- the decision as a value ------------------------------------------------------


def test_a_decision_as_json():
    policy = policy_of(
        rules=[rule("approve", OPERATION, why="because")],
        required_tags=[{"operations": [".*"], "tags": {"A": "b"}}],
    )
    assert json.loads(json.dumps(judge(policy, risk=Risk.DESTRUCTIVE).as_dict())) == {
        "effect": "approve",
        "risk": "destructive",
        "decided_by": "rules.r",
        "reasons": [
            {
                "by": "rules.r",
                "effect": "approve",
                "text": "rule `r` says approve: `sqs:DeleteQueue` matches, which names"
                " the operation",
                "why": "because",
            },
            {
                "by": "required_tags[0]",
                "effect": None,
                "text": "required tags do not apply: the operation takes no tags",
            },
        ],
        "approval": {"count": 1, "ttl_s": 900},
        "policy_digest": policy.digest,
        "is_provisional": False,
    }


def test_a_request_for_a_foreign_target_is_refused():
    policy = policy_of()
    request = asked(policy, OPERATION, Risk.READ, target="dev")
    target = request.target
    decide(policy, request)
    for foreign in (
        request._replace(target=target._replace(account="333333333333")),
        request._replace(target=target._replace(name="other")),
        request._replace(target=target._replace(role_arn="arn:x")),
        request._replace(region="us-west-2"),
    ):
        with pytest.raises(UnknownTarget):
            decide(policy, foreign)
