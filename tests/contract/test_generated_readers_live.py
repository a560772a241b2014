"""Readers called for real, against moto: what is absent, what exists, what compares."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import jmespath
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from generated import generated

pytestmark = pytest.mark.moto

ABSENT = "(absent)"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}],
    }
)
TABLE = {
    "TableName": "t",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


def client(key: str) -> Any:
    return boto3.client(key.partition(":")[0], region_name="us-east-1")


def apply(key: str, **arguments: Any) -> Any:
    method = generated().operations[key].client[1]
    return getattr(client(key), method)(**arguments)


def value_at(arguments: Any, path: str) -> Any:
    found = arguments
    for part in path.split(".") if path else ():
        found = found.get(part) if isinstance(found, dict) else None
    return found


def put(target: dict[str, Any], path: str, value: Any) -> None:
    """Set a value at a reader's input path, making what is missing on the way."""
    node: Any = target
    steps: list[str | int] = []
    for part in path.split("."):
        steps.append(part.partition("[")[0])
        steps += [int(index) for index in re.findall(r"\[(\d)\]", part)]
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        empty: Any = [] if isinstance(following, int) else {}
        fresh = value if following is None else empty
        if isinstance(step, int):
            while len(node) <= step:
                node.append({})
            if following is None or not node[step]:
                node[step] = fresh
        elif following is None:
            node[step] = fresh
        else:
            node.setdefault(step, fresh)
        node = node[step]


def read(key: str, arguments: dict[str, Any]) -> Any:
    """Return the selected document, or ``ABSENT``."""
    reader = generated().operations[key].read
    assert reader is not None
    wanted = copy.deepcopy(dict(reader.constants))
    for path, origin in reader.params.items():
        value = value_at(arguments, origin)
        if value is not None:
            put(wanted, path, value)
    method = generated().operations[reader.operation].client[1]
    try:
        reply = getattr(client(key), method)(**wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] not in reader.absent:
            raise
        return ABSENT
    reply.pop("ResponseMetadata")
    if reader.select is None:
        return reply
    document = jmespath.search(reader.select, reply)
    if reader.match:
        return matched(reader.match, document, arguments)
    return ABSENT if document in (None, [], {}) else document


def matched(match: Any, items: Any, arguments: dict[str, Any]) -> Any:
    """Return the item of a list that the arguments name, or ``ABSENT``.

    A list in the arguments names several.
    """
    wanted = {where: value_at(arguments, path) for where, path in match.items()}
    several = any(isinstance(value, list) for value in wanted.values())
    found = [
        item
        for item in items or []
        if all(
            value_at(item, where) in (value if isinstance(value, list) else [value])
            for where, value in wanted.items()
        )
    ]
    if not found:
        return ABSENT
    return found if several else found[0]


