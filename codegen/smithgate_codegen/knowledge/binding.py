"""How the members of a request name the thing that a reader has to show.

Owns the binding: reader input member → writer path. A binding is usable only when all
that the reader requires is bound: by a member of the same name, by one whose name
differs by the thing's own name alone (``Id`` and ``VpcId``), or, for what a create
makes, by the id in the writer's output.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ir import Change
from ..model import Member, Shape
from .filling import filled
from .identifiers import is_same_id, names_own, root_of, same_name
from .returned import OPAQUE, id_in_output, takes_arn
from .shapes import item_of, kind_of, same_values
from .subject import Subject
from .words import (
    MAKING,
    SETTING,
    bare_noun,
    head_of,
    plurals_of,
    singular_of,
    word_set,
    words_of,
)

CALL_MEMBERS = word_set(
    "dryrun limit marker maxitems maxrecords maxresults nexttoken pagesize "
    "paginationtoken startingtoken"
)
"""Members that say how to call a reader."""

_VARIANTS = word_set(
    "IndexName Qualifier VersionId VersionName VersionStage qualifier versionId"
)
"""Optional members that pick one variant of a thing, on writers and readers alike."""

_ID_ENDINGS = word_set("ARN Arn Bucket Id ID Identifier Name Uri URI Url URL")
_ANY_RESOURCE = word_set("arn id name resource resourcearn resourceid resourcename")
"""Folded names under which tag operations take whatever is tagged."""
_PRELUDE = "smithy.api"
_MAY_MAKE = frozenset({Change.CREATE, Change.START, Change.OTHER})
"""Changes whose output may carry the id of something new."""
_SOURCE = re.compile(r"^(source|s3)|(snapshot|backup)(?!.*size)", re.IGNORECASE)
"""Names of what something is restored from."""
_TAGGING = frozenset({Change.TAG, Change.UNTAG})


@dataclass(frozen=True, slots=True)
class Binding:
    """A usable binding, or the reason why there is none."""

    params: Mapping[str, str]
    created: Mapping[str, str] = field(default_factory=dict)
    """What only the output of a create tells."""
    reason: str | None = None


def is_identifier(subject: Subject, name: str) -> bool:
    """Return whether a top-level input member names a thing rather than a value."""
    member = subject.input.members[name]
    if subject.has(member, "smithy.api#httpLabel"):
        return True
    if kind_of(subject.target(member)) != "string":
        return False
    if name == "Key":
        return True
    if name.casefold() == singular_of(subject.noun).casefold():
        return subject.verb not in {"Put", "Set"}  # PutKeyPolicy: the policy itself
    words = words_of(name[:1].upper() + name[1:])
    return bool(words) and words[-1] in _ID_ENDINGS


def identifiers_of(subject: Subject) -> tuple[str, ...]:
    """Return the required top-level members that name what is changed, sorted."""
    return tuple(name for name in subject.required if is_identifier(subject, name))


def alternatives_of(subject: Subject) -> tuple[str, ...]:
    """Return the optional identifiers of a writer that requires none, sorted.

    Such a request names its thing by one of them (by id or by name).
    """
    if identifiers_of(subject):
        return ()
    wanted = bare_noun(subject.noun)
    return tuple(
        name
        for name in sorted(subject.input.members)
        if is_identifier(subject, name) and root_of(name) in {"", wanted}
    )


def bind(writer: Subject, reader: Subject, change: Change) -> Binding:
    """Return how the writer's members fill the reader's."""
    params: dict[str, str] = {}
    created: dict[str, str] = {}
    for name, member in sorted(reader.input.members.items()):
        if name.casefold() in CALL_MEMBERS:
            continue
        is_required = reader.is_required(member)
        path = None
        if not _is_made(writer, reader, change, name):
            path = _match(writer, reader, change, name, member)
            may_differ = is_required and not _gets_id(writer, reader, change, name)
            if path is None and may_differ:
                path = _renamed(writer, reader, change, name, member)
        parts = {} if path or not is_required else filled(writer, reader, name, member)
        if path is not None:
            params[path[0]] = path[1]
        elif parts and change is not Change.CREATE:
            params.update(parts)
        elif _may_make(reader, change, created, is_required=is_required):
            made = _made(writer, reader, name, member)
            given = _given_name(writer, change, made)
            params.update(given)
            created.update({} if given else made)
            if is_required and not made:
                return Binding({}, reason=f"{reader.name} needs {name}")
        elif is_required:
            return Binding({}, reason=f"{reader.name} needs {name}")
    return _settled(writer, reader, params, created)


def _given_name(
    writer: Subject, change: Change, made: Mapping[str, str]
) -> dict[str, str]:
    """Return the binding to the name that a create was given and that comes back."""
    is_named = change is Change.CREATE and writer.verb in MAKING
    return {
        place: name
        for place, path in made.items()
        for name in writer.required
        if is_named and name.casefold() == path.rpartition(".")[2].casefold()
        if name.casefold().endswith("name") and place.casefold().endswith("name")
    }


def _may_make(
    reader: Subject, change: Change, created: Mapping[str, str], *, is_required: bool
) -> bool:
    """Return whether a member may be told by the id of something new, a tie's also."""
    if change is Change.ATTACH:
        return is_required and "association" in reader.noun.casefold()
    return change in _MAY_MAKE and (is_required or not created)


