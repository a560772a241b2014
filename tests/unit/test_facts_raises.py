"""Which arguments raise a risk: what member names show, and what the data adds."""

import pytest
from codegen_kit import Kit
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Risk, When
from smithgate_codegen.knowledge.raises import raises_of, require_known


def rules(name, takes, risk=Risk.WRITE, service="kit", **shapes):
    kit = Kit()
    for shape, members in shapes.items():
        kit.shape(shape, members)
    kit.op(name, takes, {})
    facts = raises_of(kit.subject(name, service), risk)
    return {fact.source: fact.value for fact in facts}


@pytest.mark.parametrize(
    ("name", "member", "kind", "source", "risk"),
    [
        ("StopThing", "Force", "boolean", "rule forcing-member", "destructive"),
        ("StopThing", "forceStop", "boolean", "rule forcing-member", "destructive"),
        ("MoveThing", "SkipFinalSnapshot", "boolean", "rule skipping-member", None),
        ("PutThing", "BypassGovernance", "boolean", "rule bypassing-member", None),
        (
            "PutThing",
            "BypassPolicyLockoutSafetyCheck",
            "boolean",
            "rule policy-bypassing-member",
            "permissions",
        ),
        ("PutThing", "RemoveEntries", "[string]", "rule removing-member", None),
        ("PutThing", "KeysToDelete", "[string]", "rule removing-member", None),
        ("PutThing", "Deletes", "[string]", "rule removing-member", None),
        ("PutThing", "retentionInDays", "integer", "rule retention-member", None),
        ("CreateThing", "TaskRoleArn", "string", "rule role-member", "permissions"),
        (
            "CreateThing",
            "PolicyDocument",
            "string",
            "rule policy-member",
            "permissions",
        ),
        ("CreateThing", "ACL", "string", "rule opening-member", "permissions"),
        ("CreateThing", "GrantRead", "string", "rule opening-member", "permissions"),
        (
            "CreateThing",
            "PubliclyAccessible",
            "boolean",
            "rule opening-member",
            "permissions",
        ),
    ],
)
def test_a_member_is_known_by_its_name(name, member, kind, source, risk):
    found = rules(name, {member: kind})
    assert found[source].members == (member,)
    assert found[source].when is When.GIVEN
    assert found[source].risk == (risk or "destructive")


@pytest.mark.parametrize(
    ("name", "member", "kind"),
    [
        ("UpdateThing", "forceNewDeployment", "boolean"),
        ("UpdateThing", "Force", "string"),
        ("UpdateThing", "Forced", "boolean"),
        ("RunThing", "DeleteOnTermination", "boolean"),
        ("UpdateThing", "RemoveTags", "[string]"),
        ("UpdateThing", "DeleteTime", "timestamp"),
        ("CreateThing", "RetentionDays", "integer"),
        ("CreateThing", "GrantId", "string"),
        ("CreateThing", "Policy", "integer"),
        ("CreateThing", "Role", "string"),
    ],
)
def test_a_name_that_only_looks_alike_raises_nothing(name, member, kind):
    assert rules(name, {member: kind}) == {}


@pytest.mark.parametrize(
    ("name", "found"), [("PutThing", True), ("ModifyThing", True), ("AddThing", False)]
)
def test_an_empty_list_matters_where_it_replaces(name, found):
    result = rules(
        name, {"Rules": "[string]", "Tags": "[string]", "Filters": "[string]"}
    )
    assert ("rule emptying-member" in result) is found
    if found:
        assert result["rule emptying-member"].members == ("Rules",)
        assert result["rule emptying-member"].when is When.EMPTY


def test_members_are_found_below_structures_and_lists():
    found = rules(
        "StopThings",
        {"Items": "[Item]"},
        Item={"Options": "Options"},
        Options={"Force": "boolean"},
    )
    assert found["rule forcing-member"].members == ("Items.Options.Force",)


def test_a_recursive_input_ends():
    found = rules(
        "StopThings", {"Node": "Node"}, Node={"Node": "Node", "Force": "boolean"}
    )
    assert found["rule forcing-member"].members == ("Node.Force",)


@pytest.mark.parametrize("risk", [Risk.READ, Risk.SENSITIVE])
def test_what_reads_is_only_asked_whether_it_reveals(risk):
    members = {"Force": "boolean", "Policy": "string", "WithDecryption": "boolean"}
    found = rules("GetThing", members, risk)
    assert list(found) == ["rule revealing-member"]
    assert found["rule revealing-member"].risk is Risk.SENSITIVE


def test_a_right_that_is_removed_is_no_loss():
    assert rules("ModifyThing", {"RemoveUsers": "[string]"}, Risk.PERMISSIONS) == {
        "rule emptying-member": rules("ModifyThing", {"RemoveUsers": "[string]"})[
            "rule emptying-member"
        ]
    }


def test_data_about_a_member_that_is_not_there_fails():
    with pytest.raises(OverrideError, match=r"path `Attributes\.Policy` leaves"):
        rules("SetQueueAttributes", {"Other": "string"}, service="sqs")


def test_data_goes_through_maps_and_lists():
    found = rules(
        "BatchWriteItem",
        {"RequestItems": "{Requests}"},
        Risk.DESTRUCTIVE,
        "dynamodb",
        Requests={"DeleteRequest": "string", "PutRequest": "string"},
    )
    last = found["data set raises"]
    assert last.members == ("RequestItems.*.PutRequest",)
    assert last.judged_as == ("dynamodb:PutItem",)


def test_data_cannot_make_a_change_of_a_read():
    members = {"RequestItems": "{Requests}"}
    with pytest.raises(OverrideError, match="is read and cannot become destructive"):
        rules(
            "BatchWriteItem",
            members,
            Risk.READ,
            "dynamodb",
            Requests={"DeleteRequest": "string"},
        )


def test_data_about_an_operation_that_is_not_there_fails():
    with pytest.raises(OverrideError, match="no operation `sqs:CreateQueue`"):
        require_known("sqs", {"SetQueueAttributes"})
    require_known("kit", set())
