"""The tables fit other databases, and refuse what no state machine has."""

import sqlite3
from pathlib import Path

import pytest
from smithgate.store import Store
from smithgate.store.tables import metadata
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from store_kit import Clock, claimed, intend, raw


def test_the_tables_are_written_for_postgresql_too() -> None:
    dialect = postgresql.dialect()
    text = ""
    for table in metadata.sorted_tables:
        text += str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            text += str(CreateIndex(index).compile(dialect=dialect))
    assert (
        "UNIQUE INDEX tx_one_apply_per_plan ON tx (plan_id) WHERE kind = 'apply'"
        in (text)
    )
    assert "SERIAL" not in text  # the chain's numbers come from the chain


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plans SET state = 'Approved'",
        "UPDATE tx SET kind = 'write'",
        "UPDATE tx SET state = 'Retrying'",
        "UPDATE ops SET state = 'Maybe'",
        "UPDATE ops SET purpose = 'fun'",
        "UPDATE ops SET tx_id = NULL",
    ],
)
def test_unknown_states_are_refused(tmp_path: Path, statement: str) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    intend(store, claimed(store))
    with raw(store.folder) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    store.close()