def _is_made(writer: Subject, reader: Subject, change: Change, name: str) -> bool:
    """Return whether an identifier is of the new thing, which the request cannot name.

    ``CopyImage`` takes the id of the image to copy; its parent is named as ever.
    """
    if change is not Change.CREATE or writer.verb in MAKING:
        return False
    is_own = name in writer.required and names_own(writer, name)
    if is_own and (writer.verb == "Start" or _names_source(writer)):
        return False  # where the source has a name of its own, this is the new one's
    return bare_noun(reader.noun).endswith(root_of(singular_of(name)))


def _names_source(writer: Subject) -> bool:
    """Return whether a request says by another name what it restores from."""
    return writer.verb == "Restore" and any(
        _SOURCE.search(name) and is_identifier(writer, name)
        for name in writer.input.members
    )


def _gets_id(writer: Subject, reader: Subject, change: Change, name: str) -> bool:
    """Return whether a create returns an id for what its request may only call a name."""
    if change is not Change.CREATE:
        return False
    made = _made(writer, reader, name, reader.input.members[name])
    return any(OPAQUE.search(path) for path in made.values())


def _settled(
    writer: Subject, reader: Subject, params: dict[str, str], created: dict[str, str]
) -> Binding:
    """Keep what the output tells only where the request does not name the thing."""
    needed = {re.split(r"[\[.]", path)[0] for path in created} & set(reader.required)
    names_it = any(names_own(writer, path) for path in params.values())
    if created and not needed and names_it:
        created = {}
    return Binding(params, created)


def unbound(writer: Subject, params: Mapping[str, str]) -> tuple[str, ...]:
    """Return the writer's identifiers that do not reach the reader."""
    return tuple(
        name for name in identifiers_of(writer) if name not in set(params.values())
    )


def _match(
    writer: Subject, reader: Subject, change: Change, name: str, member: Member
) -> tuple[str, str] | None:
    """Return (reader path, writer member) for one member of the reader."""
    target = reader.target(member)
    same = same_name(writer.input, name)
    if same is not None:
        other = writer.target(writer.input.members[same])
        may_select = (
            reader.is_required(member)
            or _narrows(writer, reader, same)
            or _names_new(writer, change, same)
            or same in alternatives_of(writer)
            or _is_alternative(writer, reader, change, same)
        )
        if may_select and same_values(writer.model, other, target):
            return name, same
    if target.type == "list" and kind_of(item_of(reader.model, target)) == "string":
        for candidate in writer.required:
            is_one = is_identifier(writer, candidate) or reader.is_required(member)
            if is_one and _is_plural(name, candidate, bare_noun(head_of(reader.noun))):
                return f"{name}[0]", candidate
        one = singular_of(name)
        inner = _nested(writer, one, item_of(reader.model, target))
        if inner and names_own(writer, inner[1]) and root_of(one):
            return f"{name}[0]", inner[1]
    return None


def _is_alternative(
    writer: Subject, reader: Subject, change: Change, name: str
) -> bool:
    """Return whether a request that needs no identifier names its thing by this one."""
    if change is Change.CREATE or identifiers_of(writer):
        return False
    is_id = is_identifier(writer, name) and bool(root_of(name))
    return is_id and names_own(reader, name)


def _names_new(writer: Subject, change: Change, name: str) -> bool:
    """Return whether an optional member of a create is the new thing's own name."""
    is_own = is_identifier(writer, name) and names_own(writer, name)
    makes = change in {Change.CREATE, Change.PUT}
    return makes and is_own and bool(root_of(name))


