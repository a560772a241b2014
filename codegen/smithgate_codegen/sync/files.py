"""Writing files whole or not at all, and holding locks.

Owns the one way in which ``sync`` puts bytes on disk, and the advisory locks between
processes that share a folder.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE_FILE = 0o600
PUBLIC_FILE = 0o644
PRIVATE_FOLDER = 0o700


def write_atomically(
    path: Path, data: bytes, *, mode: int = PUBLIC_FILE, durable: bool = False
) -> None:
    """Replace ``path`` by ``data``; readers see the old or the new bytes.

    Safe when several processes write the same file. ``durable`` waits until the bytes
    are on the disk, for files that no later check finds out. Raises ``OSError``.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=temporary_prefix(path))
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def temporary_prefix(path: Path) -> str:
    """Return how the names of temporary files for ``path`` start."""
    return f".{path.name}."


@contextmanager
def open_lock(path: Path) -> Iterator[int]:
    """Open a lock file, in a folder that is there, for ``fcntl.flock``.

    Closing it, or the end of the process, lets go of the lock. Raises ``OSError``.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        yield held
    finally:
        os.close(held)


@contextmanager
def open_folder(path: Path) -> Iterator[int]:
    """Open a folder for ``fcntl.flock``: nothing is left behind. Raises ``OSError``."""
    held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield held
    finally:
        os.close(held)
