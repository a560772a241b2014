"""Reading YAML text as a tree of positions: one meaning, nothing clever.

Owns the YAML that a policy may use: one document of mappings, sequences and scalars.
Anchors, aliases, merge keys, tags, directives, duplicate keys and characters that an
editor does not show are refused, each with line and column. What the keys mean is
``load``'s business. Scalars keep their text and the type YAML 1.1 gives them, so that
``yes`` or ``0123`` never turn into something that nobody wrote.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from .quoting import quote

MAX_FILE_BYTES = 256 * 1024
"""Largest policy file."""
MAX_DEPTH = 16
"""Deepest nesting of mappings and sequences; a policy needs seven."""


class Scalar(NamedTuple):
    """A scalar as written."""

    line: int
    column: int
    text: str
    kind: str
    """``string``, ``null``, ``boolean``, ``number``, ``date`` or ``merge``."""


class Sequence(NamedTuple):
    """A list of nodes."""

    line: int
    column: int
    items: tuple["Node", ...]


class Entry(NamedTuple):
    """A key and its value."""

    key: Scalar
    value: "Node"


class Table(NamedTuple):
    """A mapping; keys are unique by their text."""

    line: int
    column: int
    entries: Mapping[str, Entry]


Node = Scalar | Sequence | Table


class DocumentError(Exception):
    """What is wrong and where (line and column from 1).

    Never leaves the loader, which adds the file and raises ``PolicyFileInvalid``.
    """

    def __init__(
        self, line: int, column: int, message: str, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint


def parse_document(data: bytes) -> Table:
    """Return the top-level mapping of a YAML text.

    Raises ``DocumentError`` at the first thing that a policy file may not hold.
    """
    if len(data) > MAX_FILE_BYTES:
        message = f"the file is larger than {MAX_FILE_BYTES // 1024} KiB"
        raise DocumentError(1, 1, message)
    text = _decode(data)
    _check_characters(text)
    reader = _Reader(text)
    try:
        return reader.read()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        message = f"not valid YAML: {problem.problem}"
        raise DocumentError(line + 1, column + 1, message) from None


def _decode(data: bytes) -> str:
    data = data.removeprefix(b"\xef\xbb\xbf")  # some editors write a byte order mark
    try:
        return data.decode()
    except UnicodeDecodeError as problem:
        good = data[: problem.start].decode()
        line, column = _position(good)
        message = f"not UTF-8: byte 0x{data[problem.start]:02x}"
        hint = "save the file as UTF-8"
        raise DocumentError(line, column, message, hint) from None


def _position(before: str) -> tuple[int, int]:
    """Return line and column, from 1, of what follows ``before``."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _check_characters(text: str) -> None:
    """Refuse characters that make a file read differently from how it looks.

    YAML ends a line at NEL, LS, PS and a lone CR too, where most editors do not: what
    looks like a comment could be a rule.
    """
    plain = text.replace("\r\n", "\n")
    # One check in C over the whole file is what every good file costs.
    if plain.replace("\n", "").replace("\t", "").isprintable():
        return
    for at, char in enumerate(plain):
        if not char.isprintable() and char not in "\n\t":
            line, column = _position(plain[:at])
            message = f"invisible or control character U+{ord(char):04X}"
            hint = "remove it; inside double quotes write it as an escape"
            raise DocumentError(line, column, message, hint)


class _Reader:
    """Builds the tree from parser events, where anchors and tags still show."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._depth = 0

    def read(self) -> Table:
        self._next()  # the stream starts
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            raise DocumentError(1, 1, "the file is empty", "start with `version: 1`")
        if start.version is not None or start.tags:
            raise _at(start, "YAML directives are not allowed", "remove the `%` line")
        first = self._next()
        root = self._node(first)
        if not isinstance(root, Table):
            if isinstance(root, Scalar) and root.kind == "null":
                raise _at(first, "the file is empty", "start with `version: 1`")
            raise _at(first, "the top level must be a mapping of keys")
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise _at(after, "a second YAML document", "keep one document per file")
        return root

    def _next(self) -> Any:  # an event; the stubs leave most of their fields out
        return next(self._events)

    def _node(self, event: Any) -> Node:
        if isinstance(event, yaml.AliasEvent):
            raise _at(event, "YAML aliases are not allowed", "write the value out")
        if getattr(event, "anchor", None) is not None:
            raise _at(event, "YAML anchors are not allowed", "write the value out")
        if event.tag is not None:
            raise _at(event, "YAML tags are not allowed", "quote it if text is meant")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _at(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.MappingStartEvent):
            node: Node = self._table(event)
        else:
            node = self._sequence(event)
        self._depth -= 1
        return node

    def _sequence(self, start: Any) -> Sequence:
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event))
        return Sequence(*_place(start), tuple(items))

    def _table(self, start: Any) -> Table:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event)
            if not isinstance(key, Scalar):
                raise _at(event, "a key must be plain text")
            if key.kind == "merge":
                raise _at(event, "YAML merge keys are not allowed", "write it out")
            if key.text in entries:
                message = f"key {quote(key.text)} is given twice"
                hint = f"the first one is in line {entries[key.text].key.line}"
                raise _at(event, message, hint)
            entries[key.text] = Entry(key, self._node(self._next()))
        return Table(*_place(start), entries)


def _scalar(event: Any) -> Scalar:
    # implicit[0]: a plain scalar, the only kind that YAML gives a type by its looks.
    kind = _plain_kind(event.value) if event.implicit[0] else "string"
    return Scalar(*_place(event), event.value, kind)


_KINDS = {
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:bool": "boolean",
    "tag:yaml.org,2002:int": "number",
    "tag:yaml.org,2002:float": "number",
    "tag:yaml.org,2002:timestamp": "date",
    "tag:yaml.org,2002:merge": "merge",
}


def _plain_kind(text: str) -> str:
    """Return the type that YAML gives an unquoted scalar."""
    if text.isascii() and text.isdigit():
        return "number"  # also `0899`, text to YAML 1.1 and a number to YAML 1.2
    # By first character, as the resolver itself keeps its rules.
    for tag, regexp in yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ()):
        if regexp.match(text):
            return _KINDS.get(tag, "string")
    return "string"


def _place(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _at(event: Any, message: str, hint: str | None = None) -> DocumentError:
    return DocumentError(*_place(event), message, hint)
