"""The service descriptions inside the installed botocore.

Owns finding and reading them: latest API version, gzip, extras. Only the package's own
data folder is read; ``AWS_DATA_PATH`` and ``~/.aws/models`` would make the result
depend on the machine. Converting is left to ``convert``.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore

from ..errors import ModelNotFound, ModelSyntax
from ..model import parse_json

_SERVICE = "service-2"
_HEAD_BYTES = 65_536
"""Compressed bytes to read for the metadata, which stand at the top."""


def installed_version() -> str:
    """Return the version of the installed botocore."""
    return str(botocore.__version__)


def installed_data() -> Path:
    """Return the data folder of the installed botocore."""
    return Path(botocore.__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ServiceFiles:
    """The files of one service's latest API version."""

    client_name: str
    version: str
    folder: Path

    @property
    def origin(self) -> str:
        """Name of the description for errors, without the machine's path."""
        return f"botocore/{self.client_name}/{self.version}/{_SERVICE}.json"

    def service(self) -> dict[str, Any]:
        """Return the description of operations and shapes."""
        document = self._merged(_SERVICE)
        if document is None:
            raise ModelNotFound(f"botocore has no `{self.origin}`")
        return document

    def paginators(self) -> dict[str, Any]:
        """Return operation → paginator; empty where there are none."""
        document = self._merged("paginators-1") or {}
        pagination: dict[str, Any] = document.get("pagination", {})
        return pagination

    def waiters(self) -> dict[str, Any]:
        """Return name → waiter; empty where there are none."""
        document = self._merged("waiters-2") or {}
        waiters: dict[str, Any] = document.get("waiters", {})
        return waiters

    def metadata(self) -> dict[str, Any]:
        """Return the service's metadata without reading all of the description."""
        path = _json_file(self.folder, _SERVICE)
        if path is None:
            raise ModelNotFound(f"botocore has no `{self.origin}`")
        metadata = _metadata_at_top(path)
        if metadata is None:
            metadata = dict(self.service()["metadata"])
        for extra in self._extras(_SERVICE):
            _merge_into(metadata, extra.get("metadata", {}))
        return metadata

    def fingerprint(self) -> str:
        """Return a digest of the bytes of every file that the conversion reads."""
        digest = hashlib.sha256()
        for stem in (_SERVICE, "paginators-1", "waiters-2"):
            paths = [_json_file(self.folder, stem), *_extra_files(self.folder, stem)]
            for path in filter(None, paths):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.name} {content}\n".encode())
        return digest.hexdigest()

    def _merged(self, stem: str) -> dict[str, Any] | None:
        path = _json_file(self.folder, stem)
        if path is None:
            return None
        document = _read_json(path)
        for extra in self._extras(stem):
            _merge_into(document, extra)
        return document

    def _extras(self, stem: str) -> Iterator[dict[str, Any]]:
        for path in _extra_files(self.folder, stem):
            yield _read_json(path).get("merge", {})


def find_services(data: Path) -> dict[str, ServiceFiles]:
    """Return client name → files of the latest API version, sorted by name.

    The rule is botocore's: a folder with a ``service-2`` file is a version, the
    greatest name is the latest.
    """
    out = {}
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        versions = [v.name for v in folder.iterdir() if _json_file(v, _SERVICE)]
        if versions:
            latest = max(versions)
            out[folder.name] = ServiceFiles(folder.name, latest, folder / latest)
    return out


def _json_file(folder: Path, stem: str) -> Path | None:
    for name in (f"{stem}.json", f"{stem}.json.gz"):
        path = folder / name
        if path.is_file():
            return path
    return None


def _extra_files(folder: Path, stem: str) -> list[Path]:
    path = _json_file(folder, f"{stem}.sdk-extras")
    return [] if path is None else [path]


def _read_json(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    # botocore reads with json.loads, for which the last of two equal keys counts;
    # a repeated key is refused here rather than guessed at.
    document = parse_json(data, origin=f"botocore/{'/'.join(path.parts[-3:])}")
    if not isinstance(document, dict):
        raise ModelSyntax(f"`{path.name}` of botocore is not a JSON object")
    return document


def _metadata_at_top(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if path.suffix == ".gz":
        head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
    text = head.decode("utf-8", errors="replace")
    start = text.find('"metadata"')
    if start < 0 or "{" in text[text.find("{") + 1 : start]:
        return None  # some other object comes first: not certainly the top level
    brace = text.find("{", start)
    try:
        metadata, _ = json.JSONDecoder().raw_decode(text, brace)
    except json.JSONDecodeError:
        return None  # longer than the part read; the caller reads all of it
    return dict(metadata)


def _merge_into(base: dict[str, Any], extra: dict[str, Any]) -> None:
    """Deep-merge in place, as botocore's loader does for extras."""
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge_into(base[key], value)
        else:
            base[key] = value
