"""The minimal engine's parts without a process: eras, cursors, forms, start-up."""

import subprocess
import sys

import pytest
from smithgate.server.minimal.eras import Peer, handshake, refuse_initialize, resolve
from smithgate.server.minimal.pages import page_of
from smithgate.server.stdio_forms import client_facts, progress_token
from smithgate.server.stdio_frames import ProtocolError, Request

META = "io.modelcontextprotocol/"
ENVELOPE = {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": {}}
LEGACY = Peer("2025-06-18", "c", "1")
MODERN = Peer("2026-07-28", "c", "1")
OPENING = {"capabilities": {}, "clientInfo": {"name": "n", "version": "v"}}


def request(method="tools/list", **params):
    return Request(1, method, params)


def code_of(call, *arguments):
    with pytest.raises(ProtocolError) as caught:
        call(*arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("", "2025-11-25"),
    ],
)
def test_handshake_versions(wanted, version):
    opening = request("initialize", protocolVersion=wanted, **OPENING)
    assert handshake(opening) == Peer(version, "n", "v")


@pytest.mark.parametrize("wanted", [None, 20251125, ["2025-11-25"]])
def test_a_handshake_without_a_version(wanted):
    opening = request("initialize", protocolVersion=wanted, **OPENING)
    assert code_of(handshake, opening) == -32602


@pytest.mark.parametrize("session", [None, MODERN])
def test_an_envelope_speaks_for_its_request(session):
    info = {f"{META}clientInfo": {"name": "n2", "version": "v2"}}
    peer = resolve(request(_meta={**ENVELOPE, **info}), session)
    assert peer == Peer("2026-07-28", "n2", "v2")
    assert resolve(request(_meta=ENVELOPE), session) == Peer("2026-07-28", "", "")


def test_a_session_speaks_for_requests_without_an_envelope():
    assert resolve(request(), LEGACY) == LEGACY
    assert resolve(request(_meta={"progressToken": 1}), LEGACY) == LEGACY


@pytest.mark.parametrize(
    ("params", "session", "code"),
    [
        ({}, None, -32602),
        ({}, MODERN, -32602),
        ({"_meta": []}, MODERN, -32602),
        ({"_meta": {f"{META}clientCapabilities": {}}}, MODERN, -32602),
        ({"_meta": {f"{META}protocolVersion": "2026-07-28"}}, None, -32602),
        ({"_meta": {**ENVELOPE, f"{META}clientCapabilities": []}}, None, -32602),
        ({"_meta": {**ENVELOPE, f"{META}protocolVersion": 1}}, None, -32602),
        ({"_meta": {**ENVELOPE, f"{META}protocolVersion": "2025-11-25"}}, None, -32022),
        ({"_meta": ENVELOPE}, LEGACY, -32600),
    ],
)
def test_requests_that_nobody_speaks_for(params, session, code):
    assert code_of(resolve, request(**params), session) == code


@pytest.mark.parametrize(
    ("method", "meta", "session", "is_known"),
    [
        ("ping", {}, None, True),
        ("ping", {}, LEGACY, True),
        ("ping", ENVELOPE, MODERN, False),
        ("server/discover", {}, LEGACY, False),
        ("server/discover", ENVELOPE, None, True),
        ("prompts/list", {}, None, False),
        ("prompts/list", {}, LEGACY, False),
        ("prompts/list", ENVELOPE, MODERN, False),
    ],
)
def test_methods_belong_to_eras(method, meta, session, is_known):
    one = request(method, _meta=meta)
    if is_known:
        assert resolve(one, session)
    else:
        assert code_of(resolve, one, session) == -32601


def test_a_ping_before_everything_opens_nothing():
    assert not resolve(request("ping"), None).is_modern


def test_an_open_connection_takes_no_initialize():
    again = request("initialize", protocolVersion="2025-06-18")
    assert refuse_initialize(again, LEGACY).code == -32600
    refused = refuse_initialize(again, MODERN)
    assert refused.code == -32022
    assert refused.data == {"supported": ["2026-07-28"], "requested": "2025-06-18"}


def test_pages_cover_everything_once():
    items = list(range(25))
    seen: list[int] = []
    cursor = None
    while True:
        page, cursor = page_of(items, cursor, 10)
        seen += page
        if cursor is None:
            break
    assert seen == items
    assert page_of(items, None, 25) == (items, None)
    assert page_of([], None, 10) == ([], None)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        7,
        [],
        "cGFnZTo1",  # page:5, not where a page begins
        "cGFnZTowMTA=",  # page:010
        "cGFnZTor",  # page:+
        "cGFnZToxMA",  # page:10 without its padding
        "cGFnZToxMA==\n",
        "cGFn ZToxMA==",
        "cGFnZTozMA==",  # page:30, beyond the end
        "cGFnZTow",  # page:0, which no page points to
        "cGFnZTotMTA=",  # page:-10
        "\u00e9",
    ],
)
def test_cursors_of_nobody(cursor):
    assert code_of(page_of, list(range(25)), cursor, 10) == -32602


def test_the_cursor_that_is_right():
    assert page_of(list(range(25)), "cGFnZToxMA==", 10)[0] == list(range(10, 20))


@pytest.mark.parametrize(
    ("token", "expected"),
    [("a", "a"), (0, 0), ("", ""), (True, None), (1.5, None), (None, None), ([], None)],
)
def test_progress_tokens(token, expected):
    assert progress_token({"_meta": {"progressToken": token}}) == expected


@pytest.mark.parametrize("params", [{}, {"_meta": None}, {"_meta": []}])
def test_no_progress_token(params):
    assert progress_token(params) is None


def test_what_a_client_says_of_itself_is_bounded():
    assert client_facts({"name": "n" * 1000, "version": 5}) == ("n" * 256, "")
    assert client_facts(None) == ("", "")
    assert client_facts(["name"]) == ("", "")


def test_the_start_loads_nothing_heavy():
    heavy = (
        "asyncio",
        "dataclasses",
        "inspect",
        "logging",
        "mcp",
        "pathlib",
        "queue",
        "smithgate.operation",
        "socket",
        "subprocess",
        "traceback",
        "urllib",
    )
    script = (
        "import sys; import smithgate.server.minimal;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"


def test_asking_for_fastmcp_does_not_import_it():
    script = (
        "import sys; from smithgate.server.fastmcp_engine import fastmcp_available;"
        "print(fastmcp_available(), 'fastmcp' in sys.modules, 'mcp' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split()[1:] == ["False", "False"]
