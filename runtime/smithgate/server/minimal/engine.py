"""The protocol of the minimal engine: one message in, its answers out.

Owns the state of the connection and the methods. Reading, writing and the end of the
process belong to ``..stdio``, threads to ``..stdio_calls``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..stdio import FINISH_S, LineSink, Stop
from ..stdio_calls import (
    Call,
    Calls,
    InFlight,
    Progress,
    end_calls,
    internal_result,
    run_tool,
)
from ..stdio_forms import (
    MODERN_VERSIONS,
    PAGE_SIZE,
    cacheable,
    input_form,
    modern_form,
    progress_form,
    progress_token,
    result_form,
    tool_form,
)
from ..stdio_frames import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    Notification,
    ProtocolError,
    Refusal,
    Request,
    RequestId,
    error_frame,
    is_request_id,
    notification_frame,
    read_frame,
    result_frame,
)
from ..tool import Ask, CallContext, InputNeeded, ToolResult, ToolServer
from .eras import Peer, handshake, refuse_initialize, resolve
from .pages import page_of

if TYPE_CHECKING:
    from .asking import Asking

_CAPABILITIES = {"tools": {"listChanged": False}}


class Engine:
    """One connection. ``receive`` belongs to one thread; answers come from several."""

    def __init__(self, core: ToolServer, sink: LineSink, stop: Stop) -> None:
        self._core = core
        self._sink = sink
        self._stop = stop
        self._session: Peer | None = None
        self._calls = Calls()
        self._in_flight: InFlight[Call] = InFlight()
        self._asking: Asking | None = None
        self._methods: dict[str, Callable[[Request, Peer], dict[str, Any]]] = {
            "ping": lambda _request, _peer: {},
            "server/discover": self._discover,
            "tools/list": self._list_tools,
        }

    def receive(self, line: bytes | None) -> None:
        """Take one line from the client; ``None`` for one that was too long."""
        frame = read_frame(line)
        if isinstance(frame, Refusal):
            self._sink.send(error_frame(frame.id, frame.code, frame.message))
        elif isinstance(frame, Notification):
            if frame.method == "notifications/cancelled":
                self._cancel(frame.params.get("requestId"))
        elif isinstance(frame, Request):
            self._answer(frame)
        elif self._asking is not None:
            self._asking.waiting.take(frame.id, frame.result)

    def end(self) -> None:
        """Wait for running calls as far as the end allows, after the last line."""
        finish_s = 0.0 if self._stop.deadline is not None else FINISH_S
        self._stop.pull()
        end_calls(self._calls, self._stop.remaining_s, finish_s)

    def _answer(self, request: Request) -> None:
        try:
            result = self._result_of(request)
            if result is None:
                return  # a worker thread answers
            line = result_frame(request.id, result)
        except ProtocolError as error:
            line = error_frame(request.id, error.code, error.message, error.data)
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            message = internal_result("request_failed", error).text
            line = error_frame(request.id, INTERNAL_ERROR, message)
        self._sink.send(line)

    def _result_of(self, request: Request) -> dict[str, Any] | None:
        """Return the result, ``None`` for a call that was started instead."""
        if request.method == "initialize":
            return self._initialize(request)
        peer = resolve(request, self._session)
        if peer.is_modern:
            self._session = peer  # the connection's era is decided from here on
        if request.method == "tools/call":
            self._start_call(request, peer)
            return None
        return self._methods[request.method](request, peer)

    def _initialize(self, request: Request) -> dict[str, Any]:
        if self._session is not None:
            raise refuse_initialize(request, self._session)
        peer = handshake(request)
        self._session = peer
        return {
            "protocolVersion": peer.version,
            "capabilities": _CAPABILITIES,
            "serverInfo": {"name": self._core.name, "version": self._core.version},
            "instructions": self._core.instructions,
        }

    def _discover(self, _request: Request, _peer: Peer) -> dict[str, Any]:
        result = {
            "supportedVersions": list(MODERN_VERSIONS),
            "capabilities": _CAPABILITIES,
            "instructions": self._core.instructions,
        }
        return modern_form(cacheable(result), self._core)

    def _list_tools(self, request: Request, peer: Peer) -> dict[str, Any]:
        cursor = request.params.get("cursor")
        page, following = page_of(self._core.tools(), cursor, PAGE_SIZE)
        result: dict[str, Any] = {"tools": [tool_form(s, peer.version) for s in page]}
        if following is not None:
            result["nextCursor"] = following
        return modern_form(cacheable(result), self._core) if peer.is_modern else result

    def _start_call(self, request: Request, peer: Peer) -> None:
        name = request.params.get("name")
        arguments = request.params.get("arguments")
        if not isinstance(name, str):
            raise ProtocolError(INVALID_PARAMS, "`name` must be a string")
        if arguments is not None and not isinstance(arguments, dict):
            raise ProtocolError(INVALID_PARAMS, "`arguments` must be an object")
        call = Call(name)
        ask = self._asker(request, peer, call, arguments or {})
        self._in_flight.add(request.id, call)
        context = CallContext(
            client_name=peer.client_name,
            client_version=peer.client_version,
            protocol_version=peer.version,
            cancelled=call.cancelled,
            progress=self._progress_of(request, peer, call),
            ask=ask,
        )
        self._calls.start(
            call,
            lambda: self._run(request.id, call, peer, arguments or {}, context),
        )

    def _asker(
        self, request: Request, peer: Peer, call: Call, arguments: dict[str, Any]
    ) -> Ask | None:
        """Return how the person at the client is asked, ``None`` where it cannot."""
        if not peer.can_ask:
            return None
        if self._asking is None:
            from .asking import Asking  # with the first call, not at start-up

            self._asking = Asking(self._sink.send)
        if peer.is_modern:
            return self._asking.states.asker(request.params, call.name, arguments)
        return self._asking.waiting.asker(call, peer.version)

    def _progress_of(self, request: Request, peer: Peer, call: Call) -> Progress | None:
        token = progress_token(request.params)
        if token is None:
            return None

        def emit(progress: float, total: float | None, message: str | None) -> None:
            form = progress_form(token, progress, total, message, peer.version)
            self._sink.send(notification_frame("notifications/progress", form))

        return Progress(call, emit)

    def _run(
        self,
        request_id: RequestId,
        call: Call,
        peer: Peer,
        arguments: dict[str, Any],
        context: CallContext,
    ) -> None:
        """Run a call on a worker thread and answer it, unless it was cancelled."""
        if call.cancelled.is_set():
            return  # before it began: the core never hears of it
        try:
            result = run_tool(self._core, call.name, arguments, context)
            line = self._call_line(request_id, result, peer)
        except InputNeeded as needed:
            assert self._asking is not None  # it was this that raised
            state = self._asking.states.seal(needed.question, call.name, arguments)
            form = input_form(needed.question, state, self._core)
            line = result_frame(request_id, form)
        except ProtocolError as error:
            line = error_frame(request_id, error.code, error.message, error.data)
        call.is_over = True
        if self._in_flight.settle(request_id, call):
            self._sink.send(line)

    def _call_line(
        self, request_id: RequestId, result: ToolResult, peer: Peer
    ) -> bytes:
        try:
            return result_frame(request_id, self._call_form(result, peer))
        except (TypeError, ValueError, RecursionError) as error:  # not JSON
            failed = internal_result("result_unusable", error)
            return result_frame(request_id, self._call_form(failed, peer))

    def _call_form(self, result: ToolResult, peer: Peer) -> dict[str, Any]:
        form = result_form(result, peer.version)
        return modern_form(form, self._core) if peer.is_modern else form

    def _cancel(self, request_id: Any) -> None:
        if not is_request_id(request_id):
            return
        call = self._in_flight.take(request_id)
        if call is not None:
            call.cancelled.set()
