"""Reading the structure of a pattern, as far as policy needs it.

Owns two questions that RE2 does not answer: does a pattern use syntax that would change
case or matching rules, and through which alternatives does a written-out name match.
Everything else about patterns is RE2's business.
"""

from collections.abc import Iterator
from typing import NamedTuple


class RefusedSyntaxError(ValueError):
    """The pattern uses something that a policy pattern may not use."""


class _Token(NamedTuple):
    kind: str
    """``word`` (literal letters, digits, ``_``), ``(``, ``)``, ``|`` or ``other``."""
    text: str


class _Frame:
    """An open group: where it started and its alternatives so far."""

    __slots__ = ("branches", "opening")

    def __init__(self, opening: str) -> None:
        self.opening = opening
        self.branches: list[_Branch] = [_Branch()]


class _Branch:
    """One alternative: its text, and the projections of names found inside it."""

    __slots__ = ("narrowed", "text")

    def __init__(self) -> None:
        self.text = ""
        # (length of the text before the group, the narrowed group, the text after it
        # starts here): the branch with one inner group narrowed to what names it.
        self.narrowed: list[tuple[int, str, int]] = []

    def results(self) -> Iterator[str]:
        """Yield the branch, each time with one group narrowed."""
        for before, group, after in self.narrowed:
            yield self.text[:before] + group + self.text[after:]


def check_syntax(pattern: str) -> None:
    r"""Refuse what would change how a pattern matches.

    Raises ``RefusedSyntaxError`` for inline flags, named groups, ``\C`` and ``\Q``.
    """
    for token in _tokens(pattern):
        if token.kind == "other" and token.text in ("\\C", "\\Q", "\\E"):
            message = f"`{token.text}` is not allowed in a policy pattern"
            raise RefusedSyntaxError(message)
        if token.kind == "(" and token.text == "(?":
            message = "`(?` is only allowed as `(?:`; flags cannot be changed"
            raise RefusedSyntaxError(message)


def words_of_pattern(pattern: str) -> list[str]:
    """Return the words that a pattern spells out, in their order."""
    return [token.text for token in _tokens(pattern) if token.kind == "word"]


def projections(pattern: str, name: str) -> Iterator[str]:
    """Yield the pattern narrowed to each place where ``name`` is a whole word.

    Narrowed means that, around that place, every other alternative is left out:
    ``a|b(c|Name|d)e`` gives ``b(Name)e``. The pattern must compile.
    """
    stack = [_Frame("")]
    for token in _tokens(pattern):
        frame = stack[-1]
        branch = frame.branches[-1]
        if token.kind == "(":
            stack.append(_Frame(token.text))
        elif token.kind == "|":
            frame.branches.append(_Branch())
        elif token.kind == ")":
            stack.pop()
            _close(stack[-1].branches[-1], frame)
        else:
            if token.kind == "word" and token.text == name:
                start = len(branch.text)
                branch.narrowed.append((start, name, start + len(name)))
            branch.text += token.text
    for branch in stack[0].branches:
        yield from branch.results()


def _close(outer: _Branch, group: _Frame) -> None:
    """Add a finished group to the branch that it stands in."""
    whole = "|".join(branch.text for branch in group.branches)
    text = f"{group.opening}{whole})"
    start = len(outer.text)
    outer.text += text
    for branch in group.branches:
        for narrowed in branch.results():
            outer.narrowed.append(
                (start, f"{group.opening}{narrowed})", start + len(text))
            )


def _tokens(pattern: str) -> Iterator[_Token]:
    """Cut a pattern into tokens; concatenated they are the pattern again."""
    at = 0
    while at < len(pattern):
        end, kind = _token_end(pattern, at)
        yield _Token(kind, pattern[at:end])
        at = end


def _token_end(pattern: str, at: int) -> tuple[int, str]:
    char = pattern[at]
    if _is_word(char):
        end = at + 1
        while end < len(pattern) and _is_word(pattern[end]):
            end += 1
        return end, "word"
    if char == "\\":
        return _escape_end(pattern, at), "other"
    if char == "[":
        return _class_end(pattern, at), "other"
    if char == "(":
        if pattern.startswith("(?:", at):
            return at + 3, "("
        return at + (2 if pattern.startswith("(?", at) else 1), "("
    return at + 1, char if char in ")|" else "other"


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _escape_end(pattern: str, at: int) -> int:
    r"""Return the end of the escape at ``at``: ``\d``, ``\x41``, ``\p{Greek}``."""
    char = pattern[at + 1 : at + 2]
    after = at + 2
    if char in ("p", "P", "x") and pattern.startswith("{", after):
        closing = pattern.find("}", after)
        return len(pattern) if closing < 0 else closing + 1
    if char in ("p", "P"):
        return min(after + 1, len(pattern))
    if char == "x":
        return min(after + 2, len(pattern))
    while char.isdigit() and pattern[after : after + 1].isdigit():
        after += 1  # an octal escape
    return min(after, len(pattern))


def _class_end(pattern: str, at: int) -> int:
    """Return the end of the character class that opens at ``at``."""
    at += 2 if pattern.startswith("[^", at) else 1
    first = at
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and at > first:
            return at + 1
        if char == "\\":
            at = _escape_end(pattern, at)
        elif pattern.startswith("[:", at) and ":]" in pattern[at:]:
            at = pattern.index(":]", at) + 2
        else:
            at += 1
    return at
