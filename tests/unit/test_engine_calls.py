"""stdio_calls: failures, progress, ids in flight, and the end of running calls."""

import json
import threading

import pytest
from smithgate.errors import PolicyDenied, UnknownTool
from smithgate.server.stdio_calls import (
    Call,
    Calls,
    InFlight,
    Progress,
    close_core,
    end_calls,
    run_tool,
    usable_result,
)
from smithgate.server.stdio_frames import MAX_IN_FLIGHT, ProtocolError
from smithgate.server.tool import CallContext, ToolResult

LIMIT_S = 20
CONTEXT = CallContext("c", "1", "2026-07-28", threading.Event())


class Core:
    name, version, instructions = "core", "1", ""

    def __init__(self, outcome):
        self.outcome = outcome
        self.closed = 0

    def tools(self):
        return []

    def call(self, name, arguments, context):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def close(self):
        self.closed += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome


def log_lines(capfd):
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def test_a_result_is_passed_on_as_it_is(capfd):
    result = ToolResult({"a": 1}, "text")
    assert run_tool(Core(result), "t", {}, CONTEXT) is result
    assert usable_result(result) is result
    assert log_lines(capfd) == []


def test_an_unknown_tool_is_a_protocol_error(capfd):
    error = UnknownTool("no tool `t`", hint="see tools/list")
    with pytest.raises(ProtocolError) as caught:
        run_tool(Core(error), "t", {}, CONTEXT)
    assert caught.value.code == -32602
    assert caught.value.data == error.as_dict()
    assert log_lines(capfd) == []


def test_an_error_of_ours_is_a_result_with_its_code(capfd):
    result = run_tool(Core(PolicyDenied("no", rule="r")), "t", {}, CONTEXT)
    assert result.is_error
    assert result.structured["error"]["code"] == "policy_denied"
    assert result.structured["error"]["details"] == {"rule": "r"}
    assert log_lines(capfd) == []


def test_anything_else_is_internal_and_logged_without_its_text(capfd):
    error = ValueError("secret")
    error.__cause__ = KeyError("secret too")
    result = run_tool(Core(error), "t", {"k": "secret three"}, CONTEXT)
    (line,) = log_lines(capfd)
    assert result.is_error
    assert result.structured["error"]["details"]["error_id"] == line["error_id"]
    assert line["exception"] == ["ValueError", "KeyError"]
    assert any("in Core.call" in place for place in line["traceback"])
    assert "secret" not in json.dumps([result, line])


@pytest.mark.parametrize("value", [float("inf"), {1, 2}, "\ud800"])
def test_a_result_that_is_not_json_is_internal(value, capfd):
    result = usable_result(ToolResult({"value": value}, "t"))
    assert result.structured["error"]["code"] == "internal"
    assert log_lines(capfd)[0]["event"] == "result_unusable"


def test_progress_rises_and_ends_with_the_call():
    heard = []
    call = Call("t")
    progress = Progress(call, lambda *step: heard.append(step))
    progress(0, 10, "a")
    progress(0, 10, "again")
    progress(-1, 10, "back")
    progress(float("nan"), 10, "no number")
    progress(float("inf"), 10, "no end")
    progress(1, float("nan"), None)
    progress(2, float("inf"), None)
    call.is_over = True
    progress(3, None, "over")
    assert heard == [(0, 10, "a"), (1, None, None), (2, None, None)]


def test_progress_of_a_cancelled_call_is_silent():
    heard = []
    call = Call("t")
    call.cancelled.set()
    Progress(call, lambda *step: heard.append(step))(1, None, None)
    assert heard == []


def test_ids_in_flight():
    waiting = InFlight[object]()
    first, second = object(), object()
    waiting.add(1, first)
    waiting.add("1", second)
    with pytest.raises(ProtocolError) as caught:
        waiting.add(1, second)
    assert caught.value.code == -32600
    assert waiting.take(1) is first
    assert waiting.take(1) is None
    # The id is free: its late first owner must not settle for the new one.
    waiting.add(1, second)
    assert not waiting.settle(1, first)
    assert waiting.settle(1, second)
    assert not waiting.wait_empty(0)
    waiting.clear()
    assert waiting.wait_empty(0)


def test_ids_in_flight_are_limited():
    waiting = InFlight[int]()
    for n in range(MAX_IN_FLIGHT):
        waiting.add(n, n)
    with pytest.raises(ProtocolError) as caught:
        waiting.add("one more", 0)
    assert caught.value.code == -32603


def test_calls_run_beside_each_other_on_few_threads():
    calls = Calls(workers=2)
    together = threading.Barrier(2)
    names = set()

    def job():
        together.wait(LIMIT_S)
        names.add(threading.current_thread().name)

    for _ in range(6):
        calls.start(Call("t"), job)
    assert calls.wait_idle(LIMIT_S)
    assert len(names) == 2
    assert all(name.startswith("smithgate-call-") for name in names)


def test_no_call_means_no_thread():
    before = threading.active_count()
    assert Calls().wait_idle(0)
    assert threading.active_count() == before


def test_a_job_that_fails_leaves_its_thread_to_the_next(capfd):
    calls = Calls(workers=1)
    ran = threading.Event()

    def fail():
        raise ValueError("secret")

    calls.start(Call("t"), fail)
    calls.start(Call("t"), ran.set)
    assert calls.wait_idle(LIMIT_S)
    assert ran.is_set()
    (line,) = log_lines(capfd)
    assert (line["event"], line["exception"]) == ("answer_failed", ["ValueError"])


def test_at_the_end_calls_are_cancelled_and_waited_for(capfd):
    calls = Calls()
    call = Call("t")

    def job():
        call.cancelled.wait(LIMIT_S)

    calls.start(call, job)
    end_calls(calls, lambda: LIMIT_S, finish_s=0)
    assert calls.open_names() == []
    assert log_lines(capfd) == []


def test_at_the_end_calls_may_finish_undisturbed():
    calls = Calls()
    call = Call("t")
    seen = []
    calls.start(call, lambda: seen.append(call.cancelled.is_set()))
    end_calls(calls, lambda: LIMIT_S, finish_s=LIMIT_S)
    assert seen == [False]


def test_at_the_end_calls_that_stay_are_recorded(capfd):
    calls = Calls()
    release = threading.Event()

    def job():
        release.wait(LIMIT_S)

    for name in ("b", "a"):
        calls.start(Call(name), job)
    end_calls(calls, lambda: 0.0, finish_s=0)
    (line,) = log_lines(capfd)
    assert (line["event"], line["tools"]) == ("calls_abandoned", ["a", "b"])
    release.set()
    assert calls.wait_idle(LIMIT_S)


def test_closing_the_core(capfd):
    core = Core(None)
    assert close_core(core)
    assert core.closed == 1
    assert not close_core(Core(OSError("secret")))
    (line,) = log_lines(capfd)
    assert (line["event"], line["exception"]) == ("close_failed", ["OSError"])
    assert "secret" not in json.dumps(line)
