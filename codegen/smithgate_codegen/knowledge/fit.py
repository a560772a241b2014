"""Whether a correction that does not fit the models is an error or is left out.

The package's corrections are written for the models it pins, and there each must fit.
With other models (another release, another source) some have nothing to correct; what
the rules derive stands then, which is never weaker than knowing nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..errors import OverrideError

_left_out: ContextVar[list[str] | None] = ContextVar("left_out", default=None)
"""Collects what was left out; ``None`` where every correction must fit."""


@contextmanager
def lenient() -> Iterator[list[str]]:
    """Leave out what does not fit, and collect why; without this it is an error."""
    found: list[str] = []
    token = _left_out.set(found)
    try:
        yield found
    finally:
        _left_out.reset(token)


@contextmanager
def may_misfit() -> Iterator[None]:
    """Apply one correction; where corrections may misfit, it is left out."""
    try:
        yield
    except OverrideError as error:
        found = _left_out.get()
        if found is None:
            raise
        found.append(error.message)
