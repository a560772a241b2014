"""The main job over stdio with the official client, on both engines, against moto."""

import asyncio
import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from approver_kit import approvers, key_file
from mcp import Client
from stack import Stack, boto, moto_server

pytestmark = pytest.mark.moto

ENGINES = ("minimal", "fastmcp")

POLICY = f"""\
version: 1
targets:
  sandbox: {{account: "123456789012", regions: [us-east-1], default: true}}
{approvers("ada")}\
rules:
  - id: queues
    allow: ["sqs:(CreateQueue|SetQueueAttributes|DeleteQueue)"]
    when: {{arguments: {{QueueName: "agent-[a-z]+"}}}}
  - id: named
    approve: ["iam:CreateRole", "iam:PutRolePolicy", "ec2:TerminateInstances",
              "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction",
              "dynamodb:(DeleteTable|UpdateTimeToLive)"]
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stack(tmp_path: Path, endpoint: str) -> Stack:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    key_file(tmp_path, "ada")
    return Stack(endpoint, tmp_path, policy)


class Agent:
    """What an agent and, where needed, a person do."""

    def __init__(self, client: Client, stack: Stack) -> None:
        self._client = client
        self._stack = stack

    async def call(self, tool: str, **arguments: Any) -> tuple[bool, dict[str, Any]]:
        result = await self._client.call_tool(tool, arguments)
        structured = dict(result.structured_content or {})
        block: Any = result.content[0]
        assert json.loads(block.text) == structured
        return bool(result.is_error), structured

    async def ok(self, tool: str, **arguments: Any) -> dict[str, Any]:
        failed, value = await self.call(tool, **arguments)
        assert not failed, value
        return value

    async def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        failed, value = await self.call(tool, **arguments)
        assert failed, value
        error: dict[str, Any] = value["error"]
        assert error["code"] != "internal", value
        return error

    async def change(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Plan, have it approved if policy wants it, apply; return plan and result."""
        plan = await self.ok(
            "plan", steps=[{"operation": operation, "arguments": arguments}]
        )
        if plan["decision"]["effect"] == "approve":
            error = await self.refused("apply", plan_id=plan["plan_id"])
            assert error["code"] == "approval_required"
            await self.ok("request_approval", plan_id=plan["plan_id"])
            digest = plan["digest"].removeprefix("sha256:")[:12]
            done = await asyncio.to_thread(
                self._stack.cli,
                "approve",
                plan["plan_id"],
                "--digest",
                digest,
                "--key",
                str(self._stack.folder / "ada.key"),
            )
            assert done.returncode == 0, done.stderr
        applied = await self.ok("apply", plan_id=plan["plan_id"])
        again = await self.ok("apply", plan_id=plan["plan_id"])
        assert (again["tx_id"], again["repeated"]) == (applied["tx_id"], True)
        return {"plan": plan, "step": applied["steps"][0]}


def run(stack: Stack, engine: str, job: Any, **options: Any) -> None:
    """Run a job as a client of a fresh server; verify the audit afterwards."""

    async def connected() -> None:
        async with stack.client(engine, **options) as client:
            await job(Agent(client, stack))

    asyncio.run(connected())
    verified = stack.cli("audit", "verify", "--json")
    assert verified.returncode == 0, verified.stdout


