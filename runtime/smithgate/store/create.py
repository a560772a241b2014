"""Opening a database file: creating it whole, or recognising its format.

Owns the schema's birth (tables, guard-rails, genesis event in one transaction, under a
file lock against a second creator) and the check of the stored format version.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select

from ..errors import AuditBroken, AuditUnavailable, FormatUnknown
from . import tables
from .chain import CHAIN, GENESIS_HASH, GENESIS_KIND, Chain
from .checkpoints import Checkpoint, create_checkpoints, last_checkpoint
from .database import HEAD, Unit, head_text, read_head, unavailable
from .folder import create_file, folder_error, open_private
from .key import make_key, read_key
from .places import Places
from .records import Head
from .sqlite import EXCLUSIVE, GUARD_RAILS, open_engine, use_wal
from .values import one_line


def open_database(
    places: Places, *, clock: Callable[[], datetime], new_id: Callable[[str], str]
) -> tuple[Engine, Chain, str]:
    """Return engine, chain and id of the store, created if it is missing.

    Raises ``AuditUnavailable``, ``FormatUnknown``, and ``AuditBroken`` where the last
    checkpoint is no longer in the chain.
    """
    path = places.database
    try:
        create_file(path)
    except OSError as error:
        raise folder_error(path, error) from error
    engine = open_engine(path)
    try:
        if _is_blank(engine):
            chain = Chain(make_key(places.key))
            create_checkpoints(places.checkpoints)
            with _creation_lock(path):
                _create(engine, path, clock, chain, new_id)
        with unavailable(), engine.connect() as connection, connection.begin():
            meta = check_format(connection)
            chain = load_chain(meta, places.key)
        # Read before the snapshot begins that it is compared with: others may commit.
        last = last_checkpoint(places.checkpoints)
        with unavailable(), engine.connect() as connection, connection.begin():
            _check_end(connection, last, places.checkpoints, meta["store_id"])
    except BaseException:
        engine.dispose()
        raise
    return engine, chain, meta["store_id"]


def check_format(connection: Connection) -> dict[str, str]:
    """Return the meta table; refuse a database that this release does not know.

    Raises ``FormatUnknown`` naming the stored and the known version, ``AuditBroken``
    for a store without its id.
    """
    stored = read_meta(connection)
    known = {"format_version": str(tables.FORMAT_VERSION), "chain": CHAIN}
    for key, value in known.items():
        if stored.get(key) != value:
            found = stored.get(key, "none")
            raise FormatUnknown(
                f"the store has {key} `{found}`, this release knows `{value}`",
                hint="use the release that wrote it, or another folder",
                stored=found,
                known=value,
            )
    if "store_id" not in stored:
        raise AuditBroken("the meta table names no store")
    return stored


def load_chain(meta: Mapping[str, str], key: Path) -> Chain:
    """Return the chain of a store. Raises ``AuditUnavailable`` for another key."""
    chain = Chain(read_key(key))
    if meta.get("key_id") != chain.key_id:
        raise AuditUnavailable(
            f"the audit key `{key}` is not the one of this store",
            hint="name the right one with --audit-key",
        )
    return chain


def _check_end(
    connection: Connection, last: Checkpoint | None, checkpoints: Path, store_id: str
) -> None:
    """Raise ``AuditBroken`` for a chain whose end was cut or replaced."""
    hint = "keep store and checkpoints as they are and run `smithgate audit verify`"
    if last is None:
        if read_head(connection).seq > 1:  # at 1 the creator was cut off
            raise AuditBroken(f"`{checkpoints}` holds no checkpoint", hint=hint)
        return
    if last.store_id != store_id:
        raise AuditBroken(
            f"the checkpoints `{checkpoints}` are of store `{last.store_id}`", hint=hint
        )
    events = tables.events.c
    statement = select(events.hash).where(events.seq == last.head.seq)
    if connection.execute(statement).scalar() != last.head.hash:
        raise AuditBroken(
            f"event {last.head.seq} of the last checkpoint is not in the store",
            hint=hint,
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
        "chain": CHAIN,
        "key_id": chain.key_id,
        "store_id": store_id,
    }
    start = head_text(Head(seq=0, hash=GENESIS_HASH))
    rows = [{"key": key, "value": value} for key, value in facts.items()]
    connection.execute(tables.meta.insert(), [*rows, {"key": HEAD, "value": start}])
    unit = Unit(connection, chain, now)
    unit.event(GENESIS_KIND, facts)
    unit.write_head()
