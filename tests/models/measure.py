"""Everything that is measured on one model; runs in a worker process.

Owns the counting. A figure is a pair (good, all) under a name; what is not good is kept
as a few lines that say where. Figures of different services are added by the caller.
"""

import faulthandler
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import jsonschema_rs
from corpus import Place, share
from examples import examples_of
from instances import Builder, NoInstance, trait
from mutants import MISSING, Mutant, Mutator
from oracle import oracle
from smithgate.arguments.convert import convert
from smithgate.arguments.example import minimal_example
from smithgate.arguments.nodes import Nodes
from smithgate.arguments.validators import Validator, compile_schema
from smithgate_codegen.emit.schema import SchemaEmitter
from smithgate_codegen.errors import UnsupportedShape
from smithgate_codegen.model import Model, Shape
from smithgate_codegen.patterns import PatternTable
from texts import effective, texts_of

EXAMPLES = "examples accepted, "
BYTES = "bytes"
"""The rule of mutants whose decoded blob has a wrong length."""
MISSES_EACH = 12
"""Lines kept for each figure and service, but all refused examples."""
CHECKED_SHARE = 1 / 150
"""Schemas that the second engine checks against the meta-schema: 20 ms each."""
STOP_S = 120
"""After so many seconds in one pattern a worker ends itself: nothing may take that."""
HOSTILE_LENGTH = 20_000

# The stock format check asks Python's ``re``, which has no ``\\p{L}``; node is asked.
_NO_FORMATS = jsonschema.FormatChecker(())


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much of each operation is measured."""

    each: int | None
    """Mutants of each rule for each request; ``None`` is all."""


@dataclass
class Findings:
    """The figures of one or more models; added up with ``add``."""

    good: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    misses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    patterns: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Published pattern → what became of it, where, and why."""
    slowest: tuple[float, str, str] = (0.0, "", "")
    """Seconds, pattern and start of the text of the slowest hostile check."""

    def note(self, name: str, is_good: bool, **miss: Any) -> None:
        """Count one measurement; ``miss`` says where, for one that is not good."""
        self.total[name] += 1
        if is_good:
            self.good[name] += 1
        else:
            kept = self.misses.setdefault(name, [])
            if len(kept) < MISSES_EACH or name.startswith(EXAMPLES):
                kept.append(miss)

    def add(self, other: "Findings") -> None:
        """Add another model's figures."""
        self.good.update(other.good)
        self.total.update(other.total)
        self.counts.update(other.counts)
        for name, misses in other.misses.items():
            self.misses.setdefault(name, []).extend(misses)
        for text, entry in other.patterns.items():
            mine = self.patterns.setdefault(text, {**entry, "places": []})
            mine["places"] = sorted({*mine["places"], *entry["places"]})
        self.slowest = max(self.slowest, other.slowest)


def measure(place: Place, sampling: Sampling) -> Findings:
    """Measure one model; raises nothing for what the model says."""
    model = place.load()
    found = Findings()
    table = PatternTable()
    emitter = SchemaEmitter(model, table)
    mutator = Mutator(model)
    examples: dict[str, list[Any]] = {}
    for example in examples_of(place, model):
        examples.setdefault(example.operation, []).append(example)
    for bound in model.operations():
        name = bound.shape.id.name
        found.counts["operations"] += 1
        try:
            schema = emitter.input_schema(bound.shape)
            reply = emitter.output_schema(bound.shape)
        except UnsupportedShape:
            found.counts["operations with an event stream"] += 1
            continue
        one = _Operation(place, model, bound.shape, schema, found, sampling)
        one.schemas(reply)
        one.examples(examples.get(name, []))
        one.requests(mutator)
    _patterns(table, found)
    return found


