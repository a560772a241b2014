"""The syntax tree of a pattern.

Owns the node types and what can be measured on them (width, look-around, whether a
text can match at all). Reading text is ``parse``'s work, printing it ``render``'s.
"""

from dataclasses import dataclass
from enum import StrEnum

MAX_CODE_POINT = 0x10FFFF


class PatternError(ValueError):
    """A pattern cannot be read, or says what the portable dialect cannot say."""


@dataclass(frozen=True, slots=True)
class Char:
    """One literal code point."""

    code: int


@dataclass(frozen=True, slots=True)
class Dot:
    """Any character; line ends are among them only under the ``s`` flag."""

    all: bool


@dataclass(frozen=True, slots=True)
class Range:
    """A run of code points inside a class, both ends included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Named:
    r"""A class that has a name in the portable dialect: ``\d``, ``\p{L}`` and so on."""

    text: str


@dataclass(frozen=True, slots=True)
class Class:
    """A character class."""

    items: tuple[Range | Named, ...]
    negated: bool = False


class AssertKind(StrEnum):
    """Assertions that look at one position; the value is their text."""

    START = "^"
    END = "$"
    WORD_EDGE = r"\b"
    NO_WORD_EDGE = r"\B"


@dataclass(frozen=True, slots=True)
class Assert:
    """An assertion without a body."""

    kind: AssertKind


@dataclass(frozen=True, slots=True)
class Back:
    """A reference to what a numbered group matched."""

    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group; ``opening`` is its text after the bracket (``""`` captures)."""

    opening: str
    body: "Alt"

    @property
    def is_look(self) -> bool:
        """Whether the group looks ahead or behind without taking text."""
        return self.opening in LOOK_OPENINGS


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantified node; ``high`` is ``None`` where there is no upper count."""

    body: "Node"
    low: int
    high: int | None
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Seq:
    """Nodes one after the other."""

    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Alt:
    """Branches, tried from the left."""

    branches: tuple[Seq, ...]


Node = Char | Dot | Class | Assert | Back | Group | Repeat

LOOK_OPENINGS = frozenset({"?=", "?!", "?<=", "?<!"})

ANY = frozenset(
    {
        frozenset({r"\s", r"\S"}),
        frozenset({r"\d", r"\D"}),
        frozenset({r"\w", r"\W"}),
        frozenset({r"\p{M}", r"\P{M}"}),
    }
)
"""Pairs of names that together are every character."""


def is_any(node: Node) -> bool:
    """Return whether the node is one character of any kind, line ends included."""
    if isinstance(node, Dot):
        return node.all
    if not isinstance(node, Class) or node.negated:
        return False
    names = {item.text for item in node.items if isinstance(item, Named)}
    return any(pair <= names for pair in ANY)


def width(
    node: Node | Seq | Alt,
) -> tuple[int, int | None]:
    """Return the least and the greatest number of characters a node takes.

    ``None`` is "no upper bound". References count as 0 to unbounded.
    """
    match node:
        case Char() | Dot() | Class():
            return 1, 1
        case Assert():
            return 0, 0
        case Back():
            return 0, None
        case Group():
            return (0, 0) if node.is_look else width(node.body)
        case Repeat():
            low, high = width(node.body)
            if high == 0 or node.high == 0:
                return 0, 0
            unbounded = high is None or node.high is None
            return low * node.low, None if unbounded else (high or 0) * (node.high or 0)
        case Seq():
            return _sum([width(item) for item in node.items])
        case Alt():
            widths = [width(branch) for branch in node.branches]
            highs = [high for _, high in widths]
            greatest = None if None in highs else max(high or 0 for high in highs)
            return min(low for low, _ in widths), greatest


def _sum(widths: list[tuple[int, int | None]]) -> tuple[int, int | None]:
    highs = [high for _, high in widths]
    total = None if None in highs else sum(high or 0 for high in highs)
    return sum(low for low, _ in widths), total


def nodes_of(tree: Alt) -> list[Node]:
    """Return every node of a tree, outer before inner."""
    out: list[Node] = []
    todo: list[Node] = [item for branch in tree.branches for item in branch.items]
    while todo:
        node = todo.pop()
        out.append(node)
        if isinstance(node, Repeat):
            todo.append(node.body)
        elif isinstance(node, Group):
            todo += [item for branch in node.body.branches for item in branch.items]
    return out


def looks_around(tree: Alt) -> bool:
    """Return whether matching needs look-around or references: no linear engine."""
    return any(
        isinstance(node, Back) or (isinstance(node, Group) and node.is_look)
        for node in nodes_of(tree)
    )


def is_dead(tree: Alt) -> bool:
    """Return whether no text can match: text is asked for before ``^`` or after ``$``.

    Sound but not complete: ``True`` is a proof, ``False`` is not.
    """
    return all(_is_dead_branch(branch) for branch in tree.branches)


def _is_dead_branch(branch: Seq) -> bool:
    groups = (item for item in branch.items if isinstance(item, Group))
    if any(not group.is_look and is_dead(group.body) for group in groups):
        return True
    return _meets_after_text(branch.items, AssertKind.START) or _meets_after_text(
        branch.items[::-1], AssertKind.END
    )


def _meets_after_text(items: tuple[Node, ...], kind: AssertKind) -> bool:
    taken = 0
    for item in items:
        if taken and isinstance(item, Assert) and item.kind is kind:
            return True
        taken += width(item)[0]
    return False
