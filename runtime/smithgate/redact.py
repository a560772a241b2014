"""Keeping secrets in (invariant I8) and terminals safe: masking and escaping.

Owns what is replaced and how. Which members are sensitive is generated per operation;
when to mask is the caller's: everything that leaves the server passes both masks.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

MASK = "(sensitive)"
"""What stands in place of a masked value."""


class Masked(NamedTuple):
    """A masked copy, and which of the given paths hid something in it."""

    value: Any
    paths: tuple[str, ...]
    """Sorted; as declared (``Users[].Password``), so that no map key leaks."""


def mask(
    value: Any, paths: Iterable[str], mark_of: Callable[[Any], str] | None = None
) -> Masked:
    """Replace by ``(sensitive)`` whatever the dotted ``paths`` name in a JSON value.

    With ``mark_of`` (a keyed digest) by ``(sensitive hmac:…)``, for records only: an
    agent that sees marks could try guesses by having them recorded.
    ``A.B`` is a member, ``A[]`` the items of a list, ``A{}`` the values of a map. Where
    the value has another form than the path promises, all of it at that place is
    masked. ``None`` stays: it says that a member is not set. The input is not changed.
    """

    def marker(hidden: Any) -> str:
        return MASK if mark_of is None else f"{MASK[:-1]} {mark_of(hidden)})"

    hit = []
    for path in sorted(set(paths)):
        value, changed = _mask(value, tuple(_STEP.findall(path)), marker)
        if changed:
            hit.append(path)
    return Masked(value, tuple(hit))


_STEP = re.compile(r"\[\]|\{\}|[^.\[\]{}]+")


def _mask(
    value: Any, steps: tuple[str, ...], marker: Callable[[Any], str]
) -> tuple[Any, bool]:
    """Return the masked value, and whether a value stood where ``steps`` lead."""
    if value is None:
        return None, False
    if not steps:
        return marker(value), True
    step, rest = steps[0], steps[1:]
    if step == "[]" and isinstance(value, list):
        items = [_mask(item, rest, marker) for item in value]
        return [item for item, _ in items], any(hit for _, hit in items)
    if step != "[]" and isinstance(value, Mapping):
        keys = value if step == "{}" else [step] if step in value else []
        members = {key: _mask(value[key], rest, marker) for key in keys}
        masked = {key: item for key, (item, _) in members.items()}
        return {**value, **masked}, any(hit for _, hit in members.values())
    return marker(value), True


def mask_credentials(value: Any) -> Any:
    """Return a JSON value with every credential-shaped text in it masked.

    Access key ids, secret access keys, STS session tokens and PEM private keys, in
    values and in map keys, at any depth; a member called ``SecretAccessKey`` or
    ``SessionToken`` is masked whatever its text looks like.
    """
    if isinstance(value, str):
        return _mask_text(value)
    if isinstance(value, list | tuple):
        return [mask_credentials(item) for item in value]
    if isinstance(value, Mapping):
        return _mask_members(value)
    return value


_CREDENTIAL_MEMBERS = frozenset(
    ("secretaccesskey", "sessiontoken", "awssecretaccesskey", "awssessiontoken")
)


def _mask_members(value: Mapping[str, Any]) -> dict[str, Any]:
    masked: dict[str, Any] = {}
    for key, item in value.items():
        shown = _mask_text(key)
        while shown in masked:  # two keys that were both credentials
            shown += "'"
        name = key.replace("_", "").replace("-", "").lower()
        is_text = isinstance(item, str) and item != ""
        masked[shown] = (
            MASK if is_text and name in _CREDENTIAL_MEMBERS else mask_credentials(item)
        )
    return masked


# Shortest first text that can hold a credential: an access key id.
_SHORTEST = 20

# The shapes that AWS documents: prefixes of IAM unique identifiers for access keys,
# 40 characters of base64 for secret keys, the constant first bytes of STS tokens.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"(?:IQoJb3JpZ2lu|F[QwI]oGZXIvYXdz|AQoDYXdz|AQoEXAMPLE)[A-Za-z0-9/+=%_-]{16,}"
)
_ACCESS_KEY_ID = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,124}(?![A-Za-z0-9])"
)
_LABELLED = re.compile(
    r"((?:secret_?access_?key|session_?token|x-amz-security-token|x-amz-signature)"
    r"[\"']?\s{0,8}[:=]\s{0,8}[\"']?)(?!\(sensitive\))[^\s\"',;&<>{}()]{8,}",
    re.IGNORECASE,
)
_SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")

# Bits per character. 40 random base64 characters have 4.8 ± 0.1; words joined to a
# path or a name stay below 4.25, hexadecimal digests (at most 4.0) below it too.
_RANDOM_ENTROPY = 4.25


def _mask_text(text: str) -> str:
    """Mask until nothing is left to mask: a mask can bare the edge of the next text."""
    if len(text) < _SHORTEST:
        return text
    while (masked := _mask_once(text)) != text:
        text = masked
    return text


def _mask_once(text: str) -> str:
    text = _PEM.sub(MASK, text)
    text = _TOKEN.sub(MASK, text)
    text = _ACCESS_KEY_ID.sub(MASK, text)
    text = _LABELLED.sub(rf"\1{MASK}", text)
    return _SECRET_KEY.sub(_mask_if_random, text)


def _mask_if_random(match: re.Match[str]) -> str:
    text = match[0]
    shares = [count / len(text) for count in Counter(text).values()]
    entropy = -sum(share * math.log2(share) for share in shares)
    return MASK if entropy >= _RANDOM_ENTROPY else text


# Printable to Python, invisible to a person: fillers, joiners, variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U0001d159\U000e0100-\U000e01ef]"
)


def escape_text(text: str) -> str:
    r"""Return ``text`` with what a terminal obeys or hides shown as ``\u{…}``.

    Control characters (line ends and tabs too), bidirectional and zero-width marks,
    spaces other than the plain one, unassigned and private code points, fillers.
    """
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(
        f"\\u{{{ord(char):x}}}" if _is_hidden(char) else char for char in text
    )


def _is_hidden(char: str) -> bool:
    return not char.isprintable() or _INVISIBLE.match(char) is not None
