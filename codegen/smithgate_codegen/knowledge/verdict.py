"""Whether a candidate shows what a writer changes, and why it does not."""

import re

from ..ir import Change, Unreadable
from .attempt import ATTRIBUTE, GONE, NEW, TIES, Attempt
from .binding import CALL_MEMBERS, identifiers_of, is_identifier
from .documents import takes_anything
from .existing import is_of_another
from .identifiers import names_own, root_of
from .items import is_called, item_noun
from .naming import is_control
from .orders import same_thing
from .relation import Tie
from .shapes import kind_of
from .words import MODIFIERS, singular_of

_OF_ONE = frozenset({"Describe", "Get"})
_ALWAYS = ("State", "Status")
"""What is told whether the thing is there or not."""
_FROM_AND_TO = frozenset({"From", "To"})
_IDS = re.compile(r"(Ids|IDs|Arns|ARNs|Names)$")
_SCALAR = frozenset({"blob", "boolean", "number", "string", "timestamp"})


def refusal_of(attempt: Attempt) -> tuple[str, Unreadable] | None:
    """Return why the reader does not show what the writer changes."""
    return _untold(attempt) or _unshown(attempt)


def _untold(attempt: Attempt) -> tuple[str, Unreadable] | None:
    """Return what keeps the reader from being called."""
    name = attempt.reader.name
    if attempt.binding.reason is not None:
        return attempt.binding.reason, Unreadable.UNADDRESSED
    made = attempt.document.match_created if attempt.document else ()
    told = (
        attempt.binding.params or attempt.binding.created or attempt.selecting or made
    )
    if not told and not _needs_no_telling(attempt):
        return f"{name} is not told what to read", Unreadable.UNADDRESSED
    if _leaves_own_id_out(attempt):
        return f"{name} is not told which one to read", Unreadable.UNADDRESSED
    return None


def _unshown(attempt: Attempt) -> tuple[str, Unreadable] | None:
    """Return why what the reader shows is not what changes."""
    name = attempt.reader.name
    if attempt.document is None:
        return attempt.unshown, Unreadable.UNSELECTED
    if attempt.tied or attempt.is_a_part:
        return None
    if _lists_others(attempt):
        return f"{name} does not show one document", Unreadable.UNSELECTED
    inputs = attempt.reader.input.members
    if ATTRIBUTE in inputs and ATTRIBUTE not in attempt.binding.params:
        return f"{name} shows one attribute at a time", Unreadable.UNSELECTED
    if _is_tagging(attempt) and not attempt.pairs:
        return f"{name} shows no tags", Unreadable.UNSELECTED
    if is_of_another(attempt):
        return f"{name} shows what stays as it is", Unreadable.UNSELECTED
    if _takes_a_part(attempt) or _picks_by_another(attempt):
        return f"{name} shows more than what changes", Unreadable.UNSELECTED
    if (_is_part(attempt) and not _shows(attempt)) or _is_list_of_others(attempt):
        text = f"{name} shows no member of the request"
        return text, Unreadable.UNSELECTED
    return None


def _leaves_own_id_out(attempt: Attempt) -> bool:
    """Return whether the reader of one thing is only told of the thing's parent."""
    reader = attempt.reader
    if reader.verb == "List" or singular_of(reader.noun) != reader.noun:
        return False
    if attempt.binding.created or attempt.selecting:
        return False
    own = {
        name
        for name in reader.input.members
        if is_identifier(reader, name) and root_of(name) and names_own(reader, name)
    }
    told = {place.partition("[")[0] for place in attempt.binding.params}
    if any(_is_plain_name(attempt, place) for place in told):
        return False
    return bool(own) and not own & told


def _is_plain_name(attempt: Attempt, place: str) -> bool:
    """Return whether a plain ``name`` is required of the writer, as the thing's own."""
    is_one = place in attempt.writer.required and is_identifier(attempt.writer, place)
    return is_one and place.casefold() in {"id", "name"}


