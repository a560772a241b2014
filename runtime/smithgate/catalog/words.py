"""Words for search: how names and wishes become comparable terms.

Owns splitting, folding and the small vocabularies. Ranking is in ``search``.
"""

import re
from functools import lru_cache

MAX_TEXT = 500
"""Characters of a text that are read; names and first sentences are far shorter."""
MAX_WORDS = 24
_MAX_WORD = 40

# An acronym (VPC, DB, IAM) ends before a capital that starts a word, and may carry a
# plural s (VPCs); digits stay with the letters before them (EC2, IPv6, S3).
_NAME_WORD = re.compile(
    r"[A-Z]+s(?![a-z])\d*|IP[vV]\d|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", re.ASCII
)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)

STOP_WORDS = frozenset("""
    a about any available anybody anything everybody everything everywhere nobody somebody
    something here got right please there whenever much nearly quite really today
    additional already all also amazon an and any are as at aws based be by
    can contains could current currently detail details do does each every existing
    example following for from give given has have how i if in information into is it
    its just let like me more multiple must my need new now of on one only or other our
    please required requires response returns s same second several single so some
    specific specified such t than that the their them there these this those to two
    up us use used user's uses using via want was we what when where whether which who
    whose will with within would you your
    conditionally immediately manually permanently quickly simply temporarily
    """.split())  # noqa: SIM905 - one word a line would hide the vocabulary

LATE = frozenset("""
    across and as at based by containing for from in into of on or than that through
    to using when where which with within without
    """.split())  # noqa: SIM905 - one word a line would hide the vocabulary
"""Prepositions and the like: what stands behind them says more of the thing."""


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem that plurals and verb forms of the lower-case ``word`` share.

    Light on purpose: a stem need not be a word, it only has to be the same one for
    ``creates`` and ``create``, ``invalidation`` and ``invalidate``.
    """
    if word in _WHOLE:
        return _WHOLE[word]
    return _strip(_strip(word, _PLURALS_BY_LETTER), _FORMS_BY_LETTER)


# Forms that the endings below would get wrong, a doubled consonant mostly.
_WHOLE = {
    "alias": "alias",
    "aliases": "alias",
    "tagging": "tag",
    "tagged": "tag",
    "logging": "log",
    "logged": "log",
    "mapping": "map",
    "mappings": "map",
    "running": "run",
    "stopped": "stop",
    "stopping": "stop",
    "setting": "setting",
    "settings": "setting",
}
# Ending, what replaces it, how many letters must stand before it. First match counts.
_PLURALS = (
    ("ies", "y", 2),
    ("sses", "ss", 1),
    ("xes", "x", 1),
    ("ches", "ch", 2),
    ("shes", "sh", 2),
    ("ss", "ss", 0),
    ("us", "us", 0),
    ("is", "is", 0),
    ("s", "", 2),
)
_FORMS = (
    ("ied", "y", 3),
    *((2 * letter + "ed", letter, 2) for letter in "gnprt"),
    *((2 * letter + "ing", letter, 2) for letter in "gnprt"),
    ("ation", "", 4),
    ("ating", "", 4),
    ("ated", "", 4),
    ("ate", "", 4),
    ("ing", "", 4),
    ("ed", "", 4),
    ("e", "", 4),
)


def _by_letter(
    endings: tuple[tuple[str, str, int], ...],
) -> dict[str, tuple[tuple[str, str, int], ...]]:
    """Return last letter → endings in their order: most words have none of them."""
    letters = {ending[-1] for ending, _, _ in endings}
    return {
        letter: tuple(item for item in endings if item[0][-1] == letter)
        for letter in letters
    }


_PLURALS_BY_LETTER = _by_letter(_PLURALS)
_FORMS_BY_LETTER = _by_letter(_FORMS)


def _strip(word: str, endings: dict[str, tuple[tuple[str, str, int], ...]]) -> str:
    for ending, kept, before in endings.get(word[-1:], ()):
        if word.endswith(ending) and len(word) - len(ending) >= before:
            return word[: len(word) - len(ending)] + kept
    return word


def name_words(name: str) -> list[str]:
    """Return the lower-case words of a camel-case name: ``DBInstances`` → db, instances."""
    return [word.lower()[:_MAX_WORD] for word in _NAME_WORD.findall(name[:MAX_TEXT])]


def split_words(text: str) -> list[str]:
    """Return all lower-case words of a text, camel-case and joined ones in parts."""
    words: list[str] = []
    for token in _PLAIN_WORD.findall(text[:MAX_TEXT]):
        parts = name_words(token)
        words += [token.lower()[:_MAX_WORD]] if len(parts) <= 1 else parts
    return words


def text_words(text: str) -> list[str]:
    """Return the lower-case words of a sentence without fillers.

    A camel-case word counts whole and in parts, since a wish may hold either.
    """
    words: list[str] = []
    for token in _PLAIN_WORD.findall(text[:MAX_TEXT]):
        whole = token.lower()[:_MAX_WORD]
        parts = name_words(token)
        words += [whole] if len(parts) <= 1 else [whole, *parts]
    return [word for word in words if word not in STOP_WORDS]
