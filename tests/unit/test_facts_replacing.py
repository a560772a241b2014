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
