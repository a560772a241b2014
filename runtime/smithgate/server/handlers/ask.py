"""Asking for an approval through the agent's own client, where policy lets it.

A client may answer without a person, so this is off unless policy names it, counts for
the risks it names there only, and wants the resource's name typed again: a bare
"accept" is no answer. Anything but a clear yes leaves the request open for others.
"""

from typing import Any

from ...app import Application
from ...approval.verify import ELICITATION, why_not_unsigned
from ...diff.render import render_steps
from ...plan.card import fold
from ...plan.decide import Booth, Voice
from ...plan.guards import check_plan
from ...plan.outline import sealed_view
from ...plan.resource import resource_name
from ...store import ApprovalState, Ballot, PlanRecord
from ..tool import CallContext, Question

MAX_MESSAGE_CHARS = 6000
FIELD = "resource"


def ask_person(app: Application, plan: PlanRecord, context: CallContext) -> str | None:
    """Ask; record the approval if the answer is one. Return what came of it.

    ``None`` when nobody was asked. Raises ``InputNeeded``, plan and approval errors.
    """
    policy = app.policies.current()
    request = app.store.approval(plan.id)
    is_open = request is not None and request.state is ApprovalState.PENDING
    if context.ask is None or not policy.unsigned.elicitation or not is_open:
        return None
    assert request is not None
    booth = Booth(app.catalog, app.store, policy, app.clock)
    risks = booth.risks(plan)
    if why_not_unsigned(ELICITATION, policy.unsigned, risks, request.count):
        return None
    document = check_plan(plan)
    name = resource_name(app.catalog, document) or plan.id
    digest = str(plan.digest)
    load = app.store.artifacts.get
    view = sealed_view(plan, app.catalog, policy, load, app.clock())
    answer = context.ask(_question(plan.id, digest, view, name))
    if not is_yes(answer, name):
        return "the person at the client did not approve; somebody else may"
    voice = Voice(None, ELICITATION, f"client:{context.client_name or 'unknown'}")
    booth.cast(plan.id, digest, Ballot.GRANT, voice)
    return "approved at the client (elicitation, not signed); call apply"


def is_yes(answer: Any, name: str) -> bool:
    """Say whether an answer is a clear yes with the name typed, and nothing else."""
    if not isinstance(answer, dict) or answer.get("action") != "accept":
        return False
    return bool(answer.get("content") == {FIELD: name})


def _question(plan_id: str, digest: str, view: dict[str, Any], name: str) -> Question:
    target = view["target"]
    where = f"account {target['account']}, region {target['region']}"
    lines = [
        f"Approve plan {plan_id}?",
        fold(f"target {target['name']}: {where}"),
        f"digest {digest}",
        render_steps(view["steps"]),
    ]
    text = "\n".join(lines)
    if len(text) > MAX_MESSAGE_CHARS:
        shown = text[:MAX_MESSAGE_CHARS]
        text = f"{shown}… ({len(text)} characters; `smithgate show {plan_id}` has all)"
    field = {
        "type": "string",
        "title": f"Type {name} to approve",
        "maxLength": 128,
    }
    schema = {"type": "object", "properties": {FIELD: field}, "required": [FIELD]}
    return Question(f"{text}\nTo approve, type: {name}", schema, digest)
