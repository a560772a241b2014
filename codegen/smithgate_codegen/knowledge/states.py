"""What a change leaves behind whatever its arguments are: a status, a switch.

Owns ``expect``: after ``StopInstances`` the state is ``stopped``. A value is taken only
from the model's own enum, or is the boolean of the same name as the verb.
"""

from collections.abc import Iterator, Mapping

from ..ir import Change
from ..model import Model, Shape
from .shapes import enum_values, resolve_path
from .subject import Subject
from .words import bare_noun, word_set

_NAMES = word_set("state status")
_AFTER: Mapping[str, tuple[str, ...]] = {
    "Abort": ("aborted", "aborting"),
    "Accept": ("accepted", "active"),
    "Approve": ("approved",),
    "Archive": ("archived",),
    "Cancel": ("cancelled", "canceled", "cancelling", "canceling"),
    "Close": ("closed",),
    "Complete": ("completed", "complete"),
    "Confirm": ("confirmed",),
    "Lock": ("locked",),
    "Publish": ("published",),
    "Reject": ("rejected",),
    "Terminate": ("terminated",),
    "Unlock": ("unlocked",),
    "Activate": ("active", "activated", "enabled"),
    "Deactivate": ("inactive", "deactivated", "disabled"),
    "Disable": ("disabled", "inactive"),
    "Enable": ("enabled", "active"),
    "Pause": ("paused",),
    "Resume": ("running", "active", "started"),
    "Start": ("running", "started", "active"),
    "Stop": ("stopped",),
    "Suspend": ("suspended",),
}
"""Verb → folded values that say it has happened, the likeliest first."""
_SWITCHES = {"Disable": False, "Enable": True}


def expected_of(
    writer: Subject, change: Change, document: Shape
) -> tuple[tuple[str, object], ...]:
    """Return what the document shows after the change, sorted."""
    after = _AFTER.get(writer.verb)
    if after is None or document.type != "structure" or change is Change.CREATE:
        return ()
    for path, shape in _places(writer, document):
        is_switch = path.casefold() in {"enabled", "isenabled", writer.noun.casefold()}
        if shape.type == "boolean" and writer.verb in _SWITCHES and is_switch:
            return ((path, _SWITCHES[writer.verb]),)
        if shape.type == "enum" and _is_status(path, bare_noun(writer.noun)):
            values = {str(value).casefold(): value for value in enum_values(shape)}
            found = [values[name] for name in after if name in values]
            if found:
                return ((path, found[0]),)
    return ()


def shows_status(writer: Subject, document: Shape) -> bool:
    """Return whether a document has a status of the thing."""
    return document.type == "structure" and any(
        _is_status(path, bare_noun(writer.noun))
        or path.casefold() in {"enabled", "isenabled"}
        for path, _ in _places(writer, document)
    )


def _is_status(path: str, noun: str) -> bool:
    parts = path.casefold().split(".")
    last = parts[-1]
    if last in {"name", "code", "value"} and len(parts) > 1:
        return parts[-2].removeprefix(noun) in _NAMES
    return last.removeprefix(noun) in _NAMES


def _places(writer: Subject, document: Shape) -> Iterator[tuple[str, Shape]]:
    """Yield the document's members, plainest names first, then those of a status."""
    model: Model = writer.model
    for name in sorted(document.members, key=lambda name: (len(name), name)):
        yield name, resolve_path(model, document, name)
    for name in sorted(document.members):
        shape = resolve_path(model, document, name)
        if shape.type == "structure" and name.casefold() in _NAMES:
            for inner in sorted(shape.members):
                yield f"{name}.{inner}", resolve_path(model, shape, inner)
