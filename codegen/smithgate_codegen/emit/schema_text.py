"""A schema as the text of its file.

Indented JSON with one item on each line. Characters that show are printed as they are;
controls, invisible and bidirectional ones as escapes, so that a reviewer sees them.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

KEY_ORDER = (
    *("$schema", "title", "description", "$ref", "type", "enum", "format"),
    *("contentEncoding", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("minItems", "maxItems", "uniqueItems", "items", "minProperties"),
    *("maxProperties", "propertyNames", "additionalProperties", "required"),
    *("properties", "anyOf", "oneOf", "default", "deprecated"),
    *("x-min-bytes", "x-max-bytes", "x-idempotency-token", "x-sensitive", "$defs"),
)
"""Every keyword that the emitter prints, in the order of printing."""

_RANK = {key: rank for rank, key in enumerate(KEY_ORDER)}
_NOT_ASCII = re.compile(r"[^\x00-\x7e]")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def ordered(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema node with its keywords in the order of printing.

    Raises ``KeyError`` for a keyword that ``KEY_ORDER`` lacks.
    """
    return {key: node[key] for key in sorted(node, key=_RANK.__getitem__)}


def dump_schema(schema: Mapping[str, Any]) -> str:
    """Return the text of a schema file, its final newline included."""
    text = json.dumps(schema, indent=2, ensure_ascii=False, allow_nan=False)
    return _NOT_ASCII.sub(lambda found: _shown(found[0]), text) + "\n"


@cache
def _shown(letter: str) -> str:
    if not _is_hidden(letter):
        return letter
    units = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _is_hidden(letter: str) -> bool:
    """Return whether a reader would not see a character, or see it elsewhere."""
    if unicodedata.category(letter)[0] in "CZ" or letter in _INVISIBLE:
        return True
    return any(ord(letter) in selectors for selectors in _VARIATION)
