"""``search_operations`` and ``describe_operation``: the catalog, nothing of AWS.

Loads neither the store nor the SDK: a session that only looks around stays small.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...app import Application
from ...errors import SmithgateError
from ...policy import PolicyRequest, decide
from ..present import size_of
from ..tool import CallContext

if TYPE_CHECKING:
    from ...catalog import Entry

SCHEMA_BYTES = 12 * 1024
"""The largest schema that describe_operation shows; a cut one would be wrong."""


class LookHandlers:
    """The tools that only look at the catalog and the policy."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def search_operations(
        self, arguments: Mapping[str, Any], _context: CallContext
    ) -> dict[str, Any]:
        """Find operations and say what policy makes of each at the default target."""
        hits = self._app.catalog.search(
            arguments["query"],
            service=arguments.get("service"),
            risk=arguments.get("risk"),
            limit=arguments.get("limit", 10),
        )
        return {
            "operations": [
                {
                    "operation": hit.entry.id,
                    "summary": hit.entry.summary,
                    "risk": str(hit.entry.risk),
                    "change": str(hit.entry.change),
                    "required": list(hit.entry.required),
                    "policy": self._verdict(hit.entry),
                    "why": hit.why,
                }
                for hit in hits
            ],
            "count": len(hits),
        }

    def describe_operation(
        self, arguments: Mapping[str, Any], _context: CallContext
    ) -> dict[str, Any]:
        """Return what is needed to fill the request."""
        catalog = self._app.catalog
        canonical = catalog.canonical_id(arguments["operation"])
        entry, operation = catalog.entry(canonical), catalog.operation(canonical)
        out = {
            "operation": canonical,
            "summary": entry.summary,
            "risk": str(operation.risk),
            "change": str(operation.change),
            "policy": self._verdict(entry),
            "required": list(entry.required),
            **self._app.arguments.describe(canonical),
            "idempotency_token": operation.idempotency_token,
            "sensitive": list(operation.sensitive),
            "iam_actions": list(operation.iam_actions),
            "reader": operation.read.operation if operation.read else None,
        }
        if arguments.get("full_schema"):
            schema = catalog.input_schema(canonical)
            size = size_of(schema)
            whole = size <= SCHEMA_BYTES
            out["schema"] = schema if whole else f"not shown: {size} bytes"
        return out

    def _verdict(self, entry: "Entry") -> str:
        """Return the effect policy has without looking at arguments."""
        policy = self._app.policies.current()
        operation = self._app.catalog.operation(entry.id)
        try:
            target, region = policy.target(None, None)
        except SmithgateError:
            return "depends on the target"
        request = PolicyRequest(
            operation=operation.id,
            risk=operation.risk,
            target=target,
            region=region,
            arguments=None,
            tags=operation.tags,
            change=operation.change,
        )
        decision = decide(policy, request)
        return f"{decision.effect} by {decision.decided_by}"
