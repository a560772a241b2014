"""What the run-time engine is slow at or gets wrong, said in another way.

Owns two rewritings. ``cheapened`` takes off counts that multiply the size of the
compiled automaton and bound nothing that matters; ``evaded`` spells one form that the
engine misreads so that it does not. Both keep the meaning or widen it.
"""

from dataclasses import replace

from .nodes import (
    Alt,
    Assert,
    AssertKind,
    Class,
    Group,
    Node,
    Repeat,
    Seq,
    looks_around,
    width,
)

COSTLY_COUNT = 500
"""Counts above this cost microseconds for each character of a text."""
SMALL_COUNT = 100
"""Counts up to this stay where a larger one is opened."""


def cheapened(tree: Alt) -> Alt:
    """Open counts that cost time for each character of a long text.

    A count of a body that is itself unbounded bounds no length: ``(a+/){1,511}`` becomes
    ``(a+/)+``. And where a branch is not anchored, a count at that end is one too many
    (a search for ``x{1,2048}$`` finds what one for ``x$`` finds).
    """
    loose = not looks_around(tree)
    branches = []
    for branch in tree.branches:
        items = tuple(_opened(item) for item in branch.items)
        branches.append(Seq(_ends_shortened(items) if loose else items))
    return Alt(tuple(branches))


def _opened(node: Node) -> Node:
    if isinstance(node, Group) and not node.is_look:
        inner = tuple(
            Seq(tuple(_opened(item) for item in branch.items))
            for branch in node.body.branches
        )
        return replace(node, body=Alt(inner))
    if not isinstance(node, Repeat):
        return node
    body = _opened(node.body)
    if (node.high or 0) > COSTLY_COUNT and width(body)[1] is None:
        return replace(node, body=body, low=min(node.low, SMALL_COUNT), high=None)
    return replace(node, body=body)


def _ends_shortened(items: tuple[Node, ...]) -> tuple[Node, ...]:
    if any(isinstance(item, Assert) and item.kind in _WORDS for item in items):
        return items
    if items and not _is(items[0], AssertKind.START):
        items = (*_shortest(items[0]), *items[1:])
    if items and not _is(items[-1], AssertKind.END):
        items = (*items[:-1], *_shortest(items[-1]))
    return items


_WORDS = frozenset({AssertKind.WORD_EDGE, AssertKind.NO_WORD_EDGE})


def _is(node: Node, kind: AssertKind) -> bool:
    return isinstance(node, Assert) and node.kind is kind


def _shortest(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Repeat) or not isinstance(node.body, Class):
        return (node,)
    if (node.high or 0) <= COSTLY_COUNT:
        return (node,)
    return (replace(node, high=node.low),) if node.low else ()


def evaded(tree: Alt) -> Alt:
    """Make the first of ``X+Y*X+`` lazy.

    fancy-regex, in front of the linear engine, takes that form for ``X+(YX+)?`` and so
    finds it in a single ``X``. Laziness decides which match is found, not whether.
    """
    return Alt(tuple(_evaded(branch) for branch in tree.branches))


def _evaded(branch: Seq) -> Seq:
    items = [_evaded_inside(item) for item in branch.items]
    for at in range(len(items) - 2):
        first, middle, last = (_core(item) for item in items[at : at + 3])
        if not (isinstance(first, Repeat) and isinstance(last, Repeat)):
            continue
        is_optional = width(middle)[0] == 0 and not isinstance(middle, Assert)
        is_form = is_optional and _is_plus(first) and _is_plus(last)
        if is_form and _letters(first.body) == _letters(last.body):
            items[at] = replace(first, lazy=True)
    return Seq(tuple(items))


def _evaded_inside(node: Node) -> Node:
    if isinstance(node, Group):
        return replace(node, body=evaded(node.body))
    if isinstance(node, Repeat):
        return replace(node, body=_evaded_inside(node.body))
    return node


def _is_plus(node: Repeat) -> bool:
    return (node.low, node.high, node.lazy) == (1, None, False)


def _core(node: Node) -> Node:
    """Return what stands in groups that only group."""
    while isinstance(node, Group) and node.opening == "?:":
        first, *others = node.body.branches
        if others or len(first.items) != 1:
            break
        node = first.items[0]
    return node


def _letters(node: Node) -> object:
    """Return what makes two bodies the same; the order within a class does not."""
    core = _core(node)
    if isinstance(core, Class):
        return core.negated, frozenset(core.items)
    return core
