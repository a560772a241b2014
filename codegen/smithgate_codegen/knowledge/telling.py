"""Items of a listing that are told otherwise than by the identifier that is left.

Owns four ways: the item is the text that the request gives, or one of several; the
request gives the item itself as a structure, or several of them; the listing was asked for by everything that identifies the thing.
Everything else that the request has to give must have reached the reader.
"""

from collections.abc import Iterator

from ..ir import Change
from ..model import Shape
from .binding import Binding, identifiers_of, is_identifier
from .identifiers import names_own, root_of, same_name
from .items import Document, Place, item_noun
from .matching import is_exact
from .naming import is_control
from .orders import same_thing
from .shapes import item_of, kind_of, resolve_path
from .subject import Subject
from .words import CREATING, bare_noun, singular_of

_APPEARING = frozenset({Change.ATTACH, Change.CREATE, Change.DELETE, Change.DETACH})
_BONDS = ("association", "attachment", "membership")
"""What a tie is called that is a thing of its own."""
_GONE = frozenset({Change.DELETE, Change.DETACH, Change.STOP})
_MAKES = frozenset({Change.CREATE, Change.START})
_SET = frozenset({Change.CREATE, Change.PUT, Change.UPDATE})
"""Changes whose structures hold values to set beside what names the thing."""


def told_by_value(
    writer: Subject,
    change: Change,
    reader: Subject,
    binding: Binding,
    item: Shape,
    noun: str,
) -> tuple[tuple[str, str], ...]:
    """Return the match that the one value left tells; empty where none does.

    ``noun`` is what the items of the list are called.
    """
    left = _left(writer, binding)
    if len(left) != 1:
        return ()
    name = left[0]
    target = writer.target(writer.input.members[name])
    given = item_of(writer.model, target) if target.type == "list" else target
    if kind_of(given) == kind_of(item) == "string":
        is_own = _is_such(writer, reader, name, noun) and not _is_filtered(
            reader, binding
        )
        return (("", name),) if is_own and change in _APPEARING else ()
    if item.type != "structure":
        return ()
    if given.type == "structure" and change in _APPEARING | _SET:
        return _by_members(writer, change, reader, name, item, noun)
    if kind_of(given) == "string" and change in _APPEARING and item_noun(name) == noun:
        ids = [m for m in sorted(item.members) if _names(m, {"", noun})]
        if len(ids) == 1 and kind_of(_member(reader, item, ids[0])) == "string":
            return ((ids[0], name),)
    if target.type == "list" and change not in _SET and _same_noun(writer, reader):
        one = same_name(item, singular_of(name))
        if one and kind_of(_member(reader, item, one)) == kind_of(given) == "string":
            return ((one, name),)
    return ()


def identified(
    writer: Subject, change: Change, reader: Subject, binding: Binding, place: Place
) -> Document | None:
    """Return the item that carries all that the listing was narrowed by.

    Of what is made, it may be no more than one of the children of the same parent.
    """
    item = item_of(reader.model, place.shape)
    is_one = singular_of(writer.noun) == writer.noun and writer.verb == writer.words[0]
    if not (is_one and _same_noun(writer, reader) and item.type == "structure"):
        return None
    ids, told = set(identifiers_of(writer)), set(binding.params.values())
    is_bond = bare_noun(writer.noun).endswith(_BONDS)
    if change in _MAKES and not (change is Change.CREATE and is_bond):
        return None
    if not ids or not told.issuperset(_left(writer, None) if not is_bond else ids):
        return None
    match = dict(_carried(writer, change, reader, place))
    makes = change in {Change.ATTACH, Change.CREATE}
    if makes and not (len(ids) > 1 and ids <= {*match.values()}):
        return None
    if match:
        return Document(item, place.path, tuple(sorted(match.items())))
    asked = [path for where, path in binding.params.items() if where.endswith("[0]")]
    is_asked = len(asked) == 1 and names_own(writer, asked[0])
    return Document(item, f"{place.path}[0]") if is_asked else None


def _carried(
    writer: Subject, change: Change, reader: Subject, place: Place
) -> Iterator[tuple[str, str]]:
    """Yield item member → writer member of what names the thing, required or not."""
    item = item_of(reader.model, place.shape)
    noun = item_noun(place.path)
    for name, member in sorted(writer.input.members.items()):
        is_text = kind_of(writer.target(member)) == "string"
        is_id = is_identifier(writer, name)
        if change in _SET and name not in writer.required and name[-4:] == "Name":
            continue  # a new name for it
        if not is_text or is_control(name) or not (is_id or change in _GONE):
            continue
        same = same_name(item, name)
        if same is None and is_id:
            near = [m for m in item.members if is_exact(m, name, noun)]
            same = near[0] if len(near) == 1 else None
        if same and kind_of(_member(reader, item, same)) == "string":
            yield same, name


