"""Which member makes a retry safe: the idempotency token."""

from ..ir import Fact
from .subject import Subject

TRAIT = "smithy.api#idempotencyToken"


def token_of(subject: Subject) -> Fact[str | None]:
    """Return the top-level input member that carries the token."""
    for name, member in sorted(subject.input.members.items()):
        if subject.has(member, TRAIT):
            return Fact(name, f"trait {TRAIT}")
    return Fact(None, f"no {TRAIT} member")
