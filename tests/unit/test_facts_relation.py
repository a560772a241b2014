"""Which of several operations is the reader: owners, shapes, plurals, previews."""

import pytest
from codegen_kit import Kit
from reader_kit import contained, reader, reason
from smithgate_codegen.knowledge.words import bare_noun, singular_of


def owned(verb: str, noun: str, **members: str) -> Kit:
    """Return what is done to something inside of a channel, and the channels' list."""
    kit = Kit().shape("Channel", {"channelId": "string", "status": "string"})
    takes = {"groupId!": "string", "channelId!": "string", **members}
    kit.op(f"{verb}{noun}", takes, {})
    kit.op("ListChannels", {"groupId!": "string"}, {"channels": "[Channel]"})
    return kit


@pytest.mark.parametrize("verb", ["Delete", "Create"])
def test_the_owner_in_a_list_is_not_the_thing_inside_of_it(verb):
    contained(owned(verb, "ChannelData"), f"{verb}ChannelData")


def test_an_update_inside_of_the_owner_is_read_where_the_owner_shows_it():
    kit = owned("Update", "ChannelStatus", status="string")
    assert reader(kit, "UpdateChannelStatus").compare == (("status", "status"),)


@pytest.mark.parametrize("name", ["DisassociateGroupMember", "DeleteChannelFromGroup"])
def test_the_owners_list_shows_what_is_tied_to_it(name):
    kit = owned(name, "")
    found = reader(kit, name)
    assert (found.operation, found.container) == ("kit:ListChannels", False)
    assert found.match == (("channelId", "channelId"),)


def bought(**lists: str) -> Kit:
    """Return the purchase of an offering, which makes a reservation."""
    kit = Kit()
    booking = {"bookingId": "string", "offeringId": "string", "start": "string"}
    kit.shape("Booking", booking)
    kit.shape("Offering", {"offeringId": "string", "a": "string", "b": "string"})
    takes = {"offeringId!": "string", "start": "string"}
    kit.op("PurchaseOffering", takes, {"booking": "Booking"})
    kit.op("DescribeOffering", {"offeringId!": "string"}, {"offering": "Offering"})
    for name, output in lists.items():
        kit.op(name, {}, {"bookings": output})
    return kit


def test_what_is_made_from_something_is_read_by_the_shape_that_comes_back():
    kit = bought()
    kit.op("DescribeBooking", {"bookingId!": "string"}, {"booking": "Booking"})
    found = reader(kit, "PurchaseOffering")
    assert found.operation == "kit:DescribeBooking"
    assert found.created == (("bookingId", "booking.bookingId"),)


def test_a_listing_of_the_shape_leads_to_the_reader_of_one():
    kit = bought(ListBookings="[Booking]")
    members = {"bookingId": "string", "start": "string"}
    kit.op("DescribeBooking", {"bookingId!": "string"}, members)
    assert reader(kit, "PurchaseOffering").operation == "kit:DescribeBooking"


def test_a_preview_shows_nothing_that_is_there():
    kit = Kit().op("UpdateThing", {"thingId!": "string", "a": "string"}, {})
    kit.op("GetThingPreview", {"thingId!": "string"}, {"a": "string"})
    kit.op("ListThings", {"thingId": "string"}, {"a": "string"})
    assert reader(kit, "UpdateThing").operation == "kit:ListThings"


@pytest.mark.parametrize(
    ("noun", "one"),
    [
        ("Alias", "Alias"),
        ("Aliases", "Alias"),
        ("FlowAlias", "FlowAlias"),
        ("EventBuses", "EventBus"),
        ("Analyses", "Analyse"),
        ("Statuses", "Status"),
        ("Classes", "Class"),
        ("Apis", "Api"),
        ("Policies", "Policy"),
    ],
)
def test_nouns_that_end_in_s_are_no_plurals(noun, one):
    assert singular_of(noun) == one


def test_a_status_is_about_its_thing_in_either_number():
    assert bare_noun("InstanceStatuses") == bare_noun("InstanceStatus") == "instance"


def test_an_alias_is_read_by_what_it_is_called():
    kit = Kit().shape("Alias", {"AliasName": "string", "KeyId": "string"})
    kit.op("UpdateAlias", {"AliasName!": "string", "KeyId!": "string"}, {})
    kit.op("ListAliases", {}, {"Aliases": "[Alias]"})
    found = reader(kit, "UpdateAlias")
    assert found.match == (("AliasName", "AliasName"),)


def test_a_listing_of_the_very_noun_comes_before_one_of_what_it_is_about():
    kit = Kit()
    kit.shape("Scan", {"name": "string", "scanConfigurationId": "string"})
    kit.op("DeleteScanConfiguration", {"scanConfigurationId!": "string"}, {})
    kit.op("ListScans", {}, {"scans": "[Scan]"})
    kit.op("ListScanConfigurations", {}, {"scanConfigurations": "[Scan]"})
    found = reader(kit, "DeleteScanConfiguration")
    assert found.operation == "kit:ListScanConfigurations"


def test_how_the_call_itself_gets_on_is_not_what_it_makes():
    kit = Kit().shape("ChangeInfo", {"Id": "string", "At": "string", "By": "string"})
    kit.op("CreateKey", {"ZoneId!": "string"}, {"ChangeInfo": "ChangeInfo"})
    kit.op("GetChange", {"Id!": "string"}, {"ChangeInfo": "ChangeInfo"})
    kit.op("GetZone", {"ZoneId!": "string"}, {"A": "string"})
    assert contained(kit, "CreateKey").operation == "kit:GetZone"


def test_what_shares_a_shape_and_is_only_told_the_parent_shows_others():
    kit = Kit().shape("Member", {"GroupId": "string", "A": "string", "B": "string"})
    kit.op("CreateMembers", {"GroupId!": "string"}, {"Members": "[Member]"})
    kit.op("ListInvitations", {}, {"Invitations": "[Member]"})
    assert reason(kit, "CreateMembers").endswith("shows what stays as it is")


def test_the_plain_name_of_one_thing_does_not_pick_another():
    kit = Kit().shape("Zone", {"Id": "string", "Name": "string"})
    kit.op("CreateKey", {"ZoneId!": "string", "Name!": "string"}, {})
    kit.op("ListZones", {}, {"Zones": "[Zone]"})
    kit.op("GetZone", {"Id!": "string"}, {"Zone": "Zone"})
    assert contained(kit, "CreateKey").operation == "kit:GetZone"
