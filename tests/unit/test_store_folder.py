"""Who may read a store, and what is a store at all."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from smithgate.errors import AuditUnavailable, FormatUnknown
from smithgate.store import Store
from smithgate.store.tables import FORMAT_VERSION
from store_kit import Clock, claimed, kinds, raw


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_everything_is_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store = Store.open(tmp_path / "store", clock=Clock())
        claimed(store)
        artifact = store.artifacts.put({"a": 1}, kind="response")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    found = {path: mode(path) for path in (tmp_path / "store").rglob("*")}
    names = {path.name for path in found}
    assert {"smithgate.db", "smithgate.db-wal", "smithgate.db-shm", artifact} <= names
    assert mode(tmp_path / "store") == 0o700
    for path, bits in found.items():
        assert bits == (0o700 if path.is_dir() else 0o600), path
    store.close()


def test_an_open_store_folder_is_tightened(tmp_path: Path) -> None:
    Store.open(tmp_path / "s").close()
    (tmp_path / "s").chmod(0o755)
    (tmp_path / "s/smithgate.db").chmod(0o644)
    Store.open(tmp_path / "s").close()
    assert mode(tmp_path / "s") == 0o700
    assert mode(tmp_path / "s/smithgate.db") == 0o600


def test_a_shared_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(AuditUnavailable, match="holds other files"):
        Store.open(tmp_path)
    assert mode(tmp_path) == 0o755
    assert not (tmp_path / "smithgate.db").exists()


def test_an_empty_shared_folder_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir(mode=0o755)
    Store.open(tmp_path / "s").close()
    assert mode(tmp_path / "s") == 0o700


def test_a_link_in_place_of_the_database_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    (folder / "smithgate.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(AuditUnavailable):
        Store.open(folder)
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("")
    with pytest.raises(AuditUnavailable):
        Store.open(tmp_path / "s")


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        store = Store.open(tmp_path / "s")
        assert kinds(store) == ["store.created"]
        assert store.head().seq == 1
        store.close()


def test_settings_of_every_connection(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s")
    with store._database.write() as unit:
        connection = unit.connection
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }
    store.close()


def test_a_creation_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    connection = sqlite3.connect(folder / "smithgate.db")
    connection.execute("PRAGMA journal_mode = WAL")  # a header, no tables yet
    connection.close()
    store = Store.open(folder)
    assert kinds(store) == ["store.created"]
    store.close()


@pytest.mark.parametrize("key", ["format_version", "chain"])
def test_an_unknown_format_names_both_versions(tmp_path: Path, key: str) -> None:
    Store.open(tmp_path / "s").close()
    with raw(tmp_path / "s") as connection:
        connection.execute("UPDATE meta SET value = 'later' WHERE key = ?", (key,))
    with pytest.raises(FormatUnknown) as caught:
        Store.open(tmp_path / "s")
    assert caught.value.fields["stored"] == "later"
    assert caught.value.fields["known"] in {str(FORMAT_VERSION), "hmac-sha256"}
    assert "`later`" in caught.value.message
    assert f"`{caught.value.fields['known']}`" in caught.value.message


def test_a_foreign_database_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir(mode=0o700)
    with raw(tmp_path / "s") as connection:
        connection.execute("CREATE TABLE other (a)")
    with pytest.raises(FormatUnknown, match="`none`"):
        Store.open(tmp_path / "s")
    with raw(tmp_path / "s") as connection:
        found = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert found == [("other",)]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir(mode=0o700)
    (tmp_path / "s/smithgate.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(AuditUnavailable, match="not a database"):
        Store.open(tmp_path / "s")


def test_the_package_loads_the_database_layer_only_when_used() -> None:
    code = (
        "import sys, smithgate.store as s; assert s.PlanState.DRAFT == 'Draft';"
        "assert 'sqlalchemy' not in sys.modules; s.Store;"
        "assert 'sqlalchemy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
