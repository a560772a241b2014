"""The rules of a policy file: what each key means and what it may hold.

Owns the vocabulary of ``rules`` and of their ``when``. The other sections are read in
``sections`` and ``windows``.
"""

from collections.abc import Mapping
from typing import Any

from .document import Node
from .fields import (
    NAME_CHARS,
    name,
    not_empty,
    pattern,
    patterns,
    record,
    refuse,
    sequence,
    table,
    tag_patterns,
    target_names,
    text,
    texts,
    words,
)
from .model import Effect, Rule, Target, When
from .pattern import Pattern
from .quoting import quote
from .sections import EFFECTS, PAYLOADS, RISK_DEFAULTS, known_region

_MEMBER_CHARS = NAME_CHARS | {":"}


def read_rules(node: Node, targets: Mapping[str, Target]) -> tuple[Rule, ...]:
    """Return the rules in file order; their ids are unique."""
    rules: dict[str, Rule] = {}
    for index, item in enumerate(sequence(node, "rules")):
        rule, id_node = _rule(item, f"rules[{index}]", targets)
        if rule.id in rules:
            refuse(id_node, f"rule id {quote(rule.id)} is given twice")
        rules[rule.id] = rule
    return tuple(rules.values())


def _rule(node: Node, what: str, targets: Mapping[str, Target]) -> tuple[Rule, Node]:
    keys = ("id", *EFFECTS, "when", "permits", "why")
    fields = record(node, what, keys=keys, required=("id",))
    rule_id = name(fields["id"], f"{what}.id")
    effects = [effect for effect in Effect if effect.value in fields]
    if len(effects) != 1:
        message = f"`{what}` must have exactly one of `allow`, `approve` and `deny`"
        refuse(node, message)
    effect = effects[0]
    when = When()
    if "when" in fields:
        when = _when(fields["when"], f"{what}.when", effect, targets)
    rule = Rule(
        id=rule_id,
        effect=effect,
        patterns=patterns(fields[effect.value], f"{what}.{effect.value}"),
        when=when,
        permits=(
            _permits(fields["permits"], what, effect) if "permits" in fields else ()
        ),
        why=text(fields["why"], f"{what}.why") if "why" in fields else None,
    )
    return rule, fields["id"]


def _permits(node: Node, what: str, effect: Effect) -> tuple[str, ...]:
    if effect is Effect.DENY:
        message = f"`{what}` denies and cannot have `permits`"
        refuse(node, message, "a deny rule holds whatever the risk is")
    return words(node, f"{what}.permits", tuple(RISK_DEFAULTS))


def _when(node: Node, what: str, effect: Effect, targets: Mapping[str, Target]) -> When:
    fields = record(node, what, keys=When._fields)
    not_empty(node, what)
    # In a deny rule `.` matches a line end too: a value must not get past a
    # prohibition by holding one.
    dot_all = effect is Effect.DENY
    found: dict[str, Any] = {}
    if "targets" in fields:
        found["targets"] = target_names(fields["targets"], f"{what}.targets", targets)
    if "regions" in fields:
        found["regions"] = _regions(fields["regions"], f"{what}.regions", targets)
    if "arguments" in fields:
        found["arguments"] = _arguments(
            fields["arguments"], f"{what}.arguments", dot_all=dot_all
        )
    if "payload" in fields:
        found["payload"] = words(fields["payload"], f"{what}.payload", PAYLOADS)
    if "tags" in fields:
        found["tags"] = tag_patterns(fields["tags"], f"{what}.tags", dot_all=dot_all)
    if "principals" in fields:
        found["principals"] = patterns(
            fields["principals"], f"{what}.principals", dot_all=dot_all
        )
    return When(**found)


def _regions(node: Node, what: str, targets: Mapping[str, Target]) -> tuple[str, ...]:
    regions = texts(node, what)
    usable = {region for target in targets.values() for region in target.regions}
    for region, scalar in regions:
        known_region(region, scalar)
        if region not in usable:
            message = f"no target has the region {quote(region)}"
            refuse(scalar, message, "the condition could never hold")
    return tuple(region for region, _ in regions)


def _arguments(
    node: Node, what: str, *, dot_all: bool
) -> tuple[tuple[str, Pattern], ...]:
    pairs = []
    for path, entry in table(node, what).items():
        segments = path.split(".")
        if not all(segment and set(segment) <= _MEMBER_CHARS for segment in segments):
            message = f"{quote(path)} is not a dotted path of member names"
            refuse(
                entry.key, message, "such as `Tagging.TagSet.Key`; lists need no mark"
            )
        pairs.append((path, pattern(entry.value, f"{what}.{path}", dot_all=dot_all)))
    return tuple(sorted(pairs, key=lambda pair: pair[0]))
