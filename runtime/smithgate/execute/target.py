"""Where a call goes: a policy target bound to one region, and who we are there.

Owns identity: the account behind the credentials is asked once per transaction for
changes and at most every few minutes for reads, and a role is assumed when the target
names one. Both are AWS calls and pass the gateway like any other.
"""

from dataclasses import dataclass
from typing import Any

from ..policy import Target


@dataclass(frozen=True, slots=True)
class BoundTarget:
    """One account, role and region, and for whom they are used."""

    target: Target
    region: str
    principal: str | None = None
    """Who asks, as policy's ``principals`` see it; ``None``, nobody known, meets no
    such condition."""
    session: str | None = None
    """Name of the role session, such as a plan's id; the transaction's by default."""
    session_policy: str | None = None
    """An IAM policy that narrows the role session; ``None`` leaves it as wide as the
    role."""

    def as_dict(self) -> dict[str, Any]:
        """Return the sealed form: name, account, role and region.

        Who asks is sealed as the plan's requester.
        """
        return {
            "name": self.target.name,
            "account": self.target.account,
            "role_arn": self.target.role_arn,
            "region": self.region,
        }
