"""Running the ``tests`` of a policy against a catalog.

Owns the comparison and its words. A test passes when policy says what it expects and,
where it says so, by what it expects; one whose decision depends on what it does not give
proves nothing and fails.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import SmithgateError
from ..operation import Operation
from .model import Case, Decision, Policy
from .raised import decide_raised, request_for


class Outcome(NamedTuple):
    """What became of one test."""

    case: Case
    decision: Decision | None
    """``None`` when there was none."""
    problem: str | None
    """Why the test failed; ``None`` when it passed."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        case, decision = self.case, self.decision
        return {
            "test": case.position,
            "line": case.line,
            "operation": case.operation,
            "expect": str(case.expect),
            "by": case.by,
            "passed": self.problem is None,
            "problem": self.problem,
            "effect": None if decision is None else str(decision.effect),
            "decided_by": None if decision is None else decision.decided_by,
        }


def run_tests(
    policy: Policy,
    operation_of: Callable[[str], Operation],
    check: Callable[[str, Mapping[str, Any]], None],
) -> list[Outcome]:
    """Return the outcome of every test, in file order.

    ``operation_of`` resolves any spelling, ``check`` validates arguments by the schema;
    what they refuse fails the test.
    """
    return [_run(policy, case, operation_of, check) for case in policy.tests]


def _run(
    policy: Policy,
    case: Case,
    operation_of: Callable[[str], Operation],
    check: Callable[[str, Mapping[str, Any]], None],
) -> Outcome:
    try:
        operation = operation_of(case.operation)
        if case.arguments is not None:
            check(operation.id, case.arguments)
        target, region = policy.target(case.target, case.region)
    except SmithgateError as error:
        return Outcome(case, None, f"{error.code}: {error.message}")
    request = request_for(
        operation,
        target,
        region,
        case.arguments,
        principal=case.principal,
        now=case.at,
    )
    decision = decide_raised(policy, request)
    return Outcome(case, decision, _problem(case, decision))


def _problem(case: Case, decision: Decision) -> str | None:
    if decision.effect is not case.expect:
        return f"policy says {decision.effect} by {decision.decided_by}"
    if case.by is not None and case.by != decision.decided_by:
        return f"decided by {decision.decided_by}"
    if decision.is_provisional:
        return "depends on what the test does not say: give `arguments` or `principal`"
    return None
