"""Every row and every cell of a small store, tampered with in every way: all are told.

Each case starts from the same store, makes one change past the store and expects
``verify`` to name the row or the event. The cases are counted, so none can get lost.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit_kit import copy_to, rehash, tamper
from smithgate.audit.verify import VerifyReport, verify
from smithgate.errors import AuditBroken, AuditUnavailable, FormatUnknown
from smithgate.store import OpState, Store, TxState
from smithgate.store.tables import ENTITIES, events, meta
from store_kit import Clock, allow, draft, intend, planned, raw, request, vote

NAMES = {table.name: entity for entity, table in ENTITIES.items()}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At least two rows in each table."""
    folder: Path = tmp_path_factory.mktemp("template") / "s"
    store = Store.open(folder, clock=Clock())
    for n in range(2):
        artifact = store.artifacts.put({"q": n}, kind="request")
        plan_id = planned(store, artifacts=[artifact])
        request(store, plan_id)
        vote(store, plan_id)
        tx_id = store.claim(plan_id, check=allow)
        op_id = intend(
            store, tx_id, request_artifact=artifact, idempotency_token=f"t{n}"
        )
        store.outcome(op_id, OpState.SUCCEEDED, aws_request_id=f"req-{n}")
        store.end(tx_id, TxState.APPLIED)
    store.fail_plan(draft(store), {"code": "y"})
    read = store.begin("read", requester="r")
    store.end(read, TxState.DONE)
    store.close()
    with raw(folder) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert verify(folder).ok
    return folder


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    return copy_to(tmp_path / "s", template)


def cells(folder: Path, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the columns and the rows of a table, ordered."""
    with raw(folder) as connection:
        found = connection.execute(f"SELECT * FROM {table} ORDER BY 1")
        return [column[0] for column in found.description], found.fetchall()


def write(folder: Path, table: str, rows: list[tuple[Any, ...]]) -> VerifyReport:
    """Replace all rows of a table; return what verify says."""
    with raw(folder) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _sql in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"DELETE FROM {table}")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        for _name, sql in triggers:
            connection.execute(sql)
    return verify(folder)


def other(value: Any) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, int):
        return value + 1000 if value not in {0, 1} else 1 - value
    return "" if value is None else f"{value}x"


def edits(rows: list[tuple[Any, ...]]) -> Iterator[tuple[int, int, list[Any]]]:
    """Yield all ways to edit one cell: (row, column, rows)."""
    for row, column in itertools.product(range(len(rows)), range(len(rows[0]))):
        edited = list(rows[row])
        edited[column] = other(edited[column])
        yield row, column, [*rows[:row], tuple(edited), *rows[row + 1 :]]


@pytest.mark.parametrize("table", NAMES)
def test_each_edited_cell_is_named(folder: Path, table: str) -> None:
    columns, rows = cells(folder, table)
    assert len(rows) >= 2
    for row, column, edited in edits(rows):
        report = write(folder, table, edited)
        assert not report.ok, (row, columns[column])
        assert rows[row][0] in str(report.problems), (row, columns[column])
    assert write(folder, table, rows).ok


@pytest.mark.parametrize("table", NAMES)
def test_each_missing_added_and_swapped_row_is_named(folder: Path, table: str) -> None:
    _, rows = cells(folder, table)
    for row in range(len(rows)):
        report = write(folder, table, [*rows[:row], *rows[row + 1 :]])
        assert f"{NAMES[table]} `{rows[row][0]}`" in str(report.problem)
        assert "was deleted" in str(report.problem)
    for first, second in itertools.combinations(range(len(rows)), 2):
        swapped = list(rows)
        swapped[first] = (rows[first][0], *rows[second][1:])
        swapped[second] = (rows[second][0], *rows[first][1:])
        problems = str(write(folder, table, swapped).problems)
        assert rows[first][0] in problems
        assert rows[second][0] in problems
    assert write(folder, table, rows).ok


def test_each_edited_event_is_named(folder: Path) -> None:
    columns, rows = cells(folder, events.name)
    assert len(rows) > 20
    for row, column, edited in edits(rows):
        report = write(folder, events.name, edited)
        # A renumbered event is missing in its place.
        assert report.first_break == row + 1, (row, columns[column], report.problem)
        assert report.problem is not None
        assert report.problem.startswith(f"event {row + 1} ") or row + 1 == len(rows)
    assert write(folder, events.name, rows).ok


def test_each_missing_and_swapped_event_is_named(folder: Path) -> None:
    _, rows = cells(folder, events.name)
    for row in range(len(rows)):
        report = write(folder, events.name, [*rows[:row], *rows[row + 1 :]])
        assert report.first_break == row + 1
        assert "missing" in str(report.problem)
    for first, second in itertools.combinations(range(len(rows)), 2):
        swapped = list(rows)
        swapped[first] = (rows[first][0], *rows[second][1:])
        swapped[second] = (rows[second][0], *rows[first][1:])
        report = write(folder, events.name, swapped)
        assert report.first_break == first + 1
    assert write(folder, events.name, rows).ok


def test_each_cut_tail_is_named(folder: Path) -> None:
    """With and without the head pointer, which needs no key to be moved."""
    _, rows = cells(folder, events.name)
    _, pointers = cells(folder, meta.name)
    for keep in range(len(rows)):
        report = write(folder, events.name, rows[:keep])
        assert report.first_break == keep + 1
        if keep:
            rehash(folder, keep)
            assert verify(folder).first_break == keep + 1
            write(folder, meta.name, pointers)
    assert write(folder, events.name, rows).ok


def _holds(folder: Path, rows: list[tuple[Any, ...]]) -> bool:
    """Say whether verify is content with a meta table; a refusal is a no."""
    try:
        return write(folder, meta.name, rows).ok
    except (FormatUnknown, AuditUnavailable, AuditBroken):
        return False


def test_each_row_of_meta_is_bound(folder: Path) -> None:
    _, rows = cells(folder, meta.name)
    for row in range(len(rows)):
        for left in (
            [*rows[:row], *rows[row + 1 :]],
            [*rows[:row], (rows[row][0], f"{rows[row][1]}x"), *rows[row + 1 :]],
        ):
            assert not _holds(folder, left), rows[row]
    report = write(folder, meta.name, [*rows, ("more", "1")])
    assert report.first_break == 1
    assert write(folder, meta.name, rows).ok


def test_a_removed_guard_rail_changes_nothing(folder: Path) -> None:
    """The triggers stop mistakes; what holds is the chain."""
    tamper(folder, "UPDATE events SET at = at || 'x' WHERE seq = 2")
    assert verify(folder).first_break == 2
