"""The templates only interpolate, loop and include; nothing upstream breaks out."""

import ast
import json
from dataclasses import replace

import black
import jinja2
import pytest
from black.mode import Mode, TargetVersion
from codegen_kit import Kit
from jinja2 import nodes
from smithgate_codegen.build import build_service
from smithgate_codegen.emit.module import environment, render_operation
from smithgate_codegen.emit.roots import OPERATION_TEMPLATE, templates_root
from smithgate_codegen.errors import RenderError
from smithgate_codegen.ir import Fact, OperationIR, Reader, TagShape, TagStyle
from smithgate_codegen.knowledge.overrides import no_overrides
from smithgate_codegen.patterns import PatternTable

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.Include,
    nodes.Name,
    nodes.Getattr,
    nodes.Filter,
    nodes.Call,
    nodes.Const,
)
TEMPLATES = sorted(templates_root().rglob("*.j2"))
TREE_TEMPLATES = [path for path in TEMPLATES if path.parent == templates_root()]
"""Those of the generated tree; folders below hold the templates of other commands."""


def nodes_of(node: nodes.Node):
    yield node
    for child in node.iter_child_nodes():
        yield from nodes_of(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_make_no_choices(path):
    env = environment(templates_root())
    for node in nodes_of(env.parse(path.read_text("utf-8"))):
        assert isinstance(node, ALLOWED), type(node).__name__


def test_the_lint_would_see_a_choice():
    env = environment(templates_root())
    for text in ("{% if a %}{% endif %}", "{{ a if b }}", "{% set a = 1 %}"):
        found = nodes_of(env.parse(text))
        assert not all(isinstance(node, ALLOWED) for node in found), text


def test_every_template_is_used():
    used = {OPERATION_TEMPLATE}
    env = environment(templates_root())
    for path in TREE_TEMPLATES:
        for node in nodes_of(env.parse(path.read_text("utf-8"))):
            if isinstance(node, nodes.Include):
                assert isinstance(node.template, nodes.Const)
                used.add(node.template.value)
    assert used == {path.name for path in TREE_TEMPLATES}


def test_the_environment_is_strict():
    env = environment(templates_root())
    assert env.undefined is jinja2.StrictUndefined
    assert (env.trim_blocks, env.lstrip_blocks, env.keep_trailing_newline) == (
        True,
    ) * 3


def operation() -> OperationIR:
    kit = Kit().op("PutThing", {"Id!": "string", "Password": "string"}, {})
    built = build_service(kit.service(), no_overrides(), PatternTable(()))
    return built.operations[0]


def render(op: OperationIR) -> str:
    return render_operation(environment(templates_root()), op)[f"{op.path}.py"]


def declaration(source: str) -> dict[str, ast.expr]:
    """The keywords of the one declaration, checked to be all there is."""
    tree = ast.parse(source)
    docstring, line, assignment = tree.body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(docstring.value, ast.Constant)
    assert isinstance(line, ast.ImportFrom)
    assert isinstance(assignment, ast.Assign)
    assert isinstance(assignment.value, ast.Call)
    return {k.arg or "": k.value for k in assignment.value.keywords}


def test_the_three_files_of_an_operation():
    op = operation()
    files = render_operation(environment(templates_root()), op)
    assert sorted(files) == [
        "kit/putthing.output.json",
        "kit/putthing.py",
        "kit/putthing.schema.json",
    ]
    assert json.loads(files["kit/putthing.schema.json"])["type"] == "object"


HOSTILE = [
    '"""\nimport os\n"""',
    '", os.system("x"), "',
    "\\",
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "a\nb",
    "\u202egnp",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_a_value(text):
    op = replace(
        operation(),
        sdk_id=text,
        required=(text, "b"),
        sensitive=Fact((text,), "trait x"),
        reader=Fact(
            Reader(
                operation=f"kit:{text}",
                params=((text, text),),
                constants=((text, [text]),),
                select=text,
                compare=((text, text),),
                absent=(text,),
            ),
            "rule x",
        ),
        tags=Fact(TagShape(member=text, style=TagStyle.LIST, key=text), "rule x"),
    )
    source = render(op)
    fields = declaration(source)
    assert ast.literal_eval(fields["required"]) == (text, "b")
    assert ast.literal_eval(fields["sensitive"]) == (text,)
    read = fields["read"]
    assert isinstance(read, ast.Call)
    inside = {k.arg: k.value for k in read.keywords}
    assert ast.literal_eval(inside["compare"]) == {text: text}
    assert ast.literal_eval(inside["constants"]) == {text: [text]}
    mode = Mode(target_versions={TargetVersion.PY311})
    assert black.format_str(source, mode=mode) == source


@pytest.mark.parametrize("text", ["a\nOPERATION = 1", "\u202e"])
def test_a_source_that_breaks_out_of_its_comment_is_refused(text):
    op = operation()
    with pytest.raises(RenderError, match="comment"):
        render(replace(op, risk=Fact(op.risk.value, text)))
    with pytest.raises(RenderError, match="comment"):
        render(replace(op, shape_id=text))


def test_none_is_printed_with_its_reason():
    source = render(operation())
    assert "    read=None,  # rule none: no operation reads Thing\n" in source
    assert "    tags=None,  # no member takes tags\n" in source
    assert "idempotency_token=None,  # no smithy.api#idempotencyToken member" in source


def test_empty_optional_fields_are_left_out():
    fields = declaration(render(operation()))
    assert not {"iam_actions", "labels", "headers", "dry_run"} & set(fields)
    assert "sensitive_output" not in fields
    assert "sensitive" in fields


def test_a_broken_template_is_an_error_of_ours(tmp_path):
    (tmp_path / OPERATION_TEMPLATE).write_text("{{ module.nothing }}")
    with pytest.raises(RenderError, match=r"`kit:PutThing` cannot be rendered"):
        render_operation(environment(tmp_path), operation())
    (tmp_path / OPERATION_TEMPLATE).write_text("not python (")
    with pytest.raises(RenderError, match=r"`kit:PutThing` cannot be rendered"):
        render_operation(environment(tmp_path), operation())
