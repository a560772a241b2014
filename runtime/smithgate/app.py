"""Wires the runtime together, each part on its first use.

The server answers the handshake with none of the heavy parts (boto3, SQLAlchemy,
schemas) loaded; the first tool call that needs one loads it. Tests and the CLI build
the same application with their own clock, ids and client factory.
"""

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from .policy.source import PolicySource
from .settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from .arguments import Arguments
    from .catalog import Catalog
    from .execute.clients import ClientFactory
    from .execute.gateway import Gateway
    from .execute.identity import Identities
    from .plan import Applier, Planner
    from .plan.readback import ReadBack
    from .plan.resolve import Resolver
    from .plan.states import States
    from .plan.undo import Undoer
    from .store import Store
    from .store.places import Places


CHECKED = "policy-checked"
"""File of the state folder that remembers which policy file parsed last."""


def utc_now() -> "datetime":
    """Return the current time, aware, in UTC."""
    from datetime import UTC, datetime

    return datetime.now(UTC)


class Application:
    """The parts of one process. Raises what each part raises when it is first used."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: "Callable[[], datetime]" = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        clients: "ClientFactory | None" = None,
    ) -> None:
        self.settings = settings
        self.policies = PolicySource(settings.policy, f"{settings.state}/{CHECKED}")
        self.clock = clock
        self._sleep = sleep
        self._clients = clients
        self._lock = threading.RLock()
        self._store: Store | None = None

    @cached_property
    def catalog(self) -> "Catalog":
        """The generated operations."""
        from pathlib import Path

        from .catalog import Catalog

        root = self.settings.generated
        return Catalog(Path(root) if root else Catalog.default_root())

    @cached_property
    def arguments(self) -> "Arguments":
        """Validation and conversion by the generated schemas."""
        from .arguments import Arguments

        return Arguments(self.catalog)

    @cached_property
    def places(self) -> "Places":
        """Where the parts of the store are."""
        from .store.places import Places

        named = self.settings
        return Places.of(named.state, named.audit_key, named.checkpoints)

    @property
    def store(self) -> "Store":
        """The store, opened once; what a dead process left behind is settled first.

        Raises ``AuditUnavailable`` and is tried again on the next use.
        """
        with self._lock:
            if self._store is None:
                from .store import Store

                store = Store.open(self.places, clock=self.clock)
                store.recover()
                self._store = store
            return self._store

    @cached_property
    def gateway(self) -> "Gateway":
        """The choke point to AWS."""
        from . import __version__
        from .execute.clients import Boto3Clients
        from .execute.gateway import Gateway

        clients = self._clients or Boto3Clients(f"smithgate/{__version__}")
        return Gateway(
            self.catalog, self.arguments, self.store, clients, self._sleep, self.clock
        )

    @cached_property
    def identities(self) -> "Identities":
        """Who we are at each target."""
        from .execute.identity import Identities

        return Identities(self.gateway, self.clock)

    @cached_property
    def states(self) -> "States":
        """Reads what steps change."""
        from .plan.states import States

        return States(self.gateway, self.identities)

    @cached_property
    def planner(self) -> "Planner":
        """Makes plans."""
        from .plan import Planner
        from .plan.preflight import Preflight

        return Planner(
            self.catalog,
            self.arguments,
            self.store,
            self.gateway,
            self.states,
            Preflight(self.catalog, self.gateway, self.identities),
            self.clock,
        )

    @cached_property
    def readback(self) -> "ReadBack":
        """Looks whether a state is what was wanted."""
        from .plan.readback import ReadBack

        return ReadBack(self.catalog, self.states, self._sleep)

    @cached_property
    def resolver(self) -> "Resolver":
        """Settles applies of unknown outcome."""
        from .plan.resolve import Resolver

        return Resolver(
            self.catalog,
            self.store,
            self.gateway,
            self.identities,
            self.readback,
            self.clock,
        )

    @cached_property
    def applier(self) -> "Applier":
        """Runs plans."""
        from .plan import Applier

        return Applier(
            self.catalog,
            self.store,
            self.gateway,
            self.identities,
            self.states,
            self.readback,
            self.clock,
            self._sleep,
        )

    @cached_property
    def undoer(self) -> "Undoer":
        """Makes plans that turn applies around."""
        from .plan.undo import Undoer

        return Undoer(self.catalog, self.store, self.planner)

    def close(self) -> None:
        """Close the store if it was opened."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None
