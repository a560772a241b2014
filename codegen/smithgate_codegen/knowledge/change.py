"""The verb of a plan step: what an operation does to the thing it names."""

import re

from ..ir import Change, Fact, Risk
from .binding import identifiers_of
from .iam import access_of
from .identifiers import root_of
from .subject import Subject
from .summary import summary_of
from .words import (
    CHANGING,
    CREATING,
    READING,
    REMOVING,
    STARTING,
    STOPPING,
    TYING,
    UNTYING,
    UPDATING,
    VENDING,
    bare_noun,
)

_ASKING = frozenset({"Describe", "Get", "Head", "List"})
_READONLY = "smithy.api#readonly"
_ID = re.compile(r"(Arn|ARN|Id|ID|Identifier|arn|id)$")
_GOING_BACK = frozenset({"Flush", "Revert", "Rollback"})
"""Verbs after which the thing that they name is there as before."""
_RESETS_VALUES = re.compile(
    r"(Attribute|Credential|Group|Id|Key|Levels?|PIN|Setting|Settings)$"
)
"""Ends of what a reset takes away: values that somebody set."""
_LIFECYCLES = {
    "create": Change.CREATE,
    "put": Change.PUT,
    "update": Change.UPDATE,
    "delete": Change.DELETE,
}


_UPSERTS = re.compile(
    r"\W*(Add|Create|Put|Register)s? or (modif|overwrit|replac|updat)\w+ "
)
"""How documentation begins of what makes a thing, or changes the one that is there."""


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


def _unchanging(subject: Subject) -> str | None:
    """Return the rule by which an operation that is no plain read changes nothing."""
    is_get = _READONLY in subject.traits or subject.http_method == "GET"
    if subject.verb in _ASKING and is_get:
        return "asks-and-is-read-only"
    return "computes-by-access-level" if _only_computes(subject) else None


def _only_computes(subject: Subject) -> bool:
    """Return whether both sources of IAM access levels say that nothing changes."""
    access = access_of(subject.service, subject.name)
    if access is None or subject.verb in CHANGING:
        return False
    levels = set(access.levels) | set(access.second)
    return bool(access.levels and access.second) and levels <= set("LR")


def change_of(subject: Subject, risk: Risk) -> Fact[Change]:
    """Return the change before overrides."""
    verb = subject.verb
    if risk in {Risk.READ, Risk.SENSITIVE} and verb in READING | VENDING:
        return Fact(Change.NONE, f"rule risk-{risk.value}")
    if unchanging := _unchanging(subject):
        return Fact(Change.NONE, f"rule {unchanging} {verb}")
    if subject.lifecycle in _LIFECYCLES:
        source = f"trait resource lifecycle {subject.lifecycle}"
        return Fact(_LIFECYCLES[subject.lifecycle], source)
    if special := _special(subject):
        return special
    if verb in _GOING_BACK or (
        verb == "Reset" and not _RESETS_VALUES.search(subject.noun)
    ):
        return Fact(Change.OTHER, f"rule thing-stays {verb}")
    for verbs, change in (
        ({"Put"}, Change.PUT),
        (REMOVING, Change.DELETE),
        (CREATING, Change.CREATE),
        (UPDATING, Change.UPDATE),
    ):
        if verb in verbs:
            if change is Change.CREATE and _UPSERTS.match(_said(subject)):
                return Fact(Change.PUT, f"rule create-or-update-text {verb}")
            return Fact(change, f"rule {change.value}-verb {verb}")
    return Fact(Change.OTHER, f"rule other-verb {verb}")


def _said(subject: Subject) -> str:
    return summary_of(subject.traits.get("smithy.api#documentation"))


def _special(subject: Subject) -> Fact[Change] | None:
    """Return the change of what tags, ties, starts or stops."""
    verb = subject.verb
    if is_tagging(subject):
        return Fact(Change.TAG, f"rule tagging-verb {verb}")
    if is_untagging(subject):
        if subject.words[-1] == "Tagging":  # no keys are named: all of the tags go
            return Fact(Change.DELETE, f"rule untagging-whole {verb}")
        return Fact(Change.UNTAG, f"rule untagging-verb {verb}")
    if tied := _tie_of(subject):
        return Fact(tied, f"rule {tied.value}-verb {verb}")
    return _switched(subject) if verb in STARTING | STOPPING else None


def _tie_of(subject: Subject) -> Change | None:
    """Return whether an operation ties or unties two things that exist."""
    if subject.verb in TYING:
        return Change.ATTACH
    if subject.verb in UNTYING:
        return Change.DETACH
    inner = set(subject.words[2:-1])
    if subject.verb == "Add" and "To" in inner:
        return Change.ATTACH
    return Change.DETACH if subject.verb == "Remove" and "From" in inner else None


def _switched(subject: Subject) -> Fact[Change]:
    """Tell the start of what exists from one that makes something new (a job's run)."""
    verb = subject.verb
    if verb in STOPPING:
        return Fact(Change.STOP, f"rule stop-verb {verb}")
    noun = bare_noun(subject.noun)
    named = {root_of(name) for name in identifiers_of(subject)} & {"", noun, f"{noun}s"}
    if named or any(noun.endswith(root_of(n)) for n in identifiers_of(subject)):
        return Fact(Change.START, f"rule start-verb {verb}")
    makes_id = any(
        noun.endswith(root_of(name)) and _ID.search(name)
        for name in subject.output.members
    )
    if makes_id and verb == "Start":
        return Fact(Change.CREATE, "rule starts-something-new Start")
    return Fact(Change.START, f"rule start-verb {verb}")
