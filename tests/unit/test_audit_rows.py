"""Rows and artifact files that are not what their events say: each is found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit_kit import copy_to, tamper, written
from smithgate.audit.verify import MAX_PROBLEMS, verify
from smithgate.store import Store
from store_kit import Clock, draft, planned, raw


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("template") / "s")


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    return copy_to(tmp_path / "s", template)


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
    "plan document": ("UPDATE plans SET document = '{}'", "`document`"),
    "plan document sealed": (
        "UPDATE plans SET document = substr(document, 1, 40) || substr(document, 44)",
        "damaged cell",
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
