"""What counts at apply: every recorded yes is proven anew against the current policy.

Rows of the store are claims. A yes counts when a key that the policy names now has
signed exactly this request for exactly this digest, in time, and its owner may approve
such plans and did not ask for this one. A no counts whoever wrote it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ..policy import Policy
from ..policy.approvers import Approver, Unsigned
from ..store import ApprovalRecord, Ballot, PlanRecord, VoteRecord
from ..store.states import person_key
from .statement import Statement, parse_statement

SAME_USER = "same_user"
ELICITATION = "elicitation"
KEY = "key"
"""How a word was said: with a signature, or by one of two ways that prove nothing."""


CLOCK_SKEW = timedelta(minutes=1)
"""How far the clock of an approver's machine may be ahead."""


class Tally(NamedTuple):
    """What the recorded votes amount to."""

    granted: tuple[str, ...]
    """Names whose yes counts, each once."""
    problems: tuple[str, ...]
    """Why a recorded yes does not count, one line each."""
    refused_by: str | None
    """Who said no or took the approval back."""


class Ask(NamedTuple):
    """What an approval of a plan takes, as policy and catalog say now."""

    risks: frozenset[str]
    """Every risk that the plan's requests have, see ``approval_risks``."""
    approvers: int
    """How many different approvers."""
    ttl_s: int
    """How long a yes is good for."""


def why_not(
    approver: Approver, document: dict[str, Any], risks: frozenset[str]
) -> str | None:
    """Say why an approver's yes to a plan would not count, ``None`` if it would."""
    if _asked(approver.name, document["requester"]):
        return "asked for the plan"
    missing = sorted(risks - set(approver.risks))
    if missing:
        return f"may not approve {', '.join(missing)}"
    target = document["target"]["name"]
    if target not in approver.targets:
        return f"may not approve for target {target}"
    return None


def why_not_unsigned(
    method: str, unsigned: Unsigned, risks: frozenset[str], needed: int
) -> str | None:
    """Say why a yes without a signature would not count, ``None`` if it would."""
    missing = sorted(risks - set(risks_without_key(method, unsigned)))
    if missing:
        return f"is not signed, and policy wants that for {', '.join(missing)}"
    if needed > 1:
        return "is not signed: one of several approvers has to be"
    return None


def risks_without_key(method: str, unsigned: Unsigned) -> tuple[str, ...]:
    """Return the risks that a yes said in some way is enough for."""
    ways = {SAME_USER: unsigned.same_user, ELICITATION: unsigned.elicitation}
    return ways.get(method, ())


def tally(
    plan: PlanRecord,
    approval: ApprovalRecord,
    ask: Ask,
    policy: Policy,
    now: datetime,
) -> Tally:
    """Judge every recorded vote; ``plan`` is intact, its document has its digest."""
    assert plan.document is not None
    granted: dict[str, str] = {}
    problems: list[str] = []
    refused_by = None
    for vote in approval.grants:
        if vote.decision is not Ballot.GRANT:
            refused_by = refused_by or vote.approver
            continue
        if vote.signed is None:
            problem = why_not_unsigned(
                vote.method, policy.unsigned, ask.risks, ask.approvers
            )
        else:
            problem = _why_not_signed(vote, plan, approval, ask, policy, now)
        if problem is None:
            granted.setdefault(person_key(vote.approver), vote.approver)
        else:
            problems.append(f"the yes of `{vote.approver}` {problem}")
    return Tally(tuple(granted.values()), tuple(problems), refused_by)


def _why_not_signed(
    vote: VoteRecord,
    plan: PlanRecord,
    approval: ApprovalRecord,
    ask: Ask,
    policy: Policy,
    now: datetime,
) -> str | None:
    """Say why a signed yes does not count; what the row itself says proves nothing."""
    from .sshsig import is_signed_by

    assert vote.signed is not None
    assert plan.document is not None
    approver = policy.approvers.get(vote.approver)
    if approver is None:
        return "is of no approver of the policy"
    statement = parse_statement(vote.signed.statement)
    if statement is None:
        return "is signed over something else than an approval"
    message = vote.signed.statement.encode()
    if not is_signed_by(approver.key, message, vote.signed.signature):
        return "does not have the signature of the approver's key"
    for holds, problem in _CHECKS:
        if not holds(statement, vote, plan, approval):
            return problem
    if statement.issued_at - CLOCK_SKEW > now:
        return "is dated in the future: compare the clocks"
    if now >= statement.expires_at:
        return "has run out"
    if statement.expires_at - statement.issued_at > timedelta(seconds=ask.ttl_s):
        return "is for longer than policy allows"
    return why_not(approver, plan.document, ask.risks)


_Check = Callable[[Statement, VoteRecord, PlanRecord, ApprovalRecord], bool]

_CHECKS: tuple[tuple[_Check, str], ...] = (
    (lambda s, _v, p, _a: s.plan_id == p.id, "was given for another plan"),
    (lambda s, _v, p, _a: s.digest == p.digest, "was given for another digest"),
    (lambda s, _v, _p, a: s.approval_id == a.id, "was given for another request"),
    (lambda s, v, _p, _a: s.approver == v.approver, "was given under another name"),
    (lambda s, _v, _p, _a: s.decision == Ballot.GRANT, "is signed as something else"),
)


def _asked(name: str, requester: str) -> bool:
    """Say whether an approver is the requester, who is `mcp:NAME` or `user:NAME`."""
    _, _, label = requester.rpartition(":")
    return person_key(name) in {person_key(requester), person_key(label)}
