"""Override values turned into facts, checked against the model.

Owns what each field of a correction may hold. A path or expression in a corrected
reader that does not resolve in the model is an error, so that a model update cannot
leave a reader behind that reads nothing.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from ..errors import OverrideError
from ..ir import (
    Change,
    Confidence,
    Fact,
    How,
    Reader,
    ReadMode,
    TagShape,
    TagStyle,
)
from ..model import Shape
from .agreement import require_agreement, require_gone
from .datasets import checked
from .fit import may_misfit
from .key_names import key_names, read_of
from .overrides import Override, Overrides, refuse_idle
from .readers import Readers
from .replacing import mode_of
from .shapes import item_of, resolve_in_document, resolve_path, resolve_select
from .subject import Subject

_READ_FIELDS = (
    "absent_when_empty",
    "asks",
    "compare",
    "constants",
    "container",
    "created",
    "each",
    "expect",
    "gone",
    "how",
    "keys",
    "match",
    "match_created",
    "mode",
    "operation",
    "params",
    "repeats",
    "select",
    "write_only",
)
_MAPPINGS = (
    "asks",
    "compare",
    "constants",
    "created",
    "each",
    "expect",
    "match",
    "match_created",
    "params",
)

_NAMED = re.compile(r"\{(\w+)\}")
"""A part of a place that a member of the request names."""

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def corrected(
    fact: Fact[T],
    overrides: Overrides,
    subject: Subject,
    name: str,
    parse: Callable[[Override], T],
) -> Fact[T]:
    """Return a fact, or what an override says instead.

    Raises ``OverrideError`` when the override's value cannot be used or changes
    nothing.
    """
    row = overrides.get(subject.name, name)
    if row is None:
        return fact
    with may_misfit():
        value = parse(row)
        refuse_idle(row, fact.value, value)
        return Fact(value, row.source)
    return fact  # left out


def member_of(kind: type[E]) -> Callable[[Override], E]:
    """Return the parser of an enum field."""

    def parse(row: Override) -> E:
        try:
            return kind(row.value)
        except ValueError as error:
            msg = f"{row.where}: unknown value `{row.value}`"
            hint = f"one of {', '.join(sorted(kind))}"
            raise OverrideError(msg, hint=hint) from error

    return parse


def names_of(row: Override) -> tuple[str, ...]:
    """Return a list of texts, sorted."""
    value = row.value
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        msg = f"{row.where}: the value is not a list of names"
        raise OverrideError(msg)
    return tuple(sorted(set(value)))


def top_level_member(subject: Subject) -> Callable[[Override], str | None]:
    """Return the parser of a field that names a top-level input member."""

    def parse(row: Override) -> str | None:
        if row.value is not None and row.value not in subject.input.members:
            msg = f"{row.where}: there is no input member `{row.value}`"
            raise OverrideError(msg)
        return row.value if row.value is None else str(row.value)

    return parse


def tag_shape(subject: Subject) -> Callable[[Override], TagShape | None]:
    """Return the parser of ``tags``."""

    def parse(row: Override) -> TagShape | None:
        if row.value is None:
            return None
        value = checked(
            row.value,
            where=row.where,
            required=("member", "style"),
            optional=("key", "value"),
        )
        resolve_path(subject.model, subject.input, value["member"])
        if value["style"] not in set(TagStyle):
            msg = f"{row.where}: unknown style `{value['style']}`"
            raise OverrideError(msg)
        return TagShape(**{**value, "style": TagStyle(value["style"])})

    return parse


def reader(
    subject: Subject, readers: Readers, derived: Reader | None, change: Change
) -> Callable[[Override], Reader | None]:
    """Return the parser of ``read``.

    A value without ``operation`` changes single fields of the ``derived`` reader.
    """

    def parse(row: Override) -> Reader | None:
        if row.value is None:
            return None
        value = checked(row.value, where=row.where, required=(), optional=_READ_FIELDS)
        if derived is not None and "operation" not in value:
            value = {**_as_value(derived), **value}
        value = checked(
            value,
            where=row.where,
            required=("operation", "params"),
            optional=_READ_FIELDS,
        )
        target = read_of(row, readers, value["operation"])
        gone = _gone(row, value)
        _check_paths(row, subject, target, value, change)
        container = bool(value.get("container", False))
        return Reader(
            operation=target.id,
            **{name: _pairs(value, name) for name in _MAPPINGS},
            how=tuple((path, How(how)) for path, how in _pairs(value, "how")),
            keys=key_names(row, subject, readers, target, value.get("keys")),
            select=value.get("select"),
            write_only=tuple(sorted(value.get("write_only", ()))),
            absent=() if container else readers.absent[target.name],
            absent_when_empty=bool(value.get("absent_when_empty", False)),
            gone=gone,
            container=container,
            repeats=bool(value.get("repeats", False)),
            mode=ReadMode(value.get("mode", _mode_of(subject, change))),
            confidence=Confidence.LOW if container else Confidence.HIGH,
        )

    return parse


def _mode_of(subject: Subject, change: Change) -> ReadMode:
    """Return the mode where a correction names none: a put has to say that itself."""
    return ReadMode.PATCH if change is Change.PUT else mode_of(subject, change)


def _gone(
    row: Override, value: Mapping[str, Any]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for path, states in sorted(value.get("gone", {}).items()):
        if not isinstance(states, list) or not all(isinstance(s, str) for s in states):
            msg = f"{row.where}: `gone` gives a list of values for each path"
            raise OverrideError(msg)
        found.append((path, tuple(states)))
    return tuple(found)


def _pairs(value: Mapping[str, Any], name: str) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(value.get(name, {}).items()))


def _as_value(derived: Reader) -> dict[str, Any]:
    return {
        "operation": derived.operation.partition(":")[2],
        **{name: dict(getattr(derived, name)) for name in _MAPPINGS},
        "how": {path: how.value for path, how in derived.how},
        "keys": None,
        "select": derived.select,
        "write_only": list(derived.write_only),
        "absent_when_empty": derived.absent_when_empty,
        "gone": {path: list(states) for path, states in derived.gone},
        "container": derived.container,
        "repeats": derived.repeats,
        "mode": derived.mode.value,
    }


def _check_paths(
    row: Override,
    writer: Subject,
    target: Subject,
    value: Mapping[str, Any],
    change: Change,
) -> None:
    """Check that every path and expression of a corrected reader resolves and fits."""
    if value.get("mode", "patch") not in set(ReadMode):
        msg = f"{row.where}: unknown mode `{value['mode']}`"
        raise OverrideError(msg)
    try:
        for path, origin in value["params"].items():
            resolve_path(target.model, target.input, path)
            resolve_path(writer.model, writer.input, origin)
        for path in value.get("constants", {}):
            resolve_path(target.model, target.input, path)
        for path, expression in value.get("asks", {}).items():
            resolve_path(target.model, target.input, path)
            resolve_select(writer.model, writer.input, expression)
        document = resolve_select(target.model, target.output, value.get("select"))
        for path, origin in value.get("created", {}).items():
            resolve_path(target.model, target.input, path)
            resolve_path(writer.model, writer.output, origin)
        _check_each(writer, target, document, value)
        document = _check_matches(writer, target, document, value)
        for path, where in value.get("compare", {}).items():
            resolve_path(writer.model, writer.input, path)
            resolve_in_document(target.model, document, _named(writer, where))
        for where in value.get("expect", {}):
            resolve_in_document(target.model, document, where)
        _check_gone(target, document, value)
        require_agreement(writer, target, document, value, change)
        if {"operation", "select"} & set(row.value):
            require_gone(writer, document, row.value, change)
    except OverrideError as error:
        msg = f"{row.where}: {error.message}"
        raise OverrideError(msg, hint=error.hint) from error
    _check_told(row, writer, target, value)


def _check_gone(target: Subject, document: Shape, value: Mapping[str, Any]) -> None:
    """Check the states of what is gone: of a list each item has its own."""
    if document.type == "list":
        document = item_of(target.model, document)
    for where in value.get("gone", {}):
        resolve_in_document(target.model, document, where)


def _check_matches(
    writer: Subject, target: Subject, document: Shape, value: Mapping[str, Any]
) -> Shape:
    """Return the item that is matched, or the document as it is."""
    matches = [*value.get("match", {}).items()]
    made = [*value.get("match_created", {}).items()]
    if not matches and not made:
        return document
    if document.type != "list":
        msg = "`match` picks an item, and `select` gives no list"
        raise OverrideError(msg)
    item = item_of(target.model, document)
    for where, origin in matches:
        resolve_in_document(target.model, item, where)
        resolve_path(writer.model, writer.input, origin)
    for where, origin in made:
        resolve_in_document(target.model, item, where)
        resolve_path(writer.model, writer.output, origin)
    return item


def _named(writer: Subject, where: str) -> str:
    """Check that members name the parts in braces; return the path with a key there."""
    for name in _NAMED.findall(where):
        if name not in writer.input.members:
            msg = f"there is no input member `{name}` to name a part of `{where}`"
            raise OverrideError(msg)
    return _NAMED.sub("key", where)


def _check_each(
    writer: Subject, target: Subject, document: Shape, value: Mapping[str, Any]
) -> None:
    """Check that a list of the request says whose the items of the selected list are."""
    each = value.get("each", {})
    if not each:
        return
    if document.type != "list" or len(each) != 1 or value.get("match"):
        msg = "`each` gathers the items of one list, by one member, without `match`"
        raise OverrideError(msg)
    for where, origin in each.items():
        resolve_in_document(target.model, item_of(target.model, document), where)
        named = writer.input.members.get(origin)
        if named is None or writer.target(named).type != "list":
            msg = f"`{origin}` is no list of the request"
            raise OverrideError(msg)


def _check_told(
    row: Override, writer: Subject, target: Subject, value: Mapping[str, Any]
) -> None:
    """Check that the reader gets what it requires, and that an item is asked for.

    The first item of a list is only the right one when a required member of the
    request selects it: an optional one may be missing at run time.
    """
    given = {path.split(".")[0].split("[")[0] for path in value["params"]}
    given |= {*value.get("constants", {}), *value.get("asks", {})}
    given |= {value["keys"]["to"]} if value.get("keys") else set()
    given |= {path.split(".")[0].split("[")[0] for path in value.get("created", {})}
    missing = sorted(set(target.required) - given)
    if missing:
        msg = f"{row.where}: `{target.name}` needs `{missing[0]}`"
        raise OverrideError(msg)
    roots = {path.split(".")[0].split("[")[0] for path in value["params"].values()}
    if value.get("created"):
        return
    if "[0]" in (value.get("select") or "") and not roots & set(writer.required):
        msg = f"{row.where}: no required member selects the item of the list"
        raise OverrideError(msg)
