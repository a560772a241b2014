"""Which operation takes a change back, and where its ids come from."""

from collections.abc import Mapping
from typing import Any

import pytest
from codegen_kit import NAMESPACE, Kit
from smithgate_codegen.ir import Change, Inverse
from smithgate_codegen.knowledge.inverse import inverse_of


def inverse(kit: Kit, name: str, change: Change, **others: Change) -> Inverse | None:
    subjects = kit.subjects()
    changes = {name: change} | others
    kinds = {one: changes.get(one, Change.DELETE) for one in subjects}
    return inverse_of(subjects[name], subjects, kinds).value


def kit(operations: Mapping[str, tuple[dict[str, str], dict[str, str] | None]]) -> Kit:
    made = Kit()
    made.shape("Vpc", {"VpcId": "string", "CidrBlock": "string"})
    for name, (takes, gives) in operations.items():
        made.op(name, takes, gives)
    return made


def test_a_create_is_taken_back_by_the_id_that_it_returns() -> None:
    made = kit(
        {
            "CreateVpc": ({"CidrBlock!": "string"}, {"Vpc": "Vpc"}),
            "DeleteVpc": ({"VpcId!": "string", "DryRun": "boolean"}, None),
        }
    )
    found = inverse(made, "CreateVpc", Change.CREATE)
    assert found == Inverse(operation="kit:DeleteVpc", output=(("VpcId", "Vpc.VpcId"),))


def test_names_may_carry_the_noun_on_one_side() -> None:
    made = kit(
        {
            "CreateJob": ({"Name!": "string"}, None),
            "DeleteJob": ({"JobName!": "string"}, None),
        }
    )
    found = inverse(made, "CreateJob", Change.CREATE)
    assert found == Inverse(operation="kit:DeleteJob", params=(("JobName", "Name"),))


def test_a_list_of_one_where_the_opposite_takes_several() -> None:
    made = kit(
        {
            "PutDashboard": ({"DashboardName!": "string", "Body": "string"}, None),
            "DeleteDashboards": ({"DashboardNames!": "[string]"}, None),
        }
    )
    found = inverse(made, "PutDashboard", Change.PUT)
    assert found == Inverse(
        operation="kit:DeleteDashboards",
        params=(("DashboardNames[0]", "DashboardName"),),
    )


@pytest.mark.parametrize(
    ("name", "other", "change", "back"),
    [
        ("AttachPolicy", "DetachPolicy", Change.UPDATE, Change.UPDATE),
        ("DetachPolicy", "AttachPolicy", Change.UPDATE, Change.UPDATE),
        ("AddUserToGroup", "RemoveUserFromGroup", Change.UPDATE, Change.UPDATE),
        ("AdminDisableUser", "AdminEnableUser", Change.UPDATE, Change.UPDATE),
        ("PutSetConfiguration", "DeleteSet", Change.PUT, Change.DELETE),
    ],
)
def test_verb_pairs(name: str, other: str, change: Change, back: Change) -> None:
    made = kit({one: ({"Name!": "string"}, None) for one in (name, other)})
    found = inverse(made, name, change, **{other: back})
    assert found == Inverse(operation=f"kit:{other}", params=(("Name", "Name"),))


def test_the_keys_of_an_untag_are_left_to_the_one_who_undoes() -> None:
    made = kit(
        {
            "TagThing": ({"Arn!": "string", "Tags!": "[string]"}, None),
            "UntagThing": ({"Arn!": "string", "TagKeys!": "[string]"}, None),
        }
    )
    found = inverse(made, "TagThing", Change.TAG, UntagThing=Change.UNTAG)
    assert found == Inverse(operation="kit:UntagThing", params=(("Arn", "Arn"),))


def test_an_id_that_nothing_tells_and_a_read_are_no_inverse() -> None:
    made = kit(
        {
            "CreateVpc": ({"CidrBlock!": "string"}, None),
            "DeleteVpc": ({"VpcId!": "string"}, None),
            "StartJob": ({"Name!": "string"}, None),
            "StopJob": ({"Name!": "string"}, None),
        }
    )
    assert inverse(made, "CreateVpc", Change.CREATE) is None
    assert inverse(made, "StartJob", Change.UPDATE, StopJob=Change.NONE) is None
    assert inverse(made, "DeleteVpc", Change.DELETE) is None


def test_the_arn_stands_in_where_the_opposite_takes_the_thing() -> None:
    made = kit(
        {
            "RegisterPlan": ({"Family!": "string"}, {"Plan": "Made"}),
            "DeregisterPlan": ({"Plan!": "string"}, None),
        }
    )
    made.shape("Made", {"PlanArn": "string", "Revision": "string"})
    found = inverse(made, "RegisterPlan", Change.CREATE)
    assert found == Inverse(
        operation="kit:DeregisterPlan", output=(("Plan", "Plan.PlanArn"),)
    )


