"""What a change turns out to be by what its reader shows of it.

Owns two questions that names alone do not answer: whether what is cancelled stays to be
looked at (a job) or goes (an upload), and whether what is started or submitted is new,
with an id that comes back.
"""

import re

from ..ir import Change, Fact, Reader
from .binding import identifiers_of
from .identifiers import names_own, root_of
from .orders import same_thing
from .readers import Readers
from .shapes import enum_values, item_of, resolve_select
from .states import nouns_of
from .statuses import Thing, statuses_of
from .subject import Subject
from .words import CREATING, UPDATING, noun_of, word_set

_ENDING = word_set("Abort Cancel")
_MAKING = word_set(
    "Claim Convert Distribute Execute Export Initiate Invoke Launch Open Post Replicate "
    "Reserve Schedule Send Start Submit"
)
"""Verbs that make something new where an id comes back that the request did not have."""
_ID = re.compile(r"(Arn|ARN|Id|ID|Identifier|^arn|^id)$")
_OVER = re.compile(r"(?i)cancel|abort|stop|fail|finish|complete|succe|terminat")
"""States that say that something is over and still there."""


def outcome_of(
    subject: Subject, change: Fact[Change], readers: Readers
) -> Fact[Change]:
    """Return the change as the reader shows it: the given one where it says no more."""
    verb = subject.verb
    may_stay = verb in _ENDING and subject.lifecycle is None
    if may_stay and change.value is Change.DELETE and _stays(subject, readers):
        return Fact(Change.STOP, f"rule stays-when-over {verb}")
    if verb in _MAKING and change.value in {Change.START, Change.OTHER}:
        before = readers.reader_of(subject, change.value).value
        after = readers.reader_of(subject, Change.CREATE).value
        asked = {(r.operation, r.params) if r else None for r in (before, after)}
        if len(asked) == 1 and _is_new(subject, before) and _is_new(subject, after):
            return Fact(Change.CREATE, f"rule makes-a-new-id {verb}")
        if change.value is Change.START and _makes_named(subject, readers, after):
            return Fact(Change.CREATE, f"rule makes-what-it-names {verb}")
    return change


def _stays(subject: Subject, readers: Readers) -> bool:
    """Return whether a thing has a state that says that it is over."""
    reader = readers.reader_of(subject, Change.STOP).value
    if reader is None or reader.container:
        return False
    if reader.expect or subject.verb != "Cancel":
        return bool(reader.expect)
    target = readers.by_name[reader.operation.partition(":")[2]]
    document = resolve_select(target.model, target.output, reader.select)
    if document.type == "list":
        document = item_of(target.model, document)
    thing = Thing.of(subject.noun, subject.verb, nouns_of(target, reader.select))
    return any(
        status.shape.type == "string"
        or any(_OVER.search(str(value)) for value in enum_values(status.shape))
        for status in statuses_of(target.model, document, thing)
        if not status.switch
    )


def _makes_named(subject: Subject, readers: Readers, reader: Reader | None) -> bool:
    """Return whether a start makes what its request names and says how it is to be.

    Nothing else makes such a thing, and none of them is started or stopped again.
    """
    others = (f"{verb}{subject.noun}" for verb in (*CREATING, *UPDATING, "Put", "Stop"))
    if reader is None or reader.container or any(n in readers.by_name for n in others):
        return False
    if not same_thing(subject.noun, noun_of(reader.operation.partition(":")[2])):
        return False
    told = {path for _, path in (*reader.params, *reader.match)}
    shown = {path.partition(".")[0] for path, _ in reader.compare}
    own = {n for n in identifiers_of(subject) if root_of(n) and names_own(subject, n)}
    is_set = bool(shown & set(subject.required) - own)
    return bool(own & told) and is_set and not reader.created


def _is_new(subject: Subject, reader: Reader | None) -> bool:
    """Return whether the reader is told by an id that the request does not have."""
    if reader is None or reader.container:
        return False
    paths = [path for _, path in (*reader.created, *reader.match_created)]
    names = [path.rpartition(".")[2] for path in paths]
    given = {name.casefold() for name in subject.input.members}
    return any(_ID.search(name) and name.casefold() not in given for name in names)
