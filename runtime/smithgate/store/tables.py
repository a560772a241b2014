"""The tables of the store, for any database that SQLAlchemy speaks to.

Owns names, columns and constraints. ``ENTITIES`` are the tables whose every change is
told by an event; ``events`` and ``meta`` are the chain itself. Changing anything here
changes ``FORMAT_VERSION``.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .columns import JsonText, SealedText, UtcText
from .records import (
    ApprovalState,
    ArtifactKind,
    Ballot,
    OpState,
    PlanState,
    Purpose,
    TxKind,
    TxState,
)

FORMAT_VERSION = 1

metadata = MetaData()


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return a constraint to the values of an enum."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_known")


def _id() -> Column[str]:
    return Column("id", String, primary_key=True)


def _created() -> Column[int]:
    """Return the column that names the event which created the row: the order."""
    return Column("created_seq", Integer, nullable=False, unique=True)


def _required(name: str, kind: Any = String, *args: Any) -> Column[Any]:
    return Column(name, kind, *args, nullable=False)


meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    _required("value", Text),
)
"""``format_version``, ``store_id`` and ``head`` (seq and hash of the last event)."""

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _required("at"),
    _required("kind"),
    _required("body", Text),
    _required("prev_hash"),
    Column("hash", String, nullable=False, unique=True),
)

plans = Table(
    "plans",
    metadata,
    _id(),
    _created(),
    _required("state"),
    Column("digest", String),
    _required("created_at", UtcText),
    Column("expires_at", UtcText),
    _required("requester"),
    _required("target", JsonText),
    Column("document", SealedText),
    _required("view", JsonText),
    _required("decision", JsonText),
    _required("reason", Text),
    Column("error", JsonText),
    _required("artifacts", JsonText),
    _required("owner"),
    _one_of("state", PlanState),
)

approvals = Table(
    "approvals",
    metadata,
    _id(),
    _created(),
    _required("plan_id", String, ForeignKey("plans.id")),
    _required("digest"),
    _required("state"),
    _required("count", Integer),
    _required("requester"),
    _required("created_at", UtcText),
    _required("expires_at", UtcText),
    Column("ended_at", UtcText),
    Column("ended_by", String),
    _one_of("state", ApprovalState),
)
Index("approvals_plan", approvals.c.plan_id)
_OPEN_APPROVAL = text("state IN ('Pending', 'Granted')")
Index(
    "approvals_one_open",
    approvals.c.plan_id,
    unique=True,
    sqlite_where=_OPEN_APPROVAL,
    postgresql_where=_OPEN_APPROVAL,
)

votes = Table(
    "votes",
    metadata,
    _id(),
    _created(),
    _required("approval_id", String, ForeignKey("approvals.id")),
    _required("approver"),
    _required("approver_key"),
    _required("decision"),
    _required("at", UtcText),
    _required("method"),
    Column("note", Text),
    Column("key", String),
    Column("statement", Text),
    Column("signature", Text),
    UniqueConstraint("approval_id", "approver_key", "decision"),
    _one_of("decision", Ballot),
)

tx = Table(
    "tx",
    metadata,
    _id(),
    _created(),
    _required("kind"),
    _required("state"),
    Column("plan_id", String, ForeignKey("plans.id")),
    _required("requester"),
    _required("owner"),
    _required("started_at", UtcText),
    Column("ended_at", UtcText),
    Column("error", JsonText),
    _one_of("kind", TxKind),
    _one_of("state", TxState),
)
Index("tx_state", tx.c.state)
_APPLY = text("kind = 'apply'")
Index(
    "tx_one_apply_per_plan",
    tx.c.plan_id,
    unique=True,
    sqlite_where=_APPLY,
    postgresql_where=_APPLY,
)
"""Two processes can never both claim a plan, whatever else goes wrong."""

artifacts = Table(
    "artifacts",
    metadata,
    _id(),
    _created(),
    _required("kind"),
    _required("sealed", Boolean),
    _required("size", Integer),
    _required("created_at", UtcText),
    _one_of("kind", ArtifactKind),
)

ops = Table(
    "ops",
    metadata,
    _id(),
    _created(),
    _required("tx_id", String, ForeignKey("tx.id")),
    Column("step", Integer),
    _required("operation"),
    _required("purpose"),
    _required("target", JsonText),
    _required("attempt", Integer),
    Column("idempotency_token", String),
    Column("request_artifact", String, ForeignKey("artifacts.id")),
    _required("redacted", JsonText),
    Column("policy_digest", String),
    Column("decided_by", String),
    _required("state"),
    _required("intended_at", UtcText),
    Column("ended_at", UtcText),
    Column("aws_request_id", String),
    Column("response_artifact", String, ForeignKey("artifacts.id")),
    Column("http_status", Integer),
    Column("error", JsonText),
    _one_of("purpose", Purpose),
    _one_of("state", OpState),
)
Index("ops_tx", ops.c.tx_id)
_APPLY_OP = text("purpose = 'apply'")
Index(
    "ops_one_send_per_attempt",
    ops.c.tx_id,
    ops.c.step,
    ops.c.attempt,
    unique=True,
    sqlite_where=_APPLY_OP,
    postgresql_where=_APPLY_OP,
)

ENTITIES: Mapping[str, Table] = MappingProxyType(
    {
        "plan": plans,
        "approval": approvals,
        "vote": votes,
        "tx": tx,
        "op": ops,
        "artifact": artifacts,
    }
)
"""Entity name, the first word of its events, → table."""
