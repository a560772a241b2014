"""The FastMCP server object over a core; the only module that imports FastMCP.

Owns the translation between FastMCP's types and the core's, and what FastMCP would say
or offer beyond what the core has: prompts, resources, logging levels.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from fastmcp import FastMCP
from fastmcp.exceptions import FastMCPError
from fastmcp.server.dependencies import get_context
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.server.providers import Provider
from fastmcp.tools.base import Tool, ToolResult
from fastmcp.utilities.versions import VersionSpec
from mcp.shared.exceptions import MCPError
from mcp_types import (
    DiscoverResult,
    InitializeResult,
    ServerCapabilities,
    TextContent,
    ToolsCapability,
)
from mcp_types import Tool as WireTool
from pydantic import PrivateAttr

from ..stdio_calls import (
    Call,
    Calls,
    Progress,
    internal_result,
    run_tool,
    usable_result,
)
from ..stdio_forms import (
    CACHE_SCOPE,
    LIST_TTL_MS,
    MODERN_VERSIONS,
    PAGE_SIZE,
    SINCE_STRUCTURED,
    client_facts,
    progress_token,
    tool_form,
)
from ..stdio_frames import INTERNAL_ERROR, METHOD_NOT_FOUND, ProtocolError
from ..stdio_log import exception_fields, log_line
from ..tool import CallContext, InputNeeded, ToolServer, ToolSpec
from ..tool import ToolResult as CoreResult
from .asking import Asked, asker, input_result

_METHODS = frozenset(
    {"initialize", "ping", "server/discover", "tools/list", "tools/call"}
)
_CAPABILITIES = ServerCapabilities(tools=ToolsCapability(list_changed=False))
_OPEN_SCHEMA: dict[str, Any] = {"type": "object"}


def build_server(core: ToolServer, calls: Calls) -> FastMCP[Any]:
    """Return a FastMCP server that serves ``core`` and nothing else."""
    server: FastMCP[Any] = FastMCP(
        core.name,
        instructions=core.instructions,
        version=core.version,
        providers=[_CoreProvider(core, calls)],
        middleware=[_CoreMiddleware()],
        mask_error_details=True,
        dereference_schemas=False,  # AWS shapes may be recursive
        list_page_size=PAGE_SIZE,
        cache_ttl=LIST_TTL_MS // 1000,
        cache_scope=CACHE_SCOPE,
    )
    # The default shows an empty list when the core cannot give one.
    server.provider_error_strategy = "raise"
    return server


def quiet_logging() -> None:
    """Turn what the libraries log into our lines: from where, never with what text.

    Their messages repeat tool names, arguments and exception texts.
    """
    for name in ("fastmcp", "mcp", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [_LogLines()]
        logger.setLevel(logging.WARNING)
        logger.propagate = False


class _LogLines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        log_line(
            record.levelname.lower(),
            "library_log",
            logger=record.name,
            place=f"{record.filename}:{record.lineno} in {record.funcName}",
            **(exception_fields(error) if error is not None else {}),
        )


class _UnknownToolError(FastMCPError):
    """Carries the core's answer to the middleware; FastMCP lets its own kind pass."""

    def __init__(self, answer: ProtocolError) -> None:
        super().__init__(answer.message, log_level=logging.DEBUG)
        self.answer = answer


class _CoreTool(Tool):
    """A tool of the core: its raw schema out, raw arguments in."""

    _spec: ToolSpec = PrivateAttr()
    _core: ToolServer = PrivateAttr()
    _calls: Calls = PrivateAttr()
    _shown_in: str = PrivateAttr(default=MODERN_VERSIONS[-1])

    @classmethod
    def of(
        cls,
        spec: ToolSpec,
        core: ToolServer,
        calls: Calls,
        version: str = MODERN_VERSIONS[-1],
    ) -> "_CoreTool":
        """Return the tool, to be listed in the form of one revision."""
        tool = cls(
            name=spec.name,
            title=spec.title,
            description=spec.description,
            parameters=spec.input_schema,
            output_schema=spec.output_schema,
        )
        tool._spec, tool._core, tool._calls = spec, core, calls
        tool._shown_in = version
        return tool

    def to_mcp_tool(self, **_overrides: Any) -> WireTool:
        """Return the tool as the revision knows it that it is listed for."""
        return WireTool.model_validate(tool_form(self._spec, self._shown_in))

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        """Run the core's tool on a worker thread and pass its progress on."""
        context = get_context()
        call = Call(self.name)
        events = _Events()
        core_context = _core_context(call, events)
        self._calls.start(
            call, lambda: self._work(call, arguments, core_context, events)
        )
        try:
            while isinstance(event := await events.next(), _Step | Asked):
                if isinstance(event, Asked):
                    await event.ask(context)
                else:
                    await context.report_progress(
                        event.progress, event.total, event.text
                    )
        except asyncio.CancelledError:
            call.cancelled.set()
            raise
        if isinstance(event, ProtocolError):
            raise _UnknownToolError(event)
        if isinstance(event, InputNeeded):
            return input_result(event.question)
        version = core_context.protocol_version
        try:
            return _tool_result(event, version)
        except ValueError as error:  # pydantic gives up where JSON is too deep for it
            return _tool_result(internal_result("result_unusable", error), version)

    def _work(
        self,
        call: Call,
        arguments: dict[str, Any],
        context: CallContext,
        events: "_Events",
    ) -> None:
        if call.cancelled.is_set():
            return  # before it began: the core never hears of it
        outcome: CoreResult | ProtocolError | InputNeeded
        try:
            result = run_tool(self._core, self.name, arguments, context)
            outcome = usable_result(result)
        except (ProtocolError, InputNeeded) as error:
            outcome = error
        call.is_over = True
        events.post(outcome)