def entries(change: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    found = change["plan"]["steps"][0]["diff"]["entries"]
    return {e["path"]: (e.get("before"), e.get("after")) for e in found}


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_s3(stack: Stack, engine: str, mode: str) -> None:
    s3 = boto("s3", stack.endpoint)
    bucket = f"b-{engine}-{mode}"
    s3.create_bucket(Bucket=bucket)

    async def job(agent: Agent) -> None:
        change = await agent.change(
            "s3:PutBucketVersioning",
            Bucket=bucket,
            VersioningConfiguration={"Status": "Enabled"},
        )
        assert entries(change) == {"VersioningConfiguration.Status": (None, "Enabled")}
        assert change["step"]["read_back_as_planned"] == "yes"
        error = await agent.refused(
            "plan",
            steps=[{"operation": "s3:DeleteBucket", "arguments": {"Bucket": bucket}}],
        )
        assert error["details"]["decided_by"] == "risks.destructive"

    run(stack, engine, job, mode=mode)
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_dynamodb(stack: Stack, engine: str) -> None:
    table = f"t-{engine}"

    async def job(agent: Agent) -> None:
        await agent.change(
            "dynamodb:CreateTable",
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        found = await agent.ok(
            "read", operation="dynamodb:DescribeTable", arguments={"TableName": table}
        )
        assert found["response"]["Table"]["TableName"] == table
        expiring = await agent.change(
            "dynamodb:UpdateTimeToLive",
            TableName=table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"},
        )
        path = "TimeToLiveSpecification.Enabled"
        assert entries(expiring)[path] == (False, True)
        assert expiring["step"]["read_back_as_planned"] == "yes"
        deleted = await agent.change("dynamodb:DeleteTable", TableName=table)
        assert deleted["plan"]["steps"][0]["risk"] == "destructive"

    run(stack, engine, job)
    names = boto("dynamodb", stack.endpoint).list_tables()["TableNames"]
    assert table not in names


def test_sqs(stack: Stack, engine: str) -> None:
    sqs = boto("sqs", stack.endpoint)

    async def job(agent: Agent) -> None:
        created = await agent.change(
            "sqs:CreateQueue", QueueName=f"agent-{engine}", Attributes={}
        )
        assert created["plan"]["decision"]["decided_by"] == "rules.queues"
        url = created["step"]["response"]["QueueUrl"]
        changed = await agent.change(
            "sqs:SetQueueAttributes",
            QueueUrl=url,
            Attributes={"VisibilityTimeout": "60"},
        )
        assert entries(changed) == {"Attributes.VisibilityTimeout": ("30", "60")}
        denied = await agent.refused(
            "plan",
            steps=[{"operation": "sqs:DeleteQueue", "arguments": {"QueueUrl": url}}],
        )
        assert denied["code"] == "policy_denied"

    run(stack, engine, job)
    urls = sqs.list_queues(QueueNamePrefix=f"agent-{engine}")["QueueUrls"]
    attributes = sqs.get_queue_attributes(QueueUrl=urls[0], AttributeNames=["All"])
    assert attributes["Attributes"]["VisibilityTimeout"] == "60"


def test_iam(stack: Stack, engine: str) -> None:
    iam = boto("iam", stack.endpoint)
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    inline = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
            ],
        }
    )
    role = f"role-{engine}"

    async def job(agent: Agent) -> None:
        created = await agent.change(
            "iam:CreateRole", RoleName=role, AssumeRolePolicyDocument=trust
        )
        assert created["plan"]["steps"][0]["risk"] == "permissions"
        await agent.change(
            "iam:PutRolePolicy",
            RoleName=role,
            PolicyName="read",
            PolicyDocument=inline,
        )
        error = await agent.refused(
            "plan",
            steps=[{"operation": "iam:CreateUser", "arguments": {"UserName": "u"}}],
        )
        assert error["code"] == "policy_denied"
        key = await agent.refused(
            "read", operation="iam:CreateAccessKey", arguments={"UserName": "u"}
        )
        assert key["code"] == "policy_denied"

    run(stack, engine, job)
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["read"]


def test_ec2(stack: Stack, engine: str) -> None:
    ec2 = boto("ec2", stack.endpoint)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]
    instance_id = instance["InstanceId"]

    async def job(agent: Agent) -> None:
        tagged = await agent.change(
            "ec2:CreateTags",
            Resources=[instance_id],
            Tags=[{"Key": "Owner", "Value": "ada"}],
        )
        assert tagged["plan"]["steps"][0]["change"] == "tag"
        vpc = await agent.change("ec2:CreateVpc", CidrBlock="10.1.0.0/16")
        assert vpc["step"]["response"]["Vpc"]["CidrBlock"] == "10.1.0.0/16"
        gone = await agent.change("ec2:TerminateInstances", InstanceIds=[instance_id])
        assert gone["plan"]["steps"][0]["risk"] == "destructive"

    run(stack, engine, job)
    found = ec2.describe_instances(InstanceIds=[instance_id])
    state = found["Reservations"][0]["Instances"][0]["State"]["Name"]
    assert state in {"terminated", "shutting-down"}


