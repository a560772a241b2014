"""Policy documents among a request's arguments, wherever they stand.

Owns one question: does one of them allow something to everybody. Documents are found by
their form, as JSON text or as structures, so that no member has to be known for it.
Element names are compared without regard to case and repeated ones all count, since who
reads the document later may take either.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

MAX_NESTED = 3
"""How often JSON text inside of JSON text is looked into."""


def public_paths(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of arguments that allow something to every principal.

    That is ``Principal`` `*` (also below ``AWS`` and the like) or ``NotPrincipal`` in a
    statement that does not deny, whatever its ``Condition`` says.
    """
    return tuple(dict.fromkeys(_public(arguments, "", 0)))


def _public(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if depth < MAX_NESTED and value.lstrip()[:1] in {"{", "["}:
            document = _parsed(value)
            if any(True for _ in _public(document, path, depth + 1)):
                yield path
    elif isinstance(value, Mapping):
        yield from _public_pairs(list(value.items()), path, depth)
    elif isinstance(value, _Pairs):
        yield from _public_pairs(value.pairs, path, depth)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _public(item, path, depth)


def _public_pairs(pairs: list[tuple[str, Any]], path: str, depth: int) -> Iterator[str]:
    if _is_public_statement(pairs):
        yield path
    for name, inner in pairs:
        yield from _public(inner, f"{path}.{name}" if path else str(name), depth)


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


def _is_everybody(value: Any) -> bool:
    if isinstance(value, _Pairs):
        return any(_is_everybody(inner) for _, inner in value.pairs)
    if isinstance(value, Mapping):
        return any(_is_everybody(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_is_everybody(item) for item in value)
    return isinstance(value, str) and value.strip() == "*"


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
