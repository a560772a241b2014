"""Which errors of a reader mean that there is nothing there yet.

Owns the modelled part: error shapes whose name says so, and the codes that waiters for
the same thing look for (EC2 models no errors). Codes that services send and no model
has are overrides on the reader (``field: absent``).
"""

import re

from ..model import Shape
from .subject import Subject
from .waiters import waiters_of
from .words import singular_of

_ABSENT = re.compile(
    r"(?:(?:NoSuch|Unknown)(?P<after>\w*?)"
    r"|(?P<before>\w*?)(?:NotFound|NotExists?|DoesNotExists?|Non[eE]xist[ae]nt"
    r"|NotInUse|NotRegistered))"
    r"(?:Exception|Error|Fault)?"
)
_GENERIC = frozenset({"", "Entity", "Resource"})
_QUERY_ERROR = "aws.protocols#awsQueryError"


def absent_codes_of(reader: Subject) -> tuple[str, ...]:
    """Return the error codes that mean "not there", sorted.

    An error about something else than what is read does not count: with a missing
    cluster or bucket nothing is known about what should be in it.
    """
    codes: set[str] = set()
    service_errors = reader.model.service.errors
    for error_id in (*reader.shape.errors, *service_errors):
        shape = reader.model.expect_shape(error_id)
        found = (_ABSENT.fullmatch(name) for name in _codes(shape))
        roots = [match["after"] or match["before"] or "" for match in found if match]
        if any(_is_about(root, reader) for root in roots):
            codes |= _codes(shape)
    noun = singular_of(reader.noun).casefold()
    for waiter in waiters_of(reader):
        if waiter.noun == noun:
            codes |= set(waiter.absent)
    return tuple(sorted(codes))


def _is_about(root: str, reader: Subject) -> bool:
    """Return whether an error is about what is read; it may bear the service's name."""
    service = re.sub(r"\W|v\d+$", "", reader.service)
    root = re.sub(rf"^(?i:AWS|{service})(?=[A-Z])", "", root)
    if root in _GENERIC:
        return True
    wanted = singular_of(root).casefold()
    return singular_of(reader.noun).casefold().endswith(wanted)


def _codes(shape: Shape) -> set[str]:
    """Return what boto3 may show as the error's code: shape name and query code."""
    codes = {shape.id.name}
    trait = shape.traits.get(_QUERY_ERROR)
    if isinstance(trait, dict) and isinstance(trait.get("code"), str):
        codes.add(trait["code"])
    return codes