class _Operation:
    """One operation's measurements."""

    def __init__(
        self,
        place: Place,
        model: Model,
        shape: Shape,
        schema: dict[str, Any],
        found: Findings,
        sampling: Sampling,
    ) -> None:
        self._model = model
        self._shape = shape
        self._schema = schema
        self._found = found
        self._sampling = sampling
        self._id = f"{place.client_name}:{shape.id.name}"
        self._set = place.model_set
        self._validator: Validator = compile_schema(schema, self._id)

    def schemas(self, reply: dict[str, Any]) -> None:
        """Check both schemas: valid, object-rooted, portable patterns."""
        for kind, schema in (("request", self._schema), ("reply", reply)):
            where = {"operation": self._id, "set": self._set, "schema": kind}
            is_valid = jsonschema_rs.meta.is_valid(schema)
            self._found.note("schemas valid", is_valid, **where)
            is_object = schema.get("type") == "object" and "$ref" not in schema
            self._found.note("schemas object-rooted", is_object, **where)
            if share(self._set, self._id, kind) < CHECKED_SHARE:
                fine = _second_opinion(schema)
                self._found.note("schemas valid, second engine", fine, **where)
            for pattern in _printed(schema):
                _portable(pattern, self._found, where)
        compile_schema(reply, self._id)

    def examples(self, examples: list[Any]) -> None:
        """Check AWS's examples."""
        for example in examples:
            errors = list(
                itertools.islice(self._validator.iter_errors(example.request), 3)
            )
            self._found.note(
                f"{EXAMPLES}{self._set}",
                not errors,
                key=f"{self._id.partition(':')[0]}:{example.key}",
                title=example.title,
                errors=[_shown(error) for error in errors],
            )

    def requests(self, mutator: Mutator) -> None:
        """Make valid requests and mutants of them, and check all."""
        note = self._found.note
        found = minimal_example(self._schema)
        if found is not None:  # else ``describe_operation`` shows no example either
            note("minimal examples valid", self._accepts(found), operation=self._id)
        for is_full in (False, True):
            kind = "full" if is_full else "required only"
            try:
                request = Builder(self._model, is_full=is_full).request(self._shape)
            except NoInstance as reason:
                self._found.counts[f"requests not made, {kind}"] += 1
                self._not_made(str(reason))
                continue
            errors = list(itertools.islice(self._validator.iter_errors(request), 2))
            note(
                f"valid requests accepted, {kind}",
                not errors,
                operation=self._id,
                set=self._set,
                errors=[_shown(error) for error in errors],
            )
            if errors:
                continue
            self._tokens(request)
            self._mutants(mutator, request)

    def _not_made(self, reason: str) -> None:
        kept = self._found.misses.setdefault("requests not made", [])
        if len(kept) < MISSES_EACH:
            kept.append({"operation": self._id, "reason": reason[:200]})

    def _tokens(self, request: dict[str, Any]) -> None:
        members = self._model.expect_shape(self._shape.input or "").members
        for name, member in members.items():
            if trait("idempotencyToken") not in member.traits:
                continue
            without = Mutant("", (name,), MISSING).of(request)
            self._found.note(
                "token left out accepted",
                self._accepts(without),
                operation=self._id,
                set=self._set,
            )

    def _mutants(self, mutator: Mutator, request: dict[str, Any]) -> None:
        by_rule: dict[str, list[Mutant]] = {}
        for mutant in mutator.mutants(self._shape, request):
            by_rule.setdefault(mutant.rule, []).append(mutant)
        for rule, mutants in by_rule.items():
            for mutant in self._sampled(rule, mutants):
                self._found.note(
                    f"mutants refused: {rule}",
                    not self._accepts(mutant.of(request), rule),
                    operation=self._id,
                    set=self._set,
                    path=list(mutant.path),
                    value=repr(mutant.value)[:80],
                    about=mutant.about,
                )

    def _sampled(self, rule: str, mutants: list[Mutant]) -> list[Mutant]:
        each = self._sampling.each
        self._found.counts["mutants possible"] += len(mutants)
        if each is None or len(mutants) <= each:
            return mutants
        order = sorted(
            range(len(mutants)), key=lambda at: share(self._id, rule, str(at))
        )
        return [mutants[at] for at in order[:each]]

    def _accepts(self, request: Any, rule: str = "") -> bool:
        if not self._validator.is_valid(request):
            return False
        # What a schema cannot say of decoded bytes is the run time's check.
        return rule != BYTES or not convert(Nodes(self._schema), request)[1]


def _second_opinion(schema: dict[str, Any]) -> bool:
    try:
        jsonschema.Draft202012Validator.check_schema(schema, _NO_FORMATS)
    except jsonschema.SchemaError:
        return False
    return True


def _printed(node: Any) -> Iterator[str]:
    """Yield the patterns of a schema."""
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                yield node["pattern"]
            todo += node.values()
        elif isinstance(node, list):
            todo += node


_seen: set[str] = set()
"""Printed patterns that this process has checked already."""


def _portable(pattern: str, found: Findings, where: dict[str, Any]) -> None:
    """Check a printed pattern once: ECMA ``u``, the run-time engine, hostile texts."""
    if pattern in _seen:
        return
    _seen.add(pattern)
    judge = oracle()
    if judge is not None:
        mode = judge.ecma(pattern).mode
        found.note("printed patterns in ECMA u", mode == "u", pattern=pattern, **where)
    try:
        validator = compile_schema({"type": "string", "pattern": pattern}, "pattern")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        found.note("printed patterns in the engine", False, why=str(error), **where)
        return
    found.note("printed patterns in the engine", True)
    good = texts_of(pattern, 0, None).taken
    for text in hostile_texts(next((text for text in good if text), "a")):
        faulthandler.dump_traceback_later(STOP_S, exit=True)
        start = time.perf_counter()
        validator.is_valid(text)
        took = time.perf_counter() - start
        faulthandler.cancel_dump_traceback_later()
        found.note("hostile texts answered", True)
        found.slowest = max(found.slowest, (took, pattern, text[:30]))


def hostile_texts(good: str) -> list[str]:
    """Return long texts that make a backtracking engine try everything."""
    count = HOSTILE_LENGTH
    return [
        "a" * count + "!",
        "a-" * (count // 2) + "\x00",
        "0" * count + "\x00",
        "." * count,
        " " * count + "\u202e",
        good * (count // len(good)) + "\x00",
    ]


def _shown(error: Any) -> dict[str, Any]:
    path = "/".join(str(part) for part in error.instance_path)
    rule = "/".join(str(part) for part in error.schema_path)
    return {"path": path, "rule": rule, "message": error.message[:300]}


def _patterns(table: PatternTable, found: Findings) -> None:
    """Note what became of each published pattern of the requests."""
    report = table.report()
    for outcome, count in report["uses"].items():
        found.counts[f"pattern uses: {outcome}"] += count
    found.counts["length conflicts"] += len(report["length_conflicts"])
    for place in report["length_conflicts"]:
        found.patterns[place] = {
            "outcome": "conflict",
            "reasons": ["pattern and length exclude each other"],
            "places": [place],
        }
    for text, verdict, places in table.entries():
        found.counts[f"patterns, {_coverage(text)}"] += 1
        if verdict.reasons:
            found.patterns[text] = {
                "outcome": verdict.outcome.value,
                "reasons": list(verdict.reasons),
                "places": sorted(places),
            }


def _coverage(pattern: str) -> str:
    """Return how far mutants of a pattern's texts could be made."""
    published = effective(pattern)
    if published is None:
        return "left to AWS by an override"
    texts = texts_of(published, 0, None)
    if not texts.is_judged:
        return "without an engine to judge by"
    if not texts.taken:
        return "without a text that the engine takes"
    return "with texts" if texts.refused else "with texts, none refused"
