"""A policy as data, and the values that a decision is made of.

Owns the types and the look-up of targets. Reading a file is ``load``'s business, judging
is ``engine``'s. The types are named tuples and the risks are keyed by their text because
the server builds a policy before it answers its first message: ``dataclasses`` and
``smithgate.operation`` would double what that costs.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UnknownTarget

if TYPE_CHECKING:
    from datetime import datetime

    from ..operation import Change, Risk, Tags
    from .approvers import Approver, Unsigned
    from .pattern import Pattern


class Effect(StrEnum):
    """What policy says of an operation."""

    ALLOW = "allow"
    """It runs."""
    APPROVE = "approve"
    """It runs once a human has said yes to the plan."""
    DENY = "deny"
    """It does not run."""


class ApprovalRule(NamedTuple):
    """What an approval takes."""

    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody wants
    """How many different people have to say yes; at least 1."""
    ttl_s: int
    """Seconds that a yes is good for."""


class Target(NamedTuple):
    """A named account, role and set of regions that the server may act on."""

    name: str
    account: str
    """Twelve digits."""
    role_arn: str | None
    """The role to assume; ``None`` uses the credentials as they are."""
    regions: tuple[str, ...]
    """At least one; the first is used when none is named."""
    is_default: bool
    source_identity: bool = False
    """Sessions of the role carry the plan's id as SourceIdentity."""
    session_policy: bool = False
    """Sessions of an apply may do what its steps need, and nothing else."""


class When(NamedTuple):
    """What must hold beside the operation for a rule to speak; empty means nothing."""

    targets: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    arguments: tuple[tuple[str, "Pattern"], ...] = ()
    """Dotted member path and the pattern its value must match."""
    tags: tuple[tuple[str, "Pattern"], ...] = ()
    """Tag key of the request and the pattern its value must match."""
    principals: tuple["Pattern", ...] = ()
    """Patterns over who asks; one that matches is enough."""
    payload: tuple[str, ...] = ()
    """Words for what the arguments do; one that is true is enough."""


class Rule(NamedTuple):
    """One rule: an effect for the operations that its patterns match."""

    id: str
    effect: Effect
    patterns: tuple["Pattern", ...]
    when: When
    permits: tuple[str, ...]
    """Risks that arguments may raise a request to and that the rule speaks for, too."""
    why: str | None

    @property
    def by(self) -> str:
        """How decisions name the rule."""
        return f"rules.{self.id}"


class RequiredTags(NamedTuple):
    """Tags that a request must carry."""

    position: int
    """Place in the file, from 0."""
    id: str | None
    operations: tuple["Pattern", ...]
    tags: tuple[tuple[str, "Pattern"], ...]
    """Tag key and the pattern its value must match, sorted by key."""
    untagged: Effect | None
    """What becomes of an operation that takes no tags: ``approve``, ``deny``, or
    ``None`` to leave it alone."""

    @property
    def by(self) -> str:
        """How decisions name the requirement."""
        if self.id is None:
            return f"required_tags[{self.position}]"
        return f"required_tags.{self.id}"


class Freeze(NamedTuple):
    """A time in which operations of some risks do not run."""

    position: int
    """Place in the file, from 0."""
    id: str | None
    starts_at: "datetime"
    """Aware UTC; the first moment that is frozen."""
    ends_at: "datetime"
    """Aware UTC, later than ``starts_at``; the first moment that is not."""
    risks: tuple[str, ...]
    targets: tuple[str, ...]
    """The targets that it is about; empty means all."""
    why: str | None

    @property
    def by(self) -> str:
        """How decisions name the freeze."""
        return f"freeze[{self.position}]" if self.id is None else f"freeze.{self.id}"


class Limits(NamedTuple):
    """How much may happen; ``None`` is no limit."""

    plans_per_hour: int | None = None
    """Plans that may be made in any 60 minutes, failed ones included."""
    steps_per_plan: int | None = None
    applies_per_hour: Mapping[str, int] = MappingProxyType({})
    """Risk → plans with a step of that risk that may be applied in any 60 minutes."""


class Case(NamedTuple):
    """A test of the policy: a request and what must be said of it."""

    position: int
    """Place in the file, from 0."""
    line: int
    operation: str
    """Any spelling."""
    expect: Effect
    by: str | None
    """What must decide; ``None`` leaves that open."""
    target: str | None
    region: str | None
    arguments: Mapping[str, Any] | None
    """``None`` when the test gives none: then the decision must not depend on them."""
    principal: str | None
    at: "datetime | None"
    """The moment to judge at; ``None`` leaves freezes out."""


class PreflightChecks(NamedTuple):
    """What may be asked before anybody approved anything."""

    dry_run: bool = False
    """Send the changing call with ``DryRun`` where the service has it."""
    simulate: bool = False
    """Ask ``iam:SimulatePrincipalPolicy``, under policy as any read."""


