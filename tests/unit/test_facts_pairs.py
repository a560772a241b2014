"""Which members of a request are found in the document, under which names."""

from typing import Any

import pytest
from codegen_kit import Kit
from reader_kit import contained, find, reader
from smithgate_codegen.ir import Change, How


def update(takes: dict[str, str], shows: dict[str, str], **shapes: Any) -> Kit:
    kit = Kit()
    for name, members in shapes.items():
        kit.shape(name, members)
    kit.op("UpdateAssetProperty", {"PropertyId!": "string", **takes}, {})
    kit.op("GetAssetProperty", {"PropertyId!": "string"}, shows)
    return kit


def pairs(kit: Kit) -> dict[str, str]:
    return dict(reader(kit, "UpdateAssetProperty").compare)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("AssetPropertyUnit", "Unit"),
        ("propertyUnit", "unit"),
        ("Unit", "AssetPropertyUnit"),
        ("Unit", "PropertyUnit"),
        ("NewUnit", "Unit"),
        ("DesiredUnit", "AssetPropertyUnit"),
        ("UnitIds", "UnitIdsList"),
        ("UnitList", "Unit"),
        ("unitName", None),
        ("CurrentUnit", None),
        ("CollectionVersion", None),
    ],
)
def test_forms_of_a_name(given, shown):
    kit = update({given: "string"}, {shown or "Unit": "string", "Version": "string"})
    assert pairs(kit) == ({given: shown} if shown else {})


@pytest.mark.parametrize(
    ("given", "outer", "inner", "is_known"),
    [
        ("notificationState", "notification", "state", True),
        ("propertyNotificationState", "notification", "state", True),
        ("notificationState", "notificationDetails", "state", True),
        ("notificationState", "alarm", "state", False),
    ],
)
def test_a_name_of_both_levels(given, outer, inner, is_known):
    below = {"Below": {inner: "string"}}
    kit = update({given: "string"}, {outer: "Below", "name": "string"}, **below)
    assert pairs(kit) == ({given: f"{outer}.{inner}"} if is_known else {})


@pytest.mark.parametrize("outer", ["PendingModifiedValues", "LastUpdate"])
def test_what_is_to_come_is_no_present_value(outer):
    below = {"Below": {"Capacity": "string", "Other": "string"}}
    kit = update({"Capacity": "string"}, {outer: "Below", "Name": "string"}, **below)
    assert pairs(kit) == {}


@pytest.mark.parametrize(
    ("outer", "is_known"),
    [("Metadata", True), ("PropertyData", False), ("PropertySummary", True)],
)
def test_a_part_that_stands_for_the_whole(outer, is_known):
    below = {"Below": {"Status": "string", "Other": "string"}}
    kit = update({"Status": "string"}, {outer: "Below", "Name": "string"}, **below)
    assert pairs(kit) == ({"Status": f"{outer}.Status"} if is_known else {})


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("StoreUpdate", "StoreConfiguration"),
        ("StoreConfigurationUpdates", "StoreConfiguration"),
        ("StoreInput", "StoreDescription"),
        ("StoreUpdate", "ShelfConfiguration"),
    ],
)
def test_structures_about_the_same(given, shown):
    shapes = {
        "Wanted": {"Size": "integer", "Force": "boolean"},
        "Found": {"Size": "integer", "Arn": "string"},
    }
    kit = update({given: "Wanted"}, {shown: "Found", "Name": "string"}, **shapes)
    is_same = shown.startswith("Store")
    assert pairs(kit) == ({f"{given}.Size": f"{shown}.Size"} if is_same else {})


def test_a_setting_that_is_shown_with_its_own_status():
    shapes = {
        "Options": {"Size": "integer"},
        "State": {"At": "string"},
        "Shown": {"Options": "Options", "Status": "State"},
        "Plain": {"Options": "integer", "Status": "State"},
    }
    takes = {"DiskOptions": "Options", "Depth": "integer"}
    kit = update(takes, {"DiskOptions": "Shown", "Depth": "Plain"}, **shapes)
    assert pairs(kit) == {
        "DiskOptions": "DiskOptions.Options",
        "Depth": "Depth.Options",
    }


@pytest.mark.parametrize(
    ("given", "how"),
    [
        ("GrantPermissions", How.ADD),
        ("RevokePermissions", How.REMOVE),
        ("AddPermissions", How.ADD),
        ("permissionsToRemove", How.REMOVE),
    ],
)
def test_lists_that_are_added_to(given, how):
    shapes = {"Permission": {"Principal": "string", "Actions": "[string]"}}
    takes, shows = {given: "[Permission]"}, {"Permissions": "[Permission]"}
    found = reader(update(takes, shows, **shapes), "UpdateAssetProperty")
    assert found.compare == ((given, "Permissions"),)
    assert found.how == ((given, how),)


