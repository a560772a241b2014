"""Encryption at rest: what may hold secrets in full is text that only the key opens.

AES-SIV, under a key derived from the audit key: the same value is the same text, so
content addresses stay, and there is no nonce that could be used twice. It keeps readers
of a copied database or artifact out; who has the key reads everything.
"""

import base64
import binascii
import json
from typing import Any

from ..canonical import canonical_json
from ..errors import AuditBroken

PREFIX = "sealed:"
_KEYRING: dict[str, "Sealer"] = {}
"""Key id → sealer, of the stores that this process has opened: a cell names its key."""


class Sealer:
    """Seals and opens JSON values under one key."""

    def __init__(self, key: bytes, key_id: str) -> None:
        self._key = key
        self._prefix = f"{PREFIX}{key_id}:"
        _KEYRING[key_id] = self

    def seal(self, value: Any) -> str:
        """Return the value as text that only the key opens."""
        sealed = self._cipher().encrypt(canonical_json(value), None)
        return self._prefix + base64.b64encode(sealed).decode()

    def open(self, sealed: bytes) -> Any:
        """Return the value; raises ``InvalidTag`` for what this key did not seal."""
        return json.loads(self._cipher().decrypt(sealed, None))

    def _cipher(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(self._key)


def unseal(text: str) -> Any:
    """Return what a sealed text holds. Raises ``AuditBroken``."""
    from cryptography.exceptions import InvalidTag

    key_id, _, sealed = text.removeprefix(PREFIX).partition(":")
    sealer = _KEYRING.get(key_id)
    try:
        if sealer is not None:
            return sealer.open(base64.b64decode(sealed, validate=True))
    except (InvalidTag, binascii.Error, ValueError):
        pass  # told below, without the text
    raise AuditBroken(
        "a sealed value cannot be opened with the key of this store",
        hint="run `smithgate audit verify`",
    )
