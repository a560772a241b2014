"""Shape ids: ``namespace#Name`` and ``namespace#Name$member``.

Owns parsing and printing. Whether a shape of that id exists is the model's business.
"""

import re
from dataclasses import dataclass
from functools import total_ordering

from ..errors import ModelError

# https://smithy.io/2.0/spec/model.html, "Shape ID ABNF".
_IDENTIFIER = r"(?:_+[A-Za-z0-9]|[A-Za-z])[A-Za-z0-9_]*"
_SHAPE_ID = re.compile(
    rf"({_IDENTIFIER}(?:\.{_IDENTIFIER})*)#({_IDENTIFIER})(?:\$({_IDENTIFIER}))?",
    re.ASCII,
)
_NAME = re.compile(_IDENTIFIER, re.ASCII)


def is_identifier(text: str) -> bool:
    """Return whether ``text`` can be the name of a Smithy shape or member."""
    return _NAME.fullmatch(text) is not None


@total_ordering
@dataclass(frozen=True, slots=True)
class ShapeId:
    """An absolute shape id; ordered by namespace, name, member."""

    namespace: str
    name: str
    member: str | None = None

    @classmethod
    def parse(cls, text: str) -> "ShapeId":
        """Return the id that ``text`` spells.

        Raises ``ModelError`` where the text is no absolute shape id.
        """
        match = _SHAPE_ID.fullmatch(text)
        if match is None:
            raise ModelError(
                f"`{text}` is not an absolute shape id",
                hint="write it as namespace#Name or namespace#Name$member",
            )
        return cls(*match.groups())

    def __str__(self) -> str:
        tail = "" if self.member is None else f"${self.member}"
        return f"{self.namespace}#{self.name}{tail}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, ShapeId):
            return NotImplemented
        return self._key() < other._key()

    def _key(self) -> tuple[str, str, str]:
        return self.namespace, self.name, self.member or ""
