"""The operation that takes a change back: ``DeleteVpc`` for ``CreateVpc``.

Owns the choice by verb pairs and nouns, and where the ids of the opposite come from:
the request, or what the call returned. Every member that the opposite requires must be
told, else there is no inverse: half of one is never printed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..ir import Change, Fact, Inverse
from ..model import Member, Shape
from .binding import identifiers_of, is_identifier
from .shapes import item_of, kind_of
from .subject import Subject
from .tags import is_tag_member
from .words import noun_of, plurals_of, singular_of, verb_of, word_set

_SWITCHES: Mapping[str, tuple[str, ...]] = {
    "Activate": ("Deactivate",),
    "Archive": ("Unarchive",),
    "Deactivate": ("Activate",),
    "Deprecate": ("Undeprecate",),
    "Lock": ("Unlock",),
    "Pause": ("Resume",),
    "Resume": ("Pause", "Suspend"),
    "Suspend": ("Resume",),
    "Unarchive": ("Archive",),
    "Undeprecate": ("Deprecate",),
    "Unlock": ("Lock",),
}
"""Verbs that only turn something on or off, whatever kind of change that is called."""
OPPOSITES: Mapping[str, tuple[str, ...]] = {
    **_SWITCHES,
    "Add": ("Remove", "Delete"),
    "Allocate": ("Release",),
    "Associate": ("Disassociate",),
    "Attach": ("Detach",),
    "Authorize": ("Revoke",),
    "Create": ("Delete", "Remove"),
    "Deregister": ("Register",),
    "Detach": ("Attach",),
    "Disable": ("Enable",),
    "Disassociate": ("Associate",),
    "Enable": ("Disable",),
    "Put": ("Delete", "Remove"),
    "Register": ("Deregister",),
    "Remove": ("Add",),
    "Revoke": ("Authorize",),
    "Run": ("Terminate",),
    "Set": ("Delete",),
    "Start": ("Stop",),
    "Stop": ("Start",),
    "Subscribe": ("Unsubscribe",),
    "Tag": ("Untag",),
    "Untag": ("Tag",),
}
"""Verb → the verbs that take it back."""

_TAG_OPPOSITES = {
    **OPPOSITES,
    "Delete": ("Create", "Add", "Update"),
    "Update": ("Delete", "Remove"),
}
"""The same for tags: nothing but a key and a value was deleted."""
_TAGGING = frozenset({Change.TAG, Change.UNTAG})
_SMALL = {"To": "From", "From": "To", "With": "From"}
_TAIL = "Configuration"
_TAG_KEYS = word_set(
    "keys resourcetagkeys tagkeylist tagkeys tagskeys tagstodelete tagstoremove"
)
_BARE = word_set("arn id identifier name")
"""Names that say of what they are only by the structure that they are in."""
_WRAPPING = re.compile(r"(Data|Details?|Info|Input|Metadata|Response|Summary)$")
_ARN = re.compile(r"\bARN\b|Amazon Resource Name")
_ID = re.compile(r"\b(ID|[Ii]dentifier|UUID)\b")
_NAME = re.compile(r"\bname\b", re.IGNORECASE)
_DOCUMENTATION = "smithy.api#documentation"
_ROOT = re.compile(r"[.\[]")
_CALL = frozenset({"dryrun", "force", "clienttoken", "clientrequesttoken"})


def inverse_of(
    subject: Subject,
    by_name: Mapping[str, Subject],
    changes: Mapping[str, Change],
) -> Fact[Inverse | None]:
    """Return the inverse, or ``None`` with the reason."""
    change = changes[subject.name]
    has_none = change is Change.OTHER and subject.verb not in _SWITCHES
    if has_none or change in {Change.NONE, Change.DELETE}:
        return Fact(None, f"{change} has no inverse")
    for name, verb in _candidates(subject, change):
        other = by_name.get(name)
        if other is None or changes[name] is Change.NONE:
            continue
        inverse = _bound(subject, other, is_tagging=change in _TAGGING)
        if subject.verb in _SWITCHES and not _is_whole(other, inverse):
            continue
        if inverse is not None:
            return Fact(inverse, f"rule opposite-verb {verb}")
    return Fact(None, "rule none: no opposite takes it back")


def _candidates(subject: Subject, change: Change) -> Iterator[tuple[str, str]]:
    """Yield (operation name, verb) of what may be the opposite, the likeliest first."""
    before, verb, after = _parts(subject.name)
    opposites = _TAG_OPPOSITES if change in _TAGGING else OPPOSITES
    for opposite in opposites.get(verb, ()):
        for noun in _nouns(after):
            yield f"{before}{opposite}{noun}", opposite


def _is_whole(other: Subject, inverse: Inverse | None) -> bool:
    """Return whether nothing is left that the opposite of a switch could be told."""
    if inverse is None:
        return False
    told = {_ROOT.split(place)[0] for place, _ in (*inverse.params, *inverse.output)}
    takes = {name for name in other.input.members if name.lower() not in _CALL}
    return takes <= told


def _parts(name: str) -> tuple[str, str, str]:
    """Split a name before and after its verb; a modifier may stand before it."""
    verb, noun = verb_of(name), noun_of(name)
    at = name.find(verb)
    return name[:at], verb, noun if name.endswith(noun) else name[at + len(verb) :]


def _nouns(noun: str) -> Iterator[str]:
    """Yield the forms in which the opposite may have the noun."""
    turned = noun
    for small, other in _SMALL.items():
        head, found, tail = noun.partition(small)
        if found and (not tail or tail[0].isupper()) and head:
            turned = f"{head}{other}{tail}"
    forms = [turned, noun, singular_of(noun), *plurals_of(noun)]
    forms += [noun.removesuffix(_TAIL)] if noun.endswith(_TAIL) else []
    yield from dict.fromkeys(forms)


@dataclass(frozen=True, slots=True)
class _Source:
    """A value that the writer has: where, what kind, how deep."""

    path: str
    kind: str
    holder: str
    """Name of the structure that it is in; empty at the top."""
    is_alone: bool = False
    """Whether it is in the only structure of a reply, which then is what was made."""


def _bound(writer: Subject, other: Subject, *, is_tagging: bool) -> Inverse | None:
    """Return the inverse if everything that it requires is told."""
    params: dict[str, str] = {}
    output: dict[str, str] = {}
    given, returned = list(_sources(writer, writer.input)), []
    if not is_tagging:
        returned = list(_sources(writer, writer.output))
    for member in other.input.members.values():
        plain = member.name.lower()
        if plain in _CALL or (is_tagging and _holds_tags(plain)):
            continue
        required = other.is_required(member)
        place, source = _find(writer, other, member, given, optional=not required)
        is_given = source is not None and source.path == member.name
        if not is_given and (meant := _meant(writer, other, member, returned)):
            output[member.name] = meant.path
            continue
        if source is not None:
            params[place] = source.path
            continue
        if not required:
            continue
        place, source = _find(writer, other, member, returned, optional=False)
        source = source or _arn_of(writer, other, member, returned)
        path = source.path if source else _gathered(writer, other, member)
        if path is None:
            return None
        output[place] = path
    if not is_tagging:
        output |= _ids(writer, other, returned, {*params, *output})
    if not _names_something(writer, other, {*params, *output}):
        return None
    return Inverse(
        operation=other.id,
        params=tuple(sorted(params.items())),
        output=tuple(sorted(output.items())),
    )


def _holds_tags(name: str) -> bool:
    """Return whether undo fills a member itself: with the tags, or with their keys."""
    return is_tag_member(name) or name in _TAG_KEYS or name == "tagsmodel"


def _ids(
    writer: Subject, other: Subject, returned: list[_Source], told: set[str]
) -> dict[str, str]:
    """Return the optional ids of the opposite that came back, if it is told none."""
    ids = _ids_of(other)
    if ids & {place.partition("[")[0] for place in told}:
        return {}
    texts = {source.path for source in returned if source.kind == "string"}
    if found := ids & texts:
        return {name: name for name in sorted(found)}
    members = other.input.members
    arns = {n: _arn_of(writer, other, members[n], returned) for n in sorted(ids)}
    return {name: arn.path for name, arn in arns.items() if arn is not None}


def _ids_of(other: Subject) -> set[str]:
    return {name for name in other.input.members if is_identifier(other, name)}


def _names_something(writer: Subject, other: Subject, told: set[str]) -> bool:
    """Return whether the opposite is told which thing; of some there is only one."""
    ids = _ids_of(other)
    if ids:
        return bool(ids & {place.partition("[")[0] for place in told})
    takes = {name for name in other.input.members if name.lower() not in _CALL}
    return bool(told) or not (takes or identifiers_of(writer))


def _gathered(writer: Subject, other: Subject, member: Member) -> str | None:
    """Return where the writer's output has the ids of a list, one in every item."""
    shape = other.target(member)
    if shape.type != "list":
        return None
    wanted, kind = singular_of(member.name), kind_of(item_of(other.model, shape))
    found = []
    for outer in writer.output.members.values():
        holder = writer.target(outer)
        item = item_of(writer.model, holder) if holder.type == "list" else None
        inner = item.members.get(wanted) if item is not None else None
        if inner is not None and kind_of(writer.target(inner)) == kind:
            found.append(f"{outer.name}[].{wanted}")
    return found[0] if len(found) == 1 else None


