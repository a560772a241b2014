"""What can be known before an apply: whether AWS would let the steps run.

Owns the two checks that policy may ask for: dry runs of the steps that have one, and
one IAM simulation of all the actions. A check that could not be made is ``unknown`` and
says why; none of them stops a plan, since neither is a promise.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..catalog import Catalog
from ..errors import (
    AwsRefused,
    ExecutionError,
    OutcomeUnknown,
    PolicyDenied,
    UnknownOperation,
)
from ..execute.dry_run import PURPOSE, WOULD_SUCCEED, can_dry_run
from ..execute.gateway import Call, Gateway
from ..execute.identity import Identities
from ..execute.target import BoundTarget
from ..operation import Change, Operation
from ..policy import Policy
from .references import find_references
from .steps import CheckedStep

SIMULATE = "iam:SimulatePrincipalPolicy"
MAX_ACTIONS = 100
"""Actions of one simulation; steps past that stay unknown."""
DRY_RUN, SIMULATION = "dry_run", "iam_simulation"
PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
_ASSUMED = re.compile(r"arn:([a-z-]+):sts::(\d{12}):assumed-role/([^/]+)/.+")

Checks = list[dict[str, str]]
"""Per check: ``check``, ``result`` (``pass``, ``fail``, ``unknown``) and ``detail``."""


class Preflight:
    """Makes the checks, each a recorded call."""

    def __init__(
        self, catalog: Catalog, gateway: Gateway, identities: Identities
    ) -> None:
        self._catalog = catalog
        self._gateway = gateway
        self._identities = identities

    @staticmethod
    def is_wanted(policy: Policy, steps: Sequence[CheckedStep]) -> bool:
        """Say whether there is anything to check."""
        asked = policy.preflight
        changing = [step for step in steps if step.operation.change is not Change.NONE]
        dry = asked.dry_run and any(can_dry_run(step.operation) for step in changing)
        return bool(dry or (asked.simulate and changing))

    def check(
        self,
        tx_id: str,
        policy: Policy,
        bound: BoundTarget,
        steps: Sequence[CheckedStep],
    ) -> list[Checks]:
        """Return the checks of each step.

        Raises identity, credential and store errors, and ``OutcomeUnknown`` for a dry
        run that was answered as if it had run.
        """
        found: list[Checks] = [[] for _ in steps]
        if policy.preflight.dry_run:
            for checks, step in zip(found, steps, strict=True):
                if can_dry_run(step.operation):
                    checks.append(self._dry_run(tx_id, policy, bound, step))
        if policy.preflight.simulate:
            decisions = self._simulate(tx_id, policy, bound, steps)
            for checks, step in zip(found, steps, strict=True):
                if step.operation.change is not Change.NONE:
                    checks.append(_simulated(step.operation, decisions))
        return found

    def _dry_run(
        self, tx_id: str, policy: Policy, bound: BoundTarget, step: CheckedStep
    ) -> dict[str, str]:
        operation = step.operation
        if find_references(step.arguments, step.latest):
            return _check(DRY_RUN, UNKNOWN, "values of earlier steps are not known yet")
        assert operation.dry_run is not None
        arguments = dict(step.arguments) | {operation.dry_run: True}
        if operation.idempotency_token is not None:  # it belongs to the real call
            arguments.pop(operation.idempotency_token, None)
        try:
            op_id = self._call(
                tx_id, policy, bound, step.index, operation.id, arguments
            )
        except AwsRefused as error:
            code = str(error.fields.get("aws_code"))
            if code == WOULD_SUCCEED[operation.service]:
                return _check(DRY_RUN, PASS, "AWS would run it")
            return _check(DRY_RUN, FAIL, error.message)
        except (ExecutionError, PolicyDenied) as error:
            return _check(DRY_RUN, UNKNOWN, error.message)
        raise OutcomeUnknown(
            f"the dry run of {operation.id} was answered as a success: it may have run",
            hint="the endpoint does not keep DryRun: look at the resource, and take "
            "`preflight.dry_run` out of the policy",
            op_id=op_id["op_id"],
        )

    def _simulate(
        self,
        tx_id: str,
        policy: Policy,
        bound: BoundTarget,
        steps: Sequence[CheckedStep],
    ) -> Mapping[str, str] | str:
        """Return the decision per IAM action, or why there is none."""
        actions = sorted({a for s in steps for a in s.operation.iam_actions})
        if not actions:
            return "the IAM actions are not known"
        caller = self._identities.caller(tx_id, policy, bound, fresh=False)
        arguments = {
            "PolicySourceArn": bound.target.role_arn or principal_of(caller.arn),
            "ActionNames": actions[:MAX_ACTIONS],
        }
        try:
            found = self._call(tx_id, policy, bound, None, SIMULATE, arguments)["value"]
        except (ExecutionError, PolicyDenied, UnknownOperation) as error:
            return error.message
        return {
            str(result.get("EvalActionName")).lower(): str(result.get("EvalDecision"))
            for result in found.get("EvaluationResults", [])
        }

    def _call(
        self,
        tx_id: str,
        policy: Policy,
        bound: BoundTarget,
        index: int | None,
        operation: str,
        arguments: Mapping[str, Any],
    ) -> dict[str, Any]:
        caller = self._identities.caller(tx_id, policy, bound, fresh=False)
        call = Call(
            operation=operation,
            arguments=arguments,
            target=bound,
            purpose=PURPOSE,
            step=index,
        )
        reply = self._gateway.call(tx_id, policy, call, caller.credentials)
        return {"op_id": reply.op_id, "value": reply.value}


def principal_of(arn: str) -> str:
    """Return the user or role behind a caller; a role's path is not in its session."""
    session = _ASSUMED.fullmatch(arn)
    if session is None:
        return arn
    partition, account, role = session.groups()
    return f"arn:{partition}:iam::{account}:role/{role}"


def _simulated(
    operation: Operation, decisions: Mapping[str, str] | str
) -> dict[str, str]:
    """Return what a simulation says of one step."""
    if isinstance(decisions, str):
        return _check(SIMULATION, UNKNOWN, decisions)
    found = {action: decisions.get(action.lower()) for action in operation.iam_actions}
    denied = sorted(a for a, d in found.items() if d is not None and d != "allowed")
    if denied:
        return _check(SIMULATION, FAIL, f"IAM does not allow {', '.join(denied)}")
    if not found or None in found.values():
        return _check(SIMULATION, UNKNOWN, "not every IAM action could be simulated")
    return _check(SIMULATION, PASS, f"IAM allows {', '.join(sorted(found))} in general")


def _check(check: str, result: str, detail: str) -> dict[str, str]:
    return {"check": check, "result": result, "detail": detail}
