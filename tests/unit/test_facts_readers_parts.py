"""Parts of a parent: lists that are added to, members taken away, singletons, new ids."""

import pytest
from codegen_kit import Kit
from reader_kit import contained, find, reader
from smithgate_codegen.ir import How


def test_a_verb_that_adds_or_takes_is_compared_with_the_owners_list():
    kit = Kit().shape("Place", {"PlaceName": "string", "State": "string"})
    for verb in ("Add", "Remove"):
        kit.op(f"{verb}GroupPlaces", {"GroupId!": "string", "Places!": "[string]"}, {})
    kit.op("GetGroup", {"GroupId!": "string"}, {"PlaceStates": "[Place]"})
    for verb, how in (("Add", How.ADD), ("Remove", How.REMOVE)):
        found = reader(kit, f"{verb}GroupPlaces")
        assert found.compare == (("Places", "PlaceStates[].PlaceName"),)
        assert found.how == (("Places", how),)


def test_a_structure_is_added_only_where_the_items_have_all_of_it():
    kit = Kit().shape("Role", {"Arn": "string", "Feature": "string"})
    kit.shape("Stored", {"Arn": "string", "Feature": "string", "State": "string"})
    kit.shape("Short", {"Arn": "string"})
    for name in ("Node", "Site"):
        kit.op(f"Add{name}Role", {f"{name}Id!": "string", "Role!": "Role"}, {})
    kit.op("GetNode", {"NodeId!": "string"}, {"Roles": "[Stored]"})
    kit.op("GetSite", {"SiteId!": "string"}, {"Roles": "[Short]"})
    assert reader(kit, "AddNodeRole").compare == (("Role", "Roles"),)
    contained(kit, "AddSiteRole")


def test_an_owner_may_be_asked_for_by_one_identifier_of_a_plural_reader():
    kit = Kit().shape("Cluster", {"RoleArns": "[string]", "ClusterName": "string"})
    takes = {"ClusterIdentifier!": "string", "RoleArn!": "string"}
    kit.op("AddRoleToCluster", takes, {})
    takes = {"ClusterIdentifier": "string"}
    kit.op("DescribeClusters", takes, {"Clusters": "[Cluster]"})
    found = reader(kit, "AddRoleToCluster")
    assert found.select == "Clusters[0]"
    assert found.compare == (("RoleArn", "RoleArns"),)


@pytest.mark.parametrize(
    ("name", "select"),
    [
        (
            "DisassociateBrowserSettings",
            "portal.{browserSettingsArn: browserSettingsArn}",
        ),
        ("RemovePortalTemplateUri", "portal.{templateUri: rendering.templateUri}"),
    ],
)
def test_a_part_of_the_parent_is_taken_away(name, select):
    kit = Kit().shape("Rendering", {"templateUri": "string"})
    members = {"browserSettingsArn": "string", "rendering": "Rendering"}
    kit.shape("Portal", {"portalArn": "string", **members})
    kit.op(name, {"portalArn!": "string"}, {})
    kit.op("GetPortal", {"portalArn!": "string"}, {"portal": "Portal"})
    found = reader(kit, name)
    assert (found.select, found.container) == (select, False)


def test_an_association_is_no_parent_of_what_it_ties():
    kit = Kit().shape("Association", {"associationId": "string", "serviceId": "string"})
    kit.op("DisassociateService", {"associationId!": "string"}, {})
    kit.op("GetAssociation", {"associationId!": "string"}, {"a": "Association"})
    found = reader(kit, "DisassociateService")
    assert found.select in {None, "a"}


def test_a_reader_that_takes_nothing_shows_the_only_one():
    kit = Kit().op("PutChannel", {"TopicArn!": "string", "RoleName!": "string"}, {})
    kit.op("GetChannel", {}, {"TopicArn": "string", "RoleName": "string"})
    kit.op("RegisterAccount", {"Key": "string"}, {})
    kit.op("GetAccountStatus", {}, {"Status": "string"})
    kit.op("DeletePart", {"PartId!": "string"}, {})
    kit.op("GetPart", {}, {"Size": "string"})
    both = (("RoleName", "RoleName"), ("TopicArn", "TopicArn"))
    assert reader(kit, "PutChannel").compare == both
    assert find(kit, "RegisterAccount").value is None
    assert find(kit, "DeletePart").value is None


def test_of_the_only_one_an_empty_answer_means_that_it_is_not_there():
    kit = Kit().op("CreateCenter", {"InstanceArn!": "string"}, {})
    kit.op("GetCenter", {}, {"InstanceArn": "string"})
    found = reader(kit, "CreateCenter")
    assert (found.params, found.absent_when_empty) == ((), True)


