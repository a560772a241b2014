"""A git repository of Smithy models as a source.

Owns the choice of the commit and of the files in it. A service is found by its folder,
which upstream names after the sdk id, so that only the wanted services' files need to
be fetched; the sdk id inside the file is what counts in the end.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ..errors import ModelNotFound, SyncError
from .clients import client_table, hyphenated
from .git import is_commit
from .git_clone import Clone
from .layout import VersionFolder, sdk_id_of, text_of, version_folders
from .source import RawModel


class GitSource:
    """Models of one commit: that of a ref at first use, or a pinned one."""

    def __init__(
        self,
        url: str,
        ref: str,
        root: Path,
        *,
        name: str = "git",
        folder: str = "",
        commit: str | None = None,
    ) -> None:
        """Read from ``url``, whose clone is kept below ``root``.

        ``ref`` is a branch, a tag or a commit, ``folder`` where in the repository
        the models are. Nothing is fetched before it is needed.
        """
        self.name = name
        self._url, self._ref, self._root, self._folder = url, ref, root, folder
        self._pinned = commit
        self._views: dict[str, GitSource] = {}
        self._clone = Clone(url, root, name=name)

    @cached_property
    def release(self) -> str:
        """The commit's id. Raises ``SyncError``."""
        commit = self._pinned or (self._ref if is_commit(self._ref) else None)
        commit = commit or self._clone.resolve(self._ref)
        self._clone.ensure(commit)
        return commit

    def at(self, commits: Mapping[str, str]) -> "GitSource":
        """Return the source as of the commit under its name; else of the ref."""
        commit = commits.get(self.name)
        if commit is None or commit == self._pinned:
            return self
        if commit not in self._views:
            self._views[commit] = GitSource(
                self._url,
                self._ref,
                self._root,
                name=self.name,
                folder=self._folder,
                commit=commit,
            )
        return self._views[commit]

    def services(self) -> Sequence[str]:
        """Return the client names of the service folders, sorted.

        A folder that no boto3 client's sdk id spells names its service itself.
        """
        return sorted(self._index)

    def prefetch(self, client_names: Collection[str]) -> None:
        """Fetch the files of these services in few requests."""
        names = [name for name in client_names if name in self._index]
        files = [file for name in names for file in self._index[name].files]
        self._clone.bring(self.release, {self._oids[file] for file in files})

    def fetch(self, client_name: str) -> RawModel:
        """Return the model. Raises ``SyncError`` where its sdk id is another's."""
        entry = self._entry(client_name)
        self.prefetch([client_name])
        files = {
            self._origin(file): self._clone.read(self._oids[file])
            for file in entry.files
        }
        sdk_id = sdk_id_of([(data, origin) for origin, data in files.items()])
        origin = self._origin(entry.files[0])
        if sdk_id is None:
            raise ModelNotFound(f"`{origin}` is not a Smithy model")
        if (client_table().client_name(sdk_id) or hyphenated(sdk_id)) != client_name:
            raise SyncError(
                f"`{origin}` is the model of `{sdk_id}`, its folder says `{client_name}`"
            )
        data, origin = text_of(files)
        return RawModel(data=data, version=entry.version, origin=origin)

    def fingerprint(self, client_name: str) -> str:
        """Return the digest of the files' names and git ids."""
        rows = [f"{f} {self._oids[f]}\n" for f in self._entry(client_name).files]
        return hashlib.sha256("".join(rows).encode()).hexdigest()

    def _entry(self, client_name: str) -> VersionFolder:
        if client_name not in self._index:
            raise ModelNotFound(f"source `{self.name}` has no service `{client_name}`")
        return self._index[client_name]

    @cached_property
    def _oids(self) -> Mapping[str, str]:
        blobs = self._clone.files(self.release, self._folder)
        return {blob.path: blob.oid for blob in blobs}

    @cached_property
    def _index(self) -> Mapping[str, VersionFolder]:
        clients = client_table().by_folder()
        out: dict[str, VersionFolder] = {}
        for entry in version_folders(self._oids):  # the greatest version comes last
            out[clients.get(entry.folder, entry.folder)] = entry
        if not out:
            where = f" below `{self._folder}`" if self._folder else ""
            raise SyncError(
                f"source `{self.name}`: commit {self.release[:12]} has no models{where}",
                hint="models are expected at <sdk-id>/service/<version>/<file>.json; "
                "`folder` says where they start",
            )
        return out

    def _origin(self, file: str) -> str:
        return f"{self.name}/{file}"
