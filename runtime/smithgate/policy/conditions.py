"""Whether a rule's ``when`` holds of a request: yes, no, or not known yet.

Owns the one place where each kind of condition is judged. To permit, everything must be
known and match; to deny, one value that matches is enough. What becomes of the answer
is ``engine``'s business.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .model import Effect, PolicyRequest, Rule
from .pattern import Pattern
from .tags import tag_condition_holds
from .values import condition_holds


class Answer(NamedTuple):
    """What is known of a condition."""

    holds: bool | None
    """``None`` when that depends on what is not known."""
    note: str = ""
    """What does not hold or is not known; empty when all holds."""


def when_holds(rule: Rule, request: PolicyRequest) -> Answer:
    """Return whether all of a rule's conditions hold; no stands above not known."""
    answers = [
        _place(rule, request),
        _principal(rule, request),
        _payload(rule, request),
        _tags(rule, request),
        _arguments(rule, request),
    ]
    for wanted in (False, None):
        for answer in answers:
            if answer.holds is wanted:
                return answer
    return Answer(holds=True)


def _place(rule: Rule, request: PolicyRequest) -> Answer:
    when = rule.when
    if when.targets and request.target.name not in when.targets:
        return Answer(False, f"target is not {either(when.targets)}")
    if when.regions and request.region not in when.regions:
        return Answer(False, f"region is not {either(when.regions)}")
    return Answer(True)


def _principal(rule: Rule, request: PolicyRequest) -> Answer:
    wanted = rule.when.principals
    if not wanted:
        return Answer(True)
    if request.principal is None:
        return Answer(None, "depends on who asks")
    if any(_matches(p, request.principal, rule.effect) for p in wanted):
        return Answer(True)
    return Answer(False, f"who asks is not {either([p.text for p in wanted])}")


def _matches(pattern: Pattern, text: str, effect: Effect) -> bool:
    try:
        return pattern.matches(text)
    except UnicodeEncodeError:
        return effect is Effect.DENY  # no valid text counts against the request


def _payload(rule: Rule, request: PolicyRequest) -> Answer:
    wanted = rule.when.payload
    if not wanted:
        return Answer(True)
    if request.raised is None:
        return Answer(None, f"depends on whether the request is {either(wanted)}")
    if any(item.payload in wanted for item in request.raised):
        return Answer(True)
    return Answer(False, f"the request is not {either(wanted)}")


def _tags(rule: Rule, request: PolicyRequest) -> Answer:
    wanted = rule.when.tags
    if not wanted:
        return Answer(True)
    if request.tags is None:
        return Answer(False, "the operation takes no tags")
    if request.arguments is None:
        return Answer(None, f"depends on tag {both([key for key, _ in wanted])}")
    for key, pattern in wanted:
        if not tag_condition_holds(
            request.arguments, request.tags, key, pattern, rule.effect
        ):
            return Answer(False, f"tag `{key}` is not `{pattern.text}`")
    return Answer(True)


def _arguments(rule: Rule, request: PolicyRequest) -> Answer:
    wanted = rule.when.arguments
    if wanted and request.arguments is None:
        return Answer(None, f"depends on {both([path for path, _ in wanted])}")
    for path, pattern in wanted:
        assert request.arguments is not None
        if not condition_holds(request.arguments, path, pattern, rule.effect):
            return Answer(False, f"argument `{path}` is not `{pattern.text}`")
    return Answer(True)


def either(names: Sequence[str]) -> str:
    """Return names as alternatives."""
    return " or ".join(f"`{name}`" for name in names)


def both(names: Sequence[str]) -> str:
    """Return names that are all meant."""
    return " and ".join(f"`{name}`" for name in names)
