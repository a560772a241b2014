"""Looks again after a step, whether the state is what was predicted.

Most services show a change at once, some later: what still looks as before is read a
few times more, and then is ``not yet visible``, which is neither a yes nor a no.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..catalog import Catalog
from ..diff import Diff, Snapshot, SnapshotStatus, diff_step, mask_diff
from ..diff.entries import Entry
from ..diff.meaning import is_nothing
from ..diff.paths import MISSING, parse_path, show_path
from ..diff.removal import removes
from ..errors import SmithgateError
from ..execute.target import BoundTarget
from ..operation import Confidence
from ..policy import Policy
from .sealed import SealedStep
from .states import States, is_readable, reader_of

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
        self,
        tx_id: str,
        policy: Policy,
        bound: BoundTarget,
        step: SealedStep,
        output: Mapping[str, Any],
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
                    tx_id,
                    policy,
                    bound,
                    step.index,
                    step,
                    purpose="after",
                    output=output,
                )
            except SmithgateError:
                # The change is made and recorded; only the look at it failed.
                return NOT_READ
            found = self._compare(step, after)
            if found.word in {"yes", "unknown"}:
                return found
        return found

    def holds(self, step: SealedStep, state: Snapshot) -> bool:
        """Say whether a state is what a step wants."""
        return self._compare(step, state).word == "yes"

    def _compare(self, step: SealedStep, after: Snapshot) -> Settled:
        if after.status not in {SnapshotStatus.EXISTS, SnapshotStatus.ABSENT}:
            return NOT_READ
        schema = self._catalog.input_schema(step.operation.id)
        diff = diff_step(step.operation, step.arguments, after, schema)
        if diff.status == "unchanged" or _is_gone(step, after):
            return Settled("yes")
        if after.status is SnapshotStatus.ABSENT or not diff.entries:
            made = after.status is SnapshotStatus.EXISTS and _was_absent(step)
            is_blind = after.status is SnapshotStatus.EXISTS and diff.action != "delete"
            word = "unknown" if is_blind else self._later(step, after)
            return Settled("yes" if made else word)
        kept = tuple(e for e in diff.entries if _tells(step, e))
        compared = [entry for entry in kept if not entry.unknown]
        if all(entry.action == "no-op" for entry in compared):
            return Settled("yes" if compared or _was_absent(step) else "unknown")
        reader = reader_of(self._catalog, step.operation)
        shown = mask_diff(replace(diff, entries=kept), step.operation, reader)
        return Settled(self._later(step, after), _differences(shown))

    @staticmethod
    def _later(step: SealedStep, after: Snapshot) -> str:
        """Say whether it has not come yet, or something else came out."""
        same = after.digest is not None and after.digest == step.before["digest"]
        return "not yet visible" if same or is_moving(after.document) else "no"


def _tells(step: SealedStep, entry: Entry) -> bool:
    """Say whether an entry can tell that something else came out than was predicted.

    Not one of a secret that is never shown, of a value that is as good as not set, or
    of what AWS filled in where there was nothing before.
    """
    read = step.operation.read
    hidden = [parse_path(path) for path in read.write_only] if read else []
    if any(entry.path[: len(path)] == path for path in hidden):
        return False
    if entry.action == "delete":
        return not _was_absent(step)
    return entry.action != "create" or not is_nothing(entry.after)


def _is_gone(step: SealedStep, after: Snapshot) -> bool:
    """Say whether what was to be removed is sure to be away."""
    read = step.operation.read
    is_sure = read is not None and read.confidence is not Confidence.LOW
    is_away = after.status is SnapshotStatus.ABSENT
    return is_sure and is_away and removes(step.operation)


def _was_absent(step: SealedStep) -> bool:
    nothing = {SnapshotStatus.ABSENT, SnapshotStatus.NEW}
    return SnapshotStatus(step.before["status"]) in nothing


def _differences(diff: Diff) -> tuple[dict[str, Any], ...]:
    """Return what is not as predicted, member by member."""
    entries = [e for e in diff.entries if not e.unknown and e.action != "no-op"]
    found: list[dict[str, Any]] = []
    for entry in entries[:MAX_DIFFERENCES]:
        sides = {"predicted": entry.after, "found": entry.before}
        known = {name: value for name, value in sides.items() if value is not MISSING}
        found.append({"path": show_path(entry.path), **known})
    if len(entries) > MAX_DIFFERENCES:
        found.append({"path": f"({len(entries) - MAX_DIFFERENCES} more)"})
    return tuple(found)


_STATE = re.compile(r"\w*([sS]tate|[sS]tatus)(Name|Code)?")
_MOVING = re.compile(r"\w*(pending|ing|progress|in_progress|inprogress)", re.IGNORECASE)
_RESTING = re.compile(r"\w*running|pendingdeletion", re.IGNORECASE)
"""What sounds like it moves and is a state that stays."""


def is_moving(document: Any, depth: int = 3) -> bool:
    """Say whether a status in a document speaks of a change that is under way."""
    if depth and isinstance(document, list):
        return any(is_moving(item, depth - 1) for item in document)
    if not depth or not isinstance(document, Mapping):
        return False
    return any(_moves(str(name), value, depth) for name, value in document.items())


def _moves(name: str, value: Any, depth: int) -> bool:
    if _STATE.fullmatch(name):
        word = value.get("Name") if isinstance(value, Mapping) else value
        return isinstance(word, str) and _is_moving_word(word)
    return is_moving(value, depth - 1)


def _is_moving_word(text: str) -> bool:
    word = text.replace("-", "_").replace(" ", "_")
    return bool(_MOVING.fullmatch(word)) and not _RESTING.fullmatch(word)
