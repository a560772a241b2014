r"""What a backslash and the characters after it mean.

Owns single escapes; ``parse`` and ``classes`` call it at a backslash. Everything that
ECMA 262 ``u`` would refuse is named in ``repairs``, so that a pattern without repairs
can be printed as the model has it.
"""

import re
from collections.abc import MutableSequence

from .nodes import Named, PatternError, Range
from .properties import Items, is_portable, property_items

SYNTAX = frozenset("^$\\.*+?()[]{}|/")
"""Characters that may stand after a backslash as themselves in ECMA ``u``."""

_CONTROL = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_JAVA_CONTROL = {"a": 7, "e": 27}
_HORIZONTAL = (Range(9, 9), Range(32, 32), Range(0xA0, 0xA0), Range(0x2000, 0x200A))
_PROPERTY = re.compile(r"\{\^?([A-Za-z0-9_=]+)\}|([A-Z])")
_HEX = re.compile(
    r"x\{(?P<long>[0-9A-Fa-f]{1,6})\}|x(?P<two>[0-9A-Fa-f]{2})"
    r"|u(?P<four>[0-9A-Fa-f]{4})|u\{(?P<code>[0-9A-Fa-f]{1,6})\}"
)
_PAIR = re.compile(r"\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_OCTAL = re.compile(r"0[0-3]?[0-7]{1,2}")


def read_escape(
    text: str, at: int, repairs: MutableSequence[str], *, in_class: bool
) -> tuple[int | Items, int]:
    r"""Read the escape whose backslash is at ``at``.

    Return a code point or the items of a class, and the position after it. Anchors
    (``\b``, ``\A``) and references are the caller's; ``PatternError`` for the rest.
    """
    if at + 1 >= len(text):
        raise PatternError("ends in a backslash")
    letter = text[at + 1]
    if letter in "dDwWsS":
        return (Named(f"\\{letter}"),), at + 2
    if letter in "pP":
        return _read_property(text, at, repairs)
    if letter in "xu":
        return _read_hex(text, at, repairs)
    if letter == "0":
        return _read_octal(text, at, repairs)
    if letter == "h":
        repairs.append("Java class spelled out")
        return _HORIZONTAL, at + 2
    return _read_single(letter, repairs, in_class=in_class), at + 2


def _read_single(letter: str, repairs: MutableSequence[str], *, in_class: bool) -> int:
    if letter in _CONTROL:
        return _CONTROL[letter]
    if letter in _JAVA_CONTROL:
        repairs.append("Java escape spelled out")
        return _JAVA_CONTROL[letter]
    if letter in SYNTAX or (in_class and letter == "-"):
        return ord(letter)
    if letter.isascii() and letter.isalnum():
        raise PatternError(f"unknown escape \\{letter}")
    repairs.append("needless escape dropped")
    return ord(letter)


def _read_property(
    text: str, at: int, repairs: MutableSequence[str]
) -> tuple[Items, int]:
    found = _PROPERTY.match(text, at + 2)
    if found is None:
        raise PatternError("property without a name")
    name = found[1] or found[2]
    inverted = found[0].startswith("{^")
    if inverted or found[2] or not is_portable(name):
        repairs.append("Java class spelled out")
    negated = (text[at + 1] == "P") != inverted
    return property_items(name, negated=negated), found.end()


def _read_hex(text: str, at: int, repairs: MutableSequence[str]) -> tuple[int, int]:
    found = _HEX.match(text, at + 1)
    if found is None:
        raise PatternError("hexadecimal escape without digits")
    if found["long"]:
        repairs.append("Java escape spelled out")
    code = int(next(part for part in found.groups() if part), 16)
    pair = _PAIR.match(text, at)
    if pair:
        repairs.append("surrogate pair made one code point")
        halves = bytes.fromhex(pair[1] + pair[2])
        return ord(halves.decode("utf-16-be")), pair.end()
    return code, found.end()


def _read_octal(text: str, at: int, repairs: MutableSequence[str]) -> tuple[int, int]:
    repairs.append("octal escape spelled out")  # the run-time engine refuses \0 too
    found = _OCTAL.match(text, at + 1)
    if found is None:
        return 0, at + 2
    return int(found[0], 8), found.end()
