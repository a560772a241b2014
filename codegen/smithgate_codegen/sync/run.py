"""Keeping cache and lock in step with the sources, and loading what the lock pins.

Owns the three jobs: ``sync`` writes, ``verify`` only compares, ``load_locked`` feeds
the generator and needs neither a network nor, with a filled cache, the sources.
"""

import fcntl
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ConfigError, SyncError
from ..model import Model
from . import texts
from .cache import Cache
from .config import Choice, Config, build_sources, check_service
from .enrich import enrich
from .files import open_folder, temporary_prefix
from .lock import Lock, Pin, read_lock
from .service import ServiceModel, service_model
from .source import Prefetching, Source, pinned_at, really
from .views import Views

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
    """Services with a text that was read from its source; the others were cached."""
    is_redefined: bool = False
    """Whether a git source is defined otherwise than when it was pinned."""
    warnings: tuple[str, ...] = ()
    """What the models that were read have and no Smithy model should, sorted."""

    @property
    def is_current(self) -> bool:
        """Whether all pins were right already."""
        return not (self.added or self.changed or self.removed or self.is_redefined)


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
    whose pin may move (a git ref is looked up anew for them); the others keep theirs,
    new ones are pinned. Without it, pins follow what their source has, and git sources
    stay at the commits of the lock. ``progress`` is told each service that is done.
    Raises ``ConfigError`` for unknown services and what the sources and the loader
    raise; the lock is then as it was. Another sync of this lock is waited for.
    """
    with _held(lock):
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
    views = Views(config, sources, before, update or ())
    choices = planned(config, views)
    _check_asked({*(only or ()), *(update or ())}, choices)
    cache.tidy()
    asked = [c for c in choices if only is None or c.name in only]
    moving = [c for c in asked if _held_pin(c, before, update) is None]
    _prefetch(config, moving, views, cache)
    pins = {} if only is None else dict(before.services)
    fetched: dict[str, list[Model]] = {}
    for choice in choices:
        if choice in asked:
            held = _held_pin(choice, before, update)
            pins[choice.name], models = (
                (held, []) if held else _pinned(choice, config, views, cache)
            )
            if models:
                fetched[choice.name] = models
        if progress is not None:
            progress(choice.name)
    is_full = len(moving) == len(choices)
    releases = _releases(pins, before, sources, is_full=is_full)
    used = {text.real_source for pin in pins.values() for text in pin.texts()}
    git = {k: v for k, v in views.definitions.items() if k in used}
    return _report(before, Lock(pins, releases, git), fetched)


def planned(config: Config, views: Views) -> tuple[Choice, ...]:
    """Return the services that a sync is about."""
    if config.services is not None:
        return config.services
    return config.choices(views.whole(config.source).services())


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
        if pin is None or not _is_of(pin, choice):
            more = f" with `{choice.enrich}`" if choice.enrich else ""
            raise SyncError(
                f"`{choice.name}` from source `{choice.source}`{more} is not in the lock",
                hint="run `smithgate-codegen sync`",
            )
        raws = []
        for text in pin.texts():
            data = cache.get(text.sha256)
            if data is None:
                sources = sources or build_sources(config, cache.root)
                data = _refetched(choice.name, text, sources, locked)
                cache.put(data)
            raws.append(texts.raw_model(choice.name, text, data))
        yield service_model(choice.name, raws, pin)


def _refetched(
    client_name: str, pin: Pin, sources: Mapping[str, Source], locked: Lock
) -> bytes:
    source = pinned_at(sources[pin.real_source], {pin.real_source: pin.commit})
    release = pin.commit or locked.releases.get(pin.real_source)
    return texts.fetch_again(client_name, pin, source, release)


def _check_asked(asked: Collection[str], choices: Collection[Choice]) -> None:
    unknown = set(asked) - {choice.name for choice in choices}
    if unknown:
        raise ConfigError(
            f"`{min(unknown)}` is not among the configured services",
            hint="add it to services.yaml",
        )


def _is_of(pin: Pin, choice: Choice) -> bool:
    """Return whether a pin was made for what the configuration says now."""
    if pin.source != choice.source:
        return False
    if pin.enrich is None:
        return choice.enrich is None or choice.may_stay_plain
    return pin.enrich.source == choice.enrich


def _held_pin(
    choice: Choice,
    before: Lock,
    update: Collection[str] | None,
) -> Pin | None:
    known = before.services.get(choice.name)
    if update is None or choice.name in update or known is None:
        return None
    return known if _is_of(known, choice) else None


def _prefetch(
    config: Config, choices: Collection[Choice], views: Views, cache: Cache
) -> None:
    """Check that the sources have the services, and tell them which are wanted."""
    wanted: dict[int, tuple[Prefetching, list[str]]] = {}
    for choice in choices:
        source = views.of(choice.source, choice.name)
        check_service(choice.name, source, f"`{config.path.name}`")
        for view in (source, _addition(choice, config, views)):
            if view is None:
                continue
            real = really(view, choice.name)
            if isinstance(real, Prefetching) and not texts.is_known(
                choice.name, real, cache
            ):
                wanted.setdefault(id(real), (real, []))[1].append(choice.name)
    for near, names in wanted.values():
        near.prefetch(names)


def _addition(choice: Choice, config: Config, views: Views) -> Source | None:
    """Return the source that enriches a service; ``None`` where it stays plain."""
    if choice.enrich is None:
        return None
    source = views.of(choice.enrich, choice.name)
    if choice.may_stay_plain and choice.name not in source.services():
        return None
    check_service(choice.name, source, f"`{config.path.name}`")
    return source


def _pinned(
    choice: Choice, config: Config, views: Views, cache: Cache
) -> tuple[Pin, list[Model]]:
    """Return the pin of a service's texts, and the models that had to be fetched."""
    base = texts.bring(choice.name, views.of(choice.source, choice.name), cache)
    source = _addition(choice, config, views)
    if source is None:
        return base.pin, [base.model] if base.model else []
    other = texts.bring(choice.name, source, cache)
    if base.model is not None and other.model is not None:
        enrich(base.model, other.model)  # what cannot be merged is not pinned
    fetched = [model for model in (base.model, other.model) if model is not None]
    return replace(base.pin, enrich=other.pin), fetched


