"""One applied step turned around: the requests that bring its before-state back.

Pure: from the declaration, the request as it was sent, the state it was planned from
and what the call returned. Where the mapping does not carry a member back, the reason
is an answer of its own; a half undo is never made.
"""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..catalog import Catalog
from ..diff import Diff, SnapshotStatus, diff_step
from ..diff.concrete import concrete
from ..diff.defaults import default_at
from ..diff.maps import map_paths
from ..diff.meaning import is_nothing, same
from ..diff.paths import (
    MISSING,
    Path,
    get_path,
    parse_document_path,
    parse_path,
    put_path,
)
from ..diff.selecting import documents_of, select
from ..diff.values import look
from ..operation import Change, How, Inverse, Operation, Read, ReadMode
from .added import only_added
from .done import CannotUndo, Done
from .given import as_given
from .steps import StepRequest
from .tags_back import (
    each_alone,
    has_keys,
    keys_as_taken,
    keys_member,
    tags_as_taken,
    tags_before,
    tags_given,
    tags_gone,
)

_CREATES = {Change.CREATE, Change.ATTACH, Change.START, Change.STOP, Change.DETACH}
_WRITES = {Change.UPDATE, Change.PUT}


class Inverter:
    """Turns steps around with what the catalog declares."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def invert(self, done: Done) -> list[StepRequest]:
        """Return the requests, none where the step changed nothing.

        Raises ``CannotUndo``.
        """
        change, status = done.operation.change, done.before.status
        if change is Change.NONE or self._changed_nothing(done):
            return []
        done = replace(done, operation=concrete(done.operation, done.arguments))
        _require_one_state(done)
        if change is Change.OTHER and done.operation.inverse is None:
            raise CannotUndo("what it does has no opposite")
        if status in {SnapshotStatus.UNKNOWN, SnapshotStatus.NO_READER} and (
            change not in _CREATES
        ):
            raise CannotUndo("the state before it was not read")
        if change is Change.DELETE and done.operation.inverse is not None:
            return [self._opposite(done)]  # a deletion that waits is called off
        if change is Change.DELETE or (change is Change.UNTAG and not has_keys(done)):
            return [self._made_again(done)]
        if change in {Change.TAG, Change.UNTAG}:
            return self._tags(done)
        nothing = {SnapshotStatus.ABSENT, SnapshotStatus.NEW}
        by_itself = done.operation.read is not None and done.operation.read.expect
        if (
            change in _WRITES
            and status not in nothing
            and not (by_itself or _was_unset(done))
        ):
            return [_written_back(done, self._catalog)]
        if change is Change.ATTACH and _replaced(done):
            return [_written_back(done, self._catalog)]
        if change is Change.CREATE and status is SnapshotStatus.EXISTS:
            raise CannotUndo("it existed before: deleting it would lose more")
        return [self._opposite(done)]

    def _changed_nothing(self, done: Done) -> bool:
        schema = self._catalog.input_schema(done.operation.id)
        diff = diff_step(done.operation, done.arguments, done.before, schema)
        return diff.status == "unchanged"

    def _opposite(self, done: Done) -> StepRequest:
        """Return the declared opposite with the ids it takes."""
        inverse = self._declared(done.operation)
        required = self._catalog.operation(inverse.operation).required
        arguments: dict[str, Any] = {}
        sides = (
            (inverse.params, only_added(done, inverse)),
            (inverse.output, done.output),
            (inverse.before, done.before.document),
        )
        for places, source in sides:
            for place, path in places.items():
                value = look(source, parse_document_path(path))
                if not (value is MISSING or value in (None, "", [])):
                    put_path(arguments, place, value)
                elif place.partition("[")[0] in required:
                    raise CannotUndo(f"nothing tells `{place}` of {inverse.operation}")
        if inverse.before and not any(
            p.split(".")[0] in arguments for p in inverse.before
        ):
            raise CannotUndo("what it tied was not read")
        _require_listed(done, inverse)
        return StepRequest(inverse.operation, arguments)

    @staticmethod
    def _declared(operation: Operation) -> Inverse:
        if operation.inverse is None:
            raise CannotUndo("no operation is known that takes it back")
        return operation.inverse

    def _tags(self, done: Done) -> list[StepRequest]:
        """Set changed and removed tags again, take added ones away."""
        return [one for alone in each_alone(done) for one in self._tags_of(alone)]

    def _tags_of(self, done: Done) -> list[StepRequest]:
        operation = done.operation
        if operation.change is Change.UNTAG:
            gone = tags_gone(done)
            return [self._with_tags(self._opposite(done), gone)] if gone else []
        there, given = tags_before(done), tags_given(done)
        requests = []
        changed = {
            k: there[k] for k, v in given.items() if k in there and there[k] != v
        }
        added = [key for key in given if key not in there]
        if changed:
            again = StepRequest(operation.id, dict(done.arguments))
            requests.append(self._with_tags(again, changed))
        if added:
            requests.append(self._with_keys(self._opposite(done), added))
        return requests

    def _with_tags(self, request: StepRequest, tags: Mapping[str, Any]) -> StepRequest:
        operation = self._catalog.operation(request.operation)
        if operation.tags is None:
            raise CannotUndo(f"{operation.id} does not say where it takes tags")
        arguments = copy.deepcopy(dict(request.arguments))
        put_path(arguments, operation.tags.member, tags_as_taken(operation, tags))
        return StepRequest(operation.id, arguments)

    def _with_keys(self, request: StepRequest, keys: Sequence[str]) -> StepRequest:
        operation = self._catalog.operation(request.operation)
        arguments = copy.deepcopy(dict(request.arguments))
        put_path(arguments, keys_member(operation), keys_as_taken(operation, keys))
        return StepRequest(operation.id, arguments)

    def _made_again(self, done: Done) -> StepRequest:
        """Return the put that a delete takes away, if all that was read fits in it."""
        if done.before.status is not SnapshotStatus.EXISTS:
            raise CannotUndo("what was deleted was not read")
        for operation in self._putters(done.operation):
            arguments = _rebuilt(operation, done, self._catalog)
            if arguments is not None:
                return StepRequest(operation.id, arguments)
        raise CannotUndo(
            "a deleted thing cannot be made again from what was read of it"
        )

    def _putters(self, deleter: Operation) -> Iterator[Operation]:
        """Yield the writes of the service whose declared opposite is this delete."""
        for entry in self._catalog.entries():
            if entry.service == deleter.service and entry.change in _WRITES:
                operation = self._catalog.operation(entry.id)
                if operation.inverse and operation.inverse.operation == deleter.id:
                    yield operation


def _replaced(done: Done) -> bool:
    """Say whether a tie took the place of another one: a group has one role."""
    read = done.operation.read
    return (
        done.before.status is SnapshotStatus.EXISTS
        and read is not None
        and bool(read.compare)
        and not (read.match or read.how)
        and not _was_unset(done)
    )


def _require_listed(done: Done, inverse: Inverse) -> None:
    """Raise ``CannotUndo`` where the items that came or went are told in another way.

    Their opposite takes them as a list; without it only half of a request would be made.
    """
    read = done.operation.read
    hows = {How.ADD, How.REMOVE}
    listed = {w for w, how in (read.how if read else {}).items() if how in hows}
    carried = listed & set(inverse.params.values())
    if carried and all(
        look(done.arguments, parse_document_path(path)) is MISSING for path in carried
    ):
        raise CannotUndo(
            f"`{min(carried)}` is not given: what came or went is not told"
        )


def _require_one_state(done: Done) -> None:
    """Raise ``CannotUndo`` where several things had different states before."""
    read, change = done.operation.read, done.operation.change
    found = documents_of(read, done.before.document)
    if read is None or read.each or len(found) <= 1:
        return
    if change in _WRITES | {Change.TAG, Change.UNTAG} and not read.expect:
        raise CannotUndo("it changed several things, each from a state of its own")
    states = [
        {path: look(item, parse_document_path(path)) for path in read.expect}
        for _, item in found
    ]
    if any(not same(state, states[0]) for state in states):
        raise CannotUndo("the things that it changed were not in one state before")


def _was_unset(done: Done) -> bool:
    """Say whether nothing that the request sets was set before, and an inverse is."""
    read = done.operation.read
    if done.operation.inverse is None or read is None or not read.compare:
        return False
    given = [
        look(done.before.document, parse_document_path(reader))
        for writer, reader in read.compare.items()
        if get_path(done.arguments, parse_path(writer)) is not MISSING
    ]
    return all(value is MISSING or value is None for value in given)


_ADDS = "adds to what is there or takes from it"
_DOES = "says what to do, not what to have"
_ONE_WAY = {
    How.ADD: _ADDS,
    How.CHANGES: _DOES,
    How.EVERY: "was set for all items, each had its own",
    How.KEYS: _ADDS,
    How.PATCH: _DOES,
    How.REMOVE: _ADDS,
}
"""Relations of which the value from before is no value to give."""


def _written_back(done: Done, catalog: Catalog) -> StepRequest:
    """Return the same request with the values that were there before."""
    operation, read = done.operation, done.operation.read
    assert read is not None
    if done.before.status is not SnapshotStatus.EXISTS:
        raise CannotUndo("the state before it was not read")
    schema = catalog.input_schema(operation.id)
    diff = diff_step(operation, done.arguments, done.before, schema)
    merges = read.mode is ReadMode.MERGE
    maps = frozenset() if merges else map_paths(schema, done.arguments)
    doubted = _doubted(diff)
    arguments = _without_call_members(operation, done.arguments)
    if not any(get_path(arguments, parse_path(w)) is not MISSING for w in read.compare):
        raise CannotUndo("nothing of the request could be compared with the state")
    for writer, reader in sorted(read.compare.items()):
        given = get_path(arguments, parse_path(writer))
        before = look(done.before.document, parse_document_path(reader))
        path = parse_path(writer)
        is_doubted = any(at[: len(path)] == path for at in doubted)
        is_kept = not is_doubted and not _was_lost(operation, reader, before)
        if given is MISSING and is_kept:
            continue
        how = read.how.get(writer, How.PLAIN)
        if how in _ONE_WAY:
            raise CannotUndo(f"`{writer}` {_ONE_WAY[how]}")
        whole = path in maps or read.mode is ReadMode.REPLACE
        value = as_given(given, before, how, whole=whole)
        if is_doubted:
            value = as_given(given, before, how, whole=True)
        if value is MISSING and given is not MISSING:
            _take_out(read, arguments, writer)
        elif value is not MISSING:
            put_path(arguments, writer, value)
    return StepRequest(operation.id, arguments)


def _doubted(diff: Diff) -> list[Path]:
    """Return the paths of what may have been lost; refuse what was not read."""
    unknown = [entry for entry in diff.entries if entry.unknown]
    blind = [entry.path for entry in unknown if entry.before is MISSING]
    if blind:
        named = ", ".join(".".join(path) for path in blind[:5])
        raise CannotUndo(f"what these were before is not known: {named}")
    return [entry.path for entry in unknown]


def _was_lost(operation: Operation, reader: str, before: Any) -> bool:
    """Say whether leaving a member out took its value away."""
    assert operation.read is not None
    if operation.read.mode is not ReadMode.REPLACE or before is MISSING:
        return False
    path = parse_document_path(reader)
    return not is_nothing(before) and not same(before, default_at(operation.id, path))


def _without_call_members(
    operation: Operation, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a copy without what belongs to one call: tokens, secrets of the call."""
    left = copy.deepcopy(dict(arguments))
    left.pop(operation.idempotency_token or "", None)
    for path in operation.read.write_only if operation.read else ():
        if path in operation.sensitive and get_path(left, parse_path(path)) is not (
            MISSING
        ):
            raise CannotUndo(f"`{path}` is never shown: what it was is not known")
    return left


