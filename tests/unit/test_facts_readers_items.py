"""Which item of a reader's answer is meant, new ids, ties, switches, reasons."""

import pytest
from codegen_kit import Kit
from reader_kit import contained, reader, reason
from smithgate_codegen.ir import (
    Change,
    How,
    Risk,
    Unreadable,
)
from smithgate_codegen.knowledge.change import change_of
from smithgate_codegen.knowledge.readers import Readers


def test_every_required_identifier_selects():
    kit = Kit().shape("Key", {"UserName": "string", "KeyId": "string"})
    kit.op("DeleteAccessKey", {"UserName!": "string", "KeyId!": "string"}, {})
    kit.op("ListAccessKeys", {"UserName": "string"}, {"Keys": "[Key]"})
    found = reader(kit, "DeleteAccessKey")
    assert found.params == (("UserName", "UserName"),)
    assert (found.select, found.match) == ("Keys", (("KeyId", "KeyId"),))


def test_a_child_is_looked_up_inside_its_parent():
    kit = Kit().shape("Route", {"Cidr": "string", "RouteId": "string"})
    kit.shape("Table", {"TableId": "string", "Routes": "[Route]"})
    kit.op("DeleteRoute", {"TableId!": "string", "RouteId!": "string"}, {})
    kit.op("GetTable", {"TableId!": "string"}, {"Table": "Table"})
    found = reader(kit, "DeleteRoute")
    assert (found.select, found.match) == ("Table.Routes", (("RouteId", "RouteId"),))


def test_a_list_of_other_things_is_no_child():
    kit = Kit().shape("App", {"Id": "string", "Name": "string"})
    kit.op("UpdateServerConfig", {"ServerId!": "string", "Option": "string"}, {})
    kit.op("GetServerDetails", {"ServerId!": "string"}, {"Apps": "[App]"})
    found = reader(kit, "UpdateServerConfig")
    assert (found.select, found.match, found.compare) == (None, (), ())


def test_the_id_of_something_new_comes_from_the_output():
    kit = Kit().shape("Api", {"ApiId": "string", "Name": "string"})
    kit.op("CreateApi", {"Name!": "string"}, {"ApiId": "string"})
    kit.op("GetApi", {"ApiId!": "string"}, {"Name": "string"})
    found = reader(kit, "CreateApi")
    assert (found.params, found.created) == ((), (("ApiId", "ApiId"),))
    assert found.compare == (("Name", "Name"),)


def test_an_item_of_a_listing_is_found_by_the_new_id():
    kit = Kit().shape("Cluster", {"ClusterId": "string", "Mode": "string"})
    kit.op("CreateCluster", {"Mode": "string"}, {"Cluster": "Cluster"})
    kit.op("DescribeClusters", {"Filter": "{string}"}, {"Clusters": "[Cluster]"})
    found = reader(kit, "CreateCluster")
    assert found.match_created == (("ClusterId", "Cluster.ClusterId"),)
    assert found.select == "Clusters"


def test_what_a_reader_filters_by_is_not_what_the_request_sets():
    kit = Kit().shape("Setting", {"name": "string", "value": "string"})
    kit.op("PutSetting", {"name!": "string", "value!": "string"}, {})
    kit.op(
        "ListSettings", {"name": "string", "value": "string"}, {"settings": "[Setting]"}
    )
    found = reader(kit, "PutSetting")
    assert found.params == (("name", "name"),)
    assert found.compare == (("value", "value"),)


def test_a_singleton_is_not_read_for_many_or_with_its_id_left_out():
    kit = Kit().op("BatchUpdateNumber", {"Items!": "[string]"}, {})
    kit.op("GetNumberSettings", {}, {"Name": "string"})
    kit.op("PutNode", {"Cluster!": "string", "Size": "integer"}, {})
    kit.op("GetNode", {"Cluster!": "string", "NodeId": "string"}, {"Size": "integer"})
    assert "is not told what to read" in reason(kit, "BatchUpdateNumber")
    assert contained(kit, "PutNode").operation == "kit:GetNode"


def test_start_and_stop_say_what_the_state_will_be():
    kit = Kit().enum("State", "RUNNING", "STOPPED", "PENDING")
    for verb in ("Start", "Stop"):
        kit.op(f"{verb}Engine", {"EngineId!": "string"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"State": "State"})
    assert reader(kit, "StartEngine").expect == (("State", "RUNNING"),)
    assert reader(kit, "StopEngine").expect == (("State", "STOPPED"),)