def _sources(subject: Subject, root: Shape) -> Iterator[_Source]:
    """Yield what a structure holds at its top and in the structures right below."""
    kinds = [subject.target(member).type for member in root.members.values()]
    is_alone = root is subject.output and kinds.count("structure") == 1
    for member in root.members.values():
        shape = subject.target(member)
        yield _Source(member.name, kind_of(shape), "")
        if shape.type == "structure":
            for inner in shape.members.values():
                kind = kind_of(subject.target(inner))
                path = f"{member.name}.{inner.name}"
                yield _Source(path, kind, member.name, is_alone)


def _find(
    writer: Subject,
    other: Subject,
    member: Member,
    sources: list[_Source],
    *,
    optional: bool,
) -> tuple[str, _Source | None]:
    """Return the place in the opposite's input and the one value that fits there."""
    shape = other.target(member)
    kind = kind_of(shape)
    names = _names(writer, member.name, exact=optional)
    if kind == "list":
        item = kind_of(other.model.expect_shape(shape.members["member"].target))
        single = {singular_of(name) for name in names} if not optional else set()
        fitting = [s for s in sources if s.kind == item and _last(s) in single]
        if fitting and not _pick(writer, names, "list", sources):
            return f"{member.name}[0]", _pick(writer, single, item, sources)
    return member.name, _pick(writer, names, kind, sources, top=optional)


