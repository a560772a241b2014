"""The same conversations on both engines, message by message.

An answer is compared whole, except that the text of an error is the engine's own. Where
FastMCP cannot be made to answer like the minimal engine, ``DIFFERENCES`` says so.
"""

from typing import Any, NamedTuple

import pytest

SERVER = {"name": "engine-test", "version": "1.2.3"}
STAMP = {
    "resultType": "complete",
    "_meta": {"io.modelcontextprotocol/serverInfo": SERVER},
}
CACHE = {"ttlMs": 300000, "cacheScope": "private"}
CAPABILITIES = {"tools": {"listChanged": False}}
SCHEMA = {"type": "object", "additionalProperties": False, "required": ["nothing"]}
TOOL: dict[str, Any] = {
    "name": "echo",
    "title": "Echo",
    "description": "The tool echo.",
    "inputSchema": SCHEMA,
    "outputSchema": {"type": "object"},
    "annotations": {"readOnlyHint": True, "openWorldHint": False},
}
UNKNOWN = {
    "code": "unknown_tool",
    "message": "no tool `nope`",
    "hint": "see tools/list",
    "retry_safe": False,
}
UNSUPPORTED = {"supported": ["2026-07-28"]}


class Error(NamedTuple):
    """An expected error: its code, and its data where that is part of the contract."""

    code: int
    data: Any = None


class Difference(NamedTuple):
    """What FastMCP answers instead, and why."""

    expected: Any
    reason: str


DIFFERENCES = {
    "a list without an envelope decides nothing": Difference(
        Error(-32602), "same code; but the SDK takes it as the handshake era"
    ),
    "the modern era is still open after that": Difference(
        Error(-32600), "the SDK fixes the era by the first request, even a refused one"
    ),
    "discovery without an envelope": Difference(
        Error(-32601), "the SDK reads it as a handshake request, which has no discovery"
    ),
    "a refused version decides nothing": Difference(
        Error(-32022, {**UNSUPPORTED, "requested": "2025-06-18"}),
        "the SDK fixes the era by the first request, even a refused one",
    ),
    "a second initialize": Difference(
        "result", "the SDK negotiates again on an open connection"
    ),
    "a cursor beyond the end": Difference(
        "result", "FastMCP answers a cursor beyond the list with an empty page"
    ),
}


def check(server: Any, what: str, message: Any, expected: Any) -> None:
    if server.engine == "fastmcp" and what in DIFFERENCES:
        expected = DIFFERENCES[what].expected
    answer = server.ask(message)
    assert answer["jsonrpc"] == "2.0", what
    assert answer["id"] == (message["id"] if isinstance(message, dict) else None), what
    if isinstance(expected, Error):
        assert answer["error"]["code"] == expected.code, (what, answer)
        assert answer["error"]["message"], what
        if expected.data is not None:
            assert answer["error"]["data"] == expected.data, what
    elif expected == "result":
        assert "result" in answer, (what, answer)
    else:
        assert answer.get("result") == expected, (what, answer)


def echoed(revision: str, arguments: Any, *, wants_progress: bool = False) -> Any:
    return {
        "arguments": arguments,
        "client": ["driver", "9"],
        "revision": revision,
        "wants_progress": wants_progress,
    }


