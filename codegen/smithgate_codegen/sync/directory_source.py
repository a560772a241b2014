"""A folder of Smithy models in upstream's layout as a source.

Owns reading a folder. The layout is ``layout``'s; other JSON files of the tree are no
models and are passed over.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ..errors import ModelNotFound, SyncError
from .clients import client_table, hyphenated
from .layout import VersionFolder, sdk_id_of, text_of, version_folders
from .source import RawModel

_LAYOUT = "*/service/*/*.json"


class DirectorySource:
    """Models read from a folder; each service's greatest version name counts."""

    release = None

    def __init__(self, path: Path, *, name: str = "directory") -> None:
        """Read from ``path``; raises ``SyncError`` where that is no folder."""
        self.name = name
        self._path = path
        if not path.is_dir():
            raise SyncError(f"source `{name}`: there is no folder `{path}`")

    def services(self) -> Sequence[str]:
        """Return the client names of the models found, sorted.

        A model without a boto3 client is named by its sdk id in lower case with
        hyphens. Raises ``ModelError`` for a model without an sdk id, ``SyncError``
        for two models of one service.
        """
        return sorted(self._index)

    def fetch(self, client_name: str) -> RawModel:
        """Return the file's bytes as they are; several files become one text."""
        entry = self._entry(client_name)
        files = {self._origin(file): self._read(file) for file in entry.files}
        data, origin = text_of(files)
        return RawModel(data=data, version=entry.version, origin=origin)

    def fingerprint(self, client_name: str) -> str:
        """Return the digest of the files."""
        digest = hashlib.sha256()
        for file in self._entry(client_name).files:
            content = hashlib.sha256(self._read(file)).hexdigest()
            digest.update(f"{file} {content}\n".encode())
        return digest.hexdigest()

    def _entry(self, client_name: str) -> VersionFolder:
        if client_name not in self._index:
            raise ModelNotFound(f"source `{self.name}` has no service `{client_name}`")
        return self._index[client_name]

    @cached_property
    def _index(self) -> dict[str, VersionFolder]:
        out: dict[str, VersionFolder] = {}
        for entry in version_folders(self._paths()):
            files = [(self._read(file), self._origin(file)) for file in entry.files]
            sdk_id = sdk_id_of(files)
            if sdk_id is None:
                continue
            name = client_table().client_name(sdk_id) or hyphenated(sdk_id)
            known = out.get(name)
            if known is None or entry.version > known.version:
                out[name] = entry
            elif entry.version == known.version:
                raise SyncError(
                    f"source `{self.name}` has two models of `{name}`: "
                    f"`{self._origin(known.files[0])}` and "
                    f"`{self._origin(entry.files[0])}`",
                )
        return out

    def _paths(self) -> list[str]:
        found = self._path.glob(_LAYOUT)
        return [path.relative_to(self._path).as_posix() for path in found]

    def _read(self, file: str) -> bytes:
        try:
            return (self._path / file).read_bytes()
        except OSError as error:
            message = f"`{self._origin(file)}` cannot be read: {error.strerror}"
            raise SyncError(message) from error

    def _origin(self, file: str) -> str:
        return f"{self.name}/{file}"
