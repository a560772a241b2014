"""What each default tool does. Arguments are checked against the tool's schema before.

Every handler returns JSON values and raises ``SmithgateError``; the core turns both
into tool results. No handler grants anything (I5).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError

from ..app import Application
from ..errors import (
    ArtifactNotFound,
    BadQuery,
    PlanFailed,
    PolicyDenied,
    SmithgateError,
)
from ..execute.gateway import Call
from ..execute.target import BoundTarget
from ..operation import Risk
from ..plan import StepRequest, plan_view
from ..plan.guards import check_fresh
from ..policy import Effect, Policy, PolicyRequest, decide
from ..store import PlanState, TxState
from .present import INLINE_BYTES, masked_response, present_response, size_of
from .tool import CallContext

if TYPE_CHECKING:
    from ..catalog import Entry

SCHEMA_BYTES = 12 * 1024
"""The largest schema that describe_operation shows; a cut one would be wrong."""
PAGE = 50
"""Items of a list that query_artifact returns when no limit is given."""

Handler = Callable[[Mapping[str, Any], CallContext], dict[str, Any]]


class Handlers:
    """The default tools over one application."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.by_name: dict[str, Handler] = {
            "search_operations": self.search_operations,
            "describe_operation": self.describe_operation,
            "read": self.read,
            "plan": self.plan,
            "diff": self.diff,
            "request_approval": self.request_approval,
            "apply": self.apply,
            "get_plan": self.get_plan,
            "query_artifact": self.query_artifact,
        }

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

    def _bound(self, policy: Policy, arguments: Mapping[str, Any]) -> BoundTarget:
        target, region = policy.target(arguments.get("target"), arguments.get("region"))
        return BoundTarget(target, region)

    def read(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Run an operation that only reads, in a recorded transaction of its own."""
        app = self._app
        policy = app.policies.current()
        canonical = app.catalog.canonical_id(arguments["operation"])
        operation = app.catalog.operation(canonical)
        if operation.risk not in {Risk.READ, Risk.SENSITIVE}:
            raise PolicyDenied(
                f"{canonical} has risk {operation.risk}: read runs nothing that changes",
                hint="use plan",
                risk=str(operation.risk),
            )
        call = Call(
            operation=canonical,
            arguments=arguments.get("arguments", {}),
            target=self._bound(policy, arguments),
            purpose="read",
        )
        app.arguments.check(canonical, call.arguments)
        app.gateway.permit(policy, call)
        tx_id = app.store.begin("read", requester=requester_of(context))
        try:
            caller = app.identities.caller(tx_id, policy, call.target, fresh=False)
            reply = app.gateway.call(tx_id, policy, call, caller.credentials)
        except SmithgateError as error:
            error.fields.setdefault("tx_id", tx_id)
            app.store.end(tx_id, TxState.FAILED, error.as_dict())
            raise
        app.store.end(tx_id, TxState.DONE, None)
        shown = present_response(
            operation, reply.value, reply.artifact, sealed=reply.sealed
        )
        return {"tx_id": tx_id, "warnings": list(reply.warnings), **shown}

    def plan(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Make a plan."""
        policy = self._app.policies.current()
        plan = self._app.planner.plan(
            policy,
            self._bound(policy, arguments),
            [
                StepRequest(step["operation"], step.get("arguments", {}))
                for step in arguments["steps"]
            ],
            requester=requester_of(context),
            reason=arguments.get("reason", ""),
        )
        return self._view(plan.id)

    def _view(self, plan_id: str) -> dict[str, Any]:
        store = self._app.store
        return plan_view(
            store.plan(plan_id),
            store.approval(plan_id),
            store.tx_of_plan(plan_id),
            self._app.clock(),
        )

    def get_plan(
        self, arguments: Mapping[str, Any], _context: CallContext
    ) -> dict[str, Any]:
        """Return a plan and what has become of it."""
        return self._view(arguments["plan_id"])

    def diff(
        self, arguments: Mapping[str, Any], _context: CallContext
    ) -> dict[str, Any]:
        """Return before and after of each step, and as text."""
        from ..diff.render import render_steps

        view = self._view(arguments["plan_id"])
        steps = [
            {key: step.get(key) for key in ("operation", "change", "before", "diff")}
            for step in view["steps"]
        ]
        return {
            "plan_id": view["plan_id"],
            "state": view["state"],
            "digest": view["digest"],
            "target": view["target"],
            "steps": steps,
            "text": render_steps(view["steps"]),
        }

    def request_approval(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Open (or find) the approval request of a plan; grants nothing."""
        app = self._app
        plan = app.store.plan(arguments["plan_id"])
        app.store.refuse_claimed(plan.id)
        if plan.state is not PlanState.PLANNED or plan.digest is None:
            raise PlanFailed(
                f"plan `{plan.id}` is {plan.state}: there is nothing to approve",
                hint="plan again",
                plan_id=plan.id,
            )
        check_fresh(plan, app.policies.current(), app.catalog, app.clock())
        if plan.decision.get("effect") == Effect.APPROVE:
            rule = plan.decision["approval"]
            app.store.request_approval(
                plan.id,
                plan.digest,
                count=rule["count"],
                ttl_s=rule["ttl_s"],
                requester=requester_of(context),
            )
        return self._view(plan.id) | {
            "how": f"a person runs `smithgate approve {plan.id}` in a terminal; "
            "then call apply"
        }

    def apply(
        self, arguments: Mapping[str, Any], _context: CallContext
    ) -> dict[str, Any]:
        """Apply a plan."""
        policy = self._app.policies.current()
        applied = self._app.applier.apply(policy, arguments["plan_id"])
        steps = []
        for outcome in applied.outcomes:
            reply = outcome.reply
            shown = present_response(
                outcome.step.operation, reply.value, reply.artifact, sealed=reply.sealed
            )
            steps.append(
                {
                    "op_id": reply.op_id,
                    "aws_request_id": reply.metadata.request_id,
                    "read_back_as_planned": outcome.settled,
                    "warnings": list(reply.warnings),
                    **shown,
                }
            )
        return {
            "plan_id": arguments["plan_id"],
            "tx_id": applied.tx_id,
            "state": "Applied",
            "steps": steps,
        }

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


def requester_of(context: CallContext) -> str:
    """Return who asks. The client names itself: a label, not an identity."""
    return f"mcp:{context.client_name or 'unknown'}"


def _search(expression: str, value: Any) -> Any:
    try:
        return jmespath.search(expression, value)
    except (JMESPathError, ValueError, TypeError, RecursionError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise BadQuery(
            f"the JMESPath expression cannot be used: {lines[0][:200]}",
            hint="see jmespath.org for the syntax; quote names with double quotes",
        ) from error


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
