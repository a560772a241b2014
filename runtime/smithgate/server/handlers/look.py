"""``search_operations`` and ``describe_operation``: the catalog, nothing of AWS.

Loads neither the store nor the SDK: a session that only looks around stays small.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...app import Application
from ...errors import SmithgateError
from ...policy import Policy, decide
from ...policy.raised import request_for
from ..present import size_of
from ..tool import CallContext, requester_of

if TYPE_CHECKING:
    from ...catalog import Entry

SCHEMA_BYTES = 12 * 1024
"""The largest schema that describe_operation shows; a cut one would be wrong."""

DESCRIPTION_BYTES = 4096
"""The largest description without a schema."""
EXAMPLE_BYTES = 1024
MAX_NAMES = 8
"""Sensitive members and IAM actions that are listed one by one."""


class LookHandlers:
    """The tools that only look at the catalog and the policy."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def search_operations(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Find operations and say what policy makes of each at the default target."""
        hits = self._app.catalog.search(
            arguments["query"],
            service=arguments.get("service"),
            risk=arguments.get("risk"),
            limit=arguments.get("limit", 10),
        )
        policy, warnings = self._app.policies.for_reading()
        who = requester_of(context)
        return {
            "operations": [
                {
                    "operation": hit.entry.id,
                    "summary": hit.entry.summary,
                    "risk": str(hit.entry.risk),
                    "change": str(hit.entry.change),
                    "required": list(hit.entry.required),
                    "policy": self._verdict(policy, hit.entry, who),
                    "why": hit.why,
                }
                for hit in hits
            ],
            "count": len(hits),
            **_told(warnings),
        }

    def describe_operation(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Return what is needed to fill the request, in at most 4 KB.

        ``member`` asks for one nested member instead; ``full_schema`` adds the schema.
        """
        catalog, arguments_of = self._app.catalog, self._app.arguments
        canonical = catalog.canonical_id(arguments["operation"])
        member = arguments.get("member")
        if member is not None:
            out = {"operation": canonical, "member": member}
            left = DESCRIPTION_BYTES - size_of(out)
            out |= arguments_of.describe_within(canonical, left, member)
        else:
            out = self._facts(canonical, requester_of(context))
            left = DESCRIPTION_BYTES - size_of(out)
            out |= arguments_of.describe_within(canonical, left)
        if arguments.get("full_schema"):
            schema = catalog.input_schema(canonical)
            size = size_of(schema)
            whole = size <= SCHEMA_BYTES
            out["schema"] = schema if whole else f"not shown: {size} bytes"
        return out

    def _facts(self, canonical: str, requester: str) -> dict[str, Any]:
        """Return everything of an operation but its members."""
        catalog = self._app.catalog
        policy, warnings = self._app.policies.for_reading()
        entry, operation = catalog.entry(canonical), catalog.operation(canonical)
        example = self._app.arguments.minimal_example(canonical)
        if size_of(example) > EXAMPLE_BYTES:
            example = "not shown: too long"
        return {
            "operation": canonical,
            "summary": entry.summary,
            "risk": str(operation.risk),
            "change": str(operation.change),
            "policy": self._verdict(policy, entry, requester),
            "required": list(entry.required),
            "minimal_example": example,
            "idempotency_token": operation.idempotency_token,
            "sensitive": _first(operation.sensitive),
            "iam_actions": _first(operation.iam_actions),
            "reader": operation.read.operation if operation.read else None,
            **_told(warnings),
        }

    def _verdict(self, policy: Policy, entry: "Entry", requester: str) -> str:
        """Return the effect policy has without looking at arguments."""
        operation = self._app.catalog.operation(entry.id)
        try:
            target, region = policy.target(None, None)
        except SmithgateError:
            return "depends on the target"
        request = request_for(
            operation,
            target,
            region,
            None,
            principal=requester,
            now=self._app.clock(),
        )
        decision = decide(policy, request)
        return f"{decision.effect} by {decision.decided_by}"


def _told(warnings: Sequence[str]) -> dict[str, list[str]]:
    """Return the member that tells of a broken policy file, left out for a good one."""
    return {"warnings": list(warnings)} if warnings else {}


def _first(names: Sequence[str]) -> list[str]:
    """Return the first names; one more item says how many are left out."""
    if len(names) <= MAX_NAMES:
        return list(names)
    return [*names[:MAX_NAMES], f"… {len(names) - MAX_NAMES} more"]
