"""The smallest arguments that a schema accepts, as a start for an agent.

Owns the search for them. It follows required members only; whatever it finds is to be
checked by the validator, which alone says what is valid.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..errors import CatalogInvalid
from .nodes import Node, Nodes
from .sample import NoSample, sample
from .validators import compile_schema

# Texts that the common patterns of AWS accept and a reader recognises.
_FAMILIAR = (
    "example",
    "Example",
    "111111111111",
    "eu-west-1",
    "arn:aws:iam::111111111111:role/example",
    "arn:aws:s3:::example",
    "arn:aws:sns:eu-west-1:111111111111:example",
    "00000000-0000-4000-8000-000000000000",
    "https://example.com/",
    "s3://example/example",
    "user@example.com",
    "example.com",
    "10.0.0.0/16",
    "10.0.0.1",
    "/example",
    "1",
    "a",
)
# What no sample of a pattern is likely to be: lookaheads, lengths beside the pattern.
_SPECIAL = (
    "0123456789abcdef" * 4,
    "i-0123456789abcdef0",
    "ssh-ed25519 AAAA",
    "arn:aws:codeguru-security:eu-west-1:111111111111:scans/example",
    "arn:aws:fsx:eu-west-1:111111111111:file-system/fs-0123456789abcdef0",
    "arn:aws:sagemaker:eu-west-1:111111111111:model-package/example",
)
_EXTRAS = (1, 2, 3, 5, 8, 12, 16, 20, 28, 32, 64)
_BASE64 = 12
"""Characters of the usual base64 text."""
_MAX_ITEMS = 16
_MAX_TEXT = 4096
_TEXT_RULES = ("type", "pattern", "minLength", "maxLength")


class _NoExample(Exception):
    """Ends one branch of the search, never leaves this module."""


def minimal_example(schema: Mapping[str, Any]) -> Any:
    """Return a small instance of ``schema``, or ``None`` when none is found.

    Not checked: patterns and limits of the found texts hold, but rules that concern
    several values at once may not.
    """
    try:
        return _Builder(Nodes(schema)).build(schema, frozenset())
    except _NoExample:
        return None


def example_of(nodes: Nodes, declared: Any) -> Any:
    """Return a small value for one node; a plain text where none is found."""
    try:
        return _Builder(nodes).build(declared, frozenset())
    except _NoExample:
        return _FAMILIAR[0]


class _Builder:
    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def build(self, declared: Any, above: frozenset[str]) -> Any:
        """Return an instance; ``above`` holds the references that are being built."""
        reference = declared.get("$ref") if isinstance(declared, Mapping) else None
        if reference in above:  # a required ring has no finite instance
            raise _NoExample
        above = above | {reference} if isinstance(reference, str) else above
        node = self._nodes.resolve(declared)
        for keyword in ("oneOf", "anyOf"):
            if keyword in node:
                return self._first_branch(node, keyword, above)
        if "const" in node:
            return node["const"]
        if node.get("enum"):
            return node["enum"][0]
        return self._of_type(node, above)

    def _first_branch(self, node: Node, keyword: str, above: frozenset[str]) -> Any:
        for branch in node[keyword]:
            try:
                return self.build(branch, above)
            except _NoExample:
                continue
        raise _NoExample

    def _of_type(self, node: Node, above: frozenset[str]) -> Any:
        kind = node.get("type")
        if isinstance(kind, list):
            kind = next((name for name in kind if name != "null"), "null")
        match kind:
            case "object":
                return self._object(node, above)
            case "array":
                return self._array(node, above)
            case "string":
                return _text(node)
            case "integer" | "number":
                return _number(node)
            case "boolean":
                return False
            case _:  # a document: any JSON will do
                return {}

    def _object(self, node: Node, above: frozenset[str]) -> dict[str, Any]:
        properties: Mapping[str, Any] = node.get("properties", {})
        names = [name for name in node.get("required", ()) if name in properties]
        names += [name for name in properties if name not in names]
        wanted = max(len(node.get("required", ())), node.get("minProperties", 0))
        built = {name: self.build(properties[name], above) for name in names[:wanted]}
        if len(built) == wanted:
            return built
        values = node.get("additionalProperties", False)
        if values is False or wanted > 1:
            raise _NoExample
        names_node = self._nodes.resolve(node.get("propertyNames", {}))
        key = _text({"type": "string", **names_node})
        return {key: self.build(values, above)}

    def _array(self, node: Node, above: frozenset[str]) -> list[Any]:
        count = node.get("minItems", 0)
        if count > _MAX_ITEMS or (count > 1 and node.get("uniqueItems")):
            raise _NoExample
        return [self.build(node.get("items", {}), above) for _ in range(count)]


def _number(node: Node) -> Any:
    low, high = node.get("minimum", 1), node.get("maximum", 1)
    return max(low, min(1, high))


def _text(node: Node) -> str:
    if node.get("enum"):
        return str(node["enum"][0])
    if node.get("format") == "date-time":
        return "2026-01-01T00:00:00Z"
    if node.get("contentEncoding") == "base64":
        return "ZXhhbXBsZQ==" if node.get("minLength", 0) <= _BASE64 else _base64(node)
    rules = {key: node[key] for key in _TEXT_RULES if key in node}
    try:
        validator = compile_schema(rules, "a member")
    except CatalogInvalid as error:
        raise _NoExample from error
    for text in _candidates(node):
        if validator.is_valid(text):
            return text
    raise _NoExample


def _base64(node: Node) -> str:
    """Return the shortest base64 text without padding that is long enough."""
    return "YWFh" * -(-int(node["minLength"]) // 4)


def _candidates(node: Node) -> Iterator[str]:
    yield from _FAMILIAR
    shortest, longest = node.get("minLength", 0), node.get("maxLength", _MAX_TEXT)
    if "pattern" not in node:
        if shortest <= _MAX_TEXT:
            yield "example".ljust(shortest, "a")[:longest]
        return
    with suppress(NoSample):
        base = sample(node["pattern"], 0, _MAX_TEXT)
        yield base
        # Fits where one repetition takes up all of the length.
        for extra in (shortest - len(base), *_EXTRAS):
            if extra > 0:
                yield sample(node["pattern"], extra, _MAX_TEXT)
    yield from _SPECIAL
