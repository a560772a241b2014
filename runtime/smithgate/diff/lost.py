"""What goes with a deleted thing, as far as the one read that was made tells."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

COUNTS = re.compile(
    # Sizes and counts under the names that AWS gives them.
    r"ItemCount|TableSizeBytes|ApproximateNumberOfMessages(NotVisible|Delayed)?"
    r"|[sS]toredBytes|SizeInBytes|\w*SizeBytes|AllocatedStorage|CodeSize|ContentLength"
    r"|(active|running|pending|registered|desired)\w*Count|AttachmentCount"
    r"|SubscriptionsConfirmed|imageCount|repositoryCount|ObjectCount|NumberOf\w+"
)
MAX_COUNTS = 12


def lost_counts(document: Any) -> dict[str, Any]:
    """Return the counts and sizes in a document that are not zero, by member name."""
    found: dict[str, Any] = {}
    for name, value in _numbers(document):
        if COUNTS.fullmatch(name) and float(value) != 0 and len(found) < MAX_COUNTS:
            found[name] = value
    return found


def _numbers(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            item = value[name]
            is_text = isinstance(item, str) and item.isdecimal() and item.isascii()
            if is_text or (
                isinstance(item, int | float) and not isinstance(item, bool)
            ):
                yield str(name), item
            else:
                yield from _numbers(item)