def code_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return 1\n")
    return buffer.getvalue()


def test_lambda(stack: Stack, engine: str) -> None:
    iam, functions = boto("iam", stack.endpoint), boto("lambda", stack.endpoint)
    role = iam.create_role(
        RoleName=f"lambda-{engine}",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    name = f"f-{engine}"
    functions.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": code_zip()},
        Description="old",
    )

    async def job(agent: Agent) -> None:
        change = await agent.change(
            "lambda:UpdateFunctionConfiguration", FunctionName=name, Description="new"
        )
        assert entries(change)["Description"] == ("old", "new")
        assert change["step"]["read_back_as_planned"] == "yes"
        invoked = await agent.refused(
            "plan",
            steps=[
                {
                    "operation": "lambda:Invoke",
                    "arguments": {
                        "FunctionName": name,
                        "Payload": b64encode(b"{}").decode(),
                    },
                }
            ],
        )
        assert invoked["details"]["decided_by"] == "risks.execute"
        await agent.change("lambda:DeleteFunction", FunctionName=name)

    run(stack, engine, job)
    left = [f["FunctionName"] for f in functions.list_functions()["Functions"]]
    assert name not in left


def test_exposed_tools(stack: Stack, engine: str) -> None:
    async def job(agent: Agent) -> None:
        listed = await agent._client.list_tools()
        tools = {tool.name: tool for tool in listed.tools}
        assert "s3_put_bucket_versioning" in tools
        put, get = tools["s3_put_bucket_versioning"], tools["s3_get_bucket_versioning"]
        assert put.annotations is not None
        assert get.annotations is not None
        assert (put.annotations.read_only_hint, get.annotations.read_only_hint) == (
            False,
            True,
        )
        plan = await agent.ok(
            "s3_put_bucket_versioning",
            Bucket="b",
            VersioningConfiguration={"Status": "Enabled"},
        )
        assert plan["state"] == "Planned"
        error = await agent.refused("s3_get_bucket_versioning", Bucket="b", Nope=1)
        assert error["code"] == "schema_violation"

    run(stack, engine, job, expose=["s3:(Get|Put)BucketVersioning"])


def test_a_dead_endpoint_says_that_nothing_was_sent(
    tmp_path: Path, engine: str
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    stack = Stack("http://127.0.0.1:9", tmp_path, policy)

    async def job(agent: Agent) -> None:
        error = await agent.refused("read", operation="s3:ListBuckets")
        assert (error["code"], error["retry_safe"]) == ("aws_unreachable", True)

    run(stack, engine, job)


def test_no_credentials(tmp_path: Path, endpoint: str, engine: str) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    stack = Stack(endpoint, tmp_path, policy, credentials=False)

    async def job(agent: Agent) -> None:
        error = await agent.refused("read", operation="s3:ListBuckets")
        assert error["code"] == "credentials_missing"
        assert error["hint"]

    run(stack, engine, job)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\nrulez: []\n", "rules"),
        ("version: 2\ntargets: {}\n", "version"),
        ("version: 1\ntargets: {a: {account: 1, regions: [us-east-1]}}\n", "account"),
        ("", "empty"),
    ],
)
def test_a_broken_policy_stops_the_server(
    tmp_path: Path, endpoint: str, engine: str, text: str, says: str
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(text)
    done = Stack(endpoint, tmp_path, policy).cli("serve", "--engine", engine)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error[policy_invalid]: ")
    assert "policy.yaml" in done.stderr
    assert says in done.stderr
