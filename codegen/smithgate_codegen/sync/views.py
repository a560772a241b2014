"""Which state of each source a sync looks at.

Owns the rule for sources that can serve an earlier state of themselves: what the lock
pins stays where it is until its service is asked to move or its source is defined
anew. Sources that have one state only are looked at as they are.
"""

from collections.abc import Collection, Mapping

from .config import Config
from .lock import Lock
from .source import Source, pinned_at
from .specs import GitSpec


class Views:
    """The sources as one sync sees them."""

    def __init__(
        self,
        config: Config,
        sources: Mapping[str, Source],
        before: Lock,
        moving: Collection[str],
    ) -> None:
        """Let the services in ``moving`` see the newest state."""
        self._sources, self._before, self._moving = sources, before, moving
        self.definitions = {
            name: {"folder": spec.folder, "ref": spec.ref, "url": spec.url}
            for name, spec in config.specs.items()
            if isinstance(spec, GitSpec) and name in sources
        }
        self._redefined = {
            name
            for name, definition in self.definitions.items()
            if before.git.get(name) != definition
        }

    def whole(self, source: str) -> Source:
        """Return a source as services without a pin see it."""
        is_moving = self._before.services.keys() <= set(self._moving)
        commits = {} if self._moving and is_moving else self._before.releases
        return self._at(source, commits)

    def of(self, source: str, client_name: str) -> Source:
        """Return a source as one service sees it."""
        if client_name in self._moving:
            return self._at(source, {})
        pin = self._before.services.get(client_name)
        pinned = {} if pin is None else {t.real_source: t.commit for t in pin.texts()}
        return self._at(source, {**self._before.releases, **pinned})

    def _at(self, source: str, commits: Mapping[str, str]) -> Source:
        held = {
            name: commit
            for name, commit in commits.items()
            if commit and name in self.definitions and name not in self._redefined
        }
        return pinned_at(self._sources[source], held)
