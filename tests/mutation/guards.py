"""Which code is a guard, and how each one is taken away.

All mutants of a module are compiled into it at once: every guard asks, when it runs,
whether it is the one that is switched off. So modules are imported and tests collected
once, and a mutant costs nothing but the tests that reach it.

Taken away are: the condition of an ``if`` that ends in ``raise`` (never true); each
operand of its ``or`` (never true) and of a chained comparison (always true); calls of
functions that are named for refusing, and calls out of a table (not made); each entry of
a table of checks (always true). In modules that decide by what they return, also the
condition of an ``if`` that ends in ``return`` or ``continue``, and each part of what a
predicate returns (always true).
"""

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

NEVER = "__guard_never__"
ALWAYS = "__guard_always__"
SKIP = "__guard_skip__"

REFUSING = re.compile(
    r"_*(check|refuse|expect|require|permit|prove|verify|ensure|forbid|reject|missing"
    r"|expired|decidable|must|assert)(_\w+)?s?"
)
ENDS = (ast.Raise, ast.Return, ast.Continue)


class Mutant(NamedTuple):
    """One guard, taken away in one way."""

    module: str
    """Dotted name."""
    line: int
    kind: str
    text: str
    """The guard's source on one line; names it for the list of equivalent mutants."""
    raises: bool
    """It stands before a ``raise``, or calls what raises."""

    @property
    def key(self) -> str:
        """Name it without its line, which moves."""
        return f"{self.module} {self.kind}: {self.text}"


class Switches(ast.NodeTransformer):
    """Puts a switch at every guard; ``mutants`` lists them by number."""

    def __init__(self, module: str, first: int, *, deciding: bool) -> None:
        self._module = module
        self._deciding = deciding
        self._first = first
        self.mutants: list[Mutant] = []

    def visit_If(self, node: ast.If) -> ast.AST:
        """Switch off a guard's condition, and each part of it."""
        last = node.body[-1]
        raises = isinstance(last, ast.Raise)
        if raises or (self._deciding and isinstance(last, ENDS)):
            test = self._parts(node.test, raises=raises)
            node.test = self._switch(NEVER, "if", test, node.test, raises=raises)
        elif all(map(_is_refusing, node.body)):
            node.test = self._switch(NEVER, "if", node.test, node.test, raises=True)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Leave out the call of a function that refuses."""
        if _is_refusing(node):
            nothing = ast.arguments([], [], None, [], [], None, [])
            call = ast.copy_location(ast.Lambda(nothing, node.value), node.value)
            node.value = self._switch(SKIP, "call", call, node.value, raises=True)
            return node
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Weaken each part of what a predicate returns."""
        returns = node.returns
        if self._deciding and isinstance(returns, ast.Name) and returns.id == "bool":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    inner.value = self._parts(inner.value, raises=False)
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Weaken each entry of a module's table of checks."""
        return self._table(node, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """See ``visit_Assign``."""
        return self._table(node, [node.target])

    def _table(self, node: ast.AST, targets: Sequence[ast.expr]) -> ast.AST:
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if any("CHECKS" in name for name in names):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Lambda):
                    inner.body = self._switch(
                        ALWAYS, "entry", inner.body, inner.body, raises=True
                    )
        return self.generic_visit(node)

    def _parts(self, test: ast.expr, *, raises: bool) -> ast.expr:
        """Return a condition with a switch at each of its parts."""
        if isinstance(test, ast.BoolOp):
            is_or = isinstance(test.op, ast.Or)
            way, kind = (NEVER, "or") if is_or else (ALWAYS, "and")
            if is_or or not raises:
                values = [
                    self._switch(way, kind, value, value, raises=raises)
                    for value in test.values
                ]
                return ast.copy_location(ast.BoolOp(test.op, values), test)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            operand = self._chain(test.operand, raises=raises)
            return ast.copy_location(ast.UnaryOp(test.op, operand), test)
        return test

    def _chain(self, test: ast.expr, *, raises: bool) -> ast.expr:
        """Return ``a <= b < c`` as two comparisons, each with a switch."""
        if not isinstance(test, ast.Compare) or len(test.ops) == 1:
            return test
        sides = [test.left, *test.comparators]
        pairs = [
            ast.copy_location(ast.Compare(sides[at], [op], [sides[at + 1]]), test)
            for at, op in enumerate(test.ops)
        ]
        values = [
            self._switch(ALWAYS, "chain", pair, pair, raises=raises) for pair in pairs
        ]
        return ast.copy_location(ast.BoolOp(ast.And(), values), test)

    def _switch(
        self,
        way: str,
        kind: str,
        value: ast.expr,
        named: ast.expr,
        *,
        raises: bool,
    ) -> ast.expr:
        number = self._first + len(self.mutants)
        text = " ".join(ast.unparse(named).split())
        self.mutants.append(Mutant(self._module, named.lineno, kind, text, raises))
        arguments: list[ast.expr] = [ast.Constant(number), value]
        call = ast.Call(ast.Name(way, ast.Load()), arguments, [])
        return ast.fix_missing_locations(ast.copy_location(call, named))


def _is_refusing(node: ast.stmt) -> bool:
    """Say whether a statement is the call of something that refuses."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    if isinstance(function, ast.Subscript):
        return True
    if isinstance(function, ast.Attribute):
        return REFUSING.fullmatch(function.attr) is not None
    return isinstance(function, ast.Name) and bool(REFUSING.fullmatch(function.id))


def switched(
    source: str, module: str, first: int, *, deciding: bool
) -> tuple[ast.Module, list[Mutant]]:
    """Return a module with a switch at every guard, numbered from ``first`` on.

    In a ``deciding`` one a yes or no leaves by ``return``, too.
    """
    switches = Switches(module, first, deciding=deciding)
    tree = switches.visit(ast.parse(source))
    return ast.fix_missing_locations(tree), switches.mutants
