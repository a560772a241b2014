"""Reading a pattern's text into a tree.

Reads ECMA 262 and those Java forms that occur in models. ``repairs`` of the result
names what ECMA ``u`` or the run-time engine would refuse; without repairs the text can
be used as it is. What has no portable form raises ``PatternError``.
"""

import re
from dataclasses import dataclass, replace

from .classes import read_class
from .escapes import read_escape
from .nodes import (
    Alt,
    Assert,
    AssertKind,
    Back,
    Char,
    Class,
    Dot,
    Group,
    Node,
    PatternError,
    Range,
    Repeat,
    Seq,
    looks_around,
)

MAX_DEPTH = 60
"""Groups in groups; models stay below 12."""

_QUANTIFIER = re.compile(r"[*+?]|\{(\d{1,6})(,(\d{1,6})?)?\}")
_FLAGS = re.compile(r"\?([a-z]*)(?:-([a-z]+))?([:)])")
_LOOK = re.compile(r"\?<?[=!]")
_POSITIONS = {"A": AssertKind.START, "z": AssertKind.END, "Z": AssertKind.END}
_GREEDY = "possessive quantifier made greedy"
_EDGES = {"b": AssertKind.WORD_EDGE, "B": AssertKind.NO_WORD_EDGE}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree and what had to be repaired to make it portable."""

    tree: Alt
    repairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Flags:
    ignore_case: bool = False
    dot_all: bool = False


def parse(text: str) -> Parsed:
    """Read a pattern.

    Raises ``PatternError`` with the reason for what cannot be said portably.
    """
    reader = _Reader(text)
    tree, at = reader.alternatives(0, _Flags(), depth=0)
    if at < len(text):
        raise PatternError("group is not open")
    for node in reader.references:
        if node > reader.groups:
            raise PatternError("reference to no group")
    repairs = tuple(dict.fromkeys(reader.repairs))
    if _GREEDY in repairs and looks_around(tree):
        raise PatternError("possessive quantifier beside a look-around")
    return Parsed(tree, repairs)


class _Reader:
    """One pass over one text; positions are passed, findings are collected."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.repairs: list[str] = []
        self.references: list[int] = []
        self.groups = 0

    def alternatives(self, at: int, flags: _Flags, *, depth: int) -> tuple[Alt, int]:
        if depth > MAX_DEPTH:
            raise PatternError("groups are nested too deeply")
        branches: list[Seq] = []
        items: list[Node] = []
        while at < len(self.text) and self.text[at] != ")":
            if self.text[at] == "|":
                branches.append(Seq(tuple(items)))
                items, at = [], at + 1
                continue
            changed = self._flags_here(at, flags)
            if changed is not None:
                flags, at = changed
                continue
            node, at = self._atom(at, flags, depth)
            counted, at = self._quantified(node, at)
            items += [] if counted is None else [counted]
        return Alt((*branches, Seq(tuple(items)))), at

    def _flags_here(self, at: int, flags: _Flags) -> tuple[_Flags, int] | None:
        """Read ``(?s)``, which holds to the end of the group it stands in."""
        found = _FLAGS.match(self.text, at + 1) if self.text[at] == "(" else None
        if found is None or found[3] != ")":
            return None
        return self._with(flags, found), found.end()

    def _with(self, flags: _Flags, found: re.Match[str]) -> _Flags:
        on, off = set(found[1]), set(found[2] or "")
        if (on | off) - {"i", "s", "u"}:
            raise PatternError("inline flag without a portable form")
        if on or off:
            self.repairs.append("inline flags folded in")
        return replace(
            flags,
            ignore_case=("i" in on) or (flags.ignore_case and "i" not in off),
            dot_all=("s" in on) or (flags.dot_all and "s" not in off),
        )

    def _atom(self, at: int, flags: _Flags, depth: int) -> tuple[Node, int]:
        letter = self.text[at]
        if letter == "\\":
            return self._escape(at, flags)
        if letter == "[":
            found, end = read_class(self.text, at, self.repairs)
            return _folded(found) if flags.ignore_case else found, end
        if letter == "(":
            return self._group(at + 1, flags, depth)
        if letter == ".":
            return Dot(flags.dot_all), at + 1
        if letter in "^$":
            return Assert(AssertKind(letter)), at + 1
        if letter in "*+?" or _QUANTIFIER.match(self.text, at):
            raise PatternError("nothing to repeat")
        if letter in "{}]":
            self.repairs.append("bracket escaped")
        return _char(ord(letter), flags), at + 1

    def _group(self, at: int, flags: _Flags, depth: int) -> tuple[Node, int]:
        opening, inner = "", flags
        if look := _LOOK.match(self.text, at):
            opening, at = look[0], look.end()
        elif found := _FLAGS.match(self.text, at):
            opening, inner, at = "?:", self._with(flags, found), found.end()
        elif self.text.startswith("?", at):
            raise PatternError("kind of group without a portable form")
        else:
            self.groups += 1
        body, end = self.alternatives(at, inner, depth=depth + 1)
        if end >= len(self.text):
            raise PatternError("group is not closed")
        return Group(opening, body), end + 1

    def _escape(self, at: int, flags: _Flags) -> tuple[Node, int]:
        letter = self.text[at + 1 : at + 2]
        if letter in _EDGES:
            return Assert(_EDGES[letter]), at + 2
        if letter in _POSITIONS:
            self.repairs.append("Java anchor spelled out")
            return Assert(_POSITIONS[letter]), at + 2
        if letter.isdigit() and letter != "0":
            return self._reference(at + 1)
        read, end = read_escape(self.text, at, self.repairs, in_class=False)
        if isinstance(read, int):
            return _char(read, flags), end
        return Class(read), end

    def _reference(self, at: int) -> tuple[Node, int]:
        found = re.compile(r"\d{1,2}").match(self.text, at)
        assert found is not None  # the caller saw a digit
        self.references.append(int(found[0]))
        return Back(int(found[0])), found.end()

    def _quantified(self, node: Node, at: int) -> tuple[Node | None, int]:
        found = _QUANTIFIER.match(self.text, at)
        if found is None:
            return node, at
        low, high = _counts(found)
        if high is not None and low > high:
            raise PatternError("counts out of order")
        at = found.end()
        follower = self.text[at : at + 1]
        if follower == "+":
            # What Java's possessive form accepts the greedy one accepts too; inside
            # a negative look-around that would turn round, so ``parse`` refuses it.
            self.repairs.append(_GREEDY)
        lazy = follower == "?"
        at += follower in {"?", "+"} and follower != ""
        if _QUANTIFIER.match(self.text, at):
            raise PatternError("a count of a count")
        if isinstance(node, Assert):
            raise PatternError("an anchor with a count")
        if isinstance(node, Group) and node.is_look:
            self.repairs.append("count of a look-around dropped")
            return (node if low else None), at
        return Repeat(node, low, high, lazy), at


def _counts(found: re.Match[str]) -> tuple[int, int | None]:
    plain: dict[str, tuple[int, int | None]] = {
        "*": (0, None),
        "+": (1, None),
        "?": (0, 1),
    }
    if found[0] in plain:
        return plain[found[0]]
    low = int(found[1])
    if found[2] is None:
        return low, low
    return low, int(found[3]) if found[3] else None


def _char(code: int, flags: _Flags) -> Node:
    if flags.ignore_case and (both := _both_cases(code)):
        return Class(tuple(Range(item, item) for item in both))
    return Char(code)


def _both_cases(code: int) -> tuple[int, ...]:
    """Return upper and lower case of an ASCII letter: all that Java's ``i`` folds."""
    letter = chr(code)
    if letter.isascii() and letter.isalpha():
        return ord(letter.upper()), ord(letter.lower())
    return ()


def _folded(found: Class) -> Class:
    extra: list[Range] = []
    for item in found.items:
        if not isinstance(item, Range):
            continue
        for start, shift in ((ord("A"), 32), (ord("a"), -32)):
            low, high = max(item.low, start), min(item.high, start + 25)
            if low <= high:
                extra.append(Range(low + shift, high + shift))
    return Class((*found.items, *extra), found.negated)
