"""What a step added to a list or took out of it: only that goes the way back."""

from collections.abc import Mapping
from typing import Any

from ..diff.items import stored_item
from ..diff.meaning import same
from ..diff.paths import MISSING, parse_document_path, put_path
from ..diff.values import look
from ..operation import How, Inverse
from .done import CannotUndo, Done


def only_added(done: Done, inverse: Inverse) -> Mapping[str, Any]:
    """Return the arguments without what a list already had, or lacked, before.

    An inverse that takes members of items (``Targets[].Id``) names by them what it takes
    out. Raises ``CannotUndo`` where an item of that name was there in another form.
    """
    read, arguments = done.operation.read, dict(done.arguments)
    for path in inverse.params.values():
        writer, _, key = path.partition("[].")
        how = read.how.get(writer) if read is not None else None
        given = look(arguments, parse_document_path(writer))
        if read is None or how not in _MOVES or not isinstance(given, list):
            continue
        there = look(done.before.document, parse_document_path(read.compare[writer]))
        if key and how is How.ADD:
            put_path(arguments, writer, _new_ones(given, there, key))
        elif isinstance(there, list):
            put_path(arguments, writer, _moved(given, there, came=how is How.ADD))
    return arguments


_MOVES = frozenset({How.ADD, How.REMOVE})


def _moved(given: list[Any], there: list[Any], *, came: bool) -> list[Any]:
    """Return the items that came, or that went."""
    return [i for i in given if (stored_item(there, i) is MISSING) is came]


def _new_ones(given: list[Any], there: Any, key: str) -> list[Any]:
    before = there if isinstance(there, list) else []
    name = parse_document_path(key)
    names = [look(item, name) for item in before]
    kept = [item for item in given if stored_item(before, item) is MISSING]
    for item in kept:
        if any(same(look(item, name), known) for known in names):
            raise CannotUndo(f"it replaced what was there of the same `{key}`")
    return kept
