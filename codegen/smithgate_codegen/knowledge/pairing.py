"""Which members of a request come back in a reader's document, and where.

Owns the compare pairs: writer path → path in the selected document, and how the two
relate. Only members of the same name (``naming`` tells which are) and the same kind of
value are paired: directly, one wrapper level apart (``VersioningConfiguration.Status``
with ``Status``), or in the part of the document that stands for the thing. A pair too
few shows as "unknown" in a diff; a wrong pair could show as "unchanged", so doubt means
no pair.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..ir import How
from ..model import Model, Shape
from .binding import alternatives_of
from .identifiers import root_of, same_name
from .naming import NO_NOUNS, Nouns, added_of, bare_name, is_control, is_pending
from .patches import patch_how, patch_pairs
from .shapes import item_of, kind_of, resolve_path, same_values, target_of
from .subject import Subject
from .tags import tags_of
from .words import bare_noun, plurals_of, singular_of, word_set

_MAX_DEPTH = 6
"""Levels below which structures that differ are not taken apart any more."""
_PLAIN_NAMES = word_set(
    "arn count created createdat creationtime description enabled id identifier key kind "
    "message mode name owner region state status tags type updatedat value values version"
)
"""Folded names that say nothing about what they belong to."""
_OF_ANYTHING = word_set("arn id identifier name state status version")
"""Those that a part has of its own: the name of a ``DomainEntry`` is not the domain's."""
_ID_LISTS = re.compile(
    r"\w*(Ids|IDs|Arns|ARNs|SecurityGroups|Subnets|AvailabilityZones)", re.IGNORECASE
)
"""Names of lists of identifiers, whose order says nothing."""
_ID = re.compile(r"(Arn|ARN|Id|ID|Identifier|arn|id)$")
_OWN_STATUS = frozenset({"Options", "Status"})
"""Members of a setting that is shown with its own status (``EBSOptions.Options``)."""
_EDITION = "revision"
Pairs = Iterator[tuple[str, str]]
_LEVELS = 8
"""Ways to pair a member, the surest first."""


@dataclass(frozen=True, slots=True)
class _Side:
    """A member with the path that leads to it."""

    path: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class _Shown:
    """A document, and the structures in it that stand for the thing that is changed."""

    model: Model
    document: Shape
    noun: str
    """What the writer changes."""
    nouns: Nouns
    part: _Side | None
    """The one named after what the writer changes, in a document of something larger."""
    wrapper: _Side | None
    """The one that stands for the whole of the document."""

    def ways(self, given: _Side) -> Iterator[list[tuple[str, str]]]:
        """Yield what each way to pair a member gives, the surest first."""
        model, document = self.model, self.document
        is_structure = given.shape.type == "structure"
        yield list(self._named(given, self.part)) if self.part else []
        yield list(self._named(given, _Side("", document)))
        yield list(self._unwrapped(given, _Side("", document)))
        is_deep = not is_structure or self.wrapper is None
        yield [
            *(_deeper(model, given, document, self.nouns) if is_deep else []),
            *([] if is_structure else _item_ids(model, given, document)),
            *([] if is_structure else _added(model, given, document)),
        ]
        yield list(_alike(model, given, document))
        is_own = bare_noun(self.noun) in self.nouns.whole
        yield [] if is_own else list(self._called_after(given))
        yield list(self._inside(given, self.wrapper)) if self.wrapper else []
        yield list(patch_pairs(model, given.path, given.shape, document))

    def _named(self, given: _Side, place: _Side) -> Pairs:
        """Yield the pairs with the member of this name."""
        same = self.nouns.member(place.shape, given.path)
        if same is not None:
            yield from _below(self.model, given, _inner(self.model, place, same))

    def _unwrapped(self, given: _Side, place: _Side) -> Pairs:
        """Yield the pairs of a wrapper's members, plain names only of the thing itself."""
        is_own = self.nouns.stand_for(given.path)
        for writer, reader in _wrapped(self.model, given, place):
            inner = writer.split(".")[1].casefold()
            told = given.path.casefold().removesuffix("request").endswith(inner)
            if is_own or told or inner not in _OF_ANYTHING:
                yield writer, reader

    def _called_after(self, given: _Side) -> Pairs:
        """Yield the pair with the member that the operation is called after.

        ``SetDefaultSenderId`` takes a ``SenderId``, which is shown as ``DefaultSenderId``.
        """
        below = [
            _inner(self.model, _Side("", self.document), n)
            for n in self.document.members
        ]
        below += [
            _inner(self.model, side, name)
            for side in list(below)
            if side.shape.type == "structure"
            for name in side.shape.members
        ]
        name, noun = given.path.casefold(), self.noun.casefold()
        found = [
            side
            for side in below
            if (last := side.path.rpartition(".")[2].casefold()) != name
            and last.endswith(name)
            and noun.endswith(last)
        ]
        if len(found) == 1:
            yield from _below(self.model, given, found[0])

    def _inside(self, given: _Side, place: _Side) -> Pairs:
        """Yield the pairs with the member of this name, or with those of a wrapper."""
        found = list(self._named(given, place))
        yield from found or self._unwrapped(given, place)


