"""One request against the state it was planned from, and what that says by itself.

Owns whether the thing, or the tie, is there already, and the note that a reader of the
diff has to have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..operation import Change, Confidence, How, Operation
from .hidden import hidden_note
from .paths import Path, get_path, selecting_path
from .snapshot import Snapshot, SnapshotStatus

PARTS = frozenset({How.KEYS, How.ADD, How.CHANGES, How.EVERY, How.PATCH, How.REMOVE})
"""Relations to a part of what is shown, which is then no tie itself."""
AGAIN = "it may act again, or on another version, where nothing that is shown differs"
NOTES = {
    SnapshotStatus.NEW: "the call gives it its id: nothing can be there before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request against the state it was planned from."""

    operation: Operation
    arguments: Mapping[str, Any]
    snapshot: Snapshot
    maps: frozenset[Path] = field(default=frozenset())


def is_made_already(request: Request) -> bool:
    """Say whether what a create or a tie makes is there."""
    return (
        request.snapshot.status is SnapshotStatus.EXISTS
        and (request.operation.change is Change.CREATE or is_tie(request.operation))
        and are_all_there(request)
    )


def are_all_there(request: Request) -> bool:
    """Say whether as many were found as the request names."""
    read, document = request.operation.read, request.snapshot.document
    found = len(document) if isinstance(document, list) else 1
    asked = (
        get_path(request.arguments, selecting_path(path))
        for path in (read.match.values() if read else ())
    )
    return all(len(value) <= found for value in asked if isinstance(value, list))


def is_tie(operation: Operation) -> bool:
    """Say whether the document is the tie itself: there, or not there."""
    read = operation.read
    ties = {Change.ATTACH, Change.DETACH}
    if operation.change not in ties or read is None or not read.match:
        return False
    return not set(read.how.values()) & PARTS


def note_of(request: Request) -> str | None:
    """Return what a reader of the diff has to know of the state it was made from."""
    snapshot, read = request.snapshot, request.operation.read
    if snapshot.reason is not None:
        return f"before state unknown: {snapshot.reason}"
    if read and read.repeats and snapshot.status is SnapshotStatus.EXISTS:
        return AGAIN
    if is_made_already(request) and request.operation.change is Change.CREATE:
        return "it exists already: the create may fail or change nothing"
    if read and read.container and snapshot.status is SnapshotStatus.EXISTS:
        return "only what contains the change could be read"
    if (
        read
        and read.confidence is Confidence.LOW
        and snapshot.status in {SnapshotStatus.EXISTS, SnapshotStatus.ABSENT}
    ):
        return "what was read may be something else: nothing but names says it belongs"
    if snapshot.status is SnapshotStatus.EXISTS:
        return hidden_note(request.operation, request.arguments)
    return NOTES.get(snapshot.status)
