"""Schema errors in words: short, ours, one per mistake, never showing a secret.

Owns the wording and which parts of a value may be quoted. The validator decides what
is wrong; values of sensitive members are never quoted, nor paths inside them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from ..redact import escape_text, mask_credentials
from .convert import Problem
from .nodes import Nodes, Path, json_type, show_path, value_at

MAX_VIOLATIONS = 20
_MAX_ERRORS = 1000
_MAX_ALLOWED = 50
_MAX_QUOTED = 60
_MAX_PATTERN = 200


class Violation(NamedTuple):
    """One mistake in the arguments."""

    path: str
    """``Rules[0].Filter.Prefix``; empty for the arguments as a whole."""
    rule: str
    """The JSON Schema keyword that is broken."""
    message: str
    allowed: Any = None
    """What is allowed there: names, values, a pattern; ``None`` if words say it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the violation as JSON values, ``allowed`` left out where ``None``."""
        out = {"path": self.path, "rule": self.rule, "message": self.message}
        return out if self.allowed is None else {**out, "allowed": self.allowed}


class _Finding(NamedTuple):
    path: Path
    rule: str
    message: str
    allowed: Any = None


class Explainer:
    """Explains what is wrong with one set of arguments."""

    def __init__(
        self, nodes: Nodes, arguments: Any, sensitive: Iterable[str] = ()
    ) -> None:
        """``sensitive`` are declared paths besides the schema's own annotations."""
        self._nodes = nodes
        self._arguments = arguments
        self._sensitive = [_steps(path) for path in sensitive]

    def explain(
        self, errors: Iterable[Any], problems: Iterable[Problem]
    ) -> tuple[list[Violation], int]:
        """Return at most 20 violations, and how many there are (counted to 1,000)."""
        findings: list[_Finding] = []
        for error in islice(errors, _MAX_ERRORS):
            findings += self._findings(error)
        found = _without_echoes(findings)
        broken = {finding.path for finding in found}
        found += [
            _Finding(p.path, p.rule, p.message)
            for p in problems
            if p.path not in broken
        ]
        # Cutting paths inside secrets can make two findings one.
        shown = {v[:3]: v for v in map(self._violation, found[:_MAX_ERRORS])}
        return list(shown.values())[:MAX_VIOLATIONS], len(shown)

    def _findings(self, error: Any) -> Iterator[_Finding]:
        rule, path = error.kind.name, tuple(error.instance_path)
        value = value_at(self._arguments, path)
        if rule == "additionalProperties":
            node = self._nodes.at(self._arguments, path)
            known = sorted(node.get("properties", {}))
            for name in error.kind.unexpected:
                yield _unknown_member(path, name, known)
        elif rule == "required":
            yield _Finding((*path, error.kind.property), rule, "is required")
        elif rule in {"oneOf", "anyOf"}:
            yield from self._choice(error, path, value)
        elif rule == "propertyNames":
            inner = error.kind.error
            message, allowed = _describe(inner, inner.instance, quote=False)
            yield _Finding(path, rule, f"has a key that {message}", allowed)
        else:
            quote = self._secret_at(path) is None
            yield _Finding(path, rule, *_describe(error, value, quote=quote))

    def _choice(self, error: Any, path: Path, value: Any) -> Iterator[_Finding]:
        """Explain the one branch that the value was meant for, or list the branches."""
        branches = self._branches(error.schema_path)
        chosen = self._nodes.fitting(branches, value)
        if chosen is not None and error.kind.context[chosen]:
            for inner in error.kind.context[chosen]:
                yield from self._findings(inner)
            return
        names = sorted({name for branch in branches for name in _only_member(branch)})
        unknown = [name for name in value if name not in names] if _keyed(value) else []
        if names and unknown:
            for name in unknown:
                yield _unknown_member(path, name, names, rule=error.kind.name)
        elif names:
            message = "must be an object with exactly one of the allowed members"
            yield _Finding(path, error.kind.name, message, names[:_MAX_ALLOWED])
        else:
            yield _Finding(path, error.kind.name, _no_form(branches, value))

    def _branches(self, schema_path: list[str | int]) -> list[Any]:
        node: Any = self._nodes.root
        for token in schema_path:
            node = node[token]
        return [self._nodes.resolve(branch) for branch in node]

    def _violation(self, finding: _Finding) -> Violation:
        secret = self._secret_at(finding.path)
        path = finding.path if secret is None else finding.path[:secret]
        return Violation(
            _safe(show_path(path)),
            finding.rule,
            _safe(finding.message),
            mask_credentials(finding.allowed),
        )

    def _secret_at(self, path: Path) -> int | None:
        """Return how much of ``path`` leads to the outermost secret on it, if any."""
        lengths = [_match(steps, path) for steps in self._sensitive]
        lengths.append(self._nodes.sensitive_at(self._arguments, path))
        return min((length for length in lengths if length is not None), default=None)


