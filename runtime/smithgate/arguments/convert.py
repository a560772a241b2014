"""From JSON arguments to what boto3 takes, and the checks that need the conversion.

Owns blobs, timestamps and whole numbers: what a JSON Schema says of them is an
annotation or not enough, so one walk both converts them and finds what cannot be.
"""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .nodes import Node, Nodes, Path


class Problem(NamedTuple):
    """A value that its schema node accepts and boto3 or AWS would not."""

    path: Path
    rule: str
    message: str


def convert(nodes: Nodes, value: Any) -> tuple[Any, list[Problem]]:
    """Return a copy of ``value`` as boto3 takes it, and what could not be converted.

    base64 text becomes ``bytes``, RFC 3339 text an aware UTC ``datetime``; everything
    else stays. Where there is a problem, the value stands unconverted.
    """
    walk = _Walk(nodes)
    return walk.convert(nodes.root, value, ()), walk.problems


class _Walk:
    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self.problems: list[Problem] = []

    def convert(self, node: Any, value: Any, path: Path) -> Any:
        node = self._nodes.narrow(node, value)
        if isinstance(value, dict):
            child = self._nodes.child
            return {
                key: self.convert(child(node, key), item, (*path, key))
                for key, item in value.items()
            }
        if isinstance(value, list):
            items = node.get("items", {})
            return [
                self.convert(items, item, (*path, at)) for at, item in enumerate(value)
            ]
        try:
            return _scalar(node, value)
        except _Refused as refused:
            self.problems.append(Problem(path, refused.rule, str(refused)))
            return value


class _Refused(Exception):
    """Carries a problem out of the conversion of one value, never out of here."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def _scalar(node: Node, value: Any) -> Any:
    if isinstance(value, str):
        if node.get("contentEncoding") == "base64":
            return _sized(node, _blob(value))
        if node.get("format") == "date-time":
            return _time(value)
    # JSON Schema takes 1.0 for an integer, boto3 does not. Refused rather than
    # rounded: what is sealed in a plan must be what was asked for, to the letter.
    if isinstance(value, float) and _is_whole(node.get("type")):
        raise _Refused("type", "must be a whole number written without a fraction")
    return value


def _is_whole(kind: Any) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return "integer" in kinds and "number" not in kinds


def _blob(text: str) -> bytes:
    """Decode canonical base64 only: another spelling of the same bytes is a mistake."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64.b64encode(data).decode() != text:
        raise _Refused("contentEncoding", "must be base64 with padding")
    return data


def _sized(node: Node, data: bytes) -> bytes:
    """Check the length of what was decoded; that of the text is exact to 3 bytes."""
    low, high = node.get("x-min-bytes", 0), node.get("x-max-bytes")
    if len(data) < low:
        raise _Refused("minLength", f"must be at least {low} bytes, decoded")
    if high is not None and len(data) > high:
        raise _Refused("maxLength", f"must be at most {high} bytes, decoded")
    return data


_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def _time(text: str) -> datetime:
    if _TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # the form is right but there is no such day, time or offset
    raise _Refused(
        "format", "must be a real date and time such as 2026-01-31T12:00:00Z"
    )
