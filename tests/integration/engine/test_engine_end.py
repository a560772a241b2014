"""How both engines end: at the end of input, by signals, when the client is gone.

No test measures time. That an end takes less than 5 s shows in what is abandoned: a
core that never comes back is not waited for.
"""

import json
import os
import signal
import subprocess
import sys
from typing import IO

import pytest


def pipes_of(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return the standard input and error of a process that was given both."""
    assert process.stdin is not None
    assert process.stderr is not None
    return process.stdin, process.stderr


def test_the_end_of_input_before_anything(start):
    server = start()
    server.end_input()
    assert server.wait() == 0
    assert server.rest_of_output() == []
    assert server.rest_of_log() == ["core closed"]


def test_everything_sent_before_the_end_is_answered(start, say):
    server = start()
    server.send(
        say.initialize(),
        say.legacy("tools/list", 1),
        say.legacy("tools/call", 2, name="brief"),
        say.legacy("tools/call", 3, name="echo"),
    )
    server.end_input()
    assert server.wait() == 0
    answers = {answer["id"]: answer["result"] for answer in server.rest_of_output()}
    assert set(answers) == {0, 1, 2, 3}
    assert answers[2]["structuredContent"] == {"cancelled": False}


def test_a_call_that_began_may_finish_after_the_end_of_input(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="brief"))
    server.wait_for_log("brief began")
    server.end_input()
    (answer,) = server.rest_of_output()
    assert answer["result"]["structuredContent"] == {"cancelled": False}
    assert server.wait() == 0


def test_the_last_line_may_lack_its_newline(start, say):
    server = start()
    os.write(server.process.stdin.fileno(), json.dumps(say.initialize()).encode())
    server.end_input()
    assert [answer["id"] for answer in server.rest_of_output()] == [0]


@pytest.mark.slow
def test_a_long_call_is_asked_to_stop_after_the_end_of_input(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="slow"))
    server.wait_for_log("slow began")
    server.end_input()
    server.wait_for_log("slow was cancelled")
    server.wait_for_log("core closed")
    assert server.wait() == 0
    assert [answer["id"] for answer in server.rest_of_output()] == [1]


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 130)],
)
def test_a_signal_while_idle(opened, number, code):
    server = opened()
    server.process.send_signal(number)
    assert server.wait() == code
    assert server.rest_of_output() == []
    assert server.rest_of_log() == ["core closed"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_running_calls_to_stop_at_once(opened, say, number):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="slow"))
    server.wait_for_log("slow began")
    server.process.send_signal(number)
    server.wait_for_log("slow was cancelled")
    server.wait_for_log("core closed")
    server.wait()
    assert [answer["id"] for answer in server.rest_of_output()] == [1]


@pytest.mark.slow
def test_a_call_that_does_not_stop_is_abandoned_and_recorded(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="stubborn"))
    server.wait_for_log("stubborn began")
    server.process.send_signal(signal.SIGTERM)
    line = json.loads(server.wait_for_log("calls_abandoned"))
    assert (line["level"], line["tools"]) == ("warning", ["stubborn"])
    server.wait_for_log("core closed")
    assert server.wait() == 0
    assert server.rest_of_output() == []


@pytest.mark.slow
def test_a_second_signal_does_not_break_the_end(opened, say):
    server = opened()
    server.send(say.legacy("tools/call", 1, name="stubborn"))
    server.wait_for_log("stubborn began")
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGTERM)
    server.wait_for_log("core closed")
    assert server.wait() == 0


def test_a_client_that_hung_up(engine, say, start):
    server = start()  # gives the command; this test needs a pipe of its own
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        server.command, stdin=subprocess.PIPE, stdout=write_end, stderr=subprocess.PIPE
    )
    os.close(write_end)
    os.close(read_end)
    stdin, stderr = pipes_of(process)
    # Only the first write finds out; input stays open all the time.
    stdin.write(json.dumps(say.initialize()).encode() + b"\n")
    stdin.flush()
    assert process.wait(30) == 0
    log = stderr.read().decode()
    stdin.close()
    stderr.close()
    assert "core closed" in log
    assert "Traceback" not in log


@pytest.mark.slow
def test_a_client_that_stopped_reading(opened, say):
    command = opened().command  # this test needs a pipe that nobody empties
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        stdin, stderr = pipes_of(process)
        call = say.legacy("tools/call", 1, name="large", arguments={"size": 3_000_000})
        begin = say.legacy("tools/call", 2, name="wait")
        for message in (say.initialize(), call, begin):
            stdin.write(json.dumps(message).encode() + b"\n")
        stdin.flush()
        while b"wait began" not in stderr.readline():
            continue
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert b"core closed" in stderr.read()


def test_standard_descriptors_that_are_closed(engine, start):
    command = " ".join(start().command)
    script = f"exec {command} <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", script], check=False, timeout=30)
    assert done.returncode == 0


def test_a_core_that_cannot_be_closed_shows_in_the_exit_code(engine, tmp_path):
    run = "minimal" if engine == "minimal" else "fastmcp_engine"
    script = f"""
import sys
from smithgate.server.{run} import run_{engine}

class Core:
    name, version, instructions = "n", "1", ""
    def tools(self): return []
    def call(self, name, arguments, context): raise AssertionError
    def close(self): raise OSError("disk full of secret-4711")

sys.exit(run_{engine}(Core()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stderr)["event"] == "close_failed"
    assert b"secret-4711" not in done.stderr
