"""Policy: which operation may run, where, and who has to say yes.

``load_policy`` reads a file, ``decide`` judges a request; ``explain`` (its own module,
which the server never loads) tells a person what a policy does. Names are loaded when
they are used: the server starts with ``source`` alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine import decide
    from .load import load_policy, parse_policy
    from .model import (
        ApprovalRule,
        Decision,
        Effect,
        Policy,
        PolicyRequest,
        Reason,
        Target,
    )

__all__ = [
    "ApprovalRule",
    "Decision",
    "Effect",
    "Policy",
    "PolicyRequest",
    "Reason",
    "Target",
    "decide",
    "load_policy",
    "parse_policy",
]

_HOMES = {"decide": "engine", "load_policy": "load", "parse_policy": "load"}


def __getattr__(name: str) -> Any:
    """Load an exported name from its module."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES.get(name, 'model')}", __name__), name)
