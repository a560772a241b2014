"""stdio: lines out of bytes, whole lines into a descriptor, the wish to end."""

import os
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate.server import stdio
from smithgate.server.stdio import LineSink, LineSource, LineSplitter, Stop

LIMIT_S = 20


@pytest.fixture
def stop():
    one = Stop()
    yield one
    os.close(one.wake)
    os.close(one.signalled)


@pytest.fixture
def pipe():
    read_end, write_end = os.pipe()
    ends = {"read": read_end, "write": write_end}
    yield ends
    for fd in ends.values():
        os.close(fd)


def split(chunks, max_line=None):
    splitter = LineSplitter(max_line)
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    return lines, splitter.rest()


def test_lines_across_chunks():
    assert split([b"ab", b"c\nde\n", b"\n \r\n", b"f"]) == ([b"abc", b"de"], b"f")
    assert split([b"a\n"]) == ([b"a"], None)
    assert split([]) == ([], None)


def test_a_line_over_the_limit_is_told_once_and_passed_over():
    assert split([b"12345\n123456\n1\n"], 5) == ([b"12345", None, b"1"], None)
    chunks = [b"123456", b"789", b"0\n", b"ok\n"]
    assert split(chunks, 5) == ([None, b"ok"], None)
    assert split([b"123456", b"789"], 5) == ([None], None)
    assert split([b"123456", b"7\n123456\nx"], 5) == ([None, None], b"x")


def test_a_line_over_the_limit_is_not_kept():
    splitter = LineSplitter(10)
    for _ in range(1000):
        list(splitter.feed(b"x" * 1000))
    assert len(splitter._buffer) == 0


@given(st.lists(st.binary(max_size=6)), st.integers(1, 5))
def test_chunks_do_not_matter(chunks, max_line):
    whole = b"".join(chunks)
    one_by_one = [whole[n : n + 1] for n in range(len(whole))]
    expected: list[bytes | None] = []
    *lines, last = whole.split(b"\n")
    for line in lines:
        if len(line) > max_line:
            expected.append(None)
        elif line.strip():
            expected.append(line)
    if len(last) > max_line:
        expected.append(None)
    assert split(chunks, max_line)[0] == expected
    assert split(one_by_one, max_line)[0] == expected


def test_a_source_reads_to_the_end_and_takes_an_unfinished_line(stop, pipe):
    os.write(pipe["write"], b"one\ntwo\nthree")
    os.close(pipe.pop("write"))
    assert list(LineSource(pipe["read"], stop, None)) == [b"one", b"two", b"three"]


def test_a_stopped_source_ends_at_once_without_an_unfinished_line(stop, pipe):
    os.write(pipe["write"], b"one\ntw")
    lines = iter(LineSource(pipe["read"], stop, None))
    assert next(lines) == b"one"
    stop.pull()
    assert list(lines) == []


def test_a_source_that_waits_is_woken(stop, pipe):
    done = threading.Event()

    def read():
        assert list(LineSource(pipe["read"], stop, None)) == []
        done.set()

    threading.Thread(target=read, daemon=True).start()
    stop.pull()
    assert done.wait(LIMIT_S)


def test_the_end_begins_once(stop, monkeypatch):
    assert stop.deadline is None
    assert stop.remaining_s() == stdio.END_S
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    stop.pull()
    assert stop.deadline == 100 + stdio.END_S
    monkeypatch.setattr(time, "monotonic", lambda: 103.0)
    stop.pull()
    assert stop.remaining_s() == stdio.END_S - 3
    monkeypatch.setattr(time, "monotonic", lambda: 200.0)
    assert stop.remaining_s() == 0


def test_lines_of_several_writers_stay_whole(stop, pipe):
    sink = LineSink(pipe["write"], stop)
    lines = [bytes([65 + n]) * 50_000 + b"\n" for n in range(8)]
    threads = [threading.Thread(target=sink.send, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    source = iter(LineSource(pipe["read"], stop, None))
    received = [(next(source) or b"") + b"\n" for _ in lines]
    assert sorted(received) == lines
    for thread in threads:
        thread.join(LIMIT_S)


def test_a_broken_channel_ends_everything(stop, pipe):
    os.close(pipe.pop("read"))
    sink = LineSink(pipe["write"], stop)
    sink.send(b"x\n")
    assert sink.is_broken
    assert stop.deadline is not None
    sink.send(b"y\n")


def test_a_full_channel_is_given_up_at_the_deadline(stop, pipe, monkeypatch):
    sink = LineSink(pipe["write"], stop)
    stop.pull()
    stop.deadline = 0.0
    sink.send(b"x" * 1_000_000)
    assert sink.is_broken


def test_a_full_channel_is_waited_for_before_the_end(stop, pipe):
    sink = LineSink(pipe["write"], stop)
    writer = threading.Thread(target=sink.send, args=(b"x" * 300_000 + b"\n",))
    writer.start()
    assert next(iter(LineSource(pipe["read"], stop, None))) == b"x" * 300_000
    writer.join(LIMIT_S)
    assert not writer.is_alive()
    assert not sink.is_broken


_SIGNALLED_ELSEWHERE = """
import os, signal, threading
from smithgate.server.stdio import LineSource, Signals, Stop

stop = Stop()
signals = Signals(stop)
signals.install()
source, _open = os.pipe()


def kill_here():
    for _ in range(1000):  # each read lets the main thread go on, until it waits
        with open(os.devnull, "rb") as nothing:
            nothing.read()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)


threading.Thread(target=kill_here, daemon=True).start()
assert list(LineSource(source, stop, None)) == []
assert stop.deadline is not None
assert signals.received == signal.SIGTERM
"""


def test_a_signal_that_another_thread_gets_ends_the_waiting():
    done = subprocess.run(
        [sys.executable, "-c", _SIGNALLED_ELSEWHERE],
        check=False,
        capture_output=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
