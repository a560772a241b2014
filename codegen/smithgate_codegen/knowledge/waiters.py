"""What the waiters of a model say: which call shows a thing, and how its states look.

Owns the reading of the ``waitable`` trait. A waiter is named for a thing and a state
(``InstanceStopped``) and stands on the operation that shows the thing; its acceptors
name the member that holds the state, and the errors of what is not there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .subject import Subject
from .words import singular_of, word_set, words_of

TRAIT = "smithy.waiters#waitable"
_STATES = word_set(
    "Accepted Active Assigned Associated Attached Available Cancelled Complete Completed "
    "Connected Create Created Delete Deleted Deployed Deregistered Detached Disabled "
    "Disassociated Disconnected Enabled Exist Exists Failed Finished Import Imported In "
    "Inactive Not Offline Online Ready Registered Restored Revealed Rollback Routed "
    "Running Service Stable Standby Started Stopped Succeeded Successful Terminated "
    "Unassigned Unrouted Update Updated Use V2 Valid"
)
"""Last words of a waiter's name; what stands before them is the thing."""
_PATH = re.compile(r"[A-Za-z_]\w*(\[\])?(\.[A-Za-z_]\w*(\[\])?)*")
_EQUALS = word_set("allStringEquals stringEquals")
_ABSENT = re.compile(
    r"(?!NotFound$).*(NotFound|NoSuch|DoesNotExist|NonExist|NotExist).*"
)
_WAIT_FOR = ("Wait", "For")


@dataclass(frozen=True, slots=True)
class Waiter:
    """One waiter: of what, for which state, and what its answers look like."""

    name: str
    operation: str
    noun: str
    """The thing, singular and folded."""
    state: tuple[str, ...]
    """The state, word by word."""
    status: tuple[tuple[str, str], ...]
    """Path from the output and value of which each alone is success, sorted."""
    absent: tuple[str, ...]
    """Codes of errors that mean that the thing is not there, sorted."""


def waiters_of(subject: Subject) -> Iterator[Waiter]:
    """Yield the waiters that stand on an operation, sorted by name."""
    for name, body in sorted(subject.traits.get(TRAIT, {}).items()):
        words = words_of(name[:1].upper() + name[1:])
        if words[:2] == _WAIT_FOR:
            words = words[2:]
        count = _words_of_state(words)
        if 0 < count < len(words):
            noun = singular_of("".join(words[:-count])).casefold()
            acceptors = body.get("acceptors", ())
            yield Waiter(
                name=name,
                operation=subject.name,
                noun=noun,
                state=words[-count:],
                status=tuple(sorted(set(_status(acceptors)))),
                absent=tuple(sorted(set(_absent(acceptors)))),
            )


def _words_of_state(words: tuple[str, ...]) -> int:
    count = 0
    while count < len(words) and words[-1 - count] in _STATES:
        count += 1
    return count


def _status(acceptors: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield path and value of what alone is success."""
    for acceptor in acceptors:
        output = acceptor["matcher"].get("output", {})
        is_plain = output.get("comparator") in _EQUALS
        path = str(output.get("path", ""))
        if acceptor["state"] == "success" and is_plain and _PATH.fullmatch(path):
            yield path, str(output["expected"])


def _absent(acceptors: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the codes whose name says that something is not there.

    ``ValidationError`` may mean anything, whatever a waiter makes of it, and a bare
    ``NotFound`` is the phrase of a status rather than a code.
    """
    for acceptor in acceptors:
        code = acceptor["matcher"].get("errorType")
        if isinstance(code, str) and _ABSENT.fullmatch(code):
            yield code.rpartition("#")[2]
