"""What a request carries that no reader shows: secrets, and what only controls the call.

Owns ``write_only``. A secret is set whatever was there, and shown as set. What controls
the call is no state, so it keeps nothing from being unchanged; therefore only what
cannot change anything by itself counts. ``ApplyImmediately`` does not: it also applies
what earlier requests left pending, and ``ForceNewDeployment`` deploys.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from ..ir import Confidence, Reader, Risk
from ..model import Member, Model, Shape, ShapeId
from .dry_run import dry_run_of
from .naming import LOCKS, is_control, is_pending
from .shapes import kind_of
from .subject import Subject
from .words import REMOVING, STOPPING, UNTYING, word_set, words_of

_ACTS = word_set("applyimmediately")
"""Folded names of controls that may change something by themselves."""
_ANSWERING = frozenset({"Return"})
_PASSING_OVER = frozenset({"Bypass", "Overwrite"})
_FORCED = REMOVING | UNTYING | STOPPING
_FORCE = "Force"
_IDEMPOTENT = "smithy.api#idempotencyToken"
_TEXTS = frozenset({"boolean", "string"})
_LOCKING = frozenset({"number", "string", "timestamp"})


def shown_names(
    subjects: Iterable[Subject], risks: Mapping[str, Risk]
) -> frozenset[str]:
    """Return the folded names of all members that any plain read may give back."""
    found: set[str] = set()
    seen: set[ShapeId] = set()
    for subject in subjects:
        if risks[subject.name] is Risk.READ:
            found.update(_names(subject.model, subject.output, seen))
    return frozenset(found)


def _names(model: Model, root: Shape, seen: set[ShapeId]) -> Iterator[str]:
    waiting = [root]
    while waiting:
        shape = waiting.pop()
        if shape.id in seen:
            continue
        seen.add(shape.id)
        is_named = shape.type in {"structure", "union"}
        for name, member in shape.members.items():
            if is_named:
                yield name.casefold()
            if not is_pending(name):
                waiting.append(model.expect_shape(member.target))


def with_write_only(
    reader: Reader, writer: Subject, secrets: Iterable[str], shown: Collection[str]
) -> Reader:
    """Return a reader with the members of the request that nothing shows, sorted.

    ``secrets`` are the paths to mask in the request, ``shown`` are folded names.
    """
    if reader.confidence is Confidence.LOW:
        return reader
    used = {path for _, path in (*reader.params, *reader.match)}
    used |= {path for path, _ in reader.compare}
    hidden = [path for path in secrets if _is_plain(path) and not _touches(path, used)]
    members = writer.input.members
    hidden = [
        path
        for path in hidden
        if path.rpartition(".")[2].casefold() not in shown
        and not (path in members and writer.has(members[path], _IDEMPOTENT))
    ]
    controls = [
        name
        for name, member in members.items()
        if name not in used
        and (name.casefold() not in shown or name.casefold() in LOCKS)
        and _controls(writer, name, member)
    ]
    found = tuple(sorted({*reader.write_only, *hidden, *controls}))
    return replace(reader, write_only=found)


def _is_plain(path: str) -> bool:
    return not set("[]*{}") & set(path)


def _touches(path: str, used: Iterable[str]) -> bool:
    """Return whether a path, what it is in or what is in it plays a part already."""
    return any(
        path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")
        for other in used
    )


def _controls(writer: Subject, name: str, member: Member) -> bool:
    """Return whether a member says how to call and can change nothing by itself."""
    kind = kind_of(writer.target(member))
    words = words_of(name[:1].upper() + name[1:])
    if name.casefold() in LOCKS:
        return kind in _LOCKING
    if name.casefold() in _ACTS or kind not in _TEXTS or not words:
        return False
    if writer.has(member, _IDEMPOTENT) or name == dry_run_of(writer).value:
        return False  # facts of their own
    if is_control(name) or words[0] in _ANSWERING:
        return True
    if kind != "boolean":
        return False
    if words[0] == _FORCE:
        return len(words) == 1 or words[1] in _FORCED
    return words[0] in _PASSING_OVER or words[:2] == ("Skip", "Final")
