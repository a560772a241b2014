"""Ids, times and text in the form the stores keep.

Owns the defaults that ``Store.open`` injects (random ids, the clock) and the repair of
values that came from AWS or an agent and that JSON text cannot carry.
"""

import base64
import math
import re
import secrets
from datetime import UTC, datetime
from typing import Any

ID_BYTES = 10
"""80 bits: an id can be neither guessed nor met twice."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def random_id(prefix: str) -> str:
    """Return ``prefix`` and 80 random bits in lower-case base32."""
    return prefix + base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()


def time_text(at: datetime) -> str:
    """Return RFC 3339 in UTC with microseconds; such texts sort as the times do.

    Raises ``ValueError`` for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """Return the time that ``time_text`` wrote; raises ``ValueError``."""
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError("a stored time has no zone")
    return at.astimezone(UTC)


def clean_text(text: str) -> str:
    """Return ``text`` with lone surrogates, which UTF-8 cannot carry, as U+FFFD."""
    return LONE_SURROGATE.sub("\ufffd", text)


def storable(value: Any) -> Any:
    """Return a JSON value that canonical JSON can carry.

    Replies of AWS may hold lone surrogates and not-a-number; refusing them after the
    call would lose the evidence of the call. Surrogates become U+FFFD, NaN and the
    infinities their names as text. Raises ``TypeError`` for what is not JSON.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return clean_text(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case list() | tuple():
            return [storable(item) for item in value]
        case dict():
            return {_key(key): storable(item) for key, item in value.items()}
        case _:
            raise TypeError(f"not a JSON value: {type(value).__name__}")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        # json.dumps would turn 1 and "1" into the same key.
        raise TypeError(f"not a JSON object key: {type(key).__name__}")
    return clean_text(key)


def one_line(error: BaseException) -> str:
    """Return the cause of ``error`` as one short line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]
