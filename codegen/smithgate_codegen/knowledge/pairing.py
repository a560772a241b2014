"""Which members of a request come back in a reader's document, and where.

Owns the compare pairs: writer path → path in the selected document, and how the two
relate. Only members of the same name and the same kind of value are paired: directly,
one wrapper level apart (``VersioningConfiguration.Status`` with ``Status``), or with the
thing's own name in front (``RoleDescription`` with ``Description``). A pair too few shows
as "unknown" in a diff; a wrong pair could show as "unchanged", so doubt means no pair.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..ir import How
from ..model import Model, Shape
from .binding import same_name
from .shapes import item_of, kind_of, resolve_path, same_values
from .subject import Subject
from .tags import is_tag_member, tags_of
from .words import plurals_of, singular_of, word_set

_CONTROL = word_set(
    "applyimmediately callerreference changetoken clientmutationid clientrequesttoken "
    "clienttoken concurrencytoken dryrun etag expectedbucketowner expectedrevision "
    "expectedversion force idempotencytoken ifmatch ifnonematch lastmodifiedtime "
    "locktoken policyrevisionid requestid revisionid revisiontoken "
    "sequencetoken updatetoken"
)
"""Folded names of members that say how to call or what must not have changed."""
_MAX_DEPTH = 6
"""Levels below which structures that differ are not taken apart any more."""
_PLAIN_NAMES = word_set(
    "arn count created createdat creationtime description enabled id identifier key kind "
    "message mode name owner region state status tags type updatedat value values version"
)
"""Folded names that say nothing about what they belong to."""
_ID_LISTS = re.compile(
    r"\w*(Ids|IDs|Arns|ARNs|SecurityGroups|Subnets|AvailabilityZones)", re.IGNORECASE
)
"""Names of lists of identifiers, whose order says nothing."""


@dataclass(frozen=True, slots=True)
class _Side:
    """A member with the path that leads to it."""

    path: str
    shape: Shape


def pairs_of(
    writer: Subject,
    document: Shape,
    bound: Collection[str],
    nouns: Sequence[str] = (),
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a writer and a document, sorted.

    ``bound`` names the writer's members that already select the document, ``nouns`` are
    what the document is about (``bare_noun``).
    """
    if document.type != "structure":
        return ()
    model = writer.model
    found: list[dict[str, str]] = [{}, {}, {}]
    for name in settable(writer, bound):
        target = writer.target(writer.input.members[name])
        same = _named(document, name, nouns)
        if same is not None:
            other = _Side(same, _target(model, document, same))
            found[0].update(_below(model, _Side(name, target), other))
        elif target.type == "structure":
            found[1].update(_wrapped(model, name, target, document))
        else:
            found[2].update(_deeper(model, name, target, document))
            found[2].update(_item_ids(model, name, target, document))
            found[2].update(_added(model, name, target, document))
    taken = Counter(path for pairs in found for path in pairs.values())
    pairs = {**found[2], **found[1], **found[0]}
    return tuple(
        sorted((w, r) for w, r in pairs.items() if taken[r] == 1 or added_of(w))
    )


def settable(writer: Subject, bound: Collection[str]) -> Iterator[str]:
    """Yield the writer's members that hold a value rather than name or call."""
    for name, member in writer.input.members.items():
        is_token = writer.has(member, "smithy.api#idempotencyToken")
        if not (name in bound or is_token or is_control(name)):
            yield name


def is_control(name: str) -> bool:
    """Return whether a member says how to call rather than what to set."""
    return name.casefold() in _CONTROL


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
    if same and same_values(model, target, _target(model, document, same)):
        return same
    found = []
    for outer in sorted(document.members):
        shape = _target(model, document, outer)
        if shape.type != "list":
            continue
        item = item_of(model, shape)
        if item.type == "structure" and (inner := same_name(item, one)):
            if kind_of(_target(model, item, inner)) == "string":
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
        if is_tag_member(name) and _holds_tags(model, _target(model, document, name)):
            return name
    for name in sorted(document.members) if depth else ():
        inner = _tags_in(model, _target(model, document, name), depth - 1)
        if inner is not None:
            return f"{name}.{inner}"
    return None


def key_pair(writer: Subject, document: Shape) -> tuple[tuple[str, str], ...]:
    """Return the pair of the tag keys to remove and the tags of a document, if any."""
    lists = [
        name
        for name in writer.required
        if "tag" in name.casefold()
        and writer.target(writer.input.members[name]).type == "list"
    ]
    place = _tags_in(writer.model, document)
    if len(lists) != 1 or place is None:
        return ()
    item = item_of(writer.model, writer.target(writer.input.members[lists[0]]))
    return ((lists[0], place),) if kind_of(item) == "string" else ()


def how_of(
    writer: Subject, document: Shape, pairs: Collection[tuple[str, str]]
) -> tuple[tuple[str, How], ...]:
    """Return how paired values relate where it is not by plain equality, sorted."""
    found = []
    tags = tags_of(writer).value
    for path, where in pairs:
        given = resolve_path(writer.model, writer.input, path)
        adding = added_of(path)
        if "[]" in where:
            found.append((path, How.SET))
            continue
        shown = resolve_path(writer.model, document, where)
        if adding is not None and given.type == "list" and path != where:
            found.append((path, adding[1]))
        elif tags is not None and path == tags.member:
            found.append((path, How.TAGS))
        elif writer.verb == "Add" and given.type == shown.type == "list":
            found.append((path, How.ADD))
        elif given.type == shown.type == "list":
            is_text = kind_of(item_of(writer.model, given)) == "string"
            is_set = "smithy.api#uniqueItems" in given.traits
            if is_text and (is_set or _ID_LISTS.fullmatch(path.rpartition(".")[2])):
                found.append((path, How.SET))
    return tuple(sorted(found))


