"""Updates of which the documentation says that they replace the whole."""

import pytest
from codegen_kit import Kit, subjects_of
from reader_kit import reader
from smithgate_codegen.ir import ReadMode
from smithgate_codegen.knowledge.replacing import says_replaces
from smithgate_codegen.sync import BotocoreSource, load_service


@pytest.mark.parametrize(
    ("operation", "is_whole"),
    [
        ("bedrock-agent:UpdatePrompt", True),
        ("bedrock-agentcore-control:UpdateGateway", True),
        ("cloudfront:UpdateKeyGroup", True),
        ("cognito-idp:UpdateUserPool", True),
        ("connect:UpdateTaskTemplate", True),
        ("imagebuilder:UpdateImagePipeline", True),
        ("partnercentral-selling:UpdateOpportunity", True),
        ("route53:UpdateHostedZoneComment", True),
        ("scheduler:UpdateSchedule", True),
        ("ssm:UpdateAssociation", True),
        ("voice-id:UpdateDomain", True),
        ("wafv2:UpdateWebACL", True),
        ("workmail:UpdateUser", True),
        ("ec2:ModifyTransitGatewayAttachmentNatConfiguration", False),
        ("firehose:UpdateDestination", False),
        ("gamelift:UpdateContainerGroupDefinition", False),
        ("lambda:UpdateFunctionConfiguration", False),
        ("pipes:UpdatePipe", False),
        ("quicksight:UpdateFlow", False),
        ("route53:UpdateHealthCheck", False),
        ("ssm:UpdateMaintenanceWindowTask", False),
    ],
)
def test_the_documentation_says_whether_an_update_replaces(operation, is_whole):
    service, _, name = operation.partition(":")
    model = load_service(service, BotocoreSource()).model
    assert says_replaces(subjects_of(model, service)[name]) is is_whole


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Any optional field that you omit is removed.", ReadMode.REPLACE),
        ("Any field that you omit is removed. The others stay.", ReadMode.REPLACE),
        ("Fields that you omit keep their current values.", ReadMode.PATCH),
        ("Updates a box.", ReadMode.PATCH),
    ],
)
def test_an_update_that_says_so_is_read_as_a_replacement(text, mode):
    kit = Kit()
    takes = {"BoxId!": "string", "Size": "string"}
    kit.op("UpdateBox", takes, {}, documentation=text)
    kit.op("GetBox", {"BoxId!": "string"}, {"Size": "string"})
    assert reader(kit, "UpdateBox").mode is mode


@pytest.mark.parametrize(
    ("creates", "updates", "mode"),
    [
        ({"name!": "string"}, {"id!": "string", "name!": "string"}, ReadMode.REPLACE),
        ({"name": "string"}, {"id!": "string", "name!": "string"}, ReadMode.PATCH),
        ({"name!": "string"}, {"id!": "string", "name": "string"}, ReadMode.PATCH),
    ],
)
def test_an_update_that_asks_again_for_what_the_create_asked_for_is_the_whole(
    creates, updates, mode
) -> None:
    kit = Kit().shape("Box", {"id": "string", "name": "string", "size": "string"})
    kit.op("CreateBox", creates | {"size": "string"}, {"box": "Box"})
    kit.op("UpdateBox", updates | {"size": "string"}, {})
    kit.op("GetBox", {"id!": "string"}, {"box": "Box"})
    assert reader(kit, "UpdateBox").mode is mode


def test_an_update_of_one_setting_alone_leaves_nothing_out() -> None:
    kit = Kit().shape("Box", {"id": "string", "name": "string"})
    kit.op("CreateBox", {"name!": "string"}, {"box": "Box"})
    kit.op("UpdateBox", {"id!": "string", "name!": "string"}, {})
    kit.op("GetBox", {"id!": "string"}, {"box": "Box"})
    assert reader(kit, "UpdateBox").mode is ReadMode.PATCH


def test_a_text_that_keeps_the_rest_goes_before_what_is_asked_again() -> None:
    kit = Kit().shape("Box", {"id": "string", "name": "string", "size": "string"})
    kit.op("CreateBox", {"name!": "string", "size": "string"}, {"box": "Box"})
    takes = {"id!": "string", "name!": "string", "size": "string"}
    kit.op("UpdateBox", takes, {}, documentation="The others remain unchanged.")
    kit.op("GetBox", {"id!": "string"}, {"box": "Box"})
    assert reader(kit, "UpdateBox").mode is ReadMode.PATCH
