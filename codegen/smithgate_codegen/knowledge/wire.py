"""Which members become part of the URL, the host or a header.

The runtime refuses dot segments, empty labels and line breaks in them; boto3 does not.
"""

from .subject import Subject

_LABELS = ("smithy.api#httpLabel", "smithy.api#hostLabel")
_HEADERS = ("smithy.api#httpHeader", "smithy.api#httpPrefixHeaders")


def labels_of(subject: Subject) -> tuple[str, ...]:
    """Return the top-level input members bound to the path or host, sorted."""
    return _bound(subject, _LABELS)


def headers_of(subject: Subject) -> tuple[str, ...]:
    """Return the top-level input members bound to headers, sorted."""
    return _bound(subject, _HEADERS)


def _bound(subject: Subject, traits: tuple[str, ...]) -> tuple[str, ...]:
    members = subject.input.members.items()
    return tuple(sorted(name for name, m in members if subject.has(m, *traits)))
