"""A bare, shallow, partial clone in the cache: what of a remote is near.

Owns fetching: one commit deep, without file contents where the remote can filter, then
the contents asked for in batches, so that an interrupted fetch goes on where it was.
One process works in a clone at a time; what a killed one left behind is cleared away.
"""

import difflib
import fcntl
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import SyncError
from .files import PRIVATE_FILE, PRIVATE_FOLDER, open_lock, write_atomically
from .git import Git, GitFailed

_BATCH = 25
"""Files to ask for at once: what an interruption loses at most."""
_FETCH = (
    *("--quiet", "--filter=blob:none", "--no-tags", "--no-auto-gc"),
    "--no-recurse-submodules",
)
_SHALLOW = ("--depth=1",)
_BLOB = b"blob"
_FILE_MODES = (b"100644", b"100755")
_CONFIG = """\
[core]
\trepositoryformatversion = 1
\tbare = true
[extensions]
\tpartialClone = origin
[remote "origin"]
\turl = {url}
\tpromisor = true
\tpartialclonefilter = blob:none
"""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in a commit: its path and the id of its contents."""

    path: str
    oid: str


class Clone:
    """The clone of one URL below a cache folder; made when first used."""

    def __init__(self, url: str, root: Path, *, name: str) -> None:
        """Keep the clone of ``url`` below ``root``; ``name`` is the source's."""
        self._url, self._name = url, name
        self._scheme = url.partition(":")[0]
        key = hashlib.sha256(url.encode()).hexdigest()[:32]
        self._folder = root / f"{key}.git"

    def resolve(self, ref: str) -> str:
        """Fetch what ``ref`` names at the remote now and return the commit's id.

        Raises ``SyncError`` for a ref that is not there and an unreachable remote.
        """
        with self._git() as git:
            try:
                self._fetch(git, [ref], *_SHALLOW, "--write-fetch-head")
                commit = _line(git.run("rev-parse", "--verify", "FETCH_HEAD^{commit}"))
                self._keep(git, commit)
            except GitFailed as error:
                raise self._failure(git, ref, error) from error
        return commit

    def ensure(self, commit: str) -> None:
        """Fetch a commit if it is not near; raises ``SyncError``."""
        with self._git() as git:
            try:
                if commit not in self._near(git):
                    self._fetch(git, [commit], *_SHALLOW, "--no-write-fetch-head")
                    self._keep(git, commit)
            except GitFailed as error:
                raise self._failure(git, commit, error) from error

    def files(self, commit: str, folder: str) -> list[Blob]:
        """Return the regular files below a folder of a commit that is near."""
        prefix = f"{folder}/" if folder else ""
        with self._git() as git:
            try:
                listing = git.run("ls-tree", "-r", "-z", "--full-tree", commit)
            except GitFailed as error:
                raise self._failure(git, commit, error) from error
        out = []
        for row in filter(None, listing.split(b"\0")):
            mode, kind, rest = row.split(b" ", 2)
            oid, _, raw_path = rest.partition(b"\t")
            path = raw_path.decode("utf-8", errors="replace")
            if mode in _FILE_MODES and kind == _BLOB and path.startswith(prefix):
                out.append(Blob(path.removeprefix(prefix), oid.decode()))
        return out

    def bring(self, commit: str, oids: Collection[str]) -> None:
        """Fetch those of a commit's file contents that are not near yet."""
        with self._git() as git:
            try:
                missing = sorted(self._missing(git, commit) & set(oids))
                for start in range(0, len(missing), _BATCH):
                    batch = missing[start : start + _BATCH]
                    self._fetch(git, batch, "--no-write-fetch-head")
            except GitFailed as error:
                raise self._failure(git, commit, error) from error

    def read(self, oid: str) -> bytes:
        """Return a file's contents, which ``bring`` brought."""
        with self._git() as git:
            try:
                return git.run("cat-file", "blob", oid)
            except GitFailed as error:
                raise self._failure(git, oid, error) from error

    @contextmanager
    def _git(self) -> Iterator[Git]:
        """Hold the clone for this process and make it if it is not there."""
        with ExitStack() as stack:
            try:
                root = self._folder.parent
                root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
                lock = self._folder.with_suffix(".lock")
                held = stack.enter_context(open_lock(lock))
                fcntl.flock(held, fcntl.LOCK_EX)  # waits: the other one fills the clone
                git = Git(self._folder, (held,), self._scheme)
                self._make(git)
            except (OSError, GitFailed) as error:
                raise SyncError(
                    f"source `{self._name}`: its clone cannot be made: {error}",
                    hint="name another folder with --cache or SMITHGATE_CACHE",
                ) from error
            yield git

    def _make(self, git: Git) -> None:
        if (self._folder / "HEAD").is_file():
            _clear_locks(self._folder)
        else:
            git.run("init", "--quiet", "--bare", "--template=", str(self._folder))
        config = _CONFIG.format(url=self._url)
        path = self._folder / "config"
        if path.read_text("utf-8") != config:
            write_atomically(path, config.encode(), mode=PRIVATE_FILE)

    def _fetch(self, git: Git, wanted: Sequence[str], *options: str) -> None:
        # On stdin, a wanted name is never taken for an option.
        stdin = "".join(f"{item}\n" for item in wanted).encode()
        git.run("fetch", *_FETCH, *options, "--stdin", "origin", stdin=stdin)

    def _keep(self, git: Git, commit: str) -> None:
        """Note that a commit is here, whole but for file contents."""
        git.run("update-ref", f"refs/commits/{commit}", commit)

    def _near(self, git: Git) -> set[str]:
        """Return the commits that were fetched whole, but for file contents."""
        return set(
            git.run("for-each-ref", "--format=%(objectname)", "refs/commits")
            .decode()
            .split()
        )

    def _missing(self, git: Git, commit: str) -> set[str]:
        listing = git.run("rev-list", "--objects", "--missing=print", commit)
        lines = listing.decode("utf-8", errors="replace").splitlines()
        return {line[1:].split()[0] for line in lines if line.startswith("?")}

    def _failure(self, git: Git, wanted: str, error: GitFailed) -> SyncError:
        text = error.stderr
        where = f"source `{self._name}`"
        if "couldn't find remote ref" in text:
            return SyncError(
                f"{where}: `{self._url}` has no branch or tag `{wanted}`",
                hint=self._nearest(git, wanted),
            )
        if "not our ref" in text or "unadvertised object" in text:
            return SyncError(
                f"{where}: `{self._url}` has no commit `{wanted}`",
                hint="run `smithgate-codegen sync --update` to take what it has now",
            )
        return SyncError(
            f"{where}: git failed at `{self._url}`: {error.reason}",
            hint="see whether the address is right and reachable from here; what the "
            "lock pins and the cache has needs no network",
        )

    def _nearest(self, git: Git, ref: str) -> str | None:
        try:
            rows = git.run("ls-remote", "--heads", "--tags", "--refs", "origin")
        except GitFailed:
            return None  # only the hint is lost: the ref's absence is reported
        names = [row.split("/", 2)[-1] for row in rows.decode().splitlines()]
        near = difflib.get_close_matches(ref, names, n=1)
        return f"did you mean `{near[0]}`" if near else None


def _clear_locks(folder: Path) -> None:
    """Remove git's own lock files: with the clone held, nobody else made them."""
    for path in (*folder.glob("*.lock"), *folder.glob("refs/**/*.lock")):
        path.unlink(missing_ok=True)


def _line(output: bytes) -> str:
    return output.decode().strip()
