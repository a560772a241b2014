"""Looks again after a step, whether the state is what was predicted.

Most services show a change at once, some later: what still looks as before is read a
few times more, and then is ``not yet visible``, which is neither a yes nor a no.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalog import Catalog
from ..diff import Snapshot, SnapshotStatus, diff_step, mask_diff
from ..errors import SmithgateError
from ..execute.target import BoundTarget
from ..operation import Change
from ..policy import Policy
from .states import States, is_readable, reader_of

if TYPE_CHECKING:
    from .apply import SealedStep

WAITS_S = (0.5, 1.5)
"""Waiting before the second and the third look, in seconds; there is no fourth."""
MAX_DIFFERENCES = 20
"""Differences that are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the look after a step said."""

    word: str
    """``yes``, ``no``, ``not yet visible`` or ``unknown``."""
    differences: tuple[dict[str, Any], ...] = ()
    """Per member what was predicted and what was found, masked."""

    def as_dict(self) -> dict[str, Any]:
        """Return what an apply's result says of it."""
        out: dict[str, Any] = {"read_back_as_planned": self.word}
        if self.differences:
            out["differences"] = list(self.differences)
        return out


NOT_READ = Settled("unknown")


class ReadBack:
    """Compares states with predictions after the calls."""

    def __init__(
        self, catalog: Catalog, states: States, sleep: Callable[[float], None]
    ) -> None:
        self._catalog = catalog
        self._states = states
        self._sleep = sleep

    def settle(
        self, tx_id: str, policy: Policy, bound: BoundTarget, step: "SealedStep"
    ) -> Settled:
        """Return how the state compares; never raises for a reader's own failure."""
        if not is_readable(step):
            return NOT_READ
        found = NOT_READ
        for wait_s in (0.0, *WAITS_S):
            if wait_s:
                self._sleep(wait_s)
            try:
                after = self._states.read(
                    tx_id, policy, bound, step.index, step, purpose="after"
                )
            except SmithgateError:
                # The change is made and recorded; only the look at it failed.
                return NOT_READ
            found = self._compare(step, after)
            if found.word in {"yes", "unknown"}:
                return found
        return found

    def _compare(self, step: "SealedStep", after: Snapshot) -> Settled:
        if after.status in {SnapshotStatus.UNKNOWN, SnapshotStatus.NO_READER}:
            return NOT_READ
        if step.operation.change is Change.DELETE:
            gone = after.status is SnapshotStatus.ABSENT
            return Settled("yes" if gone else self._later(step, after))
        if after.status is SnapshotStatus.ABSENT:
            return Settled(self._later(step, after))
        diff = diff_step(step.operation, step.arguments, after)
        compared = [entry for entry in diff.entries if not entry.unknown]
        if all(entry.action == "no-op" for entry in compared):
            created = step.before["status"] == SnapshotStatus.ABSENT
            return Settled("yes" if compared or created else "unknown")
        reader = reader_of(self._catalog, step.operation)
        shown = [
            entry.as_dict()
            for entry in mask_diff(diff, step.operation, reader).entries
            if not entry.unknown and entry.action != "no-op"
        ]
        differences = [
            {"path": one["path"]}
            | {
                name: one[side]
                for side, name in (("after", "predicted"), ("before", "found"))
                if side in one
            }
            for one in shown[:MAX_DIFFERENCES]
        ]
        if len(shown) > MAX_DIFFERENCES:
            differences.append({"path": f"({len(shown) - MAX_DIFFERENCES} more)"})
        return Settled(self._later(step, after), tuple(differences))

    @staticmethod
    def _later(step: "SealedStep", after: Snapshot) -> str:
        """Say whether nothing has moved yet, or something else came out."""
        same = after.digest is not None and after.digest == step.before["digest"]
        return "not yet visible" if same else "no"
