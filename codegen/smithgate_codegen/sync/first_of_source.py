"""Several sources in order of precedence, as one.

Owns the choice: a service comes from the first source that has it, whole.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from ..errors import ModelNotFound
from .source import RawModel, Source, pinned_at


class FirstOfSource:
    """The union of its sources; the earlier one wins."""

    release = None

    def __init__(self, sources: Sequence[Source], *, name: str) -> None:
        """Take ``sources`` in order of precedence."""
        self.name = name
        self._sources = tuple(sources)
        self._views: dict[tuple[tuple[str, str], ...], FirstOfSource] = {}

    def services(self) -> Sequence[str]:
        """Return what any of the sources has, sorted."""
        return sorted(self._index)

    def chosen(self, client_name: str) -> Source:
        """Return the source that a service comes from; raises ``ModelNotFound``."""
        if client_name not in self._index:
            raise ModelNotFound(f"source `{self.name}` has no service `{client_name}`")
        return self._index[client_name]

    def fetch(self, client_name: str) -> RawModel:
        """Return the model of the first source that has the service."""
        return self.chosen(client_name).fetch(client_name)

    def fingerprint(self, client_name: str) -> str:
        """Return the chosen source's name and fingerprint."""
        source = self.chosen(client_name)
        return f"{source.name} {source.fingerprint(client_name)}"

    def at(self, commits: Mapping[str, str]) -> "FirstOfSource":
        """Return the same with its versioned sources at their commits."""
        key = tuple(sorted(commits.items()))
        if key not in self._views:
            at_commits = [pinned_at(source, commits) for source in self._sources]
            self._views[key] = FirstOfSource(at_commits, name=self.name)
        return self._views[key]

    @cached_property
    def _index(self) -> dict[str, Source]:
        out: dict[str, Source] = {}
        for source in self._sources:
            for client_name in source.services():
                out.setdefault(client_name, source)
        return out
