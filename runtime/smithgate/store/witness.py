"""What an event says of a row: every column, free text and secrets only as digests.

The event chain leaves the machine (export, SIEM); the rows do not. Columns that may
hold a secret or somebody's free text are told by a keyed digest, so that the verifier
still sees any change to them and nobody else can try guesses.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..redact import mask_credentials
from .values import time_text

DIGESTED = frozenset({"document", "view", "reason", "note", "idempotency_token"})
"""The sealed document holds secrets; the view is large; the rest is free text."""
WRITTEN_BY_OTHERS = frozenset(
    {
        "approver",
        "aws_request_id",
        "decision",
        "ended_by",
        "error",
        "note",
        "reason",
        "redacted",
        "requester",
        "view",
    }
)
"""Columns in which an agent, a client, AWS or a person may have put a credential."""
TOLD_OF_DECISION = ("effect", "risk", "decided_by", "policy_digest")
"""Members of a decision that policy wrote; its reasons may quote arguments."""


def without_credentials(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as they are stored: no credential stands where others write."""
    return {
        name: mask_credentials(value) if name in WRITTEN_BY_OTHERS else value
        for name, value in values.items()
    }


def witness(
    values: Mapping[str, Any], digest_of: Callable[[Any], str]
) -> dict[str, Any]:
    """Return the told form of columns: JSON values without secrets.

    ``digest_of`` is the keyed digest of the store's chain.
    """

    def digest(value: Any) -> str | None:
        return None if value is None else digest_of(value)

    out: dict[str, Any] = {}
    for name, value in values.items():
        if name in DIGESTED:
            out[f"{name}_digest"] = digest(value)
        elif name == "error":
            out["error_code"] = _member(value, "code")
            out["error_digest"] = digest(value)
        elif name == "decision" and not isinstance(value, str):
            out["decision"] = {key: _member(value, key) for key in TOLD_OF_DECISION}
            out["decision_digest"] = digest(value)
        else:
            out[name] = _told(value)
    return out


def _member(value: Any, key: str) -> str | None:
    """Return a text member of an object, ``None`` where there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return str(found) if isinstance(found, str) else None


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value)
    return str(value) if isinstance(value, str) else value
