"""Strict JSON text: what Python's parser lets through and Smithy refuses.

Owns the reading of bytes into JSON values and the place (line, column) of an error.
What the values mean is left to ``nodes``.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from ..errors import ModelSyntax

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})
# int() refuses longer texts (sys.set_int_max_str_digits); no model has one.
_MAX_DIGITS = 4300


class _DuplicateKeyError(ValueError):
    """An object has one key twice."""


class _ConstantError(ValueError):
    """A number is none of JSON's."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise _DuplicateKeyError
    return out


def _constant(name: str) -> NoReturn:
    raise _ConstantError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse_json(data: bytes, *, origin: str) -> Any:
    """Return the JSON value of ``data``.

    ``origin`` names the file in errors. Raises ``ModelSyntax`` with file, line and
    column for bytes that are not UTF-8, invalid or truncated JSON, a repeated key,
    NaN and infinities, numbers of more than 4,300 digits, lone surrogates and
    nesting beyond the interpreter's limit.
    """
    text = _decode(data, origin)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _syntax(origin, text, error.pos, _reason(error)) from error
    except _DuplicateKeyError as error:
        offset, key = _duplicate(text)
        raise _syntax(origin, text, offset, f"repeated key {key}") from error
    except _ConstantError as error:
        offset = _bare(text, lambda token: token in _CONSTANTS)
        raise _syntax(origin, text, offset, f"`{error}` is not JSON") from error
    except RecursionError as error:
        raise _syntax(origin, text, 0, "nested too deeply") from error
    except ValueError as error:  # what int() says of too many digits
        offset = _bare(text, lambda token: len(token) > _MAX_DIGITS)
        raise _syntax(origin, text, offset, "number with too many digits") from error
    _refuse_lone_surrogates(text, value, origin)
    return value


def _decode(data: bytes, origin: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise _syntax(origin, before, len(before), "not UTF-8") from error
    if text.startswith("\ufeff"):
        raise _syntax(origin, text, 0, "byte order mark")
    return text


def _refuse_lone_surrogates(text: str, value: Any, origin: str) -> None:
    # A lone surrogate parses, and breaks whoever later writes the value as UTF-8.
    match = _SURROGATE.search(text)
    if match is None:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _syntax(origin, text, match.start(), "lone surrogate") from error


def _reason(error: json.JSONDecodeError) -> str:
    if not error.doc[error.pos :].strip():
        return "the text ends too early"
    return error.msg[:1].lower() + error.msg[1:]


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)


def find_value(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Return the offset of the value at ``path`` of valid JSON text, and its depth.

    Where the path ends early, that is the deepest value on it; depth counts the steps
    that were found.
    """
    found, depth = 0, -1
    stack: list[str | int] = []  # of the open containers: the key or index within
    kinds: list[str] = []
    key, is_key = "", False
    for offset, part in _tokens(text):
        if part in ("}", "]"):
            stack.pop()
            kinds.pop()
        elif part == ",":
            is_key = kinds[-1] == "{"
            if not is_key:
                stack[-1] = int(stack[-1]) + 1
        elif part == ":":
            stack[-1], is_key = json.loads(key), False
        elif is_key:
            key = part
        else:
            if len(stack) > depth and list(path[: len(stack)]) == stack:
                found, depth = offset, len(stack)
                if depth == len(path):
                    break
            if part in ("{", "["):
                kinds.append(part)
                is_key = part == "{"
                stack.append("" if is_key else 0)
    return found, depth


def _syntax(origin: str, text: str, offset: int, reason: str) -> ModelSyntax:
    line, column = position(text, offset)
    return ModelSyntax(f"`{origin}`, line {line}, column {column}: {reason}")


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for match in _TOKEN.finditer(text):
        yield match.start(), match.group()


def _bare(text: str, wanted: Callable[[str], bool]) -> int:
    for offset, token in _tokens(text):
        if token[0] not in '"{}[]:,' and wanted(token):
            return offset
    return 0


def _duplicate(text: str) -> tuple[int, str]:
    """Return offset and quoted name of the first repeated key of valid JSON text."""
    stack: list[set[str]] = []
    last = (0, "")
    for offset, part in _tokens(text):
        if part in ("{", "["):
            stack.append(set())
        elif part in ("}", "]"):
            stack.pop()
        elif part == ":":
            key = json.loads(last[1])
            if key in stack[-1]:
                return last[0], f"`{key}`"
            stack[-1].add(key)
        last = (offset, part)
    return last
