"""What a change leaves behind whatever its arguments are: a status, a switch.

Owns ``expect``: after ``StopInstances`` the state is ``stopped``. A value is taken only
from the model's own enum, or is what a switch says when it is on or off.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..ir import Change
from ..model import Shape
from .shapes import enum_values, item_of
from .statuses import Status, Thing, statuses_of
from .subject import Subject
from .words import word_set

_AFTER: Mapping[str, tuple[str, ...]] = {
    "Abort": ("aborted",),
    "Accept": ("accepted", "active", "approved", "available", "associated", "enabled"),
    "Activate": ("active", "activated", "enabled"),
    "Advertise": ("advertised",),
    "Approve": ("approved",),
    "Archive": ("archived",),
    "Cancel": ("cancelled", "canceled"),
    "Close": ("closed",),
    "Complete": ("completed", "complete"),
    "Confirm": ("confirmed",),
    "Deactivate": ("inactive", "deactivated", "disabled", "notactivated"),
    "Decline": ("declined", "rejected"),
    "Deprecate": ("deprecated",),
    "Disable": ("disabled", "inactive"),
    "Disconnect": ("disconnected",),
    "Enable": ("enabled", "active"),
    "Lock": ("locked",),
    "Pause": ("paused",),
    "Publish": ("published",),
    "Reject": ("rejected", "declined"),
    "Resolve": ("resolved",),
    "Resume": ("running", "active", "started", "enabled"),
    "Revoke": ("revoked",),
    "Start": ("running", "started", "active", "enabled", "scheduled"),
    "Stop": (
        *("stopped", "inactive", "disabled", "cancelled", "canceled"),
        "notscheduled",
    ),
    "Submit": ("submitted", "pendingapproval"),
    "Suspend": ("suspended",),
    "Terminate": ("terminated",),
    "Unarchive": ("active",),
    "Undeprecate": ("registered", "active", "live"),
    "Unlock": ("pendingunlock", "unlocked"),
}
"""Verb → folded values that say it has happened, the likeliest first."""
_RESTING = ("idle", "standby", "ready")
"""What is at rest after ``stopping``, where the model knows no ``stopped``."""
_SWITCHED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "activated": (word_set("Activate"), word_set("Deactivate")),
    "active": (word_set("Activate"), word_set("Deactivate")),
    "archived": (word_set("Archive"), word_set("Unarchive")),
    "deprecated": (word_set("Deprecate"), word_set("Undeprecate")),
    "disabled": (word_set("Disable"), word_set("Enable")),
    "enabled": (word_set("Enable Start"), word_set("Disable Stop")),
    "locked": (word_set("Lock"), word_set("Unlock")),
    "paused": (word_set("Pause"), word_set("Resume")),
    "published": (word_set("Publish"), word_set("Unpublish")),
    "running": (word_set("Start"), word_set("Stop")),
    "started": (word_set("Start"), word_set("Stop")),
    "suspended": (word_set("Suspend"), word_set("Resume")),
}
"""What a switch says → the verbs that turn it on, and those that turn it off."""
_ENDED = re.compile(r"(complet|finish|succe)")
"""What is over by itself soon after it started has no state that would stay."""


def nouns_of(
    reader: Subject, select: str | None, *, is_made: bool = False
) -> tuple[str, ...]:
    """Return what a reader's document is about: its noun, and what was selected.

    Of what the call has made (``is_made``), every status is one of the call's.
    """
    parts = re.findall(r"[A-Za-z]\w*", select or "")
    return () if is_made else (reader.noun, *parts[-1:])


def expected_of(
    writer: Subject, change: Change, document: Shape, nouns: Sequence[str] = ()
) -> tuple[tuple[str, object], ...]:
    """Return what the document shows after the change, sorted.

    ``nouns`` are what the document is about.
    """
    if change is Change.CREATE:
        return ()
    for status in _statuses(writer, document, nouns):
        if status.switch:
            is_on = _turned(writer.verb, status.switch)
            if is_on is not None:
                return ((status.path, is_on),)
        elif status.shape.type == "enum":
            values = {_fold(str(v)): v for v in enum_values(status.shape)}
            for after in _AFTER.get(writer.verb, ()):
                if after in values and not _is_passing(writer.verb, after, values):
                    return ((status.path, values[after]),)
            if writer.verb == "Stop" and "stopping" in values:
                resting = [values[after] for after in _RESTING if after in values]
                return tuple((status.path, value) for value in resting[:1])
    return ()


def _is_passing(verb: str, after: str, values: Iterable[str]) -> bool:
    """Return whether a state is gone soon, or comes of another verb than this one."""
    if verb == "Start":
        return any(_ENDED.match(value) for value in values)
    return after.startswith("cancel") and any("stop" in value for value in values)


def shows_status(
    writer: Subject,
    document: Shape,
    nouns: Sequence[str] = (),
    *,
    is_part: bool = False,
) -> bool:
    """Return whether a document has a status of the thing, or a switch of the verb.

    With ``is_part`` only where the thing is a part of what the document is about, and
    the status is called after it.
    """
    if is_part and not Thing.of(writer.noun, writer.verb, nouns).head:
        return False
    return any(
        not status.switch or _turned(writer.verb, status.switch) is not None
        for status in _statuses(writer, document, nouns)
    )


def _statuses(
    writer: Subject, document: Shape, nouns: Sequence[str]
) -> Iterator[Status]:
    thing = Thing.of(writer.noun, writer.verb, nouns)
    shape = item_of(writer.model, document) if document.type == "list" else document
    return statuses_of(writer.model, shape, thing)


def _turned(verb: str, switch: str) -> bool | None:
    """Return what a verb sets a switch to, if it is one of the verb."""
    on, off = _SWITCHED[switch]
    return verb in on if verb in on | off else None


def _fold(value: str) -> str:
    return re.sub(r"[^a-z0-9]", "", value.casefold())
