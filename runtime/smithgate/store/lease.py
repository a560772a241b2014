"""Leases: the proof that a process which owns transactions is alive or gone.

Each store that begins something holds a file lock for as long as it is open. The
kernel drops the lock when the process ends, however it ends, so nobody has to guess
from pids and heartbeats. Works on one machine, as SQLite's write-ahead log does.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import AuditBroken
from .folder import folder_error, make_folder, open_private

LEASES = "leases"
_OWNER = re.compile(r"own-[A-Za-z0-9-]{1,64}")


class Lease:
    """A held lease; ``release`` gives it back and says: whatever is open is over."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, owner: str) -> "Lease":
        """Take the lease of ``owner``. Raises ``AuditUnavailable``."""
        path = _path(folder, owner)
        # Locked under another name first: at its own name it is never seen unlocked.
        draft = path.with_suffix(".new")
        try:
            if not path.parent.is_dir():
                make_folder(path.parent)
            descriptor = open_private(draft, os.O_EXCL | os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                draft.rename(path)
            except BaseException:
                os.close(descriptor)
                raise
        except OSError as error:
            raise folder_error(path, error) from error
        return cls(path, descriptor)

    def release(self) -> None:
        """Give the lease back. Raises ``AuditUnavailable``."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise folder_error(self._path, error) from error
        finally:
            os.close(self._descriptor)


@contextmanager
def proven_gone(folder: Path, owner: str) -> Iterator[bool]:
    """Yield whether the owner is gone; while it is true nobody else gets to hear so.

    A missing lease is proof: an owner takes it before it begins anything and gives it
    back when it closes. The lease of a dead owner is removed after the block.
    Raises ``AuditUnavailable``, and ``AuditBroken`` for a name that is no owner's.
    """
    path = _path(folder, owner)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        yield True
        return
    except OSError as error:
        raise folder_error(path, error) from error
    try:
        gone = _lock(descriptor)
        yield gone
        if gone:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def left_behind(folder: Path) -> list[str]:
    """Return the owners that have a lease file, alive or gone."""
    files = (folder / LEASES).glob("own-*.lease")
    return sorted(path.stem for path in files if _OWNER.fullmatch(path.stem))


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _path(folder: Path, owner: str) -> Path:
    """Return the lease file; owners come from rows that somebody may have edited."""
    if not _OWNER.fullmatch(owner):
        raise AuditBroken(
            "a stored owner is not the name of an owner",
            hint="run `smithgate audit verify`",
        )
    return folder / LEASES / f"{owner}.lease"
