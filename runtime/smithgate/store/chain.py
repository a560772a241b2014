"""How one event is bound to the one before it.

Owns the hash and the form of a link. A link's hash is over the canonical JSON of its
five other members, so an exported line proves itself: drop ``hash``, write the rest
canonically, digest it.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from ..canonical import digest_of

GENESIS_HASH = "sha256:" + "0" * 64
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


class Chain(Protocol):
    """The hash of a link; the place where a keyed one fits in."""

    @property
    def name(self) -> str:
        """The name that the genesis event and the meta table record."""

    def hash_of(self, link: Link) -> str:
        """Return ``<algorithm>:<hex>``; raises ``ValueError`` for what is no JSON."""


class Sha256Chain:
    """Plain SHA-256: it shows edits, but who can write the file can rewrite it all."""

    name = "sha256"

    def hash_of(self, link: Link) -> str:
        """Return ``sha256:`` and the hex digest of the link's canonical JSON."""
        return digest_of(link.as_dict())
