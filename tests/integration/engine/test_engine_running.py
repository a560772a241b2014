"""Calls in progress on both engines: side by side, cancelled, reporting, failing."""

import json

import pytest


def structured(answer):
    return answer["result"]["structuredContent"]


def cancelled(request_id):
    return {
        "jsonrpc": "2.0",
        "method": "notifications/cancelled",
        "params": {"requestId": request_id, "reason": "the user said so"},
    }


def test_the_channel_is_read_while_a_call_runs(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="wait"))
    server.wait_for_log("wait began")
    assert server.ask(say.legacy("ping", 2)) == {
        "jsonrpc": "2.0",
        "id": 2,
        "result": {},
    }
    assert "result" in server.ask(say.legacy("tools/list", 3))
    server.send(say.legacy("tools/call", 4, name="open"))
    answers = {answer["id"]: answer for answer in (server.receive(), server.receive())}
    assert set(answers) == {1, 4}
    assert structured(answers[1]) == {"opened": True}


def test_a_cancelled_call_is_told_and_never_answered(opened, say):
    server = opened()
    call = say.legacy("tools/call", 1, name="slow", _meta={"progressToken": "t"})
    server.send(call)
    server.wait_for_log("slow began")
    server.send(cancelled(1))
    server.wait_for_log("slow was cancelled")
    # The id is free again, and the next thing said is the answer to its new owner.
    answer = server.ask(say.legacy("tools/call", 1, name="echo"))
    assert answer["id"] == 1
    assert "arguments" in structured(answer)
    server.end_input()
    assert server.wait() == 0
    assert server.rest_of_output() == []


def test_cancelling_in_the_modern_era(start, say):
    server = start()
    server.send(say.modern("tools/call", "c", name="slow"))
    server.wait_for_log("slow began")
    server.send(cancelled("c"))
    server.wait_for_log("slow was cancelled")
    assert server.ask(say.modern("server/discover", "d"))["id"] == "d"


def test_cancelling_something_else_changes_nothing(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="wait"))
    server.wait_for_log("wait began")
    for other in (2, "other", None, True, [1]):
        server.send(cancelled(other))
    server.send(say.legacy("tools/call", 3, name="open"))
    ids = {server.receive()["id"], server.receive()["id"]}
    assert ids == {1, 3}


def test_an_id_in_use_is_refused(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="wait"))
    server.wait_for_log("wait began")
    refusal = server.ask(say.legacy("tools/call", 1, name="open"))
    assert (refusal["id"], refusal["error"]["code"]) == (1, -32600)
    server.send(say.legacy("tools/call", 2, name="open"))
    assert {server.receive()["id"], server.receive()["id"]} == {1, 2}


def test_too_many_calls_are_refused_and_the_rest_goes_on(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 0, name="wait"))
    server.wait_for_log("wait began")
    server.send(*(say.legacy("tools/call", n, name="wait") for n in range(1, 256)))
    refusal = server.ask(say.legacy("tools/call", 256, name="wait"))
    assert (refusal["id"], refusal["error"]["code"]) == (256, -32603)
    server.send(*(cancelled(n) for n in range(1, 256)))
    assert server.ask(say.legacy("ping", "p"))["id"] == "p"


@pytest.mark.parametrize("token", ["token", 7, 0])
def test_progress_only_rises(opened, say, token):
    server = opened()
    meta = {"progressToken": token}
    server.send(say.legacy("tools/call", 1, name="progress", _meta=meta))
    messages = [server.receive() for _ in range(4)]
    assert [message.get("method") for message in messages] == [
        "notifications/progress",
        "notifications/progress",
        "notifications/progress",
        None,
    ]
    assert [message["params"] for message in messages[:3]] == [
        {"progressToken": token, "progress": 0.5, "total": 3, "message": "at 0.5"},
        {"progressToken": token, "progress": 2, "total": 3, "message": "at 2"},
        {"progressToken": token, "progress": 3, "total": 3, "message": "at 3"},
    ]
    assert messages[3]["id"] == 1


def test_progress_in_the_modern_era(start, say):
    server = start()
    meta = {"progressToken": "m"}
    server.send(say.modern("tools/call", 1, name="progress", _meta=meta))
    steps = [server.receive()["params"]["progress"] for _ in range(3)]
    assert steps == [0.5, 2, 3]
    assert server.receive()["result"]["resultType"] == "complete"


