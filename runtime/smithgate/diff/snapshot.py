"""The state before a change: one reader call, its meaning, and drift against it.

``absent`` means the reader proved that nothing is there; anything else that kept the
state from being read is ``unknown`` with the reason, never "unchanged" (I12).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..canonical import digest_of
from ..errors import AwsRefused, SmithgateError, StoreError
from ..operation import Change, Operation, Read, Unreadable
from .absence import says_absent
from .asking import Reader, add_key, request_of
from .concrete import concrete
from .paths import (
    MISSING,
    get_path,
    leaves,
    parse_document_path,
    selecting_path,
)
from .selecting import Selected, select
from .values import look
from .volatile import stable


class SnapshotStatus(StrEnum):
    """What a reader call proved."""

    EXISTS = "exists"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NO_READER = "no_reader"
    LATER = "later"
    """An earlier step of the plan changes it, or tells what it is, first."""
    NEW = "new"
    """The call itself gives the thing its id: nothing can be there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state that one step will change, as read."""

    status: SnapshotStatus
    document: Any = None
    """The selected part of the reader's output; holds secrets, mask before showing."""
    reader: str | None = None
    reason: str | None = None
    op_id: str | None = None
    artifact: str | None = None
    digest: str | None = None
    """Digest of the part that counts for drift; ``None`` when nothing was read."""

    def as_dict(self) -> dict[str, Any]:
        """Return the sealed form: all but the document."""
        return {
            "status": str(self.status),
            "reader": self.reader,
            "reason": self.reason,
            "artifact": self.artifact,
            "digest": self.digest,
        }


def read_snapshot(
    operation: Operation,
    arguments: Mapping[str, Any],
    call: Reader,
    output: Mapping[str, Any] | None = None,
) -> Snapshot:
    """Read the state that ``operation`` would change, or with ``output`` has changed.

    Raises ``StoreError`` when the read could not be recorded; every other failure of
    the reader is a snapshot that says why.
    """
    operation = concrete(operation, arguments)
    read = operation.read
    if read is None or (is_new(read) and not output):
        return no_read(operation)
    request = request_of(read, arguments, output)
    try:
        if read.keys is not None:
            add_key(request, read.keys, arguments, call)
        reply = call(read.operation, request)
    except StoreError:
        raise
    except AwsRefused as error:
        if says_absent(read, error.fields.get("aws_code"), error.message):
            return _absent(read, error.fields.get("op_id"), None)
        return _unknown(read.operation, error)
    except SmithgateError as error:
        return _unknown(read.operation, error)
    found = select(read, arguments, reply.value, output)
    return _shown(operation, read, found, reply)


def _shown(operation: Operation, read: Read, found: Selected, reply: Any) -> Snapshot:
    """Return the snapshot of what a reader answered with the gateway's ``Reply``."""
    if found.reason is not None:
        return Snapshot(
            status=SnapshotStatus.UNKNOWN,
            reader=read.operation,
            reason=found.reason,
            op_id=reply.op_id,
        )
    if found.absent or _is_used_up(operation, read, found.document):
        return _absent(read, reply.op_id, reply.artifact)
    return Snapshot(
        status=SnapshotStatus.EXISTS,
        document=found.document,
        reader=read.operation,
        op_id=reply.op_id,
        artifact=reply.artifact,
        digest=_state_digest(operation, found.document),
    )


_REMOVING = frozenset({Change.DELETE, Change.DETACH, Change.UNTAG})


def _is_used_up(operation: Operation, read: Read, document: Any) -> bool:
    """Say whether nothing is left to remove: ``TagSet: []``, ``retentionInDays: null``.

    Only where the declaration picks a part: the empty answer about a whole thing may
    just have nothing to tell.
    """
    picks = read.select is not None or read.absent_when_empty
    if read.container or not picks or operation.change not in _REMOVING:
        return False
    return all(value in (None, "", [], {}) for _, value in leaves(document))


_WHY_NONE = {
    None: "no reader is known for {}",
    Unreadable.NO_STATE: "{} leaves no state that a call could show",
    Unreadable.NO_OPERATION: "the service has no operation that shows what {} changes",
    Unreadable.CONFIDENTIAL: "only secrets or contents would show what {} changes",
    Unreadable.UNADDRESSED: "the request of {} does not say where to look",
    Unreadable.UNSELECTED: "nothing tells which of many things {} changes",
}


def is_new(read: Read) -> bool:
    """Say whether only the writer's output tells what to read."""
    return bool(read.created or read.match_created)


def no_read(operation: Operation) -> Snapshot:
    """Return the snapshot of what cannot be read beforehand, with the reason."""
    if operation.read is not None:
        return Snapshot(status=SnapshotStatus.NEW, reader=operation.read.operation)
    return Snapshot(
        status=SnapshotStatus.NO_READER,
        reason=_WHY_NONE[operation.unreadable].format(operation.id),
    )


def _absent(read: Read, op_id: str | None, artifact: str | None) -> Snapshot:
    return Snapshot(
        status=SnapshotStatus.ABSENT,
        reader=read.operation,
        op_id=op_id,
        artifact=artifact,
        digest=digest_of({"absent": True}),
    )


def reads_same(
    earlier: tuple[Operation, Mapping[str, Any]],
    later: tuple[Operation, Mapping[str, Any]],
) -> bool:
    """Say whether two steps read the same state: same reader, arguments and item."""
    one, other = earlier[0].read, later[0].read
    if one is None or other is None or one.operation != other.operation:
        return False
    if request_of(one, earlier[1]) != request_of(other, later[1]):
        return False
    return one.match == other.match and all(
        get_path(earlier[1], path) == get_path(later[1], path)
        for path in map(selecting_path, one.match.values())
    )


def restore_snapshot(
    operation: Operation,
    arguments: Mapping[str, Any],
    sealed: Mapping[str, Any],
    load: Callable[[str], Any],
) -> Snapshot:
    """Return the snapshot that a sealed step was planned from.

    ``load`` gives a stored response by artifact id and raises when it is not intact.
    """
    status, document = SnapshotStatus(sealed["status"]), None
    if status is SnapshotStatus.EXISTS and operation.read is not None:
        output = load(sealed["artifact"])["response"]
        document = select(operation.read, arguments, output).document
    return Snapshot(
        status=status,
        document=document,
        reader=sealed["reader"],
        reason=sealed["reason"],
        artifact=sealed["artifact"],
        digest=sealed["digest"],
    )


def _unknown(reader: str, error: SmithgateError) -> Snapshot:
    return Snapshot(
        status=SnapshotStatus.UNKNOWN,
        reader=reader,
        reason=f"{error.code}: {error.message}",
        op_id=error.fields.get("op_id"),
    )


def _state_digest(operation: Operation, document: Any) -> str:
    """Digest what counts for drift: compared members; for deletes the whole document."""
    paths = watched_paths(operation, document)
    if not paths:
        return digest_of(stable(document))
    state = {}
    for path in paths:
        value = look(document, parse_document_path(path))
        # What was never set and what was emptied are one state to most services.
        empty = value is MISSING or value in (None, "", [], {})
        state[path] = {"missing": True} if empty else stable(value)
    return digest_of(state)


def watched_paths(operation: Operation, document: Any) -> list[str]:
    """Return the paths of the document that drift looks at; none is all of it.

    Where it is several ones, the paths go into each of them.
    """
    read = operation.read
    if read is None or operation.change is Change.DELETE:
        return []
    paths = {*read.compare.values(), *read.expect}
    if isinstance(document, list):
        return sorted(f"[{n}].{path}" for n in range(len(document)) for path in paths)
    return sorted(paths)
