"""Masking by shape: text that is a credential wherever it stands.

The shapes are those that their makers document: prefixes, alphabets and lengths. What has
no shape (a password) is known by its member only, see ``paths``.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

MASK = "(sensitive)"
"""What stands in place of a masked value."""


def mask_credentials(value: Any) -> Any:
    """Return a JSON value with every credential-shaped text in it masked.

    Keys and tokens of AWS and of well-known makers, private keys, JSON Web Tokens,
    signatures of presigned URLs, passwords in URLs and after their label, in values and
    in map keys, at any depth; a member called ``SecretAccessKey`` or ``SessionToken`` is
    masked whatever its text looks like.
    """
    if isinstance(value, str):
        return _mask_text(value)
    if isinstance(value, list | tuple):
        return [mask_credentials(item) for item in value]
    if isinstance(value, Mapping):
        return _mask_members(value)
    return value


def is_masked(text: str) -> bool:
    """Say whether a text is a mask, with or without a mark."""
    return text == MASK or _MARKED.fullmatch(text) is not None


_MARKED = re.compile(r"\(sensitive hmac:[0-9a-f]{16}\)")
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
        is_open = isinstance(item, str) and item != "" and not is_masked(item)
        masked[shown] = (
            MASK if is_open and name in _CREDENTIAL_MEMBERS else mask_credentials(item)
        )
    return masked


# Shortest first text that can hold a credential: `passwd=` and a few characters.
_SHORTEST = 10

# The shapes that AWS documents: prefixes of IAM unique identifiers for access keys,
# 40 characters of base64 for secret keys, the constant first bytes of STS tokens.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
    r"|PuTTY-User-Key-File-.*?(?:Private-MAC: [0-9a-f]+|\Z)",
    re.DOTALL,
)
# Words of their own: what comes before may not be a part of the word, so that each word
# is looked at once.
_WORD = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:
      eyJ[\w-]{8,}+(?:\.[\w-]*+){2,4}+  # JSON Web Tokens (RFC 7519, 7516)
    | gh[pousr]_[A-Za-z0-9]{36,255}  # GitHub
    | github_pat_\w{22,255}
    | gl(?:pat|ptt|dt|rt|cbt)-[\w-]{20,}+  # GitLab
    | xox[abceoprs]-[A-Za-z0-9-]{10,}+  # Slack
    | [rs]k_(?:live|test)_[A-Za-z0-9]{16,}+  # Stripe
    | AIza[\w-]{35}  # Google
    | ya29\.[\w-]{20,}+
    | npm_[A-Za-z0-9]{36}
    | pypi-AgE[\w-]{50,}+
    | hv[sbr]\.[\w-]{24,}+  # HashiCorp Vault
    | sk-[\w-]{32,}+  # model providers
    | ABSK[A-Za-z0-9+/]{40,}+={0,2}  # Bedrock
    | AGE-SECRET-KEY-1[A-Z0-9]{58}
    )""",
    re.ASCII | re.VERBOSE,
)
_TOKEN = re.compile(
    r"(?:IQoJb3JpZ2lu|F[QwI]oGZXIvYXdz|AQoDYXdz|AQoEXAMPLE)[A-Za-z0-9/+=%_-]{16,}"
)
_ACCESS_KEY_ID = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,124}(?![A-Za-z0-9])"
)
_UNMASKED = r"(?!\(sensitive)"
_LABELLED = re.compile(
    r"((?:secret_?access_?key|session_?token|x-amz-security-token|x-amz-signature"
    r"|client_?secret|api_?key|account_?key|(?:access|refresh|auth|id)_?token"
    r"|signature)"
    rf"[\"']?\s{{0,8}}[:=]\s{{0,8}}[\"']?){_UNMASKED}[^\s\"',;&<>{{}}()]{{8,}}",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"((?:password|passwd|passphrase)"
    rf"[\"']?\s{{0,8}}[:=]\s{{0,8}}[\"']?){_UNMASKED}[^\s\"',;&<>{{}}()]+",
    re.IGNORECASE,
)
_HEADER = re.compile(
    rf"(\b(?:bearer|basic)\s{{1,8}}){_UNMASKED}[A-Za-z0-9+/=._~-]{{16,}}",
    re.IGNORECASE,
)
_USERINFO = re.compile(rf"(://[^/\s:@]{{1,256}}:){_UNMASKED}[^/\s@]{{1,256}}(?=@)")
_AFTER_LABEL = (_LABELLED, _PASSWORD, _HEADER, _USERINFO)
_SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")

# Bits per character. 40 random base64 characters have 4.8 ± 0.1; words joined to a
# path or a name stay below 4.25, hexadecimal digests (at most 4.0) below it too.
_RANDOM_ENTROPY = 4.25


# One of these stands in every text that a shape fits; looking for them first spares
# nearly every text the shapes.
_SIGNS = (
    *("akia", "asia", "abia", "acca", "iqojb3jpz2lu", "gzxivyxdz", "aqodyxdz"),
    *("aqoexample", "-----begin", "putty-user", "eyj", "ghp_", "gho_", "ghu_", "ghs_"),
    *("ghr_", "github_pat_", "glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "xox"),
    *("k_live_", "k_test_", "aiza", "ya29.", "npm_", "pypi-age", "hvs.", "hvb."),
    *("hvr.", "sk-", "absk", "age-secret", "secret", "token", "apikey", "api_key"),
    *("accountkey", "account_key", "accesskey", "access_key", "signature", "passw"),
    *("passphrase", "bearer", "basic", "://"),
)


def _may_hold(text: str) -> bool:
    """Say whether it is worth to look for shapes; a no is certain."""
    low = text.lower()
    return any(map(low.__contains__, _SIGNS)) or _SECRET_KEY.search(text) is not None


def _mask_text(text: str) -> str:
    """Mask until nothing is left to mask: a mask can bare the edge of the next text."""
    if len(text) < _SHORTEST or not _may_hold(text):
        return text
    while (masked := _mask_once(text)) != text:
        text = masked
    return text


def _mask_once(text: str) -> str:
    for shape in (_PEM, _WORD, _TOKEN, _ACCESS_KEY_ID):
        text = shape.sub(MASK, text)
    for label in _AFTER_LABEL:
        text = label.sub(rf"\1{MASK}", text)
    return _SECRET_KEY.sub(_mask_if_random, text)


def _mask_if_random(match: re.Match[str]) -> str:
    text = match[0]
    shares = [count / len(text) for count in Counter(text).values()]
    entropy = -sum(share * math.log2(share) for share in shares)
    return MASK if entropy >= _RANDOM_ENTROPY else text
