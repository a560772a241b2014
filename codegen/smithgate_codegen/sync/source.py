"""Where models come from: the interface that all sources share.

Owns the vocabulary. Sources read; caching, pinning and loading are left to ``run``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


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


@runtime_checkable
class Versioned(Protocol):
    """A source that can still serve an earlier state of itself."""

    def at(self, commits: Mapping[str, str]) -> Source:
        """Return the source as of a commit, given by source name.

        Without one for it, the newest state.
        """
        ...


@runtime_checkable
class Prefetching(Protocol):
    """A source that is quicker when told beforehand what will be fetched."""

    def prefetch(self, client_names: Collection[str]) -> None:
        """Bring the models of these services near."""
        ...


@runtime_checkable
class Choosing(Protocol):
    """A source that hands each service on to another."""

    def chosen(self, client_name: str) -> Source:
        """Return the source that a service really comes from."""
        ...


def pinned_at(source: Source, commits: Mapping[str, str]) -> Source:
    """Return a versioned source as of its commit, any other as it is."""
    return source.at(commits) if isinstance(source, Versioned) else source


def really(source: Source, client_name: str) -> Source:
    """Return the source behind all hands that a service comes from."""
    while isinstance(source, Choosing):
        source = source.chosen(client_name)
    return source