def _is_tagging(attempt: Attempt) -> bool:
    """Return whether tags are named; what removes all of them names none."""
    if attempt.change is Change.UNTAG and attempt.candidate.tie is Tie.NAMED:
        return any("tag" in name.casefold() for name in attempt.writer.required)
    return attempt.change in {Change.TAG, Change.UNTAG}


def _is_part(attempt: Attempt) -> bool:
    """Return whether the reader is one of a larger thing."""
    if attempt.candidate.tie is Tie.SHAPE:
        return attempt.change in NEW and _names_only_others(attempt)
    if attempt.candidate.tie not in {Tie.KIND, Tie.OWNER, Tie.PART}:
        return False
    if _mixes_names_up(attempt):
        return True
    named = {*attempt.selecting}
    if named and len(identifiers_of(attempt.writer)) > 1 and not _shows_owner(attempt):
        # Every one of them selects: a tie, or a child of a parent.
        return attempt.change not in TIES and _items_are_owners(attempt)
    if attempt.candidate.tie is Tie.KIND:
        return _names_only_others(attempt)
    return not any(names_own(attempt.writer, path) for path in named)


def _names_only_others(attempt: Attempt) -> bool:
    """Return whether nothing that the reader is told names the thing itself."""
    made = attempt.document.match_created if attempt.document else ()
    if attempt.binding.created or made:
        return False
    named = {*attempt.selecting, *attempt.binding.params.values()}
    return not any(names_own(attempt.writer, path) for path in named)


def _shows_owner(attempt: Attempt) -> bool:
    """Return whether what selects names the owner itself, nothing inside of it."""
    if attempt.candidate.tie is not Tie.OWNER or attempt.change in TIES:
        return False
    if _FROM_AND_TO & set(attempt.writer.words[2:-1]):
        return False  # DeleteApplicationFromEnvironment: the environment's list
    return all(
        names_own(attempt.reader, path) and not names_own(attempt.writer, path)
        for path in attempt.selecting
    )


def _mixes_names_up(attempt: Attempt) -> bool:
    """Return whether the plain ``Name`` of one thing picks another: a zone by a key's."""
    if attempt.candidate.tie is not Tie.OWNER or attempt.change in TIES:
        return False
    match = attempt.document.match if attempt.document else ()
    is_plain = any(not root_of(item) and not root_of(path) for item, path in match)
    noun = item_noun(attempt.document.select if attempt.document else None)
    return is_plain and not is_called(attempt.writer, noun)


def _is_list_of_others(attempt: Attempt) -> bool:
    """Return whether a whole listing shows nothing of what is set."""
    return (
        attempt.change in {Change.PUT, Change.UPDATE}
        and attempt.reader.verb == "List"
        and not attempt.selecting
        and attempt.document is not None
        and attempt.document.shape.id == attempt.reader.output.id
        and not attempt.pairs
    )


def _shows(attempt: Attempt) -> bool:
    """Return whether a larger thing shows the change itself."""
    if attempt.change in GONE | NEW or attempt.document is None:
        return False
    return bool(attempt.pairs or attempt.expected or _shows_part_status(attempt))


def _shows_part_status(attempt: Attempt) -> bool:
    """Return whether an owner shows the status of the part that starts or stops."""
    switches = attempt.change in {Change.START, Change.STOP, Change.OTHER}
    switches = switches or attempt.writer.verb in {"Disable", "Enable"}
    is_owner = attempt.candidate.tie in {Tie.OWNER, Tie.PART}
    return switches and is_owner and attempt.tells_of_part()


def _needs_no_telling(attempt: Attempt) -> bool:
    """Return whether there is one such thing per account and region."""
    if _is_the_only_one(attempt):
        return True
    is_one = attempt.reader.verb in _OF_ONE
    if not is_one or attempt.change is Change.CREATE or attempt.reader.required:
        return False
    takes = attempt.reader.input.members
    if any(is_identifier(attempt.reader, name) for name in takes):
        return False
    if attempt.writer.words[0] in MODIFIERS or _lists_ids(attempt):
        return False
    return not identifiers_of(attempt.writer) and attempt.candidate.tie is Tie.NAMED


