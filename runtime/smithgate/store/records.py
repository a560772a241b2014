"""What the stores keep, as values.

Owns the states and the frozen records that the store hands out. Free of SQL, so that
planner, policy and tools can name a state without loading the database layer. Records
hold plain JSON values, aware UTC times (``*_at``) and prefixed ids.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .recent import Recent

Json: TypeAlias = dict[str, Any]
"""A JSON object."""


class PlanState(StrEnum):
    """How far the making of a plan came; what happened to it later is not a state."""

    DRAFT = "Draft"
    PLANNED = "Planned"
    FAILED = "Failed"


class ApprovalState(StrEnum):
    """Where an approval request stands."""

    PENDING = "Pending"
    GRANTED = "Granted"
    DENIED = "Denied"
    EXPIRED = "Expired"
    REVOKED = "Revoked"
    USED = "Used"


class Ballot(StrEnum):
    """What one approver says."""

    GRANT = "grant"
    DENY = "deny"
    REVOKE = "revoke"
    """Takes a request or a grant back."""


class TxKind(StrEnum):
    """What a transaction is for; only ``APPLY`` may change anything at AWS."""

    READ = "read"
    PLAN = "plan"
    APPLY = "apply"
    RECONCILE = "reconcile"


class TxState(StrEnum):
    """Where a transaction stands."""

    APPLYING = "Applying"
    """An apply under way."""
    RUNNING = "Running"
    """Any other kind under way."""
    APPLIED = "Applied"
    """An apply that ran to its end."""
    DONE = "Done"
    """Any other kind that ran to its end."""
    FAILED = "Failed"
    UNKNOWN = "Unknown"
    """Something was sent and nothing proves what it did."""


class OpState(StrEnum):
    """Where one AWS call stands."""

    INTENDED = "Intended"
    """Recorded; it may or may not have left."""
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    UNKNOWN = "Unknown"


class Purpose(StrEnum):
    """Why a call is made."""

    IDENTITY = "identity"
    READ = "read"
    BEFORE = "before"
    APPLY = "apply"
    AFTER = "after"
    WAIT = "wait"
    PREFLIGHT = "preflight"


class ArtifactKind(StrEnum):
    """What a stored value is."""

    REQUEST = "request"
    RESPONSE = "response"
    BEFORE = "before"
    AFTER = "after"
    WAIT = "wait"
    PREFLIGHT = "preflight"
    DIFF = "diff"
    CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """One stored plan. Only the ``document`` is ever executed."""

    id: str
    state: PlanState
    digest: str | None
    """The seal; ``None`` until the plan is ``Planned``."""
    created_at: datetime
    expires_at: datetime | None
    requester: str
    target: Json
    document: Json | None
    """The sealed document with sensitive values: for apply, never to be shown."""
    view: Json
    """The masked document that may be shown; empty until ``Planned``."""
    decision: Json
    """What policy said; empty until ``Planned``."""
    reason: str
    """The agent's own words: untrusted, escape before showing."""
    error: Json | None
    artifacts: tuple[str, ...]
    """Ids of the artifacts that belong to the plan."""
    owner: str
    """The process that makes the plan."""

    def is_expired(self, now: datetime) -> bool:
        """Say whether the plan's time is over at ``now``."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The proof of one approver's word."""

    key: str
    """Fingerprint of the public key."""
    statement: str
    """The canonical JSON that was signed."""
    signature: str
    """An armored SSH signature over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRecord:
    """What one approver said of one request."""

    id: str
    approver: str
    decision: Ballot
    at: datetime
    method: str
    """How it was said, such as ``terminal``."""
    note: str | None
    """The approver's own words: untrusted."""
    signed: Signed | None
    """``None`` for a word that nothing proves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRecord:
    """One approval request with its state as of the time it was read."""

    id: str
    plan_id: str
    digest: str
    state: ApprovalState
    count: int
    """How many different approvers have to grant."""
    requester: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    """When it was denied, revoked or used, or found expired by a write."""
    ended_by: str | None
    """Approver that denied or revoked, or the tx that used it."""
    grants: tuple[VoteRecord, ...]
    """Every vote in order, denials and revocations included."""

    @property
    def granted(self) -> int:
        """How many grants are recorded; whether they count is not the store's to say."""
        return sum(1 for vote in self.grants if vote.decision is Ballot.GRANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpRecord:
    """One AWS call: what was intended and what came of it."""

    id: str
    tx_id: str
    step: int | None
    operation: str
    purpose: Purpose
    target: Json
    attempt: int
    idempotency_token: str | None
    request_artifact: str | None
    redacted: tuple[str, ...]
    """Dotted paths that were masked in the stored request."""
    policy_digest: str | None
    decided_by: str | None
    state: OpState
    intended_at: datetime
    ended_at: datetime | None
    aws_request_id: str | None
    response_artifact: str | None
    http_status: int | None
    error: Json | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TxRecord:
    """One transaction with its calls in the order they were intended."""

    id: str
    kind: TxKind
    state: TxState
    plan_id: str | None
    requester: str
    owner: str
    """The process that runs it, see ``lease.py``."""
    started_at: datetime
    ended_at: datetime | None
    error: Json | None
    ops: tuple[OpRecord, ...]

    @property
    def is_open(self) -> bool:
        """Say whether the transaction is still under way."""
        return self.state in {TxState.APPLYING, TxState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRecord:
    """What is known of a stored value without reading it."""

    id: str
    kind: ArtifactKind
    sealed: bool
    """Never to be returned inline."""
    size: int
    """Bytes of the value's canonical JSON text."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """What the caller of ``claim`` judges, as of the claiming transaction."""

    plan: PlanRecord
    approval: ApprovalRecord | None
    now: datetime
    recent: "Recent"
    """What limits are counted from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeView:
    """What the caller of ``reopen`` judges, as of the reopening transaction."""

    plan: PlanRecord
    approval: ApprovalRecord | None
    tx: TxRecord
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """One thing that ``recover`` changed."""

    id: str
    """Id of a plan, a tx or an op."""
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the event chain; kept outside, it proves that no tail was cut."""

    seq: int
    hash: str
