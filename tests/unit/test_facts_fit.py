"""Corrections that do not fit: an error for our own models, left out for others."""

import pytest
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.knowledge.fit import lenient, may_misfit
from smithgate_codegen.knowledge.overrides import Override, Overrides


def unused() -> Overrides:
    row = Override(
        file="x.yaml", operation="Nope", field="risk", value="write", why="w"
    )
    return Overrides({("Nope", "risk"): row})


def test_a_correction_of_nothing_is_an_error() -> None:
    with pytest.raises(OverrideError, match="names no generated operation"):
        unused().require_used()


def test_a_correction_of_nothing_is_left_out_and_told() -> None:
    with lenient() as left_out:
        unused().require_used()
    assert len(left_out) == 1
    assert "Nope" in left_out[0]
    with pytest.raises(OverrideError):
        unused().require_used()


def test_other_errors_are_never_swallowed() -> None:
    with lenient() as left_out, pytest.raises(ValueError, match="x"), may_misfit():
        raise ValueError("x")
    assert left_out == []
