"""Which reader is chosen, how it is called, what it is compared with; and refusals."""

import pytest
from codegen_kit import NAMESPACE, Kit
from reader_kit import contained, find, listing, reader, reason, versioning
from smithgate_codegen.ir import (
    Change,
    Reader,
    ReadMode,
    Risk,
)
from smithgate_codegen.knowledge.absent import absent_codes_of


def test_put_is_read_by_get_and_compared_one_wrapper_deep():
    fact = find(versioning(), "PutBucketVersioning")
    assert fact.source == "rule put-get"
    assert fact.value == Reader(
        operation="kit:GetBucketVersioning",
        params=(("Bucket", "Bucket"),),
        compare=(("Config.Mfa", "Mfa"), ("Config.Status", "Status")),
        mode=ReadMode.REPLACE,
    )


def test_a_reader_that_is_no_plain_read_is_never_chosen():
    text = reason(
        versioning(), "PutBucketVersioning", GetBucketVersioning=Risk.SENSITIVE
    )
    assert text == "rule none: GetBucketVersioning is sensitive, not a plain read"


def test_enums_without_a_common_value_are_not_compared():
    kit = Kit().enum("Given", "ON", "OFF").enum("Shown", "STARTING", "ENDING")
    kit.op("PutThing", {"Id!": "string", "State": "Given"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"State": "Shown"})
    assert reader(kit, "PutThing").compare == ()


def test_a_wrapper_named_after_the_thing_is_selected():
    kit = Kit().shape("Role", {"Description": "string", "Path": "string"})
    kit.op("UpdateRole", {"RoleName!": "string", "Description": "string"}, {})
    kit.op("GetRole", {"RoleName!": "string"}, {"Role": "Role"})
    found = reader(kit, "UpdateRole")
    assert (found.select, found.compare) == ("Role", (("Description", "Description"),))
    assert found.mode is ReadMode.PATCH


def test_one_item_of_a_list_is_asked_for_by_identifier():
    found = reader(listing(), "ModifyVpc")
    assert found.params == (("VpcIds[0]", "VpcId"),)
    assert (found.select, found.match) == ("Vpcs", (("VpcId", "VpcId"),))
    assert found.compare == (("Tenancy", "Tenancy"),)


def test_an_optional_identifier_selects_by_match_and_never_by_position():
    found = reader(listing(takes={"VpcId": "string", "Tenancy": "string"}), "ModifyVpc")
    assert (found.params, found.select) == ((), "Vpcs")
    assert found.match == (("VpcId", "VpcId"),)
    assert found.compare == (("Tenancy", "Tenancy"),)


def test_an_item_asked_for_by_its_parent_is_only_contained():
    kit = Kit().shape("Rule", {"FilterId": "string", "RuleId": "string"})
    kit.op("CreateFilterRule", {"FilterId!": "string"}, {})
    kit.op("DescribeFilterRules", {"FilterId": "string"}, {"Rules": "[Rule]"})
    contained(kit, "CreateFilterRule")


def test_an_identifier_that_the_reader_never_hears_of_makes_it_a_container():
    kit = Kit().op("DeletePolicy", {"RoleName!": "string", "PolicyName!": "string"}, {})
    kit.op("GetPolicy", {"RoleName!": "string"}, {"Document": "string"})
    contained(kit, "DeletePolicy")


def test_a_required_member_of_the_reader_must_be_bound():
    kit = Kit().op("DeleteThing", {"Id!": "string"}, {})
    kit.op("GetThing", {"Id!": "string", "Region!": "string"}, {"Name": "string"})
    assert reason(kit, "DeleteThing").endswith("GetThing needs Region")


def test_an_optional_scope_of_both_is_bound():
    kit = Kit().shape("Service", {"serviceName": "string"})
    kit.op("DeleteService", {"cluster": "string", "service!": "string"}, {})
    kit.op(
        "DescribeServices",
        {"cluster": "string", "services!": "[string]"},
        {"services": "[Service]", "failures": "[string]"},
    )
    found = reader(kit, "DeleteService")
    assert dict(found.params) == {"cluster": "cluster", "services[0]": "service"}


