"""Transactions on the database: reads, writes with their events, and their failures.

Owns the one way to change a row: ``Unit.insert`` and ``Unit.update`` write the row and
append its event in the same transaction. Knows no plan and no approval.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Update, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..canonical import canonical_json
from ..errors import AuditBroken, AuditUnavailable, StoreError
from ..redact import mask_credentials
from . import tables
from .chain import Chain, Link
from .checkpoints import Checkpoints
from .kinds import KINDS
from .records import Head
from .sqlite import BUSY_TIMEOUT_S, EXCLUSIVE, in_transaction
from .states import FIRST, may_follow
from .values import one_line, time_text
from .witness import without_credentials, witness

HEAD = "head"
SEALED = frozenset({"document"})
"""Columns that are sealed at rest."""
# Built once: every write runs these, and building a statement costs more than SQLite.
_READ_HEAD = select(tables.meta.c.value).where(tables.meta.c.key == HEAD)
_WRITE_HEAD = tables.meta.update().where(tables.meta.c.key == HEAD)
_APPEND = tables.events.insert()
_INSERTS = {name: table.insert() for name, table in tables.ENTITIES.items()}


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn what the database raises into ``AuditUnavailable`` with its cause."""
    try:
        yield
    except DBAPIError as error:
        raise AuditUnavailable(
            f"the audit store cannot be used: {one_line(error.orig or error)}",
            hint="check the disk and the store's folder; nothing was recorded",
        ) from error
    except PoolTimeout as error:
        raise AuditUnavailable(
            f"the audit store is overloaded: {one_line(error)}",
            hint="try again; nothing was recorded",
        ) from error


@lru_cache(maxsize=64)
def _update_of(entity: str, columns: tuple[str, ...]) -> Update:
    """Return the statement that changes columns of one row, built once."""
    table = tables.ENTITIES[entity]
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    return table.update().where(table.c.id == bindparam("the_id")).values(values)


