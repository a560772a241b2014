"""Masking by declared paths: the members that are sensitive by trait or override."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .shapes import MASK, is_masked


class Masked(NamedTuple):
    """A masked copy, and which of the given paths hid something in it."""

    value: Any
    paths: tuple[str, ...]
    """Sorted; as declared (``Users[].Password``), so that no map key leaks."""


def mask(
    value: Any, paths: Iterable[str], mark_of: Callable[[Any], str] | None = None
) -> Masked:
    """Replace by ``(sensitive)`` whatever the dotted ``paths`` name in a JSON value.

    With ``mark_of`` (a keyed digest) by ``(sensitive hmac:…)``, for records only: an
    agent that sees marks could try guesses by having them recorded.
    ``A.B`` is a member, ``A[]`` the items of a list, ``A{}`` the values of a map. Where
    the value has another form than the path promises, all of it at that place is
    masked. ``None`` stays: it says that a member is not set. The input is not changed.
    """

    def marker(hidden: Any) -> str:
        return MASK if mark_of is None else f"{MASK[:-1]} {mark_of(hidden)})"

    hit = []
    for path in sorted(set(paths)):
        value, changed = _mask(value, tuple(_STEP.findall(path)), marker)
        if changed:
            hit.append(path)
    return Masked(value, tuple(hit))


_STEP = re.compile(r"\[\]|\{\}|[^.\[\]{}]+")


def _mask(
    value: Any, steps: tuple[str, ...], marker: Callable[[Any], str]
) -> tuple[Any, bool]:
    """Return the masked value, and whether a value stood where ``steps`` lead."""
    if value is None:
        return None, False
    if isinstance(value, str) and is_masked(value):
        return value, True
    if not steps:
        return marker(value), True
    step, rest = steps[0], steps[1:]
    if step == "[]" and isinstance(value, list):
        items = [_mask(item, rest, marker) for item in value]
        return [item for item, _ in items], any(hit for _, hit in items)
    if step != "[]" and isinstance(value, Mapping):
        keys = value if step == "{}" else [step] if step in value else []
        members = {key: _mask(value[key], rest, marker) for key in keys}
        masked = {key: item for key, (item, _) in members.items()}
        return {**value, **masked}, any(hit for _, hit in members.values())
    return marker(value), True


def leads_to_secret(paths: Iterable[str], place: Iterable[str | int]) -> bool:
    """Say whether a place in a value is at, in or around what one of ``paths`` names."""
    tokens = tuple(place)
    return any(
        all(
            step == token or (step == "[]" if isinstance(token, int) else step == "{}")
            for step, token in zip(_STEP.findall(path), tokens, strict=False)
        )
        for path in paths
    )


_MIN_SECRET = 4
"""Shorter secrets would be found in any text, and hide nothing by being replaced."""


def secrets_at(value: Any, paths: Iterable[str]) -> frozenset[str]:
    """Return the texts that stand where the paths lead, in whatever they hold there."""
    found: set[str] = set()

    def note(hidden: Any) -> str:
        found.update(_texts(hidden))
        return MASK

    for path in paths:
        _mask(value, tuple(_STEP.findall(path)), note)
    return frozenset(text for text in found if len(text) >= _MIN_SECRET)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)


def mask_secrets(value: Any, secrets: Iterable[str]) -> Any:
    """Return a JSON value in whose texts and keys no known secret stands.

    For what others say of a request: AWS repeats refused values in its errors.
    """
    spelt = {form for text in secrets for form in (text, json.dumps(text)[1:-1])}
    longest_first = sorted(spelt, key=len, reverse=True)
    return _without(value, longest_first) if longest_first else value


def _without(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, list | tuple):
        return [_without(item, secrets) for item in value]
    if isinstance(value, Mapping):
        return {
            _without(key, secrets): _without(item, secrets)
            for key, item in value.items()
        }
    return value
