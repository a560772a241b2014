"""What undo starts from: a step that took effect, and why it may have no way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..diff import Snapshot
from ..operation import Operation


class CannotUndo(Exception):
    """Why a step cannot be turned around, as a sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that took effect."""

    index: int
    operation: Operation
    arguments: Mapping[str, Any]
    """As they were sent, references resolved."""
    before: Snapshot
    output: Any
    answer: Any = None
    """The reader's whole output of which ``before`` is the selected part."""
