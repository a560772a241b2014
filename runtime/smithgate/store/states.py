"""The state machines of plans, approvals, transactions and ops, as pure functions.

Owns which state may follow which and what the clock and the recorded calls make of a
state. Used by every write and, independently, by the verifier on the recorded events.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from .records import ApprovalState, OpState, PlanState, TxKind, TxState

_APPROVAL_END = frozenset(
    {
        ApprovalState.DENIED,
        ApprovalState.EXPIRED,
        ApprovalState.REVOKED,
    }
)

FOLLOWERS: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "plan": {PlanState.DRAFT: frozenset({PlanState.PLANNED, PlanState.FAILED})},
        "approval": {
            ApprovalState.PENDING: _APPROVAL_END | {ApprovalState.GRANTED},
            # A yes can still run out, be taken back or be outvoted until it is used.
            ApprovalState.GRANTED: _APPROVAL_END | {ApprovalState.USED},
        },
        "tx": {
            TxState.APPLYING: frozenset(
                {TxState.APPLIED, TxState.FAILED, TxState.UNKNOWN}
            ),
            TxState.RUNNING: frozenset({TxState.DONE, TxState.FAILED, TxState.UNKNOWN}),
            # By evidence or by a person, see ``Store.resolve``.
            TxState.UNKNOWN: frozenset({TxState.APPLIED, TxState.FAILED}),
        },
        "op": {
            OpState.INTENDED: frozenset(
                {OpState.SUCCEEDED, OpState.FAILED, OpState.UNKNOWN}
            )
        },
    }
)
"""Entity → state → the states that may follow it; what is missing is final."""

FIRST: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "plan": frozenset({PlanState.DRAFT}),
        "approval": frozenset({ApprovalState.PENDING}),
        "tx": frozenset({TxState.APPLYING, TxState.RUNNING}),
        "op": frozenset({OpState.INTENDED}),
    }
)
"""Entity → the states that a new row may have."""


def may_follow(entity: str, before: str, after: str) -> bool:
    """Say whether a row of ``entity`` may go from one state to another."""
    return after in FOLLOWERS.get(entity, {}).get(before, frozenset())


def approval_as_of(
    state: ApprovalState, expires_at: datetime, now: datetime
) -> ApprovalState:
    """Return the state at ``now``: what is open after its time is ``EXPIRED``."""
    is_open = state in {ApprovalState.PENDING, ApprovalState.GRANTED}
    return ApprovalState.EXPIRED if is_open and now >= expires_at else state


def person_key(name: str) -> str:
    """Return what two spellings of one person's name have in common.

    ``Bob`` and `` bob`` are one approver: a count of two needs two people.
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def opening_state(kind: TxKind) -> TxState:
    """Return the state in which a transaction of ``kind`` begins."""
    return TxState.APPLYING if kind is TxKind.APPLY else TxState.RUNNING


@dataclass(frozen=True, slots=True)
class Sent:
    """One recorded attempt at a plan step."""

    step: int | None
    attempt: int
    state: OpState
    token: str | None


def settle(wanted: TxState, sent: Iterable[Sent]) -> TxState:
    """Return how an apply ended, given its apply-ops.

    The recorded calls overrule the caller: a step whose last attempt has no known
    outcome makes the transaction ``UNKNOWN``, a failed one is never ``APPLIED``.
    """
    last = {one.step: one.state for one in sorted(sent, key=lambda one: one.attempt)}
    states = set(last.values())
    if states & {OpState.INTENDED, OpState.UNKNOWN}:
        return TxState.UNKNOWN
    if OpState.FAILED in states and wanted is TxState.APPLIED:
        return TxState.FAILED
    return wanted


def recovered_state(kind: TxKind, sent: Iterable[Sent]) -> TxState:
    """Return how a transaction ended whose process is gone.

    ``FAILED`` where the records prove that nothing took effect: nothing was ever to be
    applied, or every apply-op is known to have failed. Otherwise ``UNKNOWN``.
    """
    if kind is not TxKind.APPLY:
        return TxState.FAILED
    failed = all(one.state is OpState.FAILED for one in sent)
    return TxState.FAILED if failed else TxState.UNKNOWN


def may_send(earlier: Iterable[Sent], token: str | None) -> OpState | None:
    """Return ``None`` if a step may be sent, else the state that forbids it (I2).

    After a known failure it may be sent again; after an unknown outcome only with the
    very token of the first attempt, which AWS takes for the same request.
    """
    for one in earlier:
        if one.state is OpState.FAILED:
            continue
        same_token = token is not None and one.token == token
        if one.state is OpState.UNKNOWN and same_token:
            continue
        return one.state
    return None
