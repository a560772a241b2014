"""Which part of a reader's output is the state of the one thing asked for.

Owns the choice of the selected document: the whole output, the one structure that
stands for the thing (``Table`` of DescribeTable), the only item of a list that was
asked for by identifier (``Vpcs[0]``), or the item of a list that carries the writer's
identifiers (``match``), be it a listing or a list inside the parent's document. Leaves
member pairs to ``pairing``.
"""

import re
from collections.abc import Mapping

from ..ir import Change
from ..model import Shape
from .binding import CALL_MEMBERS, Binding, alternatives_of, identifiers_of, unbound
from .identifiers import names_own, root_of
from .inside import child_of
from .items import Document, Place
from .listing import Listing
from .matching import VALUED, is_named_after
from .shapes import item_of
from .subject import Subject
from .ties import tagged_item
from .words import MODIFIERS, SETTING, bare_noun, head_of, singular_of, word_set

_BESIDE = word_set(
    "count errors failures failed hasmore hasmoreresults istruncated marker nextmarker "
    "nextpagetoken nexttoken notfound owner ownerid position requestid responsemetadata "
    "total totalcount totalresults truncated unprocessed warnings"
)
"""Output members about the call itself, not about what is read."""
_WRAPPERS = (
    "",
    "configuration",
    "config",
    "description",
    "detail",
    "details",
    "info",
    "metadata",
    "properties",
    "summary",
)
"""What AWS appends to a thing's name for the structure that describes it."""
_COPYING = word_set("Clone Copy")
"""Verbs whose own identifier is of what is copied."""
_SOURCE = re.compile("source|original", re.IGNORECASE)
_TAGGING = frozenset({Change.TAG, Change.UNTAG})


def document_of(
    writer: Subject, change: Change, reader: Subject, binding: Binding
) -> Document | str:
    """Return the document that shows the writer's thing, or why none does."""
    places = _places(reader)
    missed = _missed(writer, binding)
    if change in _TAGGING and not missed:
        return tagged_item(reader, binding, places) or _whole(reader, places)
    listing = _listing(reader, places)
    if listing is not None:
        found = Listing(writer, change, reader, binding, listing).document(missed)
        owner = owner_document(reader, binding) if missed else None
        if isinstance(found, str) and owner is not None:
            found = child_of(writer, reader, owner, missed, named_only=True) or found
        return found
    whole = _whole(reader, places)
    missed = tuple(
        m for m in missed if not _is_value(writer, change, reader, binding, whole, m)
    )
    if not missed:
        return whole
    if child := child_of(writer, reader, whole, missed):
        return child
    return f"{reader.name} does not take {missed[0]}"


def owner_document(reader: Subject, binding: Binding) -> Document | None:
    """Return the document of the thing that the reader was told of, whatever else."""
    places = _places(reader)
    listing = _listing(reader, places)
    if listing is None:
        return _whole(reader, places)
    item = item_of(reader.model, listing.shape)
    noun = bare_noun(reader.noun)
    asked = [
        path
        for place, path in binding.params.items()
        if place.endswith("[0]") or (reader.verb != "List" and root_of(place))
    ]
    if len(asked) == 1 and noun.endswith(root_of(asked[0])):
        return Document(item, f"{listing.path}[0]")
    return None


def takes_anything(reader: Subject) -> bool:
    """Return whether a reader can be told which thing to show."""
    return any(name.casefold() not in CALL_MEMBERS for name in reader.input.members)


def _is_value(
    writer: Subject,
    change: Change,
    reader: Subject,
    binding: Binding,
    shown: Document,
    name: str,
) -> bool:
    """Return whether a member named like an identifier is one of the values set.

    The reader was told which thing is meant; a member of the path never is a value.
    """
    member = writer.input.members[name]
    told = bool(binding.params) or not takes_anything(reader)
    sets = writer.verb in SETTING and change in VALUED and told
    if not sets or writer.has(member, "smithy.api#httpLabel"):
        return False
    if binding.params and is_named_after(writer, change, name):
        return True
    own = any(names_own(writer, path) for path in binding.params.values())
    is_shown = shown.shape.type == "structure" and name in shown.shape.members
    return is_shown or (own and not names_own(writer, name))


def _places(reader: Subject) -> dict[str, Shape]:
    return {
        name: reader.target(member)
        for name, member in reader.output.members.items()
        if name.casefold() not in _BESIDE and not name.casefold().endswith("token")
    }


def _missed(writer: Subject, binding: Binding) -> tuple[str, ...]:
    """Return the identifiers that have to select among what the reader shows."""
    if binding.created:
        return ()
    missed = unbound(writer, binding.params)
    if writer.verb in _COPYING and not any(_SOURCE.match(n) for n in writer.required):
        missed = tuple(name for name in missed if not names_own(writer, name))
    if not missed and not identifiers_of(writer) and not binding.params:
        return alternatives_of(writer)
    return missed


def _listing(reader: Subject, members: Mapping[str, Shape]) -> Place | None:
    """Return the list that the output is about, if it is a listing."""
    if reader.verb == "List":
        for name, shape in sorted(members.items()):
            if len(members) == 1 and shape.type == "structure":
                inner = _lists(reader, shape)
                if len(inner) == 1:
                    return Place(inner[0].shape, f"{name}.{inner[0].path}")
    lists = [name for name, shape in members.items() if shape.type == "list"]
    thing = head_of(reader.noun)
    noun = bare_noun(thing)
    named = [name for name in lists if noun.endswith(bare_noun(name))]
    is_plural = singular_of(thing) != thing or reader.words[0] in MODIFIERS
    if len(named) > 1:
        named = [name for name in named if bare_noun(name) == noun]
    if len(named) == 1 and (is_plural or len(members) == 1 or reader.verb == "List"):
        return Place(members[named[0]], named[0])
    if len(lists) == 1 and (reader.verb == "List" or (len(members) == 1 and is_plural)):
        return Place(members[lists[0]], lists[0])
    return None


def _lists(reader: Subject, shape: Shape) -> list[Place]:
    """Return the lists directly below a structure."""
    found = []
    for name, member in sorted(shape.members.items()):
        target = reader.model.expect_shape(member.target)
        if target.type == "list" and name.casefold() not in _BESIDE:
            found.append(Place(target, name))
    return found


def _whole(reader: Subject, members: Mapping[str, Shape]) -> Document:
    wrapper = _wrapper(reader, members)
    if wrapper is None:
        return Document(reader.output)
    return Document(members[wrapper], wrapper, root=reader.output)


def _wrapper(reader: Subject, members: Mapping[str, Shape]) -> str | None:
    """Return the member that holds the thing: the only one, or one named after it."""
    structures = [
        name for name, shape in members.items() if shape.type in {"structure", "union"}
    ]
    if len(members) == len(structures) == 1:
        return structures[0]
    noun = reader.noun.casefold()
    names = {noun + ending for ending in _WRAPPERS} | {"configuration"}
    named = [name for name in structures if name.casefold() in names]
    return named[0] if len(named) == 1 else None
