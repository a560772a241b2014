"""Decisions: every pair of risk, default, rule effect and naming, and the conditions."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smithgate import Change, Risk, Tags, TagStyle
from smithgate.errors import UnknownTarget
from smithgate.policy import (
    ApprovalRule,
    Effect,
    PolicyRequest,
    decide,
    parse_policy,
)

TARGETS = {
    "dev": {
        "account": "111111111111",
        "regions": ["eu-west-1", "us-east-1"],
        "default": True,
    },
    "prod": {"account": "222222222222", "regions": ["eu-west-1"]},
}
OPERATION = "sqs:DeleteQueue"
NAMED = "sqs:(CreateQueue|DeleteQueue)"
UNNAMED = "sqs:Delete.*"
ELSEWHERE = "sqs:(CreateQueue|TagQueue)"
EFFECTS = list(Effect)
RISKS = list(Risk)


def policy_of(**sections):
    # JSON is YAML, and easier to make.
    document = {"version": 1, "targets": TARGETS, **sections}
    return parse_policy(json.dumps(document).encode(), origin="policy.yaml")


def judge(
    policy,
    operation=OPERATION,
    risk=Risk.WRITE,
    *,
    target=None,
    region=None,
    arguments=(),
    tags=None,
):
    chosen, chosen_region = policy.target(target, region)
    given_arguments = {} if arguments == () else arguments
    return decide(
        policy,
        PolicyRequest(
            operation=operation,
            risk=risk,
            target=chosen,
            region=chosen_region,
            arguments=given_arguments,
            tags=tags,
            change=Change.OTHER,
        ),
    )


def rule(effect, *patterns, name="r", **more):
    return {"id": name, str(effect): list(patterns), **more}


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


# --- when -------------------------------------------------------------------------


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
        policy, arguments={"A": marked, "Tags": {"Owner": marked}}, tags=MAP
    )
    assert "MARK" not in json.dumps(decision.as_dict())


# --- required tags ----------------------------------------------------------------

LIST = Tags(member="Tags", style=TagStyle.LIST)
NESTED = Tags(member="Tagging.TagSet", style=TagStyle.LIST)
LOWER = Tags(member="tags", style=TagStyle.LIST, key="key", value="value")
MAP = Tags(member="Tags", style=TagStyle.MAP)
SPECS = Tags(member="TagSpecifications", style=TagStyle.SPECIFICATIONS)


def pairs(key="Key", value="Value", **tags):
    return [{key: name, value: text} for name, text in tags.items()]


GOOD = pairs(Owner="ann", Env="dev", More="x")
TAG_CASES = [
    # tags shape, arguments, what is wrong
    (LIST, {"Tags": GOOD}, None),
    (LIST, {}, "tag `Env` is missing in `Tags`"),
    (LIST, {"Tags": []}, "tag `Env` is missing"),
    (LIST, {"Tags": pairs(Env="dev")}, "tag `Owner` is missing"),
    (LIST, {"Tags": pairs(env="dev", Owner="a")}, "tag `Env` is missing"),
    (LIST, {"Tags": pairs(Env="prod", Owner="a")}, "tag `Env` in `Tags` does not"),
    (LIST, {"Tags": pairs(Env="dev\n", Owner="a")}, "tag `Env` in `Tags` does not"),
    (LIST, {"Tags": pairs(Env="Dev", Owner="a")}, "tag `Env` in `Tags` does not"),
    (LIST, {"Tags": pairs(Env="dev", Owner="")}, "tag `Owner` in `Tags` does not"),
    (LIST, {"Tags": [*GOOD, *pairs(Env="prod")]}, "tag `Env` in `Tags` does not"),
    (LIST, {"Tags": [{"Key": "Env"}, *GOOD[:1]]}, "tag `Env` in `Tags` does not"),
    (LIST, {"Tags": {"Env": "dev", "Owner": "a"}}, "tag `Env` is missing"),
    (LIST, {"Tags": "Env=dev"}, "tag `Env` is missing"),
    (LIST, {"Tags": [{"Key": ["Env"]}, "x", *GOOD]}, None),
    (LIST, {"Tags": pairs(Env="dev", Owner="\ud800")}, "tag `Owner` in `Tags`"),
    (NESTED, {"Tagging": {"TagSet": GOOD}}, None),
    (NESTED, {"Tagging": GOOD}, "tag `Env` is missing in `Tagging.TagSet`"),
    (LOWER, {"tags": pairs("key", "value", Owner="a", Env="test")}, None),
    (LOWER, {"tags": GOOD}, "tag `Env` is missing in `tags`"),
    (MAP, {"Tags": {"Env": "dev", "Owner": "a"}}, None),
    (MAP, {"Tags": {"Env": "dev"}}, "tag `Owner` is missing"),
    (MAP, {"Tags": {"Env": 5, "Owner": "a"}}, "tag `Env` in `Tags` does not match"),
    (MAP, {"Tags": GOOD}, "tag `Env` is missing"),
    (SPECS, {"TagSpecifications": [{"ResourceType": "x", "Tags": GOOD}]}, None),
    (SPECS, {"TagSpecifications": [{"Tags": GOOD}, {"Tags": GOOD}]}, None),
    (SPECS, {}, "`TagSpecifications` has no specification"),
    (SPECS, {"TagSpecifications": []}, "`TagSpecifications` has no specification"),
    (SPECS, {"TagSpecifications": {}}, "`TagSpecifications` has no specification"),
    (
        SPECS,
        {"TagSpecifications": [{"Tags": GOOD}, {"ResourceType": "x"}]},
        "tag `Env` is missing in `TagSpecifications[1].Tags`",
    ),
    (SPECS, {"TagSpecifications": ["x"]}, "in `TagSpecifications[0].Tags`"),
]
REQUIRED = [{"operations": ["sqs:.*"], "tags": {"Owner": ".+", "Env": "dev|test"}}]


@pytest.mark.parametrize(("shape", "arguments", "problem"), TAG_CASES)
def test_required_tags(shape, arguments, problem):
    policy = policy_of(required_tags=REQUIRED)
    decision = judge(policy, arguments=arguments, tags=shape)
    if problem is None:
        assert decision.effect is Effect.APPROVE
        assert decision.decided_by == "risks.write"
        assert decision.reasons[1].by == "required_tags[0]"
        assert decision.reasons[1].effect is None
    else:
        assert decision.effect is Effect.DENY
        assert decision.decided_by == "required_tags[0]"
        assert problem in decision.reasons[0].text
        assert decision.approval is None


@pytest.mark.parametrize("style", list(TagStyle))
def test_every_tag_style_is_judged(style):
    policy = policy_of(required_tags=REQUIRED)
    shape = Tags(member="Tags", style=style)
    assert judge(policy, tags=shape).effect is Effect.DENY


def test_required_tags_do_not_apply_where_there_are_none():
    decision = judge(policy_of(required_tags=REQUIRED), tags=None)
    assert decision.effect is Effect.APPROVE
    assert decision.reasons[1].text == (
        "required tags do not apply: the operation takes no tags"
    )


def test_other_operations_need_no_tags():
    decision = judge(policy_of(required_tags=REQUIRED), "s3:CreateBucket", tags=LIST)
    assert len(decision.reasons) == 1


def test_every_requirement_must_be_met_and_the_id_is_named():
    policy = policy_of(
        required_tags=[
            *REQUIRED,
            {"id": "cost", "operations": [".*"], "tags": {"Cost": "[0-9]+"}},
            {"id": "more", "operations": [".*"], "tags": {"Cost2": ".*"}},
        ]
    )
    decision = judge(policy, arguments={"Tags": GOOD}, tags=LIST)
    assert decision.decided_by == "required_tags.cost"
    assert [r.by for r in decision.reasons] == [
        "required_tags.cost",
        "risks.write",
        "required_tags.more",
        "required_tags[0]",
    ]
    assert [r.effect for r in decision.reasons] == ["deny", None, "deny", None]


def test_a_rule_that_allows_does_not_replace_tags():
    policy = policy_of(rules=[rule("allow", OPERATION)], required_tags=REQUIRED)
    decision = judge(policy, tags=LIST)
    assert (decision.effect, decision.decided_by) == (Effect.DENY, "required_tags[0]")


def test_what_is_denied_anyway_is_not_asked_for_tags():
    policy = policy_of(rules=[rule("deny", OPERATION)], required_tags=REQUIRED)
    decision = judge(policy, tags=LIST)
    assert decision.decided_by == "rules.r"
    assert len(decision.reasons) == 1


def test_tags_of_unknown_arguments_may_deny():
    decision = judge(policy_of(required_tags=REQUIRED), arguments=None, tags=LIST)
    assert decision.is_provisional
    assert decision.effect is Effect.APPROVE
    assert decision.reasons[1].text == (
        "required tags may deny: the request must carry `Env` and `Owner`"
    )


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
    target, region = policy.target("dev")
    request = PolicyRequest(
        OPERATION, Risk.READ, target, region, {}, None, Change.OTHER
    )
    decide(policy, request)
    for foreign in (
        request._replace(target=target._replace(account="333333333333")),
        request._replace(target=target._replace(name="other")),
        request._replace(target=target._replace(role_arn="arn:x")),
        request._replace(region="us-west-2"),
    ):
        with pytest.raises(UnknownTarget):
            decide(policy, foreign)
