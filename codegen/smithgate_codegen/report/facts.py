"""Which derived facts of an operation changed, and what they were derived from.

Owns the choice of fields. Members that a request must have are left to the schemas,
which say the same with more detail.
"""

from collections.abc import Mapping
from typing import Any

from .declaration import Declaration
from .record import FactChange

_ELSEWHERE = frozenset({"id", "risk", "required", "schema", "output_schema"})
"""Fields that are identity, or that another part of the report tells."""
_LINE_FACTS = ("tool", "method")
"""Facts that only the index has."""
_INDEX = "the index"
_DEFAULT = "left out"


def compare_declarations(
    operation: str, before: Declaration, after: Declaration
) -> list[FactChange]:
    """Return the fields with another value, or with the same from another source."""
    fields = (before.values.keys() | after.values.keys()) - _ELSEWHERE
    return [
        _fact(operation, name, before, after)
        for name in sorted(fields)
        if _said(name, before) != _said(name, after)
    ]


def risk_change(
    operation: str,
    lines: tuple[Mapping[str, Any], Mapping[str, Any]],
    before: Declaration,
    after: Declaration,
) -> FactChange | None:
    """Return the change of the risk; the index has it where a module cannot be read.

    A module and an index that disagree were edited by hand: the module is what runs.
    """
    old, new = (
        str(side.values.get("risk", line.get("risk")))
        for side, line in zip((before, after), lines, strict=True)
    )
    if old == new:
        return None
    return FactChange(
        id=operation,
        field="risk",
        before=old,
        after=new,
        before_source=before.source("risk"),
        after_source=after.source("risk"),
    )


def compare_lines(
    operation: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[FactChange]:
    """Return the facts that changed between two lines of the index."""
    names = [name for name in _LINE_FACTS if before.get(name) != after.get(name)]
    if before.get("deprecated") and not after.get("deprecated"):
        names.append("deprecated")
    return [
        FactChange(
            id=operation,
            field=name,
            before=before.get(name),
            after=after.get(name),
            before_source=_INDEX,
            after_source=_INDEX,
        )
        for name in names
    ]


def _said(name: str, side: Declaration) -> tuple[Any, str]:
    return side.values.get(name), _source(name, side)


def _source(name: str, side: Declaration) -> str:
    return side.source(name) if name in side.values else _DEFAULT


def _fact(
    operation: str, name: str, before: Declaration, after: Declaration
) -> FactChange:
    return FactChange(
        id=operation,
        field=name,
        before=before.values.get(name),
        after=after.values.get(name),
        before_source=_source(name, before),
        after_source=_source(name, after),
    )