class Unit:
    """One write transaction. Rows and events become durable together or not at all."""

    def __init__(self, connection: Connection, chain: Chain, now: datetime) -> None:
        self.connection = connection
        self.now = now
        """The one time of everything that the transaction records."""
        self._chain = chain
        self._head = read_head(connection)

    def insert(self, entity: str, what: str, row: Mapping[str, Any]) -> None:
        """Insert a row and append ``<entity>.<what>`` with all its columns."""
        assert "state" not in row or row["state"] in FIRST.get(entity, {row["state"]})
        row = without_credentials(row)
        link = self._append(f"{entity}.{what}", witness(row, self._chain.digest_of))
        values = {**self._sealed(row), "created_seq": link.seq}
        self.connection.execute(_INSERTS[entity], values)

    def update(
        self, entity: str, what: str, row: Mapping[str, Any], **changes: Any
    ) -> None:
        """Change columns of ``row`` and append ``<entity>.<what>`` with the new ones.

        Raises ``StoreError`` for a change of state that the state machine lacks.
        """
        state = changes.get("state")
        if state is not None and not may_follow(entity, row["state"], state):
            raise StoreError(
                f"{entity} `{row['id']}` is {row['state']} and cannot become {state}"
            )
        changes = without_credentials(changes)
        told = witness(changes, self._chain.digest_of)
        self._append(f"{entity}.{what}", {"id": row["id"], **told})
        statement = _update_of(entity, tuple(sorted(changes)))
        values = {**self._sealed(changes), "the_id": row["id"]}
        self.connection.execute(statement, values)

    def _sealed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return columns as they are stored: those that hold secrets sealed."""
        return {
            name: self._chain.seal(value) if name in SEALED and value else value
            for name, value in values.items()
        }

    def event(self, kind: str, body: Mapping[str, Any]) -> None:
        """Append an event that no row belongs to, without credentials."""
        self._append(kind, mask_credentials(body))

    def _append(self, kind: str, body: Mapping[str, Any]) -> Link:
        """Append one event; returns its link. ``None`` members are left out."""
        assert kind in KINDS, kind
        link = Link(
            seq=self._head.seq + 1,
            at=time_text(self.now),
            kind=kind,
            body={key: value for key, value in body.items() if value is not None},
            prev_hash=self._head.hash,
        )
        hashed = self._chain.hash_of(link)
        self.connection.execute(
            _APPEND,
            {
                "seq": link.seq,
                "at": link.at,
                "kind": link.kind,
                "body": canonical_json(link.body).decode(),
                "prev_hash": link.prev_hash,
                "hash": hashed,
            },
        )
        self._head = Head(seq=link.seq, hash=hashed)
        return link

    @property
    def head(self) -> Head:
        """The last event, those of this transaction included."""
        return self._head

    def write_head(self) -> None:
        """Move the head pointer to the last appended event."""
        self.connection.execute(_WRITE_HEAD, {"value": head_text(self._head)})


class Database:
    """A store's database: one writer at a time, any number of readers."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        chain: Chain,
        checkpoints: Checkpoints,
    ) -> None:
        self.engine = engine
        self.chain = chain
        self.checkpoints = checkpoints
        self._writes = engine.execution_options(**{EXCLUSIVE: True})
        self.clock = clock
        # SQLite lets waiting writers poll; a lock is fair and costs no sleeping.
        self._lock = threading.Lock()
        self._writer: int | None = None
        self._pid = os.getpid()
        self._is_open = True

    def dispose(self) -> None:
        """Close all connections, for good."""
        if self._is_open:
            self._is_open = False
            self.engine.dispose()
            self.checkpoints.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection in a read transaction: one consistent snapshot."""
        self._refuse_misuse()
        with unavailable(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """Yield a unit; commit durably at the end, roll back on any exception.

        Raises ``AuditUnavailable`` when the transaction cannot begin, write or commit.
        """
        self._refuse_misuse()
        with self._exclusive(), unavailable(), self._writes.connect() as connection:
            transaction = connection.begin()
            try:
                unit = Unit(connection, self.chain, self.clock())
                before = unit.head
                yield unit
                _check_alive(connection)
                unit.write_head()
                transaction.commit()
            except BaseException:
                try:
                    transaction.rollback()
                except DBAPIError:
                    # The transaction was gone. The first error is the one to report,
                    # and this connection is not to be used again.
                    connection.invalidate()
                raise
            if unit.head != before:
                self.checkpoints.append(unit.head, unit.now)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Hold the process's write lock; refuse a write inside of a write."""
        me = threading.get_ident()
        if self._writer == me:
            raise StoreError("a store transaction was begun inside of another")
        # Each holder ahead may itself wait for another process as long as SQLite does.
        if not self._lock.acquire(timeout=12 * BUSY_TIMEOUT_S):
            raise AuditUnavailable(
                "the audit store is busy", hint="try again; nothing was recorded"
            )
        self._writer = me
        try:
            yield
        finally:
            self._writer = None
            self._lock.release()

    def _refuse_misuse(self) -> None:
        if not self._is_open:
            raise StoreError("the store is closed")
        if os.getpid() != self._pid:
            # SQLite's locks and the owner's lease do not survive a fork.
            raise StoreError("the store was opened in another process: open it again")


def _check_alive(connection: Connection) -> None:
    """Refuse to finish what the database rolled back.

    The head pointer would move alone, and the commit would report success.
    """
    if not in_transaction(connection):
        raise AuditUnavailable("the database ended the transaction itself")


def read_head(connection: Connection) -> Head:
    """Return the head pointer. Raises ``AuditBroken`` if it is no pointer."""
    return parse_head(connection.execute(_READ_HEAD).scalar())


def parse_head(value: str | None) -> Head:
    """Return the head that ``head_text`` wrote. Raises ``AuditBroken``."""
    try:
        found = json.loads(value or "")
        return Head(seq=int(found["seq"]), hash=str(found["hash"]))
    except (ValueError, TypeError, KeyError) as error:
        raise AuditBroken(
            "the head pointer of the event chain is missing or damaged",
            hint="run `smithgate audit verify`",
        ) from error


def head_text(head: Head) -> str:
    """Return the stored form of a head pointer."""
    return canonical_json({"seq": head.seq, "hash": head.hash}).decode()
