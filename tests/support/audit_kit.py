"""A store in which everything has happened, and the means to tamper with it."""

import json
from pathlib import Path

from smithgate.canonical import canonical_json
from smithgate.store import ArtifactStore, OpState, Store, TxState
from smithgate.store.chain import Link, Sha256Chain
from store_kit import Clock, allow, draft, intend, planned, raw, request, vote


def _fill(folder: Path) -> None:
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


def written(folder: Path) -> bytes:
    """Return a store in which everything has happened, as one database file."""
    _fill(folder)
    with raw(folder) as connection:
        return connection.serialize()


def copy_to(folder: Path, template: bytes) -> Path:
    """Make a store of the template's rows; its artifact files are made anew."""
    folder.mkdir(mode=0o700)
    files = ArtifactStore(folder / "artifacts", clock=Clock())
    files.put({"q": 1}, kind="request")
    files.put({"r": 1}, kind="response", sealed=True)
    (folder / "smithgate.db").write_bytes(template)
    return folder


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
