"""How an operation takes tags: which member, and what one tag looks like."""

from ..ir import Fact, TagShape, TagStyle
from ..model import Member, Shape
from .subject import Subject
from .words import word_set

_NAMES = word_set(
    "addtags newtags resourcetags taglist tags tagset tagstoadd tagstoupdate"
)
_SPECIFICATIONS = "TagSpecifications"
_KEYS = ("Key", "key", "TagKey", "tagKey")
_VALUES = ("Value", "value", "TagValue", "tagValue")


def is_tag_member(name: str) -> bool:
    """Return whether a member of this name holds tags."""
    return name.casefold() in _NAMES


def tags_of(subject: Subject) -> Fact[TagShape | None]:
    """Return where the tags of a request are.

    Looks at top-level members and at the members of structures directly below
    (``Tagging.TagSet``), never deeper: those would be the tags of something else.
    """
    members = subject.input.members
    for name in sorted(members):
        if name == _SPECIFICATIONS and subject.target(members[name]).type == "list":
            return _specifications(subject, members[name])
    for name in sorted(members):
        if shape := _tag_shape(subject, name, members[name], name):
            return Fact(shape, "rule tag-member")
    for name in sorted(members):
        target = subject.target(members[name])
        if target.type == "structure":
            for inner in sorted(target.members):
                path = f"{name}.{inner}"
                if shape := _tag_shape(subject, inner, target.members[inner], path):
                    return Fact(shape, "rule nested-tag-member")
    return Fact(None, "no member takes tags")


def _tag_shape(
    subject: Subject, name: str, member: Member, path: str
) -> TagShape | None:
    if not is_tag_member(name):
        return None
    target = subject.target(member)
    if target.type == "map":
        value = subject.target(target.members["value"])
        is_text = value.type == "string"
        return TagShape(member=path, style=TagStyle.MAP) if is_text else None
    if target.type != "list":
        return None
    found = _names(subject, subject.target(target.members["member"]))
    if found is None:
        return None
    return TagShape(member=path, style=TagStyle.LIST, key=found[0], value=found[1])


def _names(subject: Subject, item: Shape) -> tuple[str, str] | None:
    """Return the key and value member of a tag structure."""
    if item.type != "structure":
        return None
    key = next((name for name in _KEYS if name in item.members), None)
    value = next((name for name in _VALUES if name in item.members), None)
    if key is None or value is None:
        return None
    texts = all(subject.target(item.members[n]).type == "string" for n in (key, value))
    return (key, value) if texts else None


def _specifications(subject: Subject, member: Member) -> Fact[TagShape | None]:
    item = subject.target(subject.target(member).members["member"])
    tags = item.members.get("Tags") or item.members.get("tags")
    tag_list = subject.target(tags) if tags is not None else None
    names = (
        _names(subject, subject.target(tag_list.members["member"]))
        if tag_list is not None and tag_list.type == "list"
        else None
    )
    if names is None:
        return Fact(None, "its TagSpecifications hold no tags")
    return Fact(
        TagShape(
            member=_SPECIFICATIONS,
            style=TagStyle.SPECIFICATIONS,
            key=names[0],
            value=names[1],
        ),
        "rule tag-specifications",
    )