def _is_told_which(attempt: Attempt) -> bool:
    """Return whether a reader can be told which thing, other than by its own id.

    Left out, an id of the reader's own thing means the only one there is.
    """
    reader = attempt.reader
    if not takes_anything(reader):
        return False
    takes = reader.input.members
    ids = [name for name in takes if is_identifier(reader, name)]
    own = [n for n in ids if names_own(reader, n) and n not in reader.required]
    given = set(own) & set(attempt.writer.input.members)
    others = [n for n in takes if n not in own and n.casefold() not in CALL_MEMBERS]
    is_set = attempt.change in {Change.PUT, Change.UPDATE} and bool(attempt.pairs)
    is_one = singular_of(reader.noun) == reader.noun
    return bool(others or given) or not (is_set and is_one)


def _is_the_only_one(attempt: Attempt) -> bool:
    """Return whether the reader cannot be told which thing, and shows what changes."""
    writer, document = attempt.writer, attempt.document
    if _is_told_which(attempt) or attempt.reader.verb not in _OF_ONE:
        return False
    if _lists_ids(attempt):
        return False
    if document is None or document.select is not None or writer.words[0] in MODIFIERS:
        return False
    shown = {path.partition(".")[0] for path, _ in attempt.pairs}
    if not shown.issuperset(identifiers_of(writer)):
        return False  # it may be of another one
    if attempt.change in {Change.PUT, Change.UPDATE}:
        return bool(attempt.pairs or attempt.expected)
    noun = attempt.reader.noun
    is_such = same_thing(writer.noun, noun) and singular_of(noun) == noun
    return is_such and not noun.endswith(_ALWAYS)


def _lists_ids(attempt: Attempt) -> bool:
    """Return whether the request has to name several things of which others exist."""
    writer = attempt.writer
    return any(
        _IDS.search(name)
        and kind_of(writer.target(writer.input.members[name])) == "list"
        for name in writer.required
    )


def _lists_others(attempt: Attempt) -> bool:
    """Return whether a listing would be taken for the thing made or removed."""
    one = singular_of(attempt.reader.noun)
    return (
        attempt.change in {Change.CREATE, Change.DELETE}
        and one != attempt.reader.noun != attempt.writer.noun
        and one == singular_of(attempt.writer.noun)
        and attempt.document is not None
        and attempt.document.select is None
    )


def _takes_a_part(attempt: Attempt) -> bool:
    """Return whether the request takes less away than the document shows."""
    if attempt.change not in {*GONE, *TIES} or attempt.pairs:
        return False
    told = {*attempt.binding.params.values(), *attempt.selecting}
    told = {re.split(r"[.\[]", path)[0] for path in told}
    is_tie = attempt.change in TIES and bool(attempt.selecting)
    values = _SCALAR | {"structure"} if is_tie else _SCALAR
    return any(
        kind_of(attempt.writer.target(attempt.writer.input.members[name])) not in values
        for name in attempt.writer.required
        if name not in told and not is_control(name)
    )


def _picks_by_another(attempt: Attempt) -> bool:
    """Return whether an item is picked by nothing that names the thing itself."""
    if attempt.pairs or attempt.expected or not attempt.selecting:
        return False
    if attempt.change in GONE | NEW or attempt.candidate.tie is Tie.DECLARED:
        return False
    told = {*attempt.selecting, *attempt.binding.params.values()}
    if any(names_own(attempt.writer, path) for path in told):
        return False
    named = any(names_own(attempt.reader, path) for path in told)
    ids = [name for name in attempt.writer.required if not is_control(name)]
    is_whole = told.issuperset(ids) and any(name[-4:] != "Name" for name in ids)
    return attempt.candidate.tie is not Tie.NAMED or not (named or is_whole)


def _items_are_owners(attempt: Attempt) -> bool:
    """Return whether a list is of what contains the thing: tables, for a partition."""
    noun = item_noun(attempt.document.select if attempt.document else None)
    roots = {root_of(path) for path in attempt.selecting}
    return noun in roots and not is_called(attempt.writer, noun)
