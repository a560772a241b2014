"""The transport-free server: tools in, checked arguments, results out.

Light until the first call: building it loads the policy and nothing else, so a broken
policy stops the process before any handshake (I6), and the handshake stays quick.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..app import Application
from ..errors import SmithgateError, UnknownTool
from .tool import CallContext, ToolResult, ToolSpec
from .toolset import DEFAULT_TOOLS, INSTRUCTIONS

if TYPE_CHECKING:
    from .exposed import ExposedTools
    from .handlers import Handler


class SmithgateServer:
    """What the engines serve."""

    name = "smithgate"
    instructions = INSTRUCTIONS

    def __init__(self, app: Application, expose: Sequence[str] = ()) -> None:
        from .. import __version__

        self.version = __version__
        self._app = app
        self._expose = tuple(expose)
        self._handlers: dict[str, Handler] = {}
        self._exposed: ExposedTools | None = None
        self._specs = {tool.name: tool for tool in DEFAULT_TOOLS}
        app.policies.check()

    def tools(self) -> Sequence[ToolSpec]:
        """Return the default tools, then the exposed per-operation ones by name."""
        if not self._expose:
            return DEFAULT_TOOLS
        return (*DEFAULT_TOOLS, *self._exposed_tools().specs())

    def call(self, name: str, arguments: Any, context: CallContext) -> ToolResult:
        """Run a tool; see ``ToolServer.call``.

        A fault of ours is raised: the engine answers it as ``internal`` and logs it
        without message texts, which may hold secrets.
        """
        try:
            result = self._dispatch(name, arguments, context)
        except UnknownTool:
            raise
        except SmithgateError as error:
            return failure(error)
        return success(result)

    def _dispatch(
        self, name: str, arguments: Any, context: CallContext
    ) -> dict[str, Any]:
        """Run a listed tool. Raises ``UnknownTool`` and what the tool raises."""
        if name in self._specs:
            return self._call_default(name, arguments, context)
        if self._expose and self._exposed_tools().has(name):
            return self._exposed_tools().call(name, arguments, context, self._handler)
        from ..redact import escape_text

        raise UnknownTool(
            f"there is no tool `{escape_text(name[:100])}`",
            hint="see tools/list",
            tool=name[:100],
        )

    def _call_default(
        self, name: str, arguments: Any, context: CallContext
    ) -> dict[str, Any]:
        from .check import check_tool_arguments

        check_tool_arguments(self._specs[name], arguments)
        return self._handler(name)(arguments, context)

    def _handler(self, name: str) -> "Handler":
        """Return the handler of a default tool, made once."""
        if name not in self._handlers:
            from .handlers import make_handler
            from .present import mark_untrusted

            handler = make_handler(name, self._app)
            self._handlers[name] = lambda given, context: mark_untrusted(
                name, handler(given, context)
            )
        return self._handlers[name]

    def _exposed_tools(self) -> "ExposedTools":
        if self._exposed is None:
            from .exposed import ExposedTools

            self._exposed = ExposedTools(self._app.catalog, self._expose)
        return self._exposed

    def close(self) -> None:
        """Close the stores."""
        self._app.close()


def success(structured: dict[str, Any]) -> ToolResult:
    """Return a result without credentials, cut to size; its text is the same JSON."""
    from ..redact import mask_credentials
    from .present import fit

    structured = fit(mask_credentials(structured))
    return ToolResult(structured, _text(structured))


def failure(error: SmithgateError) -> ToolResult:
    """Return an error as a result with ``is_error`` and a stable code (I12)."""
    from .present import fit

    structured = fit({"error": error.as_dict()})
    return ToolResult(structured, _text(structured), is_error=True)


def _text(value: Mapping[str, Any]) -> str:
    """Return JSON in which characters that nobody sees are escaped."""
    from ..redact import escape_json

    return escape_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
