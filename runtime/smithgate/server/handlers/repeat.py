"""What a client gets that calls apply again: the stored outcome, never a second run."""

from typing import Any

from ...app import Application
from ...errors import PlanConsumed, StoreError
from ...plan.outcome import proof_of, resolution_of, stored_error
from ...policy.raised import returns_secrets
from ...store import OpRecord, TxRecord, TxState
from ..present import present_response


def stored_outcome(
    app: Application, plan_id: str, consumed: PlanConsumed
) -> dict[str, Any]:
    """Return the result of an apply that succeeded, with ``repeated``.

    Raises ``consumed`` while the apply is still under way, and the stored error, with
    ``repeated`` in its details, of one that failed or is unknown.
    """
    tx = app.applier.over(plan_id)
    document = app.store.plan(plan_id).document
    if tx is None or tx.is_open or document is None:
        raise consumed
    if tx.state is not TxState.APPLIED:
        raise stored_error(tx, document) from None
    steps = [
        _step(app, tx, index, step) for index, step in enumerate(document["steps"])
    ]
    out = {
        "plan_id": plan_id,
        "tx_id": tx.id,
        "state": str(tx.state),
        "repeated": True,
        "steps": steps,
    }
    settled_by = resolution_of(tx)
    return out | {"resolved": settled_by} if settled_by else out


def _step(
    app: Application, tx: TxRecord, index: int, step: dict[str, Any]
) -> dict[str, Any]:
    """Return one step as it was told the first time, as far as it is stored."""
    word, op = proof_of(tx, index)
    told: dict[str, Any] = {"operation": step["operation"], "outcome": word}
    if op is None:
        return told
    told |= {"op_id": op.id, "aws_request_id": op.aws_request_id}
    if op.error is not None:
        told["error"] = op.error
    return told | _response(app, op, step)


def _response(app: Application, op: OpRecord, step: dict[str, Any]) -> dict[str, Any]:
    if op.response_artifact is None:
        return {"artifact": None, "complete": False, "note": "no response is stored"}
    try:
        stored = app.store.artifacts.load(op.response_artifact)
    except StoreError as error:
        return {"artifact": op.response_artifact, "complete": False, "note": str(error)}
    operation = app.catalog.operation(op.operation)
    sealed = stored.sealed or returns_secrets(operation, step["arguments"])
    return present_response(
        operation, stored.value["response"], op.response_artifact, sealed=sealed
    )
