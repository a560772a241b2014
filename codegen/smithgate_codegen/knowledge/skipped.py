"""Which operations are not generated, and why."""

from collections.abc import Mapping

from ..model import Shape
from .subject import Subject

_HIDDEN = {
    "smithy.api#internal": "internal operation",
    "smithy.api#private": "private operation",
}
_STREAMING = "smithy.api#streaming"
_LONGEST_METHOD = 200
"""Characters of a method that becomes a file name; file systems take 255 bytes."""


def reason_to_skip(subject: Subject, methods: Mapping[str, str]) -> str | None:
    """Return why an operation is left out, ``None`` for one that is generated."""
    for trait, reason in _HIDDEN.items():
        if trait in subject.traits:
            return reason
    if _has_event_stream(subject, subject.input):
        return "event stream in the input"
    if _has_event_stream(subject, subject.output):
        return "event stream in the output"
    if subject.name not in methods:
        return "boto3 has no method for it"
    if len(methods[subject.name]) > _LONGEST_METHOD:
        return "the name is too long for a file"
    return None


def _has_event_stream(subject: Subject, shape: Shape) -> bool:
    """Streaming blobs travel as base64 text; streams of events have no JSON form."""
    return any(
        subject.target(member).type == "union" and subject.has(member, _STREAMING)
        for member in shape.members.values()
    )
