"""What arguments add to a risk, and that policy judges the raised class."""

import pytest
from policy_kit import NOW, policy_of
from smithgate.operation import Change, Operation, Raise, Risk, When
from smithgate.policy import raised
from smithgate.policy.model import Decision, Effect
from smithgate.policy.raised import (
    decide_raised,
    raised_of,
    request_for,
    returns_secrets,
    risk_of,
    risk_view,
)


def operation(*raises: Raise, risk: Risk = Risk.WRITE) -> Operation:
    return Operation(
        id="sqs:SetQueueAttributes",
        shape_id="a#B",
        client=("sqs", "set_queue_attributes"),
        change=Change.UPDATE,
        risk=risk,
        raises=raises,
        idempotency_token=None,
        required=(),
        tags=None,
        read=None,
        schema="a",
        output_schema="b",
    )


def rule(when, *values, member="A", risk=Risk.DESTRUCTIVE):
    return Raise(members=(member,), when=when, values=values, risk=risk, why="because")


@pytest.mark.parametrize(
    ("when", "values", "value", "holds"),
    [
        (When.GIVEN, (), True, True),
        (When.GIVEN, (), "x", True),
        (When.GIVEN, (), 0, True),
        (When.GIVEN, (), {"a": 1}, True),
        (When.GIVEN, (), False, False),
        (When.GIVEN, (), None, False),
        (When.GIVEN, (), [], False),
        (When.GIVEN, (), "", False),
        (When.FALSE, (), False, True),
        (When.FALSE, (), 0, False),
        (When.FALSE, (), None, False),
        (When.EMPTY, (), [], True),
        (When.EMPTY, (), {}, True),
        (When.EMPTY, (), "", True),
        (When.EMPTY, (), ["x"], False),
        (When.EMPTY, (), None, False),
        (When.IS, ("Policy",), "policy", True),
        (When.IS, ("Policy",), "PolicyX", False),
        (When.IS, ("Policy",), "Policy X", False),
        (When.IS, ("public-read",), "public-read", True),
        (When.IS, ("0",), 0, True),
        (When.HOLDS, ("DELETE",), "select 1; delete from t", True),
        (When.HOLDS, ("DELETE",), "SELECT deleted FROM t", False),
        (When.HOLDS, ("DELETE",), ["SELECT 1", "Delete FROM t"], True),
        (When.HOLDS, ("DELETE",), "DELETE\n/**/FROM t", True),
    ],
)
def test_a_condition_holds_of_a_value(when, values, value, holds):
    found = raised_of(operation(rule(when, *values)), {"A": value})
    assert bool(found) is holds


@pytest.mark.parametrize(
    ("member", "arguments", "holds"),
    [
        ("A.B", {"A": {"B": "x"}}, True),
        ("A.B", {"A": [{"C": "x"}, {"B": "x"}]}, True),
        ("A.*.B", {"A": {"k": [{"B": "x"}]}}, True),
        ("A.*.B", {"A": {"k": [{"C": "x"}]}}, False),
        ("A.B", {"A": "text"}, False),
        ("A.B", {}, False),
        ("A.B", {"B": "x"}, False),
    ],
)
def test_a_path_goes_through_lists_and_maps(member, arguments, holds):
    assert (
        bool(raised_of(operation(rule(When.GIVEN, member=member)), arguments)) is holds
    )


def test_the_strictest_class_is_the_requests():
    declared = operation(
        rule(When.GIVEN, member="A", risk=Risk.PERMISSIONS),
        rule(When.GIVEN, member="B", risk=Risk.DESTRUCTIVE),
    )
    assert risk_of(declared, {}) is Risk.WRITE
    assert risk_of(declared, {"A": 1}) is Risk.PERMISSIONS
    assert risk_of(declared, {"A": 1, "B": 1}) is Risk.DESTRUCTIVE
    assert risk_view(declared, {"A": 1}) == {
        "risk": "permissions",
        "operation_risk": "write",
        "raised": [{"member": "A", "risk": "permissions", "why": "because"}],
    }


def test_nothing_lowers_a_class():
    declared = operation(rule(When.GIVEN, risk=Risk.SENSITIVE), risk=Risk.DESTRUCTIVE)
    assert risk_of(declared, {"A": 1}) is Risk.DESTRUCTIVE


def test_a_reply_is_sealed_when_the_request_asks_for_secrets():
    declared = operation(rule(When.GIVEN, risk=Risk.SENSITIVE), risk=Risk.READ)
    assert returns_secrets(declared, {"A": True})
    assert not returns_secrets(declared, {"A": False})


def judge(policy, declared, arguments):
    target, region = policy.target(None, None)
    request = request_for(
        declared, target, region, arguments, principal="mcp:test", now=NOW
    )
    return decide_raised(policy, request)


def test_policy_judges_the_raised_class_and_says_why():
    policy = policy_of(risks={"write": "allow", "permissions": "deny"})
    declared = operation(rule(When.GIVEN, risk=Risk.PERMISSIONS))
    plain = judge(policy, declared, {"B": 1})
    more = judge(policy, declared, {"A": 1})
    assert (plain.effect, plain.decided_by) == (Effect.ALLOW, "risks.write")
    assert (more.effect, more.decided_by) == (Effect.DENY, "risks.permissions")
    assert more.risk is Risk.PERMISSIONS
    assert more.reasons[-1].as_dict() == {
        "by": "argument A",
        "effect": None,
        "text": "raises the risk: because",
    }


def test_a_raised_class_never_lets_more_through():
    policy = policy_of(risks={"write": "deny", "destructive": "allow"})
    assert judge(policy, operation(rule(When.GIVEN)), {"A": 1}).effect is Effect.DENY


@pytest.mark.parametrize(
    ("write", "destructive", "is_open"),
    [
        ((Effect.DENY, False), (Effect.ALLOW, True), False),
        ((Effect.DENY, False), (Effect.DENY, True), False),
        ((Effect.DENY, True), (Effect.ALLOW, False), True),
        ((Effect.ALLOW, True), (Effect.ALLOW, False), True),
    ],
)
def test_one_prohibition_that_stands_is_enough(
    monkeypatch, write, destructive, is_open
):
    said = {Risk.WRITE: write, Risk.DESTRUCTIVE: destructive}

    def decide(policy, request):
        effect, is_provisional = said[request.risk]
        return Decision(
            effect=effect,
            risk=request.risk,
            decided_by="x",
            reasons=(),
            approval=None,
            policy_digest=policy.digest,
            is_provisional=is_provisional,
        )

    monkeypatch.setattr(raised, "decide", decide)
    decision = judge(policy_of(), operation(rule(When.GIVEN)), {"A": 1})
    assert decision.is_provisional is is_open


def test_an_approval_asks_for_what_every_class_asks_for():
    policy = policy_of(
        risks={"write": "approve", "destructive": "approve"},
        approvals={
            "write": {"count": 1, "ttl": "5m"},
            "destructive": {"count": 2, "ttl": "1h"},
        },
    )
    decision = judge(policy, operation(rule(When.GIVEN)), {"A": 1})
    assert decision.risk is Risk.DESTRUCTIVE
    assert decision.approval is not None
    assert decision.approval._asdict() == {"count": 2, "ttl_s": 300}
