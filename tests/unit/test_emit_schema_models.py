"""Schemas of real models: every operation of some services, and of all of them.

``pytest -m slow -s tests/unit/test_emit_schema_models.py`` walks both model sets and
prints how many schemas there are, how large they are and what became of the patterns.
"""

import json
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from smithgate_codegen.emit.schema import dump_schema, input_schema, output_schema
from smithgate_codegen.emit.schema_text import KEY_ORDER
from smithgate_codegen.errors import UnsupportedShape
from smithgate_codegen.model import Model, load_model
from smithgate_codegen.patterns import BACKTRACK_LIMIT, Outcome, PatternTable
from smithgate_codegen.sync import BotocoreSource, load_service

pytestmark = pytest.mark.models

SERVICES = (
    *("bedrock-agent", "cleanrooms", "connect", "dynamodb", "ec2", "glue", "iam"),
    *("lambda", "lexv2-models", "quicksight", "s3", "sagemaker", "ssm", "transfer"),
)
PUBLIC = Path(__file__).parents[2].parent / "shared" / "api-models-aws"
NODE = shutil.which("node")
SAMPLE = 150  # check_schema takes 20 ms and more: one schema in so many
# Its "regex" format asks Python's ``re``, which has no ``\\p{L}``; node is asked below.
NO_FORMATS = jsonschema.FormatChecker(())
ECMA = """
const patterns = JSON.parse(require("fs").readFileSync(0, "utf8"));
const refused = patterns.filter((text) => {
  try { new RegExp(text, "u"); return false; } catch { return true; }
});
console.log(JSON.stringify(refused));
"""


@dataclass
class Walk:
    """What was found on a walk over models."""

    table: PatternTable = field(default_factory=PatternTable)
    requests: list[int] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)
    streams: int = 0

    def add(self, model: Model) -> None:
        for bound in model.operations():
            try:
                asked = input_schema(model, bound.shape, patterns=self.table)
                given = output_schema(model, bound.shape, patterns=self.table)
            except UnsupportedShape as error:
                if "event stream" not in error.message:
                    raise
                self.streams += 1
                continue
            self._check(asked, is_request=True)
            self._check(given, is_request=False)
            self.requests.append(compact(asked))
            self.replies.append(compact(given))

    def _check(self, schema, *, is_request):
        compile_schema(schema)
        if (len(self.requests) + 1) % SAMPLE == 0:
            jsonschema.Draft202012Validator.check_schema(schema, NO_FORMATS)
            assert json.loads(dump_schema(schema)) == schema
        assert schema["type"] == "object"
        assert ("additionalProperties" in schema) == is_request
        referred = set()
        for node in nodes_of(schema):
            check_node(node, is_request=is_request)
            if "$ref" in node:
                referred.add(node["$ref"].removeprefix("#/$defs/"))
            if "pattern" in node:
                self.printed.add(node["pattern"])
        assert referred == set(schema.get("$defs", ()))

    def show(self, name: str) -> None:
        print(f"\n{name}: {len(self.requests)} operations, {self.streams} with streams")
        for what, found in (("requests", self.requests), ("replies", self.replies)):
            sizes = sorted(found)
            print(
                f"  {what}: {sum(sizes) / 1e6:.1f} MB, median {statistics.median(sizes)},"
                f" p99 {sizes[int(len(sizes) * 0.99)]}, max {sizes[-1]} bytes"
            )
        print(json.dumps(self.table.report(), indent=2))


def compact(schema):
    return len(json.dumps(schema, separators=(",", ":"), ensure_ascii=False).encode())


def compile_schema(schema):
    """Compile as the runtime does, which checks against the metaschema as well."""
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
    return jsonschema_rs.Draft202012Validator(
        json.dumps(schema), offline=True, pattern_options=options
    )


def nodes_of(schema) -> Iterator[dict[str, Any]]:
    """Yield every schema node: the root, definitions, members, items, branches."""
    todo = [schema]
    while todo:
        node = todo.pop()
        yield node
        for key in ("properties", "$defs"):
            todo += node.get(key, {}).values()
        for key in ("oneOf", "anyOf"):
            todo += node.get(key, ())
        todo += [
            node[key]
            for key in ("items", "propertyNames", "additionalProperties")
            if isinstance(node.get(key), dict)
        ]


