"""Operations that act through others: what a request to them amounts to.

Owns ``stand_ins.json`` (which operation, by which member) and ``resource_types.json``
(resource type → the operations that create, update or delete one; made by the generator's
``knowledge.refresh_types``). The second, larger one is read when a request needs it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..operation import Operation, Risk
from .model import Raised

_HERE = Path(__file__).parent


def stand_ins_of(
    operation: Operation, arguments: Mapping[str, Any]
) -> Iterator[Raised]:
    """Yield what a request amounts to; nothing for most operations.

    A type that the data does not know is unclear, and so is one that is no text.
    """
    row = _stand_ins().get(operation.id)
    if row is None:
        return
    member, handler = row["member"], row["handler"]
    value = arguments.get(member)
    known = _types().get(value, {}) if isinstance(value, str) else {}
    if handler not in known:
        why = f"nobody knows which operations {handler} a resource of this type"
        yield Raised(member, operation.risk, why, is_unclear=True)
        return
    ids = tuple(
        f"{service}:{name}"
        for service, names in known[handler].items()
        for name in names.split()
    )
    yield Raised(member, operation.risk, row["why"], judged_as=ids)
    if handler in known.get("opens", ()):
        why = "to do so can pass a role or decide who may do what"
        yield Raised(member, Risk.PERMISSIONS, why)


@lru_cache(maxsize=1)
def _stand_ins() -> Mapping[str, Mapping[str, str]]:
    rows = json.loads((_HERE / "stand_ins.json").read_text("utf-8"))["stand_ins"]
    return {row["operation"]: row for row in rows}


@lru_cache(maxsize=1)
def _types() -> Mapping[str, Mapping[str, Any]]:
    content = json.loads((_HERE / "resource_types.json").read_text("utf-8"))
    types: Mapping[str, Mapping[str, Any]] = content["types"]
    return types
