"""What a diff is made of: entries of path, before and after, and their sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .paths import MISSING, Path, show_path

MAX_ENTRIES = 200
"""Entries kept of one diff; the rest is counted in ``omitted``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path of the state: ``before`` or ``after`` is missing where nothing is."""

    path: Path
    action: str
    """``create``, ``update``, ``delete`` or ``no-op``."""
    before: Any = MISSING
    after: Any = MISSING
    unknown: bool = False
    """A side was not read, or is known only after apply."""
    sensitive: bool = False
    """Something of it is masked."""
    where: Path | None = None
    """Where the reader shows it; what drift and read-back look at, never shown."""
    unordered: bool = False
    """A list in which order says nothing."""

    def as_dict(self) -> dict[str, Any]:
        """Return the entry with the sides that are there."""
        out: dict[str, Any] = {"path": show_path(self.path), "action": self.action}
        sides = {"before": self.before, "after": self.after}
        out |= {side: value for side, value in sides.items() if value is not MISSING}
        for flag in ("unknown", "sensitive"):
            if getattr(self, flag):
                out[flag] = True
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The predicted change of one step."""

    status: str
    """``change``, ``unchanged``, ``partial`` (some members compared), ``unknown``."""
    action: str
    """``create``, ``update``, ``replace``, ``delete`` or ``no-op``."""
    entries: tuple[Entry, ...]
    omitted: int = 0
    note: str | None = None
    lost: Mapping[str, Any] = field(default_factory=dict)
    """What goes with a deleted thing: sizes and counts that the read tells."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values; not masked."""
        out: dict[str, Any] = {
            "status": self.status,
            "action": self.action,
            "entries": [entry.as_dict() for entry in self.entries],
            "omitted": self.omitted,
            "note": self.note,
        }
        if self.lost:
            out["lost"] = dict(self.lost)
        return out


def cut(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], int]:
    """Return the entries that are kept, changes first, and how many are left out."""
    if len(entries) <= MAX_ENTRIES:
        return tuple(entries), 0
    changes = [entry for entry in entries if entry.action != "no-op"]
    rest = [entry for entry in entries if entry.action == "no-op"]
    return tuple([*changes, *rest][:MAX_ENTRIES]), len(entries) - MAX_ENTRIES


def status_of(entries: Iterable[Entry]) -> str:
    """Sum entries up; without any there is a change nobody can describe."""
    found = list(entries)
    if any(entry.unknown for entry in found):
        return "partial" if any(not entry.unknown for entry in found) else "unknown"
    changed = any(entry.action != "no-op" for entry in found)
    return "change" if changed or not found else "unchanged"
