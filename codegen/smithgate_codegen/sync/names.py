"""Names people mistype: refusing unknown ones with the nearest known one.

Owns the wording only.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigError

_FEW = 5


def only_keys(mapping: Mapping[Any, Any], known: Sequence[str], where: str) -> None:
    """Raise ``ConfigError`` for the first key that is not among ``known``."""
    for key in mapping:
        if key not in known:
            raise ConfigError(
                f"{where}: unknown key `{key}`",
                hint=nearest(str(key), known),
            )


def nearest(word: str, words: Iterable[str]) -> str:
    """Return a hint: the nearest word, or all of them where they are few."""
    words = sorted(words)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"did you mean `{near[0]}`"
    if len(words) <= _FEW:
        return "one of: " + ", ".join(words)
    return "the names are boto3's client names"
