"""Applies a sealed plan once: guard → identity → claim → drift → call → read back.

The claim is one transaction of the store; after it the plan is used up, whatever
happens. What runs is what was sealed (I3), each step is sent at most once (I2), a
changed state refuses before the first step (I9), and a lost reply ends as ``Unknown``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..catalog import Catalog
from ..diff import SnapshotStatus, diff_step, drift, restore_snapshot
from ..errors import OutcomeUnknown, PlanStale, ReplyInvalid, SmithgateError
from ..execute.gateway import Call, Gateway, Reply
from ..execute.identity import Identities
from ..execute.target import BoundTarget
from ..operation import Change, Operation
from ..policy import Policy
from ..store import ClaimView, Store, TxState
from .guards import check_approval, check_fresh, check_plan
from .planner import Planner


@dataclass(frozen=True, slots=True)
class SealedStep:
    """One step out of a sealed document."""

    index: int
    operation: Operation
    arguments: Mapping[str, Any]
    token: str | None
    before: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of one applied step."""

    step: SealedStep
    reply: Reply
    settled: str
    """Read back as predicted: ``yes``, ``no`` (not, or not yet, visible), ``unknown``."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A finished apply."""

    tx_id: str
    outcomes: tuple[StepOutcome, ...]


class Applier:
    """Runs plans."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        gateway: Gateway,
        identities: Identities,
        planner: Planner,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._gateway = gateway
        self._identities = identities
        self._planner = planner
        self._clock = clock

    def apply(self, policy: Policy, plan_id: str) -> Applied:
        """Apply a plan.

        Raises plan, approval, policy and store errors before anything was sent, and
        execution errors with the ``tx_id`` after the claim.
        """
        plan = self._store.plan(plan_id)
        self._refuse_consumed(plan_id)
        document = check_plan(plan)
        check_fresh(plan, policy, self._catalog, self._clock())
        check_approval(plan, self._store.approval(plan_id), self._clock())
        sealed = document["target"]
        target, region = policy.target(sealed["name"], sealed["region"])
        bound = BoundTarget(target, region)
        self._check_identity(policy, bound, plan_id, plan.requester)

        def guard(view: ClaimView) -> None:
            now = self._clock()
            check_fresh(view.plan, policy, self._catalog, now)
            check_approval(view.plan, view.approval, now)
            if view.plan.document is None or view.plan.document["target"] != (
                bound.as_dict()
            ):
                raise PlanStale(
                    f"target `{target.name}` is not what plan `{plan_id}` was made for",
                    hint="plan again",
                    plan_id=plan_id,
                    changed=["target"],
                )

        tx_id = self._store.claim(plan_id, check=guard)
        return self._run(tx_id, policy, bound, self._steps(document))

    def _refuse_consumed(self, plan_id: str) -> None:
        """Answer a repeated apply early; the claim refuses it in any case."""
        self._store.refuse_claimed(plan_id)

    def _check_identity(
        self, policy: Policy, bound: BoundTarget, plan_id: str, requester: str
    ) -> None:
        """Ask who we are, fresh, in a transaction of its own."""
        tx_id = self._store.begin("read", plan_id=plan_id, requester=requester)
        try:
            self._identities.caller(tx_id, policy, bound, fresh=True)
        except SmithgateError as error:
            self._store.end(tx_id, TxState.FAILED, error.as_dict())
            raise
        self._store.end(tx_id, TxState.DONE, None)

    def _steps(self, document: Mapping[str, Any]) -> list[SealedStep]:
        return [
            SealedStep(
                index,
                self._catalog.operation(step["operation"]),
                step["arguments"],
                step["token"],
                step["before"],
            )
            for index, step in enumerate(document["steps"])
        ]

    def _run(
        self, tx_id: str, policy: Policy, bound: BoundTarget, steps: list[SealedStep]
    ) -> Applied:
        """Run the claimed steps and end the transaction, whatever happens."""
        try:
            self._refuse_drift(tx_id, policy, bound, steps)
            replies = [self._send(tx_id, policy, bound, step) for step in steps]
        except SmithgateError as error:
            lost = isinstance(error, OutcomeUnknown | ReplyInvalid)
            error.fields.setdefault("tx_id", tx_id)
            self._store.end(
                tx_id, TxState.UNKNOWN if lost else TxState.FAILED, error.as_dict()
            )
            raise
        except BaseException as error:
            # A fault of ours or an interrupt: what was sent may have run.
            note = OutcomeUnknown(f"apply was cut off by {type(error).__name__}")
            self._store.end(tx_id, TxState.UNKNOWN, note.as_dict())
            raise
        settled = self._read_back(tx_id, policy, bound, steps)
        self._store.end(tx_id, TxState.APPLIED, None)
        return Applied(
            tx_id,
            tuple(
                StepOutcome(step, reply, word)
                for step, reply, word in zip(steps, replies, settled, strict=True)
            ),
        )

    def _refuse_drift(
        self, tx_id: str, policy: Policy, bound: BoundTarget, steps: list[SealedStep]
    ) -> None:
        """Read every step's state again; raise ``PlanStale`` with what changed."""
        if all(step.before["digest"] is None for step in steps):
            return
        now = self._planner.snapshots(tx_id, policy, bound, steps, "before")
        changed = []
        for step, current in zip(steps, now, strict=True):
            planned = restore_snapshot(
                step.operation, step.before, self._store.artifacts.get
            )
            changed += [
                f"{step.operation.id} {path}"
                for path in drift(step.operation, planned, current)
            ]
        if changed:
            raise PlanStale(
                f"the state changed after planning: {', '.join(changed[:5])}",
                hint="plan again and ask for a new approval",
                changed=changed,
            )

    def _send(
        self, tx_id: str, policy: Policy, bound: BoundTarget, step: SealedStep
    ) -> Reply:
        """Send one step through the gateway."""
        caller = self._identities.caller(tx_id, policy, bound, fresh=False)
        call = Call(
            operation=step.operation.id,
            arguments=step.arguments,
            target=bound,
            purpose="apply",
            step=step.index,
            token=step.token,
            granted=True,
        )
        return self._gateway.call(tx_id, policy, call, caller.credentials)

    def _read_back(
        self, tx_id: str, policy: Policy, bound: BoundTarget, steps: list[SealedStep]
    ) -> list[str]:
        """Compare the state after with what was wanted, a word for each step."""
        readable = [s for s in steps if s.operation.read is not None]
        if not readable:
            return ["unknown"] * len(steps)
        try:
            after = self._planner.snapshots(tx_id, policy, bound, steps, "after")
        except SmithgateError:
            # The change is made and recorded; only the look at it failed, and the
            # failed read is an op of its own.
            return ["unknown"] * len(steps)
        words = []
        for step, snapshot in zip(steps, after, strict=True):
            if step.operation.change is Change.DELETE:
                words.append(_settled_delete(snapshot.status))
                continue
            diff = diff_step(step.operation, step.arguments, snapshot)
            compared = [e for e in diff.entries if not e.unknown]
            if snapshot.status is not SnapshotStatus.EXISTS or not compared:
                words.append("unknown")
            else:
                clean = all(entry.action == "no-op" for entry in compared)
                words.append("yes" if clean else "no")
        return words


def _settled_delete(status: SnapshotStatus) -> str:
    """Say whether a deleted thing is gone."""
    return {SnapshotStatus.ABSENT: "yes", SnapshotStatus.EXISTS: "no"}.get(
        status, "unknown"
    )
