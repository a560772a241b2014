"""The tools that read, plan, ask and apply. None of them grants anything (I5)."""

from collections.abc import Mapping
from typing import Any

from ...app import Application
from ...errors import (
    PlanConsumed,
    PlanFailed,
    PolicyDenied,
    SchemaViolation,
    SmithgateError,
)
from ...execute.gateway import Call
from ...execute.target import BoundTarget
from ...operation import Risk
from ...plan import StepRequest, plan_view
from ...plan.guards import check_fresh
from ...plan.rest import rest_of
from ...policy import Effect, Policy
from ...store import PlanState, TxState
from ..present import present_response
from ..tool import CallContext, requester_of
from .repeat import stored_outcome


class ActHandlers:
    """The tools that reach the store and AWS."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def _bound(
        self, policy: Policy, arguments: Mapping[str, Any], context: CallContext
    ) -> BoundTarget:
        target, region = policy.target(arguments.get("target"), arguments.get("region"))
        return BoundTarget(target, region, requester_of(context))

    def read(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Run an operation that only reads, in a recorded transaction of its own."""
        app = self._app
        policy, warnings = app.policies.for_reading()
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
            target=self._bound(policy, arguments, context),
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
        return {"tx_id": tx_id, "warnings": [*warnings, *reply.warnings], **shown}

    def plan(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Make a plan, of given steps or of what is left of an apply that stopped."""
        policy = self._app.policies.current()
        given = dict(arguments)
        if ("steps" in given) == ("rest_of" in given):
            raise SchemaViolation(
                "plan takes either `steps` or `rest_of`",
                hint="`rest_of` is the id of a plan whose apply stopped",
                violations=[
                    {"path": "steps", "rule": "oneOf", "message": "or `rest_of`"}
                ],
            )
        if "rest_of" in given:
            target, steps = rest_of(self._app.store, given["rest_of"])
            given |= {"target": target["name"], "region": target["region"]}
        else:
            steps = [_step_request(step) for step in given["steps"]]
        plan = self._app.planner.plan(
            policy,
            self._bound(policy, given, context),
            steps,
            requester=requester_of(context),
            reason=arguments.get("reason", ""),
        )
        return plan_view(plan, None, None, self._app.clock())  # it was sealed just now

    def undo(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Plan the way back from an apply."""
        plan = self._app.undoer.undo(
            self._app.policies.current(),
            arguments["tx_id"],
            requester=requester_of(context),
            reason=f"undo {arguments['tx_id']}",
        )
        return plan_view(plan, None, None, self._app.clock())

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
        """Return before and after of each step, and as text or Markdown."""
        from ...diff.render import render_markdown, render_steps

        view = self._view(arguments["plan_id"])
        steps = [
            {key: step.get(key) for key in ("operation", "change", "before", "diff")}
            for step in view["steps"]
        ]
        is_markdown = arguments.get("format") == "markdown"
        return {
            "plan_id": view["plan_id"],
            "state": view["state"],
            "digest": view["digest"],
            "target": view["target"],
            "steps": steps,
            "text": (
                render_markdown(view) if is_markdown else render_steps(view["steps"])
            ),
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
            from .ask import ask_person

            said = ask_person(app, plan, context)
            if said is not None:
                return self._view(plan.id) | {"how": said}
        return self._view(plan.id) | {
            "how": f"a person runs `smithgate approve {plan.id}` in a terminal; "
            "then call apply"
        }

    def apply(
        self, arguments: Mapping[str, Any], context: CallContext
    ) -> dict[str, Any]:
        """Apply a plan, once; a repeated call gives the stored outcome."""
        try:
            applied = self._app.applier.apply(
                self._app.policies.current,
                arguments["plan_id"],
                is_cancelled=context.cancelled.is_set,
            )
        except PlanConsumed as consumed:
            return stored_outcome(self._app, arguments["plan_id"], consumed)
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
                    **outcome.settled.as_dict(),
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


def _step_request(step: Mapping[str, Any]) -> StepRequest:
    return StepRequest(
        step["operation"],
        step.get("arguments", {}),
        step.get("wait"),
        step.get("wait_arguments"),
    )