def test_ties_are_compared_as_added_and_removed():
    kit = Kit().shape("Item", {"ProfileArn": "string"})
    kit.shape("Work", {"WorkId": "string", "Profiles": "[Item]"})
    for verb in ("Associate", "Disassociate"):
        takes = {"WorkId!": "string", "ProfileArns!": "[string]"}
        kit.op(f"{verb}Profiles", takes, {})
    kit.op("GetWork", {"WorkId!": "string"}, {"Work": "Work"})
    tied, untied = reader(kit, "AssociateProfiles"), reader(kit, "DisassociateProfiles")
    assert tied.compare == untied.compare == (("ProfileArns", "Profiles[].ProfileArn"),)
    assert tied.how == (("ProfileArns", How.ADD),)
    assert untied.how == (("ProfileArns", How.REMOVE),)


def test_keys_of_tags_to_remove_are_keys():
    kit = Kit().shape("Tag", {"Key": "string", "Value": "string"})
    kit.op("UntagResource", {"Arn!": "string", "TagKeys!": "[string]"}, {})
    kit.op("ListTagsForResource", {"Arn!": "string"}, {"Tags": "[Tag]"})
    found = reader(kit, "UntagResource")
    assert (found.compare, found.how) == (
        (("TagKeys", "Tags"),),
        (("TagKeys", How.KEYS),),
    )


def test_names_that_differ_by_the_things_own_name_are_one():
    kit = Kit().shape("Subnet", {"SubnetId": "string"})
    kit.op(
        "UpdateGroup",
        {"GroupName!": "string", "GroupDescription": "string", "SubnetIds": "[string]"},
        {},
    )
    kit.op(
        "GetGroup",
        {"GroupName!": "string"},
        {"Description": "string", "Subnets": "[Subnet]"},
    )
    found = reader(kit, "UpdateGroup")
    assert dict(found.compare) == {
        "GroupDescription": "Description",
        "SubnetIds": "Subnets[].SubnetId",
    }
    assert found.how == (("SubnetIds", How.SET),)


@pytest.mark.parametrize(
    ("name", "takes", "change"),
    [
        ("AttachPolicy", {}, Change.ATTACH),
        ("AddUserToGroup", {}, Change.ATTACH),
        ("RemoveUserFromGroup", {}, Change.DETACH),
        ("StartEngine", {"EngineId!": "string"}, Change.START),
        ("StartJobRun", {"JobName!": "string"}, Change.CREATE),
        ("PauseEngine", {}, Change.STOP),
    ],
)
def test_ties_and_switches_have_kinds_of_their_own(name, takes, change):
    kit = Kit().op(name, takes, {"JobRunId": "string"})
    assert change_of(kit.subject(name), Risk.WRITE).value is change


def test_the_reason_for_no_reader_is_one_of_a_closed_set():
    kit = Kit().op("SendThing", {"Text!": "string"}, {})
    kit.op("PutSecret", {"Id!": "string"}, {}).op("GetSecret", {"Id!": "string"}, {})
    subjects = kit.subjects()
    readers = Readers(
        by_name=subjects,
        risks={"SendThing": Risk.WRITE, "PutSecret": Risk.WRITE}
        | {"GetSecret": Risk.SENSITIVE},
        absent={},
    )
    sent = readers.find(subjects["SendThing"], Change.OTHER)
    put = readers.find(subjects["PutSecret"], Change.PUT)
    assert (sent.unreadable, put.unreadable) == (
        Unreadable.NO_STATE,
        Unreadable.CONFIDENTIAL,
    )


@pytest.mark.parametrize(
    ("status", "gone"),
    [
        ("string", (("ThingStatus", ("deleting", "deleted")),)),
        ("Status", (("ThingStatus", ("DELETED", "DELETE_IN_PROGRESS")),)),
        ("Nested", (("ThingStatus.Code", ("DELETED", "DELETE_IN_PROGRESS")),)),
        ("Plain", ()),
        ("integer", ()),
    ],
)
def test_what_is_deleted_may_still_be_shown_for_a_while(status, gone):
    kit = Kit().enum("Status", "ACTIVE", "DELETED", "DELETE_IN_PROGRESS", "FAILED")
    kit.enum("Plain", "ACTIVE", "DELETE_FAILED")
    kit.shape("Nested", {"Code": "Status", "Message": "string"})
    kit.shape("Thing", {"Name": "string", "ThingStatus": status})
    kit.op("DeleteThing", {"Name!": "string"}, {})
    kit.op("UpdateThing", {"Name!": "string", "Size": "integer"}, {})
    kit.op("GetThing", {"Name!": "string"}, {"Thing": "Thing"})
    assert reader(kit, "DeleteThing").gone == gone
    assert reader(kit, "UpdateThing").gone == ()


def test_deleting_a_whole_tagging_is_a_delete():
    kit = Kit().op("DeleteThingTagging", {"Name!": "string"}, {})
    kit.op("DeleteTags", {"Name!": "string", "Keys": "[string]"}, {})
    subjects = kit.subjects()
    found = {name: change_of(subjects[name], Risk.WRITE).value for name in subjects}
    assert found == {"DeleteThingTagging": Change.DELETE, "DeleteTags": Change.UNTAG}