def test_progress_had_no_message_at_first(opened, say):
    server = opened(version="2024-11-05")
    meta = {"progressToken": 1}
    server.send(say.legacy("tools/call", 1, name="progress", _meta=meta))
    shown = server.receive()["params"]
    if server.engine == "fastmcp":
        # FastMCP sends the member to every revision; clients pass over unknown ones.
        assert shown.pop("message") == "at 0.5"
    assert shown == {"progressToken": 1, "progress": 0.5, "total": 3}


@pytest.mark.parametrize("meta", [{}, {"progressToken": None}, {"progressToken": []}])
def test_no_progress_without_a_usable_token(opened, say, meta):
    server = opened()
    answer = server.ask(say.legacy("tools/call", 1, name="progress", _meta=meta))
    assert answer["id"] == 1


def test_stray_output_stays_out_of_the_channel(opened, say):
    server = opened()
    answer = server.ask(say.legacy("tools/call", 1, name="print"))
    assert structured(answer) == {"child": 0}
    assert server.ask(say.legacy("ping", 2))["result"] == {}
    server.end_input()
    assert server.wait() == 0
    assert server.rest_of_output() == []
    log = "\n".join([server.log(), *server.rest_of_log()])
    for text in ("forged", "half a line", "written to fd 1", "from a child"):
        assert text in log


def test_a_failure_inside_is_told_without_details(opened, say):
    server = opened()
    answer = server.ask(say.legacy("tools/call", 1, name="fail"))
    result = answer["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "internal"
    assert result["structuredContent"]["error"]["retry_safe"] is None
    error_id = result["structuredContent"]["error"]["details"]["error_id"]
    for hidden in ("secret-4711", "ValueError", "Traceback", "serve_core"):
        assert hidden not in json.dumps(answer)
    line = json.loads(server.wait_for_log(error_id))
    assert (line["level"], line["event"]) == ("error", "tool_failed")
    assert line["exception"] == ["ValueError"]
    assert any("in Core.do_fail" in place for place in line["traceback"])
    server.end_input()
    server.wait()
    assert "secret-4711" not in "\n".join([server.log(), *server.rest_of_log()])


def test_an_error_of_ours_keeps_its_code(opened, say):
    result = opened().ask(say.legacy("tools/call", 1, name="refuse"))["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "policy_denied"
    assert result["structuredContent"]["error"]["hint"] == "ask for another"


@pytest.mark.parametrize("kind", ["nan", "object", "surrogate", "deep"])
def test_a_result_that_is_not_json_is_an_internal_error(opened, say, kind):
    server = opened()
    call = say.legacy("tools/call", 1, name="unusable", arguments={"kind": kind})
    result = server.ask(call)["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "internal"
    server.wait_for_log("result_unusable")
    assert server.ask(say.legacy("ping", 2))["result"] == {}


def test_a_deep_result_arrives_or_is_an_internal_error(opened, say):
    server = opened()
    call = say.legacy("tools/call", 1, name="deep", arguments={"levels": 400})
    result = server.ask(call)["result"]
    if server.engine == "fastmcp":  # pydantic writes at most 255 levels
        assert result["structuredContent"]["error"]["code"] == "internal"
    else:
        assert result["isError"] is False


def test_a_large_result_arrives_whole(opened, say):
    server = opened()
    size = 3_000_000
    call = say.legacy("tools/call", 1, name="large", arguments={"size": size})
    assert structured(server.ask(call)) == {"text": "x" * size}


def test_the_working_directory_configures_nothing(start, say, tmp_path):
    # FastMCP reads `.env` where it is started, which an agent may write; a level that
    # does not exist would keep it from starting.
    settings = "FASTMCP_LOG_LEVEL=NONSENSE\nFASTMCP_TRANSPORT=sse\n"
    tmp_path.joinpath(".env").write_text(settings)
    server = start(cwd=tmp_path)
    server.ask(say.initialize())
    call = say.legacy("tools/call", 1, name="echo", arguments={"k": "secret-4711"})
    assert server.ask(call)["id"] == 1
    server.end_input()
    server.wait()
    assert server.rest_of_log()[-1] == "core closed"
    assert "secret-4711" not in server.log()
