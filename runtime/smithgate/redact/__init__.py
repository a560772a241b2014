"""Keeping secrets in (invariant I8) and terminals safe: masking and escaping.

Owns what is replaced and how. Which members are sensitive is generated per operation;
``redact`` is what everything passes that is recorded or leaves: by path where the
operation is known, by value where the request is, by shape always.
"""

from collections.abc import Callable, Iterable
from typing import Any

from .paths import Masked, leads_to_secret, mask, mask_secrets, secrets_at
from .shapes import MASK, is_masked, mask_credentials
from .text import escape_json, escape_text

__all__ = [
    "MASK",
    "Masked",
    "escape_json",
    "escape_text",
    "is_masked",
    "leads_to_secret",
    "mask",
    "mask_credentials",
    "mask_secrets",
    "redact",
    "secrets_at",
]


def redact(
    value: Any,
    paths: Iterable[str] = (),
    *,
    secrets: Iterable[str] = (),
    mark_of: Callable[[Any], str] | None = None,
) -> Masked:
    """Return a JSON value without secrets: those at ``paths``, known and shaped ones.

    ``mark_of`` marks what stood at a path, see ``mask``.
    """
    masked = mask(value, paths, mark_of)
    return masked._replace(value=mask_credentials(mask_secrets(masked.value, secrets)))
