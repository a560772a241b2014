"""What the console knows and does: the plans that wait, and an approver's word."""

from collections.abc import Mapping
from typing import Any

from ..app import Application
from ..errors import ApprovalRefused, SmithgateError
from ..plan.cards import card_view, view_of
from ..plan.decide import Booth, Voice
from ..plan.guards import check_plan
from ..plan.resource import resource_name
from ..store import Ballot

LIMIT = 100
"""Plans that are looked at for those that wait."""


class Desk:
    """One approver with an unlocked key."""

    def __init__(self, app: Application, voice: Voice) -> None:
        self._app = app
        self._voice = voice

    @property
    def who(self) -> str:
        """Who decides here."""
        if self._voice.signer is None:
            return f"{self._voice.name}, NOT SIGNED"
        name = self._booth().approver(self._voice.signer).name
        return f"{name} · {self._voice.signer.key.fingerprint}"

    def waiting(self) -> list[dict[str, Any]]:
        """Return the plans that can be decided on, newest first."""
        views = [view_of(self._app, plan.id) for plan in self._app.store.plans(LIMIT)]
        return [
            view | {"about": self._about(view["plan_id"])}
            for view in views
            if self.is_open(view)
        ]

    def _about(self, plan_id: str) -> str:
        """Return what a plan acts on first; a plan that was changed has its own page."""
        try:
            return self.words(plan_id)[0]
        except SmithgateError:
            return plan_id

    def view(self, plan_id: str) -> dict[str, Any]:
        """Return what is decided on. Raises plan errors."""
        return card_view(self._app, plan_id)

    def is_open(self, view: Mapping[str, Any]) -> bool:
        """Say whether a plan can be decided on."""
        approval = view["approval"]
        is_asked = approval is not None and approval["state"] in {"Pending", "Granted"}
        return is_asked and not view["is_expired"] and view["tx"] is None

    def words(self, plan_id: str) -> list[str]:
        """Return what may be typed to confirm. Raises plan errors."""
        plan = self._app.store.plan(plan_id)
        if plan.document is None:
            return [plan_id]
        name = resource_name(self._app.catalog, check_plan(plan))
        return [plan_id] if name is None else [name, plan_id]

    def decide(self, plan_id: str, form: Mapping[str, str]) -> str:
        """Record a word; return what has become of the request, for the page's title.

        Raises approval and plan errors.
        """
        decision = form["decision"]
        if decision not in {Ballot.GRANT, Ballot.DENY}:
            raise ApprovalRefused("a decision is `grant` or `deny`", plan_id=plan_id)
        if form["confirm"].strip() not in self.words(plan_id):
            raise ApprovalRefused(
                "what was typed is neither the plan's id nor the resource's name",
                hint="go back and type it as it is shown",
                plan_id=plan_id,
            )
        record = self._booth().cast(
            plan_id,
            form["digest"],
            Ballot(decision),
            self._voice,
            form["note"] or None,
        )
        return f"{record.state} ({record.granted} of {record.count})"

    def _booth(self) -> Booth:
        app = self._app
        return Booth(app.catalog, app.store, app.policies.current(), app.clock)