def _releases(
    pins: Mapping[str, Pin],
    before: Lock,
    sources: Mapping[str, Source],
    *,
    is_full: bool,
) -> dict[str, str]:
    commits: dict[str, set[str]] = defaultdict(set)
    for pin in pins.values():
        for text in pin.texts():
            commits[text.real_source].add(text.commit)
    out: dict[str, str] = {}
    for name in sorted(commits):
        known = before.releases.get(name)
        if any(commits[name]):
            # Pins that were moved one by one do not move the services to come.
            same = next(iter(commits[name])) if len(commits[name]) == 1 else None
            out[name] = same or known or max(commits[name])
            continue
        now = sources[name].release if name in sources else None
        release = now if is_full or known is None else known
        if release is not None:
            out[name] = release
    return out


def _report(
    before: Lock, after: Lock, fetched: Mapping[str, Collection[Model]]
) -> SyncReport:
    old, new = before.services, after.services
    both = sorted(old.keys() & new.keys())
    return SyncReport(
        lock=after,
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(name for name in both if old[name] != new[name]),
        removed=tuple(sorted(old.keys() - new.keys())),
        unchanged=tuple(name for name in both if old[name] == new[name]),
        fetched=tuple(fetched),
        is_redefined=before.git != after.git,
        warnings=tuple(
            sorted(
                {w for models in fetched.values() for m in models for w in m.warnings}
            )
        ),
    )


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    """Hold the lock file's folder for one sync; clear what a killed one left there."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(open_folder(lock.parent))
            fcntl.flock(folder, fcntl.LOCK_EX)
            for path in lock.parent.glob(f"{temporary_prefix(lock)}*"):
                path.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise SyncError(f"`{lock.parent}` cannot be used: {reason}") from error
        yield
