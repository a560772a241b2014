"""A value from before a change in the form in which a request takes it."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from ..diff.paths import MISSING
from ..diff.values import as_tags
from ..operation import How
from .done import CannotUndo

_EMPTY: Mapping[type, Any] = {dict: {}, list: []}


def as_given(given: Any, before: Any, how: How, *, whole: bool) -> Any:
    """Return the value from before in the form in which the request takes it.

    Of what is not replaced as a ``whole`` only the members that were given go back.
    """
    if before is MISSING or before is None:
        return _EMPTY.get(type(given), MISSING)
    if how is How.TAGS or (isinstance(given, list) and isinstance(before, Mapping)):
        tags = as_tags(before)
        return before if tags is None else _like(given, tags)
    if isinstance(given, Mapping) and isinstance(before, Mapping):
        return _members_as_given(given, before, whole=whole)
    if isinstance(given, str) and isinstance(before, Mapping | list):
        return json.dumps(before)
    if isinstance(given, str) and isinstance(before, int | float):
        return str(before).lower()
    return copy.deepcopy(before)


def _members_as_given(
    given: Mapping[str, Any], before: Mapping[str, Any], *, whole: bool
) -> dict[str, Any]:
    unset = sorted(set(given) - set(before))
    if unset and not whole:
        raise CannotUndo(f"`{unset[0]}` was not set before, and cannot be unset")
    return {
        key: (
            as_given(given[key], value, How.PLAIN, whole=whole)
            if key in given
            else copy.deepcopy(value)
        )
        for key, value in before.items()
        if whole or key in given
    }


def _like(given: Any, tags: Mapping[str, Any]) -> Any:
    """Return tags in the form that the request has."""
    if not isinstance(given, list):
        return dict(tags)
    names = list(given[0]) if given and isinstance(given[0], Mapping) else []
    key = next((n for n in names if n.lower() in {"key", "tagkey"}), "Key")
    value = {"Key": "Value", "key": "value", "TagKey": "TagValue"}.get(key, "Value")
    return [{key: name, value: text} for name, text in tags.items()]