def test_handshake_era(opened, say):
    server = opened()
    ask = say.legacy
    text = {"content": [{"type": "text", "text": "echoed"}], "isError": False}
    here = "2025-11-25"
    for what, message, expected in (
        ("ping", ask("ping", 1), {}),
        ("ping without params", {"jsonrpc": "2.0", "id": 2, "method": "ping"}, {}),
        ("list", ask("tools/list", "a"), {"tools": [TOOL]}),
        ("list with a null cursor", ask("tools/list", 3, cursor=None), "result"),
        ("a cursor of nobody", ask("tools/list", 4, cursor="eHl6"), Error(-32602)),
        (
            "call",
            ask("tools/call", 5, name="echo", arguments={"a": [1, {"b": None}]}),
            {**text, "structuredContent": echoed(here, {"a": [1, {"b": None}]})},
        ),
        (
            "raw arguments that break the tool's schema reach the core",
            ask("tools/call", 6, name="echo", arguments={"extra": 1.5}),
            {**text, "structuredContent": echoed(here, {"extra": 1.5})},
        ),
        (
            "no arguments are an empty object",
            ask("tools/call", 7, name="echo"),
            {**text, "structuredContent": echoed(here, {})},
        ),
        (
            "an error result of the core",
            ask("tools/call", 8, name="echo", arguments={"fail": True}),
            {
                **text,
                "isError": True,
                "structuredContent": echoed(here, {"fail": True}),
            },
        ),
        ("unknown tool", ask("tools/call", 9, name="nope"), Error(-32602, UNKNOWN)),
        ("no name", ask("tools/call", 10, arguments={}), Error(-32602)),
        ("a name that is a number", ask("tools/call", 11, name=5), Error(-32602)),
        (
            "arguments that are a list",
            ask("tools/call", 12, name="echo", arguments=[1]),
            Error(-32602),
        ),
        ("no such method", ask("tools/destroy", 13), Error(-32601)),
        ("prompts are not served", ask("prompts/list", 14), Error(-32601)),
        ("resources are not served", ask("resources/list", 15), Error(-32601)),
        (
            "levels are not served",
            ask("logging/setLevel", 16, level="debug"),
            Error(-32601),
        ),
        ("discovery is not of this era", ask("server/discover", 17), Error(-32601)),
        ("an envelope", say.modern("tools/list", 18), Error(-32600)),
        ("a second initialize", say.initialize(request_id=19), Error(-32600)),
        ("params that are a list", {**ask("ping", 20), "params": []}, Error(-32602)),
        ("still here", ask("ping", 21), {}),
    ):
        check(server, what, message, expected)