@pytest.mark.parametrize(
    ("given", "taken", "is_found"),
    [
        ({"Text!": "string"}, {}, True),
        ({"BoxId!": "string", "Text": "string"}, {}, False),
        ({"Text!": "string"}, {"Other": "string"}, False),
    ],
)
def test_what_there_is_one_of_is_taken_back_without_an_id(
    given: dict[str, str], taken: dict[str, str], is_found: bool
) -> None:
    made = kit({"PutBoxPolicy": (given, None), "DeleteBoxPolicy": (taken, None)})
    found = inverse(made, "PutBoxPolicy", Change.PUT)
    assert found == (Inverse(operation="kit:DeleteBoxPolicy") if is_found else None)


def test_ids_are_gathered_from_a_list_that_comes_back() -> None:
    made = kit(
        {
            "RunVpcs": ({"Count!": "integer"}, {"Vpcs": "[Vpc]", "Owner": "string"}),
            "TerminateVpcs": ({"VpcIds!": "[string]"}, None),
        }
    )
    found = inverse(made, "RunVpcs", Change.CREATE)
    assert found == Inverse(
        operation="kit:TerminateVpcs", output=(("VpcIds", "Vpcs[].VpcId"),)
    )


def test_an_optional_id_comes_from_what_was_returned() -> None:
    release = {"AllocationId": "string", "Border": "string"}
    gives = {"AllocationId": "string"}
    made = kit(
        {
            "AllocateAddress": ({"Border": "string"}, gives),
            "ReleaseAddress": (release, None),
        }
    )
    found = inverse(made, "AllocateAddress", Change.CREATE)
    assert found == Inverse(
        operation="kit:ReleaseAddress",
        params=(("Border", "Border"),),
        output=(("AllocationId", "AllocationId"),),
    )


def test_an_opposite_that_is_told_no_id_is_none() -> None:
    made = kit(
        {
            "AllocateAddress": ({"Border": "string"}, None),
            "ReleaseAddress": (
                {"AllocationId": "string", "Border": "string"},
                None,
            ),
        }
    )
    assert inverse(made, "AllocateAddress", Change.CREATE) is None


@pytest.mark.parametrize(
    ("change", "known"), [(Change.UNTAG, True), (Change.DELETE, False)]
)
def test_deleted_tags_are_created_again(change: Change, known: bool) -> None:
    tags = {"Resources!": "[string]", "Tags": "[string]"}
    made = kit({"DeleteTags": (tags, None), "CreateTags": (tags, None)})
    found = inverse(made, "DeleteTags", change, CreateTags=Change.TAG)
    expected = Inverse(operation="kit:CreateTags", params=(("Resources", "Resources"),))
    assert found == (expected if known else None)


def test_what_is_registered_with_a_thing_is_deregistered_from_it() -> None:
    made = kit(
        {
            "RegisterTargetWithWindow": (
                {"WindowId!": "string"},
                {"TargetId": "string"},
            ),
            "DeregisterTargetFromWindow": (
                {"WindowId!": "string", "TargetId!": "string"},
                None,
            ),
        }
    )
    found = inverse(made, "RegisterTargetWithWindow", Change.CREATE)
    assert found == Inverse(
        operation="kit:DeregisterTargetFromWindow",
        params=(("WindowId", "WindowId"),),
        output=(("TargetId", "TargetId"),),
    )


def test_an_optional_id_is_not_told_by_the_whole_structure() -> None:
    made = kit(
        {
            "CreateSet": ({"Name!": "string"}, {"Set": "Thing"}),
            "DeleteSet": ({"Set": "string", "SetName": "string"}, None),
        }
    )
    made.shape("Thing", {"SetArn": "string", "Other": "string"})
    found = inverse(made, "CreateSet", Change.CREATE)
    assert found == Inverse(operation="kit:DeleteSet", output=(("Set", "Set.SetArn"),))


def test_the_id_of_something_else_in_the_request_takes_nothing_back() -> None:
    made = Kit()
    made.shape("Provider", {"id": "string", "type": "string"})
    made.op(
        "CreateCluster", {"name!": "string", "provider!": "Provider"}, {"id": "string"}
    )
    made.op("DeleteCluster", {"id!": "string"}, None)
    found = inverse(made, "CreateCluster", Change.CREATE)
    assert found == Inverse(operation="kit:DeleteCluster", output=(("id", "id"),))


