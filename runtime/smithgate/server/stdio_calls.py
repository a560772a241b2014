"""Running the core's tool calls beside the reading of the channel.

Owns the worker threads, what becomes of a failure inside the core, and the waiting for
running calls at the end. Both engines run their calls here.
"""

import json
import math
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import SmithgateError, UnknownTool
from .stdio_frames import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    MAX_IN_FLIGHT,
    ProtocolError,
    RequestId,
    result_frame,
)
from .stdio_log import exception_fields, log_line
from .tool import CallContext, InputNeeded, ToolResult, ToolServer

if TYPE_CHECKING:
    from _queue import SimpleQueue

WORKERS = 8
"""Calls that run at once; more of them wait their turn."""


def new_error_id() -> str:
    """Return an id that joins a result that says ``internal`` with its log line."""
    return "err-" + os.urandom(6).hex()


def run_tool(
    core: ToolServer, name: str, arguments: Any, context: CallContext
) -> ToolResult:
    """Run a tool. Whatever fails in an unforeseen way is logged and said to have.

    Raises ``ProtocolError`` for a tool that the core does not know, ``InputNeeded``
    for a question that was not answered yet, and nothing else.
    """
    try:
        return core.call(name, arguments, context)
    except InputNeeded:
        raise
    except UnknownTool as error:
        data = error.as_dict()
        raise ProtocolError(INVALID_PARAMS, error.message, data) from None
    except SmithgateError as error:  # one that the core should have turned itself
        return error_result(error.as_dict())
    except Exception as error:  # noqa: BLE001 - nothing of it may reach the client
        return internal_result("tool_failed", error)


def internal_result(event: str, fault: BaseException) -> ToolResult:
    """Log an unforeseen failure and return what the client hears of it."""
    error_id = new_error_id()
    log_line("error", event, error_id=error_id, **exception_fields(fault))
    message = f"the server failed inside; its log has the details under `{error_id}`"
    error = {
        "code": "internal",
        "message": message,
        "retry_safe": None,
        "details": {"error_id": error_id},
    }
    return error_result(error)


def error_result(error: dict[str, Any]) -> ToolResult:
    """Return an error in the one shape that every refusal has."""
    structured = {"error": error}
    return ToolResult(structured, json.dumps(structured), is_error=True)


def usable_result(result: ToolResult) -> ToolResult:
    """Return a result that can be sent: itself, or ``internal`` when it is not JSON."""
    try:
        result_frame(0, {"text": result.text, "structured": result.structured})
    except (TypeError, ValueError, RecursionError) as error:
        return internal_result("result_unusable", error)
    return result


class Call:
    """One tool call of one connection, from its arrival to its end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cancelled = threading.Event()
        self.is_over = False
        """The result is there: nothing more may be said of the call."""


class Progress:
    """The progress of a call as the core reports it, from whichever thread.

    Only what rises is passed on, as the protocol asks, and nothing once the call is
    cancelled or over.
    """

    def __init__(
        self, call: Call, emit: Callable[[float, float | None, str | None], None]
    ) -> None:
        self._call = call
        self._emit = emit
        self._last = -math.inf
        self._lock = threading.Lock()

    def __call__(
        self, progress: float, total: float | None, message: str | None
    ) -> None:
        """Report; ``progress`` and ``total`` are in the tool's own unit."""
        with self._lock:
            if self._call.is_over or self._call.cancelled.is_set():
                return
            # NaN compares false, so that it never counts as a rise.
            if not self._last < progress < math.inf:
                return
            self._last = progress
            if total is not None and not math.isfinite(total):
                total = None
            self._emit(progress, total, message)


T = TypeVar("T")


class InFlight(Generic[T]):
    """Requests that wait for an answer, by id, from both directions' threads."""

    def __init__(self) -> None:
        self._entries: dict[RequestId, T] = {}
        self._changed = threading.Condition()

    def add(self, request_id: RequestId, entry: T) -> None:
        """Enter a request. Raises ``ProtocolError``: its id is taken, or too many."""
        with self._changed:
            if request_id in self._entries:
                message = "the id is in use by a running request"
                raise ProtocolError(INVALID_REQUEST, message)
            if len(self._entries) >= MAX_IN_FLIGHT:
                message = f"more than {MAX_IN_FLIGHT} requests at once"
                raise ProtocolError(INTERNAL_ERROR, message)
            self._entries[request_id] = entry

    def take(self, request_id: RequestId) -> T | None:
        """Remove a request and return its entry, ``None`` when it was not waiting."""
        with self._changed:
            entry = self._entries.pop(request_id, None)
            self._changed.notify_all()
            return entry

    def settle(self, request_id: RequestId, entry: T) -> bool:
        """Remove a request; ``False`` when it left, though its id may be in use again."""
        with self._changed:
            is_waiting = self._entries.get(request_id) is entry
            if is_waiting:
                self.take(request_id)
            return is_waiting

    def clear(self) -> None:
        """Forget every request."""
        with self._changed:
            self._entries.clear()

    def wait_empty(self, timeout_s: float) -> bool:
        """Wait until no request waits; ``False`` when some still do."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._entries, timeout_s)


class Calls:
    """The calls that wait or run, and the threads that run them.

    The threads are daemons and start with the first calls: a call that does not come
    back must not keep the process, and a server that is only listed starts none.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._limit = workers
        self._threads = 0
        self._open: set[Call] = set()
        self._idle = threading.Condition()
        self._jobs: SimpleQueue[tuple[Call, Callable[[], None]]] | None = None

    def start(self, call: Call, job: Callable[[], None]) -> None:
        """Run ``job`` on a worker thread when one is free."""
        if self._jobs is None:
            from queue import SimpleQueue  # with the first call, not at start-up

            self._jobs = SimpleQueue()
        with self._idle:
            self._open.add(call)
            needs_thread = self._threads < min(self._limit, len(self._open))
            self._threads += needs_thread
        self._jobs.put((call, job))
        if needs_thread:
            name = f"smithgate-call-{self._threads}"
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def cancel_all(self) -> None:
        """Ask every open call to come back."""
        with self._idle:
            calls = tuple(self._open)
        for call in calls:
            call.cancelled.set()

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until no call is open; ``False`` when some still are."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._open, timeout_s)

    def open_names(self) -> list[str]:
        """Return the tools that are still being called."""
        with self._idle:
            return sorted(call.name for call in self._open)

    def _work(self) -> None:
        assert self._jobs is not None
        while True:
            call, job = self._jobs.get()
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the thread serves later calls
                log_line("error", "answer_failed", **exception_fields(error))
            finally:
                with self._idle:
                    self._open.discard(call)
                    self._idle.notify_all()


def end_calls(calls: Calls, remaining_s: Callable[[], float], finish_s: float) -> None:
    """Let running calls finish, then ask them to, then record what is abandoned.

    ``finish_s`` is how long they may run undisturbed: 0 after a signal. What is
    abandoned goes on in a daemon thread until the process exits.
    """
    if finish_s > 0:
        calls.wait_idle(min(finish_s, remaining_s()))
    calls.cancel_all()
    if not calls.wait_idle(remaining_s()):
        log_line("warning", "calls_abandoned", tools=calls.open_names())


def close_core(core: ToolServer) -> bool:
    """Close the core; ``False`` when that failed, which is logged."""
    try:
        core.close()
    except Exception as error:  # noqa: BLE001 - the process ends either way
        log_line("error", "close_failed", **exception_fields(error))
        return False
    return True
