"""Refuses an apply whose state is not the planned one, member by member (I9)."""

from collections.abc import Sequence
from typing import Any

from ..catalog import Catalog
from ..diff import Snapshot, restore_snapshot
from ..diff.drift import drift, mask_drift
from ..errors import PlanStale
from ..store import Store
from .sealed import SealedStep
from .states import reader_of

NAMED = 5
"""Members that the message names; ``drift`` holds them all, with three sides."""


def refuse_drift(
    catalog: Catalog,
    store: Store,
    steps: Sequence[SealedStep],
    now: Sequence[Snapshot],
) -> None:
    """Compare every step's state with the sealed one.

    Raises ``PlanStale`` with what each member was planned from, is now and was wanted
    to become; secrets are masked.
    """
    changed: list[str] = []
    details: list[dict[str, Any]] = []
    for step, current in zip(steps, now, strict=True):
        operation = step.operation
        planned = restore_snapshot(
            operation, step.arguments, step.before, store.artifacts.get
        )
        found = drift(operation, step.arguments, planned, current)
        shown = mask_drift(found, operation, reader_of(catalog, operation))
        changed += [f"{operation.id} {one['path']}" for one in shown]
        details += [
            {"step": step.index, "operation": operation.id, **one} for one in shown
        ]
    if changed:
        raise PlanStale(
            f"the state changed after planning: {', '.join(changed[:NAMED])}",
            hint="plan again and ask for a new approval",
            changed=changed,
            drift=details,
        )
