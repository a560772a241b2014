"""The real pipeline over one hostile model, and what must hold of its output.

Owns the checks. Each failed one is a ``Broken`` with the file and what is wrong; an
error of the generator's own tree is a refusal, which is fine; any other exception is a
crash, which is not.
"""

import ast
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from smithgate_codegen.build import build_service
from smithgate_codegen.emit.index import (
    index_text,
    operation_entry,
    service_entry,
    skipped_text,
)
from smithgate_codegen.emit.module import environment, render_operation
from smithgate_codegen.emit.roots import templates_root
from smithgate_codegen.emit.schema import SchemaEmitter
from smithgate_codegen.errors import CodegenError
from smithgate_codegen.ir import (
    Fact,
    Inverse,
    OperationIR,
    Raise,
    Reader,
    ServiceIR,
    TagShape,
)
from smithgate_codegen.knowledge.overrides import no_overrides
from smithgate_codegen.knowledge.sensitive import mark_listed
from smithgate_codegen.patterns import PatternTable
from smithgate_codegen.sync import Cache, Pin, RawModel, ServiceModel, load_service
from smithgate_codegen.sync.clients import hyphenated
from smithgate_codegen.write import write


class Broken(AssertionError):
    """Hostile text got out of where it was printed."""


@cache
def _environment() -> Any:
    return environment(templates_root())