def test_an_id_that_comes_back_goes_before_a_name_that_was_given():
    kit = Kit()
    kit.op("CreateFlow", {"name!": "string"}, {"arn": "string", "id": "string"})
    kit.op("GetFlow", {"flowIdentifier!": "string"}, {"name": "string"})
    found = reader(kit, "CreateFlow")
    assert (found.params, found.created) == ((), (("flowIdentifier", "id"),))


def test_an_id_of_the_parent_is_not_taken_for_the_id_of_the_new_thing():
    kit = Kit()
    kit.op("CreateRevision", {"DataSetId!": "string"}, {"Id": "string"})
    takes = {"DataSetId!": "string", "RevisionId!": "string"}
    kit.op("GetRevision", takes, {"Comment": "string"})
    found = reader(kit, "CreateRevision")
    assert found.params == (("DataSetId", "DataSetId"),)
    assert found.created == (("RevisionId", "Id"),)


def test_a_bare_id_inside_the_request_is_of_another_thing():
    kit = Kit().shape("Provider", {"id": "string", "type": "string"})
    kit.op("CreateCluster", {"provider!": "Provider"}, {"id": "string"})
    kit.op("DescribeCluster", {"id!": "string"}, {"provider": "Provider"})
    found = reader(kit, "CreateCluster")
    assert (found.params, found.created) == ((), (("id", "id"),))


def test_a_shape_that_names_nothing_in_particular_ties_no_identifiers():
    kit = Kit().text("ResourceId")
    kit.op("UpdateToken", {"tokenId!": "ResourceId", "name": "string"}, {})
    kit.op("ListTokens", {"viewId!": "ResourceId"}, {"names": "[string]"})
    assert reason(kit, "UpdateToken") == "rule none: ListTokens needs viewId"


@pytest.mark.parametrize(
    ("members", "pairs"),
    [
        ({"Key": "string", "Value": "string"}, (("Tags", "Tags"),)),
        ({"Name": "string", "Value": "string"}, ()),
    ],
)
def test_keys_of_tags_may_stand_in_structures(members, pairs):
    kit = Kit().shape("Given", members)
    kit.shape("Tag", {"Key": "string", "Value": "string"})
    kit.op("RemoveTagsFromThing", {"Arn!": "string", "Tags!": "[Given]"}, {})
    kit.op("ListTagsForThing", {"Arn!": "string"}, {"Tags": "[Tag]"})
    if not pairs:
        assert reason(kit, "RemoveTagsFromThing")
        return
    found = reader(kit, "RemoveTagsFromThing")
    assert (found.compare, found.how) == (pairs, (("Tags", How.KEYS),))


def test_what_is_deregistered_stays_to_be_looked_at():
    kit = Kit().enum("Status", "ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS")
    kit.shape("Plan", {"Name": "string", "Status": "Status"})
    for verb in ("Deregister", "Delete"):
        kit.op(f"{verb}Plan", {"Name!": "string"}, {})
    kit.op("GetPlan", {"Name!": "string"}, {"Plan": "Plan"})
    gone = {verb: reader(kit, f"{verb}Plan").gone for verb in ("Deregister", "Delete")}
    assert gone == {
        "Deregister": (("Status", ("DELETE_IN_PROGRESS", "INACTIVE")),),
        "Delete": (("Status", ("DELETE_IN_PROGRESS",)),),
    }


def test_where_a_thing_is_belongs_to_how_it_is_read():
    kit = Kit()
    takes = {"Name!": "string", "BusName": "string", "State": "string"}
    kit.op("PutRule", takes, {})
    shown = {"Name": "string", "BusName": "string", "State": "string"}
    kit.op("DescribeRule", {"Name!": "string", "BusName": "string"}, shown)
    found = reader(kit, "PutRule")
    assert found.params == (("BusName", "BusName"), ("Name", "Name"))
    assert found.compare == (("State", "State"),)


def test_tags_of_a_list_of_tagged_things_are_told_by_what_was_asked_for():
    kit = Kit().shape("Tag", {"Key": "string", "Value": "string"})
    kit.shape("Tagged", {"ResourceArn": "string", "Tags": "[Tag]"})
    kit.op("TagResource", {"ResourceArn!": "string", "Tags!": "[Tag]"}, {})
    kit.op("UntagResource", {"ResourceArn!": "string", "TagKeys!": "[string]"}, {})
    kit.op("DescribeTags", {"ResourceArns": "[string]"}, {"Descriptions": "[Tagged]"})
    for name, how in (("TagResource", How.TAGS), ("UntagResource", How.KEYS)):
        found = reader(kit, name)
        assert found.select == "Descriptions"
        assert found.match == (("ResourceArn", "ResourceArn"),)
        assert [where for _, where in found.compare] == ["Tags"]
        assert [one for _, one in found.how] == [how]
