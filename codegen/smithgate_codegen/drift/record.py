"""What drift is: findings, and counts of what the tree lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Problem(StrEnum):
    """What botocore cannot do; every one fails before a request leaves."""

    SERVICE = "service missing"
    OPERATION = "operation missing"
    METHOD = "method differs"
    MEMBER = "member missing"
    REQUIRED = "required member unknown"
    TYPE = "type differs"
    TREE = "tree damaged"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing generated that the installed botocore cannot execute."""

    operation: str
    """Canonical id, or the name of a service."""
    problem: Problem
    path: str = ""
    """Dotted path of the input member; empty for the operation as a whole."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The whole comparison."""

    botocore: str
    """The installed version."""
    operations: int
    """Operations that were compared."""
    findings: tuple[Finding, ...]
    """Sorted by operation."""
    lenient: int
    """Members that botocore requires and the tree leaves optional."""
    new_operations: Mapping[str, int]
    """Service → operations of botocore that the tree neither has nor skips."""
    new_members: Mapping[str, int]
    """Service → input members of botocore that the tree does not offer."""
    new_services: int
    """Services of botocore that the tree does not have."""

    @property
    def is_executable(self) -> bool:
        """Whether everything generated can be executed."""
        return not self.findings