class Policy(NamedTuple):
    """A whole policy, complete: what a file leaves out has its default here."""

    targets: Mapping[str, Target]
    risks: Mapping[str, Effect]
    """Each of the six risks → what happens when no rule speaks."""
    rules: tuple[Rule, ...]
    required_tags: tuple[RequiredTags, ...]
    approvals: Mapping[str, ApprovalRule]
    """Each of the six risks → what its approval takes."""
    limits: Limits
    freeze: tuple[Freeze, ...]
    approvers: "Mapping[str, Approver]"
    """Name → who may say yes with a signature."""
    unsigned: "Unsigned"
    """What a yes without a signature is enough for."""
    tests: tuple[Case, ...]
    preflight: PreflightChecks
    blind: Mapping[str, Effect]
    """Risk → the least that a step needs whose state before cannot be read."""
    canonical: Mapping[str, Any]
    """The policy as JSON values with every default filled in; tests are not part."""
    digest: str
    """``sha256:…`` over the canonical JSON of ``canonical``."""

    def target(
        self, name: str | None = None, region: str | None = None
    ) -> tuple[Target, str]:
        """Return the target and the region to use.

        Without a name the default target is meant, or the only one; without a region
        the target's first. Raises ``UnknownTarget``.
        """
        target = self._target(name)
        if region is None:
            return target, target.regions[0]
        if region not in target.regions:
            message = f"target `{target.name}` does not allow the region asked for"
            raise UnknownTarget(
                message,
                hint=f"allowed: {', '.join(target.regions)}",
                target=target.name,
                region=region,
                regions=list(target.regions),
            )
        return target, region

    def _target(self, name: str | None) -> Target:
        if name is None:
            chosen = [target for target in self.targets.values() if target.is_default]
            if len(self.targets) == 1:
                chosen = list(self.targets.values())
            if chosen:
                return chosen[0]
            message = "no target is named and the policy has no default one"
        elif name in self.targets:
            return self.targets[name]
        else:
            message = "the policy has no such target"
        raise UnknownTarget(
            message,
            hint=f"targets: {', '.join(sorted(self.targets))}",
            target=name,
            targets=sorted(self.targets),
        )


class Raised(NamedTuple):
    """One thing that a request's arguments say of its risk, or that it amounts to."""

    member: str
    """The input path that it is at, as it is declared."""
    risk: "Risk"
    """The class that the request has at least."""
    why: str
    payload: str | None = None
    """The word by which policy can ask for it."""
    judged_as: tuple[str, ...] = ()
    """Canonical ids whose prohibitions hold for the request, too."""
    is_unclear: bool = False
    """What the request amounts to cannot be told; policy denies it."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values; what is not there is left out."""
        out: dict[str, Any] = {
            "member": self.member,
            "risk": str(self.risk),
            "why": self.why,
        }
        if self.payload is not None:
            out["payload"] = str(self.payload)
        if self.judged_as:
            out["judged_as"] = list(self.judged_as)
        return out


class PolicyRequest(NamedTuple):
    """What is to be judged.

    No field that a caller sets has a default, so that a forgotten one cannot switch a check off.
    """

    operation: str
    """Canonical id; the caller has resolved every other spelling."""
    risk: "Risk"
    target: Target
    region: str
    arguments: Mapping[str, Any] | None
    """The request; ``None`` when it is not known yet, which makes a decision that
    depends on it provisional."""
    tags: "Tags | None"
    """Where the operation takes tags; ``None`` when it takes none."""
    change: "Change"
    """The plan verb."""
    principal: str | None
    """Who asks, such as ``mcp:<client>``; ``None`` when that is not known, which makes
    a decision that depends on it provisional."""
    now: "datetime | None"
    """The moment to judge at, aware; ``None`` leaves freezes out."""
    raised: tuple[Raised, ...] | None
    """What the arguments say of the risk; ``None`` when they are not known."""
    is_raised: bool = False
    """``risk`` is a class that the arguments raise the request to, not the operation's
    own. Set by ``decide_raised`` alone."""


class Reason(NamedTuple):
    """One thing that policy says of a request."""

    by: str
    """``rules.<id>``, ``risks.<risk>``, ``required_tags[0]``, ``required_tags.<id>``,
    ``freeze[0]``, ``freeze.<id>``."""
    effect: Effect | None
    """What it asks for; ``None`` when it speaks but decides nothing."""
    text: str
    """One line for people, built of policy text and member names only."""
    why: str | None = None
    """The rule's own ``why``."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        out: dict[str, Any] = {"by": self.by, "effect": self.effect, "text": self.text}
        if self.why is not None:
            out["why"] = self.why
        return out


class Decision(NamedTuple):
    """What policy says of a request, and because of what."""

    effect: Effect
    risk: "Risk"
    decided_by: str
    """The ``by`` of the reason that decided; ties go to the first id."""
    reasons: tuple[Reason, ...]
    """The deciding reason first."""
    approval: ApprovalRule | None
    """Set when ``effect`` is ``approve``."""
    policy_digest: str
    is_provisional: bool
    """Arguments were not known and could change the outcome: show it, never act on
    it."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values, for artifacts, tool results and ``--json``."""
        approval = self.approval
        return {
            "effect": self.effect.value,
            "risk": str(self.risk),
            "decided_by": self.decided_by,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "approval": None if approval is None else approval._asdict(),
            "policy_digest": self.policy_digest,
            "is_provisional": self.is_provisional,
        }
