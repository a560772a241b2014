"""Requests that say what to do with parts of the state rather than what to have.

Owns the pairs of JSON patches (``op``, ``path``, ``value``) with the whole document, and
of lists of actions (``Action``: INSERT or DELETE, and one thing) with the list of things.
"""

from collections.abc import Iterator

from ..ir import How
from ..model import Model, Shape
from .shapes import enum_values, item_of, same_values, target_of
from .words import plurals_of

_PATCH = frozenset({"op", "path", "value"})
_ACTIONS = frozenset({"ADD", "DELETE", "INSERT", "REMOVE"})


def patch_pairs(
    model: Model, name: str, given: Shape, document: Shape
) -> Iterator[tuple[str, str]]:
    """Yield the pair of a request that patches, with the document or a list in it."""
    if _is_patch(model, given):
        yield name, ""
        return
    thing = _changed(model, given)
    if thing is None:
        return
    item = target_of(model, item_of(model, given), thing)
    forms = {form.casefold() for form in plurals_of(thing)}
    for member in sorted(document.members):
        shown = target_of(model, document, member)
        is_list = shown.type == "list" and member.casefold() in forms
        if is_list and same_values(model, item, item_of(model, shown)):
            yield name, member


def patch_how(model: Model, given: Shape, path: str, where: str) -> How | None:
    """Return how a paired request patches; ``None`` where it does not."""
    if where == "" and _is_patch(model, given):
        return How.PATCH
    if where != path and _changed(model, given) is not None:
        return How.CHANGES
    return None


def _is_patch(model: Model, given: Shape) -> bool:
    return given.type == "list" and set(item_of(model, given).members) >= _PATCH


def _changed(model: Model, given: Shape) -> str | None:
    """Return the member that an action adds or takes away; ``None`` for other lists."""
    item = item_of(model, given) if given.type == "list" else None
    if item is None or item.type != "structure":
        return None
    shapes = {name: target_of(model, item, name) for name in item.members}
    actions = {
        name
        for name, shape in shapes.items()
        if shape.type == "enum" and enum_values(shape) <= _ACTIONS
    }
    things = sorted(set(shapes) - actions)
    return things[0] if len(actions) == len(things) == 1 else None
