"""What a step would change: entries of path, before and after.

A step is ``unchanged`` only if every member of the request that is not an identifier
was paired with read state and equal. Everything that could not be compared is an entry
marked ``unknown``: a false "no change" is the dangerous failure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..operation import Change, Confidence, How, Operation, Read, ReadMode
from .concrete import concrete
from .defaults import DEFAULTS, NO_DEFAULTS
from .entries import Diff, Entry, cut, status_of
from .items import (
    compare_added,
    compare_every,
    compare_keys,
    compare_removed,
    unlisted,
)
from .maps import map_paths
from .meaning import is_nothing, same
from .omitted import doubted, dropped, may_lose, replaces
from .patches import compare_changes, compare_patch
from .paths import (
    MISSING,
    Path,
    get_path,
    leaves,
    parse_document_path,
    parse_path,
    selecting_path,
)
from .removal import diff_removal, nothing, removes
from .request import Request, are_all_there, is_made_already, is_tie, note_of
from .selecting import documents_of, told_more
from .snapshot import Snapshot, SnapshotStatus
from .values import (
    Where,
    as_tags,
    compare_tags,
    compare_values,
    look,
    lost,
    unsure,
)


def diff_step(
    operation: Operation,
    arguments: Mapping[str, Any],
    snapshot: Snapshot,
    schema: Mapping[str, Any] | None = None,
) -> Diff:
    """Return what ``operation`` with ``arguments`` changes against ``snapshot``.

    ``schema`` is the operation's input schema: it tells maps from structures.
    """
    if operation.change is Change.NONE:
        return nothing("reads only, nothing changes")
    operation = concrete(operation, arguments)
    merges = operation.read is not None and operation.read.mode is ReadMode.MERGE
    maps = map_paths(schema, arguments) if schema and not merges else frozenset()
    request = Request(
        operation=operation, arguments=arguments, snapshot=snapshot, maps=maps
    )
    if removes(operation):
        return diff_removal(request)
    entries = list(_entries(request))
    kept, omitted = cut(entries)
    status = _status(request, entries)
    return Diff(
        status=status,
        action=_action(request, status),
        entries=kept,
        omitted=omitted,
        note=note_of(request),
    )


def _status(request: Request, entries: list[Entry]) -> str:
    """Sum up; low confidence is never enough to call something unchanged."""
    if request.snapshot.status is SnapshotStatus.NEW:
        return "change"
    status = status_of(entries)
    read = request.operation.read
    if read is not None and read.container:
        return "unknown"
    if status == "unchanged" and read and read.confidence is Confidence.LOW:
        return "unknown"
    if read is not None and read.repeats:
        return "unknown" if status == "unchanged" else status
    if status == "unchanged" and _misses_some(request):
        return "partial"
    if status == "change" and not entries and is_made_already(request):
        return "unchanged"
    return status


def _misses_some(request: Request) -> bool:
    """Say whether some of several things were not found: nothing is known of those."""
    ends = {Change.DELETE, Change.DETACH, Change.UNTAG}
    is_there = request.snapshot.status is SnapshotStatus.EXISTS
    changes = request.operation.change not in ends
    return is_there and changes and not are_all_there(request)


def _action(request: Request, status: str) -> str:
    change, read = request.operation.change, request.operation.read
    if status == "unchanged":
        return "no-op"
    if change is Change.CREATE or request.snapshot.status is SnapshotStatus.ABSENT:
        return "create"
    if change in {Change.DELETE, Change.DETACH, Change.UNTAG}:
        return "delete"
    if change is Change.PUT and read and read.mode is ReadMode.REPLACE:
        return "replace"
    return "create" if change is Change.ATTACH else "update"


def _unseen(request: Request) -> frozenset[Path]:
    """Return the writer paths that only name what is changed, or name the call."""
    operation = request.operation
    read = operation.read
    named = {operation.idempotency_token, operation.dry_run}
    is_there = operation.change is Change.CREATE and is_made_already(request)
    if read:
        shown = frozenset() if is_there else operation.sensitive
        named |= {w for w in read.write_only if w not in shown}
    # A create shows them as well, unless the thing is there: then they are what it is.
    is_new = operation.change is Change.CREATE and not is_there
    if read and not is_new:
        named |= {*read.params.values(), *read.match.values(), *read.each.values()}
        named -= {*read.compare}
        if is_tie(operation) and request.snapshot.status is SnapshotStatus.ABSENT:
            named -= {*read.match.values()}
        named -= told_more(read, request.arguments)
    return frozenset(selecting_path(path) for path in named if path)


def _entries(request: Request) -> Iterator[Entry]:
    """Compare every member of the request, then what holds whatever it says."""
    read, skip = request.operation.read, _unseen(request)
    pairs = _pairs(read) if read else {}
    secret = {parse_path(path) for path in read.write_only} if read else set()
    seen: set[Path] = set()
    is_blind = False
    for path, after in leaves(request.arguments):
        if not path or any(path[: len(s)] == s for s in skip):
            continue
        top = next((path[:n] for n in range(len(path) + 1) if path[:n] in pairs), None)
        if request.snapshot.status is not SnapshotStatus.EXISTS or top is None:
            known = any(path[: len(s)] == s for s in secret)
            entry = _unpaired(request, path, after, write_only=known)
            is_blind |= entry.unknown
            yield entry
        elif top not in seen:
            seen.add(top)
            for start, document in documents_of(read, request.snapshot.document):
                for writer in pairs[top]:
                    yield from _paired(request, top, writer, start, document)
            yield from unlisted(top, after, pairs[top])
    if read and request.snapshot.status is SnapshotStatus.EXISTS:
        if read.mode is ReadMode.REPLACE:
            entries = dropped(request)
            yield from map(unsure, entries) if is_blind else entries
        else:
            yield from doubted(request)
        yield from _all_keys(request)
        yield from _expected(read, request.snapshot.document)


def _pairs(read: Read) -> dict[Path, list[str]]:
    """Return request path → the keys of ``compare`` there: of a list there may be more."""
    pairs: dict[Path, list[str]] = {}
    for writer in sorted(read.compare):
        pairs.setdefault(parse_path(writer.partition("[]")[0]), []).append(writer)
    return pairs


def _unpaired(request: Request, path: Path, after: Any, *, write_only: bool) -> Entry:
    """Return the entry of a member that no state was read of."""
    status, change = request.snapshot.status, request.operation.change
    removes = change in {Change.DETACH, Change.UNTAG, Change.DELETE}
    nothing = status in {SnapshotStatus.ABSENT, SnapshotStatus.NEW}
    if nothing and removes:
        return Entry(path=path, action="no-op")
    if nothing or (change is Change.CREATE and status is SnapshotStatus.NO_READER):
        return Entry(path=path, action="create", after=after)
    if write_only and status is SnapshotStatus.EXISTS:
        return Entry(path=path, action="update", after=after)
    return Entry(path=path, action="update", after=after, unknown=True)


def _paired(
    request: Request, path: Path, writer: str, start: Path, document: Any
) -> Iterator[Entry]:
    """Compare a member of the request with where the reader shows it."""
    read = request.operation.read
    assert read is not None
    where = parse_document_path(read.compare[writer])
    before = look(document, where)
    after = look(request.arguments, parse_document_path(writer))
    if "[]" in writer and not after:
        return  # no item has it
    how = read.how.get(writer, How.PLAIN)
    at = Where(
        start + path,
        start + where,
        replaces=replaces(request.operation),
        doubts=may_lose(request.operation),
        defaults=DEFAULTS.get(request.operation.id, NO_DEFAULTS),
        unordered=how is How.SET,
        maps=frozenset(start + place for place in request.maps),
        arns=how is How.ARN,
    )
    if how in _ITEMS:
        yield from _ITEMS[how](at, before, after)
        return
    is_tags = how is How.TAGS or request.operation.change is Change.TAG
    if is_tags:
        old, new = as_tags(before), as_tags(after)
        if old is not None and new is not None:
            adds = request.operation.change is Change.TAG or (
                read.mode is ReadMode.MERGE
            )
            adds = adds and read.mode is not ReadMode.REPLACE
            yield from compare_tags(at, old, new, adds=adds)
            return
    yield from compare_values(at, before, after)


_ITEMS = {
    How.KEYS: compare_keys,
    How.ADD: compare_added,
    How.CHANGES: compare_changes,
    How.EVERY: compare_every,
    How.PATCH: compare_patch,
    How.REMOVE: compare_removed,
}


def _all_keys(request: Request) -> Iterator[Entry]:
    """Yield the tags that go when a request to take tags off names no keys."""
    read = request.operation.read
    assert read is not None
    if request.operation.change is not Change.UNTAG:
        return  # one that also sets tags takes off what it names
    for writer, how in sorted(read.how.items()):
        path = parse_path(writer)
        if how is not How.KEYS or get_path(request.arguments, path) is not MISSING:
            continue
        where = parse_document_path(read.compare[writer])
        for start, document in documents_of(read, request.snapshot.document):
            there = as_tags(look(document, where)) or {}
            for key in sorted(k for k in there if not k.startswith("aws:")):
                at = Where(start + path, start + where)
                yield lost(at.below(key), there[key])


def _expected(read: Read, document: Any) -> Iterator[Entry]:
    """Yield what holds after the change whatever the arguments are."""
    for start, item in documents_of(read, document):
        for text, after in sorted(read.expect.items()):
            path = parse_document_path(text)
            before = look(item, path)
            yield _to_come(start + path, before, MISSING if after is None else after)


def _to_come(where: Path, before: Any, after: Any) -> Entry:
    """Return the entry of a member of which it is known what it will be."""
    if after is MISSING:
        action = "no-op" if is_nothing(before) else "delete"
    elif before is MISSING:
        action = "create"
    else:
        action = "no-op" if same(before, after) else "update"
    return Entry(path=where, action=action, before=before, after=after, where=where)
