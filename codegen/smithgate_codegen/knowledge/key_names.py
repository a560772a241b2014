"""Corrections that need a second operation: which names make a key, and its reader."""

from typing import Any

from ..errors import OverrideError
from ..ir import KeyNames, Risk
from .datasets import checked
from .overrides import Override
from .readers import Readers
from .shapes import resolve_path, resolve_select
from .subject import Subject


def read_of(row: Override, readers: Readers, name: str) -> Subject:
    """Return the operation that a correction reads with; only plain reads will do."""
    target = readers.by_name.get(name)
    if target is None:
        msg = f"{row.where}: there is no operation `{name}`"
        raise OverrideError(msg)
    risk = readers.risks[name]
    if risk is not Risk.READ:
        msg = f"{row.where}: `{name}` is {risk}, not a read"
        raise OverrideError(msg)
    return target


def key_names(
    row: Override, writer: Subject, readers: Readers, target: Subject, value: Any
) -> KeyNames | None:
    """Return the look-up of a key, checked against the three operations."""
    if value is None:
        return None
    fields = ("of", "operation", "params", "select", "to")
    value = checked(value, where=row.where, required=fields)
    teller = read_of(row, readers, value["operation"])
    try:
        for place, path in value["params"].items():
            resolve_path(teller.model, teller.input, place)
            resolve_path(writer.model, writer.input, path)
        resolve_select(teller.model, teller.output, value["select"])
        resolve_path(writer.model, writer.input, value["of"])
        resolve_path(target.model, target.input, value["to"])
    except OverrideError as error:
        msg = f"{row.where}: {error.message}"
        raise OverrideError(msg, hint=error.hint) from error
    return KeyNames(
        operation=teller.id,
        params=tuple(sorted(value["params"].items())),
        select=value["select"],
        of=value["of"],
        to=value["to"],
    )
