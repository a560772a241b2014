"""The ``preflight`` section: which checks AWS is asked for while a plan is made."""

from .document import Node
from .fields import boolean, not_empty, record
from .model import PreflightChecks


def read_preflight(node: Node) -> PreflightChecks:
    """Return the section; what is left out is not asked."""
    fields = record(node, "preflight", keys=PreflightChecks._fields)
    not_empty(node, "preflight")
    return PreflightChecks(
        **{key: boolean(value, f"preflight.{key}") for key, value in fields.items()}
    )
