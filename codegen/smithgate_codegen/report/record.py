"""What a report says: the records between the comparison and the two printers.

Owns the words. Every record is frozen and every sequence sorted when it is made, so
that the same two trees give the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .schemas import Kind, SchemaChange

RISKS = ("destructive", "permissions", "sensitive", "execute", "write", "read")
"""The order in which a reviewer wants to see them; an unknown one comes first."""
EFFECTS = ("allow", "approve", "deny")


def risk_rank(risk: str) -> int:
    """Return the place of a risk in the report."""
    return RISKS.index(risk) if risk in RISKS else -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy makes of an operation, arguments unknown."""

    effect: str
    decided_by: str
    is_provisional: bool
    """The arguments could change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """Whether the policy was asked, and for which place."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    target: str | None = None
    region: str | None = None
    digest: str | None = None
    reason: str | None = None
    """Why the policy was not judged; ``None`` when it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationNote:
    """An operation that came, went, or was deprecated."""

    id: str
    risk: str
    risk_source: str
    change: str
    summary: str
    deprecated: bool
    verdict: Verdict | None = None
    """For operations that are there now; ``None`` when the policy was not judged."""
    reason: str | None = None
    """For operations that went: why, where the tree says so."""

    @property
    def service(self) -> str:
        """The boto3 client name."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """One field of an operation that has another value or another source."""

    id: str
    field: str
    before: Any
    after: Any
    before_source: str
    after_source: str
    verdict: Verdict | None = None
    """For a changed risk: what the policy makes of the operation now."""

    @property
    def service(self) -> str:
        """The boto3 client name."""
        return self.id.partition(":")[0]

    @property
    def is_same_value(self) -> bool:
        """Only the source differs."""
        return bool(self.before == self.after)


@dataclass(frozen=True, slots=True)
class OperationSchemas:
    """What changed in the two schemas of one operation."""

    id: str
    request: tuple[SchemaChange, ...]
    response: tuple[SchemaChange, ...]

    @property
    def service(self) -> str:
        """The boto3 client name."""
        return self.id.partition(":")[0]

    @property
    def kind(self) -> Kind:
        """The worst class among the changes."""
        return min(
            (change.kind for change in (*self.request, *self.response)),
            key=list(Kind).index,
        )


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """A service that came, went, or whose line of the index changed."""

    name: str
    what: str
    """``added``, ``removed``, ``model`` or ``names``."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole comparison. Sequences are sorted by operation id."""

    base: str
    head: str
    operations_before: int
    operations_after: int
    services: tuple[ServiceChange, ...]
    added: tuple[OperationNote, ...]
    removed: tuple[OperationNote, ...]
    deprecated: tuple[OperationNote, ...]
    risks: tuple[FactChange, ...]
    facts: tuple[FactChange, ...]
    schemas: tuple[OperationSchemas, ...]
    skipped: Mapping[str, str]
    """Operations that are skipped now and were not before → the reason."""
    unread: tuple[str, ...]
    """Operations whose module is not a declaration: their facts were not compared."""
    policy: PolicyState

    def of_kind(self, kind: Kind) -> tuple[OperationSchemas, ...]:
        """Return the operations whose worst schema change is of this class."""
        return tuple(item for item in self.schemas if item.kind is kind)

    @property
    def is_empty(self) -> bool:
        """Whether the two trees say the same."""
        return not any(
            (
                *(self.services, self.added, self.removed, self.deprecated),
                *(self.risks, self.facts, self.schemas, self.skipped, self.unread),
            )
        )

    @property
    def is_breaking(self) -> bool:
        """Whether what worked may fail now."""
        return bool(self.removed or self.of_kind(Kind.BREAKING))
