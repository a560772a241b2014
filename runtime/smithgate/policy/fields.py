"""Typed reading of a document: what is there is of the right type, or it is refused.

Owns the checks that every section of a policy shares and their wording. ``what`` is the
path that a message names, such as ``rules[2].when.regions``.
"""

from collections.abc import Collection, Mapping
from typing import NoReturn

from .document import DocumentError, Entry, Node, Scalar, Sequence, Table
from .pattern import Pattern, PatternRefusedError
from .quoting import quote

_MAPPING = "write it as `key: value` lines"
MAX_NAME_CHARS = 64
"""Longest target name or rule id."""
MAX_TAG_KEY_CHARS = 128
"""Longest tag key; AWS's own limit."""
NAME_CHARS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
)

_YAML_NAMES = {"null": "nothing", "boolean": "a boolean", "date": "a date"}


def refuse(node: Node, message: str, hint: str | None = None) -> NoReturn:
    """Raise ``DocumentError`` at a node."""
    raise DocumentError(node.line, node.column, message, hint)


def table(node: Node, what: str) -> Mapping[str, Entry]:
    """Return a mapping with free keys, at least one, all of them text."""
    if not isinstance(node, Table):
        refuse(node, f"`{what}` must be a mapping, not {_kind(node)}", _MAPPING)
    if not node.entries:
        refuse(node, f"`{what}` is empty", "name at least one key or leave it out")
    for entry in node.entries.values():
        text(entry.key, f"a key of {what}")
    return node.entries


def record(
    node: Node, what: str, *, keys: Collection[str], required: Collection[str] = ()
) -> Mapping[str, Node]:
    """Return a mapping with known keys only and all required ones."""
    if not isinstance(node, Table):
        refuse(node, f"`{what}` must be a mapping, not {_kind(node)}", _MAPPING)
    for entry in node.entries.values():
        if entry.key.text not in keys:
            where = "at the top level" if not what else f"in `{what}`"
            unknown(entry.key, f"unknown key {quote(entry.key.text)} {where}", keys)
    for key in required:
        if key not in node.entries:
            owner = f"`{what}`" if what else "the policy"
            refuse(node, f"{owner} has no `{key}`", f"add `{key}`")
    return {key: entry.value for key, entry in node.entries.items()}


def unknown(node: Scalar, message: str, known: Collection[str]) -> NoReturn:
    """Refuse a name that is not known, with the nearest known one."""
    from difflib import get_close_matches  # only a wrong policy pays for it

    near = get_close_matches(node.text, list(known), n=1, cutoff=0.5)
    every = ", ".join(known)
    hint = f"did you mean `{near[0]}`? known: {every}" if near else f"known: {every}"
    refuse(node, message, hint)


def text(node: Node, what: str, *, longest: int = 1000) -> str:
    """Return a printable string that YAML itself takes for a string."""
    if not isinstance(node, Scalar):
        refuse(node, f"`{what}` must be a string, not {_kind(node)}", "write one text")
    if node.kind != "string":
        shown = f"{quote(node.text)} is {_kind(node)} in YAML" if node.text else "empty"
        refuse(node, f"`{what}` must be a string: {shown}", "put it in quotes")
    if not node.text:
        refuse(node, f"`{what}` is empty", "write a text or leave it out")
    if len(node.text) > longest:
        refuse(node, f"`{what}` is longer than {longest} characters", "shorten it")
    if not node.text.isprintable():
        message = f"`{what}` holds a line end, tab or invisible character"
        refuse(node, message, "write it on one line")
    return node.text


def texts(node: Node, what: str) -> tuple[tuple[str, Scalar], ...]:
    """Return the strings of a list, at least one and each once, with their nodes."""
    seen: dict[str, Scalar] = {}
    for index, item in enumerate(sequence(node, what)):
        value = text(item, f"{what}[{index}]")
        assert isinstance(item, Scalar)  # or text() had refused it
        if value in seen:
            refuse(item, f"{quote(value)} is given twice in `{what}`", "leave one out")
        seen[value] = item
    return tuple(seen.items())


def sequence(node: Node, what: str) -> tuple[Node, ...]:
    """Return the items of a list with at least one."""
    if not isinstance(node, Sequence):
        refuse(node, f"`{what}` must be a list, not {_kind(node)}", "such as `[a, b]`")
    if not node.items:
        refuse(node, f"`{what}` is empty", "name at least one item or leave it out")
    return node.items


