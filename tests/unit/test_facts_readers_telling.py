"""Items that are told by a value, by all that a listing is asked for, deep inside."""

import pytest
from codegen_kit import Kit
from reader_kit import contained, find, reader
from smithgate_codegen.knowledge.orders import same_thing
from smithgate_codegen.knowledge.words import head_of


def test_a_child_is_looked_up_several_levels_down():
    kit = Kit().shape("Entry", {"EntryId": "string", "Note": "string"})
    kit.shape("Group", {"Entries": "[Entry]", "Other": "[Entry]"})
    kit.shape("Book", {"BookId": "string", "Groups": "[Group]"})
    takes = {"BookId!": "string", "EntryId!": "string", "Note": "string"}
    kit.op("UpdateBookEntry", takes, {})
    kit.op("GetBook", {"BookId!": "string"}, {"Book": "Book"})
    found = reader(kit, "UpdateBookEntry")
    assert found.select == "Book.Groups[].Entries[]"
    assert found.match == (("EntryId", "EntryId"),)
    assert found.compare == (("Note", "Note"),)


def test_a_child_is_looked_up_in_its_parent_that_a_listing_was_asked_for():
    kit = Kit().shape("Sink", {"SinkName": "string"})
    kit.shape("Set", {"SetName": "string", "Sinks": "[Sink]", "Others": "[Sink]"})
    kit.op("DeleteSink", {"SetName!": "string", "SinkName!": "string"}, {})
    kit.op("DescribeSets", {"SetNames": "[string]"}, {"Sets": "[Set]"})
    found = reader(kit, "DeleteSink")
    assert found.params == (("SetNames[0]", "SetName"),)
    assert (found.select, found.match) == ("Sets[0].Sinks", (("SinkName", "SinkName"),))


def test_a_text_in_a_listing_of_such_texts_is_the_thing():
    kit = Kit()
    for verb in ("Associate", "Disassociate"):
        takes = {"SiteId!": "string", "Origin!": "string"}
        kit.op(f"{verb}ApprovedOrigin", takes, {})
    kit.op("ListApprovedOrigins", {"SiteId!": "string"}, {"Origins": "[string]"})
    for verb in ("Associate", "Disassociate"):
        found = reader(kit, f"{verb}ApprovedOrigin")
        assert (found.select, found.match) == ("Origins", (("", "Origin"),))


def test_a_text_that_a_thing_is_made_from_is_not_looked_up_as_the_thing():
    kit = Kit().op("RunTask", {"definition!": "string"}, {})
    kit.op("ListTasks", {}, {"tasks": "[string]"})
    assert find(kit, "RunTask").value is None


def test_a_structure_that_is_given_tells_the_item_by_its_name_or_by_all_of_it():
    kit = Kit().shape("Filter", {"Name!": "string", "Cidr!": "string"})
    kit.op("CreateFilter", {"Filter!": "Filter"}, {})
    kit.op("DeleteFilter", {"Filter!": "Filter"}, {})
    kit.op("ListFilters", {}, {"Filters": "[Filter]"})
    assert reader(kit, "CreateFilter").match == (("Name", "Filter.Name"),)
    both = (("Cidr", "Filter.Cidr"), ("Name", "Filter.Name"))
    assert reader(kit, "DeleteFilter").match == both


def test_several_structures_tell_the_items_by_all_that_names_them():
    kit = Kit().shape("Agent", {"agentId!": "string"})
    kit.shape("Pair", {"left!": "string", "right!": "string"})
    kit.op("BatchDeleteAgents", {"agents!": "[Agent]"}, {})
    kit.op("ListAgents", {}, {"agents": "[Agent]"})
    kit.op("BatchDeletePairs", {"pairs!": "[Pair]"}, {})
    kit.op("ListPairs", {}, {"pairs": "[Pair]"})
    assert reader(kit, "BatchDeleteAgents").match == (("agentId", "agents[].agentId"),)
    both = (("left", "pairs[].left"), ("right", "pairs[].right"))
    assert reader(kit, "BatchDeletePairs").match == both


