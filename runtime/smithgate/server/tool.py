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


class Question(NamedTuple):
    """A form for whoever sits at the client."""

    message: str
    schema: dict[str, Any]
    """A flat object schema, as elicitation allows."""
    state: str
    """What the question is about; an answer to anything else is none."""


class InputNeeded(Exception):
    """A call that asks back: the client calls again with the answer (2026-07-28)."""

    def __init__(self, question: Question) -> None:
        super().__init__("input needed")
        self.question = question


Ask = Callable[[Question], dict[str, Any] | None]
"""Asks and returns the client's raw answer (``action``, ``content``), ``None`` for none.

May raise ``InputNeeded``, which only engines handle. What the client says proves
nothing: it may answer without a person.
"""


class CallContext(NamedTuple):
    """Who calls: facts of the connection, none of them proof of anything."""

    client_name: str
    client_version: str
    protocol_version: str
    cancelled: Event
    progress: Callable[[float, float | None, str | None], None] | None = None
    """Reports progress; ``None`` when the client asked for none."""
    ask: Ask | None = None
    """Asks the person at the client; ``None`` when the client cannot show a form."""


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
        ``UnknownTool``, which an engine answers as JSON-RPC -32602, and the
        ``InputNeeded`` of ``context.ask``.
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