@dataclass(frozen=True, slots=True)
class _One:
    """A source of one model."""

    data: bytes
    name: str = "directory"
    release: None = None

    def services(self) -> tuple[str, ...]:
        return ("fuzz",)

    def fetch(self, client_name: str) -> RawModel:
        return RawModel(data=self.data, version="2026-01-01", origin="fuzz")

    def fingerprint(self, client_name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Output:
    """What the pipeline made of one model."""

    service: ServiceModel
    built: ServiceIR
    files: dict[str, str]


def run(model: Mapping[str, Any], root: Path) -> str | None:
    """Generate a model below ``root`` and check everything that was written.

    Returns the code of the error that refused it, ``None`` for a model that was
    generated. Raises ``Broken``.
    """
    data = json.dumps(model, ensure_ascii=False).encode()
    tree = root / "tree"
    with watched(root):
        try:
            name = client_name_of(data)
            # What `sync` does first with a service of an unknown name.
            pin = Pin("directory", "2026-01-01", hashlib.sha256(data).hexdigest())
            Cache(root / "cache").remember(name, pin.sha256, pin)
            output = generated(name, data)
            write(tree, output.files)
        except CodegenError as refused:
            return refused.code
    check_tree(tree, output.files)
    for operation in output.built.operations:
        check_module(output.files[f"{operation.path}.py"], operation)
    check_schemas(output)
    check_index(output)
    return None


def generated(name: str, data: bytes) -> Output:
    """Load, build and render, as ``generate`` does for one service."""
    service = load_service(name, _One(data))
    built = build_service(service, no_overrides(), PatternTable(()))
    files: dict[str, str] = {}
    for operation in built.operations:
        files.update(render_operation(_environment(), operation))
    files["index.json"] = index_text(
        source={built.client_name: dict(built.source)},
        services={built.client_name: service_entry(built)},
        operations={op.id: operation_entry(op) for op in built.operations},
    )
    files["skipped.json"] = skipped_text(
        {item.id: item.reason for item in built.skipped}
    )
    return Output(service, built, files)


def client_name_of(data: bytes) -> str:
    """Return the name that a model without a boto3 client gets from its sdk id."""
    for node in json.loads(data)["shapes"].values():
        if node["type"] == "service":
            return hyphenated(node["traits"]["aws.api#service"]["sdkId"])
    return "fuzz"


_watched: list[Path] = []
_FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "subprocess.", "socket.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched:
        return
    if event.startswith(_FORBIDDEN):
        raise Broken(f"{event} {arguments!r}")
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & _WRITING:
            _inside(path)
    elif event in {"os.mkdir", "os.remove", "os.rmdir", "os.chmod"}:
        _inside(arguments[0])
    elif event == "os.rename":
        _inside(arguments[0])
        _inside(arguments[1])


def _inside(path: Any) -> None:
    if isinstance(path, int):
        return
    place = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - no links followed
    if not place.is_relative_to(_watched[0]):
        raise Broken(f"`{place}` is outside of the tree")


@contextmanager
def watched(root: Path) -> Iterator[None]:
    """Refuse programs, sockets and writing outside of ``root`` in the meantime."""
    if not getattr(sys, "_smithgate_audited", False):
        sys.addaudithook(_audit)
        sys._smithgate_audited = True  # type: ignore[attr-defined]
    _watched.append(root)
    try:
        yield
    finally:
        _watched.pop()


_PATH = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")


def check_tree(root: Path, files: Mapping[str, str]) -> None:
    """Check that the disk has exactly the files, with exactly their texts."""
    found = {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in root.rglob("*")
        if path.is_file()
    }
    if found != dict(files):
        different = {
            path for path in {*found, *files} if found.get(path) != files.get(path)
        }
        raise Broken(f"the tree differs: {sorted(different)[:3]!r}")
    for path in files:
        if not _PATH.fullmatch(path):
            raise Broken(f"the path {path!r}")


def check_module(source: str, operation: OperationIR) -> None:
    """Check that a module is a docstring, one import and one declaration of the IR."""
    if not source.isascii() or any(
        not (letter.isprintable() or letter == "\n") for letter in source
    ):
        raise Broken(f"{operation.id!r}: the module has characters that do not show")
    body = ast.parse(source).body
    kinds = [type(statement) for statement in body]
    if kinds != [ast.Expr, ast.ImportFrom, ast.Assign]:
        raise Broken(f"{operation.id!r}: the module has the statements {kinds}")
    docstring, imported, assigned = body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(imported, ast.ImportFrom)
    assert isinstance(assigned, ast.Assign)
    if literal(docstring.value) != f"{operation.sdk_id} {operation.name}".strip() + ".":
        raise Broken(f"{operation.id!r}: the docstring is {literal(docstring.value)!r}")
    if (imported.module, imported.level) != ("smithgate", 0):
        raise Broken(f"{operation.id!r}: the module imports {imported.module}")
    if [ast.unparse(target) for target in assigned.targets] != ["OPERATION"]:
        raise Broken(f"{operation.id!r}: the module assigns something else")
    printed = declaration(assigned.value, "Operation")
    wanted = expected(operation)
    if printed != wanted:
        keys = {
            key for key in {*printed, *wanted} if printed.get(key) != wanted.get(key)
        }
        raise Broken(f"{operation.id!r}: {sorted(keys)} differ from the IR")


def declaration(node: ast.expr, name: str) -> dict[str, Any]:
    """Return the keywords of a call of ``name``; nothing is ever evaluated."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == name):
        raise Broken(f"not a call of {name}: {ast.unparse(node)[:80]!r}")
    if node.args or any(keyword.arg is None for keyword in node.keywords):
        raise Broken(f"{name} has arguments that are no keywords")
    return {str(keyword.arg): _value(keyword.value) for keyword in node.keywords}


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Tuple) and any(isinstance(e, ast.Call) for e in node.elts):
        return tuple(_value(item) for item in node.elts)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name not in {"Raise", "Read", "Tags"}:
            raise Broken(f"a call of {name!r}")
        return declaration(node, name)
    if isinstance(node, ast.Attribute):
        return ast.unparse(node)
    return literal(node)


def literal(node: ast.expr) -> Any:
    """Return the value of a literal; anything that is none is ``Broken``."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise Broken(f"no literal: {ast.unparse(node)[:80]!r}") from None


_ALWAYS = {"id", "shape_id", "client", "idempotency_token", "required", "tags", "read"}


def expected(op: OperationIR) -> dict[str, Any]:
    """Return what the declaration must say, from the IR."""
    wanted: dict[str, Any] = {
        "id": op.id,
        "shape_id": op.shape_id,
        "client": (op.service, op.method),
        "change": _enum(op.change.value),
        "risk": _enum(op.risk.value),
        "required": op.required,
        "raises": tuple(_raise(fact.value) for fact in op.raises),
        "labels": op.labels,
        "headers": op.headers,
        "tags": None if op.tags.value is None else _tags(op.tags.value),
        "read": None if op.reader.value is None else _reader(op.reader.value),
        "inverse": _inverse(op.inverse.value) if op.inverse.value else None,
        "unreadable": _enum(op.unreadable) if op.unreadable else None,
        "schema": f"{op.path}.schema.json",
        "output_schema": f"{op.path}.output.json",
    }
    for field in fields(op):
        fact = getattr(op, field.name)
        if isinstance(fact, Fact) and field.name not in {*wanted, "reader"}:
            wanted[field.name] = fact.value
    return {key: value for key, value in wanted.items() if value or key in _ALWAYS}


def _enum(value: StrEnum) -> str:
    return f"{type(value).__name__}.{value.name}"


def _raise(rule: Raise) -> dict[str, Any]:
    found = {field.name: getattr(rule, field.name) for field in fields(rule)}
    always = {"members", "when", "risk", "why"}
    return {k: _symbol(v) for k, v in found.items() if v or k in always}


def _tags(tags: TagShape) -> dict[str, Any]:
    wanted = {"member": tags.member, "style": _enum(tags.style)}
    if tags.style.name != "MAP":
        wanted |= {"key": tags.key, "value": tags.value}
    return wanted


_TEXTS = {"write_only", "absent"}
"""Tuples of a reader that are no mappings."""


def _reader(reader: Reader) -> dict[str, Any]:
    return {
        name: value
        for name, value in _printed(reader).items()
        if value or name in {"operation", "params"}
    }


def _inverse(inverse: Inverse) -> dict[str, Any]:
    return {name: value for name, value in _printed(inverse).items() if value}


def _printed(declared: Reader | Inverse) -> dict[str, Any]:
    """Return every field as the declaration spells it."""
    found = {field.name: getattr(declared, field.name) for field in fields(declared)}
    return {
        name: (
            {key: _symbol(item) for key, item in value}
            if isinstance(value, tuple) and name not in _TEXTS
            else _symbol(value)
        )
        for name, value in found.items()
    }


def _symbol(value: Any) -> Any:
    return _enum(value) if isinstance(value, StrEnum) else value


def check_schemas(output: Output) -> None:
    """Check that the schema files parse back to what the emitter made."""
    built, files = output.built, output.files
    model = mark_listed(output.service.model, built.client_name)
    emitter = SchemaEmitter(model, PatternTable(()))
    shapes = {bound.shape.id.name: bound.shape for bound in model.operations()}
    for operation in built.operations:
        shape = shapes[operation.name]
        pairs = {
            f"{operation.path}.schema.json": emitter.input_schema(shape),
            f"{operation.path}.output.json": emitter.output_schema(shape),
        }
        for path, schema in pairs.items():
            text = files[path]
            if json.loads(text) != schema:
                raise Broken(f"`{path}` does not parse back")
            if any(not (letter.isprintable() or letter == "\n") for letter in text):
                raise Broken(f"`{path}` has characters that do not show")


def check_index(output: Output) -> None:
    """Check that the index and the list of skipped operations parse back."""
    built, files = output.built, output.files
    index = json.loads(files["index.json"])
    wanted = {op.id: operation_entry(op) for op in built.operations}
    if index["operations"] != wanted or len(index["services"]) != 1:
        raise Broken("index.json does not parse back")
    for op in built.operations:
        if any(not letter.isprintable() for letter in op.summary.replace("\u00ad", "")):
            raise Broken(f"{op.id!r}: the summary has characters that do not show")
    skipped = json.loads(files["skipped.json"])["skipped"]
    if skipped != {item.id: item.reason for item in built.skipped}:
        raise Broken("skipped.json does not parse back")
