"""A store that cannot be written: nothing is recorded, and the error says why."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from smithgate.audit.verify import verify
from smithgate.errors import AuditUnavailable, PlanStale, StoreError
from smithgate.store import ClaimView, Store, sqlite
from smithgate.store.database import Database
from sqlalchemy import create_engine, event
from store_kit import Clock, claimed, draft, intend, kinds, planned, raw, seal


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=Clock())
    yield made
    made.close()


class Trouble:
    """Runs pragmas on every connection that is taken while trouble is on."""

    def __init__(self, store: Store, on: str, off: str) -> None:
        self.active = False
        self._pragmas = {True: on, False: off}
        event.listen(store._database.engine, "checkout", self._take)

    def _take(self, connection: sqlite3.Connection, *_rest: Any) -> None:
        connection.execute(self._pragmas[self.active])


@pytest.fixture
def read_only(store: Store) -> Trouble:
    return Trouble(store, "PRAGMA query_only = ON", "PRAGMA query_only = OFF")


def test_a_full_disk_records_nothing_and_recovers(store: Store) -> None:
    tx_id = claimed(store)
    with raw(store.folder) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    full = Trouble(
        store,
        f"PRAGMA max_page_count = {pages}",
        f"PRAGMA max_page_count = {2**30}",
    )
    plan_id = draft(store)
    before = kinds(store)
    full.active = True
    with pytest.raises(AuditUnavailable, match="disk is full"):
        seal(store, plan_id, document={"big": "x" * 1_000_000})
    full.active = False
    assert kinds(store) == before
    assert store.plan(plan_id).document is None
    assert intend(store, tx_id)
    assert verify(store).ok


def test_a_read_only_disk_fails_at_the_first_insert(
    store: Store, read_only: Trouble
) -> None:
    tx_id = claimed(store)
    plan_id = planned(store)
    before = kinds(store)
    read_only.active = True
    calls: list[Callable[[], object]] = [
        lambda: intend(store, tx_id),
        lambda: draft(store),
        lambda: intend(store, store.begin("read", requester="x"), purpose="read"),
        lambda: store.claim(plan_id, check=lambda _view: None),
    ]
    for call in calls:
        with pytest.raises(AuditUnavailable, match="readonly database") as caught:
            call()
        assert "\n" not in caught.value.message
        assert caught.value.retry_safe is True
    assert store.plan(plan_id).id == plan_id  # reading goes on
    read_only.active = False
    assert kinds(store) == before
    assert intend(store, tx_id)


def test_a_refusal_stays_a_refusal_when_nobody_can_write_it_down(
    store: Store, read_only: Trouble
) -> None:
    plan_id = planned(store)

    def refuse(_view: ClaimView) -> None:
        read_only.active = True
        raise PlanStale("drift")

    with pytest.raises(PlanStale) as caught:
        store.claim(plan_id, check=refuse)
    assert isinstance(caught.value.__cause__, AuditUnavailable)
    read_only.active = False
    assert "refusal.recorded" not in kinds(store)


class Failing(sqlite3.Connection):
    """Fails to commit, and then hides that behind a second error, as SQLite does."""

    broken = False

    def commit(self) -> None:
        if Failing.broken:
            raise sqlite3.OperationalError("disk I/O error")
        super().commit()

    def rollback(self) -> None:
        if Failing.broken and self.in_transaction:
            super().rollback()
            raise sqlite3.OperationalError("cannot rollback - no transaction is active")
        super().rollback()


@pytest.fixture
def failing(store: Store) -> Iterator[Store]:
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(
            store.folder / "smithgate.db",
            factory=Failing,
            isolation_level=None,
            check_same_thread=False,
        ),
    )
    event.listen(engine, "connect", sqlite._prepare)
    event.listen(engine, "begin", sqlite._begin)
    good = store._database
    store._database = Database(
        engine, clock=good.clock, chain=good.chain, checkpoints=good.checkpoints
    )
    yield store
    Failing.broken = False
    engine.dispose()
    store._database = good


def test_a_failed_commit_is_told_with_its_own_cause(failing: Store) -> None:
    tx_id = claimed(failing)
    before = kinds(failing)
    Failing.broken = True
    with pytest.raises(AuditUnavailable, match="disk I/O error") as caught:
        intend(failing, tx_id)
    assert "cannot rollback" not in caught.value.message
    assert kinds(failing) == before
    Failing.broken = False
    assert intend(failing, tx_id)


def test_an_error_inside_is_not_hidden_by_a_failing_rollback(failing: Store) -> None:
    Failing.broken = True
    with pytest.raises(ZeroDivisionError), failing._database.write():
        _ = 1 // 0
    Failing.broken = False
    assert claimed(failing)


def end_behind_the_back(store: Store) -> None:
    with store._database.write() as unit:
        unit.event("plan.failed", {"id": "p-1"})
        driver = unit.connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("ROLLBACK")


def test_a_transaction_that_the_database_ended_is_not_committed(store: Store) -> None:
    before = store.head()
    with pytest.raises(AuditUnavailable, match="ended the transaction itself"):
        end_behind_the_back(store)
    assert store.head() == before
    assert claimed(store)


def test_a_locked_database_is_unavailable(store: Store) -> None:
    tx_id = claimed(store)
    Trouble(store, "", "PRAGMA busy_timeout = 0")
    with raw(store.folder) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AuditUnavailable, match="locked"):
            intend(store, tx_id)
        assert store.tx(tx_id).is_open  # readers do not wait for a writer
        other.execute("ROLLBACK")
    assert intend(store, tx_id)


def test_a_damaged_head_pointer_stops_all_writing(store: Store) -> None:
    for value in ("", "{}", '{"seq": null, "hash": ""}'):
        with raw(store.folder) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'head'", (value,))
        with pytest.raises(StoreError, match="head pointer"):
            draft(store)
        with pytest.raises(StoreError, match="head pointer"):
            store.head()


def test_a_store_is_not_carried_over_a_fork(store: Store) -> None:
    store._database._pid -= 1
    with pytest.raises(StoreError, match="another process"):
        store.plans()
    store._database._pid += 1
    assert store.plans() == []


def test_a_damaged_cell_is_told_as_damage(store: Store) -> None:
    plan_id = planned(store)
    for column in ("target", "created_at"):
        with raw(store.folder) as connection:
            connection.execute(f"UPDATE plans SET {column} = '{{'")
        with pytest.raises(StoreError, match="not readable"):
            store.plan(plan_id)


REPLACE = (
    "INSERT OR REPLACE INTO events SELECT seq, 'x', kind, body, prev_hash, 'y' "
    "FROM events WHERE seq = 1"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET at = 'x' WHERE seq = 1",
        "DELETE FROM events",
        REPLACE,
    ],
)
def test_guard_rails_refuse_to_change_events(store: Store, statement: str) -> None:
    with (
        raw(store.folder) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
