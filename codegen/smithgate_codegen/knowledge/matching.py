"""Which member of an item carries an identifier of the request.

Owns ``match``: item member → writer path, so that an item of a list is told by every
identifier that the writer needs, and by nothing that the writer sets.
"""

from collections.abc import Iterator, Mapping, Sequence

from ..ir import Change
from ..model import Shape
from .binding import Binding
from .identifiers import is_same_id, names_own, root_of, same_name
from .shapes import item_of, kind_of, resolve_path
from .subject import Subject
from .words import CREATING, SETTING, bare_noun, singular_of

VALUED = frozenset({Change.CREATE, Change.PUT, Change.UPDATE})
"""Changes of which the members of the request are the state."""


def match_of(
    writer: Subject,
    reader: Subject,
    item: Shape,
    missed: Sequence[str],
    noun: str | None = "",
) -> tuple[tuple[str, str], ...] | None:
    """Return item member → writer path for each identifier, or ``None``.

    ``noun`` is what an item is: the reader's by default; ``None`` takes equal names only.
    """
    noun = bare_noun(reader.noun) if noun == "" else noun
    found: dict[str, str] = {}
    if item.type != "structure":
        is_text = kind_of(item) == "string" and len(missed) == 1
        own = is_text and noun is not None and names_own(writer, missed[0])
        return (("", missed[0]),) if own else None
    for name in missed:
        given = writer.target(writer.input.members[name])
        wanted = name
        if given.type == "list":
            given, wanted = item_of(writer.model, given), singular_of(name)
        same = [m for m in item.members if m.casefold() == wanted.casefold()]
        if noun is not None:
            same = same or [
                m for m in sorted(item.members) if is_exact(m, wanted, noun)
            ]
        if writer.verb not in SETTING:
            same = same or _inside(reader, item, wanted)
        if len(same) != 1 or same[0] in found:
            return None
        if kind_of(resolve_path(reader.model, item, same[0])) != kind_of(given):
            return None
        found[same[0]] = name
    return tuple(sorted(found.items()))


def _inside(reader: Subject, item: Shape, name: str) -> list[str]:
    """Return the members of this name in the structures of an item.

    A plain name is the item's own only in the one structure that it has.
    """
    shapes = {
        outer: reader.model.expect_shape(member.target)
        for outer, member in sorted(item.members.items())
    }
    inner = {outer: s for outer, s in shapes.items() if s.type == "structure"}
    if len(inner) != 1 and not root_of(name):
        return []
    return [f"{o}.{m}" for o, s in inner.items() if (m := same_name(s, name))]


def is_exact(left: str, right: str, noun: str) -> bool:
    """Return whether both name the thing by the same kind of identifier."""
    a, b = left.casefold(), right.casefold()
    if not is_same_id(left, right, noun):
        return False
    return a.endswith(b) or b.endswith(a)


def selecting(
    writer: Subject, change: Change, binding: Binding, missed: Sequence[str]
) -> tuple[str, ...]:
    """Return the identifiers that select an item; the others are values set.

    Where one of them is the thing's own, one of another thing outside the path is what
    the item refers to.
    """
    if binding.params:
        missed = [n for n in missed if not is_named_after(writer, change, n)]
    names = (*missed, *binding.params.values())
    own = any(names_own(writer, name) for name in names)
    sets = writer.verb in SETTING and change in VALUED and own
    return tuple(
        name
        for name in missed
        if not sets
        or names_own(writer, name)
        or writer.has(writer.input.members[name], "smithy.api#httpLabel")
    )


def is_named_after(writer: Subject, change: Change, name: str) -> bool:
    """Return whether an operation is called after a member that it sets.

    ``SetDefaultSenderId`` sets the ``SenderId`` of something else; what is just a
    ``SenderId`` would be named by it.
    """
    noun, last = writer.noun.casefold(), name.casefold()
    is_set = change in VALUED and change is not Change.CREATE
    is_path = writer.has(writer.input.members[name], "smithy.api#httpLabel")
    return is_set and not is_path and noun != last and noun.endswith(last)


def carried_too(
    writer: Subject,
    reader: Subject,
    binding: Binding,
    item: Shape,
    missed: Sequence[str],
) -> Iterator[str]:
    """Yield further required members that tell an item: numbers, names, lists of ids."""
    for name in writer.required:
        if name in missed or name in binding.params.values():
            continue
        shape = writer.target(writer.input.members[name])
        if shape.type == "list":
            shape = item_of(writer.model, shape)
            one, noun = singular_of(name), bare_noun(reader.noun)
            near = [m for m in sorted(item.members) if is_exact(m, one, noun)]
            found = same_name(item, one) or (near[0] if len(near) == 1 else None)
            if not names_own(writer, one):
                continue
        else:
            found = same_name(item, name)
        if found is not None and kind_of(shape) in {"string", "number"}:
            target = reader.model.expect_shape(item.members[found].target)
            if kind_of(target) == kind_of(shape):
                yield name


def selects_one(
    writer: Subject, reader: Subject, item: Shape, params: Mapping[str, str]
) -> bool:
    """Return whether a list that was asked for by identifier holds just one item.

    The item must carry every identifier, and be named after one of them: asked for by
    the identifier of a parent, it would be any of the parent's children.
    """
    asked = [path for place, path in params.items() if place.endswith("[0]")]
    noun = bare_noun(reader.noun)
    same_thing = noun == bare_noun(writer.noun) and writer.verb not in CREATING
    for path in asked:
        if path.partition(".")[0] not in writer.required:
            continue
        name = path.rpartition(".")[2]
        if same_thing and name in item.members:
            return True
        own = noun.endswith(root_of(name))
        if own and any(
            root_of(m) in {root_of(name), ""} or is_same_id(m, name, noun)
            for m in item.members
        ):
            return True
    return False