def _take_out(read: Read, arguments: dict[str, Any], writer: str) -> None:
    """Leave a member out that was not set before."""
    if read.mode is not ReadMode.REPLACE:
        raise CannotUndo(f"`{writer}` was not set before, and cannot be unset")
    *parents, name = parse_path(writer)
    holder: Any = arguments
    for part in parents:
        holder = holder[part]
    del holder[name]


def _rebuilt(
    operation: Operation, done: Done, catalog: Catalog
) -> dict[str, Any] | None:
    """Return the put's request out of the document that was deleted."""
    read, inverse = operation.read, operation.inverse
    if read is None or inverse is None or done.operation.read is None:
        return None
    if read.operation != done.operation.read.operation:
        return None
    schema = catalog.input_schema(operation.id)
    arguments: dict[str, Any] = {}
    for place, writer in inverse.params.items():
        value = get_path(done.arguments, parse_path(place))
        if value is not MISSING:
            put_path(arguments, writer, value)
    document = select(read, arguments, done.answer).document
    for writer, reader in read.compare.items():
        value = look(document, parse_document_path(reader))
        if value is not MISSING and get_path(arguments, parse_path(writer)) is MISSING:
            put_path(arguments, writer, _fitted(schema, writer, value))
    complete = all(name in arguments for name in operation.required)
    return arguments if complete else None


def _fitted(schema: Mapping[str, Any], writer: str, value: Any) -> Any:
    """Return a document as the text that a member takes, other values as they are."""
    node = schema.get("properties", {}).get(writer, {})
    is_text = node.get("type") == "string"
    if is_text and isinstance(value, Mapping | list):
        return json.dumps(value)
    return copy.deepcopy(value)
