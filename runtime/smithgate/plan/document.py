"""The sealed document of a plan: what runs, where, seen in which state, under what.

The digest over its canonical text is what an approval signs (I4). The document holds
sensitive values, since apply runs exactly it; only the view is ever shown.
"""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Any

from ..canonical import digest_of
from ..catalog import Catalog
from ..errors import FormatUnknown
from ..operation import Operation

FORMAT_VERSION = 1


def derive_token(plan_id: str, step: int) -> str:
    """Return the idempotency token of a step: the same after any restart (I2).

    A UUID, since that is what every SDK sends and every length limit allows.
    """
    seed = hashlib.sha256(f"smithgate-token\0{plan_id}\0{step}".encode()).digest()
    return str(uuid.UUID(bytes=seed[:16], version=4))


def model_digest(catalog: Catalog, operation: Operation) -> str:
    """Return the digest of what a step rests on: its files and its reader's."""
    parts = [catalog.digest(operation.id)]
    if operation.read is not None:
        parts.append(catalog.digest(operation.read.operation))
        if operation.read.keys is not None:
            parts.append(catalog.digest(operation.read.keys.operation))
    return digest_of(parts)


def build_document(
    *,
    plan_id: str,
    requester: str,
    target: dict[str, Any],
    caller: dict[str, str] | None,
    policy_digest: str,
    created_at: datetime,
    expires_at: datetime,
    steps: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the document.

    ``caller`` is who we are at the target as far as that is known already: account,
    and user or role. Each step holds operation, arguments, token, risk, change, model digest and what
    was read of the state it was planned from.
    """
    return {
        "format_version": FORMAT_VERSION,
        "plan_id": plan_id,
        # Digests are public; without it a short secret could be guessed from one.
        "nonce": secrets.token_hex(16),
        "requester": requester,
        "target": target,
        "caller": caller,
        "policy_digest": policy_digest,
        "created_at": created_at.isoformat(),
        "expires_at": expires_at.isoformat(),
        "steps": steps,
    }


def seal(document: dict[str, Any]) -> str:
    """Return the digest that seals a document."""
    return digest_of(document)


def expect_format(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document; raise ``FormatUnknown`` for another version."""
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise FormatUnknown(
            f"the plan has format version {version}, this release knows {FORMAT_VERSION}",
            hint="apply it with the release that made it, or plan again",
        )
    return document
