"""The rendering step: one operation of the IR to the text of its three files.

Owns the Jinja environment and the small view that the templates print. Templates only
interpolate, loop and include; every choice between two texts is made here. Leaves
literal layout to ``literal`` and the schemas' text to ``schema``.
"""

import ast
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from ..errors import RenderError
from ..ir import (
    Fact,
    Inverse,
    OperationIR,
    Raise,
    Reader,
    ReadMode,
    TagShape,
    TagStyle,
)
from . import literal
from .roots import OPERATION_TEMPLATE


def environment(root: Path) -> jinja2.Environment:
    """Return the environment all templates are rendered with."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Python source, printed through `literal`
        keep_trailing_newline=True,
        extensions=(),
    )
    env.filters.update(
        text=literal.text, docstring=literal.docstring, comment=literal.comment
    )
    return env


@dataclass(frozen=True)
class ModuleView:
    """One operation as the template prints it: text, and lists of optional fields."""

    op: OperationIR

    @property
    def shape_id(self) -> str:
        """Absolute shape id."""
        return self.op.shape_id

    @property
    def title(self) -> str:
        """Subject of the docstring."""
        return f"{self.op.sdk_id} {self.op.name}"

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Names that the declaration uses, sorted without regard to case."""
        names = {"Change", "Operation", "Risk"}
        if self.op.raises:
            names |= {"Raise", "When"}
        if any(fact.value.payload for fact in self.op.raises):
            names |= {"Payload"}
        if reader := self.op.reader.value:
            names |= {"Confidence", "Read", "ReadMode"}
            names |= {"How"} if reader.how else set()
            names |= {"KeyNames"} if reader.keys else set()
        if self.op.unreadable:
            names |= {"Unreadable"}
        if self.op.inverse.value:
            names |= {"Inverse"}
        if self.op.tags.value:
            names |= {"TagStyle", "Tags"}
        return tuple(sorted(names, key=str.lower))

    @property
    def import_line(self) -> str:
        """The import of those names, broken where black would break it."""
        line = f"from smithgate import {', '.join(self.imports)}"
        if len(line) <= literal.LINE:
            return line
        names = "".join(f"    {name},\n" for name in self.imports)
        return f"from smithgate import (\n{names})"

    @property
    def identity(self) -> tuple[str, ...]:
        """The fields that name the operation."""
        op = self.op
        return (
            _line("id", op.id),
            _line("shape_id", op.shape_id),
            _line("client", literal.Inline((op.service, op.method))),
        )

    @property
    def risk(self) -> str:
        """Member name of ``Risk``."""
        return self.op.risk.value.name

    @property
    def change(self) -> str:
        """Member name of ``Change``."""
        return self.op.change.value.name

    @property
    def raises(self) -> tuple[tuple["RaiseView", ...], ...]:
        """The arguments that raise the risk, if there are any."""
        rules = tuple(RaiseView(fact.value, fact.source) for fact in self.op.raises)
        return (rules,) if rules else ()

    @property
    def iam_actions(self) -> tuple[str, ...]:
        """The field, left out when there are none."""
        return _optional("iam_actions", self.op.iam_actions)

    @property
    def members(self) -> tuple[str, ...]:
        """The fields about members, in the order of ``Operation``."""
        op = self.op
        lines = [
            _line("idempotency_token", op.idempotency_token),
            _line("required", op.required),
        ]
        lines += [_line("labels", op.labels)] if op.labels else []
        lines += [_line("headers", op.headers)] if op.headers else []
        lines += _optional("sensitive", op.sensitive)
        lines += _optional("sensitive_output", op.sensitive_output)
        return tuple(lines)

    @property
    def tags(self) -> tuple["TagsView", ...]:
        """The tag shape, if there is one."""
        tags = self.op.tags
        return (TagsView(tags.value, tags.source),) if tags.value else ()

    @property
    def without_tags(self) -> tuple[str, ...]:
        """The reason why there is no tag shape."""
        return _reason(self.op.tags)

    @property
    def dry_run(self) -> tuple[str, ...]:
        """The field, left out when there is none."""
        return _optional("dry_run", self.op.dry_run)

    @property
    def readers(self) -> tuple["ReaderView", ...]:
        """The reader, if there is one."""
        reader = self.op.reader
        return (ReaderView(reader.value, reader.source),) if reader.value else ()

    @property
    def without_reader(self) -> tuple[str, ...]:
        """The reason why there is no reader."""
        return _reason(self.op.reader)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The reason's class, left out where there is a reader."""
        kind = self.op.unreadable
        return (_line("unreadable", _symbol(kind)),) if kind else ()

    @property
    def inverses(self) -> tuple["InverseView", ...]:
        """The inverse, if there is one."""
        inverse = self.op.inverse
        return (InverseView(inverse.value, inverse.source),) if inverse.value else ()

    @property
    def schemas(self) -> tuple[str, ...]:
        """Paths of the two schema files."""
        return (
            _line("schema", f"{self.op.path}.schema.json"),
            _line("output_schema", f"{self.op.path}.output.json"),
        )