def test_modern_era(start, say):
    server = start()
    ask = say.modern
    discovered = {
        "supportedVersions": ["2026-07-28"],
        "capabilities": CAPABILITIES,
        "instructions": "Search, plan, apply.",
        **CACHE,
        **STAMP,
    }
    without_capabilities = ask("tools/list", 9)
    del without_capabilities["params"]["_meta"][
        "io.modelcontextprotocol/clientCapabilities"
    ]
    future = {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    numeric = {"io.modelcontextprotocol/protocolVersion": 20260728}
    for what, message, expected in (
        ("discover", ask("server/discover", "first"), discovered),
        ("list", ask("tools/list", 1), {"tools": [TOOL], **CACHE, **STAMP}),
        (
            "call",
            ask("tools/call", 2, name="echo", arguments={"a": 1}),
            {
                "content": [{"type": "text", "text": "echoed"}],
                "structuredContent": echoed("2026-07-28", {"a": 1}),
                "isError": False,
                **STAMP,
            },
        ),
        ("unknown tool", ask("tools/call", 3, name="nope"), Error(-32602, UNKNOWN)),
        ("a cursor of nobody", ask("tools/list", 4, cursor="eHl6"), Error(-32602)),
        ("ping is gone", ask("ping", 5), Error(-32601)),
        ("prompts are not served", ask("prompts/list", 6), Error(-32601)),
        ("no subscriptions", ask("subscriptions/listen", 7), Error(-32601)),
        (
            "initialize is gone",
            say.initialize("2025-06-18", 8),
            Error(-32022, {**UNSUPPORTED, "requested": "2025-06-18"}),
        ),
        ("no envelope", say.legacy("tools/list", 8), Error(-32602)),
        ("no capabilities", without_capabilities, Error(-32602)),
        (
            "a version from the future",
            ask("tools/list", 10, _meta=future),
            Error(-32022, {**UNSUPPORTED, "requested": "2099-01-01"}),
        ),
        ("a version of no type", ask("tools/list", 11, _meta=numeric), Error(-32602)),
        ("still here", ask("server/discover", 12), discovered),
    ):
        check(server, what, message, expected)


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18"])
def test_older_revisions_get_their_own_forms(start, say, version):
    server = start()
    opening = {
        "protocolVersion": version,
        "capabilities": CAPABILITIES,
        "serverInfo": SERVER,
        "instructions": "Search, plan, apply.",
    }
    tool = {key: TOOL[key] for key in ("name", "description", "inputSchema")}
    result = {"content": [{"type": "text", "text": "echoed"}], "isError": False}
    if version == "2025-03-26":
        tool["annotations"] = {"title": "Echo", **TOOL["annotations"]}
    if version == "2025-06-18":
        tool = TOOL
        result["structuredContent"] = echoed(version, {})
    check(server, "initialize", say.initialize(version), opening)
    check(server, "list", say.legacy("tools/list", 1), {"tools": [tool]})
    check(server, "call", say.legacy("tools/call", 2, name="echo"), result)


@pytest.mark.parametrize("version", ["2026-07-28", "1999-01-01"])
def test_initialize_with_another_revision_offers_the_newest(start, say, version):
    answer = start().ask(say.initialize(version))
    assert answer["result"]["protocolVersion"] == "2025-11-25"


@pytest.mark.parametrize("missing", ["protocolVersion", "capabilities", "clientInfo"])
def test_initialize_needs_its_params(start, say, missing):
    server = start()
    message = say.initialize()
    del message["params"][missing]
    check(server, "initialize", message, Error(-32602))
    check(server, "a whole one after that", say.initialize(), "result")


def test_before_the_connection_is_open(start, say):
    server = start()
    check(server, "ping", say.legacy("ping", 1), {})
    check(server, "no such method", say.legacy("prompts/list", 2), Error(-32601))
    what = "a list without an envelope decides nothing"
    check(server, what, say.legacy("tools/list", 3), Error(-32602))
    what = "the modern era is still open after that"
    check(server, what, say.modern("server/discover", 4), "result")


def test_discovery_without_an_envelope(start, say):
    server = start()
    what = "discovery without an envelope"
    check(server, what, say.legacy("server/discover", 1), Error(-32602))
    check(server, "fall back", say.initialize(), "result")


def test_a_refused_version_decides_nothing(start, say):
    server = start()
    future = {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    refused = Error(-32022, {**UNSUPPORTED, "requested": "2099-01-01"})
    check(server, "probe", say.modern("server/discover", 1, _meta=future), refused)
    what = "a refused version decides nothing"
    check(server, what, say.initialize("2025-06-18"), "result")


BIG = 8 * 1024 * 1024 + 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"not json", -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"', -32700),
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":NaN}}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1e999}}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"p\xff"}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}', -32700),
        (b'{"jsonrpc":"2.0","id":' + b"1" * 200 + b',"method":"ping"}', -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"} {}', -32700),
        (b'{"a":' * 500 + b"1" + b"}" * 500, -32700),
        (b"[" * 200_000, -32700),
        (b'"' + b"x" * BIG + b'"', -32700),
        (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600),
        (b"3", -32600),
        (b"null", -32600),
        (b"{}", -32600),
        (b'{"jsonrpc":"1.0","method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1.0,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","method":7}', -32600),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else str(value),
)
def test_a_bad_line_is_refused_alike(bad_line_servers, engine, line, code):
    server = bad_line_servers(engine)
    answer = server.ask(line)
    assert answer["id"] is None
    assert answer["error"]["code"] == code
    ping = {"jsonrpc": "2.0", "id": "after", "method": "ping"}
    assert server.ask(ping) == {"jsonrpc": "2.0", "id": "after", "result": {}}


def test_a_bad_envelope_with_a_readable_id_is_answered_under_it(opened):
    server = opened()
    answer = server.ask(b'{"jsonrpc":"1.0","id":"x","method":"ping"}')
    assert (answer["id"], answer["error"]["code"]) == ("x", -32600)


def test_lines_that_get_no_answer(opened, say):
    server = opened()
    server.send(
        b"",
        b"   \r",
        b'{"jsonrpc":"2.0","method":"notifications/unheard-of","params":{}}',
        b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}',
        b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}',
        b'{"jsonrpc":"2.0","method":"notifications/cancelled"}',
        b'{"jsonrpc":"2.0","id":5,"result":{}}',
        b'{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":"no"}}',
    )
    check(
        server, "white space counts", b'{"jsonrpc":\r"2.0",\t"id":null}', Error(-32600)
    )
    spaced = b'{"jsonrpc":\r"2.0","id":\r7,"method":"ping"}\r'
    assert server.ask(spaced) == {"jsonrpc": "2.0", "id": 7, "result": {}}


def test_pages(start, say):
    server = start("450")
    seen: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        params: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        result = server.ask(say.modern("tools/list", pages, **params))["result"]
        seen += [tool["name"] for tool in result["tools"]]
        cursor = result.get("nextCursor")
        pages += 1
    assert pages == 3
    assert seen == ["echo", *(f"filler_{n:04}" for n in range(450))]
    beyond = {"minimal": "cGFnZTo2MDA=", "fastmcp": "eyJvIjogNjAwfQ=="}[server.engine]
    what = "a cursor beyond the end"
    check(server, what, say.modern("tools/list", 9, cursor=beyond), Error(-32602))


def test_a_list_that_fails_is_an_error_without_details(start, say):
    server = start("-1")
    answer = server.ask(say.modern("tools/list", 1))
    assert answer["error"]["code"] == -32603
    assert "err-" in answer["error"]["message"]
    assert "secret-4711" not in str(answer)
