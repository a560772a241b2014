"""The two trees that are compared: a git revision, or a folder.

Owns reading. A tree is listed with one digest for each file, so that only the files
that differ are read; 20,000 operations are 60,000 files. git runs without a shell and
reads objects only: no hook, filter or checkout takes part.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import CodegenError

FORMAT_VERSION = 1
INDEX = "index.json"
SKIPPED = "skipped.json"
_IGNORED_FOLDERS = frozenset({"__pycache__"})
_SHA1_DIGITS = 40
"""Length of an object id in a repository that uses SHA-1."""
_REGULAR = frozenset({b"100644", b"100755"})
"""git modes of plain files; a link or a submodule is no part of a generated tree."""


class Tree(Protocol):
    """One generated tree, by path below its root."""

    @property
    def label(self) -> str:
        """Names the tree in the report."""
        ...

    def digests(self, algorithm: str) -> Mapping[str, str]:
        """Return path → git's object id of the file's bytes, by this hash."""
        ...

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """Return the bytes of those files that are there."""
        ...


@dataclass(frozen=True, slots=True)
class FolderTree:
    """A generated tree on disk."""

    label: str
    files: Mapping[str, Path]
    """Path → where it is; links are left out."""

    @classmethod
    def open(cls, root: Path, label: str) -> "FolderTree":
        """List a folder; raises ``CodegenError`` when there is none."""
        if not root.is_dir():
            msg = f"there is no folder `{root}`"
            raise CodegenError(msg, hint="run `smithgate-codegen generate`")
        return cls(label, {p.relative_to(root).as_posix(): p for p in _walk(root)})

    def digests(self, algorithm: str) -> Mapping[str, str]:
        """Return path → git's object id of the file's bytes."""
        found = {}
        for path, place in self.files.items():
            data = place.read_bytes()
            digest = hashlib.new(algorithm, b"blob %d\0" % len(data))
            digest.update(data)
            found[path] = digest.hexdigest()
        return found

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """Return the bytes of those files that are there."""
        found = [path for path in paths if path in self.files]
        return {path: self.files[path].read_bytes() for path in found}


@dataclass(frozen=True, slots=True)
class GitTree:
    """A generated tree as a revision of the repository around ``folder`` has it."""

    folder: Path
    revision: str
    label: str
    algorithm: str
    blobs: Mapping[str, str]
    """Path → object id; empty when the revision has no such folder."""

    @classmethod
    def open(cls, folder: Path, revision: str) -> "GitTree":
        """Find ``folder`` in a revision.

        Raises ``CodegenError`` where git, the repository or the revision is missing.
        """
        commit = _git(
            folder,
            *("rev-parse", "--verify", "--quiet", "--end-of-options"),
            f"{revision}^{{commit}}",
            wrong=f"git knows no revision `{revision}` here",
        )
        commit_id = commit.decode().strip()
        prefix = _git(folder, "rev-parse", "--show-prefix").decode().rstrip("\n")
        listing = _git(
            folder, "ls-tree", "-r", "-z", "--full-tree", commit_id, "--", prefix or "."
        )
        return cls(
            folder=folder,
            revision=commit_id,
            label=f"{revision} ({commit_id[:12]})",
            algorithm="sha1" if len(commit_id) == _SHA1_DIGITS else "sha256",
            blobs=dict(_blobs(listing, prefix)),
        )

    def digests(self, algorithm: str) -> Mapping[str, str]:
        """Return path → object id; ``algorithm`` must be the repository's own."""
        assert algorithm == self.algorithm
        return self.blobs

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """Return the bytes of those files that the revision has."""
        wanted = [path for path in paths if path in self.blobs]
        if not wanted:
            return {}
        names = "".join(f"{self.blobs[path]}\n" for path in wanted)
        reply = _git(self.folder, "cat-file", "--batch", stdin=names.encode())
        out, at = {}, 0
        for path in wanted:
            end = reply.index(b"\n", at)
            size = int(reply[at:end].split()[2])
            out[path] = reply[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return out


def _walk(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = sorted(set(names) - _IGNORED_FOLDERS)
        for name in sorted(files):
            path = Path(folder) / name
            if not path.is_symlink():
                yield path


def json_of(tree: Tree, data: bytes | None, path: str) -> dict[str, Any]:
    """Return the JSON object in a file of a tree; an absent file is an empty one.

    Raises ``CodegenError`` for what is not an object.
    """
    if data is None:
        return {}
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = f"`{path}` of {tree.label} is not JSON: {error}"
        raise CodegenError(msg) from error
    if not isinstance(value, dict):
        msg = f"`{path}` of {tree.label} is not an object"
        raise CodegenError(msg)
    return value


def index_of(tree: Tree, data: bytes | None) -> dict[str, Any]:
    """Return the index of a tree; raises ``CodegenError`` for what is none."""
    if data is None:
        msg = f"{tree.label} has no `{INDEX}`"
        raise CodegenError(msg, hint="name the folder of a generated tree")
    index = json_of(tree, data, INDEX)
    found = index.get("format_version")
    if found != FORMAT_VERSION:
        msg = f"`{INDEX}` of {tree.label} has format_version `{found}`"
        raise CodegenError(msg, hint=f"this release reads {FORMAT_VERSION}")
    return index


def _blobs(listing: bytes, prefix: str) -> Iterator[tuple[str, str]]:
    for row in listing.split(b"\0"):
        head, _, name = row.partition(b"\t")
        if not name or head.split()[0] not in _REGULAR:
            continue
        path = name.decode(errors="surrogateescape").removeprefix(prefix)
        yield path, head.split()[2].decode()


def _git(
    folder: Path, *arguments: str, stdin: bytes = b"", wrong: str | None = None
) -> bytes:
    """Run git in a folder and return its output; raises ``CodegenError``."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, fixed program
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        msg = f"git cannot be run in `{folder}`: {error.strerror}"
        hint = "install git, or compare with a folder: --base-dir"
        raise CodegenError(msg, hint=hint) from error
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())
        msg = wrong or f"git {arguments[0]} failed: {said}"
        hint = "fetch it first, or compare with a folder: --base-dir"
        raise CodegenError(msg, hint=hint)
    return done.stdout
