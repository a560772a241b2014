"""A folder of Smithy models in upstream's layout as a source.

Owns the layout ``<sdk-id>/service/<version>/<file>.json`` and the choice of the latest
version. Other JSON files of the tree are no models and are passed over.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import ModelError, ModelNotFound, SyncError
from ..model import parse_json
from .clients import client_table, hyphenated
from .source import RawModel

_LAYOUT = "*/service/*/*.json"
# The property stands in the aws.api#service trait only; inside documentation the
# quotes would be escaped. Reading it this way keeps an index over hundreds of files
# cheap; the file that is used in the end is parsed in full.
_SDK_ID = re.compile(rb'"sdkId"\s*:\s*"([^"\\]+)"')


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    version: str


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
        """Return the file's bytes as they are."""
        entry = self._entry(client_name)
        return RawModel(
            data=entry.path.read_bytes(),
            version=entry.version,
            origin=self._origin(entry.path),
        )

    def fingerprint(self, client_name: str) -> str:
        """Return the digest of the file."""
        return hashlib.sha256(self._entry(client_name).path.read_bytes()).hexdigest()

    def _entry(self, client_name: str) -> _Entry:
        if client_name not in self._index:
            raise ModelNotFound(f"source `{self.name}` has no service `{client_name}`")
        return self._index[client_name]

    @cached_property
    def _index(self) -> dict[str, _Entry]:
        out: dict[str, _Entry] = {}
        for path in sorted(self._path.glob(_LAYOUT)):
            sdk_id = self._sdk_id(path)
            if sdk_id is None:
                continue
            name = client_table().client_name(sdk_id) or hyphenated(sdk_id)
            entry, known = _Entry(path, path.parent.name), out.get(name)
            if known is None or entry.version > known.version:
                out[name] = entry
            elif entry.version == known.version:
                raise SyncError(
                    f"source `{self.name}` has two models of `{name}`: "
                    f"`{self._origin(known.path)}` and `{self._origin(path)}`",
                )
        return out

    def _sdk_id(self, path: Path) -> str | None:
        data = path.read_bytes()
        found = {str(match, "utf-8") for match in _SDK_ID.findall(data)}
        if len(found) == 1:
            return found.pop()
        origin = self._origin(path)
        document = parse_json(data, origin=origin)
        if not isinstance(document, dict) or "smithy" not in document:
            return None
        raise ModelError(
            f"`{origin}` has {'several' if found else 'no'} aws.api#service sdkIds",
            hint="the service shape needs the trait to be joined to a client",
        )

    def _origin(self, path: Path) -> str:
        return f"{self.name}/{path.relative_to(self._path).as_posix()}"
