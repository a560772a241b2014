"""The risk classes over the whole tree: what a name promises is kept."""

import re
from collections import Counter

import pytest
from smithgate.operation import Change, Risk

from generated import generated

REMOVING = re.compile(
    r"(Batch|Admin|Force)?(Delete|Terminate|Purge|Deregister|Release|Destroy)[A-Z]\w*"
)
CHANGING = re.compile(
    r"(Batch|Admin)?(Accept|Add|Allocate|Assign|Associate|Attach|Authorize|Cancel|Copy"
    r"|Create|Delete|Deregister|Detach|Disable|Disassociate|Enable|Execute|Import"
    r"|Invoke|Modify|Move|Publish|Purge|Put|Reboot|Register|Reject|Release|Remove"
    r"|Replace|Reset|Restore|Revoke|Rotate|Run|Schedule|Send|Set|Start|Stop|Subscribe"
    r"|Tag|Terminate|Unassign|Unsubscribe|Untag|Update|Upload|Write)([A-Z]\w*)?"
)
CREDENTIALS = (
    "SecretAccessKey",
    "SessionToken",
    "SecretString",
    "PrivateKeyPlaintext",
    "authorizationToken",
)


def risks() -> dict[str, Risk]:
    return {key: operation.risk for key, operation in generated().operations.items()}


def test_there_is_a_class_for_everything():
    counts = Counter(risks().values())
    assert set(counts) == set(Risk)
    assert sum(counts.values()) == len(generated().operations) > 1900


def test_removing_verbs_are_destructive():
    for key, risk in risks().items():
        if REMOVING.fullmatch(key.partition(":")[2]):
            assert risk is Risk.DESTRUCTIVE, key


def test_no_read_has_a_changing_verb():
    for key, risk in risks().items():
        if risk is Risk.READ:
            assert not CHANGING.fullmatch(key.partition(":")[2]), key


def test_reads_change_nothing_and_changes_are_no_reads():
    for key, operation in generated().operations.items():
        if operation.risk is Risk.READ:
            assert operation.change is Change.NONE, key
        if operation.change is not Change.NONE:
            assert operation.risk is not Risk.READ, key


def test_nothing_that_hands_out_credentials_is_a_read_or_a_plain_write():
    for key, operation in generated().operations.items():
        names = {path.split(".")[-1] for path in operation.sensitive_output}
        if names & set(CREDENTIALS):
            assert operation.risk not in {Risk.READ, Risk.WRITE}, key


def test_every_change_of_iam_is_about_permissions_but_for_named_ones():
    for key, operation in generated().operations.items():
        if key.startswith("iam:") and operation.risk is Risk.WRITE:
            assert re.match(r"iam:(Tag|Untag|Generate)", key), key


@pytest.mark.parametrize(
    ("key", "risk"),
    [
        ("cloudwatch:PutMetricData", "write"),
        ("dynamodb:BatchWriteItem", "destructive"),
        ("dynamodb:ExecuteStatement", "execute"),
        ("dynamodb:GetItem", "read"),
        ("dynamodb:TransactWriteItems", "destructive"),
        ("dynamodb:UpdateTimeToLive", "destructive"),
        ("ec2:AuthorizeSecurityGroupIngress", "permissions"),
        ("ec2:CreateKeyPair", "sensitive"),
        ("ec2:CreateTags", "write"),
        ("ec2:DescribeInstances", "read"),
        ("ec2:GetPasswordData", "sensitive"),
        ("ec2:ModifySnapshotAttribute", "permissions"),
        ("ec2:RevokeSecurityGroupIngress", "permissions"),
        ("ec2:RunInstances", "execute"),
        ("ec2:StopInstances", "write"),
        ("ec2:TerminateInstances", "destructive"),
        ("ecr:GetAuthorizationToken", "sensitive"),
        ("ecr:PutLifecyclePolicy", "destructive"),
        ("ecs:ExecuteCommand", "execute"),
        ("ecs:RunTask", "execute"),
        ("events:PutTargets", "execute"),
        ("iam:AttachRolePolicy", "permissions"),
        ("iam:CreateAccessKey", "permissions"),
        ("iam:DeleteRole", "destructive"),
        ("iam:GetRole", "read"),
        ("iam:TagRole", "write"),
        ("kms:CreateGrant", "permissions"),
        ("kms:Decrypt", "sensitive"),
        ("kms:ScheduleKeyDeletion", "destructive"),
        ("lambda:AddPermission", "permissions"),
        ("lambda:Invoke", "execute"),
        ("lambda:UpdateFunctionConfiguration", "write"),
        ("logs:PutRetentionPolicy", "destructive"),
        ("s3:DeleteObject", "destructive"),
        ("s3:GetObject", "read"),
        ("s3:PutBucketLifecycleConfiguration", "destructive"),
        ("s3:PutBucketPolicy", "permissions"),
        ("s3:PutBucketVersioning", "write"),
        ("s3:PutObject", "write"),
        ("secretsmanager:GetSecretValue", "sensitive"),
        ("sns:Publish", "write"),
        ("sqs:CreateQueue", "write"),
        ("sqs:PurgeQueue", "destructive"),
        ("sqs:UntagQueue", "write"),
        ("ssm:GetParameter", "sensitive"),
        ("ssm:SendCommand", "execute"),
        ("sts:AssumeRole", "sensitive"),
        ("sts:GetCallerIdentity", "read"),
    ],
)
def test_reviewed_operations_keep_their_class(key, risk):
    assert generated().operations[key].risk == risk
