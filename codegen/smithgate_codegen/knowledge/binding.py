"""How the members of a request name the thing that a reader has to show.

Owns the binding: reader input member → writer path. A binding is usable only when the
reader then shows this one thing: all it requires is bound, and so is every member that
the writer must name the thing by.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Member
from .shapes import item_of, kind_of, same_values
from .subject import Subject
from .words import plurals_of, word_set, words_of

_CALL_MEMBERS = word_set(
    "dryrun limit marker maxitems maxrecords maxresults nexttoken pagesize "
    "paginationtoken startingtoken"
)
"""Members that say how to call a reader."""

_CONTEXT = word_set(
    "AccountId CatalogId ExpectedBucketOwner Qualifier RequestPayer VersionId "
    "accountId qualifier"
)
"""Optional members that pick the variant of a thing on both sides."""

_ID_ENDINGS = word_set("ARN Arn Bucket Id ID Identifier Key Name Uri URI Url URL")


@dataclass(frozen=True, slots=True)
class Binding:
    """A usable binding, or the reason why there is none."""

    params: Mapping[str, str]
    reason: str | None = None


def is_identifier(subject: Subject, name: str) -> bool:
    """Return whether a top-level input member names a thing rather than a value."""
    member = subject.input.members[name]
    if subject.has(member, "smithy.api#httpLabel"):
        return True
    if kind_of(subject.target(member)) != "string":
        return False
    words = words_of(name[:1].upper() + name[1:])
    return bool(words) and words[-1] in _ID_ENDINGS


def identifiers_of(subject: Subject) -> tuple[str, ...]:
    """Return the required top-level members that name what is changed, sorted."""
    return tuple(name for name in subject.required if is_identifier(subject, name))


def bind(writer: Subject, reader: Subject) -> Binding:
    """Return how the writer's members fill the reader's."""
    params: dict[str, str] = {}
    for name, member in sorted(reader.input.members.items()):
        if name.casefold() in _CALL_MEMBERS:
            continue
        path = _match(writer, reader, name, member)
        if path is not None:
            params[path[0]] = path[1]
        elif reader.is_required(member):
            return Binding({}, f"{reader.name} needs {name}")
    return Binding(params)


def unbound(writer: Subject, params: Mapping[str, str]) -> tuple[str, ...]:
    """Return the writer's identifiers that do not reach the reader."""
    return tuple(
        name for name in identifiers_of(writer) if name not in set(params.values())
    )


def _match(
    writer: Subject, reader: Subject, name: str, member: Member
) -> tuple[str, str] | None:
    """Return (reader path, writer member) for one member of the reader."""
    target = reader.target(member)
    same = _same_name(writer, name)
    if same is not None:
        other = writer.target(writer.input.members[same])
        may_select = (
            reader.is_required(member)
            or same in writer.required
            or same in _CONTEXT
            or is_identifier(writer, same)
        )
        if may_select and same_values(writer.model, other, target):
            return name, same
    if target.type == "list" and kind_of(item_of(reader.model, target)) == "string":
        for candidate in writer.required:
            is_one = is_identifier(writer, candidate)
            if is_one and _is_plural(name, candidate):
                return f"{name}[0]", candidate
    return None


def _same_name(writer: Subject, name: str) -> str | None:
    """Return the writer's member of this name; upper and lower case are one."""
    if name in writer.input.members:
        return name
    folded = [m for m in writer.input.members if m.casefold() == name.casefold()]
    return folded[0] if len(folded) == 1 else None


def _is_plural(plural: str, singular: str) -> bool:
    return plural.casefold() in {form.casefold() for form in plurals_of(singular)}


def root_of(identifier: str) -> str:
    """Return what an identifier member names: ``VpcId`` → ``vpc``, ``Name`` → ``""``."""
    return re.sub(
        r"(Identifier|Name|Arn|ARN|Id|ID|Url|URL)$",
        "",
        identifier[:1].upper() + identifier[1:],
    ).casefold()
