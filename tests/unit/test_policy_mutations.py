"""A part of the mutated policies of ``make prove``, and that their judge sees weakness."""

from collections import Counter
from itertools import islice

import pytest
from policy_mutations import FULL, ROOT, Judge, bases, judged, mutations
from smithgate.policy import engine
from smithgate.policy.pattern import Pattern

EVERY = 9
"""One mutation of so many is judged here; all of them are in ``make prove``."""


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(ROOT / "generated")


@pytest.mark.parametrize("number", [0, 1])
def test_a_mutated_policy_is_refused_or_not_more_permissive(
    judge: Judge, number: int
) -> None:
    counts: Counter[str] = Counter()
    for mutation in islice(mutations(bases()[number]), number, None, EVERY):
        outcome, problem = judged(mutation, judge)
        assert problem is None, mutation.name
        counts[outcome] += 1
    assert counts["refused"] > 200
    assert counts["accepted"] > 40


def any_wrong(judge: Judge) -> bool:
    """Say whether a mutation of the full policy comes out wrong."""
    return any(judged(mutation, judge)[1] is not None for mutation in mutations(FULL))


@pytest.mark.parametrize(
    "weakness",
    [
        "every pattern names",
        "no freeze",
        "no tags",
        "raised is permitted",
        "deny is lost",
    ],
)
def test_the_judge_sees_a_weaker_engine(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, weakness: str
) -> None:
    if weakness == "every pattern names":
        monkeypatch.setattr(Pattern, "names", lambda _self, _name: True)
    elif weakness == "no freeze":
        monkeypatch.setattr(engine, "_frozen", lambda _policy, _request: [])
    elif weakness == "no tags":
        monkeypatch.setattr(
            engine, "judge_tags", lambda _policy, _request, _effect: ([], [], False)
        )
    elif weakness == "raised is permitted":
        monkeypatch.setattr(engine, "speaks_for", lambda _rule, _request: True)
    else:
        monkeypatch.setattr(engine, "_match_other", lambda _rule, _request: None)
    assert any_wrong(judge)
