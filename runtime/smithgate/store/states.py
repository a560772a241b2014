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
            # By evidence or by a person (``Store.resolve``), or back under way to send
            # an unknown step again with its own token (``Store.reopen``).
            TxState.UNKNOWN: frozenset(
                {TxState.APPLIED, TxState.FAILED, TxState.APPLYING}
            ),
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


def step_states(sent: Iterable[Sent]) -> dict[int | None, OpState]:
    """Return what the attempts at each step prove, by step.

    One success proves the step. Without it an attempt of unknown outcome leaves the
    step unknown, even if a later one with the same token failed: a refusal of the
    second request says nothing of the first.
    """
    seen: dict[int | None, set[OpState]] = {}
    for one in sent:
        seen.setdefault(one.step, set()).add(one.state)
    return {step: _proven(states) for step, states in seen.items()}


def _proven(states: set[OpState]) -> OpState:
    if OpState.SUCCEEDED in states:
        return OpState.SUCCEEDED
    return OpState.FAILED if states == {OpState.FAILED} else OpState.UNKNOWN


def proven_state(sent: Iterable[Sent], steps: int) -> TxState:
    """Return how an apply of ``steps`` steps ended, as its apply-ops prove.

    ``UNKNOWN`` with any step in doubt, ``APPLIED`` with every step done, else
    ``FAILED``: the steps say how far it came.
    """
    states = step_states(sent)
    if OpState.UNKNOWN in states.values():
        return TxState.UNKNOWN
    done = sum(state is OpState.SUCCEEDED for state in states.values())
    return TxState.APPLIED if done == steps > 0 else TxState.FAILED


def settle(wanted: TxState, sent: Iterable[Sent], steps: int) -> TxState:
    """Return how an apply ended: what is recorded overrules what its process says.

    Only a failure beside the steps' own success (parts of a step failed) is believed.
    """
    proven = proven_state(sent, steps)
    is_doubted = wanted is TxState.FAILED and proven is TxState.APPLIED
    return TxState.FAILED if is_doubted else proven


def recovered_state(kind: TxKind, sent: Iterable[Sent], steps: int) -> TxState:
    """Return how a transaction ended whose process is gone, as the records prove."""
    return TxState.FAILED if kind is not TxKind.APPLY else proven_state(sent, steps)


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
