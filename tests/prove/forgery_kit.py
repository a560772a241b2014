"""Policies, one breakable world and signatures, for the forged approvals."""

import base64
import hashlib
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from approver_kit import approvers, entry, private_key, signer
from fake_aws import POLICY, World
from smithgate.approval.sshsig import armor, signed_bytes
from smithgate.approval.statement import Statement

HEAD = POLICY.split("approvers:")[0]
RULES = "rules:" + POLICY.split("rules:")[1]
RISKY = "  - {id: named, approve: ['iam:CreateRole', 's3:DeleteBucket']}\n"
TWO = f"{HEAD}{approvers('ada', 'bob')}approvals: {{write: {{count: 2}}}}\n{RULES}"
LOCAL = f"{HEAD}unsigned_approvals: {{same_user: [write]}}\n{RULES}{RISKY}"
NARROW = (
    f"{HEAD}approvers:\n{entry('ada', '[execute]')}{entry('bob')}"
    f"  carl: {{key: '{signer('carl').key.line}', risks: [write], targets: [prod]}}\n"
    f"{RULES}"
)
CHANGES = ("s3.put_bucket_versioning", "iam.create_role", "s3.delete_bucket")
"""Methods that only an accepted forgery calls."""


class Case:
    """One world and how to break it."""

    def __init__(self, folder: Path, policy: str = POLICY) -> None:
        self.world = World(folder, policy)

    def plan(self, operation: str = "s3:PutBucketVersioning", **arguments: Any) -> str:
        """Return a plan whose approval was asked for."""
        arguments = arguments or {
            "Bucket": "b",
            "VersioningConfiguration": {"Status": "Enabled"},
        }
        steps = [{"operation": operation, "arguments": arguments}]
        plan_id = str(self.world.ok("plan", steps=steps)["plan_id"])
        self.world.ok("request_approval", plan_id=plan_id)
        return plan_id

    def sql(self, statement: str, *values: Any) -> None:
        """Edit the database past the store."""
        database = self.world.folder / "state" / "smithgate.db"
        with sqlite3.connect(database, timeout=30) as connection:
            connection.execute(statement, values)
        connection.close()

    def statement(self, plan_id: str, /, **changed: Any) -> Statement:
        """Return what an approver would sign now."""
        plan = self.world.app.store.plan(plan_id)
        request = self.world.app.store.approval(plan_id)
        assert request is not None
        now = self.world.clock()
        facts: dict[str, Any] = {
            "plan_id": plan_id,
            "approval_id": request.id,
            "digest": plan.digest,
            "decision": "grant",
            "approver": "ada",
            "issued_at": now,
            "expires_at": request.expires_at,
        }
        return Statement(**facts | changed)

    def vote(
        self,
        plan_id: str,
        approver: str = "ada",
        statement: bytes | str | None = None,
        signature: str | None = None,
        *,
        key: str | None = None,
        method: str = "key",
        decision: str = "grant",
    ) -> None:
        """Insert a vote and set the request to granted."""
        request = self.world.app.store.approval(plan_id)
        assert request is not None
        vote_id = self.world.app.store.new_id("vo-")
        text = statement.decode() if isinstance(statement, bytes) else statement
        columns = {
            "id": vote_id,
            "created_seq": 10**9 + int.from_bytes(vote_id[-6:].encode(), "big"),
            "approval_id": request.id,
            "approver": approver,
            "approver_key": vote_id,  # past the rule of one vote for one name
            "decision": decision,
            "at": "2026-01-01T00:00:00.000000Z",
            "method": method,
            "key": key or (text and signer(approver).key.fingerprint),
            "statement": text,
            "signature": signature,
        }
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self.sql(f"INSERT INTO votes ({names}) VALUES ({marks})", *columns.values())
        self.grant(plan_id)

    def grant(self, plan_id: str) -> None:
        """Set the request's state to granted."""
        self.sql("UPDATE approvals SET state = 'Granted' WHERE plan_id = ?", plan_id)

    def apply(self, plan_id: str) -> str:
        """Apply; return the code of the refusal, or ``accepted``."""
        before = len(self.world.aws.calls)
        result = self.world.call("apply", plan_id=plan_id)
        sent = {name for name, _ in self.world.aws.calls[before:]}
        if result.structured.get("repeated") and not sent & set(CHANGES):
            return "plan_consumed"  # the stored outcome of the one real apply
        if not result.is_error or sent & set(CHANGES):
            return "accepted"
        return str(result.structured["error"]["code"])


def signed(message: bytes, name: str = "ada") -> str:
    """Return a real signature of a real approver, over whatever bytes."""
    made = signer(name)
    return armor(made.key, made.sign(signed_bytes(message)))


def sshsig(message: bytes, namespace: str, algorithm: str = "sha512") -> str:
    """Return ada's SSH signature for another purpose or with another hash."""
    inner = hashlib.new(algorithm, message).digest()
    parts = (namespace.encode(), b"", algorithm.encode())
    head = b"".join(_string(part) for part in parts)
    raw = private_key("ada").sign(b"SSHSIG" + head + _string(inner))
    kind = _string(b"ssh-ed25519")
    body = _string(signer("ada").key.blob) + head + _string(kind + _string(raw))
    text = base64.b64encode(b"SSHSIG" + struct.pack(">I", 1) + body).decode()
    lines = "\n".join(text[i : i + 70] for i in range(0, len(text), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


class Attempt(NamedTuple):
    """One forgery, done: the plan that must not run."""

    name: str
    case: Case
    plan_id: str


Attack = Callable[[Callable[..., Case]], Iterator[Attempt]]
