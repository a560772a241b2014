"""The audit key and the checkpoints: what they hold against, and when they are missing."""

import json
import os
import stat
from pathlib import Path

import pytest
from audit_kit import copy_to, last, rehash, tamper, written
from smithgate.audit.checkpoint import add_checkpoint
from smithgate.audit.verify import verify
from smithgate.canonical import canonical_json, sha256_of
from smithgate.errors import AuditBroken, AuditUnavailable, FormatUnknown
from smithgate.store import Store
from smithgate.store.checkpoints import last_checkpoint
from smithgate.store.places import Places
from smithgate.store.tables import ENTITIES
from store_kit import Clock, draft, planned, raw


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("template") / "s")


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    return copy_to(tmp_path / "s", template)


@pytest.fixture
def apart(tmp_path: Path) -> Places:
    return Places.of(
        tmp_path / "s", tmp_path / "keys" / "k", tmp_path / "log" / "c.jsonl"
    )


def rehash_without_key(folder: Path, start: int) -> None:
    """Make every hash anew as somebody who may write all but has no key could."""
    with raw(folder) as connection:
        connection.execute("DROP TRIGGER IF EXISTS events_no_update")
        found = connection.execute(
            "SELECT seq, at, kind, body, prev_hash FROM events WHERE seq >= ?", (start,)
        ).fetchall()
        previous = found[0][4]
        for seq, at, kind, body, _prev in found:
            link = {
                "seq": seq,
                "at": at,
                "kind": kind,
                "body": json.loads(body),
                "prev_hash": previous,
            }
            hashed = "hmac-" + sha256_of(canonical_json(link))
            connection.execute(
                "UPDATE events SET prev_hash = ?, hash = ? WHERE seq = ?",
                (previous, hashed, seq),
            )
            previous = hashed
        head = canonical_json({"seq": found[-1][0], "hash": previous}).decode()
        connection.execute("UPDATE meta SET value = ? WHERE key = 'head'", (head,))


def test_without_the_key_no_rewritten_chain_holds(folder: Path) -> None:
    for start in range(1, last(folder) + 1):
        copy = copy_to(folder.with_name(f"from-{start}"), folder)
        rehash_without_key(copy, start)
        (copy / "checkpoints.jsonl").write_bytes(b"")  # even without any checkpoint
        report = verify(copy)
        assert report.first_break == start
        assert "was edited" in str(report.problem)


def test_key_and_checkpoints_may_be_elsewhere(apart: Places) -> None:
    store = Store.open(apart, clock=Clock())
    planned(store)
    store.close()
    assert {path.name for path in apart.folder.iterdir()} == {
        "smithgate.db",
        "smithgate.lock",
        "leases",
    }
    for path in (apart.key, apart.checkpoints):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert verify(apart).ok
    Store.open(apart).close()
    with pytest.raises(AuditUnavailable, match=r"audit key .* is missing"):
        verify(apart.folder)


def test_a_missing_key_is_never_made_anew(folder: Path) -> None:
    (folder / "audit.key").unlink()
    with pytest.raises(AuditUnavailable, match="missing"):
        Store.open(folder)
    assert not (folder / "audit.key").exists()


def test_another_key_is_told(folder: Path) -> None:
    (folder / "audit.key").write_text("0" * 64)
    for use in (Store.open, verify):
        with pytest.raises(AuditUnavailable, match="not the one of this store"):
            use(folder)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n\n"])
def test_a_damaged_key_is_refused(folder: Path, text: str) -> None:
    (folder / "audit.key").write_text(text)
    with pytest.raises(AuditUnavailable, match="not an audit key"):
        Store.open(folder)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o601])
def test_a_key_that_others_may_use_is_refused(folder: Path, mode: int) -> None:
    (folder / "audit.key").chmod(mode)
    with pytest.raises(AuditUnavailable, match="others may use it"):
        Store.open(folder)


def test_a_linked_key_is_refused(folder: Path) -> None:
    (folder / "audit.key").rename(folder / "moved")
    (folder / "audit.key").symlink_to(folder / "moved")
    with pytest.raises(AuditUnavailable):
        Store.open(folder)


def test_a_store_under_a_plain_hash_is_refused(folder: Path) -> None:
    """Of releases before the key: read them with the release that wrote them."""
    tamper(folder, "UPDATE meta SET value = 'sha256' WHERE key = 'chain'")
    for use in (Store.open, verify):
        with pytest.raises(FormatUnknown, match="chain `sha256`") as caught:
            use(folder)
        assert caught.value.fields == {"stored": "sha256", "known": "hmac-sha256"}


