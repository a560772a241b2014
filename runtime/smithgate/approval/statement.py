"""What an approver signs: one sentence about one request for one plan digest.

Owns the fields and their canonical text. ``FORMAT_VERSION`` and ``PURPOSE`` are part of
what is signed, so that no other text of any release can be read as an approval.
"""

from datetime import datetime
from typing import Any, NamedTuple

from ..canonical import canonical_json
from ..errors import SmithgateError
from ..store.values import parse_time, time_text
from ..strict_json import parse

FORMAT_VERSION = 1
PURPOSE = "smithgate approval"


class Statement(NamedTuple):
    """One approver's word."""

    plan_id: str
    approval_id: str
    digest: str
    """The plan's seal: steps, target, state, models, policy, expiry, requester."""
    decision: str
    """``grant``, ``deny`` or ``revoke``."""
    approver: str
    issued_at: datetime
    expires_at: datetime
    """When the word stops counting, whatever the store says later."""

    def text(self) -> bytes:
        """Return the canonical JSON that is signed."""
        return canonical_json(
            {
                "format_version": FORMAT_VERSION,
                "purpose": PURPOSE,
                **self._asdict(),
                "issued_at": time_text(self.issued_at),
                "expires_at": time_text(self.expires_at),
            }
        )


def parse_statement(text: str) -> Statement | None:
    """Return the statement of a text, ``None`` unless it is exactly one of ours."""
    try:
        value: dict[str, Any] = parse(text)
        fields = {field: value[field] for field in Statement._fields}
        times = {at: parse_time(value[at]) for at in ("issued_at", "expires_at")}
        found = Statement(**fields | times)
        # The version, the purpose, unknown fields and other spellings all show here.
        return found if found.text() == text.encode() else None
    except (SmithgateError, ValueError, TypeError, KeyError):
        return None
