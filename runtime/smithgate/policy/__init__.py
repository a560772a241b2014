"""Policy: which operation may run, where, and who has to say yes.

``load_policy`` reads a file, ``decide`` judges a request; ``explain`` (its own module,
which the server never loads) tells a person what a policy does.
"""

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
