"""Canonical JSON and the digests over it.

One text for one value: keys sorted by code point, no white space, UTF-8, no NaN. The
seal of a plan, the event chain and the artifact ids are SHA-256 over this text.
"""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Return the one canonical text of a JSON value.

    Raises ``ValueError`` for NaN and infinities, ``TypeError`` for what is not JSON.
    """
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def sha256_of(data: bytes) -> str:
    """Return ``sha256:`` and the hex digest of ``data``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """Return the digest of a JSON value's canonical text."""
    return sha256_of(canonical_json(value))
