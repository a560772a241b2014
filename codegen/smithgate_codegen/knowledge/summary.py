"""One line that says what an operation does, for the index and search."""

import re

from ..emit.schema_docs import summary

_NOTICE = re.compile(
    r"<(note|important)>.*?</\1>|<fullname>.*?</fullname>", re.DOTALL | re.IGNORECASE
)
"""Warnings and headings that services put before the sentence that says what it is."""


def summary_of(documentation: object) -> str:
    """Return the first sentence as plain text, or nothing."""
    if not isinstance(documentation, str):
        return ""
    text = summary(_NOTICE.sub(" ", documentation)) or summary(documentation)
    # Escape sequences and invisible or bidirectional marks are never part of a sentence.
    return "".join(char for char in text if char.isprintable()).strip()