def check_node(node, *, is_request):
    ranks = [KEY_ORDER.index(key) for key in node]
    assert ranks == sorted(ranks)
    for key in ("properties", "$defs", "required", "enum"):
        assert list(node.get(key, ())) == sorted(node.get(key, ()))
    assert len(node.get("description", "")) <= 160
    if is_request:
        is_record = "properties" in node
        assert not is_record or node["additionalProperties"] is False
        if node.get("type") == "integer" and "enum" not in node:
            assert node["minimum"] <= node["maximum"]
        assert node.get("minLength", 0) <= node.get("maxLength", 2**63)
    else:
        assert not node.keys() & {"description", "enum", "pattern", "minLength"}


def refused_by_ecma(patterns):
    """Return the patterns that do not compile in ECMA 262 ``u`` mode."""
    if NODE is None:
        pytest.skip("node is not installed")
    done = subprocess.run(
        [NODE, "-e", ECMA],
        input=json.dumps(sorted(patterns)),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def walk():
    found = Walk()
    source = BotocoreSource()
    for name in SERVICES:
        found.add(load_service(name, source).model)
    return found


def test_every_operation_of_some_services_has_two_sound_schemas(walk):
    assert len(walk.requests) == len(walk.replies) > 2000
    assert walk.table.report()["uses"]["kept"] > 1000


def test_printed_patterns_compile_in_ecma_unicode_mode(walk):
    assert len(walk.printed) > 500
    assert refused_by_ecma(walk.printed) == []


def test_the_overrides_fit_the_models_that_they_name(walk):
    assert walk.table.report()["stale_overrides"] == []


def test_known_recursion_and_size(walk):
    # The figures are bounds to notice a blow-up by, not a promise.
    assert max(walk.requests) < 500_000
    assert statistics.median(walk.requests) < 1_500


@pytest.fixture(scope="module")
def everything_in_botocore():
    found = Walk()
    source = BotocoreSource()
    for name in source.services():
        found.add(load_service(name, source).model)
    found.show("botocore")
    return found


@pytest.fixture(scope="module")
def everything_public():
    if not PUBLIC.is_dir():
        pytest.skip("the shared model set is not there")
    found = Walk()
    for path in sorted(PUBLIC.glob("*/service/*/*.json")):
        found.add(load_model(path.read_bytes(), origin=path.name))
    found.show("public models")
    return found


@pytest.mark.slow
def test_every_operation_of_botocore(everything_in_botocore):
    found = everything_in_botocore
    assert len(found.requests) > 19_000
    assert found.table.report()["stale_overrides"] == []
    assert refused_by_ecma(found.printed) == []


@pytest.mark.slow
def test_every_operation_of_the_public_models(everything_public):
    found = everything_public
    assert len(found.requests) == 16_000
    assert found.table.report()["stale_overrides"] == []
    assert refused_by_ecma(found.printed) == []


@pytest.mark.slow
def test_every_pattern_of_the_public_models_has_a_portable_form_or_a_known_reason():
    """All 7,432 uses, those that only replies have too."""
    if not PUBLIC.is_dir():
        pytest.skip("the shared model set is not there")
    table, verdicts = PatternTable(), []
    for path in sorted(PUBLIC.glob("*/service/*/*.json")):
        model = load_model(path.read_bytes(), origin=path.name)
        for place, pattern in patterns_in(model):
            verdicts.append(table.classify(pattern, place=place))
    print(json.dumps(table.report(), indent=2))
    assert sum(table.report()["uses"].values()) == len(verdicts) == 7_432
    left = [item for item in verdicts if item.outcome is Outcome.LEFT_TO_AWS]
    said = [item for item in left if item.reasons != ("it accepts every text",)]
    assert len(said) <= 5, [item.source for item in said]
    printed = {item.pattern for item in verdicts if item.pattern is not None}
    assert refused_by_ecma(printed) == []


def patterns_in(model):
    for shape in model.shapes.values():
        owners = [(str(shape.id), shape.traits)]
        owners += [
            (f"{shape.id}${member.name}", member.traits)
            for member in shape.members.values()
        ]
        for place, traits in owners:
            if "smithy.api#pattern" in traits:
                yield place, traits["smithy.api#pattern"]