def test_a_value_that_an_update_sets_is_compared_and_not_bound():
    kit = Kit().shape("Thing", {"ThingId": "string", "GroupId": "string"})
    kit.op("UpdateThing", {"ThingId!": "string", "GroupId": "string"}, {})
    kit.op(
        "DescribeThings",
        {"ThingId": "string", "GroupId": "string"},
        {"Things": "[Thing]"},
    )
    found = reader(kit, "UpdateThing")
    assert found.params == (("ThingId", "ThingId"),)
    assert found.compare == (("GroupId", "GroupId"),)


@pytest.mark.parametrize("name", ["IfMatch", "SecretKey*"])
def test_preconditions_and_secrets_are_not_handed_to_readers(name):
    kit = Kit().op("DeleteThing", {"ThingId!": "string", name: "string"}, {})
    kit.op("GetThing", {"ThingId!": "string", name: "string"}, {"A": "string"})
    assert reader(kit, "DeleteThing").params == (("ThingId", "ThingId"),)


@pytest.mark.parametrize("name", ["DisassociateThing", "StopThing", "RejectThing"])
def test_what_is_taken_away_is_not_compared_with_what_is_there(name):
    kit = Kit().op(name, {"ThingId!": "string", "Members": "[string]"}, {})
    kit.op("GetThing", {"ThingId!": "string"}, {"Members": "[string]"})
    assert reader(kit, name).compare == ()


def test_preconditions_are_not_compared():
    kit = Kit().op("PutThing", {"Id!": "string", "RevisionId": "string"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"RevisionId": "string"})
    assert reader(kit, "PutThing").compare == ()


def test_a_delete_shows_the_document_and_compares_nothing():
    kit = Kit().op("DeleteThing", {"Id!": "string", "Name": "string"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"Name": "string"})
    found = reader(kit, "DeleteThing")
    assert (found.compare, found.mode) == ((), ReadMode.PATCH)


def test_a_delete_of_a_part_does_not_show_the_whole_as_lost():
    kit = Kit().op("DeleteRoleBoundary", {"RoleName!": "string"}, {})
    kit.op("GetRole", {"RoleName!": "string"}, {"Path": "string"})
    contained(kit, "DeleteRoleBoundary")


def test_an_update_of_a_part_is_read_from_the_whole():
    kit = Kit().op("UpdateRoleDescription", {"RoleName!": "string", "Text": "string"})
    kit.op("GetRole", {"RoleName!": "string"}, {"Text": "string"})
    found = reader(kit, "UpdateRoleDescription")
    assert (found.container, found.compare) == (False, (("Text", "Text"),))


@pytest.mark.parametrize("verb", ["Purchase", "Copy", "Restore"])
def test_what_something_is_made_from_is_not_looked_up(verb):
    kit = Kit().op(f"{verb}Thing", {"ThingId!": "string"}, {})
    kit.op("GetThing", {"ThingId!": "string"}, {"A": "string"})
    assert reason(kit, f"{verb}Thing").endswith("GetThing needs ThingId")


def test_a_streamed_content_is_no_state():
    kit = Kit().op("PutObject", {"Key!": "string"}, {})
    kit.op("GetObject", {"Key!": "string"}, {"Body": "<streaming>"})
    kit.op("HeadObject", {"Key!": "string"}, {"Length": "integer"})
    assert reader(kit, "PutObject").operation == "kit:HeadObject"


def test_a_deprecated_reader_serves_deprecated_writers_only():
    kit = Kit().op("PutThing", {"Id!": "string"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"A": "string"}, deprecated={})
    assert reason(kit, "PutThing").endswith("GetThing is deprecated")


def test_a_reader_that_shows_one_attribute_a_call_is_refused():
    kit = Kit().op("DeleteThingAttribute", {"ThingId!": "string"}, {})
    takes = {"ThingId!": "string", "Attribute": "string"}
    kit.op("DescribeThingAttribute", takes, {"A": "string"})
    assert "one attribute at a time" in reason(kit, "DeleteThingAttribute")


