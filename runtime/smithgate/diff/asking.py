"""What a reader is asked: constants, parts of the request, ids from the reply, keys."""

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

import jmespath

from ..errors import InputError
from ..operation import KeyNames, Read
from .paths import MISSING, get_path, parse_document_path, parse_path, put_path
from .values import look

Reader = Callable[[str, Mapping[str, Any]], Any]
"""Calls a reader operation: (canonical id, arguments) → the gateway's ``Reply``."""


def request_of(
    read: Read, arguments: Mapping[str, Any], output: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the reader's arguments: constants, the writer's, the writer's output."""
    request = copy.deepcopy(dict(read.constants))
    _fill(request, read.params, arguments)
    for place, expression in read.asks.items():
        put_path(request, place, jmespath.search(expression, arguments))
    _fill(request, read.created, output)
    return request


_ITEM = re.compile(r"\[(\d+)\]")
_ROOT = re.compile(r"\w+")


def told_by(read: Read) -> list[str]:
    """Return the dotted paths in the writer's arguments that the reader is told by."""
    paths = [*read.params.values(), *read.match.values()]
    paths += [root[0] for e in read.asks.values() if (root := _ROOT.match(e))]
    paths += [read.keys.of, *read.keys.params.values()] if read.keys else []
    return [_ITEM.sub(r".\1", path).partition("[")[0] for path in paths]


def add_key(
    request: dict[str, Any], keys: KeyNames, arguments: Mapping[str, Any], call: Reader
) -> None:
    """Look up which members of a map in the request are the key, and ask for it.

    Raises what the look-up raises, and ``InputError`` where the map lacks the key.
    """
    asked: dict[str, Any] = {}
    _fill(asked, keys.params, arguments)
    names = jmespath.search(keys.select, call(keys.operation, asked).value) or []
    given = get_path(arguments, parse_path(keys.of))
    key = {n: given[n] for n in names if isinstance(given, Mapping) and n in given}
    if not names or len(key) < len(names):
        raise InputError(f"`{keys.of}` lacks the key that {keys.operation} tells")
    put_path(request, keys.to, key)


def _fill(
    request: dict[str, Any],
    places: Mapping[str, str],
    source: Mapping[str, Any] | None,
) -> None:
    for place, path in places.items():
        value = look(source, parse_document_path(path))
        if value is not MISSING:
            put_path(request, place, value)
