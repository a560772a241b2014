"""Reading what stands between square brackets.

The reading is ECMA 262's, with Java's as the repair where ECMA ``u`` would refuse: a
bracket inside a class is a literal, ``&&`` (Java's intersection) is not supported.
"""

import re
from collections.abc import MutableSequence

from .escapes import read_escape
from .nodes import Class, Named, PatternError, Range
from .properties import Items, posix_ranges

_POSIX = re.compile(r"\[:(\^?)([a-zA-Z]+):\]")
_SURROGATES = range(0xD800, 0xE000)
_SUPPLEMENTARY = Range(0x10000, 0x10FFFF)


def read_class(text: str, at: int, repairs: MutableSequence[str]) -> tuple[Class, int]:
    """Read the class whose bracket is at ``at``; return it and the position after.

    Raises ``PatternError`` for an open or empty class, ranges out of order and ``&&``.
    """
    at += 1
    negated = text[at : at + 1] == "^"
    at += negated
    if text[at : at + 1] == "]":
        raise PatternError("empty class")
    items: list[Range | Named] = []
    while text[at : at + 1] != "]":
        if text.startswith("&&", at):
            raise PatternError("intersection of classes")
        read, at = _read_item(text, at, repairs)
        items += read
    return Class(_without_surrogates(items, repairs), negated), at + 1


def _read_item(text: str, at: int, repairs: MutableSequence[str]) -> tuple[Items, int]:
    posix = _POSIX.match(text, at)
    if posix:
        if posix[1]:
            raise PatternError("negated POSIX class")
        repairs.append("POSIX class spelled out")
        return posix_ranges(posix[2]), posix.end()
    first, at = _read_atom(text, at, repairs)
    if text[at : at + 1] != "-" or text[at + 1 : at + 2] in {"]", ""}:
        return _items(first), at
    last, end = _read_atom(text, at + 1, repairs)
    if isinstance(first, int) and isinstance(last, int):
        if first > last:
            raise PatternError("range out of order")
        return (Range(first, last),), end
    repairs.append("dash beside a class made a literal")
    return (*_items(first), *_items(ord("-")), *_items(last)), end


def _read_atom(
    text: str, at: int, repairs: MutableSequence[str]
) -> tuple[int | Items, int]:
    if at >= len(text):
        raise PatternError("class is not closed")
    if text[at] != "\\":
        return ord(text[at]), at + 1
    if text[at + 1 : at + 2] == "b":
        repairs.append("backspace spelled out")  # the run-time engine refuses [\b]
        return 8, at + 2
    return read_escape(text, at, repairs, in_class=True)


def _items(atom: int | Items) -> Items:
    return (Range(atom, atom),) if isinstance(atom, int) else atom


def _without_surrogates(
    items: list[Range | Named], repairs: MutableSequence[str]
) -> Items:
    r"""Take surrogates to mean the characters above U+FFFF.

    Models write ``\uD800\uDBFF-\uDC00\uDFFF`` for them, which is two halves of two
    pairs; valid text has no surrogates, so nothing else can be meant.
    """
    kept = [
        item
        for item in items
        if isinstance(item, Named)
        or item.low not in _SURROGATES
        or item.high not in _SURROGATES
    ]
    if len(kept) == len(items):
        return tuple(items)
    repairs.append("surrogates made code points")
    return (*kept, _SUPPLEMENTARY)
