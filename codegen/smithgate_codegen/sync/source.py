"""Where models come from: the interface that all sources share.

Owns the vocabulary. Sources read; caching, pinning and loading are left to ``run``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RawModel:
    """One service's model as text."""

    data: bytes
    """Smithy JSON AST, UTF-8: the bytes that the lock pins."""
    version: str
    """The API version, such as ``2006-03-01``."""
    origin: str
    """Names the text in errors; relative, never a machine path."""


class Source(Protocol):
    """A set of models, one per client name."""

    @property
    def name(self) -> str:
        """The name by which ``services.yaml`` and the lock refer to the source."""
        ...

    @property
    def release(self) -> str | None:
        """The release of the whole set; ``None`` where a set has no such thing."""
        ...

    def services(self) -> Sequence[str]:
        """Return the client names that this source has a model for, sorted."""
        ...

    def fetch(self, client_name: str) -> RawModel:
        """Return the model; raises ``ModelNotFound``."""
        ...

    def fingerprint(self, client_name: str) -> str:
        """Return a digest of everything that ``fetch`` would read.

        Equal fingerprints promise equal models; taking one is cheap. Raises
        ``ModelNotFound``.
        """
        ...
