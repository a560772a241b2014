"""Which IAM actions a caller needs, and what AWS says each one can do.

Owns the reading of Smithy's IAM traits and of ``data/iam_actions.json``, which
``refresh`` makes of service-authorization data. An operation that neither knows has no
actions: a guessed action name that does not exist would be worse than none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..errors import OverrideError
from ..ir import Fact
from .datasets import DATA, FORMAT_VERSION
from .subject import Subject

DATA_SET = "data set iam-actions"
_FILE = "iam_actions.json"
_ACTION = "aws.iam#iamAction"
_ACTION_NAME = "aws.iam#actionName"
_REQUIRED = "aws.iam#requiredActions"
_SERVICE = "aws.api#service"

READING_LEVELS = frozenset("LR")
CHANGING_LEVELS = frozenset("PTW")


@dataclass(frozen=True, slots=True)
class Access:
    """What the service-authorization data says of one operation.

    Levels are letters: L list, R read, W write, T tagging, P permissions management.
    """

    levels: frozenset[str]
    second: frozenset[str]
    """The second package's opinion; the same letters where it has none of its own."""
    actions: tuple[str, ...]
    """The operation's own actions, the main one first."""
    needs: tuple[str, ...]
    """Dependent actions, some of which only certain requests need."""
    handlers: frozenset[str] = frozenset()
    """Handlers of CloudFormation resource types that need the main action: C create,
    R read, U update, D delete, L list."""

    @property
    def changes(self) -> bool:
        """Whether either source says that something changes."""
        return bool((self.levels | self.second) & CHANGING_LEVELS)

    @property
    def permits(self) -> bool:
        """Whether either source says that it decides who may do what."""
        return "P" in self.levels | self.second

    @property
    def only_reads(self) -> bool:
        """Whether both sources say that nothing changes."""
        return not self.changes

    @property
    def disagrees(self) -> bool:
        """Whether one source says that something changes and the other does not."""
        return bool(self.levels & CHANGING_LEVELS) != bool(
            self.second & CHANGING_LEVELS
        )


def access_of(service: str, operation: str) -> Access | None:
    """Return what the data says of an operation; ``None`` where it says nothing.

    Raises ``OverrideError`` for a file that is not in the format.
    """
    found = _services().get(service)
    row = found["operations"].get(operation) if found else None
    if found is None or row is None:
        return None
    levels = frozenset(row["level"])
    return Access(
        levels=levels,
        second=frozenset(row.get("second", levels)),
        actions=tuple(row.get("actions", [f"{found['prefix']}:{operation}"])),
        needs=tuple(row.get("needs", ())),
        handlers=frozenset(row.get("handlers", "")),
    )


def known_operations() -> list[tuple[str, str]]:
    """Return service and name of every operation that the data knows, in file order."""
    return [
        (service, name)
        for service, found in _services().items()
        for name in found["operations"]
    ]


@cache
def _services() -> Mapping[str, Any]:
    content = json.loads((DATA / _FILE).read_text("ascii"))
    if content["format_version"] != FORMAT_VERSION:
        msg = f"`{_FILE}` has another format version than `{FORMAT_VERSION}`"
        raise OverrideError(msg)
    services: Mapping[str, Any] = content["services"]
    return services


def iam_actions_of(subject: Subject) -> Fact[tuple[str, ...]]:
    """Return the actions and dependent actions of an operation, sorted.

    The model's own traits come first; what the data set knows is added to them.
    """
    trait = _of_traits(subject)
    access = access_of(subject.service, subject.name)
    if access is None:
        return trait
    if not trait.value:
        return Fact(tuple(sorted({*access.actions, *access.needs})), DATA_SET)
    every = {*trait.value, *access.needs}
    source = (
        trait.source if every == set(trait.value) else f"{trait.source}, {DATA_SET}"
    )
    return Fact(tuple(sorted(every)), source)


def _of_traits(subject: Subject) -> Fact[tuple[str, ...]]:
    prefix = _prefix(subject)
    action = subject.traits.get(_ACTION)
    name = action.get("name") if isinstance(action, dict) else None
    name = name or subject.traits.get(_ACTION_NAME)
    required = list(subject.traits.get(_REQUIRED, ()))
    if isinstance(name, str) and prefix:
        source = _ACTION if _ACTION in subject.traits else _ACTION_NAME
        actions = {f"{prefix}:{name}", *required}
        return Fact(tuple(sorted(actions)), f"trait {source}")
    if required:
        return Fact(tuple(sorted(set(required))), f"trait {_REQUIRED}")
    return Fact((), "no aws.iam trait, not in the data set iam-actions")


def _prefix(subject: Subject) -> str | None:
    """Return the service's part of its action names: the ARN namespace."""
    trait = subject.model.service.traits.get(_SERVICE, {})
    namespace = trait.get("arnNamespace")
    return namespace if isinstance(namespace, str) else None