def test_a_reader_that_returns_nothing_unless_asked_is_asked_for_all():
    kit = Kit().enum("AttributeName", "All", "Policy")
    kit.op("SetQueueAttributes", {"QueueUrl!": "string", "Attributes": "{string}"}, {})
    kit.op(
        "GetQueueAttributes",
        {"QueueUrl!": "string", "AttributeNames": "[AttributeName]"},
        {"Attributes": "{string}"},
    )
    found = reader(kit, "SetQueueAttributes")
    assert found.constants == (("AttributeNames", ["All"]),)
    assert found.compare == (("Attributes", "Attributes"),)


def test_tags_are_read_by_the_tag_reader_under_whatever_name():
    kit = Kit().shape("Tag", {"Key": "string", "Value": "string"})
    kit.op("TagResource", {"Arn!": "string", "Tags!": "[Tag]"}, {})
    kit.op("ListTagsForResource", {"Arn!": "string"}, {"TagList": "[Tag]"})
    found = reader(kit, "TagResource")
    assert found.compare == (("Tags", "TagList"),)


def test_a_listing_is_not_taken_for_the_thing_that_is_made():
    kit = Kit().op("CreateCidr", {"PoolId!": "string"}, {})
    kit.op("GetCidrs", {"PoolId!": "string"}, {"Cidrs": "[string]"})
    contained(kit, "CreateCidr")


def test_a_resource_names_its_reader():
    kit = Kit().op("ConfigureThing", {"Id!": "string"}, {}, listed=False)
    kit.op("Inspect", {"Id!": "string"}, {"A": "string"}, listed=False)
    kit.resource("Thing", read="Inspect", update="ConfigureThing")
    fact = find(kit, "ConfigureThing", Inspect=Risk.READ)
    assert fact.source == "trait resource lifecycle read"


def test_structures_of_one_shape_are_one_pair_and_others_go_member_by_member():
    kit = Kit().shape("Same", {"A": "string"})
    kit.shape("Given", {"A": "string", "OnlyGiven": "string"})
    kit.shape("Shown", {"A": "string", "OnlyShown": "string"})
    kit.op("PutThing", {"Id!": "string", "Same": "Same", "Other": "Given"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"Same": "Same", "Other": "Shown"})
    assert reader(kit, "PutThing").compare == (("Other.A", "Other.A"), ("Same", "Same"))


def test_two_members_that_would_land_on_one_path_are_not_paired():
    kit = Kit().shape("One", {"A": "string"}).shape("Two", {"A": "string"})
    kit.op("PutThing", {"Id!": "string", "One": "One", "Two": "Two"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"A": "string"})
    assert reader(kit, "PutThing").compare == ()


def test_recursive_shapes_end():
    kit = Kit().shape("Left", {"Next": "Left"}).shape("Right", {"Next": "Right"})
    kit.op("PutThing", {"Id!": "string", "Tree": "Left"}, {})
    kit.op("GetThing", {"Id!": "string"}, {"Tree": "Right"})
    assert len(reader(kit, "PutThing").compare) <= 1


ERRORS = {
    "NoSuchBucket": None,
    "NoSuchThing": None,
    "ResourceNotFoundException": None,
    "QueueDoesNotExist": "Kit.NonExistentQueue",
    "ClusterNotFoundException": None,
    "ThingNotFoundFault": None,
    "InvalidInput": None,
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "GetThing",
            ("NoSuchThing", "ResourceNotFoundException", "ThingNotFoundFault"),
        ),
        (
            "GetQueue",
            ("Kit.NonExistentQueue", "QueueDoesNotExist", "ResourceNotFoundException"),
        ),
        ("GetBucketTagging", ("ResourceNotFoundException",)),
    ],
)
def test_an_error_about_something_else_does_not_mean_absent(name, expected):
    kit = Kit(errors=ERRORS).op(name, {}, {}, errors=tuple(ERRORS))
    assert absent_codes_of(kit.subject(name)) == expected


def test_nothing_changes_nothing_is_read():
    kit = Kit().op("GetThing", {}, {})
    assert find(kit, "GetThing", Change.NONE).source == "nothing changes"


def test_the_model_shapes_are_left_as_they_are():
    kit = versioning()
    before = kit.model().expect_shape(f"{NAMESPACE}#Config")
    find(kit, "PutBucketVersioning")
    assert kit.model().expect_shape(f"{NAMESPACE}#Config") == before