@pytest.mark.parametrize(
    ("member", "is_known"),
    [("RoleArn", True), ("Role", True), ("OwnerArn", False), ("Arn", False)],
)
def test_identifiers_that_are_added_to_structures(member, is_known):
    shapes = {"Item": {member: "string", "Status": "string"}}
    kit = update({"AddRoles": "[string]"}, {"Roles": "[Item]"}, **shapes)
    found = reader(kit, "UpdateAssetProperty")
    assert found.compare == ((("AddRoles", f"Roles[].{member}"),) if is_known else ())
    assert found.how == ((("AddRoles", How.ADD),) if is_known else ())


@pytest.mark.parametrize("member", ["path", "value", "op", None])
def test_a_json_patch_is_of_the_whole_document(member):
    patch = {"op": "string", "path": "string", "value": "string", "from": "string"}
    patch.pop(member or "", None)
    kit = update({"patch": "[Patch]"}, {"Size": "integer"}, Patch=patch)
    found = reader(kit, "UpdateAssetProperty")
    is_patch = member is None
    assert found.compare == ((("patch", ""),) if is_patch else ())
    assert found.how == ((("patch", How.PATCH),) if is_patch else ())


@pytest.mark.parametrize(
    ("values", "shown", "is_known"),
    [
        (("INSERT", "DELETE"), "Rows", True),
        (("INSERT", "DELETE", "COPY"), "Rows", False),
        (("INSERT", "DELETE"), "Lines", False),
    ],
)
def test_actions_on_the_items_of_a_list(values, shown, is_known):
    row = {"Type": "string", "Value": "string"}
    change = {"Action": "Action", "Row": "Row"}
    kit = Kit().enum("Action", *values).shape("Row", row).shape("Change", change)
    kit.op("UpdateTable", {"TableId!": "string", "Updates": "[Change]"}, {})
    kit.op("GetTable", {"TableId!": "string"}, {shown: "[Row]"})
    found = reader(kit, "UpdateTable")
    assert found.compare == ((("Updates", shown),) if is_known else ())
    assert found.how == ((("Updates", How.CHANGES),) if is_known else ())


def test_the_part_of_an_owner_that_is_named_after_what_is_set():
    kit = Kit().shape("Copy", {"Retention": "integer"})
    kit.shape(
        "Engine",
        {"EngineId": "string", "Retention": "integer", "EngineSparkCopy": "Copy"},
    )
    kit.op("UpdateSparkCopy", {"EngineId!": "string", "Retention": "integer"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"Engine": "Engine"})
    found = reader(kit, "UpdateSparkCopy")
    assert found.compare == (("Retention", "EngineSparkCopy.Retention"),)


@pytest.mark.parametrize(
    ("takes", "shows", "is_known"),
    [
        ("SenderId", "DefaultSenderId", True),
        ("Id", "SenderId", True),
        ("SenderId", "OtherSenderId", False),
    ],
)
def test_a_member_that_the_operation_is_called_after(takes, shows, is_known):
    kit = Kit().shape("Engine", {"EngineName": "string", shows: "string"})
    kit.op("SetDefaultSenderId", {"EngineName!": "string", f"{takes}!": "string"}, {})
    kit.op("GetEngine", {"EngineName!": "string"}, {"Engine": "Engine"})
    if is_known:
        found = reader(kit, "SetDefaultSenderId")
        assert (found.match, found.compare) == ((), ((takes, shows),))
    else:
        contained(kit, "SetDefaultSenderId")


def test_attributes_are_asked_for_by_their_names():
    kit = Kit().enum("Names", "size", "colour")
    kit.op("UpdateEngine", {"EngineId!": "string", "Size": "string"}, {})
    takes = {"EngineId!": "string", "EngineAttributeNames": "[Names]"}
    kit.op("GetEngine", takes, {"Size": "string"})
    found = reader(kit, "UpdateEngine")
    assert found.constants == (("EngineAttributeNames", ["colour", "size"]),)


def test_the_identifier_that_was_asked_for_is_no_pair_by_itself():
    kit = Kit().shape("Config", {"EngineId": "string", "Force": "boolean"})
    kit.op("UpdateEngine", {"Config!": "Config"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"EngineId": "string"})
    assert reader(kit, "UpdateEngine").compare == ()
    kit = Kit().op("PutEngine", {"EngineArn": "string", "Size!": "integer"}, {})
    kit.op("GetEngine", {"EngineName": "string"}, {"EngineArn": "string"})
    kit.op("PutEngine", {"EngineName": "string", "EngineArn": "string"}, {})
    assert reader(kit, "PutEngine").compare == ()


def test_what_only_names_its_owner_in_a_list_is_a_container():
    kit = Kit().shape("Engine", {"FleetId": "string", "EngineId": "string"})
    kit.op("DeleteSpark", {"FleetId!": "string", "EngineId!": "string"}, {})
    kit.op("ListEngines", {"FleetId!": "string"}, {"Engines": "[Engine]"})
    contained(kit, "DeleteSpark")


def test_an_optional_identifier_is_asked_by_where_none_is_required():
    kit = Kit().shape("Item", {"EngineName": "string"})
    kit.op(
        "UpdateEngine", {"Token!": "string", "EngineName": "string", "S": "string"}, {}
    )
    kit.op("GetEngine", {"EngineName": "string"}, {"S": "string"})
    kit.op("ListEngines", {"Name": "string"}, {"Engines": "[Item]"})
    found = reader(kit, "UpdateEngine")
    assert (found.operation, found.params) == (
        "kit:GetEngine",
        (("EngineName", "EngineName"),),
    )


