"""The verb of a plan step: what an operation does to the thing it names."""

from ..ir import Change, Fact, Risk
from .subject import Subject
from .words import CREATING, READING, REMOVING, UPDATING, VENDING

_LIFECYCLES = {
    "create": Change.CREATE,
    "put": Change.PUT,
    "update": Change.UPDATE,
    "delete": Change.DELETE,
}


def is_tagging(subject: Subject) -> bool:
    """Return whether an operation adds tags to things that exist."""
    words = subject.words
    if subject.verb == "Create":
        return words[1:] == ("Tags",)
    return subject.verb == "Tag" or (subject.verb == "Add" and "Tags" in words)


def is_untagging(subject: Subject) -> bool:
    """Return whether an operation takes tags off things that exist."""
    if subject.verb == "Untag":
        return True
    return subject.verb in {"Remove", "Delete"} and (
        subject.words[1:2] == ("Tags",) or subject.words[-1] in {"Tags", "Tagging"}
    )


def change_of(subject: Subject, risk: Risk) -> Fact[Change]:
    """Return the change before overrides."""
    verb = subject.verb
    if risk in {Risk.READ, Risk.SENSITIVE} and verb in READING | VENDING:
        return Fact(Change.NONE, f"rule risk-{risk.value}")
    if subject.lifecycle in _LIFECYCLES:
        source = f"trait resource lifecycle {subject.lifecycle}"
        return Fact(_LIFECYCLES[subject.lifecycle], source)
    if is_tagging(subject):
        return Fact(Change.TAG, f"rule tagging-verb {verb}")
    if is_untagging(subject):
        return Fact(Change.UNTAG, f"rule untagging-verb {verb}")
    for verbs, change in (
        ({"Put"}, Change.PUT),
        (REMOVING, Change.DELETE),
        (CREATING, Change.CREATE),
        (UPDATING, Change.UPDATE),
    ):
        if verb in verbs:
            return Fact(change, f"rule {change.value}-verb {verb}")
    return Fact(Change.OTHER, f"rule other-verb {verb}")
