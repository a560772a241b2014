"""Tampering with the chain, one way at a time: each is found, at the right place."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from audit_kit import chain_of, copy_to, event_of, forget, last, rehash, tamper, written
from smithgate.audit.export import export_lines
from smithgate.audit.replay import Replay
from smithgate.audit.verify import verify
from smithgate.errors import AuditBroken, AuditUnavailable, FormatUnknown
from smithgate.store import Head, Store
from smithgate.store.chain import Link
from smithgate.store.places import Places
from smithgate.store.snapshot import open_snapshot
from store_kit import Clock, raw


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("template") / "s")


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    return copy_to(tmp_path / "s", template)


def test_an_untouched_store_is_whole(folder: Path) -> None:
    report = verify(folder)
    assert report.ok, report.problems
    assert (report.first_break, report.problem, report.problems) == (None, None, ())
    assert report.events == report.head.seq == last(folder)
    assert report.rows_checked
    assert report.checked == {
        "plan": 2,
        "approval": 1,
        "vote": 1,
        "tx": 1,
        "op": 1,
        "artifact": 2,
    }


COPY = (
    "INSERT INTO events SELECT {seq}, at, kind, body, prev_hash, 'h' FROM events "
    "WHERE seq = {of}"
)
CHAIN: dict[str, tuple[list[str], int, str]] = {
    "time edited": (["UPDATE events SET at = '2026' WHERE seq = 4"], 4, "edited"),
    "kind edited": (
        ["UPDATE events SET kind = 'plan.failed' WHERE seq = 4"],
        4,
        "edited",
    ),
    "body edited": (
        ["UPDATE events SET body = replace(body, 'dev', 'prod') WHERE seq = 3"],
        3,
        "edited",
    ),
    "body respaced": (
        ["UPDATE events SET body = replace(body, ':', ': ') WHERE seq = 3"],
        3,
        "not canonical JSON",
    ),
    "body no json": (["UPDATE events SET body = '{' WHERE seq = 3"], 3, "edited"),
    "body no object": (["UPDATE events SET body = '1' WHERE seq = 3"], 3, "edited"),
    "body deep": (
        [f"UPDATE events SET body = '{'[' * 100_000}' WHERE seq = 3"],
        3,
        "edited",
    ),
    "kind no text": (["UPDATE events SET kind = x'00' WHERE seq = 3"], 3, "edited"),
    "time no text": (["UPDATE events SET at = x'00' WHERE seq = 3"], 3, "edited"),
    "link edited": (["UPDATE events SET prev_hash = '' WHERE seq = 4"], 4, "edited"),
    "hash edited": (["UPDATE events SET hash = '' WHERE seq = 4"], 4, "edited"),
    "first deleted": (["DELETE FROM events WHERE seq = 1"], 1, "missing"),
    "one deleted": (["DELETE FROM events WHERE seq = 5"], 5, "missing"),
    "middle cut out": (
        ["DELETE FROM events WHERE seq BETWEEN 4 AND 6"],
        4,
        "missing: the next one is 7",
    ),
    "deleted and renumbered": (
        [
            "DELETE FROM events WHERE seq = 5",
            "UPDATE events SET seq = -seq WHERE seq > 5",
            "UPDATE events SET seq = -seq - 1 WHERE seq < 0",
        ],
        5,
        "edited",
    ),
    "swapped": (
        [
            "UPDATE events SET seq = -4 WHERE seq = 4",
            "UPDATE events SET seq = 4 WHERE seq = 5",
            "UPDATE events SET seq = 5 WHERE seq = -4",
        ],
        4,
        "edited",
    ),
    "inserted before": (
        [COPY.format(seq=0, of=1)],
        1,
        "missing: the next one is 0",
    ),
    "inserted": (
        [
            "UPDATE events SET seq = -seq WHERE seq > 4",
            "UPDATE events SET seq = -seq + 1 WHERE seq < 0",
            COPY.format(seq=5, of=4),
        ],
        5,
        "edited",
    ),
}


@pytest.mark.parametrize("case", CHAIN)
def test_a_changed_chain_breaks_at_the_change(folder: Path, case: str) -> None:
    statements, seq, text = CHAIN[case]
    tamper(folder, *statements)
    report = verify(folder)
    assert not report.ok
    assert report.first_break == seq
    assert report.problem is not None
    assert report.problem.startswith(f"event {seq} ")
    assert text in report.problem
    assert report.events == seq - 1
    assert not report.rows_checked


def test_a_replaced_event_does_not_fit_its_neighbour(folder: Path) -> None:
    """Edited with its own hash made right: the next one tells."""
    with raw(folder) as connection:
        row = connection.execute(
            "SELECT at, kind, body, prev_hash FROM events WHERE seq = 4"
        ).fetchone()
    link = Link(
        seq=4, at="2020", kind=row[1], body=json.loads(row[2]), prev_hash=row[3]
    )
    hashed = chain_of(folder).hash_of(link)
    tamper(folder, f"UPDATE events SET at = '2020', hash = '{hashed}' WHERE seq = 4")
    forget(folder)
    report = verify(folder)
    assert report.first_break == 5
    assert "does not follow from event 4" in str(report.problem)


def test_a_cut_tail_is_told_by_the_head_pointer(folder: Path) -> None:
    tail = last(folder)
    tamper(folder, f"DELETE FROM events WHERE seq > {tail - 2}")
    report = verify(folder)
    assert report.first_break == tail - 1
    assert "end of the chain is missing" in str(report.problem)
    assert report.events == tail - 2


def test_a_cut_tail_with_a_moved_head_is_told_by_the_rows(folder: Path) -> None:
    tail = last(folder)
    tamper(folder, f"DELETE FROM events WHERE seq > {tail - 1}")
    rehash(folder, tail)
    report = verify(folder)
    assert report.first_break == tail
    assert f"the checkpoint names {tail}" in str(report.problem)
    forget(folder)
    report = verify(folder)
    assert not report.ok
    assert report.first_break is None
    assert "another `error" in str(report.problem)


def test_a_cut_tail_with_head_and_rows_is_told_by_a_checkpoint(folder: Path) -> None:
    """What the database cannot prove by itself, not even with its key."""
    whole = verify(folder).head
    tamper(
        folder,
        f"DELETE FROM events WHERE seq > {whole.seq - 2}",
        "DELETE FROM plans WHERE state = 'Failed'",
    )
    rehash(folder, whole.seq)
    assert verify(folder).first_break == whole.seq - 1
    forget(folder)
    assert verify(folder).ok
    report = verify(folder, expect=whole)
    assert not report.ok
    assert report.first_break == whole.seq - 1
    assert "checkpoint" in str(report.problem)


def test_a_chain_that_was_rewritten_whole_is_told_by_a_checkpoint(folder: Path) -> None:
    checkpoint = verify(folder).head
    tamper(folder, "UPDATE events SET at = '2020' WHERE seq = 2")
    rehash(folder, 2)
    assert "checkpoint" in str(verify(folder).problem)
    forget(folder)
    assert verify(folder).ok
    report = verify(folder, expect=checkpoint)
    assert report.first_break == checkpoint.seq
    assert "not the one that the checkpoint names" in str(report.problem)
    early = Head(seq=1, hash="sha256:" + "0" * 64)
    assert verify(folder, expect=early).first_break == 1


def test_a_checkpoint_that_still_holds_proves_the_store(folder: Path) -> None:
    assert verify(folder, expect=verify(folder).head).ok


def test_no_events_at_all(folder: Path) -> None:
    tamper(folder, "DELETE FROM events")
    report = verify(folder)
    assert report.first_break == 1
    assert not report.ok


def test_a_second_genesis_and_a_missing_one(folder: Path) -> None:
    tamper(folder, "UPDATE events SET kind = 'store.created' WHERE seq = 2")
    rehash(folder, 2)
    assert verify(folder).first_break == 2
    tamper(folder, "UPDATE events SET kind = 'refusal.recorded' WHERE seq = 1")
    rehash(folder, 1)
    assert verify(folder).first_break == 1


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("UPDATE meta SET value = '{}' WHERE key = 'head'", "head pointer"),
        ("DELETE FROM meta WHERE key = 'head'", "head pointer"),
        (
            """UPDATE meta SET value = '{"seq":3,"hash":"x"}' WHERE key = 'head'""",
            "names event 3",
        ),
        ("UPDATE meta SET value = 'st-other' WHERE key = 'store_id'", "another format"),
    ],
)
def test_changed_meta_is_told(folder: Path, statement: str, text: str) -> None:
    tamper(folder, statement)
    report = verify(folder)
    assert not report.ok
    assert text in str(report.problem)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("plan.painted", {"id": "p-1"}, "unknown kind"),
        ("plan.drafted", {"state": "Draft"}, "without an id"),
        ("plan.drafted", {"id": "p-1", "state": "Planned"}, "in state `Planned`"),
        ("plan.sealed", {"id": "p-2", "state": "Planned"}, "no event created"),
        ("plan.drafted", {"id": "p-0", "state": "Draft"}, "second time"),
        ("plan.sealed", {"id": "p-0", "state": "Draft"}, "from `Draft` to `Draft`"),
        ("op.ended", {"id": "op-0", "state": "Failed"}, "from `Succeeded`"),
    ],
)
def test_impossible_events_are_told(kind: str, body: dict[str, Any], text: str) -> None:
    replay = Replay()
    assert replay.apply(1, "plan.drafted", {"id": "p-0", "state": "Draft"}) is None
    assert replay.apply(2, "op.intended", {"id": "op-0", "state": "Intended"}) is None
    assert replay.apply(3, "op.ended", {"id": "op-0", "state": "Succeeded"}) is None
    assert text in str(replay.apply(4, kind, body))


def test_an_impossible_event_breaks_a_sound_chain(folder: Path) -> None:
    seq = event_of(folder, "op.ended")
    tamper(folder, f"UPDATE events SET kind = 'op.intended' WHERE seq = {seq}")
    rehash(folder, seq)
    forget(folder)
    report = verify(folder)
    assert report.first_break == seq
    assert "a second time" in str(report.problem)


def test_it_reads_only_and_beside_an_open_server(folder: Path) -> None:
    store = Store.open(folder, clock=Clock())
    with store._database.write() as unit:
        unit.event("refusal.recorded", {"what": "uncommitted"})
        before = (folder / "smithgate.db").read_bytes()
        assert verify(folder).ok  # while a write is under way
        code = (
            "import sys; from pathlib import Path;"
            "from smithgate.audit.verify import verify;"
            "print(verify(Path(sys.argv[1])).ok)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "True\n"
        assert (folder / "smithgate.db").read_bytes() == before
    assert verify(store).ok
    store.close()


def test_a_snapshot_cannot_write(folder: Path) -> None:
    with (
        pytest.raises(AuditUnavailable, match="readonly"),
        open_snapshot(Places.of(folder)) as snapshot,
    ):
        snapshot._connection.exec_driver_sql("DELETE FROM votes")
    assert verify(folder).ok


def test_where_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(AuditUnavailable, match="no store"):
        verify(tmp_path)
    (tmp_path / "smithgate.db").write_bytes(b"no database" * 100)
    with pytest.raises(AuditUnavailable):
        verify(tmp_path)
    (tmp_path / "smithgate.db").unlink()
    with sqlite3.connect(tmp_path / "smithgate.db") as connection:
        connection.execute("CREATE TABLE other (a)")
    connection.close()
    with pytest.raises(FormatUnknown):
        verify(tmp_path)


def test_export_starts_where_it_is_told(folder: Path) -> None:
    every = list(export_lines(folder))
    assert len(every) == last(folder)
    assert list(export_lines(folder, since=6)) == every[5:]
    assert list(export_lines(folder, since=last(folder) + 1)) == []
    assert all("\n" not in line for line in every)


def test_export_stops_at_what_is_no_event(folder: Path) -> None:
    tamper(folder, "UPDATE events SET body = '{' WHERE seq = 3")
    lines = export_lines(folder)
    assert json.loads(next(lines))["seq"] == 1
    assert json.loads(next(lines))["seq"] == 2
    with pytest.raises(AuditBroken, match="event 3"):
        next(lines)