def _renamed(
    writer: Subject, reader: Subject, change: Change, name: str, member: Member
) -> tuple[str, str] | None:
    """Return the binding of a required member to one of another name, or none.

    The kind agrees, and the names differ only by the thing's own name, or the two share
    a shape that nothing else of the request has.
    """
    target = reader.target(member)
    if kind_of(target) != "string":
        return None
    found = [
        other
        for other in writer.required
        if kind_of(writer.target(writer.input.members[other])) == "string"
        and is_same_id(name, other, bare_noun(head_of(reader.noun)))
    ]
    if not found and change in _TAGGING and name.casefold() in _ANY_RESOURCE:
        found = [n for n in writer.required if n.casefold() in _ANY_RESOURCE]
    if not found and target.id.namespace != _PRELUDE and "Id" in target.id.name:
        shape = root_of(target.id.name)  # `ResourceId` is the shape of many
        found = [
            other
            for other in writer.required
            if writer.input.members[other].target == target.id
            and shape in {root_of(name), root_of(other)}
        ]
    if len(found) == 1 and same_name(reader.input, found[0]) in {None, name}:
        return name, found[0]  # else it fills its namesake
    if found or (change is Change.CREATE and not root_of(name)):
        return None  # the bare id of another thing inside the request
    return _nested(writer, name, target)


def _nested(writer: Subject, name: str, target: Shape) -> tuple[str, str] | None:
    """Return a member of a required structure that is called so, or names the structure.

    ``RuleName`` is the ``Name`` of ``Rule``.
    """
    found, named = [], []
    for outer in writer.required:
        shape = writer.target(writer.input.members[outer])
        for inner in shape.members if shape.type == "structure" else ():
            other = writer.model.expect_shape(shape.members[inner].target)
            if not same_values(writer.model, other, target):
                continue
            if inner.casefold() == name.casefold():
                found.append((name, f"{outer}.{inner}"))
            elif f"{outer}{inner}".casefold() == name.casefold():
                named.append((name, f"{outer}.{inner}"))
    found = found or named
    return found[0] if len(found) == 1 else None


def _made(
    writer: Subject, reader: Subject, name: str, member: Member
) -> dict[str, str]:
    """Return the binding of a reader's member to the id of what a create made."""
    target = reader.target(member)
    place = name
    same = same_name(writer.output, name) if target.type == "list" else None
    if same and same_values(
        writer.model, target, writer.target(writer.output.members[same])
    ):
        return {name: same}
    if target.type == "list":
        target = item_of(reader.model, target)
        place = f"{name}[0]"
        name = singular_of(name)
    if kind_of(target) != "string":
        return {}
    noun = bare_noun(head_of(reader.noun))
    if reader.required == (place,):
        noun = root_of(name) or noun  # whatever it is called, it names the thing
    is_own = root_of(name) in {"", noun, bare_noun(writer.noun)}
    is_own = is_own or name.casefold() in {noun, "resource", "identifier"}
    if not is_own and not reader.is_required(member):
        return {}
    path = id_in_output(writer, name, noun, takes_arn=takes_arn(target))
    return {place: path} if path else {}


def _narrows(writer: Subject, reader: Subject, name: str) -> bool:
    """Return whether an optional member of both says which thing is meant.

    Left out, the reader shows another thing (an ECS service of the default cluster).
    Where a writer sets values, what the reader shows under this name is a value to
    compare instead. Preconditions and secrets do not say which thing is meant.
    """
    member = writer.input.members[name]
    if name.startswith("If") or writer.has(member, "smithy.api#sensitive"):
        return False
    if name in _VARIANTS or _is_scope(writer, reader, name):
        return True
    sets = writer.verb in SETTING and not is_identifier(writer, name)
    if name in writer.required and not (sets and name in _shown(reader)):
        return True
    if writer.verb not in SETTING and is_identifier(writer, name):
        return True
    is_text = kind_of(writer.target(member)) == "string"
    return is_text and name not in _shown(reader)


def _is_scope(writer: Subject, reader: Subject, name: str) -> bool:
    """Return whether the reader of one thing is also told where it is: on which bus."""
    is_one = reader.verb != "List" and singular_of(reader.noun) == reader.noun
    is_other = bool(root_of(name)) and not names_own(writer, name)
    return is_one and is_other and is_identifier(writer, name)


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


def _is_plural(plural: str, singular: str, noun: str) -> bool:
    forms = {form.casefold() for form in plurals_of(singular)}
    return plural.casefold() in forms or is_same_id(singular_of(plural), singular, noun)
