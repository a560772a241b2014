"""Which cases are counted for the reads of a step, and what is told of many reads."""

from typing import Any

from moto_kit import Case, Outcome
from reads import LIMIT, chosen, report


def case(service: str = "sqs", **data: Any) -> Case:
    return Case(service, "a-case", {"call": f"{service}:DoIt", **data}, False)


def outcome(plan: int, apply: int) -> Outcome:
    return Outcome(case(), plan_reads=plan, reads=apply)


def test_applied_cases_of_default_services_are_counted():
    ours = case()
    cases = [ours, case(apply=False), case("medialive")]
    assert chosen(cases, None) == [ours]


def test_a_number_of_runs_is_a_number_of_cases_a_service():
    cases = [case(), case(), case("sns")]
    assert [c.service for c in chosen(cases, 1)] == ["sqs", "sns"]


def test_steps_over_the_limit_are_named():
    found = report([outcome(1, LIMIT), outcome(0, LIMIT + 1)])
    assert found["figures"]["reads of a step, apply"]["max"] == LIMIT + 1
    assert found["facts"]["steps by reads, plan"] == {"0": 1, "1": 1}
    assert found["facts"]["more than the limit"] == ["sqs:DoIt (a-case): apply 3"]
