"""Structures that a reader requires, filled member by member.

Owns ``execution.workflowId`` of DescribeWorkflowExecution, from ``workflowId``: all that
the structure requires has to be given under the same name, and one of it has to be what
the request needs.
"""

from ..model import Member, Shape
from .shapes import item_of, same_values
from .subject import Subject


def filled(
    writer: Subject, reader: Subject, name: str, member: Member
) -> dict[str, str]:
    """Return input path → writer member for what a structure is made of, or nothing."""
    target = reader.target(member)
    place = name
    if target.type == "list":
        target, place = item_of(reader.model, target), f"{name}[0]"
    if target.type != "structure" or not target.members:
        return {}
    given = {
        inner: same
        for inner in sorted(target.members)
        if (same := _given(writer, reader, target, inner)) is not None
    }
    needed = [n for n, m in target.members.items() if reader.is_required(m)]
    is_whole = set(needed or target.members) <= set(given)
    is_told = any(same in writer.required for same in given.values())
    if not (is_whole and is_told):
        return {}
    return {f"{place}.{inner}": same for inner, same in given.items()}


def _given(writer: Subject, reader: Subject, shape: Shape, name: str) -> str | None:
    if name not in writer.input.members:
        return None
    own = writer.target(writer.input.members[name])
    other = reader.model.expect_shape(shape.members[name].target)
    return name if same_values(writer.model, own, other) else None
