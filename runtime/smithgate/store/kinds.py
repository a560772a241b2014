"""The kinds of events: the vocabulary of the chain, documented in ``docs/audit.md``."""

from collections.abc import Mapping
from types import MappingProxyType

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "store.created": "the first event: format version, chain and store id",
        "plan.drafted": "a plan was begun",
        "plan.sealed": "a plan got its digest and can be applied",
        "plan.failed": "a plan ended before it was sealed",
        "approval.requested": "people were asked to approve a plan digest",
        "vote.cast": "one approver granted, denied or took back",
        "approval.granted": "the last needed approver granted",
        "approval.denied": "an approver denied",
        "approval.revoked": "a request or an unused grant was taken back",
        "approval.expired": "a request or an unused grant was found to have run out",
        "approval.used": "a transaction took the approval",
        "refusal.recorded": "a request, decision, revocation or claim was refused",
        "tx.claimed": "a transaction took a plan for its one apply",
        "tx.begun": "a transaction began that changes nothing at AWS",
        "tx.ended": "a transaction ended",
        "tx.recovered": "a transaction was settled whose process was gone",
        "tx.resolved": "an unknown apply was settled by evidence or by a person",
        "tx.reopened": "an unknown apply went on, to send a step again with its token",
        "op.intended": "a call to AWS was about to be made",
        "op.ended": "the outcome of a call, or that none was recorded",
        "op.recovered": "a call was found without outcome, its process gone",
        "artifact.stored": "an artifact got its row in the index",
    }
)
"""Kind → what it tells. ``<entity>.<what happened>``."""

CREATING = frozenset(
    {
        "plan.drafted",
        "approval.requested",
        "vote.cast",
        "tx.claimed",
        "tx.begun",
        "op.intended",
        "artifact.stored",
    }
)
"""Kinds whose body holds every column of a new row; the other kinds of the same
entities hold the changed columns."""
