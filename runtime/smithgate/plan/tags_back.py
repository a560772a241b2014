"""Tags of an applied step: as they were, as they were given, and in a request's form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..diff import SnapshotStatus
from ..diff.items import key_and_value
from ..diff.paths import MISSING, get_path, parse_document_path, parse_path
from ..diff.several import singly
from ..diff.values import as_tags, look
from ..operation import How, Operation
from .done import CannotUndo, Done

RESERVED = "aws:"
"""What the keys of tags begin with that only AWS sets and takes off."""


def each_alone(done: Done) -> Iterator[Done]:
    """Yield the step for each of the things that it names, as if it named one."""
    read = done.operation.read
    if read is None or not read.each:
        yield done
        return
    for arguments, items in singly(read, done.arguments, done.before.document):
        before = replace(done.before, document=items)
        yield replace(done, arguments=arguments, before=before)


def tags_before(done: Done) -> dict[str, Any]:
    """Return the tags as they were; raise ``CannotUndo`` if they cannot be told."""
    document, read = done.before.document, done.operation.read
    if done.before.status is SnapshotStatus.ABSENT or read is None:
        return {}
    for reader in read.compare.values():
        document = look(done.before.document, parse_document_path(reader))
    tags = as_tags(document)
    if tags is None or not read.compare:
        raise CannotUndo("the tags from before cannot be told apart")
    return tags


def tags_given(done: Done) -> dict[str, Any]:
    """Return the tags that a step set."""
    tags = done.operation.tags
    given = get_path(done.arguments, parse_path(tags.member)) if tags else MISSING
    found = as_tags(given)
    if tags is None or given is MISSING or found is None:
        raise CannotUndo("it does not say where it takes tags")
    return found


def tags_gone(done: Done) -> dict[str, Any]:
    """Return the tags that a step took off, with their values from before."""
    there = tags_before(done)
    given = get_path(done.arguments, parse_path(keys_member(done.operation)))
    if given is MISSING:
        return {k: v for k, v in there.items() if not k.startswith(RESERVED)}
    gone = {}
    for key in given if isinstance(given, list) else []:
        name, value = key_and_value(key)
        if str(name) in there and value in (MISSING, there[str(name)]):
            gone[str(name)] = there[str(name)]
    return gone


def has_keys(done: Done) -> bool:
    """Say whether the request can list keys; without, all tags go."""
    read = done.operation.read
    return read is not None and How.KEYS in read.how.values()


def keys_member(operation: Operation) -> str:
    """Return the member that lists the keys to remove."""
    read = operation.read
    found = [w for w, how in (read.how if read else {}).items() if how is How.KEYS]
    if len(found) != 1:
        raise CannotUndo(f"{operation.id} does not say where it takes keys")
    return found[0]


def tags_as_taken(operation: Operation, tags: Mapping[str, Any]) -> Any:
    """Return tags in the form that an operation takes."""
    assert operation.tags is not None
    if operation.tags.style == "map":
        return dict(tags)
    key, value = operation.tags.key, operation.tags.value
    return [{key: name, value: text} for name, text in tags.items()]


def keys_as_taken(operation: Operation, keys: Sequence[str]) -> list[Any]:
    """Return keys in the form that an operation takes: texts, or structures of them."""
    tags = operation.tags
    if tags is None or tags.member != keys_member(operation):
        return list(keys)
    return [{tags.key: key} for key in keys]