def _no_form(branches: list[Any], value: Any) -> str:
    """Return the words for a value that fits no branch, such as text or null."""
    types = [branch.get("type") for branch in branches]
    actual = json_type(value)
    if all(isinstance(name, str) for name in types) and actual not in types:
        return f"must be {_either(types)}, not {_a(actual)}"
    return "has none of the allowed forms"


def _without_echoes(findings: list[_Finding]) -> list[_Finding]:
    """Drop what says again, less clearly, that a value has the wrong type or form."""
    clear = {f.path for f in findings if f.rule in {"type", "oneOf", "anyOf"}}
    choices = {f.path[:-1] for f in findings if f.rule == "oneOf"} | {
        f.path for f in findings if f.rule == "oneOf"
    }
    counted = {"minProperties", "maxProperties", "type"}
    return [
        f
        for f in findings
        if not (f.path in choices and f.rule in counted)
        and not (f.path in clear and f.rule in {"enum", "const", "minProperties"})
    ]


def _unknown_member(
    path: Path, name: str, known: list[str], rule: str = "additionalProperties"
) -> _Finding:
    by_fold = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower()[:_MAX_QUOTED], by_fold, n=1)
    offer = f", did you mean `{by_fold[near[0]]}`" if near else ""
    shown = (*path, name[:_MAX_QUOTED])
    return _Finding(shown, rule, f"is not a member{offer}", known[:_MAX_ALLOWED])


def _describe(error: Any, value: Any, *, quote: bool) -> tuple[str, Any]:
    """Return the words for one error, and what is allowed."""
    kind = error.kind
    if type(kind).__name__ in {"BacktrackLimitExceeded", "RegexEngineFailure"}:
        return "cannot be checked against its pattern within the limit", None
    if kind.name in _LIMITS:
        return _LIMITS[kind.name](kind), None
    shown = (
        f"`{_quoted(value)}` " if quote and not isinstance(value, dict | list) else ""
    )
    words: str
    allowed: Any = None
    match kind.name:
        case "type":
            words = f"must be {_either(kind.types)}, not {_a(json_type(value))}"
        case "enum":
            words = f"{shown}is not an allowed value"
            allowed = kind.options[:_MAX_ALLOWED]
        case "const":
            words, allowed = f"{shown}is not the allowed value", [kind.expected_value]
        case "pattern":
            words, allowed = f"{shown}does not match the pattern", kind.pattern
        case _:
            words = f"breaks the rule `{kind.name}`"
    return words, allowed[:_MAX_PATTERN] if isinstance(allowed, str) else allowed


_LIMITS: dict[str, Callable[[Any], str]] = {
    "minLength": lambda kind: f"must have at least {_count(kind.limit, 'character')}",
    "maxLength": lambda kind: f"must have at most {_count(kind.limit, 'character')}",
    "minItems": lambda kind: f"must have at least {_count(kind.limit, 'item')}",
    "maxItems": lambda kind: f"must have at most {_count(kind.limit, 'item')}",
    "minProperties": lambda kind: f"must have at least {_count(kind.limit, 'member')}",
    "maxProperties": lambda kind: f"must have at most {_count(kind.limit, 'member')}",
    "minimum": lambda kind: f"must be at least {kind.limit}",
    "maximum": lambda kind: f"must be at most {kind.limit}",
    "exclusiveMinimum": lambda kind: f"must be more than {kind.limit}",
    "exclusiveMaximum": lambda kind: f"must be less than {kind.limit}",
    "multipleOf": lambda kind: f"must be a multiple of {kind.multiple_of}",
    "uniqueItems": lambda _: "must not hold an item twice",
}


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _either(types: list[str]) -> str:
    return " or ".join(_a(name) for name in types)


def _a(name: str) -> str:
    if name == "null":
        return name
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    text = text.replace("`", "'")
    return text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…"


def _safe(text: str) -> str:
    return str(mask_credentials(escape_text(text)))


def _only_member(branch: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the member of a union's branch; nothing for another kind of choice."""
    members = tuple(branch.get("properties", ()))
    return members if len(members) == 1 else ()


def _keyed(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1


def _steps(path: str) -> list[str]:
    return path.replace("[]", ".[]").replace("{}", ".{}").split(".")


def _match(steps: list[str], path: Path) -> int | None:
    """Return the length of ``steps`` if they lead along ``path``, else ``None``."""
    if len(steps) > len(path):
        return None
    for step, token in zip(steps, path, strict=False):
        fits = isinstance(token, int) if step == "[]" else step in {"{}", token}
        if not fits:
            return None
    return len(steps)
