"""What a step added to a list, apart from what was there: only that is taken out again."""

from collections.abc import Mapping
from typing import Any

from ..diff.items import stored_item
from ..diff.meaning import same
from ..diff.paths import MISSING, parse_document_path, put_path
from ..diff.values import look
from ..operation import How, Inverse
from .done import CannotUndo, Done


def only_added(done: Done, inverse: Inverse) -> Mapping[str, Any]:
    """Return the arguments with the items of lists that were not there before.

    An inverse that takes members of items (``Targets[].Id``) names by them what it takes
    out. Raises ``CannotUndo`` where an item of that name was there in another form.
    """
    read, arguments = done.operation.read, dict(done.arguments)
    for path in inverse.params.values():
        writer, _, key = path.partition("[].")
        if not key or read is None or read.how.get(writer) is not How.ADD:
            continue
        given = look(arguments, parse_document_path(writer))
        there = look(done.before.document, parse_document_path(read.compare[writer]))
        if isinstance(given, list):
            put_path(arguments, writer, _new_ones(given, there, key))
    return arguments


def _new_ones(given: list[Any], there: Any, key: str) -> list[Any]:
    before = there if isinstance(there, list) else []
    name = parse_document_path(key)
    names = [look(item, name) for item in before]
    kept = [item for item in given if stored_item(before, item) is MISSING]
    for item in kept:
        if any(same(look(item, name), known) for known in names):
            raise CannotUndo(f"it replaced what was there of the same `{key}`")
    return kept
