"""Requests that act each time, whatever state is shown."""

import pytest
from codegen_kit import Kit
from smithgate_codegen.build import derive_service
from smithgate_codegen.ir import Reader
from smithgate_codegen.knowledge.overrides import (
    default_folder,
    load_overrides,
    no_overrides,
)
from smithgate_codegen.sync import BotocoreSource, load_service


def known(kit: Kit, name: str) -> Reader:
    facts = derive_service(kit.service(), no_overrides())
    (subject,) = [s for s in facts.subjects if s.name == name]
    found = facts.reading(subject)["reader"].value
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "text", "acts"),
    [
        ("UpdateBox", "Updates a box.", False),
        ("UpdateBox", "Updates a box and creates a new version.", True),
        ("UpdateBox", "Every time you call it, there is another version.", True),
        ("UpdateBox", "Changing the size creates a new version.", False),
        ("RotateBox", "Rotates a box.", True),
    ],
)
def test_an_update_that_makes_another_version_or_rotates(name, text, acts):
    kit = Kit()
    kit.op(name, {"BoxId!": "string", "Size": "string"}, {}, documentation=text)
    kit.op("GetBox", {"BoxId!": "string"}, {"Size": "string"})
    assert known(kit, name).repeats is acts


@pytest.mark.parametrize(("key", "acts"), [("BoxId!", True), ("BoxVersion!", False)])
def test_a_version_that_the_request_does_not_name_is_another_one(key, acts):
    kit = Kit()
    takes = {"BoxId!": "string", key: "string"}
    kit.op("CreateBoxVersion", takes, {})
    kit.op("GetBoxVersion", takes, {"Size": "string"})
    assert known(kit, "CreateBoxVersion").repeats is acts


def test_what_only_adds_to_a_list_does_not_repeat():
    kit = Kit()
    takes = {"BoxId!": "string", "AddItemIds": "[string]"}
    kit.op("UpdateBox", takes, {}, documentation="This creates a new version.")
    kit.op("GetBox", {"BoxId!": "string"}, {"ItemIds": "[string]"})
    reader = known(kit, "UpdateBox")
    assert reader.how
    assert not reader.repeats


@pytest.mark.parametrize(
    ("operation", "acts"),
    [
        ("amp:PutAnomalyDetector", True),
        ("ecs:UpdateTaskProtection", True),
        ("ecr:StartLifecyclePolicyPreview", True),
        ("kinesis:StartStreamEncryption", False),
        ("pinpoint:UpdateEmailTemplate", True),
        ("secretsmanager:RotateSecret", True),
        ("sqs:PurgeQueue", True),
        ("secretsmanager:UpdateSecret", False),
        ("autoscaling:ResumeProcesses", False),
    ],
)
def test_operations_of_aws(operation, acts):
    service, _, name = operation.partition(":")
    overrides = load_overrides(default_folder(), service)
    facts = derive_service(load_service(service, BotocoreSource()), overrides)
    (subject,) = [s for s in facts.subjects if s.name == name]
    assert facts.reading(subject)["reader"].value.repeats is acts
