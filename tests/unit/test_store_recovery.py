"""Processes that end in the middle, and what others make of what they left."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from smithgate.audit.verify import verify
from smithgate.errors import AuditBroken, PlanConsumed
from smithgate.store import OpState, PlanState, Recovered, Store, TxState
from smithgate.store.lease import Lease, proven_gone
from store_kit import Clock, allow, claimed, draft, intend, kinds, raw

CHILD = """
import json, os, signal, sys
from pathlib import Path
from smithgate.store import OpState, Store
from store_kit import Clock, claimed, draft, intend, planned

store = Store.open(Path(sys.argv[1]), clock=Clock())
scene = sys.argv[2]
out = {}
if scene == "draft":
    out["plan"] = draft(store)
elif scene == "read":
    out["tx"] = store.begin("read", requester="x")
    out["op"] = intend(store, out["tx"], purpose="read")
else:
    out["tx"] = claimed(store)
    if scene in {"sent", "failed", "succeeded"}:
        out["op"] = intend(store, out["tx"])
    if scene == "before":
        out["op"] = intend(store, out["tx"], purpose="before")
    if scene in {"failed", "succeeded"}:
        store.outcome(out["op"], OpState.FAILED if scene == "failed" else
                      OpState.SUCCEEDED)
out["plan"] = out.get("plan") or store.tx(out["tx"]).plan_id
print(json.dumps(out), flush=True)
if sys.argv[3] == "exit":
    os._exit(7)
elif sys.argv[3] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.readline()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "s", clock=Clock())
    yield made
    made.close()


def start(store: Store, scene: str, end: str) -> "subprocess.Popen[str]":
    support = Path(__file__).parent.parent / "support"
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store.folder), scene, end],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(support)},
    )


def crash(store: Store, scene: str, end: str = "exit") -> dict[str, Any]:
    """Run a scene in a process that ends without closing anything."""
    process = start(store, scene, end)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == (7 if end == "exit" else -signal.SIGKILL)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("end", ["exit", "kill"])
def test_a_call_without_outcome_is_unknown(store: Store, end: str) -> None:
    left = crash(store, "sent", end)
    assert store.tx(left["tx"]).state is TxState.APPLYING
    assert store.recover() == [
        Recovered(id=left["op"], before="Intended", after="Unknown"),
        Recovered(id=left["tx"], before="Applying", after="Unknown"),
    ]
    tx = store.tx(left["tx"])
    assert (tx.state, tx.ops[0].state) == (TxState.UNKNOWN, OpState.UNKNOWN)
    assert tx.error is not None
    assert tx.error["code"] == "outcome_unknown"
    with pytest.raises(PlanConsumed) as caught:
        store.claim(left["plan"], check=allow)
    assert caught.value.fields["state"] == "Unknown"
    assert store.recover() == []
    report = verify(store)
    assert report.ok, report.problems


@pytest.mark.parametrize(
    ("scene", "tx_state", "op_state"),
    [
        ("claimed", TxState.FAILED, None),
        ("before", TxState.FAILED, OpState.UNKNOWN),
        ("failed", TxState.FAILED, OpState.FAILED),
        ("succeeded", TxState.APPLIED, OpState.SUCCEEDED),
        ("read", TxState.FAILED, OpState.UNKNOWN),
    ],
)
def test_what_was_left_is_settled_by_what_is_proven(
    store: Store, scene: str, tx_state: TxState, op_state: OpState | None
) -> None:
    left = crash(store, scene)
    store.recover()
    tx = store.tx(left["tx"])
    assert tx.state is tx_state
    assert [op.state for op in tx.ops] == ([op_state] if op_state else [])
    assert not tx.is_open


def test_a_draft_left_behind_failed(store: Store) -> None:
    left = crash(store, "draft")
    assert store.recover() == [
        Recovered(id=left["plan"], before="Draft", after="Failed")
    ]
    assert store.plan(left["plan"]).state is PlanState.FAILED


def test_a_live_process_is_left_alone(store: Store) -> None:
    process = start(store, "sent", "wait")
    assert process.stdout is not None
    left = json.loads(process.stdout.readline())
    assert store.recover() == []
    assert store.tx(left["tx"]).state is TxState.APPLYING
    process.kill()
    process.communicate(timeout=60)
    assert [found.id for found in store.recover()] == [left["op"], left["tx"]]


def test_a_store_leaves_its_own_and_its_neighbours_alone(store: Store) -> None:
    neighbour = Store.open(store.folder, clock=Clock())
    mine, other = claimed(store), claimed(neighbour)
    assert store.recover() == neighbour.recover() == []
    assert store.tx(mine).is_open
    neighbour.close()
    assert [found.id for found in store.recover()] == [other]


def test_two_recoveries_settle_once(store: Store) -> None:
    crash(store, "sent")
    owner = store.txs()[0].owner
    with proven_gone(store.folder, owner) as gone:
        assert gone
        assert store.recover() == []  # another recovery holds the proof
    assert kinds(store).count("tx.recovered") == 0
    store.recover()
    assert kinds(store).count("tx.recovered") == 1


def test_leases_come_and_go(store: Store) -> None:
    leases = store.folder / "leases"
    assert not leases.exists()  # who only reads takes none
    claimed(store)
    (path,) = leases.iterdir()
    with path.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    crash(store, "claimed")
    assert len(list(leases.iterdir())) == 2
    store.recover()
    assert list(leases.iterdir()) == [path]
    store.close()
    assert list(leases.iterdir()) == []


def test_a_lease_is_not_inherited(tmp_path: Path) -> None:
    lease = Lease.take(tmp_path, "own-a")
    code = "import sys; sys.stdin.readline()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    os.close(lease._descriptor)  # what the end of the process does
    with proven_gone(tmp_path, "own-a") as gone:
        assert gone
    process.communicate(timeout=60)


def test_a_missing_lease_is_proof(store: Store) -> None:
    tx_id = claimed(store)
    with raw(store.folder) as connection:
        connection.execute("UPDATE tx SET owner = 'own-gone'")
    assert [found.id for found in store.recover()] == [tx_id]


@pytest.mark.parametrize("owner", ["../../etc", "own-", "own-a/b", "own-a\n", ""])
def test_an_edited_owner_reaches_no_path(store: Store, owner: str) -> None:
    draft(store)
    with raw(store.folder) as connection:
        connection.execute("UPDATE plans SET owner = ?", (owner,))
    with pytest.raises(AuditBroken, match="owner"):
        store.recover()


def test_an_outcome_that_comes_too_late_is_refused(store: Store) -> None:
    tx_id = claimed(store)
    op_id = intend(store, tx_id)
    with raw(store.folder) as connection:
        connection.execute("UPDATE tx SET owner = 'own-gone'")
    store.recover()
    with pytest.raises(Exception, match="cannot become Succeeded"):
        store.outcome(op_id, OpState.SUCCEEDED)
    assert store.tx(tx_id).ops[0].state is OpState.UNKNOWN
