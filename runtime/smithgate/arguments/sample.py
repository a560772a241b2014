"""A short text that a regular expression may match.

Owns a reader for the expressions that AWS publishes, good enough to guess: look-around
and boundaries count as empty, so the guess is to be checked by the real engine.
"""

from typing import NamedTuple


class NoSample(Exception):
    """The expression has something that is not understood, or the text gets long."""


# What to try first for a class of characters: letters read best.
_POOL = "aA01bB2-_/.:,=+@#* "
_ESCAPES = {"d": "09", "w": "azAZ09__", "s": "  "}
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
_EMPTY_ATOMS = "^$"
_MAX_DEPTH = 40


def sample(pattern: str, extra: int, longest: int) -> str:
    """Return a text for ``pattern``, each repetition ``extra`` over its minimum.

    Raises ``NoSample``, also when the text would pass ``longest`` characters.
    """
    reader = _Reader(pattern, extra, longest)
    text = reader.alternatives()
    if reader.at != len(pattern):
        raise NoSample
    return text


class _Class(NamedTuple):
    """A set of characters: ranges, and whether it is what they leave out."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def holds(self, char: str) -> bool:
        inside = any(low <= char <= high for low, high in self.ranges)
        return inside != self.negated


class _Reader:
    """Reads and samples in one pass; ``at`` is the next character to read."""

    def __init__(self, pattern: str, extra: int, longest: int) -> None:
        self._pattern = pattern
        self._extra = extra
        self._longest = longest
        self._depth = 0
        self.at = 0

    def alternatives(self) -> str:
        """Read up to a closing bracket or the end; sample the shortest alternative."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NoSample
        found = [self._sequence()]
        while self._take("|"):
            found.append(self._sequence())
        self._depth -= 1
        return min(found, key=len) if self._extra == 0 else found[0]

    def _sequence(self) -> str:
        text = ""
        while self.at < len(self._pattern) and self._peek() not in "|)":
            atom = self._atom()
            low, high = self._bounds()
            count = min(low + self._extra, high) if atom else 0
            if count * len(atom) + len(text) > self._longest:
                raise NoSample
            text += atom * count
        return text

    def _atom(self) -> str:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return _pick(self._class())
        if char == "\\":
            escaped = self._escape()
            return _pick(escaped) if escaped else ""
        if char == ".":
            return "a"
        return "" if char in _EMPTY_ATOMS else char

    def _group(self) -> str:
        looks = False
        if self._take("?"):
            if self._take("<") or self._take("P<"):
                looks = self._peek() in "=!"
                if not looks:
                    self._until(">")
            elif self._peek() in "=!":
                looks = True
            elif not self._take(":"):
                raise NoSample
            if looks:
                self._next()
        text = self.alternatives()
        if not self._take(")"):
            raise NoSample
        return "" if looks else text

    def _bounds(self) -> tuple[int, int]:
        low, high = 1, 1
        if self._take("*"):
            low, high = 0, self._longest
        elif self._take("+"):
            low, high = 1, self._longest
        elif self._take("?"):
            low, high = 0, 1
        elif self._peek() == "{" and self._pattern[self.at + 1 : self.at + 2].isdigit():
            self._next()
            first, comma, last = self._until("}").partition(",")
            low, high = _number(first), _number(last or first)
            if comma and not last:
                high = self._longest
        else:
            return low, high
        self._take("?")  # lazy or greedy, the text is the same
        return low, high

    def _class(self) -> _Class:
        negated = self._take("^")
        ranges: list[tuple[str, str]] = []
        while not self._take("]"):
            part = self._class_part()
            single = len(part) == 1 and part[0][0] == part[0][1]
            if (
                single
                and self._peek() == "-"
                and self._pattern[self.at + 1 :][:1] != "]"
            ):
                self._next()
                part = ((part[0][0], self._class_part()[-1][1]),)
            ranges += part
        return _Class(tuple(ranges), negated)

    def _class_part(self) -> tuple[tuple[str, str], ...]:
        char = self._next()
        if char == "[":  # nested classes differ between engines
            raise NoSample
        if char != "\\":
            return ((char, char),)
        if self._peek() == "b":  # a backspace, inside a class
            self._next()
            return (("\b", "\b"),)
        escaped = self._escape()
        if escaped is None or escaped.negated:
            raise NoSample
        return escaped.ranges

    def _escape(self) -> _Class | None:
        """Return what follows a backslash; ``None`` for what takes no character."""
        char = self._next()
        if char in "bBAzZ":
            return None
        if char.lower() in _ESCAPES:
            ends = _ESCAPES[char.lower()]
            ranges = tuple(zip(ends[::2], ends[1::2], strict=True))
            return _Class(ranges, negated=char.isupper())
        if char in "pP":
            if not self._take("{"):
                raise NoSample
            return _property(self._until("}"), negated=char == "P")
        if char in "ux":
            char = self._code_point(4 if char == "u" else 2)
        elif char in "123456789k":  # a back reference
            raise NoSample
        char = _CONTROL.get(char, char)
        return _Class(((char, char),))

    def _code_point(self, digits: int) -> str:
        if self._take("{"):
            text = self._until("}")
        else:
            text = self._pattern[self.at : self.at + digits]
            self.at += digits
        try:
            return chr(int(text, 16))
        except (ValueError, OverflowError):
            raise NoSample from None

    def _peek(self) -> str:
        return self._pattern[self.at : self.at + 1] or "\0"

    def _next(self) -> str:
        if self.at >= len(self._pattern):
            raise NoSample
        self.at += 1
        return self._pattern[self.at - 1]

    def _take(self, text: str) -> bool:
        found = self._pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def _until(self, end: str) -> str:
        found = self._pattern.find(end, self.at)
        if found < 0:
            raise NoSample
        text, self.at = self._pattern[self.at : found], found + 1
        return text


def _property(name: str, *, negated: bool) -> _Class:
    """Return ASCII characters of a Unicode category by its first letter."""
    ascii_ranges = {
        "L": (("a", "z"), ("A", "Z")),
        "N": (("0", "9"),),
        "Z": ((" ", " "),),
        "P": (("-", "/"),),
        "S": (("+", "+"),),
    }
    ranges = ascii_ranges.get(name[:1])
    if ranges is None:
        raise NoSample
    return _Class(ranges, negated)


def _pick(chars: _Class) -> str:
    for char in _POOL:
        if chars.holds(char):
            return char
    if chars.negated or not chars.ranges:
        raise NoSample
    return chars.ranges[0][0]


def _number(text: str) -> int:
    if not text.isdecimal():
        raise NoSample
    return int(text)
