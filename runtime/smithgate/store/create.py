"""Opening a database file: creating it whole, or recognising its format.

Owns the schema's birth (tables, guard-rails, genesis event in one transaction, under a
file lock against a second creator) and the check of the stored format version.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select

from ..errors import AuditUnavailable, FormatUnknown
from . import tables
from .chain import GENESIS_HASH, GENESIS_KIND, Chain
from .database import HEAD, Unit, head_text, unavailable
from .folder import create_file, folder_error, open_private
from .records import Head
from .sqlite import EXCLUSIVE, GUARD_RAILS, open_engine, use_wal
from .values import one_line


def open_database(
    path: Path,
    *,
    clock: Callable[[], datetime],
    chain: Chain,
    new_id: Callable[[str], str],
) -> Engine:
    """Return the engine of the database at ``path``, created if it is missing.

    Raises ``AuditUnavailable`` and ``FormatUnknown``.
    """
    try:
        create_file(path)
    except OSError as error:
        raise folder_error(path, error) from error
    engine = open_engine(path)
    try:
        if _is_blank(engine):
            with _creation_lock(path):
                _create(engine, path, clock, chain, new_id)
        with unavailable(), engine.connect() as connection, connection.begin():
            check_format(connection, chain)
    except BaseException:
        engine.dispose()
        raise
    return engine


def check_format(connection: Connection, chain: Chain) -> None:
    """Refuse a database that this release does not know.

    Raises ``FormatUnknown`` naming the stored and the known version.
    """
    stored = read_meta(connection)
    known = {"format_version": str(tables.FORMAT_VERSION), "chain": chain.name}
    for key, value in known.items():
        if stored.get(key) != value:
            found = stored.get(key, "none")
            raise FormatUnknown(
                f"the store has {key} `{found}`, this release knows `{value}`",
                hint="use the release that wrote it, or another folder",
                stored=found,
                known=value,
            )


def read_meta(connection: Connection) -> dict[str, str]:
    """Return the meta table, empty for a database that has none."""
    if not inspect(connection).has_table(tables.meta.name):
        return {}
    rows = connection.execute(select(tables.meta.c.key, tables.meta.c.value))
    return {row.key: row.value for row in rows}


@contextmanager
def _creation_lock(path: Path) -> Iterator[None]:
    """Let one process create the database; the others then find it."""
    try:
        descriptor = open_private(path.with_suffix(".lock"), os.O_RDWR)
    except OSError as error:
        raise folder_error(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_blank(engine: Engine) -> bool:
    """Say whether the file has no tables: new, or left by a crashed creator."""
    with unavailable(), engine.connect() as connection, connection.begin():
        return not inspect(connection).get_table_names()


def _create(
    engine: Engine,
    path: Path,
    clock: Callable[[], datetime],
    chain: Chain,
    new_id: Callable[[str], str],
) -> None:
    """Create tables and genesis; nothing if another process has done it meanwhile."""
    try:
        use_wal(path)
    except sqlite3.Error as error:
        raise AuditUnavailable(
            f"the store at `{path}` cannot be created: {one_line(error)}",
            hint="use a folder on a local disk that has space",
        ) from error
    writes = engine.execution_options(**{EXCLUSIVE: True})
    with unavailable(), writes.connect() as connection, connection.begin():
        if not inspect(connection).get_table_names():
            _fill(connection, clock(), chain, new_id("st-"))


def _fill(connection: Connection, now: datetime, chain: Chain, store_id: str) -> None:
    """Create the tables and the genesis event, which repeats what meta says."""
    tables.metadata.create_all(connection, checkfirst=False)
    for statement in GUARD_RAILS:
        connection.exec_driver_sql(statement)
    facts = {
        "format_version": str(tables.FORMAT_VERSION),
        "chain": chain.name,
        "store_id": store_id,
    }
    start = head_text(Head(seq=0, hash=GENESIS_HASH))
    rows = [{"key": key, "value": value} for key, value in facts.items()]
    connection.execute(tables.meta.insert(), [*rows, {"key": HEAD, "value": start}])
    unit = Unit(connection, chain, now)
    unit.event(GENESIS_KIND, facts)
    unit.write_head()
