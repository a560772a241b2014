"""The rest of an apply that stopped: the steps that did not run, as a new plan.

A claimed plan never runs again. What its records prove done is left out, and values
that later steps take from it are written out; policy judges the rest and a person
approves it like any other plan.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import OutcomeUnknown, PlanConsumed
from ..store import Store, TxRecord, TxState
from .document import derive_token
from .outcome import proof_of
from .references import KEY, Reference, find_references, replaced, value_of
from .steps import StepRequest


def rest_of(store: Store, plan_id: str) -> tuple[Mapping[str, Any], list[StepRequest]]:
    """Return the sealed target of a plan and the steps that are left of its apply.

    Raises ``PlanNotFound``, ``PlanConsumed`` when nothing is left or no apply has
    stopped, ``OutcomeUnknown`` while a step may have run, ``ReferenceMissing``.
    """
    plan = store.plan(plan_id)
    tx = store.tx_of_plan(plan_id)
    if tx is None or plan.document is None or tx.is_open:
        raise PlanConsumed(
            f"plan `{plan_id}` has no apply that stopped: there is no rest",
            hint="apply it, or look at it with get_plan",
            plan_id=plan_id,
        )
    steps = plan.document["steps"]
    words = [proof_of(tx, index)[0] for index in range(len(steps))]
    _refuse(tx, plan_id, words)
    left = [index for index, word in enumerate(words) if word != "done"]
    rest = _Rest(store, tx, plan_id, steps, left)
    return plan.document["target"], [rest.request(index) for index in left]


def _refuse(tx: TxRecord, plan_id: str, words: Sequence[str]) -> None:
    if tx.state is TxState.UNKNOWN or {"unknown", "partial"} & set(words):
        raise OutcomeUnknown(
            f"a step of plan `{plan_id}` may have run, in part or in whole",
            hint="look at the resource and plan what is left by hand",
            tx_id=tx.id,
            plan_id=plan_id,
        )
    if "failed" not in words and "not sent" not in words:
        raise PlanConsumed(
            f"every step of plan `{plan_id}` ran: nothing is left",
            plan_id=plan_id,
            tx_id=tx.id,
        )


class _Rest:
    """Writes one step of the rest after the other."""

    def __init__(
        self,
        store: Store,
        tx: TxRecord,
        plan_id: str,
        steps: Sequence[Mapping[str, Any]],
        left: Sequence[int],
    ) -> None:
        self._store = store
        self._tx = tx
        self._plan_id = plan_id
        self._steps = steps
        self._number = {index: number for number, index in enumerate(left)}

    def request(self, index: int) -> StepRequest:
        """Return a step with references to what is done resolved, others renumbered."""
        step = self._steps[index]
        arguments = self._written(step["arguments"], index - 1)
        if step["token"] == derive_token(self._plan_id, index):
            # It belongs to the plan that stopped; the new one derives its own.
            arguments = {k: v for k, v in arguments.items() if v != step["token"]}
        wait = step.get("wait")
        return StepRequest(
            step["operation"],
            arguments,
            wait["waiter"] if wait else None,
            self._written(wait["arguments"], index) if wait else None,
        )

    def _written(self, arguments: Mapping[str, Any], latest: int) -> dict[str, Any]:
        return replaced(arguments, find_references(arguments, latest), self._value)

    def _value(self, reference: Reference) -> Any:
        if reference.step in self._number:
            moved = reference._replace(step=self._number[reference.step])
            return {KEY: moved.text}
        _, op = proof_of(self._tx, reference.step)
        stored = op.response_artifact if op else None
        output = self._store.artifacts.get(stored)["response"] if stored else {}
        return value_of(reference, output)
