"""One transaction with all that belongs to it: what an auditor asks for by its id.

Shows what the store may show: requests as they were recorded (masked), responses by
handle only. The sealed document of the plan is never among it.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import SmithgateError
from ..redact import mask_credentials
from ..store import OpRecord, PlanRecord, TxRecord

if TYPE_CHECKING:
    from ..store import Store


def tx_report(store: "Store", tx_id: str) -> dict[str, Any]:
    """Return a transaction as JSON values. Raises ``TxNotFound``."""
    tx = store.tx(tx_id)
    plan = store.plan(tx.plan_id) if tx.plan_id else None
    approval = store.approval(tx.plan_id) if tx.plan_id else None
    told = asdict(tx)
    del told["ops"]
    report: dict[str, Any] = mask_credentials(
        _json(
            {
                "tx": told,
                "plan": _plan(plan) if plan else None,
                "approval": asdict(approval) if approval else None,
                "ops": [asdict(op) | {"request": _request(store, op)} for op in tx.ops],
                "artifacts": list(_artifacts(store, tx)),
            }
        )
    )
    return report


def _plan(plan: PlanRecord) -> dict[str, Any]:
    """Return what of a plan belongs to a transaction: who, what seal, what decision."""
    told = asdict(plan)
    for name in ("document", "view", "owner"):
        del told[name]
    told["reason_untrusted"] = told.pop("reason")
    return told


def _request(store: "Store", op: OpRecord) -> Any:
    """Return the recorded request, or why it cannot be read."""
    if op.request_artifact is None:
        return None
    try:
        return store.artifacts.get(op.request_artifact)
    except SmithgateError as error:
        return {"error": error.as_dict()}


def _artifacts(store: "Store", tx: TxRecord) -> Iterator[dict[str, Any]]:
    """Yield what is known of each request and response, in order."""
    for op in tx.ops:
        for artifact_id in (op.request_artifact, op.response_artifact):
            if artifact_id is not None:
                yield asdict(store.artifact(artifact_id)) | {"op_id": op.id}


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
