"""A plan's view, as it is listed and as it is decided on, out of an application."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from ..catalog import Catalog
from ..policy.source import PolicySource
from ..store import PlanState, Store
from .outline import sealed_view
from .view import plan_view


class Parts(Protocol):
    """What is needed of an application."""

    policies: PolicySource
    clock: Callable[[], datetime]

    @property
    def catalog(self) -> Catalog:
        """The generated operations."""
        ...

    @property
    def store(self) -> Store:
        """The store."""
        ...


def view_of(app: Parts, plan_id: str) -> dict[str, Any]:
    """Return a plan's view. Raises ``PlanNotFound``."""
    store = app.store
    return plan_view(
        store.plan(plan_id),
        store.approval(plan_id),
        store.tx_of_plan(plan_id),
        app.clock(),
    )


def card_view(app: Parts, plan_id: str) -> dict[str, Any]:
    """Return a plan's view for somebody who decides: what is sealed, not what is listed.

    Raises ``PlanNotFound``, and ``PlanStale`` for a plan that was edited in the store.
    """
    view = view_of(app, plan_id)
    plan = app.store.plan(plan_id)
    if plan.state is not PlanState.PLANNED:
        return view
    load = app.store.artifacts.get
    policy = app.policies.current()
    return view | sealed_view(plan, app.catalog, policy, load, app.clock())
