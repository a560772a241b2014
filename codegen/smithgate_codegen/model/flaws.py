"""Faults of a model, and where in its files they are.

Owns the way from a JSON path to line and column. The stages of the loader say what is
wrong and at which path; only when that happens is the text searched for it.
"""

from collections.abc import Mapping

from ..errors import ModelError
from .jsontext import find_value, position

Path = tuple[str | int, ...]


class Flaw(Exception):
    """Something is wrong at a path of a file; ``Files`` makes an error of it."""

    def __init__(
        self,
        message: str,
        path: Path = (),
        *,
        kind: type[ModelError] = ModelError,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.path, self.kind, self.hint = message, path, kind, hint


class Files:
    """The texts of the files that are being loaded."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._owners: dict[str, list[str]] = {}

    def add(self, origin: str, data: bytes) -> None:
        """Keep a file's text for the search for positions."""
        self._texts[origin] = data

    def owns(self, origin: str, shape_id: str) -> None:
        """Note that a file says something of a shape."""
        self._owners.setdefault(shape_id, []).append(origin)

    def origin(self, shape_id: str) -> str:
        """Return the file that defines a shape first, for errors."""
        return self._owners.get(shape_id, ["prelude"])[0]

    def error(self, flaw: Flaw, origin: str | None = None) -> ModelError:
        """Return the error to raise for a flaw, with file, line and column.

        Without ``origin``, the file is that which says most of the path: a member may
        have been added by a file that does not define its shape.
        """
        if origin is None:
            shape_id = str(flaw.path[1]).partition("$")[0] if flaw.path[1:] else ""
            owners = self._owners.get(shape_id, [])[::-1]  # of equals, the later one
            origin = max(owners, key=lambda o: self._depth(o, flaw.path), default=None)
        if origin is None or origin not in self._texts:
            return flaw.kind(f"`{origin or 'prelude'}`: {flaw.message}", hint=flaw.hint)
        text = self._texts[origin].decode("utf-8")
        line, column = position(text, find_value(text, flaw.path)[0])
        message = f"`{origin}`, line {line}, column {column}: {flaw.message}"
        return flaw.kind(message, hint=flaw.hint)

    def texts(self) -> Mapping[str, bytes]:
        """Return origin → bytes."""
        return self._texts

    def _depth(self, origin: str, path: Path) -> int:
        return find_value(self._texts[origin].decode("utf-8"), path)[1]
