"""Texts that a published pattern takes, and texts that it refuses.

Owns the guessing; the oracle judges every guess, and what it does not confirm is not
used. The guesses know nothing of what the schemas say.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from oracle import oracle
from smithgate.arguments.sample import NoSample, sample
from smithgate_codegen.patterns import Override, bare, shipped_overrides
from smithgate_codegen.patterns.nodes import (
    Alt,
    Assert,
    Back,
    Char,
    Class,
    Dot,
    Group,
    Named,
    Node,
    PatternError,
    Repeat,
)
from smithgate_codegen.patterns.parse import parse

LONGEST = 20_000
_EXTRAS = (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 19, 20, 24, 28, 32, 36, 64)
_POOL = "a1A0-_/.:=@ ,+*#s\n\u00e9\u65e5\u3131\t"
_FAMILIAR = (
    "example",
    "Example",
    "EXAMPLE",
    "111111111111",
    "eu-west-1",
    "eu-west-1a",
    "arn:aws:iam::111111111111:role/example",
    "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-4000-8000-000000000000",
    "arn:aws:s3:::example",
    "arn:aws:lambda:eu-west-1:111111111111:function:example",
    "00000000-0000-4000-8000-000000000000",
    "https://example.com/",
    "s3://example/example",
    "user@example.com",
    "example.com",
    "10.0.0.0/16",
    "10.0.0.1",
    "/example",
    "/",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "Example1!",
    "rate(1 day)",
    "1",
    "a",
    "",
)
_ODD = ("\x00", "\u2603", "!", " ", "\n", "\u202e", "~", "a", "0", "A", "/", "\u00e9")


@dataclass(frozen=True, slots=True)
class Texts:
    """Confirmed texts of one pattern within a length, shortest guesses first."""

    taken: tuple[str, ...]
    refused: tuple[str, ...]
    newline: str | None
    """A taken text with a newline after it, where the pattern refuses that."""
    is_judged: bool
    """Whether there is an oracle for the pattern at all."""


@cache
def texts_of(pattern: str, low: int, high: int | None) -> Texts:
    """Return confirmed texts of ``low`` to ``high`` characters."""
    judge = oracle()
    if judge is None or judge.ask(pattern).mode is None:
        return Texts((), (), None, is_judged=False)
    limit = LONGEST if high is None else high
    fitting = [text for text in _guesses(pattern, low) if low <= len(text) <= limit]
    taken = _confirmed(pattern, fitting, wanted=True)
    if not taken:
        return Texts((), (), None, is_judged=True)
    wrong = [text for text in _spoiled(taken, low) if low <= len(text) <= limit]
    ended = [f"{text}\n" for text in taken if low <= len(text) + 1 <= limit]
    newline = _confirmed(pattern, ended, wanted=False)
    return Texts(
        taken,
        _confirmed(pattern, wrong, wanted=False),
        newline[0] if newline else None,
        is_judged=True,
    )


def _confirmed(pattern: str, guesses: list[str], *, wanted: bool) -> tuple[str, ...]:
    judge = oracle()
    assert judge is not None
    verdicts = judge.ask(pattern, guesses).verdicts
    pairs = zip(guesses, verdicts, strict=True)
    return tuple(text for text, verdict in pairs if verdict is wanted)


def _guesses(pattern: str, low: int) -> list[str]:
    found: dict[str, None] = {}
    for extra in dict.fromkeys((*_EXTRAS, *range(max(0, low - 4), low + 1))):
        for text in _sampled(pattern, min(extra, 4096)):
            found[text] = None
    found.update(dict.fromkeys(_FAMILIAR))
    found.update(dict.fromkeys(letter * max(low, 1) for letter in "aA0_/"))
    return list(found)


def _sampled(pattern: str, extra: int) -> Iterator[str]:
    # A pattern that one reader cannot read leaves the other guesses.
    with suppress(PatternError, RecursionError):
        yield from _examples(parse(pattern).tree, extra)
    with suppress(NoSample):
        yield sample(pattern, extra, LONGEST)


def _examples(tree: Alt, extra: int) -> Iterator[str]:
    """Yield a guess for each branch of the tree; look-around counts as nothing."""
    for branch in tree.branches[:4]:
        items = branch.items
        if len(items) >= 1 and all(isinstance(item, Assert) for item in items[::2]):
            inner = [item for item in items if isinstance(item, Group)]
            if len(inner) == 1 and not inner[0].is_look:
                yield from _examples(inner[0].body, extra)
        yield "".join(_part(item, extra) for item in items)


def _part(node: Node, extra: int) -> str:
    match node:
        case Char():
            return chr(node.code)
        case Dot():
            return "a"
        case Class():
            return _member(node)
        case Assert() | Back():
            return ""
        case Group():
            if node.is_look:
                return ""
            return "".join(_part(item, extra) for item in node.body.branches[0].items)
        case Repeat():
            count = node.low + extra
            if node.high is not None:
                count = min(count, node.high)
            body = _part(node.body, 0)
            return body * min(count, LONGEST // max(1, len(body)))


@cache
def _member(node: Class) -> str:
    """Return a character of the class, by ASCII rules for names."""
    for letter in _POOL:
        inside = any(
            (
                _named(item, letter)
                if isinstance(item, Named)
                else item.low <= ord(letter) <= item.high
            )
            for item in node.items
        )
        if inside != node.negated:
            return letter
    first = node.items[0]
    return "a" if isinstance(first, Named) else chr(first.low)


def _named(item: Named, letter: str) -> bool:
    text = item.text
    kinds = {
        "d": letter.isdecimal(),
        "s": letter.isspace(),
        "w": letter.isalnum() or letter == "_",
        "p{L": letter.isalpha(),
        "p{N": letter.isdecimal(),
        "p{Z": letter == " ",
        "p{P": letter in "-_/.:@,*#",
        "p{S": letter in "=+",
    }
    for name, holds in kinds.items():
        if text[1:].lower().startswith(name.lower()):
            return holds != text[1].isupper()
    return False


def _spoiled(taken: tuple[str, ...], low: int) -> list[str]:
    """Return texts near the taken ones and some far from them."""
    found: dict[str, None] = {}
    for good in taken[:3]:
        middle = len(good) // 2
        for odd in _ODD:
            found[good[:middle] + odd + good[middle + 1 :]] = None
            found[odd + good[1:]] = None
            found[good[:-1] + odd] = None
            found[good + odd] = None
        found[good[1:]] = None
        found[good[:-1]] = None
        found[good + good] = None
    found.update(dict.fromkeys(odd * max(1, low) for odd in _ODD))
    return [text for text in found if text not in taken]


@cache
def _overrides() -> dict[str, Override]:
    return {text: entry for entry in shipped_overrides() for text in entry.patterns}


def effective(pattern: str) -> str | None:
    """Return what counts as published: an override's text where there is one."""
    entry = _overrides().get(bare(pattern))
    return pattern if entry is None else entry.replacement