def _meant(
    writer: Subject, other: Subject, member: Member, returned: list[_Source]
) -> _Source | None:
    """Return the ARN or id that a member called like the thing asks for, if it came back.

    ``Channel`` is "the ARN or UUID of a channel": its name would not do.
    """
    noun = writer.noun.lower()
    if member.name.lower() not in {noun, singular_of(writer.noun).lower()}:
        return None
    text = str(member.traits.get(_DOCUMENTATION, ""))
    if _ARN.search(text):
        return _arn_of(writer, other, member, returned)
    if _ID.search(text) and not _NAME.search(text):
        return _pick(writer, {f"{noun}id", "id"}, "string", returned)
    return None


def _arn_of(
    writer: Subject, other: Subject, member: Member, sources: list[_Source]
) -> _Source | None:
    """Return the ARN that a member named like the thing itself takes as well."""
    noun = writer.noun.lower()
    if member.name.lower() not in {noun, singular_of(writer.noun).lower()}:
        return None
    if kind_of(other.target(member)) != "string":
        return None  # a version is a number
    return _pick(writer, {f"{noun}arn", "arn"}, "string", sources)


def _pick(
    writer: Subject,
    names: set[str],
    kind: str,
    sources: list[_Source],
    *,
    top: bool = False,
) -> _Source | None:
    """Return the source of one of some names; at the top first, and only one."""
    fitting = [s for s in sources if s.kind == kind and _last(s) in names]
    shallow = [s for s in fitting if not s.holder]
    if shallow or top:
        return shallow[0] if len(shallow) == 1 else _exact(shallow, names)
    own = [s for s in fitting if _stands_for(s.holder, writer)]
    # `containerProvider.id` is the id of the provider, not of what is made.
    others = [s for s in fitting if _last(s) not in _BARE or s.is_alone]
    for found in (own, others):
        if len(found) == 1:
            return found[0]
    return None


def _stands_for(holder: str, writer: Subject) -> bool:
    """Return whether a structure of this name is the thing: ``DatabaseInput``."""
    plain = _WRAPPING.sub("", holder).lower()
    nouns = {writer.noun, singular_of(writer.noun), writer.noun.removesuffix("Config")}
    return len(plain) > 1 and any(noun.lower().endswith(plain) for noun in nouns)


def _exact(sources: list[_Source], names: set[str]) -> _Source | None:
    first = next(iter(sorted(names, key=len, reverse=True)), "")
    return next((s for s in sources if _last(s) == first), None)


def _last(source: _Source) -> str:
    return source.path.rpartition(".")[2].lower()


def _names(writer: Subject, name: str, *, exact: bool) -> set[str]:
    """Return the names, in lower case, under which the writer may have a member."""
    plain = name.lower()
    if exact:
        return {plain}
    names = {plain}
    for noun in {writer.noun.lower(), singular_of(writer.noun).lower()}:
        for ending in ("id", "name", "arn"):
            if plain in {f"{noun}{ending}", ending}:
                names |= {f"{noun}{ending}", ending}
        if plain == noun:
            is_version = plain.endswith("version")
            names |= (
                {f"{noun}id", "version"}
                if is_version
                else ({f"{noun}name", "name", f"{noun}id"})
            )
    return names
