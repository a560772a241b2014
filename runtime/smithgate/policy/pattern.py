"""The patterns of a policy: RE2, full match, and what a pattern names.

Owns compiling, limits and matching of one pattern. Which text is matched is decided by
the engine. RE2 runs in linear time, so neither a policy nor an argument can stall the
server (docs/adr/0003).
"""

from typing import Any

import re2

from .projection import RefusedSyntaxError, check_syntax, projections
from .quoting import quote

MAX_PATTERN_CHARS = 1000
"""Longest pattern text, in characters."""
MAX_PROGRAM_SIZE = 5000
"""Most RE2 instructions of one pattern."""
_MAX_MEM = 1 << 20  # bytes that RE2 may use for one pattern, DFA cache included


class PatternRefusedError(ValueError):
    """A pattern cannot be used; the text says why."""


class Pattern:
    """A compiled pattern that only ever matches a whole text, case-sensitively."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str, *, dot_all: bool = False) -> None:
        """Compile ``text``; with ``dot_all`` a ``.`` also matches a line end.

        Raises ``PatternRefusedError``.
        """
        self.text = text
        self._compiled = _compile(text, dot_all=dot_all)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def matches(self, text: str) -> bool:
        """Say whether the pattern matches all of ``text``, which must be UTF-8 text.

        Raises ``UnicodeEncodeError`` for lone surrogates.
        """
        return self._compiled.fullmatch(text) is not None

    def names(self, operation_id: str) -> bool:
        """Say whether the pattern matches ``service:Operation`` by spelling it out.

        The operation name must stand in the pattern as a whole word, and the
        alternatives it stands in must be the ones that match: ``glue:DeleteTable|
        dynamodb:.*`` does not name ``dynamodb:DeleteTable``.
        """
        name = operation_id.partition(":")[2]
        if not name or name not in self.text:
            return False
        return any(
            _compile(part, dot_all=False).fullmatch(operation_id) is not None
            for part in projections(self.text, name)
        )


def _compile(text: str, *, dot_all: bool) -> Any:
    if len(text) > MAX_PATTERN_CHARS:
        message = f"it has {len(text)} characters of at most {MAX_PATTERN_CHARS}"
        raise PatternRefusedError(message)
    try:
        check_syntax(text)
        # Compiled alone, never inside another pattern: text such as `a)|(b` is an
        # error here instead of a way out of the full match.
        compiled = re2.compile(text, options=_options(dot_all=dot_all))
    except RefusedSyntaxError as problem:
        raise PatternRefusedError(str(problem)) from None
    except re2.error as problem:
        raise PatternRefusedError(_reason(problem)) from None
    if compiled.programsize > MAX_PROGRAM_SIZE:
        message = (
            f"it compiles to {compiled.programsize} instructions of at most"
            f" {MAX_PROGRAM_SIZE}"
        )
        raise PatternRefusedError(message)
    return compiled


def _options(*, dot_all: bool) -> Any:
    options = re2.Options()
    options.max_mem = _MAX_MEM
    options.log_errors = False  # RE2 would write to stderr on its own
    options.dot_nl = dot_all
    return options


def _reason(problem: Exception) -> str:
    """Return RE2's reason, the pattern fragment that it names in backticks."""
    raw = problem.args[0]
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    reason, colon, fragment = text.partition(": ")
    return f"{reason} at {quote(fragment)}" if colon else reason
