"""The official clients against both engines: FastMCP's and the SDK's."""

import asyncio
import sys
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from mcp import ClientSession, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client

WAIT_S = 60
SERVE = str(Path(__file__).with_name("serve_core.py"))
REVISIONS = {"auto": "2026-07-28", "2026-07-28": "2026-07-28", "legacy": "2025-11-25"}


def run(coroutine):
    async def limited():
        async with asyncio.timeout(WAIT_S):
            return await coroutine

    return asyncio.run(limited())


@pytest.fixture(params=list(REVISIONS))
def mode(request):
    return request.param


@pytest.fixture
def client(engine, mode, tmp_path):
    transport = StdioTransport(
        sys.executable,
        [SERVE, engine],
        keep_alive=False,
        log_file=tmp_path / "stderr.log",
    )
    return Client(transport, mode=mode)


def test_fastmcp_client(client, mode):
    async def talk():
        async with client:
            tools = await client.list_tools()
            good = await client.call_tool("echo", {"a": [1]})
            bad = await client.call_tool("echo", {"fail": 1}, raise_on_error=False)
            with pytest.raises(MCPError) as caught:
                await client.call_tool("nope", {})
            return client.instructions, tools, good, bad, caught.value.error

    instructions, tools, good, bad, unknown = run(talk())
    # A client that pins the revision does not ask who it speaks to.
    assert instructions == (None if mode == "2026-07-28" else "Search, plan, apply.")
    assert [tool.name for tool in tools] == ["echo"]
    assert tools[0].title == "Echo"
    assert tools[0].annotations.read_only_hint is True
    assert good.structured_content["arguments"] == {"a": [1]}
    assert good.structured_content["revision"] == REVISIONS[mode]
    assert (good.is_error, bad.is_error) == (False, True)
    assert (unknown.code, unknown.data["code"]) == (-32602, "unknown_tool")


def test_fastmcp_client_reads_every_page(engine, mode, tmp_path):
    transport = StdioTransport(
        sys.executable,
        [SERVE, engine, "450"],
        keep_alive=False,
        log_file=tmp_path / "stderr.log",
    )

    async def talk():
        async with Client(transport, mode=mode) as client:
            return await client.list_tools()

    assert len(run(talk())) == 451


def test_fastmcp_client_hears_progress(client):
    steps = []

    async def hear(progress, total, message):
        steps.append((progress, total, message))

    async def talk():
        async with client:
            await client.call_tool("progress", {}, progress_handler=hear)

    run(talk())
    assert steps == [(0.5, 3, "at 0.5"), (2, 3, "at 2"), (3, 3, "at 3")]


def test_fastmcp_client_gives_up_on_a_call(client, tmp_path):
    async def talk():
        async with client:
            with pytest.raises(MCPError):
                await client.call_tool("slow", {}, timeout=0.5)
            return await client.call_tool("echo", {})

    assert "arguments" in run(talk()).structured_content
    assert "slow was cancelled" in (tmp_path / "stderr.log").read_text()


def test_sdk_session(engine, tmp_path):
    parameters = StdioServerParameters(command=sys.executable, args=[SERVE, engine])

    async def talk():
        with (tmp_path / "stderr.log").open("w") as log:
            async with (
                stdio_client(parameters, errlog=log) as streams,
                ClientSession(*streams) as session,
            ):
                opened = await session.initialize()
                await session.send_ping()
                listed = await session.list_tools()
                called = await session.call_tool("echo", {"b": 2})
                return opened, listed, called

    opened, listed, called = run(talk())
    assert opened.protocol_version == "2025-11-25"
    assert opened.server_info.name == "engine-test"
    assert [tool.name for tool in listed.tools] == ["echo"]
    assert called.structured_content["arguments"] == {"b": 2}
