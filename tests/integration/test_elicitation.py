"""Approval at the client, with the official client on both engines and in both eras."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitResult, ErrorData
from stack import Stack, boto, moto_server

pytestmark = pytest.mark.moto

POLICY = """\
version: 1
targets:
  sandbox: {account: "123456789012", regions: [us-east-1], default: true}
unsigned_approvals: {elicitation: [write]}
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def stack(tmp_path: Path, endpoint: str) -> Stack:
    (tmp_path / "policy.yaml").write_text(POLICY)
    return Stack(endpoint, tmp_path, tmp_path / "policy.yaml")


class Person:
    """Answers questions as a test says, and remembers them."""

    def __init__(self, *answers: ElicitResult | ErrorData) -> None:
        self._answers = list(answers)
        self.asked: list[Any] = []

    async def __call__(self, _context: Any, params: Any) -> ElicitResult | ErrorData:
        self.asked.append(params)
        return self._answers.pop(0)


def accept(name: str) -> ElicitResult:
    return ElicitResult(action="accept", content={"resource": name})


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("engine", ["minimal", "fastmcp"])
def test_a_typed_name_approves_and_nothing_else(
    stack: Stack, engine: str, mode: str
) -> None:
    bucket = f"asked-{engine}-{mode}"
    boto("s3", stack.endpoint).create_bucket(Bucket=bucket)
    person = Person(
        ElicitResult(action="decline"),
        ElicitResult(action="cancel"),
        ElicitResult(action="accept", content={}),
        ErrorData(code=-32603, message="nobody is here"),
        accept(bucket.upper()),
        accept(bucket),
    )

    async def job() -> None:
        async with stack.client(engine, mode=mode, elicit=person) as client:

            async def call(tool: str, **arguments: Any) -> dict[str, Any]:
                try:
                    result = await client.call_tool(tool, arguments)
                except MCPError as error:  # the client gave up on its own question
                    return {"failed": str(error)}
                return dict(result.structured_content or {})

            versioning = {"Status": "Enabled"}
            arguments = {"Bucket": bucket, "VersioningConfiguration": versioning}
            steps = [{"operation": "s3:PutBucketVersioning", "arguments": arguments}]
            plan_id = (await call("plan", steps=steps))["plan_id"]
            for number in range(1, 6):
                await call("request_approval", plan_id=plan_id)
                assert len(person.asked) == number
                refused = await call("apply", plan_id=plan_id)
                assert refused["error"]["code"] == "approval_required"
            said = await call("request_approval", plan_id=plan_id)
            assert said["approval"]["state"] == "Granted", said
            (vote,) = said["approval"]["votes"]
            assert (vote["method"], vote["key"]) == ("elicitation", None)
            assert plan_id in person.asked[-1].message
            assert (await call("apply", plan_id=plan_id))["state"] == "Applied"

    asyncio.run(job())
    found = boto("s3", stack.endpoint).get_bucket_versioning(Bucket=bucket)
    assert found["Status"] == "Enabled"


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("engine", ["minimal", "fastmcp"])
def test_a_client_without_forms_hears_of_the_command(
    stack: Stack, engine: str, mode: str
) -> None:
    bucket = f"plain-{engine}-{mode}"
    boto("s3", stack.endpoint).create_bucket(Bucket=bucket)

    async def job() -> None:
        async with stack.client(engine, mode=mode) as client:
            versioning = {"Status": "Enabled"}
            arguments = {"Bucket": bucket, "VersioningConfiguration": versioning}
            steps = [{"operation": "s3:PutBucketVersioning", "arguments": arguments}]
            plan = await client.call_tool("plan", {"steps": steps})
            assert plan.structured_content is not None
            plan_id = plan.structured_content["plan_id"]
            asked = await client.call_tool("request_approval", {"plan_id": plan_id})
            assert asked.structured_content is not None
            assert "smithgate approve" in asked.structured_content["how"]
            assert asked.structured_content["approval"]["state"] == "Pending"

    asyncio.run(job())
