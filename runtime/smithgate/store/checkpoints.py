"""Checkpoints: the head of the event chain after each commit, outside the database.

One JSON line each, appended and never changed: ``at``, ``hash``, ``seq``, ``store``.
Not synced, since a lost line proves less and claims nothing; a line is only ever
written of a commit that is durable. Whoever cuts the database's tail with its head
pointer must cut this file, too: keep it where they cannot.
"""

import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from ..canonical import canonical_json
from ..errors import AuditUnavailable
from .folder import folder_error, make_parents, open_private, sync_folder
from .records import Head
from .values import time_text

TAIL_BYTES = 4096
"""Read from the end to find the last whole line; a line has about 200."""


class Checkpoint(NamedTuple):
    """One line: what was the end of a store's chain at some time."""

    store_id: str
    at: str
    head: Head


class Checkpoints:
    """The file, open for appending in this process."""

    def __init__(self, path: Path, descriptor: int, store_id: str) -> None:
        self._path = path
        self._descriptor = descriptor
        self._store_id = store_id
        self._lock = threading.Lock()
        self._owed: tuple[Head, datetime] | None = None
        """The last line that could not be written."""

    @classmethod
    def open(cls, path: Path, store_id: str) -> Self:
        """Open the file. Raises ``AuditUnavailable``."""
        try:
            descriptor = open_private(path, os.O_APPEND | os.O_RDWR)
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                os.write(descriptor, b"\n")  # a line that a power cut left torn
        except OSError as error:
            raise folder_error(path, error) from error
        return cls(path, descriptor, store_id)

    def append(self, head: Head, at: datetime) -> None:
        """Write one line; what cannot be written is owed, see ``settle``.

        Never raises: the commit that it tells of has happened.
        """
        line = {
            "at": time_text(at),
            "hash": head.hash,
            "seq": head.seq,
            "store": self._store_id,
        }
        data = canonical_json(line) + b"\n"
        with self._lock:
            try:
                is_whole = os.write(self._descriptor, data) == len(data)
            except OSError:
                is_whole = False
            self._owed = None if is_whole else (head, at)

    def settle(self) -> None:
        """Write what is owed. Raises ``AuditUnavailable`` while it cannot be written."""
        owed = self._owed
        if owed is None:
            return
        self.append(*owed)
        if self._owed is not None:
            raise AuditUnavailable(
                f"no checkpoint can be written to `{self._path}`",
                hint="check that the file is writable and its disk has space",
            )

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def create_checkpoints(path: Path) -> None:
    """Make sure that the file of a new store is there. Raises ``AuditUnavailable``."""
    try:
        make_parents(path)
        os.close(open_private(path, os.O_WRONLY))
        sync_folder(path.parent)
    except OSError as error:
        raise folder_error(path, error) from error


def read_checkpoints(path: Path) -> Iterator[Checkpoint | None]:
    """Yield the lines of the file, ``None`` for one that is no checkpoint.

    Raises ``AuditUnavailable``, also where there is no file.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                yield _parse(line)
    except OSError as error:
        raise folder_error(path, error) from error


def last_checkpoint(path: Path) -> Checkpoint | None:
    """Return the last whole line. Raises ``AuditUnavailable``."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            lines = file.read().splitlines()
    except FileNotFoundError as error:
        raise AuditUnavailable(
            f"the checkpoints `{path}` of this store are missing",
            hint="put the file back or name its place with --checkpoints; without it, "
            "`smithgate audit checkpoint` begins a new one",
        ) from error
    except OSError as error:
        raise folder_error(path, error) from error
    return next((found for line in reversed(lines) if (found := _parse(line))), None)


def _parse(line: bytes) -> Checkpoint | None:
    try:
        told = json.loads(line)
        head = Head(seq=int(told["seq"]), hash=str(told["hash"]))
        return Checkpoint(str(told["store"]), str(told["at"]), head)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
