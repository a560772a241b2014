"""Everything that only SQLite needs: pragmas, transactions, guard-rails, read-only.

The one module with SQLite's own SQL. Another database needs one like it: an engine, a
way to begin a write transaction that excludes all others, and the guard-rails.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

BUSY_TIMEOUT_S = 5.0
EXCLUSIVE = "smithgate_exclusive"
"""Execution option of connections whose transactions write."""

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
_SEQ_TAKEN = "EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)"
GUARD_RAILS = (
    f"CREATE TRIGGER events_no_update BEFORE UPDATE ON events {_REFUSE}",
    f"CREATE TRIGGER events_no_delete BEFORE DELETE ON events {_REFUSE}",
    # INSERT OR REPLACE deletes without asking the delete trigger.
    f"CREATE TRIGGER events_no_replace BEFORE INSERT ON events WHEN {_SEQ_TAKEN} "
    + _REFUSE,
)
"""Against mistakes, not against somebody who may write the file."""

_CONNECT = (
    "PRAGMA foreign_keys = ON",
    # Each commit is on the disk before it returns; NORMAL would sync checkpoints only.
    "PRAGMA synchronous = FULL",
    # Plans hold secrets: no copies of rows in temporary files outside of the folder.
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


def open_engine(path: Path) -> Engine:
    """Return the engine of an existing database file."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        # isolation_level None: the driver begins and commits nothing by itself.
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None},
        # Readers never wait for each other; writers are one at a time.
        pool_size=4,
        max_overflow=-1,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def open_read_only(path: Path) -> Engine:
    """Return an engine that cannot write, on a store that others may have open."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )

    engine = create_engine("sqlite+pysqlite://", creator=connect, pool_size=1)
    event.listen(engine, "begin", _begin)
    return engine


def use_wal(path: Path) -> None:
    """Switch a database file to the write-ahead log; a property of the file.

    Raises ``sqlite3.OperationalError`` where the file system has no shared memory.
    """
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    finally:
        connection.close()
    if mode != "wal":
        raise sqlite3.OperationalError(f"journal mode is `{mode}`, not `wal`")


def in_transaction(connection: Connection) -> bool:
    """Say whether SQLite still has the transaction open.

    After SQLITE_FULL or SQLITE_IOERR it has rolled back by itself, and the driver's
    commit would do nothing and report success.
    """
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver.in_transaction


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """Set up each new connection."""
    for pragma in _CONNECT:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    """Begin explicitly: at once exclusive for writers, a snapshot for readers."""
    exclusive = connection.get_execution_options().get(EXCLUSIVE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if exclusive else "BEGIN")