class _Step:
    """One report of progress."""

    def __init__(self, progress: float, total: float | None, text: str | None) -> None:
        self.progress = progress
        self.total = total
        self.text = text


_Event = _Step | Asked | CoreResult | ProtocolError | InputNeeded


class _Events:
    """What a worker thread tells the coroutine that waits for it, in order."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[_Event] = asyncio.Queue()

    def post(self, event: _Event) -> None:
        """Hand over an event, from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, event)
        except RuntimeError:
            return  # the loop has ended, and with it whoever waited

    async def next(self) -> _Event:
        """Wait for the next event."""
        return await self._queue.get()


class _CoreProvider(Provider):
    """Gives FastMCP the core's tools, one at a time and without building the rest."""

    def __init__(self, core: ToolServer, calls: Calls) -> None:
        super().__init__()
        self._core = core
        self._calls = calls

    async def _list_tools(self) -> Sequence[Tool]:
        version = _version()
        return [
            _CoreTool.of(spec, self._core, self._calls, version)
            for spec in self._core.tools()
        ]

    async def _get_tool(
        self, name: str, version: VersionSpec | None = None
    ) -> Tool | None:
        # Any name: the core may know tools that it does not list, and it is the core
        # that says which names it does not know.
        del version  # the core's tools have none
        spec = ToolSpec(name, name, "", _OPEN_SCHEMA, None, {})
        return _CoreTool.of(spec, self._core, self._calls)

    async def get_tasks(self) -> Sequence[Any]:
        """Return none: the default builds every tool at start-up."""
        return []


class _CoreMiddleware(Middleware):
    """Narrows FastMCP to what the core offers, with the minimal engine's answers."""

    async def on_request(
        self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]
    ) -> Any:
        if context.method not in _METHODS:
            raise MCPError(METHOD_NOT_FOUND, "method not found")
        return await call_next(context)

    async def on_initialize(
        self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]
    ) -> InitializeResult | None:
        result: InitializeResult | None = await call_next(context)
        if result is not None:
            result.capabilities = _CAPABILITIES
        return result

    async def on_discover(
        self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]
    ) -> DiscoverResult | dict[str, Any]:
        result: DiscoverResult | dict[str, Any] = await call_next(context)
        if isinstance(result, DiscoverResult):
            result.capabilities = _CAPABILITIES
        return result

    async def on_list_tools(
        self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]
    ) -> Sequence[Tool]:
        try:
            tools: Sequence[Tool] = await call_next(context)
        except Exception as error:  # noqa: BLE001 - nothing of it may reach the client
            message = internal_result("request_failed", error).text
            raise MCPError(INTERNAL_ERROR, message) from None
        return tools

    async def on_call_tool(
        self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]
    ) -> ToolResult:
        try:
            result: ToolResult = await call_next(context)
        except _UnknownToolError as error:
            answer = error.answer
            raise MCPError(answer.code, answer.message, answer.data) from None
        return result


def _core_context(call: Call, events: _Events) -> CallContext:
    """Return what the core is told about the caller of the current request."""
    request = get_context().request_context
    params = request.session.client_params if request is not None else None
    info = params.client_info.model_dump() if params is not None else None
    name, version = client_facts(info)
    meta = request.meta if request is not None else None
    report: Callable[[float, float | None, str | None], None] | None = None
    if progress_token({"_meta": meta}) is not None:
        report = Progress(call, lambda *step: events.post(_Step(*step)))
    ask = asker(get_context(), call, events.post)
    return CallContext(name, version, _version(), call.cancelled, report, ask)


def _version() -> str:
    """Return the revision of the current request, the newest outside of any."""
    request = get_context().request_context
    return MODERN_VERSIONS[-1] if request is None else request.protocol_version


def _tool_result(result: CoreResult, version: str) -> ToolResult:
    return ToolResult(
        content=[TextContent(type="text", text=result.text)],
        structured_content=result.structured if version >= SINCE_STRUCTURED else None,
        is_error=result.is_error,
    )
