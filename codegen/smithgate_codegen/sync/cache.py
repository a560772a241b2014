"""The model cache: texts under their SHA-256, outside version control.

Owns two folders below its root: ``models`` (content-addressed, checked on every
read) and ``fingerprints`` (what a source's files looked like when a text was made, so
that an unchanged service is not converted again).
"""

import fcntl
import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..errors import LockMismatch, SyncError
from .files import PRIVATE_FILE, PRIVATE_FOLDER, open_lock, write_atomically
from .lock import Pin

_LOCK = ".lock"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Cache:
    """A folder of model texts; made when first written to."""

    def __init__(self, root: Path) -> None:
        """Use ``root``, which need not exist."""
        self._root = root

    @property
    def root(self) -> Path:
        """The folder, which sources may use for what they keep."""
        return self._root

    def get(self, sha256: str) -> bytes | None:
        """Return the text of this digest, or ``None`` where it is not cached.

        Raises ``LockMismatch`` for a file that does not have the digest of its name.
        """
        path = self._model_path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SyncError(f"the model cache cannot be read: {error}") from error
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise LockMismatch(
                f"cached model `{path.name}` is damaged: expected SHA-256 {sha256}, "
                f"found {found}",
                hint="run `smithgate-codegen sync`, which writes it anew",
            )
        return data

    def put(self, data: bytes) -> str:
        """Store a text; return its digest. Raises ``SyncError``."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._write(self._model_path(sha256), data)
        return sha256

    def known(self, source: str, client_name: str, fingerprint: str) -> Pin | None:
        """Return the pin of the text made from files of this fingerprint."""
        path = self._fingerprint_path(source, client_name)
        try:
            document = json.loads(path.read_bytes())
            if document["fingerprint"] != fingerprint:
                return None
            return Pin(source, document["version"], document["sha256"])
        except (OSError, ValueError, TypeError, KeyError):
            return None  # nothing known: the caller converts and writes it anew

    def remember(self, client_name: str, fingerprint: str, pin: Pin) -> None:
        """Record which text files of this fingerprint give. Raises ``SyncError``."""
        document = {
            "fingerprint": fingerprint,
            "sha256": pin.sha256,
            "version": pin.version,
        }
        path = self._fingerprint_path(pin.source, client_name)
        self._write(path, json.dumps(document).encode())

    def tidy(self) -> None:
        """Remove what killed writers left, unless somebody is writing right now."""
        if not self._root.is_dir():
            return
        # Nothing depends on it: a cache that can only be read is as good as before.
        with suppress(OSError), open_lock(self._root / _LOCK) as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for folder in ("models", "fingerprints"):
                for path in (self._root / folder).rglob(".*"):
                    path.unlink(missing_ok=True)

    def _model_path(self, sha256: str) -> Path:
        return self._root / "models" / f"{_safe(sha256)}.json"

    def _fingerprint_path(self, source: str, client_name: str) -> Path:
        name = f"{_safe(client_name)}.json"
        return self._root / "fingerprints" / _safe(source) / name

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            for folder in reversed(path.relative_to(self._root).parents[:-1]):
                self._private_folder(self._root / folder)
            with open_lock(self._root / _LOCK) as held:
                fcntl.flock(held, fcntl.LOCK_SH)  # writers tolerate each other
                write_atomically(path, data, mode=PRIVATE_FILE)
        except OSError as error:
            raise SyncError(
                f"the model cache cannot be written: {error}",
                hint="name another folder with --cache or SMITHGATE_CACHE",
            ) from error

    def _private_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, mode=PRIVATE_FOLDER)
        if folder.stat().st_mode & 0o077:
            # Others could plant a fingerprint there. Fails for a folder of theirs.
            folder.chmod(PRIVATE_FOLDER)


def default_cache_root(environment: Mapping[str, str] = os.environ) -> Path:
    """Return ``SMITHGATE_CACHE``, or the platform's cache folder of the user."""
    if environment.get("SMITHGATE_CACHE"):
        return Path(environment["SMITHGATE_CACHE"])
    if environment.get("XDG_CACHE_HOME"):
        base = Path(environment["XDG_CACHE_HOME"])
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or Path.home())
    else:
        base = Path.home() / ".cache"
    return base / "smithgate"


def _safe(name: str) -> str:
    if not _SAFE.fullmatch(name):
        raise SyncError(f"`{name}` cannot be the name of a cache file")
    return name
