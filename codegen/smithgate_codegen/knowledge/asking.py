"""What a reader has to be asked for besides which thing to show.

Owns the constants of its request: "all attributes", a page size.
"""

from collections.abc import Iterator
from typing import Any

from .binding import CALL_MEMBERS
from .shapes import enum_values, item_of, kind_of
from .subject import Subject

_ALL = "All"
_NAMES = 10
"""Names of attributes that are asked for one by one, at the most."""
_PAGE = 100
"""Items a page where the reader insists on a number, if the model allows as many."""


def asked_for_all(reader: Subject) -> Iterator[tuple[str, Any]]:
    """Yield the constants of readers that return nothing unless asked.

    SQS GetQueueAttributes takes names of attributes, one of which is "All"; some EC2
    readers insist on a page size.
    """
    for name, member in sorted(reader.input.members.items()):
        target = reader.target(member)
        is_call = name.casefold() in CALL_MEMBERS and reader.is_required(member)
        if is_call and kind_of(target) == "number":
            most = reader.model.member_traits(member).get("smithy.api#range", {})
            yield name, min(int(most.get("max", _PAGE)), _PAGE)
        if "attribute" in name.casefold() and target.type == "list":
            item = item_of(reader.model, target)
            if item.type == "enum" and _ALL in enum_values(item):
                yield name, [_ALL]
            elif item.type == "enum" and name.endswith("AttributeNames"):
                yield name, sorted(enum_values(item))[:_NAMES]
