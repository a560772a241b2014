"""What a person types to confirm: the plan's id or the name of what it changes."""

from collections.abc import Mapping
from typing import Any

from ..catalog import Catalog

LONGEST = 128


def resource_name(catalog: Catalog, document: Mapping[str, Any]) -> str | None:
    """Return the name of what the first step acts on, ``None`` where it has none.

    The first required member that is a plain text: a bucket, a queue's URL, a role.
    Sensitive members and texts that nobody could type are no names.
    """
    step = document["steps"][0]
    operation = catalog.operation(step["operation"])
    for member in (*operation.labels, *operation.required):
        value = step["arguments"].get(member)
        if member not in operation.sensitive and _can_be_typed(value):
            return str(value)
    return None


def _can_be_typed(value: Any) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        return False
    return value.isascii() and value.isprintable() and value == value.strip()
