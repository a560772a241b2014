"""What ties and tags show: the other thing's name, the tags that a request adds or takes.

Owns the pairs of operations that attach, detach, tag and untag; those of operations that
set values are ``pairing``.
"""

import re
from collections.abc import Collection, Mapping

from ..ir import How
from ..model import Model, Shape
from .binding import Binding
from .identifiers import same_name
from .items import Document
from .naming import is_control
from .shapes import item_of, kind_of, same_values, target_of
from .subject import Subject
from .tags import is_tag_member, tags_of
from .words import singular_of

_LIST = re.compile(r"(?<=[a-z0-9A-Z])List$")


def tied_pairs(
    writer: Subject, document: Shape, bound: Collection[str], how: How
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, How], ...]]:
    """Return the pairs of what is tied or untied, and how; empty unless all are shown.

    What the other thing is called must stand in the document under the same name: as a
    member, as a list of identifiers, or as the identifier of a list's items.
    """
    if document.type != "structure":
        return (), ()
    pairs: dict[str, str] = {}
    for name in writer.required:
        member = writer.input.members[name]
        target = writer.target(member)
        text = item_of(writer.model, target) if target.type == "list" else target
        if name in bound or is_control(name) or kind_of(text) != "string":
            continue
        where = _tied_place(writer.model, name, target, document)
        if where is None:
            return (), ()
        pairs[name] = where
    return tuple(sorted(pairs.items())), tuple((name, how) for name in sorted(pairs))


def _tied_place(model: Model, name: str, target: Shape, document: Shape) -> str | None:
    one = singular_of(name) if target.type == "list" else name
    same = same_name(document, name)
    if same and same_values(model, target, target_of(model, document, same)):
        return same
    found = []
    for outer in sorted(document.members):
        shape = target_of(model, document, outer)
        if shape.type != "list":
            continue
        item = item_of(model, shape)
        if item.type == "structure" and (inner := same_name(item, one)):
            if kind_of(target_of(model, item, inner)) == "string":
                found.append(f"{outer}[].{inner}")
        elif kind_of(item) == "string" and one.casefold() in {
            singular_of(outer).casefold(),
            outer.casefold(),
        }:
            found.append(outer)
    return found[0] if len(found) == 1 else None


def tag_pair(writer: Subject, document: Shape) -> tuple[tuple[str, str], ...]:
    """Return the pair of a request's tags and the tags of a document, if any."""
    tags = tags_of(writer).value
    place = _tags_in(writer.model, document)
    return ((tags.member, place),) if tags is not None and place else ()


def _tags_in(model: Model, document: Shape, depth: int = 1) -> str | None:
    """Return the path of the tags in a document, one structure deep at most."""
    if document.type != "structure":
        return None
    for name in sorted(document.members):
        if is_tag_member(name) and _holds_tags(model, target_of(model, document, name)):
            return name
    for name in sorted(document.members) if depth else ():
        inner = _tags_in(model, target_of(model, document, name), depth - 1)
        if inner is not None:
            return f"{name}.{inner}"
    return None


def tagged_item(
    reader: Subject, binding: Binding, places: Mapping[str, Shape]
) -> Document | None:
    """Return the item of a list of tagged things, told by what was asked for."""
    if _tags_in(reader.model, reader.output):
        return None
    for name, shape in sorted(places.items()):
        item = item_of(reader.model, shape) if shape.type == "list" else shape
        if shape.type != "list" or not _tags_in(reader.model, item):
            continue
        match = {
            same: path
            for path in binding.params.values()
            if (same := same_name(item, singular_of(_LIST.sub("", path))))
        }
        if match:
            return Document(item, name, tuple(sorted(match.items())))
        if len(binding.params) == 1 and next(iter(binding.params)).endswith("[0]"):
            return Document(item, f"{name}[0]")
    return None


def key_pair(writer: Subject, document: Shape) -> tuple[tuple[str, str], ...]:
    """Return the pair of the tag keys to remove and the tags of a document, if any."""
    lists = [
        name
        for name, member in writer.input.members.items()
        if ("tag" in name.casefold() or name.casefold() == "keys")
        and writer.target(member).type == "list"
    ]
    place = _tags_in(writer.model, document)
    if len(lists) != 1 or place is None:
        return ()
    item = item_of(writer.model, writer.target(writer.input.members[lists[0]]))
    return ((lists[0], place),) if _names_tags(item) else ()


def _names_tags(item: Shape) -> bool:
    """Return whether an item is a key, or a key with the value that it must have."""
    if kind_of(item) == "string":
        return True
    names = {name.casefold().removeprefix("tag") for name in item.members}
    return item.type == "structure" and "key" in names and names <= {"key", "value"}


def _holds_tags(model: Model, shape: Shape) -> bool:
    """Return whether a shape is a map of texts, or a list of keys and values."""
    if shape.type == "map":
        return kind_of(item_of(model, shape)) == "string"
    if shape.type != "list":
        return False
    names = {name.casefold() for name in item_of(model, shape).members}
    return {"key", "value"} <= names or {"tagkey", "tagvalue"} <= names
