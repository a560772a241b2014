"""What became of an apply, told by its records: the same after any crash or restart."""

from collections.abc import Mapping
from typing import Any

from ..errors import ExecutionError
from ..store import OpRecord, OpState, Purpose, TxRecord, TxState

RESOLVED = "resolved"
"""The code of the error that ``Store.resolve`` leaves in a settled transaction."""


class StoredOutcome(ExecutionError):
    """The recorded end of an apply that is over and did not succeed.

    Carries the code under which it was told the first time.
    """

    def __init__(self, told: Mapping[str, Any], **fields: Any) -> None:
        super().__init__(
            str(told.get("message", "the apply did not succeed")),
            hint=told.get("hint"),
            **{**told.get("details", {}), **fields},
        )
        self.code = str(told.get("code", ExecutionError.code))  # type: ignore[misc]  # the stored one
        self.retry_safe = False


def attempts_of(tx: TxRecord, step: int) -> list[OpRecord]:
    """Return the attempts at a step, in order."""
    found = [op for op in tx.ops if op.purpose is Purpose.APPLY and op.step == step]
    return sorted(found, key=lambda op: op.attempt)


def proof_of(tx: TxRecord, step: int) -> tuple[str, OpRecord | None]:
    """Return what the records prove of a step, and the attempt that says so.

    ``done``, ``partial``, ``failed``, ``unknown`` or ``not sent``.
    """
    attempts = attempts_of(tx, step)
    for word, states in (
        ("done", {OpState.SUCCEEDED}),
        ("unknown", {OpState.UNKNOWN, OpState.INTENDED}),
        ("failed", {OpState.FAILED}),
    ):
        said = [op for op in attempts if op.state in states]
        if said:
            is_partial = word == "done" and said[-1].error is not None
            return "partial" if is_partial else word, said[-1]
    return "not sent", None


def progress(tx: TxRecord, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how far an apply came, step by step."""
    out = []
    for index, step in enumerate(document["steps"]):
        word, op = proof_of(tx, index)
        told = {"index": index, "operation": step["operation"], "outcome": word}
        if op is not None:
            told |= {"op_id": op.id, "aws_request_id": op.aws_request_id}
        out.append(told)
    return out


def stored_error(tx: TxRecord, document: Mapping[str, Any]) -> StoredOutcome:
    """Return what a client hears that repeats an apply which did not succeed."""
    told = tx.error or {}
    fields: dict[str, Any] = {
        "repeated": True,
        "plan_id": tx.plan_id,
        "tx_id": tx.id,
        "state": str(tx.state),
        "steps": progress(tx, document),
    }
    if told.get("code") == RESOLVED:
        fields["resolved_by"] = told.get("by")
        told = {
            "message": f"{tx.id} was of unknown outcome and settled as failed",
            "hint": "plan again if the change is still wanted",
        }
    return StoredOutcome(told, **fields)


def resolution_of(tx: TxRecord) -> dict[str, Any] | None:
    """Return who settled an apply of unknown outcome, and by what."""
    told = tx.error or {}
    if (
        tx.state not in {TxState.APPLIED, TxState.FAILED}
        or told.get("code") != RESOLVED
    ):
        return None
    return {"by": told.get("by"), "evidence": told.get("evidence")}
