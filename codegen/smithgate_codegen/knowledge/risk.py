"""The risk of an operation: six classes, judged from several kinds of evidence.

The order of the questions below is the precedence: what is lost or who may do what
decides first, and an operation is a read only when nothing else spoke and its name
asks for something. Names and shapes answer first, then the access levels of the
service-authorization data, and the stricter answer stands. Upstream traits and data may
raise a risk; none lowers one by itself. Corrections live in ``overrides/*.yaml``, each
with its reason.
"""

from collections.abc import Callable
from itertools import pairwise

from ..errors import OverrideError
from ..ir import Fact, Risk
from .change import is_tagging, is_untagging
from .iam import DATA_SET, Access, access_of
from .subject import Subject
from .words import (
    COMPUTING,
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

STRICTNESS = (
    Risk.READ,
    Risk.WRITE,
    Risk.SENSITIVE,
    Risk.EXECUTE,
    Risk.PERMISSIONS,
    Risk.DESTRUCTIVE,
)
"""The classes from the mildest to the strictest, as the default policy treats them."""

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


_EXPIRING = word_set("Expiration Expiry Lifecycle Retention Ttl")
"""Nouns of rules by which data goes away without another call."""
_EXPIRING_VERBS = word_set("Create Decrease Modify Put Set Update")
_NOT_EXPIRING = word_set("Action Event Hook Hooks Preview")
"""Words that make "Lifecycle" one of instances or deployments."""

_KEEPING = word_set("Create Promote Put Update")
"""Verbs that make or change something, also where it serves a removal."""

_LATER_REMOVING = word_set(
    "Cancel Delete Deletion Destroy Erase Flush Purge Reset Terminate Wipe"
)
_BEGINNING = word_set(
    "Create Detach Execute Initiate Perform Request Run Schedule Send Start Submit"
)
"""Verbs that begin what a later word of the name says (``StartRemoteDelete``)."""


def stricter(one: Fact[Risk], other: Fact[Risk] | None) -> Fact[Risk]:
    """Return the fact with the stricter class; the first one when they agree."""
    if other is None:
        return one
    is_raised = STRICTNESS.index(other.value) > STRICTNESS.index(one.value)
    return other if is_raised else one


def risk_of(subject: Subject, credentials: tuple[str, ...]) -> Fact[Risk]:
    """Return the risk before overrides; ``credentials`` are output paths.

    ``credentials`` comes from ``sensitive.SecretPaths.credentials_of``.
    """
    access = access_of(subject.service, subject.name)
    by_rules = _by_rules(subject, credentials, access)
    found = stricter(by_rules, by_access(subject, access))
    if found.value is Risk.PERMISSIONS:  # a right that goes is no resource that does
        return found
    return stricter(found, by_handlers(subject, access))


def by_access(subject: Subject, access: Access | None) -> Fact[Risk] | None:
    """Return what the access levels of either source ask for at least."""
    if access is None or access.only_reads:
        return None
    letters = "".join(sorted(access.levels | access.second))
    source = f"{DATA_SET}, access level {letters}"
    if access.permits and not (is_tagging(subject) or is_untagging(subject)):
        return Fact(Risk.PERMISSIONS, source)
    return Fact(Risk.WRITE, source)


def by_handlers(subject: Subject, access: Access | None) -> Fact[Risk] | None:
    """Return what CloudFormation's use of an operation asks for at least.

    What only ever serves to delete resources takes away what another call made, with
    any verb (``DisassociateRouteTable``); a copy made before the end is none of it.
    """
    if access is None or access.handlers != {"D"} or access.only_reads:
        return None
    if (
        subject.verb in READING | _KEEPING
        or is_tagging(subject)
        or is_untagging(subject)
    ):
        return None
    return Fact(Risk.DESTRUCTIVE, "data set cfn-handlers, only deletes")


def require_no_denied_read(subject: Subject, risk: Fact[Risk]) -> None:
    """Raise ``OverrideError`` for a correction to ``read`` that the data denies.

    Corrections may settle what a change is; that something changes stands.
    """
    access = access_of(subject.service, subject.name)
    if risk.value is Risk.READ and access is not None and access.changes:
        msg = f"`{subject.id}` is read by {risk.source}, but its access level says not"
        raise OverrideError(msg, hint="leave it a write, or mend the data")


def _by_rules(
    subject: Subject, credentials: tuple[str, ...], access: Access | None
) -> Fact[Risk]:
    questions: tuple[Callable[[Subject], Fact[Risk] | None], ...] = (
        _permission_removed,
        _removed,
        _expired,
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
    return _read(subject) or _computed(subject, access) or _written(subject)


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
    if subject.verb in _BEGINNING and (word := _later_removing(subject)):
        return Fact(Risk.DESTRUCTIVE, f"rule begins-removing {word}")
    if subject.lifecycle == "delete":
        return Fact(Risk.DESTRUCTIVE, "trait resource lifecycle delete")
    if subject.http_method == "DELETE":
        return Fact(Risk.DESTRUCTIVE, "trait smithy.api#http method DELETE")
    return None


def _later_removing(subject: Subject) -> str | None:
    """Return a word after the verb that says that something is removed."""
    for word, after in pairwise((*subject.words[1:], "")):
        if word in _LATER_REMOVING and after not in {"Marker", "Protection"}:
            return word
    return None


def _expired(subject: Subject) -> Fact[Risk] | None:
    """Rules by which data is deleted later: no delete verb ever shows."""
    words = set(subject.words)
    if subject.verb not in _EXPIRING_VERBS or words & _NOT_EXPIRING:
        return None
    found = sorted(words & _EXPIRING)
    if {"Time", "To", "Live"} <= words:
        found = ["TimeToLive"]
    return Fact(Risk.DESTRUCTIVE, f"rule expires-data {found[0]}") if found else None


def _tagged(subject: Subject) -> Fact[Risk] | None:
    if is_tagging(subject) or is_untagging(subject):
        return Fact(Risk.WRITE, "rule tagging")
    return None


def _permitted(subject: Subject) -> Fact[Risk] | None:
    if subject.verb in READING | VENDING or _is_computing(subject):
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


def _is_computing(subject: Subject) -> bool:
    access = access_of(subject.service, subject.name)
    return subject.verb in COMPUTING and access is not None and access.only_reads


def _computed(subject: Subject, access: Access | None) -> Fact[Risk] | None:
    """Return ``read`` for a verb that computes an answer, where the data agrees."""
    if subject.verb not in COMPUTING or access is None or not access.only_reads:
        return None
    letters = "".join(sorted(access.levels))
    source = f"rule computing-verb {subject.verb}, {DATA_SET}, access level {letters}"
    return Fact(Risk.READ, source)


def _written(subject: Subject) -> Fact[Risk]:
    if subject.verb in MUTATING:
        return Fact(Risk.WRITE, f"rule writing-verb {subject.verb}")
    return Fact(Risk.WRITE, f"rule unknown-verb {subject.verb}")
