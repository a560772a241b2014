"""What one durable write costs on this disk, made as plainly as can be."""

import os
import sqlite3
from pathlib import Path


class Disk:
    """A SQLite file with the store's pragmas, and a folder for files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._connection = sqlite3.connect(
            folder / "plain.sqlite", isolation_level=None
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")

    def commit(self) -> None:
        """Commit a small row."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO t (body) VALUES (?)", ("x" * 200,))
        self._connection.execute("COMMIT")

    def write_file(self) -> None:
        """Make a small new file and its name durable, as an artifact is."""
        self._number += 1
        draft = self._folder / "draft"
        with draft.open("wb") as file:
            file.write(b"x" * 200)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / f"file-{self._number}")
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
