"""Policy documents among a request's arguments, wherever they stand.

Owns one question: does one of them allow something to everybody. Documents are found by
their form, as JSON text or as structures, so that no member has to be known for it.
Element names are compared without regard to case and repeated ones all count, since who
reads the document later may take either.
"""

import json
from collections.abc import Mapping
from typing import Any

MAX_NESTED = 3
"""How often JSON text inside of JSON text is looked into."""


def public_paths(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of arguments that allow something to every principal, sorted.

    That is ``Principal`` `*` (also below ``AWS`` and the like) or ``NotPrincipal`` in a
    statement that does not deny, whatever its ``Condition`` says.
    """
    found = set()
    # A stack, not recursion: a text may nest deeper than Python does.
    waiting: list[tuple[Any, str, int]] = [(arguments, "", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if isinstance(value, str):
            if depth < MAX_NESTED and value.lstrip()[:1] in {"{", "["}:
                waiting.append((_parsed(value), path, depth + 1))
        elif isinstance(value, list | tuple):
            waiting += [(item, path, depth) for item in value]
        else:
            pairs = _pairs(value)
            if _is_public_statement(pairs):
                found.add(path)
            # Inside of a text the path stays the argument's.
            waiting += [
                (inner, path if depth else _below(path, name), depth)
                for name, inner in pairs
            ]
    return tuple(sorted(found))


def _below(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _pairs(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, _Pairs):
        return value.pairs
    return list(value.items()) if isinstance(value, Mapping) else []


class _Pairs:
    """A JSON object with all its pairs, repeated keys included."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def _parsed(text: str) -> Any:
    """Return the JSON values of a text, ``None`` for what is no JSON."""
    try:
        return json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return None  # AWS takes no such document either


def _is_public_statement(pairs: list[tuple[str, Any]]) -> bool:
    folded = [(str(name).casefold(), value) for name, value in pairs]
    effects = [value for name, value in folded if name == "effect"]
    if not effects or all(_folded(value) == "deny" for value in effects):
        return False
    return any(
        name == "notprincipal" or (name == "principal" and _is_everybody(value))
        for name, value in folded
    )


def _is_everybody(principal: Any) -> bool:
    waiting = [principal]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, str):
            if value.strip() == "*":
                return True
        else:
            waiting += [inner for _, inner in _pairs(value)]
    return False


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
