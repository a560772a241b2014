"""Limits on raw arguments, checked before anything else looks at them.

Owns size, depth and digits, and that the value is JSON at all; one pass without
recursion, so that no input can exhaust the stack or the validator.
"""

import math
from typing import Any, NamedTuple

from ..errors import InputTooLarge, MalformedInput


class Limits(NamedTuple):
    """What arguments may measure; the defaults hold every request AWS takes inline."""

    max_bytes: int = 8 * 1024 * 1024
    """UTF-8 bytes of all texts and keys, plus one for every other value."""
    max_depth: int = 64
    """Containers inside each other; DynamoDB allows 32 levels of attributes."""
    max_values: int = 100_000
    """Members and items at all depths."""
    max_digits: int = 40
    """Decimal digits of an integer; 64-bit ones have 19."""


def check_limits(arguments: Any, limits: Limits) -> None:
    """Raise ``InputTooLarge`` past a limit, ``MalformedInput`` for what is not JSON.

    Not JSON are NaN and infinities, lone surrogates, keys that are no text and Python
    types that ``json.loads`` does not make.
    """
    largest = 10**limits.max_digits
    values = size = 0
    level = [arguments]
    for depth in range(limits.max_depth + 2):
        if not level:
            return
        if depth > limits.max_depth:
            raise _too_large("depth", limits.max_depth, "levels")
        below: list[Any] = []
        for value in level:
            size += _measure(value, largest, limits)
            if isinstance(value, dict):
                size += sum(_text_bytes(key) for key in value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        values += len(below)
        if values > limits.max_values:
            raise _too_large("values", limits.max_values, "members and items")
        if size > limits.max_bytes:
            raise _too_large("bytes", limits.max_bytes, "bytes")
        level = below


def _measure(value: Any, largest: int, limits: Limits) -> int:
    """Return the size of one value without what it contains."""
    if isinstance(value, str):
        return _text_bytes(value)
    if isinstance(value, int) and abs(value) >= largest:
        raise _too_large("digits", limits.max_digits, "digits in an integer")
    if isinstance(value, float) and not math.isfinite(value):
        raise MalformedInput("arguments hold a number that is not finite")
    if value is not None and not isinstance(value, int | float | dict | list):
        raise MalformedInput(f"arguments hold a {type(value).__name__}, not JSON")
    return 1


def _text_bytes(text: Any) -> int:
    if not isinstance(text, str):
        raise MalformedInput("arguments hold a key that is not text")
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        message = "arguments hold text that is not Unicode: a lone surrogate"
        raise MalformedInput(message) from None


def _too_large(limit: str, allowed: int, unit: str) -> InputTooLarge:
    return InputTooLarge(
        f"arguments have more than {allowed} {unit}",
        hint="send less in one call",
        limit=limit,
        allowed=allowed,
    )