def pairs_of(
    writer: Subject,
    document: Shape,
    bound: Collection[str],
    nouns: Nouns = NO_NOUNS,
    *,
    is_own: bool = True,
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a writer and a document, sorted.

    ``bound`` names the writer's members that already select the document, ``nouns`` are
    what the document is about: of the writer's own thing (``is_own``), or of what that
    belongs to.
    """
    if document.type != "structure":
        return ()
    shown = _shown(writer, document, nouns, is_own=is_own)
    found: list[dict[str, str]] = [{} for _ in range(_LEVELS)]
    named = {n for n in alternatives_of(writer) if _ID.search(n)}
    for name in settable(writer, {*bound, *named}):
        given = _Side(name, writer.target(writer.input.members[name]))
        for level, pairs in enumerate(shown.ways(given)):
            if pairs:
                found[level].update(pairs)
                break
    taken = Counter(path for level in found for path in level.values())
    every = dict(pair for level in reversed(found) for pair in level.items())
    if set(every) <= set(bound):
        return ()  # what was asked for is what is shown, whatever else is set
    return tuple(
        sorted((w, r) for w, r in every.items() if taken[r] == 1 or added_of(w))
    )


def _shown(writer: Subject, document: Shape, nouns: Nouns, *, is_own: bool) -> _Shown:
    model = writer.model
    names = [name for name in document.members if not is_pending(name)]
    inner = [_inner(model, _Side("", document), name) for name in names]
    structures = {side.path: side for side in inner if side.shape.type == "structure"}
    part, wrapper = nouns.part(structures, writer.noun), nouns.wrapper(structures)
    return _Shown(
        model=model,
        document=document,
        noun=writer.noun,
        nouns=nouns,
        part=structures[part] if part else None,
        wrapper=structures[wrapper] if wrapper and is_own else None,
    )


def settable(writer: Subject, bound: Collection[str]) -> Iterator[str]:
    """Yield the writer's members that hold a value rather than name or call."""
    for name, member in writer.input.members.items():
        is_token = writer.has(member, "smithy.api#idempotencyToken")
        if (
            name.casefold() == _EDITION
            and kind_of(writer.target(member)) != "structure"
        ):
            continue  # the one that must not have changed since
        if not (name in bound or is_token or is_control(name)):
            yield name


def how_of(
    writer: Subject, document: Shape, pairs: Collection[tuple[str, str]]
) -> tuple[tuple[str, How], ...]:
    """Return how paired values relate where it is not by plain equality, sorted."""
    found = []
    tags = tags_of(writer).value
    for path, where in pairs:
        given = resolve_path(writer.model, writer.input, path)
        adding = added_of(path)
        if patched := patch_how(writer.model, given, path, where):
            found.append((path, patched))
            continue
        if "[]" in where and adding is not None:
            found.append((path, adding[1]))
            continue
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


def _wrapped(model: Model, given: _Side, place: _Side) -> Pairs:
    """Yield pairs of the members of a wrapper and those of the document."""
    if given.shape.type != "structure":
        return
    for inner in sorted(given.shape.members):
        same = same_name(place.shape, inner)
        if same is not None:
            left = _inner(model, given, inner)
            yield from _below(model, left, _inner(model, place, same))


def _deeper(model: Model, given: _Side, document: Shape, nouns: Nouns) -> Pairs:
    """Yield the pair with the one member of this name one level below the document.

    The name may also be that of both levels (``notificationState``).
    """
    folded = given.path.casefold()
    below = [
        _inner(model, _Side(outer, shape), inner)
        for outer in sorted(document.members)
        if not is_pending(outer)
        and (shape := target_of(model, document, outer)).type == "structure"
        for inner in sorted(shape.members)
    ]
    found = [] if folded in _PLAIN_NAMES else _called(below, {folded}, both=False)
    if not found:
        forms = {form.casefold() for form in nouns.forms(given.path)}
        found = _called(below, forms, both=True)
    if len(found) == 1:
        yield from _below(model, given, found[0])


def _called(places: list[_Side], names: set[str], *, both: bool) -> list[_Side]:
    """Return the places whose last name, or both names as one, is one of some."""
    found = []
    for place in places:
        outer, _, inner = place.path.partition(".")
        fronts = (outer, bare_noun(outer)) if both else ("",)
        if any(f"{front}{inner}".casefold() in names for front in fronts):
            found.append(place)
    return found


def _item_ids(model: Model, given: _Side, document: Shape) -> Pairs:
    """Yield ``SubnetIds`` with ``Subnets[].SubnetId``: identifiers of a list's items."""
    name = given.path
    if not _is_texts(model, given.shape):
        return
    wanted = singular_of(name)
    found = []
    for outer, item in _item_structures(model, document):
        same = same_name(item, wanted)
        same = same or same_name(item, f"{wanted.removesuffix('Id')}Identifier")
        if same and kind_of(target_of(model, item, same)) == "string":
            found.append((name, f"{outer}[].{same}"))
    if len(found) == 1 and wanted != name and _ID_LISTS.fullmatch(name):
        yield found[0]


def _added(model: Model, given: _Side, document: Shape) -> Pairs:
    """Yield a list of what is added or removed with the list that it is added to."""
    adding = added_of(given.path)
    if adding is None or given.shape.type != "list":
        return
    forms = {form.casefold() for form in (adding[0], *plurals_of(adding[0]))}
    for same in document.members:
        if same.casefold() in forms:
            target = target_of(model, document, same)
            if same_values(model, given.shape, target):
                yield given.path, same
                return
    if not _is_texts(model, given.shape):
        return
    one = singular_of(adding[0]).casefold()
    for outer, item in _item_structures(model, document):
        ids = [
            name
            for name in item.members
            if kind_of(target_of(model, item, name)) == "string"
            and root_of(name)
            and one.removesuffix("id").removesuffix("arn").endswith(root_of(name))
        ]
        if outer.casefold() in forms and len(ids) == 1:
            yield given.path, f"{outer}[].{ids[0]}"


def _is_texts(model: Model, shape: Shape) -> bool:
    return shape.type == "list" and kind_of(item_of(model, shape)) == "string"


def _item_structures(model: Model, document: Shape) -> Iterator[tuple[str, Shape]]:
    """Yield the lists of structures in a document, each with its item."""
    for outer in sorted(document.members):
        shape = target_of(model, document, outer)
        if shape.type == "list" and item_of(model, shape).type == "structure":
            yield outer, item_of(model, shape)


def _alike(model: Model, given: _Side, document: Shape) -> Pairs:
    """Yield the pairs with the structure that is about the same (``XUpdate``, ``X``)."""
    same = _same_about(model, given, document)
    if same is not None:
        place = _Side(same, target_of(model, document, same))
        yield from _below(model, given, place)


def _same_about(model: Model, given: _Side, document: Shape) -> str | None:
    if given.shape.type != "structure":
        return None
    wanted = bare_name(given.path.rpartition(".")[2])
    found = [
        name
        for name in document.members
        if target_of(model, document, name).type == "structure"
        and bare_name(name) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _below(model: Model, left: _Side, right: _Side) -> Pairs:
    """Yield the pair itself, or the pairs of two structures that differ."""
    if same_values(model, left.shape, right.shape):
        yield left.path, right.path
        return
    if right.shape.type != "structure" or left.path.count(".") >= _MAX_DEPTH:
        return
    if set(right.shape.members) == _OWN_STATUS:
        yield from _below(model, left, _inner(model, right, "Options"))
    elif left.shape.type == "structure":
        for name in sorted(left.shape.members):
            given = _inner(model, left, name)
            same = same_name(right.shape, name)
            same = same or _same_about(model, given, right.shape)
            if same is not None:
                yield from _below(model, given, _inner(model, right, same))


def _inner(model: Model, side: _Side, member: str) -> _Side:
    """Return a member of a structure."""
    path = f"{side.path}.{member}" if side.path else member
    return _Side(path, target_of(model, side.shape, member))
