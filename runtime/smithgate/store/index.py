"""The artifacts table: an index of the files, written by whatever commits next."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from .database import Unit
from .records import ArtifactRecord
from .tables import artifacts


def insert_rows(unit: Unit, records: Sequence[ArtifactRecord]) -> None:
    """Insert the rows that are missing; a file stored again has its row already."""
    if not records:
        return
    ids = [record.id for record in records]
    statement = select(artifacts.c.id).where(artifacts.c.id.in_(ids))
    known = set(unit.connection.execute(statement).scalars())
    for record in records:
        if record.id not in known:
            unit.insert("artifact", "stored", asdict(record))
