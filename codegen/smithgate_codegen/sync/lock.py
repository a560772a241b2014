"""``models.lock.json``: which text each service's model has.

Owns the format. The same pins give the same bytes: sorted, one line per service, no
times, no paths.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ModelError, SyncError
from ..model import parse_json
from .files import write_atomically

FORMAT_VERSION = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PIN_KEYS = {"sha256", "source", "version"}


@dataclass(frozen=True, slots=True)
class Pin:
    """What the lock says of one service."""

    source: str
    version: str
    """The API version."""
    sha256: str
    """Hex digest of the model text: converted for botocore, else the file's bytes."""


@dataclass(frozen=True, slots=True)
class Lock:
    """All pins, by client name."""

    services: Mapping[str, Pin] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)
    """Source → release at the last full sync. For people: the digests decide."""

    def text(self) -> str:
        """Return the file's text."""
        lines = [
            f"    {_dump(name)}: {_dump(asdict(pin))}"
            for name, pin in sorted(self.services.items())
        ]
        services = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
        releases = _dump(dict(sorted(self.releases.items())))
        return (
            "{\n"
            f'  "format_version": {FORMAT_VERSION},\n'
            f'  "releases": {releases},\n'
            f'  "services": {services}\n'
            "}\n"
        )

    @property
    def digest(self) -> str:
        """Hex digest of the text: equal digests promise equal models."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def write(self, path: Path) -> bool:
        """Write the file if its text differs; return whether it was written."""
        data = self.text().encode()
        if path.is_file() and path.read_bytes() == data:
            return False
        write_atomically(path, data)
        return True


def read_lock(path: Path) -> Lock:
    """Read a lock; a missing file is an empty lock.

    Raises ``SyncError`` for a file of another form or format version.
    """
    if not path.is_file():
        return Lock()
    try:
        document = parse_json(path.read_bytes(), origin=path.name)
    except ModelError as error:
        raise SyncError(error.message, hint="restore the file or sync anew") from error
    if not isinstance(document, dict):
        raise _invalid(path, "it is not an object")
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise _invalid(
            path,
            f"format_version is `{version}`, this release reads {FORMAT_VERSION}",
        )
    if document.keys() != {"format_version", "releases", "services"}:
        raise _invalid(path, "it has missing or unknown keys")
    releases, services = document["releases"], document["services"]
    if not isinstance(services, dict) or not _is_text_map(releases):
        raise _invalid(path, "`services` and `releases` must be objects")
    return Lock(
        services={name: _pin(path, name, node) for name, node in services.items()},
        releases=releases,
    )


def _pin(path: Path, name: str, node: Any) -> Pin:
    if not isinstance(node, dict) or node.keys() != _PIN_KEYS:
        raise _invalid(path, f"the pin of `{name}` has missing or unknown keys")
    if not _is_text_map(node):
        raise _invalid(path, f"the pin of `{name}` has a value of the wrong type")
    if not _SHA256.fullmatch(node["sha256"]):
        raise _invalid(path, f"the pin of `{name}` has no SHA-256")
    return Pin(**node)


def _is_text_map(node: Any) -> bool:
    return isinstance(node, dict) and all(isinstance(v, str) for v in node.values())


def _invalid(path: Path, reason: str) -> SyncError:
    hint = "restore it from version control or delete it and sync"
    return SyncError(f"`{path.name}` is not a usable lock: {reason}", hint=hint)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