def _holds_tags(model: Model, shape: Shape) -> bool:
    """Return whether a shape is a map of texts, or a list of keys and values."""
    if shape.type == "map":
        return kind_of(item_of(model, shape)) == "string"
    if shape.type != "list":
        return False
    names = {name.casefold() for name in item_of(model, shape).members}
    return {"key", "value"} <= names or {"tagkey", "tagvalue"} <= names


def _named(document: Shape, name: str, nouns: Sequence[str]) -> str | None:
    """Return the document's member of this name, the thing's own name apart."""
    for form in (f for noun in (*nouns, "") for f in _forms(name, noun)):
        found = same_name(document, form)
        if found is not None:
            return found
    return None


def _forms(name: str, noun: str) -> Iterator[str]:
    yield name
    folded = name.casefold()
    if folded.startswith("new") and name[3:4].isupper():
        yield name[3:]
    if noun:
        yield noun + folded
        if folded.startswith(noun) and len(folded) > len(noun):
            yield folded[len(noun) :]


def _wrapped(
    model: Model, name: str, target: Shape, document: Shape
) -> Iterator[tuple[str, str]]:
    """Yield pairs of the members of a wrapper and those of the document."""
    for inner in sorted(target.members):
        same = same_name(document, inner)
        if same is not None:
            yield from _below(
                model,
                _Side(f"{name}.{inner}", _target(model, target, inner)),
                _Side(same, _target(model, document, same)),
            )


def _deeper(
    model: Model, name: str, target: Shape, document: Shape
) -> Iterator[tuple[str, str]]:
    """Yield the pair with the one member of this name one level below the document."""
    if name.casefold() in _PLAIN_NAMES:
        return
    found = []
    for outer in sorted(document.members):
        shape = _target(model, document, outer)
        inner = same_name(shape, name) if shape.type == "structure" else None
        if inner is not None:
            found.append(_Side(f"{outer}.{inner}", _target(model, shape, inner)))
    if len(found) == 1:
        yield from _below(model, _Side(name, target), found[0])


def _item_ids(
    model: Model, name: str, target: Shape, document: Shape
) -> Iterator[tuple[str, str]]:
    """Yield ``SubnetIds`` with ``Subnets[].SubnetId``: identifiers of a list's items."""
    if target.type != "list" or kind_of(item_of(model, target)) != "string":
        return
    wanted = singular_of(name)
    found = []
    for outer in sorted(document.members):
        shape = _target(model, document, outer)
        if shape.type == "list" and item_of(model, shape).type == "structure":
            item = item_of(model, shape)
            same = same_name(item, wanted)
            same = same or same_name(item, f"{wanted.removesuffix('Id')}Identifier")
            if same and kind_of(_target(model, item, same)) == "string":
                found.append((name, f"{outer}[].{same}"))
    if len(found) == 1 and wanted != name and _ID_LISTS.fullmatch(name):
        yield found[0]


_ADDING = re.compile(
    r"(?P<plus>Add)?(?P<minus>Remove)?(?P<name>[A-Z]\w*?)(?P<to>To(Add|Remove))?"
)
"""``AddX``, ``RemoveX``, ``XToAdd``, ``XToRemove``."""


def added_of(name: str) -> tuple[str, How] | None:
    """Return the list that a member adds to or takes from, and which of the two."""
    match = _ADDING.fullmatch(name[:1].upper() + name[1:])
    if match is None or not any((match["plus"], match["minus"], match["to"])):
        return None
    is_added = bool(match["plus"]) or match["to"] == "ToAdd"
    return match["name"], How.ADD if is_added else How.REMOVE


def _added(
    model: Model, name: str, target: Shape, document: Shape
) -> Iterator[tuple[str, str]]:
    """Yield a list of what is added or removed with the list that it is added to."""
    adding = added_of(name)
    if adding is None or target.type != "list":
        return
    for form in (adding[0], *plurals_of(adding[0])):
        same = same_name(document, form)
        if same and same_values(model, target, _target(model, document, same)):
            yield name, same
            return


def _below(model: Model, left: _Side, right: _Side) -> Iterator[tuple[str, str]]:
    """Yield the pair itself, or the pairs of two structures that differ."""
    if same_values(model, left.shape, right.shape):
        yield left.path, right.path
        return
    is_both = left.shape.type == right.shape.type == "structure"
    if is_both and left.path.count(".") < _MAX_DEPTH:
        for name in sorted(left.shape.members):
            same = same_name(right.shape, name)
            if same is not None:
                yield from _below(
                    model,
                    _Side(f"{left.path}.{name}", _target(model, left.shape, name)),
                    _Side(f"{right.path}.{same}", _target(model, right.shape, same)),
                )


def _target(model: Model, shape: Shape, member: str) -> Shape:
    return model.expect_shape(shape.members[member].target)
