"""Artifacts: requests, responses, states, diffs and cards, by the hash of their content.

Owns the files. An artifact is one 0600 file that says what it is: kind, whether it is
sealed, and the value; its id is the SHA-256 of these bytes, so none of the three can
change under an id. The table row (an index for listing and verifying) is written by
the next transaction of the store, see ``take_pending``.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..canonical import canonical_json
from ..errors import ArtifactCorrupt, ArtifactNotFound, FormatUnknown
from .folder import folder_error, make_folder, open_private, sync_folder
from .records import ArtifactKind, ArtifactRecord
from .sealing import unseal
from .values import storable

FORMAT_VERSION = 1
IN_CLEAR = frozenset({ArtifactKind.REQUEST})
"""Kinds that are masked before they are stored; the others are sealed at rest."""
_ID = re.compile(r"art-[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a file holds."""

    kind: ArtifactKind
    sealed: bool
    value: Any


class ArtifactStore:
    """Content-addressed JSON values in a folder, safe for many threads and processes."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], datetime],
        seal: Callable[[Any], str] | None = None,
    ) -> None:
        self.folder = folder
        self._seal = seal
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: dict[str, ArtifactRecord] = {}
        self._durable: set[Path] = set()
        """Folders whose names this process has made durable."""

    def put(self, value: Any, *, kind: str, sealed: bool = False) -> str:
        """Store a JSON value durably; return its id.

        The same value under the same kind is stored once. What JSON text cannot carry
        is replaced as ``storable`` says. Raises ``AuditUnavailable``; ``ValueError``
        for an unknown kind and ``TypeError`` for what is no JSON value.
        """
        kind = ArtifactKind(kind)
        value = storable(value)
        data = canonical_json(
            {
                "format_version": FORMAT_VERSION,
                "kind": kind,
                "sealed": sealed,
                **self._content(kind, value),
            }
        )
        artifact_id = f"art-{hashlib.sha256(data).hexdigest()}"
        path = self.path(artifact_id)
        try:
            self._prepare(path.parent)
            _store(path, data)
        except OSError as error:
            raise folder_error(path, error) from error
        record = ArtifactRecord(
            id=artifact_id,
            kind=kind,
            sealed=sealed,
            size=len(canonical_json(value)),
            created_at=self._clock(),
        )
        with self._lock:
            self._pending[artifact_id] = record
        return artifact_id

    def _content(self, kind: ArtifactKind, value: Any) -> dict[str, Any]:
        """Return the value in clear, or sealed where it may hold secrets."""
        if self._seal is None or kind in IN_CLEAR:
            return {"value": value}
        return {"cipher": self._seal(value)}

    def get(self, artifact_id: str) -> Any:
        """Return a stored value.

        Raises ``ArtifactNotFound``, ``ArtifactCorrupt`` when the file is not what the
        id promises, ``FormatUnknown`` and ``AuditUnavailable``.
        """
        return self.load(artifact_id).value

    def load(self, artifact_id: str) -> Artifact:
        """Return a stored value with what it is; raises as ``get`` does."""
        path = self.path(artifact_id)
        try:
            data = _read(path)
        except FileNotFoundError as error:
            raise _not_found(artifact_id) from error
        except OSError as error:
            raise folder_error(path, error) from error
        if f"art-{hashlib.sha256(data).hexdigest()}" != artifact_id:
            raise ArtifactCorrupt(
                f"artifact `{artifact_id}` does not have the content of its id",
                hint="run `smithgate audit verify`",
                artifact=artifact_id,
            )
        return _parse(artifact_id, data)

    def path(self, artifact_id: str) -> Path:
        """Return where an artifact is. Raises ``ArtifactNotFound`` for no id."""
        if not _ID.fullmatch(artifact_id):
            raise _not_found(artifact_id)
        return self.folder / artifact_id[4:6] / artifact_id

    def ids(self) -> Iterator[str]:
        """Yield the ids of all files, sorted."""
        for path in sorted(self.folder.glob("??/art-*")):
            if _ID.fullmatch(path.name):
                yield path.name

    def pending(self, artifact_id: str) -> ArtifactRecord | None:
        """Return the record of an artifact whose row is not written yet."""
        with self._lock:
            return self._pending.get(artifact_id)

    @property
    def has_pending(self) -> bool:
        """Say whether there are artifacts whose row is not written yet."""
        with self._lock:
            return bool(self._pending)

    def take_pending(self) -> list[ArtifactRecord]:
        """Return the records that have no row yet and stop remembering them."""
        with self._lock:
            taken = list(self._pending.values())
            self._pending.clear()
        return taken

    def give_back(self, records: Iterable[ArtifactRecord]) -> None:
        """Remember records again whose transaction did not commit."""
        with self._lock:
            for record in records:
                self._pending.setdefault(record.id, record)

    def _prepare(self, shard: Path) -> None:
        """Make sure that the folders exist durably. Raises ``OSError``."""
        with self._lock:
            for folder in (self.folder, shard):
                # Not left out for a folder that is there: another process may have
                # made it without having synced its name yet.
                if folder not in self._durable:
                    make_folder(folder)
                    self._durable.add(folder)


def _not_found(artifact_id: str) -> ArtifactNotFound:
    return ArtifactNotFound(
        f"no artifact `{artifact_id[:80]}` is stored",
        hint="use an artifact id as a result gave it",
    )


def _parse(artifact_id: str, data: bytes) -> Artifact:
    """Return the content of a file whose hash is right."""
    stored = json.loads(data)
    if stored["format_version"] != FORMAT_VERSION:
        raise FormatUnknown(
            f"artifact `{artifact_id}` has format version "
            f"{stored['format_version']}, this release knows {FORMAT_VERSION}",
            hint="use the release that wrote it",
        )
    value = unseal(stored["cipher"]) if "cipher" in stored else stored["value"]
    return Artifact(ArtifactKind(stored["kind"]), stored["sealed"], value)


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _store(path: Path, data: bytes) -> None:
    """Make ``data`` durable at ``path``. Raises ``OSError``."""
    if not _holds(path, data):
        draft = path.with_name(f".new-{secrets.token_hex(8)}")
        try:
            _write(draft, data)
            draft.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to report
                draft.unlink(missing_ok=True)
            raise
    # Also for a file that is there: its writer may be between rename and fsync.
    sync_folder(path.parent)


def _holds(path: Path, data: bytes) -> bool:
    """Say whether the file is there, whole; a damaged one is written anew."""
    try:
        return _read(path) == data
    except FileNotFoundError:
        return False


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(open_private(path, os.O_EXCL | os.O_WRONLY), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
