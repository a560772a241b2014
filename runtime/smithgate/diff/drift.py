"""Drift: what changed between plan and apply, as planned from, now and wanted.

The digest of a snapshot decides; this names the members, so that a person sees at once
whether somebody else did the change, undid it or did another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..operation import Operation
from .compare import diff_step
from .concrete import concrete
from .entries import Entry
from .masking import Side, mask_value
from .meaning import same
from .paths import MISSING, Path, leaves, parse_document_path, show_path
from .snapshot import Snapshot, SnapshotStatus, watched_paths
from .values import look
from .volatile import stable

MAX_DRIFT = 20
"""Members of one step that are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Drifted:
    """One member that is not what the plan was made from."""

    path: Path
    where: Path | None
    planned: Any
    now: Any
    wanted: Any = MISSING
    """What the plan would make of it; missing for members it leaves alone."""

    def as_dict(self) -> dict[str, Any]:
        """Return the sides that are there."""
        sides = {"planned": self.planned, "now": self.now, "wanted": self.wanted}
        known = {name: v for name, v in sides.items() if v is not MISSING}
        return {"path": show_path(self.path), **known}


def has_drifted(planned: Snapshot, now: Snapshot) -> bool:
    """Say whether the state is another one than the plan was made from.

    Only ever called with two snapshots of the same operation and arguments. A state
    that could be read for the plan and cannot be read now counts as drift.
    """
    blind = {
        SnapshotStatus.NO_READER,
        SnapshotStatus.UNKNOWN,
        SnapshotStatus.LATER,
    }
    if planned.digest is None and planned.status in blind:
        return False
    return planned.digest != now.digest


def drift(
    operation: Operation,
    arguments: Mapping[str, Any],
    planned: Snapshot,
    now: Snapshot,
) -> list[Drifted]:
    """Return the members that differ; empty means no drift. Not masked."""
    if not has_drifted(planned, now):
        return []
    operation = concrete(operation, arguments)
    if planned.status is not now.status:
        reason = f" ({now.reason})" if now.reason else ""
        state = f"{now.status}{reason}"
        return [Drifted(("(state)",), None, str(planned.status), state)]
    wanted = {
        entry.where: entry
        for entry in diff_step(operation, arguments, planned).entries
        if entry.where is not None
    }
    found = list(_wanted_ones(wanted, planned, now))
    named = [one.where for one in found if one.where]
    found += [
        one
        for one in _others(operation, planned, now)
        if not any(one.where == n[: len(one.where or ())] for n in named)
        and not any(n == (one.where or ())[: len(n)] for n in named)
    ]
    return found or [Drifted(("(document)",), None, MISSING, MISSING)]


def _wanted_ones(
    wanted: Mapping[Path, Entry], planned: Snapshot, now: Snapshot
) -> Iterator[Drifted]:
    for where, entry in wanted.items():
        before, current = look(planned.document, where), look(now.document, where)
        if not same(stable(before), stable(current), unordered=entry.unordered):
            yield Drifted(entry.path, where, before, current, entry.after)


def _others(
    operation: Operation, planned: Snapshot, now: Snapshot
) -> Iterator[Drifted]:
    """Yield what differs among the members that the plan leaves alone."""
    paths = watched_paths(operation, planned.document)
    watched = [parse_document_path(path) for path in paths]
    if watched:
        sides = [
            {path: stable(look(s.document, path)) for path in watched}
            for s in (planned, now)
        ]
    else:
        sides = [dict(leaves(stable(s.document))) for s in (planned, now)]
    for path in sorted({*sides[0], *sides[1]}):
        before, current = (side.get(path, MISSING) for side in sides)
        if not same(before, current):
            yield Drifted(path, path, before, current)


def mask_drift(
    found: list[Drifted], operation: Operation, reader: Operation | None
) -> list[dict[str, Any]]:
    """Return the members as JSON values without secrets, at most ``MAX_DRIFT``."""
    side = Side(operation, reader)
    shown = [
        Drifted(
            one.path,
            one.where,
            mask_value(side, one.path, one.where, one.planned),
            mask_value(side, one.path, one.where, one.now),
            mask_value(side, one.path, one.where, one.wanted),
        ).as_dict()
        for one in found[:MAX_DRIFT]
    ]
    left = len(found) - MAX_DRIFT
    return [*shown, {"path": f"({left} more)"}] if left > 0 else shown
