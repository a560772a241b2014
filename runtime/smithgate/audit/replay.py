"""What the rows must be, told by the events alone.

Pure: fed with the events of a sound chain, it keeps what each row must hold and checks
that the told changes of state are ones the state machines have.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..store.kinds import CREATING, KINDS
from ..store.states import FIRST, may_follow

ENTITIES = ("plan", "approval", "vote", "tx", "op", "artifact")


@dataclass(slots=True)
class Expected:
    """One row as the events tell it."""

    created_seq: int
    last_seq: int
    told: dict[str, Any]


@dataclass(slots=True)
class Replay:
    """The rows of all tables, by entity and id."""

    rows: dict[str, dict[str, Expected]] = field(
        default_factory=lambda: {entity: {} for entity in ENTITIES}
    )

    def apply(self, seq: int, kind: str, body: Mapping[str, Any]) -> str | None:
        """Take one event in; return what is wrong with it, if something is."""
        if kind not in KINDS:
            return f"has the unknown kind `{kind}`"
        entity = kind.partition(".")[0]
        if entity not in self.rows:
            return None
        row_id = body.get("id")
        if not isinstance(row_id, str):
            return f"is a {kind} without an id"
        known = self.rows[entity].get(row_id)
        if kind in CREATING:
            return self._create(seq, entity, row_id, body, known)
        if known is None:
            return f"changes {entity} `{row_id}`, which no event created"
        return self._change(seq, entity, row_id, body, known)

    def items(self, entity: str) -> Iterator[tuple[str, Expected]]:
        """Yield the rows of an entity with their ids."""
        yield from self.rows[entity].items()

    def _create(
        self,
        seq: int,
        entity: str,
        row_id: str,
        body: Mapping[str, Any],
        known: Expected | None,
    ) -> str | None:
        if known is not None:
            return f"creates {entity} `{row_id}` a second time"
        first = FIRST.get(entity)
        if first is not None and body.get("state") not in first:
            return f"creates {entity} `{row_id}` in state `{body.get('state')}`"
        self.rows[entity][row_id] = Expected(seq, seq, dict(body))
        return None

    def _change(
        self,
        seq: int,
        entity: str,
        row_id: str,
        body: Mapping[str, Any],
        known: Expected,
    ) -> str | None:
        before, after = known.told.get("state"), body.get("state")
        if not may_follow(entity, str(before), str(after)):
            return f"takes {entity} `{row_id}` from `{before}` to `{after}`"
        known.told.update(body)
        known.last_seq = seq
        return None
