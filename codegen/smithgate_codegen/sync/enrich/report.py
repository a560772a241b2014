"""What an enrichment did: counts, and what the two models disagree about.

Owns the result's data types and the counting; decides nothing.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SHOWN = 120
"""Characters of a value that a conflict shows."""


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """One point in which the models differ; the base's word was kept."""

    kind: str
    """``type`` (the shapes are of different types and were not compared further),
    ``trait`` (both have the trait, with different values), ``ambiguous`` (several
    shapes correspond to one of the base and do not agree), ``constraint`` (what the
    base says or leaves out about accepted values is not what the other says) or
    ``lifecycle`` (an operation is bound otherwise)."""
    where: str
    """Shape or member id in the base."""
    what: str
    """Trait id, or empty."""
    base: str
    """The base's value as JSON, cut; empty where it has none."""
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """What was taken from another source into a service's model."""

    source: str = ""
    version: str = ""
    """API version of the other model."""
    sha256: str = ""
    """Hex digest of the other model's text, as pinned."""
    operations: int = 0
    """Operations of the base."""
    operations_joined: int = 0
    """Those that the other model has too."""
    operations_enriched: int = 0
    """Those with an added trait or resource binding on the operation itself."""
    members_joined: int = 0
    """Members, reachable from joined operations, that both models have."""
    members_enriched: int = 0
    """Those with an added trait on themselves."""
    shapes_enriched: int = 0
    """Data shapes and the service, with an added trait."""
    resources: int = 0
    """Resource shapes added."""
    bindings: int = 0
    """Operations that the added resources bind, lifecycle or not."""
    only_base: tuple[str, ...] = ()
    """Names of operations that only the base has."""
    only_other: tuple[str, ...] = ()
    """Names of operations that only the other model has; they are not added."""
    traits: Mapping[str, int] = field(default_factory=dict)
    """Trait id → number of places it was added to, sorted by id."""
    conflicts: tuple[Conflict, ...] = ()
    """Sorted."""


@dataclass(slots=True)
class Ledger:
    """Collects what happens while two models are merged."""

    conflicts: set[Conflict] = field(default_factory=set)
    traits: Counter[str] = field(default_factory=Counter)
    touched: set[str] = field(default_factory=set)
    """Ids of shapes and members that got something."""

    def added(self, where: str, trait: str) -> None:
        """Count one added trait."""
        self.traits[trait] += 1
        self.touched.add(where)

    def conflict(self, kind: str, where: str, what: str, base: Any, other: Any) -> None:
        """Note a difference; ``None`` stands for having nothing."""
        self.conflicts.add(Conflict(kind, where, what, shown(base), shown(other)))


def shown(value: Any) -> str:
    """Return a value as JSON text of bounded length; nothing for ``None``."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