@pytest.mark.parametrize(
    ("gives", "path"),
    [
        ({"Summary": "Part"}, "Summary.Id"),
        ({"CastDetail": "Part", "Other": "Part"}, "CastDetail.Id"),
        ({"Mould": "Part", "Other": "Part"}, None),
    ],
)
def test_a_bare_id_counts_where_its_structure_is_what_was_made(
    gives: dict[str, str], path: str | None
) -> None:
    made = Kit()
    made.shape("Part", {"Id": "string"})
    made.op("CreateCast", {"Size": "string"}, gives)
    made.op("DeleteCast", {"Id!": "string"}, None)
    found = inverse(made, "CreateCast", Change.CREATE)
    output = () if found is None else found.output
    assert output == (() if path is None else (("Id", path),))


def test_an_arn_is_no_number() -> None:
    made = Kit()
    made.shape("View", {"Arn": "string", "Size": "string"})
    made.op("CreateView", {"Size": "string"}, {"View": "View"})
    made.op("DeleteView", {"View!": "integer"}, None)
    assert inverse(made, "CreateView", Change.CREATE) is None


@pytest.mark.parametrize(
    ("tag", "tags", "untag", "keys"),
    [
        ("TagResource", "ResourceTags", "UntagResource", "ResourceTagKeys"),
        ("TagResource", "TagsToAdd", "UntagResource", "TagsToRemove"),
        ("UpdateTagsForBox", "TagsToUpdate", "DeleteTagsForBox", "TagsToDelete"),
    ],
)
def test_tags_are_left_to_the_one_who_undoes_under_every_name(
    tag: str, tags: str, untag: str, keys: str
) -> None:
    made = Kit()
    made.op(tag, {"BoxArn!": "string", f"{tags}!": "{string}"}, None)
    made.op(untag, {"BoxArn!": "string", f"{keys}!": "[string]"}, None)
    for one, change, other in (
        (tag, Change.TAG, untag),
        (untag, Change.UNTAG, tag),
    ):
        changes = {tag: Change.TAG, untag: Change.UNTAG}
        found = inverse(made, one, change, **changes)
        params = (("BoxArn", "BoxArn"),)
        assert found == Inverse(operation=f"kit:{other}", params=params)


@pytest.mark.parametrize(
    ("text", "inverse_of_it"),
    [
        ("The ARN or the UUID of the channel.", {"output": (("Tube", "TubeArn"),)}),
        ("The identifier of the channel.", {"output": (("Tube", "Id"),)}),
        ("The name or identifier.", {"params": (("Tube", "Name"),)}),
        ("The channel.", {"params": (("Tube", "Name"),)}),
    ],
)
def test_what_a_member_called_like_the_thing_takes_is_in_its_documentation(
    text: str, inverse_of_it: dict[str, Any]
) -> None:
    made = Kit()
    made.op("CreateTube", {"Name!": "string"}, {"TubeArn": "string", "Id": "string"})
    made.op("DeleteTube", {"Tube!": "string"}, None)
    member = made.nodes[f"{NAMESPACE}#DeleteTubeInput"]["members"]["Tube"]
    member["traits"] = member.get("traits", {}) | {"smithy.api#documentation": text}
    found = inverse(made, "CreateTube", Change.CREATE)
    assert found == Inverse(operation="kit:DeleteTube", **inverse_of_it)


def test_a_version_is_not_told_by_a_name() -> None:
    made = Kit()
    gives = {"name": "string", "version": "string"}
    made.op("CreateFlowVersion", {"flowId!": "string"}, gives)
    made.op("DeleteFlowVersion", {"flowId!": "string", "flowVersion!": "string"}, None)
    assert inverse(made, "CreateFlowVersion", Change.CREATE) == Inverse(
        operation="kit:DeleteFlowVersion",
        params=(("flowId", "flowId"),),
        output=(("flowVersion", "version"),),
    )


@pytest.mark.parametrize(
    ("takes", "known"),
    [
        ({"BoxId!": "string"}, True),
        ({"BoxId!": "string", "Force": "boolean"}, True),
        ({"BoxId!": "string", "Settings": "string"}, False),
    ],
)
def test_a_switch_is_turned_back_by_what_takes_nothing_else(
    takes: dict[str, str], known: bool
) -> None:
    made = Kit()
    made.op("PauseBox", {"BoxId!": "string"}, None)
    made.op("ResumeBox", takes, None)
    found = inverse(made, "PauseBox", Change.OTHER, ResumeBox=Change.OTHER)
    back = Inverse(operation="kit:ResumeBox", params=(("BoxId", "BoxId"),))
    assert found == (back if known else None)
