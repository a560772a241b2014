"""Required tags, in every style in which an operation takes them."""

import pytest
from policy_kit import OPERATION, judge, policy_of, rule
from smithgate import Tags, TagStyle
from smithgate.policy import Effect

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
