"""Strict JSON for text that comes from outside.

Owns the step from bytes to values: sizes are limited before anything is built, and
what two JSON readers could understand differently (duplicate keys, NaN, lone
surrogates, numbers beyond a double) is refused. Schemas are checked elsewhere.
"""

import json
import re
from itertools import accumulate
from typing import Any, NamedTuple, NoReturn

from .errors import InputTooLarge, MalformedInput

# An unterminated string runs to the end of the text, and the quantifiers are
# possessive: every token is matched or given up in linear time.
_STRING = r'"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)'
_TOKEN = rf"{_STRING}|[\[\]{{}},]|[^\s\[\]{{}},:\"]++"
_NO_BRACKET = rf'{_STRING}|[^\[\]{{}}"]++'
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_SURROGATE = (
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
_SHOWN = 60  # characters of a refused piece that a message repeats


class Limits(NamedTuple):
    """What a text may at most contain; all inclusive."""

    max_bytes: int = 8 * 1024 * 1024
    """Size of the text in UTF-8."""
    max_depth: int = 128
    """Arrays and objects inside each other."""
    max_keys: int = 200_000
    """Object members in the whole text."""
    max_digits: int = 100
    """Characters of one number; AWS integers need 20, doubles 25."""


DEFAULT_LIMITS = Limits()


def parse(data: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return the JSON value that ``data`` holds.

    Raises ``MalformedInput`` for what is not strict JSON and ``InputTooLarge`` for
    what passes ``limits``. Both carry ``position`` where one is known: in characters
    from 0, for bad UTF-8 in bytes.
    """
    text = _decode(data, limits.max_bytes)
    _check_depth(text, limits.max_depth)
    if "\\ud" in text or "\\uD" in text:
        _check_surrogates(text)
    hooks = _Hooks(text, limits)
    decoder = json.JSONDecoder(
        object_pairs_hook=hooks.members,
        parse_int=hooks.integer,
        parse_float=hooks.double,
        parse_constant=hooks.constant,
    )
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        _malformed(f"not JSON: {reason}", error.pos)
    except RecursionError:  # only with a max_depth near the interpreter's own limit
        _too_large(f"nested deeper than {limits.max_depth} levels", None)


class _Hooks:
    """What the C scanner calls for the values that need a second look."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.keys = 0

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.keys += len(pairs)
        if self.keys > self.limits.max_keys:
            _too_large(f"more than {self.limits.max_keys} object members", None)
        out = dict(pairs)
        if len(out) != len(pairs):
            key, position = _find_duplicate(self.text)
            _malformed(f"duplicate key `{_shown(key)}`", position)
        return out

    def integer(self, literal: str) -> int:
        self._check_digits(literal)
        return int(literal)

    def double(self, literal: str) -> float:
        self._check_digits(literal)
        value = float(literal)
        if value in {float("inf"), float("-inf")}:
            message = f"number `{_shown(literal)}` is beyond a double"
            _too_large(message, _find_literal(self.text, literal))
        return value

    def constant(self, literal: str) -> NoReturn:
        position = _find_literal(self.text, literal)
        _malformed(f"not JSON: `{literal}` is not a value", position)

    def _check_digits(self, literal: str) -> None:
        if len(literal) > self.limits.max_digits:
            message = f"number longer than {self.limits.max_digits} characters"
            _too_large(message, _find_literal(self.text, literal))


def _decode(data: bytes | str, max_bytes: int) -> str:
    """Return the text, after its size and its encoding are checked."""
    try:
        size = len(data) if isinstance(data, bytes) else len(data.encode())
    except UnicodeEncodeError as error:
        _malformed("not Unicode: a lone surrogate", error.start)
    if size > max_bytes:
        _too_large(f"{size} bytes, more than {max_bytes}", None)
    try:
        return data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        _malformed("not UTF-8", error.start)


def _check_depth(text: str, max_depth: int) -> None:
    # Fewer brackets than levels, as in nearly every request: nothing to walk.
    if text.count("[") + text.count("{") <= max_depth:
        return
    brackets = re.sub(_NO_BRACKET, "", text, flags=re.DOTALL)
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > max_depth:
        position = _find_level(text, max_depth + 1)
        _too_large(f"nested deeper than {max_depth} levels", position)


def _check_surrogates(text: str) -> None:
    # Every escape is stepped over, so `\\ud800` (an escaped backslash) stays legal.
    for escape in re.finditer(_SURROGATE, text, re.DOTALL):
        if escape[1] is not None:
            message = f"not Unicode: lone surrogate `{_shown(escape[0])}`"
            _malformed(message, escape.start())


def _find_level(text: str, level: int) -> int | None:
    """Return where the nesting first reaches ``level``."""
    depth = 0
    for token in re.finditer(_TOKEN, text, re.DOTALL):
        depth += _STEP.get(token[0], 0)
        if depth == level:
            return token.start()
    return None


def _find_duplicate(text: str) -> tuple[str, int]:
    """Return the first key that its object has already, and where it stands."""
    objects: list[set[str] | None] = []
    expects_key = False
    for token in re.finditer(_TOKEN, text, re.DOTALL):
        first = text[token.start()]
        if first in "[{":
            objects.append(set() if first == "{" else None)
            expects_key = first == "{"
        elif first in "]}":
            objects.pop()
            expects_key = False
        elif first == ",":
            expects_key = objects[-1] is not None
        elif expects_key:
            key = json.loads(token[0])
            seen = objects[-1]
            if seen is None or key in seen:
                return key, token.start()
            seen.add(key)
            expects_key = False
    raise AssertionError("no duplicate key in a text that has one")


def _find_literal(text: str, literal: str) -> int | None:
    """Return where a number or a constant first stands outside strings."""
    for token in re.finditer(_TOKEN, text, re.DOTALL):
        if token[0] == literal:
            return token.start()
    return None


def _shown(piece: str) -> str:
    """Return untrusted text cut and escaped for one line of a message."""
    return json.dumps(piece[:_SHOWN])[1:-1]


def _malformed(message: str, position: int | None) -> NoReturn:
    raise MalformedInput(_at(message, position), position=position) from None


def _too_large(message: str, position: int | None) -> NoReturn:
    raise InputTooLarge(_at(message, position), position=position) from None


def _at(message: str, position: int | None) -> str:
    return message if position is None else f"{message} at position {position}"
