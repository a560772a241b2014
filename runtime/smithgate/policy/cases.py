"""The ``tests`` of a policy file: requests and what policy must say of them.

Owns their vocabulary. Running them is ``trial``'s business. They are part of the file and
must be right for it to be one, but they change no decision and so are not part of the
digest.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from .document import Node, Scalar, Sequence, Table
from .fields import choice, record, refuse, sequence, text, unknown
from .model import Case, Effect, Target
from .quoting import quote
from .sections import known_region
from .windows import moment

_KEYS = (
    "operation",
    "expect",
    "by",
    "target",
    "region",
    "arguments",
    "principal",
    "at",
)
_EFFECTS = tuple(effect.value for effect in Effect)
_PLAIN = {
    "null": re.compile("|null"),
    "boolean": re.compile("true|false"),
    "number": re.compile(r"-?(0|[1-9][0-9]{0,17})([.][0-9]{1,18})?"),
}
"""YAML scalars that JSON has, too, and that mean the same in it."""


def read_tests(
    node: Node, targets: Mapping[str, Target], names: Collection[str]
) -> tuple[Case, ...]:
    """Return the tests in file order.

    ``names`` is everything that can decide: ``rules.<id>``, ``risks.<risk>`` and so on.
    """
    return tuple(
        _case(item, index, targets, names)
        for index, item in enumerate(sequence(node, "tests"))
    )


def _case(
    node: Node, index: int, targets: Mapping[str, Target], names: Collection[str]
) -> Case:
    what = f"tests[{index}]"
    fields = record(node, what, keys=_KEYS, required=("operation", "expect"))
    target = _optional(fields, "target", what)
    if target is not None and target not in targets:
        _unknown(fields["target"], f"{quote(target)} is not a target", tuple(targets))
    region = _optional(fields, "region", what)
    if region is not None and isinstance(fields["region"], Scalar):
        known_region(region, fields["region"])
    by = _optional(fields, "by", what)
    if by is not None and by not in names and not by.startswith("payload."):
        _unknown(fields["by"], f"nothing is called {quote(by)}", tuple(names))
    arguments = None
    if "arguments" in fields:
        arguments = _arguments(fields["arguments"], f"{what}.arguments")
    return Case(
        position=index,
        line=node.line,
        operation=text(fields["operation"], f"{what}.operation"),
        expect=Effect(choice(fields["expect"], f"{what}.expect", _EFFECTS)),
        by=by,
        target=target,
        region=region,
        arguments=arguments,
        principal=_optional(fields, "principal", what),
        at=moment(fields["at"], f"{what}.at") if "at" in fields else None,
    )


def _optional(fields: Mapping[str, Node], key: str, what: str) -> str | None:
    return text(fields[key], f"{what}.{key}") if key in fields else None


def _unknown(node: Node, message: str, known: Collection[str]) -> None:
    assert isinstance(node, Scalar)  # its text was read
    unknown(node, message, known)


def _arguments(node: Node, what: str) -> Mapping[str, Any]:
    if not isinstance(node, Table):
        refuse(node, f"`{what}` must be a mapping", "the request's members")
    value: Mapping[str, Any] = json_value(node, what)
    return value


def json_value(node: Node, what: str) -> Any:
    """Return a node as JSON values; a scalar that YAML takes for a date is refused."""
    if isinstance(node, Table):
        for entry in node.entries.values():
            if entry.key.kind != "string":
                refuse(entry.key, f"a key of `{what}` is no text", "put it in quotes")
        return {
            key: json_value(entry.value, f"{what}.{key}")
            for key, entry in node.entries.items()
        }
    if isinstance(node, Sequence):
        return [
            json_value(item, f"{what}[{index}]")
            for index, item in enumerate(node.items)
        ]
    if node.kind == "string":
        return node.text
    if node.kind not in _PLAIN or not _PLAIN[node.kind].fullmatch(node.text):
        refuse(node, f"`{what}` cannot be {quote(node.text)}", "put it in quotes")
    return json.loads(node.text or "null")
