"""Two spellings of one thing: what counts as the same value, and what never does.

Equal are: JSON documents in strings however they are written, policy documents that
say the same, one tag list in another order, ``5`` and ``"5"``, one moment in two
notations. The order of other lists is kept, since in some (commands, layers, cache
behaviours) it matters: only a pair that is declared a set ignores it.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .paths import MISSING
from .policies import is_policy, policy_meaning

_KEY_NAMES = ("Key", "key", "TagKey")
"""Members that make a list of structures a list of tags: their order says nothing."""
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)"
)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,9})?")


def document_in(text: str) -> Any:
    """Return the JSON document that a string holds, or ``MISSING``."""
    start = text.lstrip()[:1]
    if start not in {"{", "["}:
        return MISSING
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return MISSING  # no document, or one nested beyond any policy


def meaning(value: Any) -> Any:
    """Return a value in the form in which two spellings of one thing are equal."""
    if isinstance(value, str):
        document = document_in(value)
        return value if document is MISSING else meaning(document)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        plain = {str(key): meaning(value[key]) for key in sorted(value)}
        return policy_meaning(plain) if is_policy(plain) else plain
    if isinstance(value, list | tuple):
        return _list_meaning([meaning(item) for item in value])
    return value


def _list_meaning(items: list[Any]) -> list[Any]:
    for name in _KEY_NAMES:
        if items and all(isinstance(i, dict) and name in i for i in items):
            return sorted(items, key=lambda item: str(item[name]))
    return items


def same(left: Any, right: Any, *, unordered: bool = False) -> bool:
    """Say whether two values mean the same.

    ``unordered`` takes lists, at the top, for sets.
    """
    if left is MISSING or right is MISSING:
        return left is right
    a, b = meaning(left), meaning(right)
    if unordered and isinstance(a, list) and isinstance(b, list):
        return _same_set(a, b)
    return _same(a, b)


def _same_set(left: list[Any], right: list[Any]) -> bool:
    """Match every item of one list with an item of the other."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        found = next((i for i, other in enumerate(rest) if _same(item, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


def _same(left: Any, right: Any) -> bool:
    """Compare two meanings."""
    if isinstance(left, dict) and isinstance(right, dict):
        keys = {*left, *right}
        return all(_same(left.get(k, MISSING), right.get(k, MISSING)) for k in keys)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if left is MISSING or right is MISSING:
        return is_nothing(right if left is MISSING else left)
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) is not None and _truth(left) == _truth(right)
    if left == right and type(left) is type(right):
        return True
    return _same_scalar(left, right)


def is_nothing(value: Any) -> bool:
    """Say whether a member that one side lacks says nothing: a default filled in.

    Only null, ``false`` and what is empty: any other value that one side has alone is
    a difference.
    """
    return value is None or value is False or value in ("", [], {}) or value is MISSING


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _same_scalar(left: Any, right: Any) -> bool:
    """Compare numbers with numbers in strings, and moments."""
    if isinstance(left, str) and isinstance(right, str):
        one, other = _moment(left), _moment(right)
        return one is not None and one == other
    if isinstance(left, str):
        left, right = right, left
    if isinstance(left, bool) or not isinstance(left, int | float):
        return False
    if isinstance(right, int | float):
        return bool(left == right)
    if isinstance(right, str) and _NUMBER.fullmatch(right):
        return float(right) == float(left)
    moment = _moment(right) if isinstance(right, str) else None
    return moment is not None and moment.timestamp() == left


def _moment(text: str) -> datetime | None:
    """Return an aware time that a text says, or ``None``."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
