"""``{"$from": "steps.0.output.VpcId"}``: a value that an earlier step will give."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .paths import Path

FROM = "$from"
_FORM = re.compile(
    r"steps\.(0|[1-9]\d{0,3})\.output((?:\.[A-Za-z_][A-Za-z0-9_-]{0,127}|\[\d{1,4}\])+)"
)
_PART = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]")


class Reference(NamedTuple):
    """A reference that is well formed."""

    step: int
    parts: tuple[str | int, ...]
    """Member names and list indexes in the step's output."""

    def __str__(self) -> str:
        shown = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.parts)
        return f"steps.{self.step}.output{shown}"


def is_reference(value: Any) -> bool:
    """Say whether a JSON value claims to be a reference, well formed or not."""
    return isinstance(value, Mapping) and FROM in value


def parse_reference(value: Mapping[str, Any]) -> Reference | None:
    """Return the reference, or ``None`` for one that is not well formed."""
    text = value[FROM]
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None or set(value) != {FROM}:
        return None
    parts = [int(index) if index else name for name, index in _PART.findall(match[2])]
    return Reference(int(match[1]), tuple(parts))


def references(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) for every reference in a request; list items by index."""
    if is_reference(value):
        yield path, value
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from references(value[key], (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*path, str(index)))


def resolve(value: Any, outputs: Mapping[int, Any]) -> Any:
    """Return a request with every reference replaced by what the step gave.

    Raises ``LookupError`` with the reference when an output does not hold it. What an
    output holds is a value: a reference inside of it is never followed.
    """
    if is_reference(value):
        reference = parse_reference(value)
        if reference is None:
            raise LookupError(str(value[FROM])[:100])
        return _at(outputs.get(reference.step), reference)
    if isinstance(value, Mapping):
        return {key: resolve(item, outputs) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, outputs) for item in value]
    return value


def _at(output: Any, reference: Reference) -> Any:
    current = output
    for part in reference.parts:
        try:
            current = current[part]
        except (LookupError, TypeError):
            raise LookupError(str(reference)) from None
    if current is None:
        raise LookupError(str(reference))
    return current
