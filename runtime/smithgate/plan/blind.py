"""Steps whose state before is not known: policy says whether they may go on.

A reader may be missing, denied or failing; then nobody sees what is lost, drift cannot
be told, and undo has nothing to go by. What leaves no state, makes a new thing, or
follows on an earlier step of the same plan is not blind.
"""

from ..diff import SnapshotStatus
from ..operation import Change, Operation, Unreadable
from ..policy import Decision, Effect, Policy, Reason

_STRICTNESS = {Effect.ALLOW: 0, Effect.APPROVE: 1, Effect.DENY: 2}
_NOT_KNOWN = frozenset({SnapshotStatus.UNKNOWN, SnapshotStatus.NO_READER})


def is_blind(operation: Operation, status: SnapshotStatus) -> bool:
    """Say whether a step changes a state that could have been read, and was not."""
    if operation.change is Change.NONE or status not in _NOT_KNOWN:
        return False
    if status is SnapshotStatus.NO_READER:
        return not (
            operation.unreadable is Unreadable.NO_STATE
            or operation.change is Change.CREATE
        )
    return True


def with_blind(
    policy: Policy, operation: Operation, decision: Decision, status: SnapshotStatus
) -> Decision:
    """Return the decision, or the stricter one that ``blind`` asks for."""
    wanted = policy.blind.get(str(decision.risk), Effect.ALLOW)
    if not is_blind(operation, status) or (
        _STRICTNESS[wanted] <= _STRICTNESS[decision.effect]
    ):
        return decision
    by = f"blind.{decision.risk}"
    text = "the state before cannot be read"
    approval = decision.approval
    if wanted is Effect.APPROVE:
        approval = approval or policy.approvals[str(decision.risk)]
    return decision._replace(
        effect=wanted,
        decided_by=by,
        reasons=(Reason(by, wanted, text), *decision.reasons),
        approval=approval if wanted is Effect.APPROVE else None,
    )
