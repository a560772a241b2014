"""Checks what a client sends to a tool, by the tool's own closed schema."""

from functools import lru_cache
from typing import Any

from ..arguments.limits import Limits, check_limits
from ..arguments.nodes import Nodes
from ..arguments.validators import Validator, compile_schema
from ..arguments.violations import Explainer
from ..errors import SchemaViolation
from .tool import ToolSpec
from .toolset import DEFAULT_TOOLS

LIMITS = Limits()


@lru_cache(maxsize=32)
def _compiled(name: str) -> tuple[Validator, Nodes]:
    schema = next(tool.input_schema for tool in DEFAULT_TOOLS if tool.name == name)
    return compile_schema(schema, f"tool {name}"), Nodes(schema)


def check_tool_arguments(tool: ToolSpec, arguments: Any) -> None:
    """Check the raw arguments of a default tool.

    Raises ``InputTooLarge``, ``MalformedInput`` and ``SchemaViolation`` with the
    violations; an argument the tool does not know is one of them (I3).
    """
    check_limits(arguments, LIMITS)
    validator, nodes = _compiled(tool.name)
    if validator.is_valid(arguments):
        return
    explainer = Explainer(nodes, arguments, ())
    shown, count = explainer.explain(validator.iter_errors(arguments), [])
    first = shown[0]
    where = f"`{first.path}` " if first.path else ""
    more = f" (and {count - 1} more)" if count > 1 else ""
    raise SchemaViolation(
        f"tool {tool.name}: {where}{first.message}{more}",
        hint="tools/list shows what the tool takes",
        violations=[each.as_dict() for each in shown],
    )
