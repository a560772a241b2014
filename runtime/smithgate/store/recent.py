"""What happened lately, as a transaction sees it: what limits are counted from.

Owns the counting. What a limit is and who is refused is the caller's business. The
counts are of stored rows, so they survive a restart, and inside a write transaction
nobody else can add one before it ends.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from .records import TxKind
from .rows import rows
from .tables import plans, tx


class Recent:
    """Counts of what was stored lately; good only while its transaction lasts."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now
        """The one time of the transaction."""

    def nth_plan_at(self, number: int) -> datetime | None:
        """Return when the ``number``-th newest plan was drafted; 1 is the newest.

        ``None`` when there are fewer. Failed plans count: they were made.
        """
        newest = select(plans.c.created_at).order_by(plans.c.created_seq.desc())
        found = self._connection.execute(newest.offset(number - 1).limit(1)).scalar()
        return found if isinstance(found, datetime) else None

    def applied_since(
        self, since: datetime
    ) -> list[tuple[datetime, Mapping[str, Any]]]:
        """Return the applies begun after ``since``, oldest first.

        Each with its time and the sealed document of its plan.
        """
        statement = (
            select(tx.c.started_at, plans.c.document)
            .join(plans, plans.c.id == tx.c.plan_id)
            .where(tx.c.kind == TxKind.APPLY, tx.c.started_at > since)
            .order_by(tx.c.created_seq)
        )
        return [
            (row["started_at"], row["document"])
            for row in rows(self._connection, statement)
        ]
