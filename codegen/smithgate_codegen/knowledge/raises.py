"""Which arguments make a request riskier than its operation.

Owns the general rules by member name (``Force*``, ``SkipFinalSnapshot``, roles passed,
policies, empty replacement lists, …); ``raise_rows`` adds what a name does not show.
Leaves judging a request to the runtime.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import OverrideError
from ..ir import Fact, Payload, Raise, Risk, When
from ..model import Shape, ShapeId
from .fit import may_misfit
from .iam import iam_actions_of
from .raise_rows import raise_rows
from .shapes import item_of
from .subject import Subject
from .tags import is_tag_member
from .words import word_set, words_of

DEPTH = 4
"""How many structures deep a member may be to be found by its name."""

_STILL = frozenset({Risk.READ, Risk.SENSITIVE})
_REPLACING = word_set("Modify Put Replace Set Update")
_KEEPING = word_set("Datetime Deployment Mfa Network Path Provider Style Type Update")
"""Words after "Force" that make it no way around a check."""
_POLICY_NAMES = word_set(
    "accesspolicies accesspolicy assumerolepolicydocument bucketpolicy keypolicy policy "
    "policydocument policytext resourcepolicy resourcepolicydocument repositorypolicy "
    "filesystempolicy trustpolicy"
)
_ROLE_NAMES = word_set(
    "iaminstanceprofile instanceprofilename role rolearn servicerole"
)
_NOT_PASSED = word_set("iam organizations sso sso-admin sts")
"""Services in which a role is what the operation is about."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A member of a request, at any depth."""

    path: str
    name: str
    words: tuple[str, ...]
    shape: Shape
    depth: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """A general rule: which members it is about, and what they mean."""

    name: str
    fits: Callable[[Subject, _Found], bool]
    when: When
    risk: Risk
    payload: Payload
    why: str


def _is_flag(found: _Found) -> bool:
    return found.shape.type == "boolean"


def _forces(_: Subject, found: _Found) -> bool:
    return (
        found.words[0] == "Force"
        and _is_flag(found)
        and not set(found.words) & _KEEPING
    )


def _skips_copy(_: Subject, found: _Found) -> bool:
    words = set(found.words)
    return (
        found.words[0] == "Skip"
        and _is_flag(found)
        and bool(words & {"Backup", "Snapshot"})
    )


def _bypasses(_: Subject, found: _Found) -> bool:
    return found.words[0] == "Bypass" and "Policy" not in found.words


def _bypasses_policy(_: Subject, found: _Found) -> bool:
    return found.words[0] == "Bypass" and "Policy" in found.words


def _reveals(_: Subject, found: _Found) -> bool:
    return _is_flag(found) and "".join(found.words).casefold() in {
        "includecredentials",
        "includesecret",
        "includesecrets",
        "includevalue",
        "includevalues",
        "withdecryption",
    }


def _removes(subject: Subject, found: _Found) -> bool:
    words = found.words
    if set(words) & {"Tag", "Tags", "On", "Protection", "Marker", "Headers", "Time"}:
        return False
    if found.shape.type in {"timestamp", "integer", "long"}:
        return False
    begins = words[0] in {"Delete", "Deletes", "Remove", "Removes"}
    ends = words[-2:] in {("To", "Delete"), ("To", "Remove")} or words[-1] == "Deletes"
    return (begins or ends) and subject.verb != "Remove"


def _expires(subject: Subject, found: _Found) -> bool:
    if subject.verb not in _REPLACING or found.shape.type == "boolean":
        return False
    return "Retention" in found.words and not {"Increase", "Tag"} & set(found.words)


def _empties(subject: Subject, found: _Found) -> bool:
    return (
        subject.verb in _REPLACING
        and found.depth == 1
        and found.shape.type in {"list", "map"}
        and not is_tag_member(found.name)
        and not {"Filter", "Filters", "Tag", "Tags"} & set(found.words)
    )


