"""The run-time engine and ECMA 262 ``u`` agree on the printed patterns of real models.

For each pattern a text is made that it should match, and mutants of that text; both
engines judge all of them. ECMA's ``$`` is the end of the text, so agreement on the
newline mutants is the proof that a final newline is not let through.
"""

import json
import shutil
import subprocess
from functools import cache

import pytest
from jsonschema_rs import Draft202012Validator, FancyRegexOptions
from smithgate_codegen.patterns import BACKTRACK_LIMIT, PatternTable
from smithgate_codegen.patterns.nodes import (
    Alt,
    Assert,
    Back,
    Char,
    Class,
    Dot,
    Group,
    Repeat,
    Seq,
    is_dead,
)
from smithgate_codegen.patterns.parse import parse
from smithgate_codegen.patterns.render import render
from smithgate_codegen.sync import BotocoreSource, load_service

pytestmark = pytest.mark.models

SERVICES = ("cleanrooms", "connect", "ec2", "glue", "iot", "lexv2-models", "sagemaker")
NODE = shutil.which("node")
ECMA = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const out = cases.map(([pattern, texts]) => {
  const compiled = new RegExp(pattern, "u");
  return texts.map((text) => compiled.test(text));
});
console.log(JSON.stringify(out));
"""
CANDIDATES = "a1A-_./:=@ ,+*#éß日\u3131\u2001\t\x00"


@cache
def engine(pattern):
    options = FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
    return Draft202012Validator(
        {"type": "string", "pattern": pattern}, pattern_options=options
    )


@cache
def member_of(node):
    alone = engine(f"^{render(Alt((Seq((node,)),)))}$")
    return next((text for text in CANDIDATES if alone.is_valid(text)), "")


def example(tree):
    """Return a text that the tree's first live branch takes; look-around is ignored."""
    live = [b for b in tree.branches if not is_dead(Alt((b,)))] or tree.branches
    return "".join(part(node) for node in live[0].items)


def part(node):
    match node:
        case Char():
            return chr(node.code)
        case Dot():
            return "a"
        case Class():
            return member_of(node)
        case Assert() | Back():
            return ""
        case Group():
            return "" if node.is_look else example(node.body)
        case Repeat():
            count = max(node.low, 1 if node.high is None else min(1, node.high))
            return part(node.body) * min(count, 100)


def texts_for(pattern):
    good = example(parse(pattern).tree)
    return [
        good,
        f"{good}\n",
        f"{good}\n\n",
        f"\n{good}",
        good[:-1],
        f"{good}!",
        "",
        "\n",
    ]


@pytest.fixture(scope="module")
def printed():
    table, source, found = PatternTable(), BotocoreSource(), set()
    for name in SERVICES:
        for shape in load_service(name, source).model.shapes.values():
            pattern = shape.traits.get("smithy.api#pattern")
            if pattern is not None:
                found.add(table.classify(pattern, place=str(shape.id)).pattern)
    return sorted(found - {None})


def test_both_engines_agree_on_examples_and_their_mutants(printed):
    if NODE is None:
        pytest.skip("node is not installed")
    cases = [(pattern, texts_for(pattern)) for pattern in printed]
    done = subprocess.run(
        [NODE, "-e", ECMA],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    matched = 0
    for (pattern, texts), ecma in zip(cases, json.loads(done.stdout), strict=True):
        ours = [engine(pattern).is_valid(text) for text in texts]
        assert ours == ecma, (pattern, texts)
        matched += ours[0]
    # Without this the test would pass on texts that nothing matches.
    assert matched > 0.9 * len(cases) > 400


def test_a_final_newline_passes_only_where_a_newline_is_text_of_the_pattern(printed):
    passed = []
    for pattern in printed:
        good = example(parse(pattern).tree)
        accepts = engine(pattern).is_valid
        if accepts(good) and accepts(f"{good}\n"):
            # Then a newline is accepted before other text as well, or the pattern
            # has no end, or repeats a class with white space in it.
            open_end = not pattern.endswith("$") or "|" in pattern
            inside = accepts(f"{good}\n{good}") or accepts(f"{good}\n\n")
            passed += [] if open_end or inside else [pattern]
    assert passed == []


def test_no_pattern_of_the_models_runs_away_on_long_text(printed):
    for pattern in printed:
        good = example(parse(pattern).tree)
        for text in (good * 200 + "\x00", "a" * 5_000 + "!", "a-" * 2_500, "." * 5_000):
            assert engine(pattern).is_valid(text) in {True, False}
