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
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PIN_KEYS = {"sha256", "source", "version"}
_MORE_PIN_KEYS = {"commit", "origin"}
_KEYS = {"format_version", "releases", "services"}
_GIT_KEYS = {"folder", "ref", "url"}


@dataclass(frozen=True, slots=True)
class Pin:
    """What the lock says of one text, and of what enriches it."""

    source: str
    version: str
    """The API version."""
    sha256: str
    """Hex digest of the model text: converted for botocore, else the file's bytes."""
    commit: str = ""
    """The commit that a git source's text is from."""
    origin: str = ""
    """The source that a ``first_of`` source took the text from."""
    enrich: "Pin | None" = None
    """The text that adds to this one; it has no ``enrich`` of its own."""

    @property
    def real_source(self) -> str:
        """The source that the text itself is from."""
        return self.origin or self.source

    def texts(self) -> tuple["Pin", ...]:
        """Return the pins of all texts that the service is made of."""
        return (self,) if self.enrich is None else (self, self.enrich)


@dataclass(frozen=True, slots=True)
class Lock:
    """All pins, by client name."""

    services: Mapping[str, Pin] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)
    """Source → release at the last full sync: the digests decide, but for git sources
    it is the commit that services are taken from that get their first pin."""
    git: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Git source → its definition (``url``, ``ref``, ``folder``) when pinned."""

    def text(self) -> str:
        """Return the file's text."""
        lines = [
            f"    {_dump(name)}: {_dump(_without_empty(asdict(pin)))}"
            for name, pin in sorted(self.services.items())
        ]
        services = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
        releases = _dump(dict(sorted(self.releases.items())))
        git = f'  "git": {_dump(dict(sorted(self.git.items())))},\n' if self.git else ""
        return (
            "{\n"
            f'  "format_version": {FORMAT_VERSION},\n'
            f"{git}"
            f'  "releases": {releases},\n'
            f'  "services": {services}\n'
            "}\n"
        )

    @property
    def digest(self) -> str:
        """Hex digest of the text: equal digests promise equal models."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def write(self, path: Path) -> bool:
        """Write the file if its text differs; return whether it was written.

        Raises ``SyncError``; the file is then as it was.
        """
        data = self.text().encode()
        try:
            if path.is_file() and path.read_bytes() == data:
                return False
            write_atomically(path, data, durable=True)
        except OSError as error:
            raise SyncError(
                f"`{path.name}` cannot be written: {error.strerror or error}",
                hint="it is as it was before",
            ) from error
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
    if document.keys() - {"git"} != _KEYS:
        raise _invalid(path, "it has missing or unknown keys")
    releases, services = document["releases"], document["services"]
    git = document.get("git", {})
    if not isinstance(git, dict) or not all(
        _is_text_map(spec) and spec.keys() == _GIT_KEYS for spec in git.values()
    ):
        raise _invalid(path, "`git` must map sources to their definition")
    if not isinstance(services, dict) or not _is_text_map(releases):
        raise _invalid(path, "`services` and `releases` must be objects")
    return Lock(
        services={name: _pin(path, name, node) for name, node in services.items()},
        releases=releases,
        git=git,
    )


def _pin(path: Path, name: str, node: Any, *, is_addition: bool = False) -> Pin:
    if not isinstance(node, dict):
        raise _invalid(path, f"the pin of `{name}` is not an object")
    node = dict(node)
    addition = None if is_addition else node.pop("enrich", None)
    if node.keys() - _MORE_PIN_KEYS != _PIN_KEYS:
        raise _invalid(path, f"the pin of `{name}` has missing or unknown keys")
    if not _is_text_map(node):
        raise _invalid(path, f"the pin of `{name}` has a value of the wrong type")
    if not _SHA256.fullmatch(node["sha256"]):
        raise _invalid(path, f"the pin of `{name}` has no SHA-256")
    if "commit" in node and not _COMMIT.fullmatch(node["commit"]):
        raise _invalid(path, f"the pin of `{name}` has a commit that is none")
    if addition is not None:
        node["enrich"] = _pin(path, name, addition, is_addition=True)
    return Pin(**node)


def _without_empty(node: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing, so that pins that need no more look as ever."""
    out = {key: value for key, value in node.items() if value}
    if "enrich" in out:
        out["enrich"] = _without_empty(out["enrich"])
    return out


def _is_text_map(node: Any) -> bool:
    return isinstance(node, dict) and all(isinstance(v, str) for v in node.values())


def _invalid(path: Path, reason: str) -> SyncError:
    hint = "restore it from version control or delete it and sync"
    return SyncError(f"`{path.name}` is not a usable lock: {reason}", hint=hint)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
