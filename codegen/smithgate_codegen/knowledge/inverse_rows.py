"""Corrections of inverses: where each value of the opposite comes from, checked.

Owns the format of ``field: inverse``: ``params`` are paths in the request, ``output`` in
what it returned, ``before`` in the document that its reader showed beforehand.
"""

from collections.abc import Callable, Mapping

from ..errors import OverrideError
from ..ir import Inverse, Reader
from ..model import Shape
from .datasets import checked
from .overrides import Override
from .shapes import item_of, resolve_path, resolve_select
from .subject import Subject

_SIDES = ("params", "output", "before")


def inverse(
    subject: Subject, by_name: Mapping[str, Subject], reader: Reader | None
) -> Callable[[Override], Inverse | None]:
    """Return the parser of ``inverse``: operation and sides, or null."""

    def parse(row: Override) -> Inverse | None:
        if row.value is None:
            return None
        value = checked(
            row.value, where=row.where, required=("operation",), optional=_SIDES
        )
        target = by_name.get(value["operation"])
        if target is None:
            msg = f"{row.where}: there is no operation `{value['operation']}`"
            raise OverrideError(msg)
        try:
            roots = {"params": subject.input, "output": subject.output}
            if value.get("before"):
                roots["before"] = _document(by_name, reader)
            for side, root in roots.items():
                for place, origin in value.get(side, {}).items():
                    resolve_path(target.model, target.input, place)
                    resolve_path(subject.model, root, origin)
        except OverrideError as error:
            msg = f"{row.where}: {error.message}"
            raise OverrideError(msg, hint=error.hint) from error
        return Inverse(
            operation=target.id,
            **{side: tuple(sorted(value.get(side, {}).items())) for side in _SIDES},
        )

    return parse


def _document(by_name: Mapping[str, Subject], reader: Reader | None) -> Shape:
    """Return the document that a reader shows before the change."""
    if reader is None or reader.container or reader.created or reader.match_created:
        msg = "`before` needs a reader that shows the thing beforehand"
        raise OverrideError(msg)
    target = by_name[reader.operation.partition(":")[2]]
    document = resolve_select(target.model, target.output, reader.select)
    return item_of(target.model, document) if reader.match else document