def test_all_that_a_listing_is_asked_for_tells_the_item():
    kit = Kit().shape("Bond", {"LeftId": "string", "RightId": "string"})
    for verb in ("Delete", "Create"):
        takes = {"LeftId!": "string", "RightId!": "string"}
        kit.op(f"{verb}Bond", takes, {})
    takes = {"LeftId": "string", "RightId": "string"}
    kit.op("ListBonds", takes, {"Bonds": "[Bond]"})
    both = (("LeftId", "LeftId"), ("RightId", "RightId"))
    assert reader(kit, "DeleteBond").match == both


def test_what_is_made_is_not_told_by_its_parent():
    kit = Kit().shape("Note", {"BookId": "string", "Text": "string"})
    kit.op("CreateNote", {"BookId!": "string", "Text": "string"}, {})
    kit.op("ListNotes", {"BookId!": "string"}, {"Notes": "[Note]"})
    contained(kit, "CreateNote")


def test_a_noun_of_the_same_words_in_another_order_is_the_same():
    kit = Kit().shape("Member", {"memberId": "string"})
    takes = {"farmId!": "string", "memberId!": "string"}
    kit.op("AssociateMemberToFarm", takes, {})
    kit.op("ListFarmMembers", {"farmId!": "string"}, {"members": "[Member]"})
    kit.op("GetFarm", {"farmId!": "string"}, {"name": "string"})
    found = reader(kit, "AssociateMemberToFarm")
    assert found.operation == "kit:ListFarmMembers"
    assert found.match == (("memberId", "memberId"),)


def test_a_tie_may_be_listed_under_the_name_of_its_owner():
    kit = Kit().shape("Identity", {"Identity": "string"})
    takes = {"PoolId!": "string", "IdentityId!": "string"}
    kit.shape("Identity", {"IdentityId": "string"})
    kit.op("DisassociateIdentity", takes, {})
    kit.op("ListPoolIdentities", {"PoolId!": "string"}, {"Identities": "[Identity]"})
    found = reader(kit, "DisassociateIdentity")
    assert found.operation == "kit:ListPoolIdentities"


@pytest.mark.parametrize(
    ("verb", "takes"),
    [
        ("Remove", {"BookId!": "string", "Marks!": "[string]"}),
        ("Disassociate", {"BookId!": "string", "Marks!": "[string]"}),
    ],
)
def test_the_whole_parent_is_not_what_a_list_of_its_parts_takes_away(verb, takes):
    kit = Kit().op(f"{verb}BookMarks", takes, {})
    kit.op("GetBook", {"BookId!": "string"}, {"BookId": "string", "Title": "string"})
    contained(kit, f"{verb}BookMarks")


def test_the_items_of_a_list_of_owners_are_not_the_thing():
    kit = Kit().shape("Book", {"BookName": "string"})
    takes = {"ShelfId!": "string", "BookName!": "string"}
    kit.op("DeleteBookNotes", takes, {})
    kit.op("ListBooks", {"ShelfId!": "string"}, {"BookList": "[Book]"})
    contained(kit, "DeleteBookNotes")


@pytest.mark.parametrize(
    ("noun", "head"),
    [
        ("TaskFromMaintenanceWindow", "Task"),
        ("PointInTimeRecovery", "PointInTimeRecovery"),
        ("OptInStatus", "OptInStatus"),
        ("TagsForResource", "Tags"),
    ],
)
def test_the_head_of_a_noun_is_the_thing_itself(noun, head):
    assert head_of(noun) == head


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("MemberToFarm", "FarmMembers", True),
        ("FolderMembership", "FolderMembers", True),
        ("Membership", "Members", False),
        ("AllBackends", "Backend", False),
    ],
)
def test_two_nouns_name_one_thing(left, right, same):
    assert same_thing(left, right) is same