@dataclass(frozen=True)
class RaiseView:
    """An argument rule as the template prints it."""

    rule: Raise
    source: str

    @property
    def members(self) -> str:
        """The field that names the members."""
        return _line("members", self.rule.members, indent=12)

    @property
    def when(self) -> str:
        """Member name of ``When``."""
        return self.rule.when.name

    @property
    def values(self) -> tuple[str, ...]:
        """The field, left out when there are none."""
        values = self.rule.values
        return (_line("values", values, indent=12),) if values else ()

    @property
    def risk(self) -> str:
        """Member name of ``Risk``."""
        return self.rule.risk.name

    @property
    def payload(self) -> tuple[str, ...]:
        """Member name of ``Payload``, left out when there is none."""
        return (self.rule.payload.name,) if self.rule.payload else ()

    @property
    def judged_as(self) -> tuple[str, ...]:
        """The field, left out when there are none."""
        ids = self.rule.judged_as
        return (_line("judged_as", ids, indent=12),) if ids else ()

    @property
    def why(self) -> str:
        """Literal of the reason."""
        return literal.text(self.rule.why)


@dataclass(frozen=True)
class TagsView:
    """A tag shape as the template prints it."""

    tags: TagShape
    source: str

    @property
    def member(self) -> str:
        """Literal of the path."""
        return literal.text(self.tags.member)

    @property
    def style(self) -> str:
        """Member name of ``TagStyle``."""
        return self.tags.style.name

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that name key and value; a map has none."""
        if self.tags.style is TagStyle.MAP:
            return ()
        return (_line("key", self.tags.key), _line("value", self.tags.value))


@dataclass(frozen=True)
class ReaderView:
    """A reader as the template prints it."""

    reader: Reader
    source: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields inside ``Read(...)``; empty defaults are left out."""
        reader = self.reader
        how = {path: _symbol(how) for path, how in reader.how}
        optional = {
            "constants": dict(reader.constants),
            "asks": dict(reader.asks),
            "created": dict(reader.created),
            "select": reader.select,
            "match": dict(reader.match),
            "match_created": dict(reader.match_created),
            "each": dict(reader.each),
            "compare": dict(reader.compare),
            "how": how,
            "expect": dict(reader.expect),
            "write_only": reader.write_only,
            "absent": reader.absent,
            "absent_when_empty": reader.absent_when_empty,
            "gone": dict(reader.gone),
            "container": reader.container,
            "repeats": reader.repeats,
        }
        lines = [
            _line("operation", reader.operation, indent=8),
            _line("params", dict(reader.params), indent=8),
        ]
        lines += [_line(n, value, indent=8) for n, value in optional.items() if value]
        return tuple(lines)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The fields inside ``KeyNames(...)``, where there is one."""
        keys = self.reader.keys
        if keys is None:
            return ()
        fields = {
            "operation": keys.operation,
            "params": dict(keys.params),
            "select": keys.select,
            "of": keys.of,
            "to": keys.to,
        }
        return (tuple(_line(n, value, indent=12) for n, value in fields.items()),)

    @property
    def confidence(self) -> str:
        """Member name of ``Confidence``."""
        return self.reader.confidence.name

    @property
    def mode(self) -> str:
        """Member name of ``ReadMode``."""
        return ReadMode(self.reader.mode).name


@dataclass(frozen=True)
class InverseView:
    """An inverse as the template prints it."""

    inverse: Inverse
    source: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields inside ``Inverse(...)``; empty ones are left out."""
        inverse = self.inverse
        lines = [_line("operation", inverse.operation, indent=8)]
        sides = {
            "params": inverse.params,
            "output": inverse.output,
            "before": inverse.before,
        }
        for name, value in sides.items():
            lines += [_line(name, dict(value), indent=8)] if value else []
        return tuple(lines)


def render_operation(env: jinja2.Environment, op: OperationIR) -> dict[str, str]:
    """Return the files of one operation, path below the tree's root → text.

    Raises ``RenderError`` when a template is broken or prints what is not Python.
    """
    try:
        module = env.get_template(OPERATION_TEMPLATE).render(module=ModuleView(op))
        ast.parse(module)
    except (jinja2.TemplateError, SyntaxError, ValueError) as error:
        msg = f"`{op.id}` cannot be rendered: {_one_line(error)}"
        raise RenderError(msg, hint=f"see `{OPERATION_TEMPLATE}`") from error
    return {
        f"{op.path}.py": module,
        f"{op.path}.schema.json": op.input_schema,
        f"{op.path}.output.json": op.output_schema,
    }


def _symbol(member: StrEnum) -> literal.Symbol:
    return literal.Symbol(f"{type(member).__name__}.{member.name}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _line(name: str, value: Any, *, indent: int = 4) -> str:
    if isinstance(value, Fact):
        return literal.argument(name, value.value, indent=indent, note=value.source)
    return literal.argument(name, value, indent=indent)


def _optional(name: str, fact: Fact[Any]) -> tuple[str, ...]:
    return (_line(name, fact),) if fact.value else ()


def _reason(fact: Fact[Any]) -> tuple[str, ...]:
    return () if fact.value else (fact.source,)