def _passes_role(subject: Subject, found: _Found) -> bool:
    if subject.service in _NOT_PASSED:
        return False
    folded = found.name.casefold()
    if folded.endswith(("rolearn", "rolearns")):
        return found.shape.type in {"enum", "string", "list"}
    passes = "iam:PassRole" in iam_actions_of(subject).value
    return folded in _ROLE_NAMES and (passes or folded == "iaminstanceprofile")


def _carries_policy(_: Subject, found: _Found) -> bool:
    return found.name.casefold() in _POLICY_NAMES and found.shape.type == "string"


def _carries_code(_: Subject, found: _Found) -> bool:
    return found.words == ("User", "Data")


def _opens(_: Subject, found: _Found) -> bool:
    words = found.words
    if words in {("Publicly", "Accessible"), ("Public",)}:
        return _is_flag(found)
    is_grant = words[0] == "Grant" and words[1:2] in {("Full",), ("Read",), ("Write",)}
    return found.depth == 1 and (words == ("ACL",) or is_grant) and _is_text(found)


def _is_text(found: _Found) -> bool:
    return found.shape.type in {"enum", "string"}


_RULES = (
    _Rule(
        "forcing-member",
        _forces,
        When.GIVEN,
        Risk.DESTRUCTIVE,
        Payload.FORCES,
        "goes past a check that protects what exists",
    ),
    _Rule(
        "skipping-member",
        _skips_copy,
        When.GIVEN,
        Risk.DESTRUCTIVE,
        Payload.SKIPS_COPY,
        "leaves no last copy behind",
    ),
    _Rule(
        "bypassing-member",
        _bypasses,
        When.GIVEN,
        Risk.DESTRUCTIVE,
        Payload.BYPASSES_PROTECTION,
        "goes past a protection",
    ),
    _Rule(
        "policy-bypassing-member",
        _bypasses_policy,
        When.GIVEN,
        Risk.PERMISSIONS,
        Payload.BYPASSES_LOCKOUT_CHECK,
        "goes past the check that keeps a policy from locking its owner out",
    ),
    _Rule(
        "revealing-member",
        _reveals,
        When.GIVEN,
        Risk.SENSITIVE,
        Payload.REVEALS_SECRETS,
        "secret values come back",
    ),
    _Rule(
        "removing-member",
        _removes,
        When.GIVEN,
        Risk.DESTRUCTIVE,
        Payload.REMOVES,
        "names what is removed",
    ),
    _Rule(
        "retention-member",
        _expires,
        When.GIVEN,
        Risk.DESTRUCTIVE,
        Payload.CHANGES_RETENTION,
        "a shorter retention deletes what is older",
    ),
    _Rule(
        "emptying-member",
        _empties,
        When.EMPTY,
        Risk.DESTRUCTIVE,
        Payload.EMPTIES,
        "an empty collection may take away what is there",
    ),
    _Rule(
        "role-member",
        _passes_role,
        When.GIVEN,
        Risk.PERMISSIONS,
        Payload.PASSES_ROLE,
        "passes a role: what runs acts with its rights",
    ),
    _Rule(
        "policy-member",
        _carries_policy,
        When.GIVEN,
        Risk.PERMISSIONS,
        Payload.CARRIES_POLICY,
        "carries a policy: it decides who may do what",
    ),
    _Rule(
        "opening-member",
        _opens,
        When.GIVEN,
        Risk.PERMISSIONS,
        Payload.OPENS_ACCESS,
        "decides who may reach the resource",
    ),
    _Rule(
        "user-data-member",
        _carries_code,
        When.GIVEN,
        Risk.EXECUTE,
        Payload.USER_DATA,
        "runs as root when the instance starts",
    ),
)


