"""Per-operation tools, opt-in by pattern: a reading one reads, a changing one plans.

Listed from the index and the schema files; no operation module is imported to list.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import re2

from ..catalog import Catalog
from ..errors import InputError
from ..operation import Risk
from .tool import CallContext, ToolSpec
from .toolset import annotations

if TYPE_CHECKING:
    from .handlers import Handler


class ExposedTools:
    """The tools whose operation id fully matches one of the patterns.

    Raises ``InputError`` for a pattern that does not compile or matches nothing.
    """

    def __init__(self, catalog: Catalog, patterns: Sequence[str]) -> None:
        self._catalog = catalog
        self._ids: dict[str, str] = {}
        entries = list(catalog.entries())
        for pattern in patterns:
            try:
                compiled = re2.compile(pattern)
            except re2.error as error:
                raise InputError(
                    f"--expose `{pattern}` is no regular expression: {error}"
                ) from error
            found = {e.tool: e.id for e in entries if compiled.fullmatch(e.id)}
            if not found:
                raise InputError(
                    f"--expose `{pattern}` matches no operation",
                    hint="patterns match whole ids such as `s3:Get.*`",
                )
            self._ids |= found

    def has(self, name: str) -> bool:
        """Say whether a tool of this name is exposed."""
        return name in self._ids

    def specs(self) -> list[ToolSpec]:
        """Return the tools in the order of their names."""
        return [self._spec(name) for name in sorted(self._ids)]

    def _spec(self, name: str) -> ToolSpec:
        entry = self._catalog.entry(self._ids[name])
        reads = entry.risk in {Risk.READ, Risk.SENSITIVE}
        verb = "Reads" if reads else "Plans (changes nothing)"
        return ToolSpec(
            name,
            entry.id,
            f"{verb}: {entry.summary} Risk: {entry.risk}.",
            self._catalog.input_schema(entry.id),
            None,
            # A changing operation's tool only plans: nothing is destroyed by calling it.
            annotations(
                read_only=reads, destructive=False, idempotent=reads, open_world=True
            ),
        )

    def call(
        self,
        name: str,
        arguments: Any,
        context: CallContext,
        handler: "Callable[[str], Handler]",
    ) -> dict[str, Any]:
        """Read or plan with the operation's own arguments at the default target."""
        operation = self._ids[name]
        if not isinstance(arguments, dict):
            raise InputError("the arguments of a tool are an object")
        if self._catalog.entry(operation).risk in {Risk.READ, Risk.SENSITIVE}:
            request = {"operation": operation, "arguments": arguments}
            return handler("read")(request, context)
        steps = [{"operation": operation, "arguments": arguments}]
        return handler("plan")({"steps": steps}, context)