def compared(key: str, arguments: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what a request gives and what its reader shows, by path."""
    reader = generated().operations[key].read
    assert reader is not None
    document = read(key, arguments)
    return {
        path: (value_at(arguments, path), value_at(document, where))
        for path, where in reader.compare.items()
        if value_at(arguments, path) is not None
    }


def bucket(name: str = "bucket") -> None:
    client("s3:").create_bucket(Bucket=name)


def test_paths_fill_what_constants_began():
    wanted: dict[str, Any] = {"Filters": [{"Name": "a"}, {"Name": "b"}]}
    put(wanted, "Filters[1].Values[0]", "x")
    put(wanted, "Ids[0]", "y")
    assert wanted == {
        "Filters": [{"Name": "a"}, {"Name": "b", "Values": ["x"]}],
        "Ids": ["y"],
    }


SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
    ("s3:PutBucketTagging", {"Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}),
    (
        "s3:PutBucketEncryption",
        {
            "ServerSideEncryptionConfiguration": {
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms"
                        },
                        "BucketKeyEnabled": False,
                    }
                ]
            }
        },
    ),
    (
        "s3:PutPublicAccessBlock",
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            }
        },
    ),
]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("key", "setting"), SETTINGS)
def test_a_bucket_setting_is_absent_then_equal(key, setting):
    bucket()
    arguments = {"Bucket": "bucket", **setting}
    before = read(key, arguments)
    assert before in ({}, ABSENT)
    apply(key, **arguments)
    pairs = compared(key, arguments)
    assert pairs
    assert all(given == shown for given, shown in pairs.values()), pairs


@pytest.mark.usefixtures("aws")
def test_buckets_queues_and_topics_are_absent_then_there():
    assert read("s3:CreateBucket", {"Bucket": "bucket"}) == ABSENT
    bucket()
    assert read("s3:DeleteBucket", {"Bucket": "bucket"}) != ABSENT
    assert read("sqs:CreateQueue", {"QueueName": "q"}) == ABSENT
    url = apply("sqs:CreateQueue", QueueName="q")["QueueUrl"]
    shown = read("sqs:DeleteQueue", {"QueueUrl": url})
    assert shown["Attributes"]["VisibilityTimeout"] == "30"
    assert read("sqs:DeleteQueue", {"QueueUrl": url + "x"}) == ABSENT
    topic = apply("sns:CreateTopic", Name="t")["TopicArn"]
    assert read("sns:SetTopicAttributes", {"TopicArn": topic})["TopicArn"] == topic
    assert read("sns:DeleteTopic", {"TopicArn": topic + "x"}) == ABSENT


@pytest.mark.usefixtures("aws")
def test_queue_attributes_compare_one_by_one():
    url = apply("sqs:CreateQueue", QueueName="q")["QueueUrl"]
    arguments = {"QueueUrl": url, "Attributes": {"DelaySeconds": "5"}}
    apply("sqs:SetQueueAttributes", **arguments)
    (pair,) = compared("sqs:SetQueueAttributes", arguments).values()
    assert pair[1]["DelaySeconds"] == pair[0]["DelaySeconds"]


@pytest.mark.usefixtures("aws")
def test_tables_and_their_time_to_live():
    assert read("dynamodb:CreateTable", TABLE) == ABSENT
    apply("dynamodb:CreateTable", **TABLE)
    pairs = compared("dynamodb:CreateTable", TABLE)
    assert pairs["BillingMode"] == ("PAY_PER_REQUEST", "PAY_PER_REQUEST")
    specification = {"Enabled": True, "AttributeName": "until"}
    arguments = {"TableName": "t", "TimeToLiveSpecification": specification}
    assert read("dynamodb:UpdateTimeToLive", arguments)["Enabled"] is False
    apply("dynamodb:UpdateTimeToLive", **arguments)
    pairs = compared("dynamodb:UpdateTimeToLive", arguments)
    assert all(given == shown for given, shown in pairs.values()), pairs
    assert read("dynamodb:DeleteTable", {"TableName": "other"}) == ABSENT


@pytest.mark.usefixtures("aws")
def test_roles_and_their_policies():
    role = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST, "Description": "d"}
    assert read("iam:CreateRole", role) == ABSENT
    apply("iam:CreateRole", **role)
    assert compared("iam:UpdateRole", {"RoleName": "r", "Description": "d"}) == {
        "Description": ("d", "d")
    }
    policy = {"RoleName": "r", "PolicyName": "p", "PolicyDocument": POLICY}
    assert read("iam:PutRolePolicy", policy) == ABSENT
    apply("iam:PutRolePolicy", **policy)
    assert read("iam:DeleteRolePolicy", policy)["PolicyName"] == "p"
    assert read("iam:AttachRolePolicy", policy)["AttachedPolicies"] == []
    assert read("iam:DeleteRolePermissionsBoundary", role) == ABSENT


@pytest.mark.usefixtures("aws")
def test_parameters_are_read_without_their_value():
    arguments = {"Name": "/a", "Value": "hidden", "Type": "SecureString"}
    assert read("ssm:PutParameter", arguments) == ABSENT
    apply("ssm:PutParameter", **arguments)
    apply("ssm:PutParameter", **(arguments | {"Name": "/a/b"}))
    shown = read("ssm:PutParameter", arguments)
    assert shown["Name"] == "/a"
    assert "hidden" not in json.dumps(shown, default=str)
    assert len(read("ssm:DeleteParameters", {"Names": ["/a", "/a/b"]})) == 2


@pytest.mark.usefixtures("aws")
def test_alarms_and_secrets():
    alarm = {
        "AlarmName": "a",
        "MetricName": "m",
        "Namespace": "n",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanThreshold",
    }
    assert read("cloudwatch:PutMetricAlarm", alarm) == ABSENT
    apply("cloudwatch:PutMetricAlarm", **alarm)
    pairs = compared("cloudwatch:PutMetricAlarm", alarm)
    assert all(given == shown for given, shown in pairs.values()), pairs
    assert read("secretsmanager:CreateSecret", {"Name": "s"}) == ABSENT
    apply("secretsmanager:CreateSecret", Name="s", SecretString="hidden")
    shown = read("secretsmanager:PutSecretValue", {"SecretId": "s"})
    assert "hidden" not in json.dumps(shown, default=str)


@pytest.mark.usefixtures("aws")
def test_networks_and_instances():
    ec2 = client("ec2:")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    assert read("ec2:DeleteVpc", {"VpcId": vpc})["VpcId"] == vpc
    assert read("ec2:DeleteVpc", {"VpcId": "vpc-00000000"}) == ABSENT
    arguments = {"VpcId": vpc, "EnableDnsHostnames": {"Value": False}}
    assert compared("ec2:ModifyVpcAttribute", arguments) == {
        "EnableDnsHostnames.Value": (False, False)
    }
    arguments = {"SubnetId": subnet, "MapPublicIpOnLaunch": {"Value": False}}
    assert compared("ec2:ModifySubnetAttribute", arguments) == {
        "MapPublicIpOnLaunch.Value": (False, False)
    }
    group = {"GroupName": "g", "Description": "d", "VpcId": vpc}
    assert read("ec2:CreateSecurityGroup", group) == ABSENT
    apply("ec2:CreateSecurityGroup", **group)
    assert compared("ec2:CreateSecurityGroup", group) == {"Description": ("d", "d")}
    image = ec2.describe_images()["Images"][0]["ImageId"]
    started = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, SubnetId=subnet)
    ids = [instance["InstanceId"] for instance in started["Instances"]]
    shown = read("ec2:TerminateInstances", {"InstanceIds": ids})
    assert sorted(instance["InstanceId"] for instance in shown) == sorted(ids)
    arguments = {"InstanceId": ids[0], "InstanceType": {"Value": "m1.small"}}
    assert compared("ec2:ModifyInstanceAttribute", arguments) == {
        "InstanceType.Value": ("m1.small", started["Instances"][0]["InstanceType"])
    }
    tags = {"Resources": [vpc], "Tags": [{"Key": "a", "Value": "b"}]}
    assert read("ec2:CreateTags", tags) == ABSENT
    apply("ec2:CreateTags", **tags)
    (tag,) = read("ec2:CreateTags", tags)
    assert (tag["Key"], tag["ResourceId"]) == ("a", vpc)
