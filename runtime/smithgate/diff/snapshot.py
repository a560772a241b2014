"""The state before a change: one reader call, its meaning, and drift against it.

``absent`` means the reader proved that nothing is there; anything else that kept the
state from being read is ``unknown`` with the reason, never "unchanged" (I12).
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jmespath

from ..canonical import digest_of
from ..errors import AwsRefused, SmithgateError, StoreError
from ..operation import Change, Operation, Read
from .paths import MISSING, get_path, parse_path, put_path
from .volatile import stable


class SnapshotStatus(StrEnum):
    """What a reader call proved."""

    EXISTS = "exists"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NO_READER = "no_reader"


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


Reader = Callable[[str, Mapping[str, Any]], Any]
"""Calls a reader operation: (canonical id, arguments) → the gateway's ``Reply``."""


def read_snapshot(
    operation: Operation, arguments: Mapping[str, Any], call: Reader
) -> Snapshot:
    """Read the state that ``operation`` would change.

    Raises ``StoreError`` when the read could not be recorded; every other failure of
    the reader is a snapshot that says why.
    """
    read = operation.read
    if read is None:
        return Snapshot(
            status=SnapshotStatus.NO_READER,
            reason=f"no reader is known for {operation.id}",
        )
    try:
        reply = call(read.operation, _request(read, arguments))
    except StoreError:
        raise
    except AwsRefused as error:
        if error.fields.get("aws_code") in read.absent:
            return Snapshot(
                status=SnapshotStatus.ABSENT,
                reader=read.operation,
                op_id=error.fields.get("op_id"),
                digest=digest_of({"absent": True}),
            )
        return _unknown(read.operation, error)
    except SmithgateError as error:
        return _unknown(read.operation, error)
    document = _select(operation, reply.value)
    status = SnapshotStatus.EXISTS
    if read.select is not None and document in (None, [], {}):
        status, document = SnapshotStatus.ABSENT, None
    return Snapshot(
        status=status,
        document=document,
        reader=read.operation,
        op_id=reply.op_id,
        artifact=reply.artifact,
        digest=_state_digest(operation, document, status),
    )


def reads_same(
    earlier: tuple[Operation, Mapping[str, Any]],
    later: tuple[Operation, Mapping[str, Any]],
) -> bool:
    """Say whether two steps read the same state: same reader, same arguments."""
    one, other = earlier[0].read, later[0].read
    if one is None or other is None or one.operation != other.operation:
        return False
    return _request(one, earlier[1]) == _request(other, later[1])


def _request(read: Read, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reader's arguments: constants, then what the writer's say."""
    request = copy.deepcopy(dict(read.constants))
    for place, path in read.params.items():
        value = get_path(arguments, parse_path(path))
        if value is not MISSING:
            put_path(request, place, value)
    return request


def restore_snapshot(
    operation: Operation, sealed: Mapping[str, Any], load: Callable[[str], Any]
) -> Snapshot:
    """Return the snapshot that a sealed step was planned from.

    ``load`` gives a stored response by artifact id and raises when it is not intact.
    """
    document = None
    if sealed["artifact"] is not None:
        document = _select(operation, load(sealed["artifact"])["response"])
    return Snapshot(
        status=SnapshotStatus(sealed["status"]),
        document=document,
        reader=sealed["reader"],
        reason=sealed["reason"],
        artifact=sealed["artifact"],
        digest=sealed["digest"],
    )


def _select(operation: Operation, output: Any) -> Any:
    """Return the part of a reader's output that the operation changes."""
    if operation.read is None or operation.read.select is None:
        return output
    return jmespath.search(operation.read.select, output)


def _unknown(reader: str, error: SmithgateError) -> Snapshot:
    return Snapshot(
        status=SnapshotStatus.UNKNOWN,
        reader=reader,
        reason=f"{error.code}: {error.message}",
        op_id=error.fields.get("op_id"),
    )


def _state_digest(operation: Operation, document: Any, status: SnapshotStatus) -> str:
    """Digest what counts for drift: compared members; for deletes the whole document."""
    if status is SnapshotStatus.ABSENT:
        return digest_of({"absent": True})
    compare = operation.read.compare if operation.read else {}
    if operation.change is Change.DELETE or not compare:
        return digest_of(stable(document))
    state = {}
    for path in sorted(set(compare.values())):
        value = get_path(document, parse_path(path))
        state[path] = {"missing": True} if value is MISSING else stable(value)
    return digest_of(state)
