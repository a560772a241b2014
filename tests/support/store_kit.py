"""What the tests of the stores share: a clock that is set, plans that are made."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from smithgate.store import ApprovalRecord, ClaimView, Store

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
DIGEST = "sha256:" + "d" * 64
TARGET = {"name": "dev", "account": "111111111111", "region": "eu-west-1"}
SECRET = "correct-horse-battery"


@dataclass
class Clock:
    """Stands still until it is told to go on."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def allow(_view: ClaimView) -> None:
    """The check of a claim that nobody minds."""


def draft(store: Store, **changed: Any) -> str:
    plan_id = store.new_id("p-")
    facts: dict[str, Any] = {
        "requester": "mcp:agent",
        "target": TARGET,
        "view": {"steps": [{"operation": "s3:PutBucketTagging", "Key": "(sensitive)"}]},
        "decision": {"effect": "approve", "decided_by": "risks.write"},
        "reason": "the owner asked for it",
    }
    store.draft_plan(plan_id, **facts | changed)
    return plan_id


def seal(store: Store, plan_id: str, **changed: Any) -> None:
    facts: dict[str, Any] = {
        "digest": DIGEST,
        "document": {"steps": [{"arguments": {"Key": SECRET}}]},
        "view": {"steps": [{"arguments": {"Key": "(sensitive)"}}]},
        "decision": {"effect": "approve", "decided_by": "risks.write"},
        "expires_at": NOW + timedelta(hours=1),
    }
    store.seal_plan(plan_id, **facts | changed)


def planned(store: Store, **changed: Any) -> str:
    plan_id = draft(store)
    seal(store, plan_id, **changed)
    return plan_id


def request(
    store: Store, plan_id: str, count: int = 1, ttl_s: int = 600
) -> ApprovalRecord:
    return store.request_approval(
        plan_id, DIGEST, count=count, ttl_s=ttl_s, requester="mcp:agent"
    )


def vote(
    store: Store, plan_id: str, approver: str = "bob", decision: str = "grant"
) -> ApprovalRecord:
    return store.decide_approval(
        plan_id, DIGEST, approver=approver, decision=decision, method="terminal"
    )


def revoke(store: Store, plan_id: str, approver: str = "bob") -> ApprovalRecord:
    return store.revoke_approval(plan_id, approver=approver, method="terminal")


def claimed(store: Store) -> str:
    return store.claim(planned(store), check=allow)


def intend(store: Store, tx_id: str, **changed: Any) -> str:
    facts: dict[str, Any] = {
        "step": 0,
        "operation": "s3:PutBucketTagging",
        "purpose": "apply",
        "target": TARGET,
        "attempt": 1,
        "idempotency_token": None,
        "request_artifact": None,
        "redacted": ["Key"],
        "policy_digest": DIGEST,
        "decided_by": "risks.write",
    }
    return store.intend(tx_id, **facts | changed)


@contextmanager
def raw(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection past the store, for looking and for tampering."""
    connection = sqlite3.connect(folder / "smithgate.db")
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def kinds(store: Store) -> list[str]:
    """Every event's kind, in order."""
    with raw(store.folder) as connection:
        found = connection.execute("SELECT kind FROM events ORDER BY seq").fetchall()
    return [kind for (kind,) in found]
