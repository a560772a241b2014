"""Documents that are there whatever becomes of a new thing or a tie."""

import pytest
from codegen_kit import Kit
from reader_kit import contained, reader, reason


def test_a_detached_thing_is_not_lost():
    kit = Kit().shape("Disk", {"DiskName": "string", "Size": "integer"})
    kit.op("DetachDisk", {"DiskName!": "string"}, {})
    kit.op("GetDisk", {"DiskName!": "string"}, {"Disk": "Disk"})
    assert contained(kit, "DetachDisk")


@pytest.mark.parametrize("noun", ["PoliciesForTarget", "TargetPolicies"])
def test_a_reader_that_says_so_shows_the_tie(noun):
    kit = Kit().shape("Policy", {"PolicyId": "string", "Name": "string"})
    kit.op("DetachPolicy", {"PolicyId!": "string", "TargetId!": "string"}, {})
    kit.op(f"List{noun}", {"TargetId!": "string"}, {"Policies": "[Policy]"})
    found = reader(kit, "DetachPolicy")
    assert (found.container, found.match) == (False, (("PolicyId", "PolicyId"),))


def test_an_owner_found_among_its_like_is_no_tie():
    kit = Kit().shape("Profile", {"ProfileId": "string", "Name": "string"})
    takes = {"AppId!": "string", "ProfileId!": "string", "Queues": "[string]"}
    kit.op("AssociateProfileQueues", takes, {})
    kit.op("ListProfiles", {"AppId!": "string"}, {"Profiles": "[Profile]"})
    assert contained(kit, "AssociateProfileQueues")


def test_what_a_new_thing_is_made_from_does_not_make_it_exist():
    kit = Kit().shape(
        "Prompt", {"PromptId": "string", "Text": "string", "By": "string"}
    )
    kit.op("CreatePromptVersion", {"PromptId!": "string"}, {"Prompt": "Prompt"})
    kit.op("GetPrompt", {"PromptId!": "string"}, {"Prompt": "Prompt"})
    assert contained(kit, "CreatePromptVersion")


def test_a_listing_is_not_matched_by_what_others_have_as_well():
    kit = Kit().shape("Box", {"Kind": "string", "BoxName": "string", "Text": "string"})
    kit.op("CreateBoxes", {"KindId!": "string", "boxNames!": "[string]"}, {})
    kit.shape("Other", {"KindId": "string", "Text": "string", "More": "string"})
    kit.op("GetBoxes", {}, {"Boxes": "[Other]"})
    assert reason(kit, "CreateBoxes").endswith("shows what stays as it is")
