"""``query_artifact``: a page of a stored response."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from ...app import Application
from ...errors import ArtifactNotFound, BadQuery
from ...redact import escape_text
from ..present import INLINE_BYTES, masked_response, size_of
from ..tool import CallContext

TIMEOUT_S = 10
PAGE = 50
"""Items of a list that query_artifact returns when no limit is given."""


class QueryHandlers:
    """The tool that looks into stored responses."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def query_artifact(
        self, arguments: Mapping[str, Any], _context: CallContext
    ) -> dict[str, Any]:
        """Return a page of a JMESPath result over a stored response."""
        store = self._app.store
        record = store.artifact(arguments["artifact"])
        if record.sealed or record.kind != "response":
            raise ArtifactNotFound(
                f"artifact `{record.id}` is not a response that may be shown",
                hint="responses with credentials or secrets stay sealed",
            )
        stored = store.artifacts.get(record.id)
        operation = self._app.catalog.operation(stored["operation"])
        value = masked_response(operation, stored["response"])
        expression = arguments.get("expression")
        if expression:
            value = _search(expression, value)
        return {
            "artifact": record.id,
            "operation": operation.id,
            **_page(value, arguments.get("offset", 0), arguments.get("limit", PAGE)),
        }


def _search(expression: str, value: Any) -> Any:
    """Evaluate an expression in a process with limits; raise ``BadQuery``."""
    request = json.dumps({"expression": expression, "value": value})
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, data on stdin
            [sys.executable, "-I", "-m", f"{__package__}.jmespath_worker"],
            input=request,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=True,
            env={},
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise BadQuery(
            "the JMESPath expression takes too much time or memory",
            hint="narrow the expression",
        ) from error
    answer = json.loads(done.stdout)
    if "problem" in answer:
        raise BadQuery(
            f"the JMESPath expression cannot be used: {escape_text(answer['problem'])}",
            hint="see jmespath.org for the syntax; quote names with double quotes",
        )
    return answer["result"]


def _page(value: Any, offset: int, limit: int) -> dict[str, Any]:
    """Return a page of a list, or a whole value that is small enough."""
    if isinstance(value, list):
        items: list[Any] = []
        for item in value[offset : offset + limit]:
            if items and size_of([*items, item]) > INLINE_BYTES:
                break
            items.append(item)
        end = offset + len(items)
        page: dict[str, Any] = {"total": len(value), "offset": offset}
        if end < len(value):
            page["next_offset"] = end
        value, page["complete"] = items, end >= len(value) and offset == 0
    else:
        page = {"complete": True}
    size = size_of(value)
    if size > INLINE_BYTES:
        raise BadQuery(
            f"the result has {size} bytes, {INLINE_BYTES} can be shown",
            hint="narrow the expression, or select fewer members",
        )
    return page | {"result": value}
