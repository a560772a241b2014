"""The risk of an operation: six classes, judged from several kinds of evidence.

The order of the questions below is the precedence: what is lost or who may do what
decides first, and an operation is a read only when nothing else spoke and its name
asks for something. Upstream traits may raise a risk; ``readonly`` alone lowers none.
Corrections live in ``overrides/*.yaml``, each with its reason.
"""

from collections.abc import Callable
from itertools import pairwise

from ..ir import Fact, Risk
from .change import is_tagging, is_untagging
from .subject import Subject
from .words import (
    EXECUTING,
    MUTATING,
    PERMITTING,
    READING,
    REMOVING,
    VENDING,
    singular_of,
    word_set,
)

READONLY = "smithy.api#readonly"

PERMISSION_SERVICES = {
    "iam": "its resources are users, roles, policies and keys",
    "identitystore": "its resources are users and groups",
    "ram": "its resources are shares to other accounts",
    "rolesanywhere": "its resources decide which certificates become roles",
    "sso-admin": "its resources are permission sets and their assignments",
    "verifiedpermissions": "its resources are policies",
}
"""Services in which every change decides who may do what, and why."""

_PERMISSION_WORDS = word_set(
    "ACL Acl Acls Grant Grants Iam Permission Permissions Policies Policy Principal "
    "Principals Role Roles Trust"
)
_PERMISSION_PAIRS = frozenset(
    {("Access", "Key"), ("Access", "Keys"), ("Access", "Entry"), ("Public", "Access")}
)
_OTHER_POLICIES = word_set(
    "Backup Cache Cors Health Lifecycle Maintenance Password Protection Retention "
    "Routing Scaling Snapshot Traffic"
)
"""Words before "Policy" that make it a policy about something else."""

_RUNNABLE = word_set(
    "Automation Build Command Commands Execution Executions Job Pipeline Queries Query "
    "Run Script Session Statement Statements Task Tasks Workflow"
)
"""What ``Start`` and ``Send`` set going that the caller wrote or chose."""

_ENDING = word_set("Execution Job Run Task")
"""What cannot be started again once it was stopped: its progress is lost."""

_CODE_MEMBERS = word_set(
    "Commands Sql SqlStatement SqlStatements Statements TemplateBody TemplateURL "
    "UserData ZipFile"
)
"""Members that carry code, queries or templates."""


def risk_of(subject: Subject, credentials: tuple[str, ...]) -> Fact[Risk]:
    """Return the risk before overrides; ``credentials`` are output paths.

    ``credentials`` comes from ``sensitive.SecretPaths.credentials_of``.
    """
    questions: tuple[Callable[[Subject], Fact[Risk] | None], ...] = (
        _permission_removed,
        _removed,
        _tagged,
        _permitted,
        _executed,
    )
    for question in questions:
        if answer := question(subject):
            return answer
    if credentials:
        source = f"data set sensitive-members, output {credentials[0]}"
        return Fact(Risk.SENSITIVE, source)
    if subject.verb in VENDING:
        return Fact(Risk.SENSITIVE, f"rule vending-verb {subject.verb}")
    return _read(subject) or _written(subject)


def _permission_removed(subject: Subject) -> Fact[Risk] | None:
    """``RemovePermission`` and friends: taking a right away, not a resource.

    A plain ``Delete`` stays destructive whatever it deletes.
    """
    if subject.verb in PERMITTING:
        return Fact(Risk.PERMISSIONS, f"rule permitting-verb {subject.verb}")
    if subject.verb == "Remove" and not is_untagging(subject):
        return _permitted(subject)
    return None


def _removed(subject: Subject) -> Fact[Risk] | None:
    if is_untagging(subject) and subject.verb != "Delete":
        return None
    if subject.verb in REMOVING:
        return Fact(Risk.DESTRUCTIVE, f"rule removing-verb {subject.verb}")
    if subject.verb == "Stop" and singular_of(subject.words[-1]) in _ENDING:
        return Fact(Risk.DESTRUCTIVE, f"rule stops-for-good {subject.words[-1]}")
    if subject.verb == "Schedule" and "Deletion" in subject.words:
        return Fact(Risk.DESTRUCTIVE, "rule scheduled-deletion")
    if subject.lifecycle == "delete":
        return Fact(Risk.DESTRUCTIVE, "trait resource lifecycle delete")
    if subject.http_method == "DELETE":
        return Fact(Risk.DESTRUCTIVE, "trait smithy.api#http method DELETE")
    return None


def _tagged(subject: Subject) -> Fact[Risk] | None:
    if is_tagging(subject) or is_untagging(subject):
        return Fact(Risk.WRITE, "rule tagging")
    return None


def _permitted(subject: Subject) -> Fact[Risk] | None:
    if subject.verb in READING | VENDING:
        return None
    if subject.service in PERMISSION_SERVICES:
        return Fact(Risk.PERMISSIONS, f"rule permission-service {subject.service}")
    for before, word in pairwise(("", *subject.words)):
        is_other = word in {"Policy", "Policies"} and before in _OTHER_POLICIES
        if word in _PERMISSION_WORDS and not is_other:
            return Fact(Risk.PERMISSIONS, f"rule permission-noun {word}")
        if (before, word) in _PERMISSION_PAIRS:
            return Fact(Risk.PERMISSIONS, f"rule permission-noun {before}{word}")
    return None


def _executed(subject: Subject) -> Fact[Risk] | None:
    if subject.verb in EXECUTING:
        return Fact(Risk.EXECUTE, f"rule executing-verb {subject.verb}")
    if subject.verb in {"Start", "Send"}:
        runnable = [word for word in subject.words[1:] if word in _RUNNABLE]
        if runnable:
            return Fact(Risk.EXECUTE, f"rule starts-runnable {runnable[0]}")
    if subject.verb in READING:
        return None
    carried = sorted(_CODE_MEMBERS & _members_to_depth_two(subject))
    if carried:
        return Fact(Risk.EXECUTE, f"rule carries-code {carried[0]}")
    return None


def _members_to_depth_two(subject: Subject) -> set[str]:
    """Return member names of the input and of the structures it holds directly."""
    names = set(subject.input.members)
    for member in subject.input.members.values():
        target = subject.target(member)
        if target.type == "structure":
            names |= set(target.members)
    return names


def _read(subject: Subject) -> Fact[Risk] | None:
    if subject.verb not in READING:
        return None
    if subject.http_method in {"PUT", "PATCH"}:
        return None
    if READONLY in subject.traits:
        return Fact(Risk.READ, f"trait {READONLY}, rule reading-verb {subject.verb}")
    return Fact(Risk.READ, f"rule reading-verb {subject.verb}")


def _written(subject: Subject) -> Fact[Risk]:
    if subject.verb in MUTATING:
        return Fact(Risk.WRITE, f"rule writing-verb {subject.verb}")
    return Fact(Risk.WRITE, f"rule unknown-verb {subject.verb}")
