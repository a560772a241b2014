"""What a request adds to a list of the document, or takes out of it.

Owns which operations do so (ties, and verbs such as ``Add`` and ``Unassign``), and the
place of what they name: a list of such texts, a member of a list's items, or a list
whose items have all that is given. Every text that the request has to give needs one.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from ..ir import Change, How
from ..model import Model, Shape
from .identifiers import id_parts, names_own, root_of, same_name
from .naming import is_control
from .shapes import item_of, kind_of
from .subject import Subject
from .ties import tied_pairs
from .words import singular_of

_ADDING = frozenset({"Add", "Assign"})
_TAKING = frozenset({"Remove", "Unassign"})
_LIST = re.compile(r"(?<=[a-z0-9])(Info)?(List|Set)$")
_STATE = re.compile(r"(?<=[a-z0-9])(State|Summary|Description|Detail|Info)$")
"""What AWS appends to the name of what it tells more of."""
_CHANGING = frozenset({Change.CREATE, Change.DELETE, Change.UPDATE})


def how_tied(writer: Subject, change: Change) -> How | None:
    """Return whether a request adds to something or takes away, if it does either."""
    if change is Change.ATTACH or (change in _CHANGING and writer.verb in _ADDING):
        return How.ADD
    if change is Change.DETACH or (change in _CHANGING and writer.verb in _TAKING):
        return How.REMOVE
    return None


def list_pairs(
    writer: Subject, document: Shape, bound: Collection[str], how: How
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of what is added or taken, sorted; empty unless all are shown."""
    if document.type != "structure":
        return ()
    if plain := tied_pairs(writer, document, bound, how)[0]:
        return () if _are_of_one_list(plain) else plain
    left = [n for n in writer.required if n not in bound and not is_control(n)]
    kinds = {n: kind_of(writer.target(writer.input.members[n])) for n in left}
    names = [n for n in left if kinds[n] in {"list", "string", "structure"}]
    if not names:
        return _optional_pairs(writer, document, bound)
    pairs = []
    for name in names:
        target = writer.target(writer.input.members[name])
        place = _place(writer.model, name, target, document)
        if place is None:
            return ()
        pairs.append((name, place))
    return () if _are_of_one_list(pairs) else tuple(pairs)


def _are_of_one_list(pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether two of them would have to stand in the very same item."""
    lists = [where.partition("[]")[0] for _, where in pairs if "[]" in where]
    return len(lists) != len(set(lists))


def _optional_pairs(
    writer: Subject, document: Shape, bound: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of the lists of such things of which one has to be given."""
    pairs = []
    for name, member in sorted(writer.input.members.items()):
        target = writer.target(member)
        if target.type == "list" and name not in bound and _is_own(writer, name):
            place = _place(writer.model, name, target, document)
            pairs += [(name, place)] if place else []
    return tuple(pairs)


def _is_own(writer: Subject, name: str) -> bool:
    one = singular_of(name)
    return bool(root_of(one)) and (names_own(writer, one) or names_own(writer, name))


def _place(model: Model, name: str, target: Shape, document: Shape) -> str | None:
    """Return the one list of a document that holds such things."""
    one = singular_of(_LIST.sub("", name)) if target.type == "list" else name
    given = item_of(model, target) if target.type == "list" else target
    found = {
        place
        for path, item in _lists(model, document)
        if (place := _inside(model, one, given, path, item)) is not None
    }
    return found.pop() if len(found) == 1 else None


def _lists(
    model: Model, shape: Shape, prefix: str = "", depth: int = 2
) -> Iterator[tuple[str, Shape]]:
    """Yield the lists of a structure and those of its structures with their items."""
    for member in sorted(shape.members) if shape.type == "structure" and depth else ():
        target = model.expect_shape(shape.members[member].target)
        if target.type == "list":
            yield f"{prefix}{member}", item_of(model, target)
        else:
            yield from _lists(model, target, f"{prefix}{member}.", depth - 1)


def _inside(model: Model, one: str, given: Shape, path: str, item: Shape) -> str | None:
    """Return where in a list's items such a thing stands, if it does."""
    called = singular_of(_LIST.sub("", path.rpartition(".")[2]))
    if item.type == "structure" and kind_of(given) == "string":
        found = [m for m in sorted(item.members) if _is_one(m, one)]
        same = same_name(item, one)
        inner = same or (found[0] if len(found) == 1 else None)
        is_named = same is not None or _root(called) == _root(one)
        if inner and is_named and kind_of(_target(model, item, inner)) == "string":
            return f"{path}[].{inner}"
        return None
    if _root(called) != _root(one) or kind_of(item) != kind_of(given):
        return None
    if given.type == "structure":
        return path if _covers(model, item, given) else None
    return path if kind_of(given) == "string" and _ending_fits(called, one) else None


def _covers(model: Model, item: Shape, given: Shape) -> bool:
    """Return whether an item has all that is given, of the same kind."""
    return all(
        name in item.members
        and kind_of(_target(model, item, name)) == kind_of(_target(model, given, name))
        for name in given.members
    )


def _is_one(member: str, one: str) -> bool:
    return _root(member) == _root(one) and _ending_fits(member, one)


def _root(name: str) -> str:
    return id_parts(_STATE.sub("", name), "")[0]


def _ending_fits(left: str, right: str) -> bool:
    """Return whether two names are of the same kind of identifier, or one of any."""
    a, b = (id_parts(_STATE.sub("", name), "")[1] for name in (left, right))
    return a == b or "identifier" in {a, b} or {a, b} == {"", "name"}


def _target(model: Model, shape: Shape, member: str) -> Shape:
    return model.expect_shape(shape.members[member].target)
