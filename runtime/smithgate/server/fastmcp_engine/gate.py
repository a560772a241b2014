"""The gate between the wire and FastMCP: strict JSON in, protocol messages out.

FastMCP reads fd 0 and writes fd 1, which are pipes to two threads here. What is no
message is refused with the answer of the minimal engine and never reaches FastMCP; what
is no answer that somebody waits for never reaches the client. The gate also owns the
end: FastMCP cancels its calls when its input ends, so it is told late.
"""

import json
import os
import sys
import threading
from typing import Any

from ..stdio import FINISH_S, Descriptors, LineSink, LineSource, Stop
from ..stdio_calls import Calls, InFlight, end_calls
from ..stdio_frames import (
    WIRE_LIMITS,
    Notification,
    ProtocolError,
    Refusal,
    Reply,
    Request,
    error_frame,
    is_request_id,
    read_frame,
)
from ..stdio_log import exception_fields, log_line

ASKING = "elicitation/create"


class Gate:
    """One connection through FastMCP. ``open``, serve, ``close``, each once."""

    def __init__(self, wire: Descriptors, stop: Stop, calls: Calls) -> None:
        self.calls = calls
        """Where the calls of this connection run."""
        self._stop = stop
        self._lines = LineSource(wire.source, stop, WIRE_LIMITS.max_bytes)
        self._client = LineSink(wire.sink, stop)
        self._waiting: InFlight[str] = InFlight()
        self._asked: InFlight[str] = InFlight()
        """Questions to the client that it has not answered."""
        # Written last, so that everything before it has passed.
        self._last_line = os.urandom(16).hex().encode()
        self._out: threading.Thread | None = None
        self._write_end = -1

    def open(self) -> None:
        """Put the pipes in place of fd 0 and 1 and start both directions."""
        in_read, in_write = os.pipe()
        out_read, self._write_end = os.pipe()
        os.dup2(in_read, 0)
        os.close(in_read)
        os.dup2(self._write_end, 1)
        # FastMCP looks for the channel behind these; they are None or another's when
        # the process began with closed descriptors or with replaced streams.
        sys.stdin = os.fdopen(0, closefd=False)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        self._out = threading.Thread(
            target=self._pump_out, args=(out_read,), name="smithgate-out", daemon=True
        )
        self._out.start()
        threading.Thread(
            target=self._pump_in, args=(in_write,), name="smithgate-in", daemon=True
        ).start()

    def close(self) -> None:
        """Let pass what FastMCP wrote before it ended. Returns within the deadline."""
        self._stop.pull()
        os.write(self._write_end, b"\n" + self._last_line + b"\n")
        if self._out is not None:
            self._out.join(self._stop.remaining_s())

    def _pump_in(self, pipe: int) -> None:
        engine = LineSink(pipe, self._stop)
        try:
            for line in self._lines:
                self._take(line, engine)
            self._end()
        except Exception as error:  # noqa: BLE001 - the server ends, and says why
            log_line("error", "gate_failed", **exception_fields(error))
        finally:
            os.close(pipe)  # the end of FastMCP's input

    def _take(self, line: bytes | None, engine: LineSink) -> None:
        frame = read_frame(line)
        if isinstance(frame, Refusal):
            self._client.send(error_frame(frame.id, frame.code, frame.message))
        elif isinstance(frame, Request) and not self._admit(frame):
            return
        elif isinstance(frame, Reply) and (
            frame.id is None or self._asked.take(frame.id) is None
        ):
            return  # an answer that nobody asked for
        elif line is not None:
            if (
                isinstance(frame, Notification)
                and frame.method == "notifications/cancelled"
            ):
                self._forget(frame.params.get("requestId"))
            # Text streams take a lone CR for a line end; in JSON it is white space.
            engine.send(line.replace(b"\r", b" ") + b"\n")

    def _admit(self, request: Request) -> bool:
        """Enter a request among those that wait, or refuse it."""
        try:
            self._waiting.add(request.id, request.method)
        except ProtocolError as error:
            refusal = error_frame(request.id, error.code, error.message, error.data)
            self._client.send(refusal)
            return False
        return True

    def _end(self) -> None:
        """Wait for answers as far as the end allows; later ones are not passed on."""
        finish_s = 0.0 if self._stop.deadline is not None else FINISH_S
        self._stop.pull()
        is_answered = finish_s > 0 and self._waiting.wait_empty(finish_s)
        end_calls(self.calls, self._stop.remaining_s, finish_s if is_answered else 0.0)
        self._waiting.wait_empty(self._stop.remaining_s())
        self._waiting.clear()

    def _pump_out(self, pipe: int) -> None:
        never = Stop()  # ends by the last line, not by the clock
        try:
            for line in LineSource(pipe, never, None):
                if line == self._last_line:
                    return
                if line is not None and self._may_pass(line):
                    self._client.send(line + b"\n")
        except Exception as error:  # noqa: BLE001 - the server ends, and says why
            log_line("error", "gate_failed", **exception_fields(error))
            self._stop.pull()

    def _may_pass(self, line: bytes) -> bool:
        message = _message_of(line)
        if message is None:
            log_line("warning", "stray_output", bytes=len(line))
            return False
        if "method" not in message:
            return self._forget(message.get("id"))
        if "id" not in message:
            return True
        return self._may_ask(message)

    def _may_ask(self, message: dict[str, Any]) -> bool:
        """Let a question pass; the core asks the client for nothing else."""
        request_id = message["id"]
        if message["method"] != ASKING or not is_request_id(request_id):
            return False
        try:
            self._asked.add(request_id, ASKING)
        except ProtocolError:  # too many, or one id twice
            return False
        return True

    def _forget(self, request_id: Any) -> bool:
        """Stop waiting for an answer; ``False`` when nobody waited."""
        if not is_request_id(request_id):
            return False
        return self._waiting.take(request_id) is not None


def _message_of(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    is_message = isinstance(message, dict) and message.get("jsonrpc") == "2.0"
    return message if is_message else None
