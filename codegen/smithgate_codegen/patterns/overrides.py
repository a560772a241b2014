"""The reviewed corrections of published patterns (``overrides.yaml``).

Owns reading and checking the file. Entries are found by the pattern's text without
anchors, since Smithy and botocore publish the same pattern with and without them.
"""

from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml

from ..errors import OverrideError
from .classify import Outcome, classify

_KEYS = frozenset({"patterns", "shapes", "action", "replacement", "reason"})


class Action(StrEnum):
    """What an override does."""

    REPLACE = "replace"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One entry of the file."""

    patterns: tuple[str, ...]
    """Published texts, as ``bare`` gives them."""
    shapes: tuple[str, ...]
    """Absolute shape ids where one of them is known to stand."""
    action: Action
    replacement: str | None
    """The text to print, with search semantics; ``None`` exactly for ``leave``."""
    reason: str


def bare(pattern: str) -> str:
    """Return a pattern without full-match wrapper and outer anchors.

    Only for comparing: with branches inside, the result means something else.
    """
    if pattern.startswith("^(?:") and pattern.endswith(")$"):
        pattern = pattern[4:-2]
    pattern = pattern.removeprefix("^")
    body = pattern.removesuffix("$")
    ends_escaped = (len(body) - len(body.rstrip("\\"))) % 2 == 1
    return pattern if ends_escaped else body


def shipped_overrides() -> tuple[Override, ...]:
    """Return the overrides that ship with the generator."""
    text = resources.files(__package__).joinpath("overrides.yaml").read_text("utf-8")
    return read_overrides(text)


def read_overrides(text: str) -> tuple[Override, ...]:
    """Read overrides.

    Raises ``OverrideError`` for an entry that is incomplete, has unknown keys, repeats
    a pattern, or replaces a pattern by one that cannot be printed.
    """
    data = yaml.safe_load(text) or []
    if not isinstance(data, list):
        raise OverrideError("pattern overrides are not a list")
    entries = tuple(_entry(item, at) for at, item in enumerate(data))
    seen: set[str] = set()
    for pattern in (pattern for entry in entries for pattern in entry.patterns):
        if pattern in seen:
            raise OverrideError(f"pattern `{pattern}` is overridden twice")
        seen.add(pattern)
    return entries


def _entry(item: Any, at: int) -> Override:
    where = f"pattern override {at + 1}"
    if not isinstance(item, dict) or not item.keys() <= _KEYS:
        raise OverrideError(
            f"{where} has unknown keys", hint=f"known are {', '.join(sorted(_KEYS))}"
        )
    reason = item.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise OverrideError(f"{where} has no reason")
    if item.get("action") not in set(Action):
        raise OverrideError(f"{where} has no action", hint="replace or leave")
    action = Action(item["action"])
    return Override(
        patterns=_texts(item, "patterns", where),
        shapes=_texts(item, "shapes", where),
        action=action,
        replacement=_replacement(item, action, where),
        reason=reason.strip(),
    )


def _texts(item: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = item.get(key)
    if not isinstance(value, list) or not value:
        raise OverrideError(f"{where} has no {key}")
    if not all(isinstance(text, str) for text in value):
        raise OverrideError(f"{where} has {key} that are not text")
    return tuple(value)


def _replacement(item: dict[str, Any], action: Action, where: str) -> str | None:
    text: str | None = item.get("replacement")
    if (action is Action.REPLACE) != isinstance(text, str):
        raise OverrideError(
            f"{where} has action `{action}`",
            hint="`replace` needs a replacement, `leave` must have none",
        )
    if text is None:
        return None
    verdict = classify(text)
    if verdict.outcome is Outcome.LEFT_TO_AWS:
        reasons = ", ".join(verdict.reasons)
        raise OverrideError(f"{where} has an unusable replacement: {reasons}")
    return text