def test_every_commit_leaves_a_checkpoint(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    path = tmp_path / "s" / "checkpoints.jsonl"
    for _ in range(3):
        draft(store)
        found = last_checkpoint(path)
        assert found is not None
        assert found.head == store.head()
    store.close()
    assert [json.loads(line)["seq"] for line in path.read_bytes().splitlines()] == [
        1,
        2,
        3,
        4,
    ]


def cut(folder: Path, keep: int) -> None:
    """Cut the tail with its rows and the head pointer, by somebody with the key."""
    tables = [table.name for table in ENTITIES.values()]
    tamper(
        folder,
        f"DELETE FROM events WHERE seq > {keep}",
        *(f"DELETE FROM {name} WHERE created_seq > {keep}" for name in tables),
    )
    rehash(folder, keep)


def test_every_cut_is_told_by_the_checkpoints(folder: Path) -> None:
    whole = last(folder)
    for keep in range(1, whole):
        copy = copy_to(folder.with_name(f"keep-{keep}"), folder)
        cut(copy, keep)
        report = verify(copy)
        assert report.first_break == keep + 1
        assert f"the checkpoint names {whole}" in str(report.problem)
        with pytest.raises(AuditBroken, match="last checkpoint"):
            Store.open(copy)


def test_checkpoints_that_were_taken_away_are_told(folder: Path) -> None:
    path = folder / "checkpoints.jsonl"
    path.write_bytes(b"")
    assert "were removed" in str(verify(folder).problem)
    with pytest.raises(AuditBroken, match="holds no checkpoint"):
        Store.open(folder)
    path.unlink()
    assert "checkpoints.jsonl" in str(verify(folder).problem)
    with pytest.raises(AuditUnavailable, match="missing"):
        Store.open(folder)


def test_checkpoints_of_another_store_are_told(folder: Path, tmp_path: Path) -> None:
    Store.open(tmp_path / "other").close()
    (folder / "checkpoints.jsonl").write_bytes(
        (tmp_path / "other" / "checkpoints.jsonl").read_bytes()
    )
    report = verify(folder)
    assert report.problem_count == 2
    assert "of store `st-" in report.problems[1]
    with pytest.raises(AuditBroken, match="of store"):
        Store.open(folder)


def test_the_first_checkpoint_of_an_event_stands(folder: Path) -> None:
    """With the key, a rewritten chain and appended checkpoints do not hold."""
    tamper(folder, "UPDATE events SET at = '2020' WHERE seq = 3")
    rehash(folder, 3)
    path = folder / "checkpoints.jsonl"
    with raw(folder) as connection:
        found = connection.execute("SELECT seq, hash FROM events").fetchall()
        (store,) = connection.execute(
            "SELECT value FROM meta WHERE key = 'store_id'"
        ).fetchone()
    with path.open("ab") as file:
        for seq, hashed in found:
            line = {"at": "2026", "seq": seq, "hash": hashed, "store": store}
            file.write(canonical_json(line) + b"\n")
    report = verify(folder)
    assert not report.ok
    assert "is not the one that the checkpoint names" in str(report.problem)


def test_a_torn_line_is_counted_and_stays_alone(folder: Path) -> None:
    path = folder / "checkpoints.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:50])
    store = Store.open(folder, clock=Clock())
    draft(store)
    store.close()
    report = verify(folder)
    assert report.ok
    assert report.unreadable_checkpoints == 1
    assert report.checkpoints == len(whole.splitlines()) + 1


def test_a_crash_between_creation_and_first_checkpoint_is_no_break(
    tmp_path: Path,
) -> None:
    Store.open(tmp_path / "s").close()
    (tmp_path / "s" / "checkpoints.jsonl").write_bytes(b"")
    assert verify(tmp_path / "s").ok
    Store.open(tmp_path / "s").close()
    assert verify(tmp_path / "s").checkpoints == 1


def test_nothing_begins_while_a_checkpoint_is_owed(tmp_path: Path) -> None:
    """A commit is never taken back for it; the next thing begun is refused."""
    store = Store.open(tmp_path / "s", clock=Clock())
    checkpoints = store._database.checkpoints
    full = os.open("/dev/full", os.O_WRONLY)
    good, checkpoints._descriptor = checkpoints._descriptor, full
    draft(store)  # committed, and its checkpoint is owed
    with pytest.raises(AuditUnavailable, match="no checkpoint can be written"):
        draft(store)
    with pytest.raises(AuditUnavailable, match="no checkpoint can be written"):
        store.begin("read", requester="r")
    checkpoints._descriptor = good
    draft(store)
    store.close()
    os.close(full)
    report = verify(tmp_path / "s")
    assert report.ok
    assert report.checkpoints == 3


def test_a_person_may_begin_the_checkpoints_anew(folder: Path) -> None:
    (folder / "checkpoints.jsonl").unlink()
    assert add_checkpoint(Places.of(folder)).ok
    assert verify(folder).checkpoints == 1
    assert add_checkpoint(Places.of(folder)).ok
    Store.open(folder).close()


def test_no_checkpoint_of_a_broken_store(folder: Path) -> None:
    (folder / "checkpoints.jsonl").unlink()
    tamper(folder, "UPDATE events SET at = '2020' WHERE seq = 3")
    assert not add_checkpoint(Places.of(folder)).ok
    assert not (folder / "checkpoints.jsonl").exists()
