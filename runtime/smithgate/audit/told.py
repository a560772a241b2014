"""What is known of a chain from outside of its database: checkpoints and a kept head."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import AuditUnavailable, InputError
from ..store.chain import CHAIN
from ..store.checkpoints import read_checkpoints
from ..store.records import Head

_HEAD = re.compile(rf"([0-9]{{1,18}}):({CHAIN}:[0-9a-f]{{64}})")


@dataclass(slots=True)
class Told:
    """The heads that a chain must contain."""

    heads: dict[str, dict[int, str]] = field(default_factory=dict)
    """Store id → sequence number → hash."""
    kept: Head | None = None
    """A head that a person kept."""
    unreadable: int = 0
    """Lines that are no checkpoint."""
    is_new: bool = False
    """No checkpoints are expected: the file is about to be begun."""
    problem: str | None = None
    """Why no checkpoints could be read."""

    @property
    def stores(self) -> set[str]:
        """The stores of which there are checkpoints."""
        return set(self.heads)

    def heads_of(self, store_id: str) -> dict[int, str]:
        """Return what the chain of a store must contain; what a person kept wins."""
        heads = self.heads.get(store_id, {})
        return heads if self.kept is None else heads | {self.kept.seq: self.kept.hash}


def read_told(path: Path, kept: Head | None) -> Told:
    """Return what the checkpoint file and a person tell. Never raises."""
    told = Told(kept=kept)
    try:
        for line in read_checkpoints(path):
            if line is None:
                told.unreadable += 1
            else:
                heads = told.heads.setdefault(line.store_id, {})
                # The first line of an event stands: later ones can only be appended.
                heads.setdefault(line.head.seq, line.head.hash)
    except AuditUnavailable as error:
        told.problem = error.message
    return told


def parse_head(text: str) -> Head:
    """Return the head that a person kept as ``SEQ:HASH``. Raises ``InputError``."""
    found = _HEAD.fullmatch(text)
    if found is None:
        raise InputError(
            f"`{text[:100]}` is no head",
            hint="give --expect SEQ:HASH as `smithgate audit verify` printed it",
        )
    return Head(seq=int(found[1]), hash=found[2])
