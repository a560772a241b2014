"""From any spelling of an operation to its one canonical id (invariant I7).

Owns spellings and the hints for misspelt ones. Every caller that takes an operation's
name from outside resolves it here first, so that policy and audit see one key.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

from ..errors import InputError, UnknownOperation
from ..redact import escape_text
from .index import Index

MAX_NAME = 200
"""Characters; no spelling of an operation is longer, longer text is refused unread."""

_NEAREST = 3
_MAX_CANDIDATES = 10
_SHOWN = 60
_SEARCH = "search_operations finds operations by what they do"

# One separator between service and operation: id, Python method, shape id, CLI command.
_SPELLING = re.compile(
    r"(?:aws\s+)?(?P<service>[a-z0-9._ -]*[a-z0-9])\s*[:.#\s]\s*(?P<operation>[a-z0-9_-]+)",
    re.ASCII | re.IGNORECASE,
)


def fold(text: str) -> str:
    """Return ``text`` in lower case without what spellings differ in."""
    folded = text.lower()
    # Most names have nothing to drop, and that is told much faster.
    return folded if folded.isalnum() else folded.translate(_FOLDED)


_FOLDED = str.maketrans("", "", "-_ .")


class Names:
    """Resolves spellings against one index; immutable after construction."""

    def __init__(self, index: Index, skipped: Callable[[], Mapping[str, str]]) -> None:
        """``skipped`` gives the operations left out of the tree, read when needed."""
        self._index = index
        self._skipped = skipped
        self._tools = {entry.tool.lower(): entry.id for entry in index.entries.values()}
        self._operations: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for id_ in index.entries:
            service, _, name = id_.partition(":")
            self._operations[service].setdefault(fold(name), []).append(id_)
        self._services: dict[str, list[str]] = defaultdict(list)
        for each in index.services.values():
            spellings = (each.name, *each.aliases, each.namespace, each.sdk_id)
            for spelling in dict.fromkeys(map(fold, spellings)):
                self._services[spelling].append(each.name)

    def canonical_id(self, text: str) -> str:
        """Return the id that ``text`` spells.

        Raises ``UnknownOperation`` with the nearest names, or with ``candidates`` when
        more than one operation answers to the spelling.
        """
        found = self.spelled(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(text, found)
        spelling = text.strip() if len(text) <= MAX_NAME else ""
        match = _SPELLING.fullmatch(spelling)
        if match is None:
            raise self.unknown(text, self._bare(spelling))
        raise self.unknown(
            text, self._near(self.services_named(match["service"]), match)
        )

    def spelled(self, text: str) -> list[str]:
        """Return the ids that ``text`` spells together with a service, often none."""
        if text in self._index.entries:
            return [text]
        spelling = text.strip() if len(text) <= MAX_NAME else ""
        if spelling.lower() in self._tools:
            return [self._tools[spelling.lower()]]
        match = _SPELLING.fullmatch(spelling)
        if match is None:
            return []
        operation = fold(match["operation"])
        found = [
            id_
            for service in self.services_named(match["service"])
            for id_ in self._operations[service].get(operation, ())
        ]
        if len(found) > 1:  # ids that differ in case only: the exact one wins
            exact = [id_ for id_ in found if id_.endswith(f":{match['operation']}")]
            found = exact if len(exact) == 1 else found
        return found

    def services_named(self, text: str) -> list[str]:
        """Return the services that a name or alias stands for, often one, maybe none.

        A client name as it is written is never shadowed by another service's alias; one
        that is only spelled alike is as ambiguous as any alias.
        """
        name = text.strip().lower()
        if name in self._index.services:
            return [name]
        return self._services.get(fold(text), [])

    def service(self, text: str) -> str:
        """Return the one service of a name or alias; raises ``InputError`` if none."""
        named = self.services_named(text[:MAX_NAME])
        if len(named) == 1:
            return named[0]
        shown = show(text)
        if named:
            message = f"service `{shown}` is ambiguous"
            raise InputError(message, hint=_one_of(named), candidates=named)
        near = self.nearest_services(text)
        message = f"unknown service `{shown}`"
        raise InputError(message, hint=did_you_mean(near), nearest=near)

    def nearest_services(self, text: str) -> list[str]:
        """Return at most three service names that look like ``text``."""
        close = get_close_matches(fold(text[:_SHOWN]), self._services, n=_NEAREST)
        return _unique(name for alias in close for name in self._services[alias])

    def operations_named(self, text: str) -> list[str]:
        """Return the ids of all services' operations with this name, any spelling."""
        name = fold(text[:MAX_NAME])
        return [
            id_
            for by_fold in self._operations.values()
            for id_ in by_fold.get(name, ())
        ]

    def _bare(self, spelling: str) -> list[str]:
        """Return what a name without a service may mean; it is never resolved."""
        return self.operations_named(spelling) if spelling else []

    def _near(self, services: list[str], match: re.Match[str]) -> list[str]:
        operation = fold(match["operation"])[:_SHOWN]
        elsewhere = [] if services else self.operations_named(operation)
        services = services or self.nearest_services(match["service"])
        names = {n: ids for s in services for n, ids in self._operations[s].items()}
        close = get_close_matches(operation, names, n=_NEAREST)
        return _unique([*(id_ for name in close for id_ in names[name]), *elsewhere])

    def unknown(self, text: str, near: Sequence[str] = ()) -> UnknownOperation:
        """Return the error for a text that spells no generated operation."""
        shown = show(text)
        reason = self._skipped().get(text.strip()) if len(text) <= MAX_NAME else None
        if reason is not None:
            message = f"operation `{shown}` is not generated"
            return UnknownOperation(message, hint=show(reason))
        near = list(near[:_MAX_CANDIDATES])
        hint = did_you_mean(near) if near else _SEARCH
        return UnknownOperation(
            f"unknown operation `{shown}`", hint=hint, operation=shown, nearest=near
        )


def _ambiguous(text: str, found: list[str]) -> UnknownOperation:
    found = sorted(found)[:_MAX_CANDIDATES]
    shown = show(text)
    return UnknownOperation(
        f"operation `{shown}` is ambiguous",
        hint=_one_of(found),
        operation=shown,
        candidates=found,
    )


def did_you_mean(names: Sequence[str]) -> str | None:
    """Return the hint that offers the first three ``names``."""
    return f"did you mean {_listed(names)}" if names else None


def _one_of(names: Sequence[str]) -> str:
    return f"say which: {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names[:_NEAREST])


def show(text: str) -> str:
    """Return user text for a message: cut, escaped, fit to stand in backticks."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return escape_text(cut).replace("`", "'")


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
