"""A store as it is at one moment, read-only, also while a server has it open.

Gives raw cells: what they should be is for the reader (``audit``) to say.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, type_coerce
from sqlalchemy.types import NullType

from ..errors import AuditUnavailable
from . import tables
from .chain import Chain
from .columns import decode_cell
from .create import check_format, load_chain
from .database import parse_head, unavailable
from .places import Places
from .records import Head
from .sqlite import open_read_only
from .values import time_text

BATCH = 500
"""Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent view; valid while its block runs."""

    places: Places
    chain: Chain
    meta: dict[str, str]
    _connection: Connection

    @property
    def head(self) -> Head:
        """The head pointer. Raises ``AuditBroken`` if it is no pointer."""
        return parse_head(self.meta.get("head"))

    def events(self, since: int | datetime | None = None) -> Iterator[dict[str, Any]]:
        """Yield the events in order, all or from a sequence number or a time on."""
        columns = tables.events.c
        statement = _raw(tables.events).order_by(columns.seq)
        if isinstance(since, datetime):
            statement = statement.where(columns.at >= time_text(since))
        elif since is not None:
            statement = statement.where(columns.seq >= since)
        return self._stream(statement)

    def rows(self, entity: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of an entity's table in the order they were made."""
        table = tables.ENTITIES[entity]
        return self._stream(_raw(table).order_by(table.c.created_seq))

    def _stream(self, statement: Select[Any]) -> Iterator[dict[str, Any]]:
        with unavailable():
            found = self._connection.execute(
                statement, execution_options={"yield_per": BATCH}
            )
            for row in found.mappings():
                yield dict(row)


@contextmanager
def open_snapshot(places: Places) -> Iterator[Snapshot]:
    """Yield a snapshot of a store.

    Raises ``AuditUnavailable`` where there is no readable store with its key,
    ``FormatUnknown``.
    """
    path = places.database
    if not path.is_file():
        raise AuditUnavailable(
            f"there is no store at `{places.folder}`", hint="name the folder of a store"
        )
    engine = open_read_only(path)
    try:
        with unavailable(), engine.connect() as connection, connection.begin():
            meta = check_format(connection)
            chain = load_chain(meta, places.key)
            yield Snapshot(places, chain, meta, connection)
    finally:
        engine.dispose()


def decode_row(entity: str, raw: dict[str, Any]) -> dict[str, Any]:
    """Return the values of raw cells. Raises ``AuditBroken``."""
    columns = tables.ENTITIES[entity].c
    return {name: decode_cell(columns[name].type, cell) for name, cell in raw.items()}


def _raw(table: Any) -> Select[Any]:
    """Return a select of the cells as the database has them."""
    cells: list[Any] = [type_coerce(c, NullType()).label(c.name) for c in table.columns]
    statement: Select[Any] = select(*cells)
    return statement
