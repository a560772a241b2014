"""One service as printed files, and a cache of them.

Owns ``RenderedService``, the pure result of generating one service, and its cache: the
key is a digest over everything that the result depends on (the pinned model, the
generator's own sources, templates, overrides, botocore's names), so that a hit is as
good as generating again. A damaged entry is a miss.
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from .sync import Pin
from .sync.files import PRIVATE_FILE, write_atomically

_PACKAGES = ("boto3", "botocore", "jinja2", "pyyaml")
"""Installed packages whose behaviour or data shows in the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedService:
    """Everything that one service puts into the generated tree; plain JSON values."""

    client_name: str
    files: Mapping[str, str]
    """Path below the tree's root → text."""
    operations: Mapping[str, Any]
    """Lines of the index."""
    search: Mapping[str, Any]
    """Columns of the search file."""
    entry: Mapping[str, Any]
    """The service's line of the index."""
    source: Mapping[str, Any]
    skipped: Mapping[str, str]
    patterns: Mapping[str, int]
    """Uses of patterns: kept, rewritten, left to AWS."""
    left_out: Sequence[str] = ()
    """Why corrections were left out that do not fit the model."""


def inputs_digest(templates: Path) -> str:
    """Return the digest of what all services depend on: generator and templates."""
    package = Path(__file__).parent
    digest = hashlib.sha256(platform.python_version().encode())
    for name in _PACKAGES:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    for folder, suffixes in ((package, {".py", ".yaml"}), (templates, {".j2"})):
        _add_files(digest, folder, suffixes)
    return digest.hexdigest()


def service_key(
    inputs: str, client_name: str, pin: Pin, overrides: Path, *, strict: bool
) -> str:
    """Return the key of one service.

    ``overrides`` is the folder of the corrections, ``strict`` whether all must fit.
    """
    digest = hashlib.sha256(f"{inputs} {client_name} {strict}".encode())
    digest.update(json.dumps(asdict(pin), sort_keys=True).encode())
    own = overrides / f"{client_name}.yaml"
    digest.update(own.read_bytes() if own.is_file() else b"none")
    return digest.hexdigest()


class RenderCache:
    """Rendered services below a cache folder, one file each."""

    def __init__(self, root: Path) -> None:
        """Use ``root``, which need not exist."""
        self._folder = root / "rendered"

    def get(self, client_name: str, key: str) -> RenderedService | None:
        """Return the service as rendered under this key, if it is there intact."""
        try:
            stored, _, body = self._path(client_name).read_bytes().partition(b"\n")
            if stored.decode() != f"{key} {hashlib.sha256(body).hexdigest()}":
                return None
            return RenderedService(**json.loads(body))
        except (OSError, ValueError, TypeError):
            return None

    def put(self, service: RenderedService, key: str) -> None:
        """Keep a service, in place of an older one; a full disk is no error here."""
        body = json.dumps(asdict(service)).encode()
        head = f"{key} {hashlib.sha256(body).hexdigest()}\n".encode()
        path = self._path(service.client_name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, head + body, mode=PRIVATE_FILE)
        except OSError:
            # Only speed is lost: the next run generates the service again.
            return

    def _path(self, client_name: str) -> Path:
        return self._folder / f"{client_name}.json"


def _add_files(digest: Any, folder: Path, suffixes: Iterable[str]) -> None:
    for path in sorted(p for p in folder.rglob("*") if p.suffix in suffixes):
        name = path.relative_to(folder).as_posix()
        digest.update(
            f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode()
        )
