"""Column types that keep JSON and times as text, the same in every database.

SQLite compares neither JSON nor times; text in one canonical form sorts, digests and
travels the same everywhere. What does not decode was not written by this package.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..canonical import canonical_json
from ..errors import AuditBroken
from .sealing import PREFIX, unseal
from .values import parse_time, time_text


class JsonText(TypeDecorator[Any]):
    """A JSON value as canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Return the canonical text; ``None`` is SQL NULL, not JSON null."""
        return None if value is None else canonical_json(value).decode()

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        """Return the value; raises ``AuditBroken``."""
        return decode_cell(self, value)


class SealedText(JsonText):
    """A JSON value that is stored sealed; what is bound has been sealed already."""

    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Return the sealed text. Raises ``TypeError`` for a value in clear."""
        if value is not None and not isinstance(value, str):
            raise TypeError("a value for a sealed column is not sealed")
        return value


class UtcText(TypeDecorator[datetime]):
    """An aware UTC time as RFC 3339 text."""

    impl = String
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, _dialect: Dialect
    ) -> str | None:
        """Return the text; raises ``ValueError`` for a time without a zone."""
        return None if value is None else time_text(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Return the aware time; raises ``AuditBroken``."""
        decoded: datetime | None = decode_cell(self, value)
        return decoded


def decode_cell(kind: TypeEngine[Any], value: Any) -> Any:
    """Return what a raw cell of a column of type ``kind`` holds.

    Raises ``AuditBroken`` for text that this package cannot have written.
    """
    if value is None:
        return None
    try:
        if isinstance(kind, SealedText) and value.startswith(PREFIX):
            return unseal(value)
        if isinstance(kind, JsonText):
            return json.loads(value)
        if isinstance(kind, UtcText):
            return parse_time(value)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise AuditBroken(
            f"a stored value is not readable: {type(error).__name__}",
            hint="run `smithgate audit verify`",
        ) from error
    if isinstance(kind, Boolean):
        return bool(value)
    return value