def test_a_structure_that_a_reader_requires_is_filled_member_by_member():
    kit = Kit().shape("Execution", {"workflowId!": "string", "runId": "string"})
    takes = {"domain!": "string", "workflowId!": "string", "runId": "string"}
    kit.op("TerminateExecution", takes, {})
    takes = {"domain!": "string", "execution!": "Execution"}
    kit.op("DescribeExecution", takes, {"status": "string"})
    assert dict(reader(kit, "TerminateExecution").params) == {
        "domain": "domain",
        "execution.workflowId": "workflowId",
        "execution.runId": "runId",
    }


def test_a_version_is_told_by_its_number_and_its_owner():
    kit = Kit().shape("Version", {"bookId": "string", "version": "integer"})
    output = {"bookId": "string", "version": "integer"}
    kit.op("CreateBookVersion", {"bookId!": "string"}, output)
    kit.op("ListBookVersions", {"bookId!": "string"}, {"bookVersions": "[Version]"})
    found = reader(kit, "CreateBookVersion")
    assert found.match_created == (("bookId", "bookId"), ("version", "version"))


def test_the_id_of_something_new_may_be_deep_inside_but_not_anothers():
    kit = Kit().shape("Core", {"PeeringId": "string", "id": "string"})
    kit.shape("Peering", {"Peering": "Core"})
    kit.op("CreateVpcPeering", {"VpcArn!": "string"}, {"VpcPeering": "Peering"})
    kit.op("GetVpcPeering", {"PeeringId!": "string"}, {"VpcArn": "string"})
    made = (("PeeringId", "VpcPeering.Peering.PeeringId"),)
    assert reader(kit, "CreateVpcPeering").created == made


def test_all_that_a_tie_is_made_from_tells_whether_it_is_there():
    kit = Kit().shape("Member", {"roomId": "string", "userArn": "string"})
    takes = {"roomId!": "string", "userArn!": "string", "level!": "string"}
    kit.op("CreateRoomMembership", takes, {})
    takes = {"roomId": "string", "userArn": "string"}
    kit.op("DescribeRoomMemberships", takes, {"memberships": "[Member]"})
    both = (("roomId", "roomId"), ("userArn", "userArn"))
    assert reader(kit, "CreateRoomMembership").match == both


def test_the_name_inside_of_a_structure_names_it():
    kit = Kit().shape("Rule", {"Name!": "string", "Size": "integer"})
    kit.op("UpdateRule", {"Rule!": "Rule", "SetName!": "string"}, {})
    takes = {"RuleName!": "string", "SetName!": "string"}
    kit.op("DescribeRule", takes, {"Rule": "Rule"})
    found = reader(kit, "UpdateRule")
    assert ("RuleName", "Rule.Name") in found.params
    assert ("Rule.Size", "Size") in found.compare


def test_an_item_may_hold_what_names_it_in_its_one_structure():
    kit = Kit().shape("Hook", {"name!": "string", "target": "string"})
    kit.shape("Item", {"definition": "Hook", "url": "string"})
    kit.op("DeleteHook", {"name!": "string"}, {})
    kit.op("PutHook", {"hook!": "Hook"}, {})
    kit.op("ListHooks", {}, {"hooks": "[Item]"})
    assert reader(kit, "DeleteHook").match == (("definition.name", "name"),)
    assert reader(kit, "PutHook").match == (("definition.name", "hook.name"),)


def test_one_of_several_optional_identifiers_names_the_owner():
    kit = Kit().shape("Wall", {"WallName": "string", "Protected": "boolean"})
    ids = {"WallArn": "string", "WallName": "string"}
    kit.op("UpdateWallProtection", {"Protected!": "boolean", **ids}, {})
    kit.op("DescribeWall", ids, {"Wall": "Wall"})
    found = reader(kit, "UpdateWallProtection")
    assert dict(found.params) == {"WallArn": "WallArn", "WallName": "WallName"}
    assert found.compare == (("Protected", "Protected"),)


def test_a_tie_that_is_only_told_by_its_new_id_is_read_afterwards():
    kit = Kit().shape("Tie", {"associationId": "string", "state": "string"})
    takes = {"leftId!": "string", "rightId!": "string"}
    kit.op("AssociateApi", takes, {"association": "Tie"})
    takes = {"associationId!": "string"}
    kit.op("GetApiAssociation", takes, {"association": "Tie"})
    made = (("associationId", "association.associationId"),)
    assert reader(kit, "AssociateApi").created == made


def test_two_names_of_one_tie_have_to_stand_in_the_same_item():
    kit = Kit().shape("Role", {"RoleArn": "string", "FeatureName": "string"})
    takes = {"NodeId!": "string", "RoleArn!": "string", "FeatureName!": "string"}
    kit.op("AddRoleToNode", takes, {})
    kit.shape("Node", {"AssociatedRoles": "[Role]"})
    kit.op("GetNode", {"NodeId!": "string"}, {"Node": "Node"})
    found = reader(kit, "AddRoleToNode")
    both = (("FeatureName", "FeatureName"), ("RoleArn", "RoleArn"))
    assert (found.select, found.match) == ("Node.AssociatedRoles", both)
    assert found.compare == ()
