"""``undo``: a new plan that brings back what an apply found, planned like any other.

Derived from records only: the sealed steps, the state they were planned from and the
stored responses. Policy judges it, a person approves it, it is applied once.
"""

from collections.abc import Mapping
from typing import Any

from ..catalog import Catalog
from ..diff import restore_snapshot
from ..errors import CannotBeUndone, OutcomeUnknown
from ..execute.target import BoundTarget
from ..policy import Policy
from ..store import OpState, PlanRecord, Store, TxKind, TxRecord, TxState
from .done import CannotUndo, Done
from .inverse import Inverter
from .planner import Planner
from .references import resolved
from .steps import StepRequest


class Undoer:
    """Makes plans that turn applies around."""

    def __init__(self, catalog: Catalog, store: Store, planner: Planner) -> None:
        self._catalog = catalog
        self._store = store
        self._planner = planner
        self._inverter = Inverter(catalog)

    def undo(
        self, policy: Policy, tx_id: str, *, requester: str, reason: str
    ) -> PlanRecord:
        """Return a sealed plan that undoes an apply, its last step first.

        Raises ``OutcomeUnknown`` for an apply of unknown outcome, ``CannotBeUndone``
        with the reason for each step that has no way back, and what planning raises.
        """
        tx = self._store.tx(tx_id)
        plan = self._plan_of(tx)
        document = plan.document
        assert document is not None
        sealed = document["target"]
        place = policy.target(sealed["name"], sealed["region"])
        bound = BoundTarget(*place, principal=requester)
        if bound.as_dict() != sealed:
            raise CannotBeUndone(
                f"target `{sealed['name']}` is not what plan `{plan.id}` was made for",
                hint="look at the policy's targets",
                tx_id=tx_id,
            )
        steps = self._inverted(tx, document)
        return self._planner.plan(
            policy, bound, steps, requester=requester, reason=reason
        )

    def _plan_of(self, tx: TxRecord) -> PlanRecord:
        """Return the plan of an apply that is over, and known to be."""
        if tx.kind is not TxKind.APPLY or tx.plan_id is None:
            raise CannotBeUndone(
                f"`{tx.id}` only read: there is nothing to undo", tx_id=tx.id
            )
        if tx.state is TxState.UNKNOWN:
            raise OutcomeUnknown(
                f"the outcome of `{tx.id}` is unknown: undoing it could do more harm",
                hint="look at the resource, then `smithgate resolve`",
                tx_id=tx.id,
            )
        if tx.is_open:
            raise CannotBeUndone(
                f"`{tx.id}` is under way", hint="wait until it has ended", tx_id=tx.id
            )
        return self._store.plan(tx.plan_id)

    def _inverted(self, tx: TxRecord, document: Mapping[str, Any]) -> list[StepRequest]:
        requests: list[StepRequest] = []
        reasons: list[dict[str, Any]] = []
        for done in reversed(self._done(tx, document)):
            try:
                requests += self._inverter.invert(done)
            except CannotUndo as problem:
                named = {"step": done.index, "operation": done.operation.id}
                reasons.append(named | {"why": str(problem)})
        if reasons:
            first = reasons[-1]
            raise CannotBeUndone(
                f"step {first['step']} ({first['operation']}) cannot be undone: "
                f"{first['why']}",
                hint="plan what is left of it by hand; nothing was planned",
                tx_id=tx.id,
                steps=reasons[::-1],
            )
        if not requests:
            raise CannotBeUndone(
                f"`{tx.id}` changed nothing: there is nothing to undo", tx_id=tx.id
            )
        return requests

    def _done(self, tx: TxRecord, document: Mapping[str, Any]) -> list[Done]:
        """Return the steps that took effect, in the order they ran."""
        outputs = {
            op.step: self._store.artifacts.get(op.response_artifact)["response"]
            for op in tx.ops
            if op.purpose == "apply"
            and op.state is OpState.SUCCEEDED
            and op.step is not None
            and op.response_artifact is not None
        }
        found = []
        for index, step in enumerate(document["steps"]):
            if index not in outputs:
                continue
            operation = self._catalog.operation(step["operation"])
            arguments = resolved(step["arguments"], index - 1, outputs.__getitem__)
            sealed, load = step["before"], self._store.artifacts.get
            before = restore_snapshot(operation, arguments, sealed, load)
            answer = load(sealed["artifact"])["response"] if sealed["artifact"] else {}
            done = Done(index, operation, arguments, before, outputs[index], answer)
            found.append(done)
        return found
