"""Who we are at a target: assumed role and the account behind the credentials.

The account is asked fresh for every apply (I9) and at most every five minutes for
reads and plans. Role sessions are named after the plan that is applied or else after the
transaction, and say so as SourceIdentity where policy has it, so CloudTrail joins.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import IdentityMismatch
from ..policy import Policy
from .clients import Credentials
from .gateway import Call, Gateway
from .target import BoundTarget

CACHE_FOR = timedelta(minutes=5)
ROLE_SESSION_S = 900
"""The shortest session STS gives."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An identity that was checked against the target."""

    account: str
    arn: str
    credentials: Credentials | None
    """``None`` when the ambient credentials are the target's."""
    checked_at: datetime

    @property
    def identity(self) -> dict[str, str]:
        """Return what a plan is bound to: account, and user or role without session."""
        return {"account": self.account, "arn": principal_arn(self.arn)}


def principal_arn(arn: str) -> str:
    """Return a caller's ARN without the name of its session.

    Whoever assumes a role may name the session: only the role says who acts.
    """
    resource = arn.rpartition(":")[2]
    if resource.startswith("assumed-role/") and resource.count("/") > 1:
        return arn.rpartition("/")[0]
    return arn


class Identities:
    """Checks and caches the caller of each target."""

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._clock = clock
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, str, str | None, str | None], Caller] = {}

    def known(self, bound: BoundTarget) -> Caller | None:
        """Return the caller at a target as far as it was checked lately."""
        with self._lock:
            found = self._cache.get(_key(bound))
        if found is None or self._clock() - found.checked_at >= CACHE_FOR:
            return None
        return found

    def caller(
        self, tx_id: str, policy: Policy, bound: BoundTarget, *, fresh: bool
    ) -> Caller:
        """Return the checked identity for a target.

        Raises ``IdentityMismatch`` when the account is another one, and what the
        gateway raises. ``fresh`` passes over the cache.
        """
        target = bound.target
        known = self.known(bound)
        if known and not fresh:
            return known
        credentials = None
        if target.role_arn is not None:
            credentials = self._assume(tx_id, policy, bound)
        call = Call(
            operation="sts:GetCallerIdentity",
            arguments={},
            target=bound,
            purpose="identity",
        )
        value = self._gateway.call(tx_id, policy, call, credentials).value
        account, arn = str(value.get("Account", "")), str(value.get("Arn", ""))
        if account != target.account:
            raise IdentityMismatch(
                f"the credentials belong to account {account or 'unknown'}, "
                f"target `{target.name}` is account {target.account}",
                hint="give the server credentials of the target's account, or a role_arn",
                account=account,
                expected=target.account,
            )
        caller = Caller(account, arn, credentials, self._clock())
        with self._lock:
            if bound.session is not None:  # one apply's own; it is over soon
                self._forget_old()
            self._cache[_key(bound)] = caller
        return caller

    def _forget_old(self) -> None:
        now = self._clock()
        self._cache = {
            key: caller
            for key, caller in self._cache.items()
            if now - caller.checked_at < CACHE_FOR
        }

    def _assume(self, tx_id: str, policy: Policy, bound: BoundTarget) -> Credentials:
        """Assume the target's role; the keys stay in memory."""
        session = bound.session or f"smithgate-{tx_id}"[:64]
        arguments = {
            "RoleArn": bound.target.role_arn,
            "RoleSessionName": session,
            "DurationSeconds": ROLE_SESSION_S,
        }
        if bound.target.source_identity:
            arguments["SourceIdentity"] = session
        if bound.session_policy is not None:
            arguments["Policy"] = bound.session_policy
        call = Call(
            operation="sts:AssumeRole",
            arguments=arguments,
            target=bound,
            purpose="identity",
            keep_response=False,
        )
        keys = self._gateway.call(tx_id, policy, call).value["Credentials"]
        return Credentials(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        )


def _key(bound: BoundTarget) -> tuple[str, str, str | None, str | None]:
    """Return what callers are told apart by; sessions matter only to assumed roles."""
    target = bound.target
    session = bound.session if target.role_arn is not None else None
    return bound.region, target.account, target.role_arn, session
