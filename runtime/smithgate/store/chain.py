"""How one event is bound to the one before it.

Owns the keyed hash and the form of a link. A link's hash is over the canonical JSON of
its five other members, so whoever has the key can prove an exported line: drop
``hash``, write the rest canonically, authenticate it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from ..canonical import canonical_json
from .sealing import Sealer

GENESIS_HASH = "hmac-sha256:" + "0" * 64
"""``prev_hash`` of the first event."""
GENESIS_KIND = "store.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One event as the chain binds it."""

    seq: int
    """1 for the first; without gaps."""
    at: str
    """RFC 3339 in UTC."""
    kind: str
    """``<entity>.<what happened>``."""
    body: dict[str, Any]
    """JSON values without secrets."""
    prev_hash: str

    def as_dict(self) -> dict[str, Any]:
        """Return what is hashed."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "body": self.body,
            "prev_hash": self.prev_hash,
        }


CHAIN = "hmac-sha256"
"""The name that the genesis event and the meta table record."""
MARK_DIGITS = 16
"""Hex digits of a mark: 64 bits tell two secrets apart."""


class Chain:
    """Hashes under the key of one store: without the key nobody can make them.

    Four uses, four keys derived from the one: links, columns told by digest, marks, and
    what is sealed at rest.
    """

    def __init__(self, key: bytes) -> None:
        self._links = hmac.digest(key, b"smithgate link", "sha256")
        self._values = hmac.digest(key, b"smithgate value", "sha256")
        self._marks = hmac.digest(key, b"smithgate mark", "sha256")
        self.key_id = hashlib.sha256(self._links).hexdigest()[:MARK_DIGITS]
        """Names the key and tells nothing of it."""
        sealing = hmac.digest(key, b"smithgate seal", "sha512")
        self.seal = Sealer(sealing, self.key_id).seal

    def hash_of(self, link: Link) -> str:
        """Return ``hmac-sha256:<hex>``; raises ``ValueError`` for what is no JSON."""
        return _keyed(self._links, link.as_dict())

    def digest_of(self, value: Any) -> str:
        """Return the keyed digest of a column that no event tells in clear."""
        return _keyed(self._values, value)

    def mark_of(self, value: Any) -> str:
        """Return ``hmac:<short hex>``: equal for equal secrets, and nothing to guess."""
        return "hmac:" + _keyed(self._marks, value).partition(":")[2][:MARK_DIGITS]


def _keyed(key: bytes, value: Any) -> str:
    return f"{CHAIN}:{hmac.digest(key, canonical_json(value), 'sha256').hex()}"
