"""Which traits an enrichment may add, and which it only compares.

Owns the rule "add what botocore has no words for": what botocore can say and does not
say about a value (``required``, ``length``, ``pattern``, …) is an answer, so the other
model's constraint is listed, never added. Wire bindings are boto3's own business.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SERVICE = "aws.api#service"
_ADDED_NAMESPACES = ("aws.iam#", "aws.cloudformation#", "aws.tagging#")
_ADDED = frozenset(
    {
        "aws.api#arn",
        "aws.api#arnReference",
        "aws.api#controlPlane",
        "aws.api#data",
        "aws.api#dataPlane",
        "aws.api#tagEnabled",
        "aws.api#taggable",
        "smithy.api#addedDefault",
        "smithy.api#default",
        "smithy.api#examples",
        "smithy.api#externalDocumentation",
        "smithy.api#idempotent",
        "smithy.api#nestedProperties",
        "smithy.api#noReplace",
        "smithy.api#notProperty",
        "smithy.api#property",
        "smithy.api#readonly",
        "smithy.api#recommended",
        "smithy.api#references",
        "smithy.api#requiresLength",
        "smithy.api#resourceIdentifier",
        "smithy.api#sensitive",
        "smithy.api#tags",
        "smithy.api#uniqueItems",
    },
)
PUSHED_DOWN = frozenset({"smithy.api#sensitive", "smithy.api#uniqueItems"})
"""Shape traits that go to the member where the base shares a shape more widely."""

_COMPARED = (
    "smithy.api#idempotencyToken",
    "smithy.api#length",
    "smithy.api#range",
    "smithy.api#required",
)
_PATTERN = "smithy.api#pattern"
_WRAPPED = re.compile(r"\^\(\?:(.*)\)\$", re.DOTALL)


def is_added(trait: str) -> bool:
    """Return whether the trait may be added where the base lacks it."""
    return trait in _ADDED or trait.startswith(_ADDED_NAMESPACES)


def service_additions(
    base: Mapping[str, Any],
    other: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, tuple[Any, Any]]]:
    """Return the properties to add to ``aws.api#service``, and those that differ."""
    ours, theirs = base.get(_SERVICE, {}), other.get(_SERVICE, {})
    added = {key: value for key, value in theirs.items() if key not in ours}
    differ = {
        key: (ours[key], value)
        for key, value in theirs.items()
        if key in ours and ours[key] != value
    }
    return added, differ


def constraint_differences(
    base: Mapping[str, Any],
    other: Mapping[str, Any],
) -> Iterator[tuple[str, Any, Any]]:
    """Yield trait and both values (``None``: absent) of each unlike constraint."""
    for trait in _COMPARED:
        ours, theirs = base.get(trait), other.get(trait)
        if _meaning(ours) != _meaning(theirs):
            yield trait, ours, theirs
    ours, theirs = base.get(_PATTERN), other.get(_PATTERN)
    if _bare(ours) != _bare(theirs):
        yield _PATTERN, ours, theirs


def _meaning(value: Any) -> Any:
    """Return a trait value without a minimum that says nothing."""
    if isinstance(value, dict) and value.get("min") == 0:
        value = {key: bound for key, bound in value.items() if key != "min"}
        return value or None
    return value


def _bare(pattern: Any) -> Any:
    r"""Return a pattern without what only says where a match may start and end.

    botocore's patterns match in full, Smithy's search: ``.*\S.*`` here is ``\S``
    there.
    """
    if not isinstance(pattern, str):
        return pattern
    wrapped = _WRAPPED.fullmatch(pattern)
    bare = wrapped[1] if wrapped else pattern
    bare = bare.removeprefix("^").removesuffix("$")
    return bare.removeprefix(".*").removesuffix(".*") or None
