"""One thing that looks wrong about a policy.

Owns the form that all checks of ``lint`` give their findings in.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..operation import Operation

FIRST_NAMES = 5
"""How many operations a finding names."""


class Finding(NamedTuple):
    """What was found, and where."""

    by: str
    """The rule, requirement or freeze, as decisions name it."""
    kind: str
    """A stable word: ``matches-nothing``, ``shadowed``, …"""
    text: str
    """One line for people; goes on after the name."""
    pattern: str | None = None
    """The pattern that it is about; ``None`` for the whole rule."""
    operations: tuple[str, ...] = ()
    """The first operations that it is about."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {**self._asdict(), "operations": list(self.operations)}


def listed(operations: Sequence[Operation]) -> tuple[str, ...]:
    """Return the first ids, sorted."""
    return tuple(sorted(operation.id for operation in operations)[:FIRST_NAMES])
