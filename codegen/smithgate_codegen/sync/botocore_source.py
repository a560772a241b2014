"""The installed botocore as a source of models.

Owns the choice of files and the fingerprint. It is what boto3 executes, always at
hand offline, and the only source of EC2.
"""

import difflib
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path

from ..errors import ModelNotFound
from . import convert
from .botocore_files import (
    ServiceFiles,
    find_services,
    installed_data,
    installed_version,
)
from .source import RawModel


class BotocoreSource:
    """Models converted from botocore's service descriptions."""

    name = "botocore"

    def __init__(self, data: Path | None = None) -> None:
        """Read from ``data``, a folder like botocore's own, which is the default."""
        self._is_installed = data is None
        self._files = find_services(data or installed_data())

    @property
    def release(self) -> str | None:
        """The version of the installed botocore; ``None`` for another data folder."""
        return installed_version() if self._is_installed else None

    def services(self) -> Sequence[str]:
        """Return botocore's client names, sorted."""
        return sorted(self._files)

    def fetch(self, client_name: str) -> RawModel:
        """Return the converted model of the latest API version."""
        files = self._service(client_name)
        data = convert.convert_service(
            files.service(),
            files.paginators(),
            files.waiters(),
            origin=files.origin,
        )
        return RawModel(data=data, version=files.version, origin=files.origin)

    def fingerprint(self, client_name: str) -> str:
        """Return a digest over the files read and over the converter itself."""
        text = f"{_converter_digest()} {self._service(client_name).fingerprint()}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _service(self, client_name: str) -> ServiceFiles:
        if client_name not in self._files:
            near = difflib.get_close_matches(client_name, self._files, n=1)
            raise ModelNotFound(
                f"botocore has no service `{client_name}`",
                hint=f"did you mean `{near[0]}`" if near else None,
            )
        return self._files[client_name]


@lru_cache(maxsize=1)
def _converter_digest() -> str:
    """Return a digest of the source code that decides a converted text.

    A changed converter thereby asks for a new conversion; there is no version number
    to forget.
    """
    digest = hashlib.sha256()
    model = resources.files("smithgate_codegen").joinpath("model")
    names = [model.joinpath("ids.py"), model.joinpath("upgrade.py")]  # enum names
    sources = [p for p in resources.files(convert).iterdir() if p.name.endswith(".py")]
    for path in [*sorted(sources, key=lambda p: p.name), *names]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
