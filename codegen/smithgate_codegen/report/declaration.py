"""A generated module as data: its fields and the source behind each.

Owns reading the one declaration from its text, with the comments that say where each
fact came from. The module is parsed, never run.
"""

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NO_SOURCE = "printed without a source"


@dataclass(frozen=True, slots=True)
class Declaration:
    """The fields of one ``Operation``, as JSON values, each with its source."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]
    is_read: bool = True
    """``False`` when the text is not a declaration; both mappings are empty then."""

    def source(self, field: str) -> str:
        """Return the comment behind a field."""
        return self.sources.get(field, NO_SOURCE)


UNREAD = Declaration({}, {}, is_read=False)


def read_declaration(text: bytes) -> Declaration:
    """Return what the module declares; ``UNREAD`` for any other text."""
    try:
        source = text.decode()
        module = ast.parse(source)
        call = _declaration(module)
        if call is None:
            return UNREAD
        comments = _comments(source)
        named = [keyword for keyword in call.keywords if keyword.arg is not None]
        return Declaration(
            {str(item.arg): _value(item.value) for item in named},
            {
                str(item.arg): comments[item.lineno]
                for item in named
                if item.lineno in comments
            },
        )
    except (ValueError, SyntaxError, RecursionError, tokenize.TokenError):
        return UNREAD


def _declaration(module: ast.Module) -> ast.Call | None:
    for statement in module.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="OPERATION")], value=ast.Call() as call
            ):
                return call
    return None


def _value(node: ast.expr) -> Any:
    """Return the value of a literal; enum members are their values, calls mappings."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(_value(key)): _value(value) for key, value in pairs if key}
        case ast.Attribute(attr=name):
            return name.lower()
        case ast.Call(func=ast.Name(), args=[], keywords=keywords):
            return {str(item.arg): _value(item.value) for item in keywords}
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
    msg = "not a literal"
    raise ValueError(msg)


def _comments(source: str) -> dict[int, str]:
    """Return line number → comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.removeprefix("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