def test_a_reader_that_shows_what_is_set_is_taken_before_one_that_does_not():
    kit = Kit().op("UpdateEngine", {"EngineId!": "string", "Size": "integer"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"Body": "string"})
    kit.op("DescribeEngine", {"EngineId!": "string"}, {"Size": "integer"})
    assert reader(kit, "UpdateEngine").operation == "kit:DescribeEngine"


@pytest.mark.parametrize(
    ("listed", "select"),
    [("EngineDetails", "EngineDetails"), ("EngineErrors", None)],
)
def test_a_batch_lists_what_it_is_asked_for(listed, select):
    kit = Kit().shape("Item", {"id": "string", "Size": "integer"})
    kit.op("UpdateEngine", {"id!": "string", "Size": "integer"}, {})
    shows = {listed: "[Item]", "EngineErrorDetails": "[Item]"}
    kit.op("BatchGetEngine", {"ids": "[string]"}, shows)
    assert reader(kit, "UpdateEngine").select == select


def test_an_item_that_carries_the_one_identifier_of_its_owner():
    kit = Kit().shape("Engine", {"EngineId": "string", "Boost": "string"})
    kit.op("UpdateBoost", {"EngineId!": "string", "Boost": "string"}, {})
    shows = {"Engines": "[Engine]", "Marker": "string"}
    kit.op("DescribeEngines", {"EngineId": "string"}, shows)
    found = reader(kit, "UpdateBoost")
    assert (found.select, found.match) == ("Engines", (("EngineId", "EngineId"),))
    assert found.compare == (("Boost", "Boost"),)


@pytest.mark.parametrize("name", ["Keys", "TagKeys", "tagKeyList"])
def test_keys_of_tags_need_not_be_required(name):
    kit = Kit().op("UntagResource", {"Arn!": "string", name: "[string]"}, {})
    kit.op("ListTagsForResource", {"Arn!": "string"}, {"Tags": "{string}"})
    found = reader(kit, "UntagResource", change=Change.UNTAG)
    assert (found.compare, found.how) == (((name, "Tags"),), ((name, How.KEYS),))


@pytest.mark.parametrize(
    ("item", "is_found"),
    [
        ({"Key": "string", "Value": "string"}, True),
        ({"TagKey": "string", "TagValue": "string"}, True),
        ({"Key": "string"}, True),
        ({"Value": "string"}, False),
        ({"Key": "string", "ResourceId": "string"}, False),
    ],
)
def test_tags_are_taken_off_by_structures_of_keys(item, is_found):
    kit = Kit().shape("Tag", item)
    kit.op("RemoveTags", {"Arn!": "string", "Tags!": "[Tag]"}, {})
    kit.op("ListTags", {"Arn!": "string"}, {"Tags": "{string}"})
    fact = find(kit, "RemoveTags", change=Change.UNTAG)
    how = dict(fact.value.how) if fact.value else {}
    assert how == ({"Tags": How.KEYS} if is_found else {})


def test_tags_of_named_things_are_not_those_of_all():
    kit = Kit().op("CreateTags", {"itemIds!": "[string]", "tags!": "{string}"}, {})
    kit.op("DescribeTags", {"Filter": "string"}, {"tags": "{string}"})
    assert find(kit, "CreateTags", change=Change.TAG).value is None


@pytest.mark.parametrize(
    ("wrapper", "is_paired"),
    [
        ("Domain", True),
        ("DomainInput", True),
        ("UpdateDomainRequest", True),
        ("Details", True),
        ("DomainEntry", False),
        ("Provider", False),
    ],
)
def test_the_plain_name_of_a_part_is_not_that_of_the_whole(wrapper, is_paired):
    kit = Kit().shape("Given", {"name": "string", "size": "integer"})
    kit.shape("Domain", {"name": "string", "size": "integer", "zone": "string"})
    takes = {"domainId!": "string", wrapper: "Given"}
    kit.op("UpdateDomain", takes, {})
    kit.op("GetDomain", {"domainId!": "string"}, {"domain": "Domain"})
    pairs = dict(reader(kit, "UpdateDomain").compare)
    assert pairs[f"{wrapper}.size"] == "size"
    assert (f"{wrapper}.name" in pairs) is is_paired


@pytest.mark.parametrize(("kind", "is_paired"), [("string", False), ("Place", True)])
def test_a_revision_that_must_not_have_changed_is_no_value(kind, is_paired):
    kit = Kit().shape("Place", {"bucket": "string"})
    members = {"name": "string", "revision": kind}
    kit.op("UpdateGroup", {"groupId!": "string", **members}, {})
    kit.op("GetGroup", {"groupId!": "string"}, members)
    pairs = dict(reader(kit, "UpdateGroup").compare)
    assert ("revision" in pairs) is is_paired
    assert "name" in pairs
