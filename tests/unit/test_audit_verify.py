"""Tampering, one way at a time: each is found, at the right place."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from smithgate.audit.export import export_lines
from smithgate.audit.replay import Replay
from smithgate.audit.verify import MAX_PROBLEMS, verify
from smithgate.canonical import canonical_json
from smithgate.errors import AuditBroken, AuditUnavailable, FormatUnknown
from smithgate.store import ArtifactStore, Head, OpState, Store, TxState
from smithgate.store.chain import Link, Sha256Chain
from smithgate.store.snapshot import open_snapshot
from store_kit import Clock, allow, draft, intend, planned, raw, request, vote


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store in which everything has happened, as one database file."""
    folder = tmp_path_factory.mktemp("template") / "s"
    fill(folder)
    with raw(folder) as connection:
        return connection.serialize()


def fill(folder: Path) -> None:
    store = Store.open(folder, clock=Clock())
    artifact = store.artifacts.put({"q": 1}, kind="request")
    plan_id = planned(store, artifacts=[artifact])
    request(store, plan_id)
    vote(store, plan_id)
    tx_id = store.claim(plan_id, check=allow)
    op_id = intend(store, tx_id, request_artifact=artifact, idempotency_token="t")
    response = store.artifacts.put({"r": 1}, kind="response", sealed=True)
    store.outcome(
        op_id, OpState.FAILED, response_artifact=response, error={"code": "x"}
    )
    store.end(tx_id, TxState.FAILED, {"code": "x"})
    failing = draft(store)
    store.fail_plan(failing, {"code": "y"})
    store.close()


@pytest.fixture
def folder(tmp_path: Path, template: bytes) -> Path:
    """A copy of the template's rows; its artifact files are made anew."""
    made = tmp_path / "s"
    made.mkdir(mode=0o700)
    files = ArtifactStore(made / "artifacts", clock=Clock())
    files.put({"q": 1}, kind="request")
    files.put({"r": 1}, kind="response", sealed=True)
    (made / "smithgate.db").write_bytes(template)
    return made


def tamper(folder: Path, *statements: str) -> None:
    """Change the database as somebody who may write the file can."""
    with raw(folder) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _sql in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)
        for _name, sql in triggers:
            connection.execute(sql)


def rehash(folder: Path, start: int) -> None:
    """Make the chain consistent again from an event on, head pointer included."""
    with raw(folder) as connection:
        connection.execute("DROP TRIGGER IF EXISTS events_no_update")
        rows = connection.execute(
            "SELECT seq, at, kind, body, prev_hash, hash FROM events ORDER BY seq"
        ).fetchall()
        previous = ""
        for seq, at, kind, body, prev_hash, hashed in rows:
            if seq >= start:
                before = previous or prev_hash
                link = Link(
                    seq=seq,
                    at=at,
                    kind=kind,
                    body=json.loads(body),
                    prev_hash=before,
                )
                previous = Sha256Chain().hash_of(link)
                connection.execute(
                    "UPDATE events SET prev_hash = ?, hash = ? WHERE seq = ?",
                    (before, previous, seq),
                )
            else:
                previous = hashed
        head = canonical_json({"seq": rows[-1][0], "hash": previous}).decode()
        connection.execute("UPDATE meta SET value = ? WHERE key = 'head'", (head,))


def event_of(folder: Path, kind: str) -> int:
    with raw(folder) as connection:
        found = connection.execute("SELECT seq FROM events WHERE kind = ?", (kind,))
        return int(found.fetchone()[0])


def last(folder: Path) -> int:
    with raw(folder) as connection:
        return int(connection.execute("SELECT max(seq) FROM events").fetchone()[0])


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
    hashed = Sha256Chain().hash_of(link)
    tamper(folder, f"UPDATE events SET at = '2020', hash = '{hashed}' WHERE seq = 4")
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
    assert not report.ok
    assert report.first_break is None
    assert "another `error" in str(report.problem)


