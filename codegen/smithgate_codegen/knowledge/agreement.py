"""Whether the two sides of a corrected reader hold values of one kind.

Owns the checks of a correction beyond "the path is there": identifiers are told by
values of their kind, what is compared can be equal, and a state that is expected, or
means that the thing is gone, is one that the service knows. A pair that can never be
equal is a difference in every plan; a state that never comes is one after every apply.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import OverrideError
from ..ir import Change
from ..model import Model, Shape
from .gone import gone_of
from .shapes import (
    enum_values,
    item_of,
    kind_of,
    resolve_in_document,
    resolve_path,
)
from .subject import Subject

_SAME = frozenset(
    {
        frozenset({"number", "string"}),
        frozenset({"document", "string"}),
        frozenset({"string", "timestamp"}),
    }
)
"""Kinds that the runtime compares by what they mean (``5`` and ``"5"``)."""
_OTHER_FORM = frozenset({"changes", "keys", "number", "patch", "tags"})
"""How a request may say in another form what a document shows."""
_VALUES = {"boolean": bool, "number": int | float, "string": str}


def require_agreement(
    writer: Subject,
    target: Subject,
    document: Shape,
    value: Mapping[str, Any],
    change: Change,
) -> None:
    """Raise ``OverrideError`` where two sides of a reader can never be the same.

    ``document`` is what is compared: the item where one is matched.
    """
    for told, given in _identifiers(writer, target, document, value):
        _require_one_kind(writer.model, told, given)
    tags = change in {Change.TAG, Change.UNTAG}
    for path, where in value.get("compare", {}).items():
        form = value.get("how", {}).get(path, "tags" if tags else "plain")
        shown = None if "{" in where else _shown(target, document, where)
        if shown is not None and form not in _OTHER_FORM:
            asked = resolve_path(writer.model, writer.input, path)
            _require_one_kind(writer.model, (where, shown), (path, asked))
    for path in sorted(set(value.get("how", {})) - set(value.get("compare", {}))):
        msg = f"`how` says how `{path}` is compared, which `compare` does not pair"
        raise OverrideError(msg)
    for path in value.get("write_only", ()):
        resolve_path(writer.model, writer.input, path)
    _require_states(target, document, value)


def require_gone(
    writer: Subject, document: Shape, value: Mapping[str, Any], change: Change
) -> None:
    """Raise ``OverrideError`` for a delete that would wait for what never goes.

    A correction that names the operation or the document has no ``gone`` of the rules
    any more.
    """
    if any(name in value for name in ("container", "gone", "expect", "how")):
        return
    for path, states in gone_of(writer, change, document):
        msg = f"`{path}` may be {states[0]}: what is deleted is still shown"
        hint = f"say so: `gone: {{{path}: [{', '.join(states)}]}}`, or `gone: {{}}`"
        raise OverrideError(msg, hint=hint)


_Side = tuple[str, Shape]
"""A path and the shape there."""


def _identifiers(
    writer: Subject, target: Subject, item: Shape, value: Mapping[str, Any]
) -> Iterator[tuple[_Side, _Side]]:
    """Yield what the reader or an item is told, and what is told."""
    for name, source in (("params", writer.input), ("created", writer.output)):
        for path, origin in value.get(name, {}).items():
            told = resolve_path(target.model, target.input, path)
            yield (path, told), (origin, resolve_path(writer.model, source, origin))
    for name, source in (("match", writer.input), ("match_created", writer.output)):
        for path, origin in value.get(name, {}).items():
            shown = _shown(target, item, path)
            if shown is not None:
                given = resolve_path(writer.model, source, origin)
                yield (path, shown), (origin, given)


def _shown(target: Subject, document: Shape, path: str) -> Shape | None:
    return resolve_in_document(target.model, document, path)


def _require_one_kind(model: Model, left: _Side, right: _Side) -> None:
    """Compare items where either side is a list of them."""
    one, other = _single(model, left[1]), _single(model, right[1])
    kinds = frozenset({kind_of(one), kind_of(other)})
    if len(kinds) > 1 and kinds not in _SAME:
        msg = f"`{right[0]}` is {kind_of(other)}, `{left[0]}` is {kind_of(one)}"
        raise OverrideError(msg)
    values = [enum_values(shape) for shape in (one, other) if shape.type == "enum"]
    if len(values) > 1 and not values[0] & values[1]:
        msg = f"`{right[0]}` and `{left[0]}` have no value in common"
        raise OverrideError(msg)


def _single(model: Model, shape: Shape) -> Shape:
    return item_of(model, shape) if shape.type == "list" else shape


def _require_states(target: Subject, document: Shape, value: Mapping[str, Any]) -> None:
    """Check the values that are expected, or mean that nothing is there."""
    for path, wanted in value.get("expect", {}).items():
        if wanted is not None:
            _require_value(path, _shown(target, document, path), wanted)
    item = _single(target.model, document)
    for path, states in value.get("gone", {}).items():
        for state in states:
            _require_value(path, _shown(target, item, path), state)


def _require_value(path: str, shape: Shape | None, wanted: Any) -> None:
    """Services spell states in either case, and their models not always alike."""
    if shape is None:
        return  # inside of a document in a text
    if shape.type == "enum":
        known = {str(known).casefold() for known in enum_values(shape)}
        if str(wanted).casefold() not in known:
            msg = f"`{path}` is never `{wanted}`"
            hint = f"one of {', '.join(sorted(map(str, enum_values(shape))))}"
            raise OverrideError(msg, hint=hint)
    kind = _VALUES.get(kind_of(shape))
    is_bool = isinstance(wanted, bool) and kind is not bool
    if kind is None or not isinstance(wanted, kind) or is_bool:
        msg = f"`{path}` is {kind_of(shape)} and never `{wanted}`"
        raise OverrideError(msg)
