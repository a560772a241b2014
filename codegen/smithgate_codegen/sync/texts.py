"""One model text: known, fetched or fetched again, always under its digest.

Owns the way from a source to the cache and the pin that says what came of it.
"""

import hashlib
from dataclasses import dataclass, replace

from ..errors import LockMismatch
from ..model import Model, load_model
from .cache import Cache
from .lock import Pin
from .source import RawModel, Source, Versioned, really


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is in the cache."""

    pin: Pin
    model: Model | None
    """The loaded model where the text came from its source just now."""


def bring(client_name: str, source: Source, cache: Cache) -> Text:
    """Return the source's present text of a service, cached and loadable.

    Raises what the source and the loader raise, ``SyncError`` for a full disk.
    """
    real = really(source, client_name)
    # The fingerprint comes first: a file that changes in between is then fetched
    # again next time instead of being taken for known.
    fingerprint = real.fingerprint(client_name)
    pin = cache.known(real.name, client_name, fingerprint)
    model = None
    if pin is None or not is_near(pin, cache):
        raw = real.fetch(client_name)
        model = load_model(raw.data, origin=raw.origin)  # the unloadable is not pinned
        pin = Pin(real.name, raw.version, cache.put(raw.data))
        cache.remember(client_name, fingerprint, pin)
    pin = replace(pin, source=source.name, commit=_commit(real))
    if real.name != source.name:
        pin = replace(pin, origin=real.name)
    return Text(pin, model)


def is_known(client_name: str, source: Source, cache: Cache) -> bool:
    """Return whether ``bring`` would need nothing but the cache."""
    real = really(source, client_name)
    pin = cache.known(real.name, client_name, real.fingerprint(client_name))
    return pin is not None and is_near(pin, cache)


def is_near(pin: Pin, cache: Cache) -> bool:
    """Return whether the pinned text is in the cache, undamaged."""
    try:
        return cache.get(pin.sha256) is not None
    except LockMismatch:
        return False  # damaged: to be fetched and written anew


def fetch_again(
    client_name: str, pin: Pin, source: Source, release: str | None
) -> bytes:
    """Return the pinned text from its source.

    ``release`` is that of the lock, for the message. Raises ``LockMismatch`` with
    both digests where the source has another text by now.
    """
    data = source.fetch(client_name).data
    found = hashlib.sha256(data).hexdigest()
    if found != pin.sha256:
        then = f" {release}" if release else ""
        now = f" {source.release}" if source.release else ""
        raise LockMismatch(
            f"`{client_name}`: the lock pins SHA-256 {pin.sha256} "
            f"({pin.source}{then}), the source has {found} ({pin.source}{now})",
            hint="install the release that the lock names, or sync and review",
        )
    return data


def raw_model(client_name: str, pin: Pin, data: bytes) -> RawModel:
    """Return a pinned text with its name for errors."""
    origin = f"{pin.real_source}/{client_name}-{pin.version}.json"
    return RawModel(data=data, version=pin.version, origin=origin)


def _commit(source: Source) -> str:
    return source.release or "" if isinstance(source, Versioned) else ""
