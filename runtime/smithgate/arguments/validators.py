"""Compiled validators of the operations' input schemas.

Owns the options of the validator: offline, linear regular expressions with a bound on
backtracking for the few that need look-around, formats left to ``convert``.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ..errors import CatalogInvalid

# Steps of the backtracking engine, which only look-around patterns use: about 10 ms.
BACKTRACK_LIMIT = 100_000


class Validator(Protocol):
    """What this package uses of a compiled schema."""

    def is_valid(self, instance: Any) -> bool:
        """Say whether the instance is valid."""
        ...

    def iter_errors(self, instance: Any) -> Iterator[Any]:
        """Yield what is wrong with the instance."""
        ...


def compile_schema(schema: Mapping[str, Any], name: str) -> Validator:
    """Compile a draft 2020-12 schema; ``name`` is the file it came from.

    Raises ``CatalogInvalid`` for a schema or pattern that does not compile and for a
    reference out of the document.
    """
    from jsonschema_rs import Draft202012Validator, FancyRegexOptions, ValidationError

    try:
        # As text: the parser of the validator has no limit on digits of bounds.
        return Draft202012Validator(
            json.dumps(schema),
            offline=True,
            validate_formats=False,
            pattern_options=FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT),
        )
    except (ValidationError, ValueError) as error:
        reason = str(getattr(error, "message", error)).splitlines()[0][:200]
        raise CatalogInvalid(
            f"`{name}` does not compile: {reason}",
            hint="restore the file or run `smithgate-codegen generate`",
            file=name,
        ) from error
