"""An open store: folder, database, artifacts, lease, and one way to write.

Owns opening and closing, the rows that wait for the next transaction (new artifacts,
begun transactions) and the record of refusals. What is stored is told by ``Store``.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self, TypedDict

from ..errors import ArtifactNotFound, PlanNotFound, SmithgateError, StoreError
from . import approvals, rows, transactions
from .artifacts import ArtifactStore
from .checkpoints import Checkpoints
from .create import open_database
from .database import Database, Unit, read_head
from .folder import prepare_folder
from .index import insert_rows
from .lease import Lease
from .places import ARTIFACTS, Places
from .records import ArtifactRecord, Head, TxKind
from .values import clean_text, random_id, utc_now


class Begun(TypedDict):
    """A transaction that is begun and has no row yet."""

    kind: TxKind
    plan_id: str | None
    requester: str


class Waiting(NamedTuple):
    """Rows that the next transaction writes."""

    artifacts: list[ArtifactRecord]
    begun: dict[str, Begun]


class StoreCore:
    """A folder, its database and its files, open in this process."""

    def __init__(
        self, places: Places, database: Database, new_id: Callable[[str], str]
    ) -> None:
        self.places = places
        self.folder = folder = places.folder
        self.new_id = new_id
        """Makes ids: prefix → id."""
        self.artifacts = ArtifactStore(
            folder / ARTIFACTS, clock=database.clock, seal=database.chain.seal
        )
        self.owner = new_id("own-")
        """The name of this process in what it begins."""
        self._database = database
        self._lease: Lease | None = None
        self._lease_lock = threading.Lock()
        self._begun: dict[str, Begun] = {}
        """Transactions whose row is written with their first record."""

    @classmethod
    def open(
        cls,
        places: Path | Places,
        *,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[str], str] = random_id,
    ) -> Self:
        """Open the store in a folder; create what is missing, 0700 and 0600.

        Raises ``AuditUnavailable``, ``FormatUnknown``, and ``AuditBroken`` for a chain
        that its last checkpoint contradicts.
        """
        if isinstance(places, Path):
            places = Places.of(places)
        prepare_folder(places.folder)
        engine, chain, store_id = open_database(places, clock=clock, new_id=new_id)
        try:
            checkpoints = Checkpoints.open(places.checkpoints, store_id)
        except BaseException:
            engine.dispose()
            raise
        database = Database(engine, clock=clock, chain=chain, checkpoints=checkpoints)
        with database.read() as connection:
            checkpoints.append(read_head(connection), clock())
        return cls(places, database, new_id)

    def mark_of(self, value: Any) -> str:
        """Return the keyed mark of a secret value, for records; see ``Chain``."""
        return self._database.chain.mark_of(value)

    def close(self) -> None:
        """Close the store. What this process left open may then be recovered."""
        try:
            if self.artifacts.has_pending or self._begun:
                with self._write():
                    """The rows that waited for a transaction."""
        finally:
            self._database.dispose()
            with self._lease_lock:
                if self._lease is not None:
                    self._lease.release()
                    self._lease = None

    def artifact(self, artifact_id: str) -> ArtifactRecord:
        """Return what is known of an artifact. Raises ``ArtifactNotFound``."""
        pending = self.artifacts.pending(artifact_id)
        if pending is not None:
            return pending
        with self._database.read() as connection:
            row = rows.artifact_row(connection, artifact_id)
        if row is None:
            raise ArtifactNotFound(
                f"no artifact `{artifact_id[:80]}` is stored",
                hint="use an artifact id as a result gave it",
            )
        return rows.artifact_record(row)

    def head(self) -> Head:
        """Return the end of the event chain, to be kept elsewhere as a checkpoint."""
        with self._database.read() as connection:
            return read_head(connection)

    @contextmanager
    def _write(self) -> Iterator[Unit]:
        """Yield a unit that first writes the rows that wait for it."""
        waiting: Waiting | None = None
        try:
            with self._database.write() as unit:
                # Taken and given back while the database is ours: the op of another
                # thread may refer to one of these rows, and begins when we are done.
                waiting = self._take_waiting()
                try:
                    self._insert(unit, waiting)
                    yield unit
                except BaseException:
                    self._give_back(waiting)
                    waiting = None
                    raise
        except BaseException:
            if waiting is not None:  # the commit itself failed
                self._give_back(waiting)
            raise

    def _take_waiting(self) -> Waiting:
        with self._lease_lock:
            begun, self._begun = self._begun, {}
        return Waiting(self.artifacts.take_pending(), begun)

    def _give_back(self, waiting: Waiting) -> None:
        self.artifacts.give_back(waiting.artifacts)
        with self._lease_lock:
            self._begun = waiting.begun | self._begun

    def _insert(self, unit: Unit, waiting: Waiting) -> None:
        insert_rows(unit, waiting.artifacts)
        for tx_id, row in waiting.begun.items():
            # A commit that reported a failure may have been durable all the same.
            if not transactions.is_begun(unit.connection, tx_id):
                transactions.begin(unit, tx_id, owner=self.owner, **row)

    def _begin_later(self, tx_id: str, row: Begun) -> None:
        """Have a transaction's row written with its first record."""
        with self._lease_lock:
            self._begun[tx_id] = row

    @contextmanager
    def _refusals(self, what: str, plan_id: str, by: str | None) -> Iterator[None]:
        """Record a refusal in a transaction of its own, then let it go on."""
        try:
            yield
        except PlanNotFound:
            raise  # there is no plan to record it of, and the id is anybody's text
        except StoreError:
            raise
        except SmithgateError as refusal:
            try:
                with self._write() as unit:
                    approvals.record_expiry(unit, plan_id)
                    told = {"plan_id": plan_id, "what": what, "code": refusal.code}
                    if by is not None:
                        told["by"] = clean_text(by)
                    unit.event("refusal.recorded", told)
            except StoreError as unavailable:
                # It stays refused; that nobody could write it down is the cause shown.
                raise refusal from unavailable
            raise

    def _hold_lease(self) -> None:
        """Take this process's lease before anything is begun.

        Raises ``AuditUnavailable``, also while a checkpoint is owed.
        """
        self._database.checkpoints.settle()
        with self._lease_lock:
            if self._lease is None:
                self._lease = Lease.take(self.folder, self.owner)
