"""User text inside messages.

Owns how a message repeats what somebody wrote: in backticks, short, on one line.
"""

_QUOTED_CHARS = 80  # longest user text that a message repeats


def quote(text: str) -> str:
    """Return user text in backticks, cut, with invisible characters escaped."""
    cut = text if len(text) <= _QUOTED_CHARS else text[:_QUOTED_CHARS] + "…"
    shown = (c if c.isprintable() and c != "`" else f"\\u{{{ord(c):x}}}" for c in cut)
    return f"`{''.join(shown)}`"
