"""Foreign text in Markdown: names, values and prose of models, shown and not obeyed.

Owns the two ways in which such text reaches a page: a code span, for names and values,
and plain prose with every character that Markdown or its dialects give a meaning to
written as an entity. Links, mentions, HTML, table cells and terminals stay untouched.
"""

import re
import unicodedata

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SAFE = re.compile(r"[A-Za-z0-9 .,;()'%/?=+\u00a1-\U0010ffff-]")
_TICKS = re.compile(r"`+")
ELLIPSIS = "…"


def visible(text: str) -> str:
    """Return one line in which every hidden character shows as an escape."""
    return "".join(c if c == " " or _shows(c) else f"\\u{{{ord(c):x}}}" for c in text)


def code(text: str, *, longest: int = 160) -> str:
    """Return a code span; nothing inside of it is Markdown.

    The bar is replaced by a look-alike, because tables split at it even there.
    """
    shown = cut(visible(text), longest).replace("|", "\u2223")
    if not shown.strip():
        return "`(empty)`" if not shown else f"`({len(shown)} spaces)`"
    runs = [len(run) for run in _TICKS.findall(shown)]
    fence = "`" * (max(runs, default=0) + 1)
    pad = " " if runs else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str, *, longest: int = 160) -> str:
    """Return prose in which no character has a meaning to Markdown.

    It must not stand at the beginning of a line, where a dash or a number would.
    """
    shown = cut(visible(" ".join(text.split())), longest)
    return "".join(
        char if _SAFE.fullmatch(char) and not _makes_link(shown, at) else _entity(char)
        for at, char in enumerate(shown)
    )


def cut(text: str, longest: int) -> str:
    """Return a text shortened to ``longest`` characters, visibly."""
    return text if len(text) <= longest else text[: longest - 1] + ELLIPSIS


def _makes_link(text: str, at: int) -> bool:
    """Return whether a dot ends ``www``, which some dialects make a link of."""
    return text[at] == "." and text[max(0, at - 3) : at].lower() == "www"


def _entity(char: str) -> str:
    return f"&#{ord(char)};"


def _shows(char: str) -> bool:
    return unicodedata.category(char)[0] not in "CZ" and char not in _INVISIBLE