def _left(writer: Subject, binding: Binding | None) -> list[str]:
    """Return what the request has to give and the reader is not told."""
    params = binding.params if binding else {}
    told = {path.partition(".")[0] for path in params.values()}
    return [n for n in writer.required if n not in told and not is_control(n)]


def _same_noun(writer: Subject, reader: Subject) -> bool:
    return same_thing(writer.noun, reader.noun)


def _is_filtered(reader: Subject, binding: Binding) -> bool:
    """Return whether a listing may leave some kinds out unless asked for them."""
    told = {place.partition("[")[0] for place in binding.params}
    return any(
        reader.target(member).type == "enum"
        for name, member in reader.input.members.items()
        if name not in told
    )


def _is_such(writer: Subject, reader: Subject, name: str, noun: str) -> bool:
    """Return whether a text is what the texts of a list are."""
    if item_noun(name) == noun:
        return True
    root = root_of(singular_of(name.removesuffix("List")))
    if root and (noun == root or root_of(noun) == root):
        return True
    is_named = is_identifier(writer, name) or writer.verb not in CREATING
    return is_named and writer.required == (name,) and _same_noun(writer, reader)


def _by_members(
    writer: Subject,
    change: Change,
    reader: Subject,
    name: str,
    item: Shape,
    noun: str,
) -> tuple[tuple[str, str], ...]:
    """Return the members that tell which item a given structure, or each of many, is."""
    path, target = _only_list(writer, name)
    is_many = target.type == "list"
    given = item_of(writer.model, target) if is_many else target
    keys = _keys(writer, change, reader, given)
    found = {}
    for key in keys:
        near = [m for m in item.members if is_exact(m, key, noun)]
        same = same_name(item, key) or (near[0] if len(near) == 1 else None)
        same = same or _in_whole(item, given, key)
        if same is None:
            return ()
        if kind_of(resolve_path(reader.model, item, same)) != "string":
            return ()
        found[same] = f"{path}[].{key}" if is_many else f"{path}.{key}"
    if is_many and change not in _APPEARING:
        return ()
    return tuple(sorted(found.items()))


def _in_whole(item: Shape, given: Shape, key: str) -> str | None:
    """Return the path of a key in the one member of an item that is what is given."""
    found = [n for n, m in item.members.items() if m.target == given.id]
    return f"{found[0]}.{key}" if len(found) == 1 else None


def _only_list(writer: Subject, name: str) -> tuple[str, Shape]:
    """Return a member, or the one list of structures that it wraps: ``Delete.Objects``."""
    target = writer.target(writer.input.members[name])
    found = [
        (f"{name}.{inner}", shape)
        for inner in target.members
        if target.type == "structure"
        and (shape := _member(writer, target, inner)).type == "list"
        and item_of(writer.model, shape).type == "structure"
    ]
    others = sum(
        kind_of(_member(writer, target, n)) == "string" for n in target.members
    )
    is_wrapper = len(found) == 1 and target.type == "structure" and not others
    return found[0] if is_wrapper else (name, target)


def _keys(
    writer: Subject, change: Change, reader: Subject, given: Shape
) -> tuple[str, ...]:
    """Return the texts in a structure that name a thing, sorted.

    Where nothing but a thing is named, they are all that the structure requires; where
    values are set as well, the name of the thing.
    """
    texts = [
        key
        for key in sorted(given.members)
        if kind_of(_member(writer, given, key)) == "string"
    ]
    if change in _SET:
        nouns = {"", bare_noun(writer.noun), bare_noun(reader.noun)}
        own = [key for key in texts if _names(key, nouns)]
        return (own[0],) if len(own) == 1 else ()
    required = [k for k in texts if reader.is_required(given.members[k])]
    needed = [k for k in given.members if reader.is_required(given.members[k])]
    return tuple(required) if len(required) == len(needed) else ()


def _names(key: str, nouns: set[str]) -> bool:
    root = root_of(key)
    is_id = root != key.casefold()
    return is_id and root in nouns


def _member(subject: Subject, shape: Shape, name: str) -> Shape:
    return subject.model.expect_shape(shape.members[name].target)
