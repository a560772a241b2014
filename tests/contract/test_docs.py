"""The docs name what the code has: tools, errors, options, variables, imports."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from smithgate import errors
from smithgate.cli import cli
from smithgate.cli.common import PLACES
from smithgate.server.toolset import DEFAULT_TOOLS
from smithgate_codegen.cli import cli as codegen
from stack import ROOT

SETTINGS = {f"--{name.replace('_', '-')}" for name in PLACES}
RUNTIME = ROOT / "runtime" / "smithgate"


def text(name: str) -> str:
    content: str = (ROOT / name).read_text(encoding="utf-8")
    return content


def test_every_tool_is_in_the_readme() -> None:
    for tool in DEFAULT_TOOLS:
        assert f"| `{tool.name}` |" in text("README.md")


def every_error() -> list[type[errors.SmithgateError]]:
    return [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, errors.SmithgateError)
    ]


def test_the_error_table_is_the_error_tree() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", text("docs/errors.md"), re.MULTILINE))
    assert listed == {error.code for error in every_error()}


def test_error_codes_are_unique() -> None:
    codes = [error.code for error in every_error()]
    assert len(codes) == len(set(codes))


def commands(
    group: click.Group, prefix: str = ""
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


@pytest.mark.parametrize(("name", "command"), list(commands(cli)))
def test_every_command_and_option_is_documented(
    name: str, command: click.Command
) -> None:
    docs = text("docs/cli.md")
    row = next((line for line in docs.splitlines() if f"| `{name}" in line), None)
    assert row is not None, f"{name} has no row in docs/cli.md"
    for parameter in command.params:
        for option in getattr(parameter, "opts", []):
            if option in SETTINGS:
                assert f"`{option} " in docs
            elif option.startswith("--"):
                assert option in row, f"{name} {option} is not in docs/cli.md"


@pytest.mark.parametrize(("name", "command"), list(commands(codegen)))
def test_every_generator_option_is_documented(
    name: str, command: click.Command
) -> None:
    docs = text("docs/codegen.md")
    row = next((line for line in docs.splitlines() if f"| `{name}`" in line), None)
    assert row is not None, f"{name} has no row in docs/codegen.md"
    if "as `generate`" in row:
        return
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert option in row, f"{name} {option} is not in docs/codegen.md"


def test_every_variable_is_documented() -> None:
    found = {
        name
        for path in RUNTIME.rglob("*.py")
        for name in re.findall(r"\"(SMITHGATE_[A-Z_]+)\"", path.read_text())
    }
    assert found
    for name in found:
        assert f"`{name}`" in text("docs/cli.md")


def part_of(module: Path) -> str:
    """Return the part of the runtime that a file belongs to, as the diagram names it."""
    relative = module.relative_to(RUNTIME)
    return relative.parts[0].removesuffix(".py")


LEAVES = {"errors", "operation", "canonical", "redact", "strict_json", "settings"}
"""Parts that everybody may use; the diagram leaves them out."""


def imports() -> set[tuple[str, str]]:
    found = set()
    for path in RUNTIME.rglob("*.py"):
        depth = len(path.relative_to(RUNTIME).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.level != depth:
                continue
            names = [node.module] if node.module else [a.name for a in node.names]
            found |= {(part_of(path), name.split(".")[0]) for name in names}
    skip = LEAVES | {"__init__", "__main__", "__version__"}
    return {(a, b) for a, b in found if a != b and not {a, b} & skip}


def test_the_diagram_shows_the_imports() -> None:
    diagram = text("docs/architecture.md").split("```mermaid")[1].split("```")[0]
    drawn = set(re.findall(r"^\s*(\w+) --> (\w+)$", diagram, re.MULTILINE))
    assert drawn == imports()
