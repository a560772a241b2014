"""What an engine knows of the server: tools in, results out, nothing of AWS.

Kept free of heavy imports: the minimal engine starts with this module.
"""

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any, NamedTuple, Protocol


class ToolSpec(NamedTuple):
    """One MCP tool as ``tools/list`` shows it."""

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None
    annotations: dict[str, Any]
    """``readOnlyHint`` and its siblings, in wire spelling."""


class ToolResult(NamedTuple):
    """What a tool call gives back; engines only wrap it."""

    structured: dict[str, Any]
    text: str
    is_error: bool = False


class CallContext(NamedTuple):
    """Who calls: facts of the connection, none of them proof of anything."""

    client_name: str
    client_version: str
    protocol_version: str
    cancelled: Event
    progress: Callable[[float, float | None, str | None], None] | None = None
    """Reports progress; ``None`` when the client asked for none."""


class ToolServer(Protocol):
    """The transport-free core as an engine sees it."""

    name: str
    version: str
    instructions: str

    def tools(self) -> Sequence[ToolSpec]:
        """Return the listed tools in their fixed order."""
        ...

    def call(self, name: str, arguments: Any, context: CallContext) -> ToolResult:
        """Run a tool. Every refusal is a result with ``is_error``.

        ``arguments`` is the raw JSON value, not validated by the engine. Raises
        ``UnknownTool`` only, which an engine answers as JSON-RPC -32602.
        """
        ...

    def close(self) -> None:
        """Let go of stores; called once, after the last result is written."""
        ...


def requester_of(context: CallContext) -> str:
    """Return who asks. The client names itself: a label, not an identity."""
    from ..redact import mask_credentials

    name: str = mask_credentials(context.client_name or "unknown")
    return f"mcp:{name}"
