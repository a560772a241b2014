"""The store's folder: who may read it, and that a name is durable once given.

Owns modes (0700 folders, 0600 files, whatever the umask says) and fsync of folders.
The umask of the process is never touched: other threads would create files under it.
"""

import os
import stat
from pathlib import Path

from ..errors import AuditUnavailable
from .values import one_line

DATABASE = "smithgate.db"
FILE_MODE = 0o600
FOLDER_MODE = 0o700


def prepare_folder(folder: Path) -> None:
    """Create the store's folder, or tighten the one that holds a store already.

    Raises ``AuditUnavailable``, also for a folder that others may use and that holds
    other things: changing its mode is not ours to do.
    """
    try:
        if not folder.exists():
            make_folder(folder)
            return
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & ~FOLDER_MODE == 0:
            return
        if not (folder / DATABASE).exists() and any(folder.iterdir()):
            raise AuditUnavailable(
                f"folder `{folder}` is open to others and holds other files",
                hint=f"name another folder, or run `chmod 700 {folder}`",
            )
        folder.chmod(FOLDER_MODE)
    except OSError as error:
        raise folder_error(folder, error) from error


def make_folder(folder: Path) -> None:
    """Create ``folder`` (and its parents) 0700, durably. Raises ``OSError``."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    # A umask can only take bits away: give back what it took from the owner.
    folder.chmod(FOLDER_MODE)
    sync_folder(folder.parent)


def make_parents(path: Path) -> None:
    """Create the missing folders above ``path``, 0700. Raises ``OSError``."""
    if not path.parent.is_dir():
        make_folder(path.parent)


def create_file(path: Path) -> bool:
    """Create an empty 0600 file; return whether it was missing.

    An existing file is not opened: closing any descriptor of a database file drops
    every lock that SQLite holds on it in this process. Raises ``OSError``, also for a
    symbolic link.
    """
    try:
        descriptor = open_private(path, os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        found = path.lstat().st_mode
        if not stat.S_ISREG(found):
            raise
        if stat.S_IMODE(found) != FILE_MODE:
            path.chmod(FILE_MODE)
        return False
    os.close(descriptor)
    sync_folder(path.parent)
    return True


def open_private(path: Path, flags: int) -> int:
    """Return a descriptor of a 0600 file, created if ``flags`` do not forbid it.

    Never follows a link and is not inherited by other programs. Raises ``OSError``.
    """
    always = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags | always, FILE_MODE)
    try:
        os.fchmod(descriptor, FILE_MODE)  # a umask may have taken bits away
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable. Raises ``OSError``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def folder_error(path: Path, error: OSError) -> AuditUnavailable:
    """Return the error for a file or folder that cannot be used."""
    return AuditUnavailable(
        f"the store at `{path}` cannot be used: {one_line(error)}",
        hint="check that the folder is writable and the disk has space",
    )
