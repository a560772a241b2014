"""What a request's arguments do: raised risks, words for them, and stand-ins."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_kit import EFFECTS, NOW, RISKS, judge, policy_of, rule
from smithgate.operation import Change, Operation, Payload, Risk
from smithgate.policy import Effect
from smithgate.policy.documents import public_paths
from smithgate.policy.model import Raised
from smithgate.policy.raised import decide_raised, raised_of, request_for

from generated import generated

ROLE = "arn:aws:iam::111111111111:role/x"
ALLOW_ALL = {"risks": dict.fromkeys(map(str, RISKS), "allow")}


def asked(policy, operation, arguments):
    """Decide on a request of a generated operation."""
    declared = generated().operations[operation]
    target, region = policy.target(None, None)
    request = request_for(
        declared, target, region, arguments, principal="mcp:test", now=NOW
    )
    return decide_raised(policy, request)


def words(operation, arguments):
    declared = generated().operations[operation]
    return {item.payload for item in raised_of(declared, arguments)} - {None}


STATEMENTS = "dynamodb:ExecuteStatement"
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("operation", "arguments", "word"),
    [
        (STATEMENTS, {"Statement": "DELETE FROM t WHERE k='1'"}, "partiql_write"),
        (STATEMENTS, {"Statement": "insert into t value {'k':1}"}, "partiql_write"),
        (STATEMENTS, {"Statement": 'Update "t" SET a=1'}, "partiql_write"),
        (
            "dynamodb:BatchExecuteStatement",
            {"Statements": [{"Statement": "SELECT 1"}, {"Statement": "DELETE FROM t"}]},
            "partiql_write",
        ),
        (
            "dynamodb:BatchWriteItem",
            {"RequestItems": {"t": [{"DeleteRequest": {"Key": {"k": {"S": "1"}}}}]}},
            "deletes_items",
        ),
        (
            "ssm:SendCommand",
            {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ["id"]}},
            "runs_command",
        ),
        ("ec2:RunInstances", {"UserData": "IyEvYmluL3No"}, "user_data"),
        ("ec2:RunInstances", {"IamInstanceProfile": {"Name": "x"}}, "passes_role"),
        (
            "ec2:CreateLaunchTemplate",
            {"LaunchTemplateData": {"UserData": "IyEvYmluL3No"}},
            "user_data",
        ),
        ("lambda:CreateFunction", {"Role": ROLE}, "passes_role"),
        (
            "sqs:SetQueueAttributes",
            {"Attributes": {"Policy": json.dumps({"Statement": OPEN})}},
            "public_principal",
        ),
        (
            "s3:PutBucketPolicy",
            {"Bucket": "b", "Policy": json.dumps({"Statement": [OPEN]})},
            "public_principal",
        ),
        ("s3:DeleteObject", {"BypassGovernanceRetention": True}, "bypasses_protection"),
        ("ssm:GetParameter", {"WithDecryption": True}, "reveals_secrets"),
    ],
)
def test_a_payload_has_its_word_and_a_rule_can_deny_it(operation, arguments, word):
    assert Payload(word) in words(operation, arguments)
    denied = policy_of(
        **ALLOW_ALL, rules=[rule("deny", ".*", when={"payload": [word, "stops_all"]})]
    )
    assert asked(denied, operation, arguments).decided_by == "rules.r"
    decision = asked(denied, operation, {})
    assert decision.effect is Effect.ALLOW


def test_a_payload_that_is_not_known_yet_makes_a_decision_provisional():
    rules = [rule("deny", ".*", when={"payload": ["forces"]})]
    decision = asked(policy_of(**ALLOW_ALL, rules=rules), "ec2:RunInstances", None)
    assert decision.is_provisional
    assert decision.reasons[1].text == (
        "rule `r` may deny: it depends on whether the request is `forces`"
    )


def test_what_is_denied_anyway_is_not_provisional():
    rules = [rule("deny", ".*", when={"payload": ["forces"]})]
    decision = asked(policy_of(rules=rules), "ec2:RunInstances", None)
    assert (decision.effect, decision.is_provisional) == (Effect.DENY, False)


# --- naming an operation does not permit what its arguments raise it to ----------------


@pytest.mark.parametrize("default", EFFECTS)
@pytest.mark.parametrize("effect", [Effect.ALLOW, Effect.APPROVE])
@pytest.mark.parametrize("permits", [[], ["destructive"], ["permissions"]])
def test_a_raised_class_needs_a_word_of_its_own(default, effect, permits):
    more = {"permits": permits} if permits else {}
    policy = policy_of(
        risks={"permissions": str(default)},
        rules=[rule(effect, "lambda:CreateFunction", **more)],
    )
    decision = asked(policy, "lambda:CreateFunction", {"Role": ROLE})
    speaks = "permissions" in permits
    ranked = [Effect.ALLOW, Effect.APPROVE, Effect.DENY]
    raised = effect if speaks else default
    assert decision.effect is max(effect, raised, key=ranked.index)
    if not speaks:
        assert (
            any(
                "its `permits` lacks `permissions`" in reason.text
                for reason in decision.reasons
            )
            or decision.risk is not Risk.PERMISSIONS
        )


def test_permits_lifts_a_default_deny_only_by_name():
    policy = policy_of(rules=[rule("allow", "lambda:.*", permits=["permissions"])])
    decision = asked(policy, "lambda:CreateFunction", {"Role": ROLE})
    assert decision.effect is Effect.DENY


def test_permits_says_nothing_of_the_operations_own_class():
    policy = policy_of(rules=[rule("allow", "sqs:DeleteQueue", permits=["write"])])
    assert judge(policy, risk=Risk.DESTRUCTIVE).effect is Effect.ALLOW


# --- what a request amounts to ---------------------------------------------------------


@pytest.mark.parametrize(
    ("denied", "operation", "arguments", "want"),
    [
        ("dynamodb:DeleteItem", STATEMENTS, {"Statement": "DELETE FROM t"}, True),
        ("dynamodb:DeleteItem", STATEMENTS, {"Statement": "SELECT * FROM t"}, False),
        ("dynamodb:PutItem", STATEMENTS, {"Statement": "INSERT INTO t VALUE"}, True),
        ("dynamodb:Scan", STATEMENTS, {"Statement": "SELECT * FROM t"}, True),
        (
            "dynamodb:Delete.*",
            "dynamodb:BatchWriteItem",
            {"RequestItems": {"t": [{"DeleteRequest": {"Key": {"k": {"S": "1"}}}}]}},
            True,
        ),
        (
            "dynamodb:DeleteItem",
            "dynamodb:BatchWriteItem",
            {"RequestItems": {"t": [{"PutRequest": {"Item": {"k": {"S": "1"}}}}]}},
            False,
        ),
        (
            "dynamodb:UpdateItem",
            "dynamodb:TransactWriteItems",
            {"TransactItems": [{"Put": {}}, {"Update": {"Key": {"k": {"S": "1"}}}}]},
            True,
        ),
    ],
)
def test_a_prohibition_reaches_what_a_request_amounts_to(
    denied, operation, arguments, want
):
    policy = policy_of(**ALLOW_ALL, rules=[rule("deny", denied)])
    decision = asked(policy, operation, arguments)
    assert (decision.decided_by == "rules.r") is want
    if want:
        assert "which the request amounts to" in decision.reasons[0].text


def test_conditions_on_another_operations_members_count_as_met():
    when = {"arguments": {"TableName": "prod"}, "targets": ["dev"]}
    policy = policy_of(
        **ALLOW_ALL, rules=[rule("deny", "dynamodb:DeleteItem", when=when)]
    )
    statement = {"Statement": "DELETE FROM t"}
    assert asked(policy, STATEMENTS, statement).decided_by == "rules.r"
    elsewhere = policy_of(
        **ALLOW_ALL,
        rules=[rule("deny", "dynamodb:DeleteItem", when={"targets": ["prod"]})],
    )
    assert asked(elsewhere, STATEMENTS, statement).effect is Effect.ALLOW


def test_a_permission_does_not_reach_what_a_request_amounts_to():
    policy = policy_of(rules=[rule("allow", "dynamodb:DeleteItem")])
    decision = asked(policy, STATEMENTS, {"Statement": "DELETE FROM t"})
    assert decision.effect is Effect.DENY


def cloud_control(name, risk=Risk.DESTRUCTIVE):
    return Operation(
        id=f"cloudcontrol:{name}",
        shape_id=f"com.amazonaws.cloudcontrol#{name}",
        client=("cloudcontrol", "x"),
        change=Change.OTHER,
        risk=risk,
        idempotency_token="ClientToken",
        required=("TypeName",),
        tags=None,
        read=None,
        schema="a",
        output_schema="b",
    )


def by_cloud_control(policy, name, type_name, risk=Risk.DESTRUCTIVE, **more):
    target, region = policy.target(None, None)
    arguments = {"TypeName": type_name, **more}
    request = request_for(
        cloud_control(name, risk), target, region, arguments, principal=None, now=NOW
    )
    return decide_raised(policy, request)


def test_a_denied_delete_is_denied_by_cloud_control_too():
    policy = policy_of(**ALLOW_ALL, rules=[rule("deny", "s3:DeleteBucket")])
    bucket = by_cloud_control(policy, "DeleteResource", "AWS::S3::Bucket")
    queue = by_cloud_control(policy, "DeleteResource", "AWS::SQS::Queue")
    assert (bucket.effect, bucket.decided_by) == (Effect.DENY, "rules.r")
    assert "`s3:DeleteBucket`" in bucket.reasons[0].text
    assert queue.effect is Effect.ALLOW


@pytest.mark.parametrize(
    ("name", "type_name", "denied"),
    [
        ("CreateResource", "AWS::IAM::Role", "iam:CreateRole"),
        ("UpdateResource", "AWS::IAM::Role", "iam:PutRolePolicy"),
        ("DeleteResource", "AWS::EC2::Instance", "ec2:TerminateInstances"),
        ("DeleteResource", "AWS::DynamoDB::Table", "dynamodb:DeleteTable"),
        ("DeleteResource", "AWS::RDS::DBInstance", "rds:DeleteDBInstance"),
        ("DeleteResource", "AWS::Lambda::Function", "lambda:DeleteFunction"),
    ],
)
def test_resource_types_amount_to_their_operations(name, type_name, denied):
    policy = policy_of(**ALLOW_ALL, rules=[rule("deny", denied)])
    decision = by_cloud_control(policy, name, type_name)
    assert decision.decided_by == "rules.r"


@pytest.mark.parametrize(
    "type_name",
    ["AWS::Made::Up", "aws::s3::bucket", "AWS::S3::Bucket ", "", "Acme::X::Y", 5, None],
)
def test_a_type_that_nobody_knows_is_denied(type_name):
    policy = policy_of(**ALLOW_ALL)
    decision = by_cloud_control(policy, "DeleteResource", type_name)
    assert (decision.effect, decision.decided_by) == (Effect.DENY, "payload.TypeName")


def test_creating_a_role_by_cloud_control_is_about_permissions():
    policy = policy_of(risks={"permissions": "deny", "write": "allow"})
    for type_name, want in (("AWS::IAM::Role", "deny"), ("AWS::SNS::Topic", "deny")):
        decision = by_cloud_control(policy, "CreateResource", type_name, Risk.WRITE)
        assert decision.effect == want
    plain = by_cloud_control(policy, "CreateResource", "AWS::EC2::VPC", risk=Risk.WRITE)
    assert plain.effect is Effect.ALLOW


# --- policies for everybody ------------------------------------------------------------


def statement(**changes):
    made = {**OPEN, **changes}
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize(
    ("document", "is_public"),
    [
        ({"Statement": [OPEN]}, True),
        ({"Statement": OPEN}, True),
        ({"Statement": [statement(Principal={"AWS": "*"})]}, True),
        ({"Statement": [statement(Principal={"AWS": ["x", "*"]})]}, True),
        ({"Statement": [statement(Principal={"Federated": "*"})]}, True),
        ({"Statement": [statement(Principal=["*"])]}, True),
        ({"Statement": [statement(Principal=None, NotPrincipal={"AWS": "x"})]}, True),
        ({"Statement": [statement(Condition={"Bool": {"a": "true"}})]}, True),
        ({"statement": [{"effect": "allow", "principal": "*"}]}, True),
        ({"Statement": [statement(Effect="Deny")]}, False),
        ({"Statement": [statement(Effect=None)]}, False),
        ({"Statement": [statement(Principal={"AWS": "arn:aws:iam::1:root"})]}, False),
        ({"Statement": [statement(Principal=None)]}, False),
        ({"Statement": []}, False),
        ({}, False),
        ([{"op": "add", "path": "/P", "value": {"Statement": [OPEN]}}], True),
    ],
)
def test_a_document_for_everybody_is_seen_as_text_and_as_structure(document, is_public):
    for value in (document, json.dumps(document), f"\n {json.dumps(document)}"):
        found = public_paths({"A": {"B": [value]}, "C": "{"})
        assert bool(found) is is_public, value
        assert all(path.startswith("A.B") for path in found)


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement":{"Effect":"Allow","Princip\\u0061l":"*"}}',
        '{"Statement":{"Effect":"Allow","Principal":"*","Principal":{"AWS":"x"}}}',
        '{"Statement":{"Effect":"Deny","Effect":"Allow","Principal":"*"}}',
        json.dumps({"Policy": json.dumps({"Statement": [OPEN]})}),
    ],
)
def test_no_spelling_of_json_hides_it(text):
    assert public_paths({"Policy": text}) == ("Policy",)


@pytest.mark.parametrize("text", ["{", "[" * 5000, "{}", "", "*", '{"Principal":"*"}'])
def test_what_is_no_policy_is_none(text):
    assert public_paths({"Policy": text}) == ()


def test_deep_nesting_hides_nothing_and_breaks_nothing():
    deep = "[" * 900 + json.dumps(OPEN) + "]" * 900
    assert public_paths({"Policy": deep}) == ("Policy",)
    principal = "[" * 900 + '"*"' + "]" * 900
    text = f'{{"Effect": "Allow", "Principal": {principal}}}'
    assert public_paths({"Policy": text}) == ("Policy",)
    assert public_paths({"Policy": "[" * 100_000 + "]" * 100_000}) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["Effect", "Principal", "Statement", "AWS", "x"]),
        inner,
        max_size=3,
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_values_can_be_looked_through(value):
    public_paths({"A": value, "B": json.dumps(value)})


def test_reads_are_not_raised_by_a_policy_in_them():
    arguments = {"PolicyInputList": [json.dumps({"Statement": [OPEN]})]}
    assert words("iam:SimulateCustomPolicy", arguments) == set()


def test_a_reason_names_the_word():
    item = Raised("A", Risk.WRITE, "because", Payload.FORCES, ("a:B",))
    assert item.as_dict() == {
        "member": "A",
        "risk": "write",
        "why": "because",
        "payload": "forces",
        "judged_as": ["a:B"],
    }
