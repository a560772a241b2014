r"""Printing a tree in the portable dialect: ECMA 262 ``u`` and the run-time engine.

Both accept ``\uHHHH`` and ``\u{H}``; neither needs more than the syntax characters
escaped. Characters that do not show are printed as escapes, so that a reviewer sees
them.
"""

import unicodedata

from .nodes import (
    Alt,
    Assert,
    Back,
    Char,
    Class,
    Dot,
    Group,
    Named,
    Node,
    Range,
    Repeat,
)

_OUTSIDE = frozenset("^$\\.*+?()[]{}|")
_INSIDE = frozenset("\\]^-[")
_SHORT = {9: r"\t", 10: r"\n", 12: r"\f", 13: r"\r"}
_LATIN, _BASIC_PLANE = 0xFF, 0xFFFF
_COUNTS = {(0, None): "*", (1, None): "+", (0, 1): "?"}


def render(tree: Alt) -> str:
    """Return the text of a tree."""
    return "|".join(
        "".join(_node(item) for item in branch.items) for branch in tree.branches
    )


def _node(node: Node) -> str:
    match node:
        case Char():
            return _char(node.code, _OUTSIDE)
        case Dot():
            return r"[\s\S]" if node.all else "."
        case Class():
            return _class(node)
        case Assert():
            return node.kind.value
        case Back():
            return f"\\{node.number}"
        case Group():
            return f"({node.opening}{render(node.body)})"
        case Repeat():
            return _node(node.body) + _count(node) + ("?" if node.lazy else "")


def _count(node: Repeat) -> str:
    sign = _COUNTS.get((node.low, node.high))
    if sign is not None:
        return sign
    if node.high == node.low:
        return f"{{{node.low}}}"
    return f"{{{node.low},{'' if node.high is None else node.high}}}"


def _class(node: Class) -> str:
    if len(node.items) == 1 and isinstance(node.items[0], Named) and not node.negated:
        return node.items[0].text
    inner = "".join(_item(item) for item in node.items)
    return f"[{'^' if node.negated else ''}{inner}]"


def _item(item: Range | Named) -> str:
    if isinstance(item, Named):
        return item.text
    low = _char(item.low, _INSIDE)
    if item.low == item.high:
        return low
    return f"{low}-{_char(item.high, _INSIDE)}"


def _char(code: int, special: frozenset[str]) -> str:
    if code in _SHORT:
        return _SHORT[code]
    if code > _BASIC_PLANE:
        return f"\\u{{{code:X}}}"
    letter = chr(code)
    if letter in special:
        return f"\\{letter}"
    shows = letter == " " or unicodedata.category(letter)[0] not in "CZ"
    if shows:
        return letter
    return f"\\x{code:02X}" if code <= _LATIN else f"\\u{code:04X}"
