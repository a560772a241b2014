"""The reviewed wishes: what people say and the operation they mean.

Owns the format of ``intents.yaml`` and its check against the models:

    format_version: 1
    intents:
      s3:                          # boto3 client name
        PutBucketVersioning:       # operation
          - turn on versioning     # plain lower-case words, as people type them

A wish may stand at several operations. Services that are not generated are kept for
trees that have them; an operation that its generated service lacks fails the build.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import OverrideError
from ..knowledge.datasets import load_yaml

INTENTS = Path(__file__).with_name("intents.yaml")
_WISH = re.compile(r"[a-z0-9][a-z0-9 '.-]{1,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Intents:
    """The wishes of all services: operation id → wishes in the order of the file."""

    wishes: Mapping[str, tuple[str, ...]]

    def of(self, operations: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the wishes of the services that ``operations`` belong to.

        Raises ``OverrideError`` for a wish of an operation that is not there although
        its service is.
        """
        services = {operation_id.partition(":")[0] for operation_id in operations}
        chosen = {
            operation_id: wishes
            for operation_id, wishes in self.wishes.items()
            if operation_id.partition(":")[0] in services
        }
        for operation_id in chosen:
            if operation_id not in operations:
                msg = f"`{INTENTS.name}` names the unknown operation `{operation_id}`"
                raise OverrideError(msg, hint="correct the name or drop its wishes")
        return chosen


def load_intents(path: Path = INTENTS) -> Intents:
    """Read the file; raises ``OverrideError`` for what does not follow the format."""
    document = load_yaml(path)
    if document.keys() != {"intents"}:
        raise _refused(path, "has other keys than format_version and intents")
    return Intents(dict(_rows(path, document["intents"])))


def _rows(path: Path, services: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not isinstance(services, dict):
        raise _refused(path, "has no table of services")
    for service, operations in services.items():
        if not isinstance(operations, dict):
            raise _refused(path, f"has no table of operations for `{service}`")
        for operation, wishes in operations.items():
            yield f"{service}:{operation}", _wishes(path, f"{operation}", wishes)


def _wishes(path: Path, operation: str, wishes: Any) -> tuple[str, ...]:
    if not isinstance(wishes, list) or not wishes:
        raise _refused(path, f"has no list of wishes for `{operation}`")
    for wish in wishes:
        if not isinstance(wish, str) or not _WISH.fullmatch(wish):
            raise _refused(
                path, f"has a wish for `{operation}` that is not plain words"
            )
    if len(set(wishes)) != len(wishes):
        raise _refused(path, f"says a wish of `{operation}` twice")
    return tuple(wishes)


def _refused(path: Path, reason: str) -> OverrideError:
    return OverrideError(f"`{path.name}` {reason}")
