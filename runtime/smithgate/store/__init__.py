"""The stores: plans, approvals, transactions, ops, artifacts, and their event chain.

Owns what is durable. Deciding (policy), sealing (plan) and calling AWS (execute) are
elsewhere. Importing the package is cheap: ``Store`` and ``ArtifactStore`` load the
database layer at first use.
"""

from typing import TYPE_CHECKING, Any

from .records import (
    ApprovalRecord,
    ApprovalState,
    ArtifactKind,
    ArtifactRecord,
    Ballot,
    ClaimView,
    Head,
    OpRecord,
    OpState,
    PlanRecord,
    PlanState,
    Purpose,
    Recovered,
    ResumeView,
    Signed,
    TxKind,
    TxRecord,
    TxState,
    VoteRecord,
)
from .values import random_id, utc_now

if TYPE_CHECKING:
    from .artifacts import ArtifactStore
    from .store import Store

__all__ = [
    "ApprovalRecord",
    "ApprovalState",
    "ArtifactKind",
    "ArtifactRecord",
    "ArtifactStore",
    "Ballot",
    "ClaimView",
    "Head",
    "OpRecord",
    "OpState",
    "PlanRecord",
    "PlanState",
    "Purpose",
    "Recovered",
    "ResumeView",
    "Signed",
    "Store",
    "TxKind",
    "TxRecord",
    "TxState",
    "VoteRecord",
    "random_id",
    "utc_now",
]


def __getattr__(name: str) -> Any:
    """Load the two heavy classes when they are asked for."""
    if name == "Store":
        from .store import Store

        return Store
    if name == "ArtifactStore":
        from .artifacts import ArtifactStore

        return ArtifactStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
