"""The wire of a stdio server: descriptors, lines, signals and the end of it all.

Owns the process's standard descriptors. The protocol moves to private ones, fd 0
becomes the null device and fd 1 a copy of stderr, so that neither a stray ``print`` nor
a child process can read from or write into the channel. What a line means is left to
``stdio_frames``.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

FINISH_S = 2.0
"""How long running calls may go on after the end of input."""

END_S = 3.0
"""How long the end may take in all; with the exit itself it stays under 5 s."""

_CHUNK = 65536
_ATOMIC = select.PIPE_BUF  # what a writable pipe takes without blocking
_SLICE_S = 0.25  # how often a blocked writer looks at its deadline
_NULL = os.devnull


class Descriptors(NamedTuple):
    """The private ends of the channel."""

    source: int
    sink: int


def guard_descriptors() -> Descriptors:
    """Move the channel to private descriptors, once for the rest of the process.

    Not undone at the end: text that a library still holds in ``sys.stdout`` would
    then reach the channel when the interpreter flushes it.
    """
    _fill_standard()
    # Duplicates lie above 2, since those are taken, and children do not inherit them.
    source, sink = os.dup(0), os.dup(1)
    divert_standard()
    return Descriptors(source, sink)


def divert_standard() -> None:
    """Make fd 0 the null device and fd 1 a copy of stderr."""
    null = os.open(_NULL, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)


def _fill_standard() -> None:
    # A closed standard descriptor would be given to the next file that is opened,
    # and log lines would land in a database.
    while (fd := os.open(_NULL, os.O_RDWR)) <= 2:  # noqa: PLR2004 - 0, 1, 2 are meant
        continue
    os.close(fd)


class LineSplitter:
    """Cuts a byte stream into lines; a line over the limit is dropped as it arrives."""

    def __init__(self, max_line: int | None) -> None:
        self._max_line = max_line
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """Yield each line that ``chunk`` completes, ``None`` for one too long."""
        self._buffer += chunk
        while (end := self._buffer.find(b"\n", self._searched)) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            if self._skipping:
                self._skipping = False
            elif self._is_too_long(end):
                yield None
            elif line.strip():
                yield line
        self._searched = len(self._buffer)
        if self._skipping:
            self._drop()
        elif self._is_too_long(self._searched):
            self._skipping = True
            self._drop()
            yield None

    def rest(self) -> bytes | None:
        """Return the last line when the stream ended without a newline."""
        return bytes(self._buffer) if self._buffer.strip() else None

    def _is_too_long(self, size: int) -> bool:
        return self._max_line is not None and size > self._max_line

    def _drop(self) -> None:
        self._buffer.clear()
        self._searched = 0


class Stop:
    """The wish to end: pulled by a signal, a broken channel or the end of input.

    ``pull`` takes no lock, so that a signal handler may call it at any point.
    """

    def __init__(self) -> None:
        self.wake, self.signalled = os.pipe()
        os.set_blocking(self.signalled, False)  # a signal handler must not wait
        self.deadline: float | None = None
        """``time.monotonic`` at which the process stops waiting for anything."""

    def pull(self) -> None:
        """Start the end; later calls change nothing."""
        if self.deadline is None:
            self.deadline = time.monotonic() + END_S
            os.write(self.signalled, b"x")

    def remaining_s(self) -> float:
        """Return how long may still be waited; the whole time before the end began."""
        if self.deadline is None:
            return END_S
        return max(0.0, self.deadline - time.monotonic())


class LineSource:
    """Lines from a descriptor, until its end or until ``stop`` is pulled."""

    def __init__(self, fd: int, stop: Stop, max_line: int | None) -> None:
        self._fd = fd
        self._stop = stop
        self._splitter = LineSplitter(max_line)

    def __iter__(self) -> Iterator[bytes | None]:
        """Yield lines; ``None`` stands for a line over the limit."""
        while chunk := self._read():
            yield from self._splitter.feed(chunk)
        if self._stop.deadline is None and (last := self._splitter.rest()) is not None:
            yield last

    def _read(self) -> bytes:
        """Return what has arrived; nothing at the end."""
        while True:
            ready, _, _ = select.select([self._fd, self._stop.wake], [], [])
            if self._stop.wake in ready:
                self._stop.pull()  # a signal woke us before its handler ran
                return b""
            try:
                return os.read(self._fd, _CHUNK)
            except BlockingIOError:
                continue  # the descriptor is non-blocking and another reader was first
            except OSError:
                return b""  # a terminal that hung up


class LineSink:
    """Whole lines to a descriptor, one writer at a time, never after it broke."""

    def __init__(self, fd: int, stop: Stop) -> None:
        self._fd = fd
        self._stop = stop
        self._lock = threading.Lock()
        self.is_broken = False
        """The reader is gone, or did not read until the end's deadline."""

    def send(self, line: bytes) -> None:
        """Write a line, newline included. A broken channel pulls ``stop``."""
        with self._lock:
            if not self.is_broken and not self._write(line):
                self.is_broken = True
                self._stop.pull()

    def _write(self, line: bytes) -> bool:
        view = memoryview(line)
        while view:
            # Piece by piece, each when there is room: a client that stopped reading
            # must not hold a thread in a write that no signal can end.
            if not self._wait_for_room():
                return False
            try:
                written = os.write(self._fd, view[:_ATOMIC])
            except BlockingIOError:
                continue
            except OSError:  # BrokenPipeError, or a terminal that hung up
                return False
            view = view[written:]
        return True

    def _wait_for_room(self) -> bool:
        while True:
            _, ready, _ = select.select([], [self._fd], [], _SLICE_S)
            if ready:
                return True
            if self._stop.deadline is not None and self._stop.remaining_s() == 0:
                return False


class Signals:
    """SIGTERM, SIGHUP and Ctrl-C pull ``stop`` instead of ending the process at once."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self.received: int | None = None

    def install(self) -> None:
        """Take over the signals, for good.

        Giving them back before the exit would let a second signal kill the process
        in the middle of closing its stores.
        """
        if threading.current_thread() is threading.main_thread():
            # Python runs handlers between two bytecodes of the main thread: one that is
            # about to wait, or a signal that another thread got, would not end the wait.
            signal.set_wakeup_fd(self._stop.signalled, warn_on_full_buffer=False)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, self._handle)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received = number
        self._stop.pull()

    def exit_code(self) -> int:
        """Return 130 after Ctrl-C as shells do, 0 after any other end."""
        return 130 if self.received == signal.SIGINT else 0