def raises_of(subject: Subject, risk: Risk) -> tuple[Fact[Raise], ...]:
    """Return the rules of an operation, in the order of their sources and members.

    ``risk`` is the operation's own class: one that changes nothing is only asked for
    members that reveal secrets. Raises ``OverrideError`` for data that does not fit.
    """
    members = tuple(_members(subject))
    out = []
    for rule in _RULES:
        if (risk in _STILL) is not (rule.risk is Risk.SENSITIVE):
            continue
        if rule.name == "removing-member" and risk is Risk.PERMISSIONS:
            continue  # what such an operation removes is a right
        paths = sorted({found.path for found in members if rule.fits(subject, found)})
        if paths:
            value = Raise(
                members=tuple(paths),
                when=rule.when,
                risk=rule.risk,
                payload=rule.payload,
                why=rule.why,
            )
            out.append(Fact(value, f"rule {rule.name}"))
    return (*out, *_of_data(subject, risk))


def _of_data(subject: Subject, risk: Risk) -> Iterator[Fact[Raise]]:
    for where, row in raise_rows().get(subject.service, {}).get(subject.name, ()):
        with may_misfit():
            yield _fact_of(subject, risk, where, row)


def _fact_of(
    subject: Subject, risk: Risk, where: str, row: Mapping[str, Any]
) -> Fact[Raise]:
    """Return what one row of the data set says. Raises ``OverrideError``."""
    if risk in _STILL and row["risk"] != Risk.SENSITIVE:
        # What runs as a read must stay one, whatever the arguments are.
        msg = f"{where}: `{subject.id}` is {risk} and cannot become {row['risk']}"
        raise OverrideError(msg, hint="correct the operation's own class first")
    for path in row["members"]:
        _require_path(subject, path, where)
    value = Raise(
        members=tuple(sorted(row["members"])),
        when=When(row["when"]),
        values=tuple(row.get("values", ())),
        risk=Risk(row["risk"]),
        payload=Payload(row["payload"]) if "payload" in row else None,
        judged_as=tuple(sorted(row.get("judged_as", ()))),
        why=row["why"],
    )
    return Fact(value, "data set raises")


def _require_path(subject: Subject, path: str, where: str) -> None:
    """Raise ``OverrideError`` for a path that the input does not have."""
    shape = subject.input
    for part in path.split("."):
        if shape.type == "map":
            shape = item_of(subject.model, shape)
        elif part in shape.members:
            shape = subject.target(shape.members[part])
        else:
            msg = f"{where}: path `{path}` leaves `{shape.id}` at `{part}`"
            raise OverrideError(msg)
        while shape.type == "list":
            shape = item_of(subject.model, shape)


def require_known(service: str, operations: set[str]) -> None:
    """Raise ``OverrideError`` for data about an operation that is not generated."""
    rows_of = raise_rows().get(service, {})
    meant = {
        other.partition(":")[2]: rows
        for rows in rows_of.values()
        for _, row in rows
        for other in row.get("judged_as", ())
        if other.startswith(f"{service}:")
    }
    for name, rows in {**meant, **rows_of}.items():
        if name in operations:
            continue
        with may_misfit():
            msg = f"{rows[0][0]}: there is no operation `{service}:{name}`"
            raise OverrideError(msg, hint="remove the row, or correct the name")


def _members(subject: Subject) -> Iterator[_Found]:
    """Yield the members of the input, through structures and lists of them."""

    def visit(
        shape: Shape, path: str, depth: int, above: frozenset[ShapeId]
    ) -> Iterator[_Found]:
        if depth > DEPTH or shape.id in above:
            return
        for name, member in sorted(shape.members.items()):
            target = subject.target(member)
            below = f"{path}.{name}" if path else name
            words = tuple(word[:1].upper() + word[1:] for word in words_of(name))
            yield _Found(below, name, words, target, depth)
            while target.type == "list":
                target = subject.target(target.members["member"])
            if target.type in {"structure", "union"}:
                yield from visit(target, below, depth + 1, above | {shape.id})

    yield from visit(subject.input, "", 1, frozenset())
