"""Full-match patterns of botocore as Smithy patterns, which search.

Owns one rule: a botocore pattern means "the whole value matches", a Smithy pattern
means "matches somewhere". ``^(?:p)$`` says the former in the language of the latter;
a pattern that is anchored already, and not by one alternative only, stays as it is,
so that the many patterns spelled ``^…$`` keep their text.
"""

import re

_LEADING_FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")


def searching(pattern: str) -> str:
    """Return a pattern that finds, where botocore's ``pattern`` matches in full.

    Inline flags at the start (``(?s).*``) stay at the start, the only place where
    regular expression engines accept them.
    """
    flags = _LEADING_FLAGS.match(pattern)
    start = flags.end() if flags else 0
    body = pattern[start:]
    if _is_anchored(body):
        return pattern
    return f"{pattern[:start]}^(?:{body})$"


def _is_anchored(body: str) -> bool:
    return (
        body.startswith("^")
        and body.endswith("$")
        and not _is_escaped(body, len(body) - 1)
        and not _has_top_level_alternative(body)
    )


def _is_escaped(text: str, index: int) -> bool:
    before = text[:index]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _has_top_level_alternative(body: str) -> bool:
    depth, in_class, skip = 0, False, False
    for character in body:
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth <= 0:
            return True
    return False
