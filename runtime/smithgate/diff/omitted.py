"""What a request leaves out of the state: kept, lost, reset, or not known which.

A put is the whole new document. Of an update that replaces it is known only where the
defaults of the service are (``defaults``): a value may be what nobody set. Whether a
structure inside of an update replaces the stored one is the service's own business, so
what the state has and the given structure lacks is unknown, never unchanged.
"""

from collections.abc import Iterator, Mapping

from ..operation import Change, Operation, ReadMode
from .defaults import DEFAULTS, NO_DEFAULTS
from .entries import Entry
from .meaning import is_nothing
from .paths import MISSING, get_path, leaves, parse_document_path, parse_path
from .request import PARTS, Request
from .values import Where, look, unset, unsure

_SETTING = frozenset({Change.OTHER, Change.PUT, Change.START, Change.UPDATE})


def replaces(operation: Operation) -> bool:
    """Say whether what a request leaves out is known to be lost or reset."""
    read = operation.read
    if read is None or read.mode is not ReadMode.REPLACE:
        return False
    return operation.change is Change.PUT or operation.id in DEFAULTS


def may_lose(operation: Operation) -> bool:
    """Say whether a structure that is given may replace the stored one."""
    read = operation.read
    merges = read is None or read.mode is ReadMode.MERGE
    return not merges and operation.change in _SETTING and not replaces(operation)


def dropped(request: Request) -> Iterator[Entry]:
    """Yield the members that are there now and not in a request that replaces."""
    is_sure = replaces(request.operation)
    for entry in _dropped(request):
        yield entry if is_sure else unsure(entry)


def doubted(request: Request) -> Iterator[Entry]:
    """Yield as unknown what a structure that is given leaves out, member by member.

    Only of structures of which members are compared one by one.
    """
    if not may_lose(request.operation):
        return
    for entry in _dropped(request):
        if any(
            isinstance(get_path(request.arguments, entry.path[:n]), Mapping)
            for n in range(1, len(entry.path))
        ):
            yield unsure(entry)


def _dropped(request: Request) -> Iterator[Entry]:
    operation, document = request.operation, request.snapshot.document
    assert operation.read is not None
    defaults = DEFAULTS.get(operation.id, NO_DEFAULTS)
    for writer, reader in sorted(operation.read.compare.items()):
        path, where = parse_path(writer), parse_document_path(reader)
        if operation.read.how.get(writer) in PARTS or "[]" in writer:
            continue
        if get_path(request.arguments, path) is not MISSING:
            continue
        before = look(document, where)
        if before is MISSING or is_nothing(before):
            continue
        for leaf, value in leaves(before):
            place = Where(path + leaf, where + leaf, defaults=defaults)
            if (entry := unset(place, value)) is not None:
                yield entry
