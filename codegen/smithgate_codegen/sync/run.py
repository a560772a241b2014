"""Keeping cache and lock in step with the sources, and loading what the lock pins.

Owns the three jobs: ``sync`` writes, ``verify`` only compares, ``load_locked`` feeds
the generator and needs neither a network nor, with a filled cache, the sources.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError, LockMismatch, SyncError
from ..model import load_model
from .cache import Cache
from .config import Choice, Config, build_sources, check_services
from .lock import Lock, Pin, read_lock
from .service import ServiceModel, service_model
from .source import RawModel, Source

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync did, or would do. Names are sorted."""

    lock: Lock
    """The lock as it is after the sync."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    fetched: tuple[str, ...]
    """Services whose model was read from the source; the others were cached."""

    @property
    def is_current(self) -> bool:
        """Whether all pins were right already."""
        return not (self.added or self.changed or self.removed)


def sync(
    config: Config,
    sources: Mapping[str, Source],
    lock: Path,
    cache: Cache,
    *,
    only: Collection[str] | None = None,
    update: Collection[str] | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Bring the cache and the lock in line with the sources.

    ``only`` leaves every other service as it is. ``update`` names the services
    whose pin may change (default: all); the others keep theirs, new ones are pinned.
    ``progress`` is told each service that is done. Raises ``ConfigError`` for unknown
    services and what the sources and the loader raise; the lock is then as it was.
    """
    report = verify(
        config,
        sources,
        lock,
        cache,
        only=only,
        update=update,
        progress=progress,
    )
    report.lock.write(lock)
    return report


def verify(
    config: Config,
    sources: Mapping[str, Source],
    lock: Path,
    cache: Cache,
    *,
    only: Collection[str] | None = None,
    update: Collection[str] | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Do as ``sync`` but leave the lock as it is; the cache is filled."""
    before = read_lock(lock)
    choices = config.choices(sources[config.source].services())
    check_services(choices, sources, f"`{config.path.name}`")
    _check_asked({*(only or ()), *(update or ())}, choices)
    pins = {} if only is None else dict(before.services)
    fetched = []
    for choice in choices:
        if only is None or choice.name in only:
            held = _held_pin(choice, before, update)
            pin = held or _known_pin(choice, sources[choice.source], cache)
            if pin is None:
                pin = _fetched_pin(choice, sources[choice.source], cache)
                fetched.append(choice.name)
            pins[choice.name] = pin
        if progress is not None:
            progress(choice.name)
    is_full = only is None and update is None
    releases = _releases(pins, before, sources, is_full=is_full)
    return _report(before, Lock(pins, releases), fetched)


def load_locked(
    config: Config,
    cache: Cache,
    lock: Path,
    *,
    sources: Mapping[str, Source] | None = None,
    only: Collection[str] | None = None,
) -> Iterator[ServiceModel]:
    """Yield the services of the configuration as the lock pins them, by name.

    A text that is not cached is read from its source again and must have the pinned
    digest. Raises ``SyncError`` for a service that is not pinned, ``LockMismatch``
    with both digests where a text is not the pinned one, ``ModelNotFound`` where its
    source no longer has it.
    """
    locked = read_lock(lock)
    choices = config.choices(locked.services)
    _check_asked(only or (), choices)
    for choice in choices:
        if only is not None and choice.name not in only:
            continue
        pin = locked.services.get(choice.name)
        if pin is None or pin.source != choice.source:
            raise SyncError(
                f"`{choice.name}` from source `{choice.source}` is not in the lock",
                hint="run `smithgate-codegen sync`",
            )
        data = cache.get(pin.sha256)
        if data is None:
            sources = sources or build_sources(config)
            data = _refetch(choice.name, pin, sources[pin.source], locked)
            cache.put(data)
        origin = f"{pin.source}/{choice.name}-{pin.version}.json"
        raw = RawModel(data=data, version=pin.version, origin=origin)
        yield service_model(choice.name, raw, source=pin.source)


def _check_asked(asked: Collection[str], choices: Collection[Choice]) -> None:
    unknown = set(asked) - {choice.name for choice in choices}
    if unknown:
        raise ConfigError(
            f"`{min(unknown)}` is not among the configured services",
            hint="add it to services.yaml",
        )


def _held_pin(
    choice: Choice,
    before: Lock,
    update: Collection[str] | None,
) -> Pin | None:
    known = before.services.get(choice.name)
    if update is None or choice.name in update or known is None:
        return None
    return known if known.source == choice.source else None


def _known_pin(choice: Choice, source: Source, cache: Cache) -> Pin | None:
    """Return the pin of the source's present model if its text is cached intact."""
    fingerprint = source.fingerprint(choice.name)
    pin = cache.known(choice.source, choice.name, fingerprint)
    if pin is None:
        return None
    try:
        return pin if cache.get(pin.sha256) is not None else None
    except LockMismatch:
        return None  # damaged: fetched and written anew


def _fetched_pin(choice: Choice, source: Source, cache: Cache) -> Pin:
    # The fingerprint comes first: a file that changes in between is then fetched
    # again next time instead of being taken for known.
    fingerprint = source.fingerprint(choice.name)
    raw = source.fetch(choice.name)
    load_model(raw.data, origin=raw.origin)  # what cannot be loaded is not pinned
    pin = Pin(choice.source, raw.version, cache.put(raw.data))
    cache.remember(choice.name, fingerprint, pin)
    return pin


def _refetch(client_name: str, pin: Pin, source: Source, locked: Lock) -> bytes:
    data = source.fetch(client_name).data
    found = hashlib.sha256(data).hexdigest()
    if found != pin.sha256:
        release = locked.releases.get(pin.source)
        then = f" {release}" if release else ""
        now = f" {source.release}" if source.release else ""
        raise LockMismatch(
            f"`{client_name}`: the lock pins SHA-256 {pin.sha256} "
            f"({pin.source}{then}), the source has {found} ({pin.source}{now})",
            hint="install the release that the lock names, or sync and review",
        )
    return data


def _releases(
    pins: Mapping[str, Pin],
    before: Lock,
    sources: Mapping[str, Source],
    *,
    is_full: bool,
) -> dict[str, str]:
    out = {}
    for name in sorted({pin.source for pin in pins.values()}):
        now = sources[name].release if name in sources else None
        known = before.releases.get(name)
        release = now if is_full or known is None else known
        if release is not None:
            out[name] = release
    return out


def _report(before: Lock, after: Lock, fetched: list[str]) -> SyncReport:
    old, new = before.services, after.services
    both = sorted(old.keys() & new.keys())
    return SyncReport(
        lock=after,
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(name for name in both if old[name] != new[name]),
        removed=tuple(sorted(old.keys() - new.keys())),
        unchanged=tuple(name for name in both if old[name] == new[name]),
        fetched=tuple(fetched),
    )