def test_a_cut_tail_with_head_and_rows_is_told_by_a_checkpoint(folder: Path) -> None:
    """What the database cannot prove by itself; said so in the docs."""
    whole = verify(folder).head
    tamper(
        folder,
        f"DELETE FROM events WHERE seq > {whole.seq - 2}",
        "DELETE FROM plans WHERE state = 'Failed'",
    )
    rehash(folder, whole.seq)
    assert verify(folder).ok
    report = verify(folder, expect=whole)
    assert not report.ok
    assert report.first_break == whole.seq - 1
    assert "checkpoint" in str(report.problem)


def test_a_chain_that_was_rewritten_whole_is_told_by_a_checkpoint(folder: Path) -> None:
    checkpoint = verify(folder).head
    tamper(folder, "UPDATE events SET at = '2020' WHERE seq = 2")
    rehash(folder, 2)
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


ADD_OP = (
    "INSERT INTO ops SELECT 'op-new', 99, tx_id, 7, operation, purpose, target, "
    "attempt, idempotency_token, request_artifact, redacted, policy_digest, "
    "decided_by, state, intended_at, ended_at, aws_request_id, response_artifact, "
    "http_status, error FROM ops"
)
ROWS = {
    "op succeeded": ("UPDATE ops SET state = 'Succeeded'", "another `state`"),
    "op error dropped": ("UPDATE ops SET error = NULL", "another `error"),
    "op error edited": ("""UPDATE ops SET error = '{"code":"x","a":1}'""", "`error`"),
    "op moved": ("UPDATE ops SET operation = 's3:GetObject'", "`operation`"),
    "op token": ("UPDATE ops SET idempotency_token = 'u'", "`idempotency_token`"),
    "op step": ("UPDATE ops SET step = 1", "`step`"),
    "op status": ("UPDATE ops SET http_status = 200", "`http_status`"),
    "op redacted": ("UPDATE ops SET redacted = '[]'", "`redacted`"),
    "op deleted": ("DELETE FROM ops", "was deleted"),
    "op added": (
        ADD_OP,
        "in no event",
    ),
    "plan document": (
        "UPDATE plans SET document = replace(document, 'horse', 'mule')",
        "`document`",
    ),
    "plan view": ("UPDATE plans SET view = '{}'", "`view`"),
    "plan digest": ("UPDATE plans SET digest = 'sha256:0'", "`digest`"),
    "plan expiry": (
        "UPDATE plans SET expires_at = '2036-01-01T00:00:00.000000Z'",
        "`expires_at`",
    ),
    "plan reason": ("UPDATE plans SET reason = 'another'", "`reason`"),
    "plan state": ("UPDATE plans SET state = 'Planned'", "`state`"),
    "plan decision": (
        """UPDATE plans SET decision = '{"effect":"allow"}'""",
        "`decision`",
    ),
    "plan damaged": ("UPDATE plans SET target = '{'", "damaged cell"),
    "plan time damaged": ("UPDATE plans SET created_at = 'noon'", "damaged cell"),
    "plan blob": ("UPDATE plans SET requester = x'00'", "another `requester`"),
    "plan reordered": ("UPDATE plans SET created_seq = created_seq + 90", "that made"),
    "approval state": ("UPDATE approvals SET state = 'Granted'", "`state`"),
    "approval count": ("UPDATE approvals SET count = 0", "`count`"),
    "vote forged": ("UPDATE votes SET approver = 'carol'", "`approver`"),
    "vote note": ("UPDATE votes SET note = 'fine'", "`note`"),
    "vote deleted": ("DELETE FROM votes", "was deleted"),
    "tx freed": ("DELETE FROM tx", "was deleted"),
    "tx state": ("UPDATE tx SET state = 'Applied'", "`state`"),
    "tx owner": ("UPDATE tx SET owner = 'own-x'", "`owner`"),
    "artifact unsealed": ("UPDATE artifacts SET sealed = 0", "`sealed`"),
    "artifact deleted": ("DELETE FROM artifacts", "was deleted"),
    "artifact size": ("UPDATE artifacts SET size = 1", "`size`"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_is_not_what_its_events_say(folder: Path, case: str) -> None:
    statement, text = ROWS[case]
    tamper(folder, statement)
    report = verify(folder)
    assert not report.ok
    assert report.first_break is None
    assert report.rows_checked
    assert any(text in problem for problem in report.problems), report.problems
    assert {p.split()[0] for p in report.problems} <= {case.split(maxsplit=1)[0]}


def test_every_told_column_is_compared(folder: Path) -> None:
    """No column of any table can be edited unseen."""
    for table in ("plans", "approvals", "votes", "tx", "ops", "artifacts"):
        with raw(folder) as connection:
            found = connection.execute(f"PRAGMA table_info({table})").fetchall()
        for column in [row[1] for row in found if row[1] != "id"]:
            with raw(folder) as connection:
                before = connection.execute(
                    f"SELECT rowid, {column} FROM {table}"
                ).fetchall()
                value = before[0][1]
                other: Any = 99 if isinstance(value, int) and value != 1 else "[99]"
                other = 0 if column == "sealed" and value else other
                other = 1 if column == "sealed" and not value else other
                connection.execute("PRAGMA ignore_check_constraints = ON")
                connection.execute(
                    f"UPDATE {table} SET {column} = ? WHERE rowid = ?",
                    (other, before[0][0]),
                )
            assert not verify(folder).ok, (table, column)
            with raw(folder) as connection:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? WHERE rowid = ?",
                    (value, before[0][0]),
                )
    assert verify(folder).ok


def artifact_file(folder: Path) -> Path:
    return min((folder / "artifacts").glob("??/art-*"))


FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "deleted": (Path.unlink, "no artifact"),
    "edited": (
        lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2")),
        "does not have the content",
    ),
    "emptied": (lambda path: path.write_bytes(b""), "does not have the content"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_changed_artifact_file_is_told(folder: Path, case: str) -> None:
    act, text = FILES[case]
    path = artifact_file(folder)
    act(path)
    report = verify(folder)
    assert report.problem_count == 1
    assert text in str(report.problem)
    assert path.name in str(report.problem)


def test_files_without_a_row_are_counted_not_blamed(folder: Path) -> None:
    store = Store.open(folder, clock=Clock())
    store.artifacts.put({"left": "behind"}, kind="card")
    report = verify(folder)
    assert report.ok
    assert report.unindexed_files == 1
    store.close()


def test_an_artifact_that_was_never_stored_is_told(folder: Path) -> None:
    store = Store.open(folder, clock=Clock())
    planned(store, artifacts=["art-" + "0" * 64])
    report = verify(store)
    assert "not stored" in str(report.problem)
    store.close()


def test_a_report_lists_so_many_problems_and_counts_the_rest(folder: Path) -> None:
    store = Store.open(folder, clock=Clock())
    for _ in range(MAX_PROBLEMS + 20):
        draft(store)
    store.close()
    tamper(folder, "DELETE FROM plans WHERE state = 'Draft'")
    report = verify(folder)
    assert len(report.problems) == MAX_PROBLEMS
    assert report.problem_count == MAX_PROBLEMS + 20


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
        open_snapshot(folder, Sha256Chain()) as snapshot,
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
    assert list(export_lines(folder, after=5)) == every[5:]
    assert list(export_lines(folder, after=last(folder))) == []
    assert all("\n" not in line for line in every)


def test_export_stops_at_what_is_no_event(folder: Path) -> None:
    tamper(folder, "UPDATE events SET body = '{' WHERE seq = 3")
    lines = export_lines(folder)
    assert json.loads(next(lines))["seq"] == 1
    assert json.loads(next(lines))["seq"] == 2
    with pytest.raises(AuditBroken, match="event 3"):
        next(lines)
