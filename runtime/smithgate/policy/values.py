"""What a condition sees of a request's arguments: values at a path, as text.

Owns finding and spelling; which pattern is held against the text is ``engine``'s
business.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..canonical import canonical_json
from .model import Effect
from .pattern import Pattern

_MISSING = object()


def condition_holds(
    arguments: Mapping[str, Any], path: str, pattern: Pattern, effect: Effect
) -> bool:
    """Say whether the values at a dotted path fulfil a rule's condition.

    Lists are gone through item by item, on the way and at the end. To permit, there must
    be a value, none may be missing and all must match; to deny, one that matches is
    enough. A value without a text (lone surrogates, no JSON) counts against the request
    both times.
    """
    values = list(_values(arguments, path.split(".")))
    if effect is Effect.DENY:
        return any(
            value is not _MISSING and _matches(pattern, value, unusable=True)
            for value in values
        )
    return bool(values) and all(
        value is not _MISSING and _matches(pattern, value, unusable=False)
        for value in values
    )


def _values(value: Any, segments: Sequence[str]) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _values(item, segments)
    elif not segments:
        yield value
    elif isinstance(value, Mapping) and segments[0] in value:
        yield from _values(value[segments[0]], segments[1:])
    else:
        yield _MISSING


def _matches(pattern: Pattern, value: Any, *, unusable: bool) -> bool:
    try:
        return pattern.matches(_text(value))
    except (TypeError, ValueError):  # UnicodeEncodeError is a ValueError
        return unusable


def _text(value: Any) -> str:
    """Return a string as it is and any other value as canonical JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 5.0 is the integer 5 to JSON Schema: one text for both
    return canonical_json(value).decode()
