"""What a reader still tells after a deletion: the part that goes, and empty answers."""

from codegen_kit import Kit
from reader_kit import reader


def test_a_deletion_takes_the_part_that_bears_its_noun():
    kit = Kit()
    kit.op("DeleteResourcePolicy", {"SecretId!": "string"}, {})
    shown = {"ARN": "string", "Name": "string", "ResourcePolicy": "string"}
    kit.op("GetResourcePolicy", {"SecretId!": "string"}, shown)
    found = reader(kit, "DeleteResourcePolicy")
    assert found.select == "{ResourcePolicy: ResourcePolicy}"
    assert not found.absent_when_empty  # a selected part always counts as gone


def test_what_is_more_than_an_echo_goes_as_well():
    kit = Kit()
    kit.op("DeleteResourcePolicy", {"SecretId!": "string"}, {})
    shown = {"ResourcePolicy": "string", "Comment": "string"}
    kit.op("GetResourcePolicy", {"SecretId!": "string"}, shown)
    assert reader(kit, "DeleteResourcePolicy").select is None


def test_an_empty_answer_means_gone_except_to_a_mere_look():
    kit = Kit()
    kit.op("DeleteLimit", {"QueueId!": "string"}, {})
    kit.op("GetLimit", {"QueueId!": "string"}, {"Most": "string"})
    kit.op("PutLimit", {"QueueId!": "string", "Most": "string"}, {})
    assert reader(kit, "DeleteLimit").absent_when_empty
    assert not reader(kit, "PutLimit").absent_when_empty
    kit = Kit()
    kit.op("DeleteBox", {"BoxId!": "string"}, {})
    kit.op("HeadBox", {"BoxId!": "string"}, {"Region": "string"})
    assert not reader(kit, "DeleteBox").absent_when_empty