def integer(node: Node, what: str, *, lowest: int, highest: int) -> int:
    """Return a decimal integer within bounds."""
    hint = f"write a number from {lowest} to {highest}, without quotes"
    if not isinstance(node, Scalar):
        refuse(node, f"`{what}` must be a whole number, not {_kind(node)}", hint)
    if node.kind != "number" or not _is_decimal(node.text):
        shown = quote(node.text) if node.text else _kind(node)
        text_of = "the text " if node.kind == "string" and node.text else ""
        refuse(node, f"`{what}` must be a whole number, not {text_of}{shown}", hint)
    value = int(node.text) if len(node.text) <= len(str(highest)) else highest + 1
    if not lowest <= value <= highest:
        refuse(node, f"`{what}` must be from {lowest} to {highest}", hint)
    return value


def boolean(node: Node, what: str) -> bool:
    """Return ``true`` or ``false``; YAML's other spellings are refused."""
    if isinstance(node, Scalar) and node.kind == "boolean":
        if node.text in ("true", "false"):
            return node.text == "true"
        message = f"`{what}` must be `true` or `false`, not {quote(node.text)}"
        refuse(node, message, "write `true` or `false`, without quotes")
    message = f"`{what}` must be `true` or `false`, not {_kind(node)}"
    refuse(node, message, "write `true` or `false`, without quotes")


def choice(node: Node, what: str, known: Collection[str]) -> str:
    """Return one of the known words."""
    value = text(node, what)
    if value not in known:
        assert isinstance(node, Scalar)  # or text() had refused it
        unknown(node, f"`{what}` cannot be {quote(value)}", known)
    return value


def pattern(node: Node, what: str, *, dot_all: bool = False) -> Pattern:
    """Return a compiled pattern."""
    value = text(node, what)
    try:
        return Pattern(value, dot_all=dot_all)
    except PatternRefusedError as problem:
        message = f"`{what}` is not a usable pattern {quote(value)}: {problem}"
        hint = "patterns are RE2 and match the whole text"
        raise DocumentError(node.line, node.column, message, hint) from None


def patterns(node: Node, what: str, *, dot_all: bool = False) -> tuple[Pattern, ...]:
    """Return the compiled patterns of a list."""
    return tuple(
        pattern(item, f"{what}[{index}]", dot_all=dot_all)
        for index, (_, item) in enumerate(texts(node, what))
    )


def words(node: Node, what: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the words of a list, each of them a known one."""
    found = texts(node, what)
    for value, scalar in found:
        if value not in known:
            unknown(scalar, f"`{what}` cannot be {quote(value)}", known)
    return tuple(value for value, _ in found)


def target_names(node: Node, what: str, targets: Collection[str]) -> tuple[str, ...]:
    """Return the names of a list, each of them a target's."""
    found = texts(node, what)
    for value, scalar in found:
        if value not in targets:
            unknown(scalar, f"{quote(value)} is not a target", tuple(targets))
    return tuple(value for value, _ in found)


def tag_patterns(
    node: Node, what: str, *, dot_all: bool = False
) -> tuple[tuple[str, Pattern], ...]:
    """Return tag keys and the patterns of their values, sorted by key."""
    pairs = []
    for key, entry in table(node, what).items():
        text(entry.key, f"a key of {what}", longest=MAX_TAG_KEY_CHARS)
        pairs.append((key, pattern(entry.value, f"a value of {what}", dot_all=dot_all)))
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def name(node: Node, what: str) -> str:
    """Return a name: of a target, a rule or the like."""
    value = text(node, what, longest=MAX_NAME_CHARS)
    if not set(value) <= NAME_CHARS or value[0] in "-_":
        message = f"`{what}` cannot be {quote(value)}"
        refuse(
            node, message, "use letters, digits, `-` and `_`, a letter or digit first"
        )
    return value


def not_empty(node: Node, what: str) -> None:
    """Refuse a mapping without keys; other kinds are somebody else's business."""
    if isinstance(node, Table) and not node.entries:
        refuse(node, f"`{what}` is empty", "name at least one key or leave it out")


def _is_decimal(value: str) -> bool:
    return value == "0" or (value.isascii() and value.isdigit() and value[0] != "0")


def _kind(node: Node) -> str:
    if isinstance(node, Scalar):
        return _YAML_NAMES.get(node.kind, f"a {node.kind}")
    return "a list" if isinstance(node, Sequence) else "a mapping"
