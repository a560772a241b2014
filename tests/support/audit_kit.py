"""A store in which everything has happened, and the means to tamper with it."""

import json
import shutil
from pathlib import Path

from smithgate.canonical import canonical_json
from smithgate.store import OpState, Store, TxState
from smithgate.store.chain import Chain, Link
from smithgate.store.checkpoints import Checkpoints
from smithgate.store.database import parse_head
from smithgate.store.key import read_key
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


def written(folder: Path) -> Path:
    """Fill a store in which everything has happened; return its folder."""
    _fill(folder)
    with raw(folder) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def copy_to(folder: Path, template: Path) -> Path:
    """Copy the template with its key, checkpoints and artifacts."""
    return Path(shutil.copytree(template, folder))


def chain_of(folder: Path) -> Chain:
    """Return the chain as somebody who has the key makes it."""
    return Chain(read_key(folder / "audit.key"))


def forget(folder: Path) -> None:
    """Replace the checkpoints by one of the head that the database names now."""
    path = folder / "checkpoints.jsonl"
    path.write_bytes(b"")
    with raw(folder) as connection:
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    checkpoints = Checkpoints.open(path, meta["store_id"])
    checkpoints.append(parse_head(meta["head"]), Clock()())
    checkpoints.close()


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
    """Make the chain consistent again from an event on, head pointer included.

    Only somebody who has the audit key can.
    """
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
                previous = chain_of(folder).hash_of(link)
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
