"""The cases of ``tests/moto_cases`` that are marked as samples.

``make models`` runs all of them, ``python tests/models/before_after.py --only s3`` those
of one service.
"""

from collections.abc import Iterator

import pytest
from moto_kit import Case, Runner, load_cases, runner

pytestmark = pytest.mark.moto


SAMPLES = [case for case in load_cases() if case.data.get("sample")]


@pytest.fixture(scope="module")
def running() -> Iterator[Runner]:
    with runner({case.service for case in SAMPLES}) as made:
        yield made


@pytest.mark.parametrize(
    "case", SAMPLES, ids=lambda case: f"{case.service}-{case.name}"
)
def test_plan_apply_and_plan_again(running: Runner, case: Case) -> None:
    outcome = running.run(case)
    assert outcome.problems == []
    assert outcome.refused


def test_cases_are_named_once_and_know_their_kind() -> None:
    names = [(case.service, case.name) for case in load_cases()]
    assert len(names) == len(set(names))
    kinds = {case.data["kind"] for case in load_cases()}
    assert kinds == {
        "attach",
        "create",
        "delete",
        "detach",
        "other",
        "put",
        "start",
        "stop",
        "tag",
        "untag",
        "update",
    }
