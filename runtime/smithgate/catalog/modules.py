"""Loading one generated module by path, without trusting that it is what it was.

A generated module is a docstring, one import from ``smithgate`` and one declaration.
That form is checked on the syntax tree before anything runs, so an edited file cannot
bring code into the server. No ``sys.path`` or ``sys.modules`` entry is made, and no
cached bytecode is used: what runs is the source whose digest was taken.
"""

import ast
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from types import CodeType

from ..operation import Operation
from .index import Entry, invalid

_PACKAGE = "smithgate"
_VALUES = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Call, ast.keyword)
_NAMES = (ast.Name, ast.Attribute, ast.Load)


class _TextLoader(SourceFileLoader):
    """Runs source text that was read before; never looks for bytecode."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the loader API
        return self._code


def load_operation(entry: Entry, source: bytes) -> Operation:
    """Return the ``OPERATION`` that the module's ``source`` declares.

    Raises ``CatalogInvalid`` if the text has another form than generated modules
    have, fails to run, or disagrees with the index ``entry``.
    """
    path = entry.module
    try:
        tree = ast.parse(source, filename=path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise invalid(path, "is not Python") from error
    if not _is_declaration(tree):
        raise invalid(path, "is not one import and one declaration")
    name = f"smithgate_generated.{path.removesuffix('.py').replace('/', '.')}"
    loader = _TextLoader(name, path, compile(tree, path, "exec", dont_inherit=True))
    module = module_from_spec(ModuleSpec(name, loader, origin=path))
    try:
        loader.exec_module(module)
    except Exception as error:
        raise invalid(path, f"does not load: {type(error).__name__}") from error
    operation = getattr(module, "OPERATION", None)
    if not isinstance(operation, Operation):
        raise invalid(path, "declares no OPERATION")
    _check_agreement(entry, operation)
    return operation


def _is_declaration(tree: ast.Module) -> bool:
    match tree.body:
        case [
            ast.Expr(value=ast.Constant(value=str())),
            ast.ImportFrom(module=module, level=0, names=names),
            ast.Assign(targets=[ast.Name(id="OPERATION")], value=value),
        ] if (
            module == _PACKAGE
        ):
            imported = {alias.name for alias in names if alias.asname is None}
            return len(imported) == len(names) and _is_data(value, imported)
    return False


def _is_data(value: ast.expr, imported: set[str]) -> bool:
    """Say whether ``value`` is made of literals and of what the module imports."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            allowed = isinstance(node.func, ast.Name)
        elif isinstance(node, ast.Name):
            allowed = node.id in imported
        elif isinstance(node, ast.Attribute):
            # An enum member, such as Risk.READ; nothing deeper, no dunder.
            allowed = isinstance(node.value, ast.Name) and node.attr.isupper()
        else:
            allowed = isinstance(node, _VALUES + _NAMES) or _is_number(node)
        if not allowed:
            return False
    return True


def _is_number(node: ast.AST) -> bool:
    """Accept the sign of a negative number, as in ``constants={"Limit": -1}``."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.USub)


def _check_agreement(entry: Entry, operation: Operation) -> None:
    """Refuse a module that says something else than the index does of it."""
    pairs = {
        "id": (entry.id, operation.id),
        "client": ((entry.service, entry.method), operation.client),
        "risk": (entry.risk, operation.risk),
        "change": (entry.change, operation.change),
        "required": (entry.required, operation.required),
        "schema": (entry.schema, operation.schema),
        "output_schema": (entry.output_schema, operation.output_schema),
    }
    for field, (listed, declared) in pairs.items():
        if listed != declared:
            raise invalid(entry.module, f"and the index disagree on `{field}`")
