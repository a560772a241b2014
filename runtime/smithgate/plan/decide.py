"""Saying yes, no or "taken back": checked, signed and recorded.

The one way in which command line, console and elicitation decide. What would not count
at apply is refused here already, with the reason; apply proves everything again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from ..approval.keys import Signer
from ..approval.sshsig import armor, is_signed_by, signed_bytes
from ..approval.statement import Statement
from ..approval.verify import KEY, risks_without_key, why_not, why_not_unsigned
from ..catalog import Catalog
from ..errors import ApprovalNotFound, ApprovalRefused
from ..policy import Policy
from ..policy.approvers import Approver
from ..policy.raised import approval_risks
from ..redact import escape_text
from ..store import ApprovalRecord, Ballot, PlanRecord, Signed, Store
from .guards import check_fresh, check_plan
from .references import unresolved


class Voice(NamedTuple):
    """Who speaks: a key, or a name that nothing proves and the way it came."""

    signer: Signer | None
    method: str = KEY
    name: str = ""
    """The name to record without a signer."""


class Booth:
    """Records the words of approvers in a store."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        policy: Policy,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._policy = policy
        self._clock = clock

    def cast(
        self,
        plan_id: str,
        digest: str,
        decision: Ballot,
        voice: Voice,
        note: str | None = None,
    ) -> ApprovalRecord:
        """Record one word on what has this digest.

        Raises plan errors, ``ApprovalNotFound``, ``ApprovalExpired``,
        ``ApprovalRefused`` for whoever may not say this, and ``KeyUnusable``.
        """
        plan, request = self._request(plan_id, decision)
        name, signed = voice.name, None
        if voice.signer is None:
            self._check_unsigned(plan, request, decision, voice)
        else:
            approver = self.approver(voice.signer)
            self._check(plan, decision, approver)
            name = approver.name
            signed = self._sign(plan, digest, request, decision, approver, voice.signer)
        if decision is Ballot.REVOKE:
            return self._store.revoke_approval(
                plan_id, approver=name, method=voice.method, signed=signed
            )
        return self._store.decide_approval(
            plan_id,
            digest,
            approver=name,
            decision=decision,
            method=voice.method,
            note=note,
            signed=signed,
        )

    def approver(self, signer: Signer) -> Approver:
        """Return whose key it is. Raises ``ApprovalRefused``."""
        for approver in self._policy.approvers.values():
            if approver.key == signer.key:
                return approver
        raise ApprovalRefused(
            f"the key {signer.key.fingerprint} is no approver's in the policy",
            hint="put its public line under `approvers` in the policy file",
        )

    def risks(self, plan: PlanRecord) -> frozenset[str]:
        """Return every risk of a plan that is intact; raises plan errors."""
        return approval_risks(
            (
                self._catalog.operation(step["operation"]),
                unresolved(step["arguments"], index - 1),
            )
            for index, step in enumerate(check_plan(plan)["steps"])
        )

    def _request(
        self, plan_id: str, decision: Ballot
    ) -> tuple[PlanRecord, ApprovalRecord]:
        """Return a plan and its request; a yes takes a plan that could still run."""
        plan = self._store.plan(plan_id)
        request = self._store.approval(plan_id)
        if request is None:
            raise ApprovalNotFound(
                f"nobody asked for an approval of plan `{escape_text(plan_id)}`",
                hint="the agent calls request_approval first",
                plan_id=plan_id,
            )
        if decision is Ballot.GRANT:
            check_fresh(plan, self._policy, self._catalog, self._clock())
        return plan, request

    def _check(self, plan: PlanRecord, decision: Ballot, approver: Approver) -> None:
        """Refuse a yes that would not count; a no is everybody's."""
        if decision is not Ballot.GRANT:
            return
        problem = why_not(approver, check_plan(plan), self.risks(plan))
        if problem is not None:
            raise ApprovalRefused(
                f"`{approver.name}` {problem}: this approval would not count",
                hint="another approver has to; see `approvers` in the policy file",
                plan_id=plan.id,
            )

    def _check_unsigned(
        self, plan: PlanRecord, request: ApprovalRecord, decision: Ballot, voice: Voice
    ) -> None:
        """Refuse a word without a signature where policy does not ask for it."""
        unsigned = self._policy.unsigned
        problem = None
        if not risks_without_key(voice.method, unsigned):
            problem = "is not signed, and policy wants that"
        elif decision is Ballot.GRANT:
            problem = why_not_unsigned(
                voice.method, unsigned, self.risks(plan), request.count
            )
        if problem is not None:
            raise ApprovalRefused(
                f"this approval {problem}",
                hint="sign with a key of the policy's `approvers`: --key FILE, or "
                "ssh-agent; `smithgate keys new` makes one",
                plan_id=plan.id,
            )

    def _sign(
        self,
        plan: PlanRecord,
        digest: str,
        request: ApprovalRecord,
        decision: Ballot,
        approver: Approver,
        signer: Signer,
    ) -> Signed:
        now = self._clock()
        ttl_s = plan.decision["approval"]["ttl_s"]
        statement = Statement(
            plan_id=plan.id,
            approval_id=request.id,
            digest=digest,
            decision=str(decision),
            approver=approver.name,
            issued_at=now,
            expires_at=min(request.expires_at, now + timedelta(seconds=ttl_s)),
        ).text()
        signature = armor(signer.key, signer.sign(signed_bytes(statement)))
        if not is_signed_by(signer.key, statement, signature):
            raise ApprovalRefused("the key gave a signature that does not hold")
        return Signed(
            key=signer.key.fingerprint,
            statement=statement.decode(),
            signature=signature,
        )
