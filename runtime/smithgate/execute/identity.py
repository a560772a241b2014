"""Who we are at a target: assumed role and the account behind the credentials.

The account is asked fresh for every apply (I9) and at most every five minutes for
reads and plans. Role sessions are named after the transaction, so CloudTrail joins.
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


class Identities:
    """Checks and caches the caller of each target."""

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._clock = clock
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, str, str | None], Caller] = {}

    def caller(
        self, tx_id: str, policy: Policy, bound: BoundTarget, *, fresh: bool
    ) -> Caller:
        """Return the checked identity for a target.

        Raises ``IdentityMismatch`` when the account is another one, and what the
        gateway raises. ``fresh`` passes over the cache.
        """
        target = bound.target
        key = (bound.region, target.account, target.role_arn)
        with self._lock:
            known = self._cache.get(key)
        if known and not fresh and self._clock() - known.checked_at < CACHE_FOR:
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
            self._cache[key] = caller
        return caller

    def _assume(self, tx_id: str, policy: Policy, bound: BoundTarget) -> Credentials:
        """Assume the target's role; the keys stay in memory."""
        call = Call(
            operation="sts:AssumeRole",
            arguments={
                "RoleArn": bound.target.role_arn,
                "RoleSessionName": f"smithgate-{tx_id}"[:64],
                "DurationSeconds": ROLE_SESSION_S,
            },
            target=bound,
            purpose="identity",
            keep_response=False,
        )
        keys = self._gateway.call(tx_id, policy, call).value["Credentials"]
        return Credentials(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        )
