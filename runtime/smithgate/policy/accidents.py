"""Matches that a pattern's author may not have had in mind.

Owns two accidents of names that are prefixes of others: `ec2:DeleteVpc.*` reads like
`ec2:DeleteVpc` and matches `ec2:DeleteVpcEndpoints`; `s3.*` reads like `s3:` and matches
`s3control:`. And one of words: `.*[Tt]ag.*` matches inside of `Stage`.
"""

import re
from collections.abc import Iterator, Sequence

from ..operation import Operation
from .finding import Finding, listed
from .pattern import Pattern
from .projection import words_of_pattern

_OPEN_END = re.compile(r"(?P<stem>[a-z0-9-]+:[A-Za-z0-9]+|[a-z0-9-]+)[.][*+]\)*")
_PLURAL = re.compile(r"(e?s)?(?![a-z])")
_MIN_WORD = 3
"""Letters that a word needs for a match inside of another one to mean something."""


def accidents(
    by: str,
    pattern: Pattern,
    hits: Sequence[Operation],
    operations: Sequence[Operation],
) -> Iterator[Finding]:
    """Yield what a pattern only matches because one name begins with another."""
    yield from _prefix(by, pattern, hits, operations)
    inside = [operation for operation in hits if _only_inside(pattern, operation)]
    if len(inside) == len(hits):
        text = "matches only inside of longer words"
        yield Finding(by, "only-by-accident", text, pattern.text, listed(inside))
    elif inside:
        text = f"matches {len(inside)} operations only inside of longer words"
        yield Finding(by, "by-accident", text, pattern.text, listed(inside))


def _prefix(
    by: str,
    pattern: Pattern,
    hits: Sequence[Operation],
    operations: Sequence[Operation],
) -> Iterator[Finding]:
    found = _OPEN_END.fullmatch(pattern.text)
    if found is None:
        return
    stem = found["stem"]
    ids = {operation.id for operation in operations}
    services = {operation.service for operation in operations}
    if ":" in stem and stem in ids:
        others = [o for o in hits if o.id != stem and o.id.startswith(stem)]
    elif ":" not in stem and stem in services:
        others = [o for o in hits if o.service != stem]
    else:
        return
    if others:
        text = f"begins like `{stem}` and matches {len(others)} others, too"
        yield Finding(by, "prefix", text, pattern.text, listed(others))


def _only_inside(pattern: Pattern, operation: Operation) -> bool:
    """Say whether words of the pattern are in the name, but none as a whole word."""
    # What stands before the colon is about services.
    names = pattern.text.replace("(?:", "(").rpartition(":")[2]
    found = [
        any(
            _is_whole(word, operation.name, match.start())
            for match in re.finditer(re.escape(word), operation.name)
        )
        for word in words_of_pattern(names)
        if len(word) >= _MIN_WORD and word in operation.name
    ]
    return bool(found) and not any(found)


def _is_whole(word: str, name: str, at: int) -> bool:
    """Say whether a word begins and ends where words of a name do; plurals count."""
    begins = at == 0 or word[0].isupper() or not name[at - 1].isalpha()
    return begins and _PLURAL.match(name, at + len(word)) is not None
