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
from .words import SETTING, plurals_of, singular_of, word_set, words_of

_CALL_MEMBERS = word_set(
    "dryrun limit marker maxitems maxrecords maxresults nexttoken pagesize "
    "paginationtoken startingtoken"
)
"""Members that say how to call a reader."""

_VARIANTS = word_set(
    "IndexName Qualifier VersionId VersionName VersionStage qualifier versionId"
)
"""Optional members that pick one variant of a thing, on writers and readers alike."""

_ID_ENDINGS = word_set("ARN Arn Bucket Id ID Identifier Name Uri URI Url URL")


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
    if name == "Key" or name.casefold() == singular_of(subject.noun).casefold():
        return True
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
        may_select = reader.is_required(member) or _narrows(writer, reader, same)
        if may_select and same_values(writer.model, other, target):
            return name, same
    if target.type == "list" and kind_of(item_of(reader.model, target)) == "string":
        for candidate in writer.required:
            is_one = is_identifier(writer, candidate)
            if is_one and _is_plural(name, candidate):
                return f"{name}[0]", candidate
    return None


def _narrows(writer: Subject, reader: Subject, name: str) -> bool:
    """Return whether an optional member of both says which thing is meant.

    Left out, the reader shows another thing (an ECS service of the default cluster).
    Where a writer sets values, what the reader shows under this name is a value to
    compare instead. Preconditions and secrets do not say which thing is meant.
    """
    member = writer.input.members[name]
    if name.startswith("If") or writer.has(member, "smithy.api#sensitive"):
        return False
    if name in writer.required or name in _VARIANTS:
        return True
    if writer.verb not in SETTING and is_identifier(writer, name):
        return True
    is_text = kind_of(writer.target(member)) == "string"
    return is_text and name not in _shown(reader)


def _shown(reader: Subject) -> set[str]:
    """Return member names of the output and of the structures it holds directly."""
    names = set(reader.output.members)
    for member in reader.output.members.values():
        target = reader.target(member)
        if target.type == "list":
            target = item_of(reader.model, target)
        if target.type == "structure":
            names |= set(target.members)
    return names


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
