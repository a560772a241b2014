"""What is shown of a step: masked, from its operation, its arguments and what was read.

Used twice: when a plan is made, for its stored view, and when somebody decides, from
the sealed document, so that nobody signs a digest while looking at an edited view.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..catalog import Catalog
from ..diff import (
    Snapshot,
    SnapshotStatus,
    diff_step,
    mask_diff,
    restore_snapshot,
)
from ..operation import Operation
from ..policy import Decision, Policy
from ..policy.raised import decide_raised, request_for, risk_view
from ..redact import mask, mask_credentials
from ..store import PlanRecord
from .guards import check_plan
from .references import shown, unresolved
from .waits import Wait


class Seen(Protocol):
    """A step, on its way into a document or out of one."""

    @property
    def index(self) -> int:
        """Its place in the plan."""
        ...

    @property
    def operation(self) -> Operation:
        """The declaration."""
        ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The request; references as they are written."""
        ...

    @property
    def wait(self) -> Wait | None:
        """What has to be content before the next step."""
        ...


def outline(
    catalog: Catalog, step: Seen, decision: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is shown of a step before its state is read."""
    operation = step.operation
    masked = mask(step.arguments, operation.sensitive)
    view = {
        "operation": operation.id,
        "summary": catalog.entry(operation.id).summary,
        **risk_view(operation, unresolved(step.arguments, step.index - 1)),
        "change": str(operation.change),
        "arguments": mask_credentials(masked.value),
        "masked": list(masked.paths),
        "iam_actions": list(operation.iam_actions),
        "decision": decision,
    }
    return view if step.wait is None else view | {"wait": step.wait.as_dict()}


def step_view(
    catalog: Catalog, step: Seen, decision: Mapping[str, Any], snapshot: Snapshot
) -> dict[str, Any]:
    """Return what is shown of a step whose state was read: with before and after."""
    read = step.operation.read
    reader = (
        catalog.operation(read.operation)
        if read and snapshot.status is SnapshotStatus.EXISTS
        else None
    )
    seen = shown(step.arguments, step.index - 1)
    schema = catalog.input_schema(step.operation.id)
    diff = diff_step(step.operation, seen, snapshot, schema)
    return outline(catalog, step, decision) | {
        "before": {
            "status": str(snapshot.status),
            "reader": snapshot.reader,
            "op_id": snapshot.op_id,
        },
        "diff": mask_diff(diff, step.operation, reader).as_dict(),
    }


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A step out of a sealed document."""

    index: int
    operation: Operation
    arguments: Mapping[str, Any]
    wait: Wait | None


def sealed_view(
    plan: PlanRecord,
    catalog: Catalog,
    policy: Policy,
    load: Callable[[str], Any],
    now: datetime,
) -> dict[str, Any]:
    """Return what the sealed document says, for the person who decides on it.

    Nothing is taken from the stored view but what preflight found. Under another policy than the plan's the
    recorded decisions are kept: such a plan cannot be approved. ``load`` gives a stored
    response. Raises ``PlanFailed`` and ``PlanStale`` for a plan that is not intact, and
    store errors for responses that are not.
    """
    document = check_plan(plan)
    is_current = document["policy_digest"] == policy.digest
    views = []
    for index, step in enumerate(document["steps"]):
        operation = catalog.operation(step["operation"])
        wait = Wait(**step["wait"]) if "wait" in step else None
        seen = _Sealed(index, operation, step["arguments"], wait)
        decision = (
            _judge(policy, document, seen, now).as_dict()
            if is_current
            else plan.view["steps"][index]["decision"]
        )
        snapshot = restore_snapshot(operation, step["arguments"], step["before"], load)
        view = step_view(catalog, seen, decision, snapshot)
        view["risk_source"] = catalog.risk_source(operation.id)
        if "preflight" in plan.view["steps"][index]:
            # Only told, decided on by nobody but the reader: it is not in the seal.
            view["preflight"] = plan.view["steps"][index]["preflight"]
        views.append(view)
    return {
        "requester": document["requester"],
        "target": document["target"],
        "steps": views,
    }


def _judge(
    policy: Policy, document: Mapping[str, Any], step: _Sealed, now: datetime
) -> Decision:
    arguments = unresolved(step.arguments, step.index - 1)
    sealed = document["target"]
    request = request_for(
        step.operation,
        *policy.target(sealed["name"], sealed["region"]),
        arguments,
        principal=document["requester"],
        now=now,
    )
    return decide_raised(policy, request)
