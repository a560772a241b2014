"""A second, slow reading of a policy document, written from docs/policy.md alone.

Used to judge mutated policies: what the engine allows must not be more than what this
says. Takes the parsed document, not a ``Policy``; shares no code with the runtime. Where
exactness would take a second parser of patterns it leans to the permissive side, so that
a difference always is the engine's.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DEFAULTS = {
    "read": "allow",
    "sensitive": "deny",
    "write": "approve",
    "execute": "deny",
    "permissions": "deny",
    "destructive": "deny",
}
STRICTNESS = {"allow": 0, "approve": 1, "deny": 2}


@dataclass(frozen=True)
class Asked:
    """One request, with what its declaration says of it."""

    operation: str
    risk: str
    target: str
    region: str
    arguments: Mapping[str, Any]
    principal: str
    now: datetime
    raised: tuple[tuple[str, str | None, tuple[str, ...]], ...] = ()
    """Risk, payload word and what it amounts to, of each thing that raises it."""
    tags: Mapping[str, str] | None = None
    """The tags in it; ``None`` for an operation that takes none."""


def effect_of(document: Mapping[str, Any], asked: Asked) -> str:
    """Return ``allow``, ``approve`` or ``deny``."""
    risks = {asked.risk, *(risk for risk, _, _ in asked.raised)}
    effects = [_for_risk(document, asked, risk) for risk in risks]
    return max(effects, key=STRICTNESS.__getitem__)


def _for_risk(document: Mapping[str, Any], asked: Asked, risk: str) -> str:
    if any(_freezes(freeze, asked, risk) for freeze in document.get("freeze", ())):
        return "deny"
    effect = _by_rules(document, asked, risk)
    for required in document.get("required_tags", ()):
        if not _any(required["operations"], asked.operation):
            continue
        if asked.tags is None:
            wanted = required.get("untagged", "ignore")
            wanted = "allow" if wanted == "ignore" else wanted
        else:
            met = all(
                key in asked.tags and _full(pattern, asked.tags[key])
                for key, pattern in required["tags"].items()
            )
            wanted = "allow" if met else "deny"
        effect = max(effect, wanted, key=STRICTNESS.__getitem__)
    return effect


def _freezes(freeze: Mapping[str, Any], asked: Asked, risk: str) -> bool:
    start, end = (datetime.fromisoformat(freeze[key]) for key in ("from", "until"))
    targets = freeze.get("targets", [asked.target])
    return (
        start <= asked.now < end and risk in freeze["risks"] and asked.target in targets
    )


def _by_rules(document: Mapping[str, Any], asked: Asked, risk: str) -> str:
    default: str = {**DEFAULTS, **document.get("risks", {})}[risk]
    rules = document.get("rules", ())
    if any(_denies(rule, asked) for rule in rules):
        return "deny"
    speaking = [
        (effect, rule[effect])
        for rule in rules
        for effect in ("allow", "approve")
        if effect in rule
        and _any(rule[effect], asked.operation)
        and (risk == asked.risk or risk in rule.get("permits", ()))
        and _holds(rule.get("when", {}), asked, all)
    ]
    if default == "deny" and not any(_named(p, asked.operation) for _, p in speaking):
        return "deny"
    if not speaking:
        return default
    return max((effect for effect, _ in speaking), key=STRICTNESS.__getitem__)


def _denies(rule: Mapping[str, Any], asked: Asked) -> bool:
    if "deny" not in rule:
        return False
    when = rule.get("when", {})
    if _any(rule["deny"], asked.operation) and _holds(when, asked, any):
        return True
    others = [name for _, _, names in asked.raised for name in names]
    place = {key: when[key] for key in when if key not in ("arguments", "tags")}
    return any(_any(rule["deny"], name) for name in others) and (
        _holds(place, asked, any)
    )


def _holds(when: Mapping[str, Any], asked: Asked, every: Any) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "targets": lambda names: asked.target in names,
        "regions": lambda names: asked.region in names,
        "principals": lambda patterns: _any(patterns, asked.principal),
        "payload": lambda words: any(word in words for _, word, _ in asked.raised),
        "tags": lambda wanted: all(
            key in (asked.tags or {}) and _full(pattern, (asked.tags or {})[key])
            for key, pattern in wanted.items()
        ),
        "arguments": lambda wanted: all(
            _argument(asked.arguments, path, pattern, every)
            for path, pattern in wanted.items()
        ),
    }
    return all(checks[key](value) for key, value in when.items())


def _argument(
    arguments: Mapping[str, Any], path: str, pattern: str, every: Any
) -> bool:
    values = list(_values(arguments, path.split(".")))
    return bool(values) and bool(
        every(value is not None and _full(pattern, value) for value in values)
    )


def _values(value: Any, steps: Sequence[str]) -> Iterator[str | None]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, steps)
    elif not steps:
        yield str(value)
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _values(value[steps[0]], steps[1:])
    else:
        yield None


def _any(patterns: Sequence[str], text: str) -> bool:
    return any(_full(pattern, text) for pattern in patterns)


def _full(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None


def _named(patterns: Sequence[str], operation: str) -> bool:
    """Say whether a pattern that matches holds the name as a whole word."""
    name = operation.partition(":")[2]
    word = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])")
    return any(
        _full(pattern, operation) and word.search(pattern) for pattern in patterns
    )
