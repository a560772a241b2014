"""Conditions of rules: targets, regions and arguments, known and unknown."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_kit import EFFECTS, OPERATION, judge, policy_of, rule
from smithgate import Tags, TagStyle
from smithgate.policy import Effect


@pytest.mark.parametrize(
    ("when", "target", "region", "holds"),
    [
        ({"targets": ["dev"]}, "dev", None, True),
        ({"targets": ["dev"]}, "prod", None, False),
        ({"targets": ["dev", "prod"]}, "prod", None, True),
        ({"regions": ["us-east-1"]}, "dev", "us-east-1", True),
        ({"regions": ["us-east-1"]}, "dev", "eu-west-1", False),
        ({"targets": ["dev"], "regions": ["us-east-1"]}, "dev", "us-east-1", True),
        ({"targets": ["dev"], "regions": ["eu-west-1"]}, "prod", "eu-west-1", False),
    ],
)
@pytest.mark.parametrize("effect", EFFECTS)
def test_targets_and_regions_must_hold(effect, when, target, region, holds):
    policy = policy_of(
        risks={"write": "allow" if effect is Effect.DENY else "deny"},
        rules=[rule(effect, OPERATION, when=when)],
    )
    decision = judge(policy, target=target, region=region)
    assert (decision.decided_by == "rules.r") == holds
    if not holds:
        assert "`r` does not apply: " in decision.reasons[1].text


TAGS = Tags(member="Tags", style=TagStyle.MAP)
LONE = "agent-\ud800"
ARGUMENTS = [
    # arguments, path, pattern, holds to permit, holds to deny
    ({"A": "x"}, "A", "x", True, True),
    ({"A": "x"}, "A", "X", False, False),
    ({"A": "xy"}, "A", "x", False, False),
    ({"A": "x\n"}, "A", "x", False, False),
    ({"A": "x\ny"}, "A", "x.y", False, True),
    ({}, "A", ".*", False, False),
    ({"a": "x"}, "A", ".*", False, False),
    ({"A": {"B": "x"}}, "A.B", "x", True, True),
    ({"A": {"C": "x"}}, "A.B", "x", False, False),
    ({"A": "x"}, "A.B", "x", False, False),
    ({"A": None}, "A", "null", True, True),
    ({"A": True}, "A", "true", True, True),
    ({"A": True}, "A", "1|True", False, False),
    ({"A": 5}, "A", "5", True, True),
    ({"A": 5.0}, "A", "5", True, True),
    ({"A": 5.5}, "A", "5[.]5", True, True),
    ({"A": {"b": 1, "a": [2]}}, "A", r'\{"a":\[2\],"b":1\}', True, True),
    ({"A": "true"}, "A", "true", True, True),
    ({"A": ["x", "x"]}, "A", "x", True, True),
    ({"A": ["x", "y"]}, "A", "x", False, True),
    ({"A": ["y", "z"]}, "A", "x", False, False),
    ({"A": []}, "A", ".*", False, False),
    ({"A": [["x"], ["y"]]}, "A", "x|y", True, True),
    ({"A": [{"B": "x"}, {"B": "y"}]}, "A.B", "x", False, True),
    ({"A": [{"B": "x"}, {"C": "y"}]}, "A.B", "x", False, True),
    ({"A": [{"B": ["x"]}, {"B": []}]}, "A.B", "x", True, True),
    ({"A": [{"B": "x"}, "x"]}, "A.B", "x", False, True),
    ({"A": LONE}, "A", "agent-.*", False, True),
    ({"A": ["agent-a", LONE]}, "A", "agent-.*", False, True),
    ({"A": {"b": LONE}}, "A", ".*", False, True),
    ({"A": float("nan")}, "A", ".*", False, True),
    ({"A": b"x"}, "A", ".*", False, True),
]


@pytest.mark.parametrize(
    ("arguments", "condition", "to_permit", "to_deny"),
    [(case[0], case[1:3], *case[3:]) for case in ARGUMENTS],
)
@pytest.mark.parametrize("effect", EFFECTS)
def test_argument_conditions(effect, arguments, condition, to_permit, to_deny):
    path, pattern = condition
    policy = policy_of(
        risks={"write": "allow" if effect is Effect.DENY else "deny"},
        rules=[rule(effect, OPERATION, when={"arguments": {path: pattern}})],
    )
    decision = judge(policy, arguments=arguments)
    holds = to_deny if effect is Effect.DENY else to_permit
    assert (decision.decided_by == "rules.r") == holds
    assert not decision.is_provisional
    if not holds:
        assert f"argument `{path}` is not `{pattern}`" in decision.reasons[1].text


def test_all_argument_conditions_must_hold():
    when = {"arguments": {"A": "x", "B": "y"}}
    policy = policy_of(
        risks={"write": "deny"}, rules=[rule("allow", OPERATION, when=when)]
    )
    assert judge(policy, arguments={"A": "x", "B": "y"}).effect is Effect.ALLOW
    assert judge(policy, arguments={"A": "x", "B": "z"}).effect is Effect.DENY
    assert judge(policy, arguments={"A": "x"}).effect is Effect.DENY


@pytest.mark.parametrize("effect", EFFECTS)
def test_unknown_arguments_make_a_decision_provisional(effect):
    when = {"arguments": {"A": "x", "B": "y"}}
    policy = policy_of(rules=[rule(effect, OPERATION, when=when)])
    decision = judge(policy, arguments=None)
    assert decision.is_provisional
    assert decision.decided_by == "risks.write"
    assert decision.reasons[1].effect is None
    assert (
        decision.reasons[1].text == f"rule `r` may {effect}: it depends on `A` and `B`"
    )


@pytest.mark.parametrize("effect", EFFECTS)
def test_unknown_arguments_do_not_matter_where_the_target_differs(effect):
    when = {"targets": ["prod"], "arguments": {"A": "x"}}
    policy = policy_of(rules=[rule(effect, OPERATION, when=when)])
    assert not judge(policy, arguments=None).is_provisional


@settings(deadline=None)
@given(st.text(max_size=20))
def test_agent_text_never_reaches_a_reason(value):
    marked = f"\x1bMARK{value}"
    when = {"arguments": {"A": "x"}}
    policy = policy_of(
        rules=[rule("allow", OPERATION, when=when)],
        required_tags=[{"operations": [".*"], "tags": {"Owner": "x"}}],
    )
    decision = judge(
        policy, arguments={"A": marked, "Tags": {"Owner": marked}}, tags=TAGS
    )
    assert "MARK" not in json.dumps(decision.as_dict())
